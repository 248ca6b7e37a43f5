//! What a sample of the list needs besides what the reader looks at: every window's count, single rows anywhere, or one row
//! after the other.

use crate::app::Now;
use crate::app::effect::{Effect, Priority};
use crate::app::ids::Ids;

use super::History;
use super::shelf::{Offsets, Totals};
use super::wants::Wish;

/// Rows that are needed. Until they have come they are wished for behind what is on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Need {
    #[default]
    Nothing,
    /// How many rows there are.
    Count,
    /// These rows.
    Rows(Vec<usize>),
    /// The row with this number, the end of the list not being known.
    Walk(usize),
}

impl History {
    /// Asks for what is needed from now on, in place of what was.
    pub fn need(&mut self, need: Need, ids: &mut Ids, now: Now) -> Vec<Effect> {
        if self.need == need {
            return Vec::new();
        }
        self.need = need;
        self.want(ids, now)
    }

    /// No place can be reached but by walking there, and no number of rows is told.
    pub fn must_be_walked(&self) -> bool {
        self.plan.either.is_some()
            || (self.modes.totals == Totals::Absent && self.modes.offsets == Offsets::Ignored)
    }

    /// A row far away takes several requests, since offsets do not count.
    pub fn is_far_dear(&self) -> bool {
        self.modes.offsets == Offsets::Ignored
    }

    pub(super) fn need_wishes(&self, wishes: &mut Vec<Wish>) {
        let priority = Priority::Prefetch;
        match &self.need {
            // With totals, windows are counted without being asked.
            Need::Count if self.modes.totals == Totals::Absent => self.sound(priority, wishes),
            Need::Nothing | Need::Count => {}
            Need::Rows(rows) => {
                for row in rows {
                    self.rows(*row..row.saturating_add(1), priority, wishes);
                }
            }
            Need::Walk(row) if *row < self.own_len() => {
                self.rows(*row..row.saturating_add(1), priority, wishes);
            }
            Need::Walk(_) => self.onward(priority, wishes),
        }
    }
}
