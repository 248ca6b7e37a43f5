//! What the keys that mark do.

use std::sync::Arc;

use super::Chosen;
use crate::app::words::count;
use crate::app::{App, Now};
use crate::plivo::Recording;

impl App {
    /// Is a row of the list, as it is shown, marked?
    pub fn is_picked(&self, recording: &Recording) -> bool {
        self.queue_is_of_the_list() && self.picks.holds(recording)
    }

    /// What is marked, as a job is given it; `None` where nothing is.
    pub fn picked(&self) -> Option<Chosen> {
        self.picks.chosen()
    }

    /// A mark on everything says nothing about a queue that was drawn from another list.
    fn queue_is_of_the_list(&self) -> bool {
        let queue = self.shown_queue().filter(|_| self.picks.is_all());
        queue.is_none_or(|queue| *queue.criteria() == self.criteria)
    }

    /// The selected row is marked, or is not any more; the cursor goes on to the next.
    pub(in crate::app) fn pick_row(&mut self, now: Now) {
        self.picks.reach = None;
        let row = self.table.cursor;
        let Some(recording) = self.rows().ready(row).map(Arc::clone) else {
            let words = match self.rows().is_empty() {
                true => "there is no row to mark",
                false => "this row has not come yet",
            };
            return self.notices.info(words, now.mono);
        };
        if !self.can_be_marked(&recording.id, now) || !self.may_pick_here(now) {
            return;
        }
        let on = !self.picks.holds(&recording);
        self.picks.set(&recording, on);
        self.picks.anchor = Some((recording.id.clone(), on));
        self.move_rows(1, false);
    }

    /// All that the filter lists are marked; once they are, none.
    pub(in crate::app) fn pick_all(&mut self, now: Now) {
        self.picks.reach = None;
        if self.picks.is_all() {
            self.picks.clear();
            return self.notices.info("nothing is marked any more", now.mono);
        }
        if self.shown_queue().is_some() {
            return self.pick_queue(now);
        }
        let Some(history) = self.history.as_ref().filter(|history| !history.stale()) else {
            let words = "another list is on its way: mark it when it is here";
            return self.notices.info(words, now.mono);
        };
        let (plan, total) = (history.plan().clone(), history.total());
        if total.exact && total.known == 0 {
            return self.notices.info("there is no row to mark", now.mono);
        }
        let elsewhere = self.picks.elsewhere();
        self.picks.set_all(plan, total);
        let mut words = format!("{}: everything the filter lists", self.picks.words());
        if !total.exact {
            words.push_str(", still being counted");
        }
        if elsewhere > 0 {
            let others = count(elsewhere as u64);
            words.push_str(&format!("; not the {others} of another filter"));
        }
        self.notices.info(words, now.mono);
    }

    fn pick_queue(&mut self, now: Now) {
        let rows = self.rows();
        let loaded: Vec<_> = rows.loaded().into_iter().map(|(_, row)| row).collect();
        let all = loaded.len() == rows.len();
        let on = !loaded.iter().all(|row| self.picks.holds(row));
        let loaded: Vec<_> = loaded.into_iter().cloned().collect();
        for recording in &loaded {
            self.picks.set(recording, on);
        }
        let words = match (on, all) {
            (true, true) => format!("all {} of the queue marked", count(loaded.len() as u64)),
            (true, false) => format!(
                "{} of the queue marked; the others have not come yet",
                count(loaded.len() as u64)
            ),
            (false, _) => "nothing of the queue is marked any more".to_owned(),
        };
        self.notices.info(words, now.mono);
    }

    /// Where a mark on everything has no meaning, it cannot be changed either.
    pub(super) fn may_pick_here(&mut self, now: Now) -> bool {
        let may = self.queue_is_of_the_list();
        if !may {
            let words = "all of another list are marked: {mark-all} takes that back";
            self.notices.info(self.keymap.spell(words), now.mono);
        }
        may
    }
}
