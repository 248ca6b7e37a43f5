//! The queue in the list's place: drawn, shown, left.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Queue;
use super::draw::{Draw, Step};
use super::fetch::Came;
use crate::app::criteria::Criteria;
use crate::app::history::Need;
use crate::app::words::{count, counted};
use crate::app::{App, Effect, Now, RequestId};
use crate::plivo::{Error, Recording, RecordingId};

impl App {
    /// The queue, while it stands in the list's place.
    pub fn shown_queue(&self) -> Option<&Queue> {
        self.queue.as_ref().filter(|queue| queue.shown)
    }

    /// What is listed, and when its range was worked out.
    pub fn listed(&self) -> (&Criteria, DateTime<Utc>) {
        match self.shown_queue() {
            Some(queue) => (&queue.criteria, queue.drawn),
            None => (&self.criteria, self.planned),
        }
    }

    /// Goes on with a draw, if one is under way.
    pub(in crate::app) fn draw_on(&mut self, now: Now) -> Vec<Effect> {
        let (Some(draw), Some(history)) = (&mut self.draw, &mut self.history) else {
            return Vec::new();
        };
        if history.stale() {
            return Vec::new();
        }
        let sample = draw.sample();
        let (rows, all) = match draw.step(history) {
            Step::Need(need) => return history.need(need, &mut self.ids, now),
            Step::Drawn(rows) => (rows, history.total().known),
            Step::TooMany => {
                let many = count(history.total().known as u64);
                self.draw = None;
                let words = format!("{many} recordings are too many to draw from: f narrows");
                self.notices.trouble(words, now.mono);
                return history.need(Need::Nothing, &mut self.ids, now);
            }
        };
        let mut effects = history.need(Need::Nothing, &mut self.ids, now);
        self.draw = None;
        if rows.is_empty() {
            let words = "no recording matches: there is nothing to draw from";
            self.notices.trouble(words, now.mono);
            return effects;
        }
        let words = drawn_words(sample.size, rows.len(), all);
        self.notices.info(words, now.mono);
        let queue = Queue::new(sample, self.criteria.clone(), self.planned, rows);
        self.take_queue(queue);
        effects.extend(self.keep_queue());
        self.ask_to_keep();
        effects
    }

    /// The list is another one: what was drawn of it so far says nothing.
    pub(in crate::app) fn draw_anew(&mut self) {
        if let Some(draw) = &mut self.draw {
            *draw = Draw::new(draw.sample());
        }
    }

    /// Shows a queue, at the first recording that is still to be listened to.
    pub(super) fn take_queue(&mut self, queue: Queue) {
        self.leave_queue();
        let open = queue.items.iter().position(|item| !self.is_done(item));
        self.queue = Some(queue);
        self.enter_queue();
        self.go_to(open.unwrap_or(0));
    }

    /// To the queue, and back to the whole list.
    pub(in crate::app) fn toggle_queue(&mut self, now: Now) {
        if self.leave_queue() {
            let words = "the whole list: :queue goes back to the queue";
            self.notices.info(words, now.mono);
        } else if !self.enter_queue() {
            let words = "there is no queue: callreel --sample 50 draws one";
            self.notices.info(words, now.mono);
        }
    }

    fn enter_queue(&mut self) -> bool {
        let Some(queue) = self.queue.as_mut().filter(|queue| !queue.shown) else {
            return false;
        };
        queue.shown = true;
        std::mem::swap(&mut self.table, &mut queue.aside);
        self.sorting = None;
        self.awaited = None;
        self.play_when_loaded = None;
        true
    }

    /// False where the list stands in its place already.
    pub(in crate::app) fn leave_queue(&mut self) -> bool {
        let Some(queue) = self.queue.as_mut().filter(|queue| queue.shown) else {
            return false;
        };
        queue.shown = false;
        std::mem::swap(&mut self.table, &mut queue.aside);
        self.looked = None;
        self.play_when_loaded = None;
        true
    }

    /// These recordings were deleted, and leave the queue.
    pub(in crate::app) fn lose_from_queue(&mut self, gone: &HashSet<RecordingId>) -> Vec<Effect> {
        let Some(queue) = &mut self.queue else {
            return Vec::new();
        };
        let before = queue.items.len();
        let table = match queue.shown {
            true => &mut self.table,
            false => &mut queue.aside,
        };
        let above = queue.items.iter().take(table.cursor);
        let lost = above.filter(|item| gone.contains(&item.id)).count();
        queue.items.retain(|item| !gone.contains(&item.id));
        if queue.items.len() == before {
            return Vec::new();
        }
        table.cursor -= lost;
        if table.selected.as_ref().is_some_and(|id| gone.contains(id)) {
            table.selected = None;
        }
        self.keep_queue()
    }

    /// Takes in an answer that the queue waits for; `None` where it belongs elsewhere.
    pub(in crate::app) fn queue_answered(
        &mut self,
        request: RequestId,
        result: &Result<Arc<Recording>, Error>,
        now: Now,
    ) -> Option<Vec<Effect>> {
        let queue = self.queue.as_mut()?;
        let row = match queue.came(request, result) {
            Came::Strange => return None,
            Came::Here | Came::Failed => return Some(Vec::new()),
            Came::Gone(row) => row,
        };
        let table = match queue.shown {
            true => &mut self.table,
            false => &mut queue.aside,
        };
        if table.cursor > row {
            table.cursor -= 1;
        }
        let words = "a recording of the queue has been deleted, and has left it";
        self.notices.info(words, now.mono);
        Some(self.keep_queue())
    }
}

/// What was drawn, and that it was all there is where more were asked for. The seed stands in the list's title.
fn drawn_words(asked: usize, drawn: usize, all: usize) -> String {
    let all = all as u64;
    if drawn < asked {
        let there = counted(all, "recording matches", "recordings match");
        let asked = count(asked as u64);
        return format!("{asked} were asked for, and {there}: all are in the queue");
    }
    let drawn = count(drawn as u64);
    format!("{drawn} of {} recordings, drawn at random", count(all))
}
