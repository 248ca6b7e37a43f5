//! Done with a recording: marked, and on to the next.

use crate::app::{App, Effect, Now};
use crate::plivo::RecordingId;
use crate::store::{Change, Reviewed};

impl App {
    /// What plays, else the selected row, is done with; the row after it plays.
    pub(in crate::app) fn review(&mut self, now: Now) -> Vec<Effect> {
        let plays = self.player.subject().map(|subject| subject.id.clone());
        let Some(id) = plays.clone().or_else(|| self.selected_id()) else {
            self.notices.info("no recording is selected", now.mono);
            return Vec::new();
        };
        if !self.can_be_marked(&id, now) {
            return Vec::new();
        }
        self.notices.info("reviewed", now.mono);
        let mut effects = self.remember(Change::Reviewed(Reviewed {
            recording: id.clone(),
            at: now.wall,
        }));
        effects.extend(self.forget_position(&id));
        effects.extend(match plays {
            Some(_) => self.play_after(1, now),
            None => self.play_beside(1, now),
        });
        self.ask_to_keep();
        effects
    }

    /// The selected recording is to be reviewed after all.
    pub(in crate::app) fn take_review_back(&mut self, now: Now) -> Vec<Effect> {
        let reviewed = self.selected_id();
        match reviewed.filter(|id| self.marks.reviewed(id).is_some()) {
            Some(id) => {
                self.notices.info("no longer marked as reviewed", now.mono);
                self.remember(Change::NotReviewed(id))
            }
            None => {
                let words = "the selected recording is not marked as reviewed";
                self.notices.info(words, now.mono);
                Vec::new()
            }
        }
    }

    pub(super) fn selected_id(&self) -> Option<RecordingId> {
        let selected = self.rows().ready(self.table.cursor)?;
        Some(selected.id.clone())
    }

    /// Marks are found again by the recording's id. Where there is none, that is said.
    pub(in crate::app) fn can_be_marked(&mut self, id: &RecordingId, now: Now) -> bool {
        if id.is_stand_in() {
            let words = "the API gave this recording no id: it cannot be marked";
            self.notices.info(words, now.mono);
        }
        !id.is_stand_in()
    }
}
