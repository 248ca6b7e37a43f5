//! What the player is told: which row plays, and how.

use super::history::Row;
use super::player::Done;
use super::{Action, App, Effect, Now};

impl App {
    /// What belongs to the player alone; what it says is shown.
    pub(super) fn tell_player(&mut self, action: Action, now: Now) -> Vec<Effect> {
        let Some(Done { effects, told }) = self.player.perform(action, &mut self.ids, now) else {
            return Vec::new();
        };
        if let Some(told) = told {
            self.notices.info(told.spelled(&self.keymap), now.mono);
        }
        effects
    }

    /// Plays a row; one that is still on its way plays when it has come.
    pub(super) fn play_row(&mut self, row: usize, now: Now) -> Vec<Effect> {
        match self.rows().get(row) {
            Some(Row::Ready(recording)) => {
                let recording = recording.clone();
                // What a link named before is not what is wanted now.
                self.sought = None;
                self.play_on(&recording, now)
            }
            Some(Row::Loading) => {
                self.play_when_loaded = Some(row);
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// The row below or above the cursor, which moves along.
    pub(super) fn play_beside(&mut self, by: isize, now: Now) -> Vec<Effect> {
        let before = self.table.cursor;
        self.move_rows(by, false);
        if self.table.cursor == before {
            let words = if by > 0 {
                "this is the last row"
            } else {
                "this is the first row"
            };
            self.notices.info(words, now.mono);
            return Vec::new();
        }
        self.play_row(self.table.cursor, now)
    }

    /// The row after or before the one that plays. The cursor comes along if it stood there.
    pub(super) fn play_after(&mut self, by: isize, now: Now) -> Vec<Effect> {
        let Some(subject) = self.player.subject() else {
            return self.play_row(self.table.cursor, now);
        };
        let rows = self.rows();
        let Some(at) = rows.position_of(&subject.id) else {
            let told = "what plays is not among the rows loaded: {play} plays the selected one";
            self.notices.info(self.keymap.spell(told), now.mono);
            return Vec::new();
        };
        match at.checked_add_signed(by).filter(|next| *next < rows.len()) {
            Some(next) => {
                if self.table.cursor == at {
                    self.go_to(next);
                }
                self.play_row(next, now)
            }
            None => {
                let words = if by > 0 {
                    "that was the last row"
                } else {
                    "that was the first row"
                };
                self.notices.info(words, now.mono);
                Vec::new()
            }
        }
    }
}
