//! Places that need counts or pages before the cursor can stand there: the oldest row, a row by its number, and where a
//! recording stands after a refresh.

use chrono::{DateTime, Utc};

use crate::app::effect::Priority;
use crate::plivo::RecordingId;

use super::shelf::Totals;
use super::wants::{AHEAD, Wish};
use super::{History, Part};

/// A place the user asked for that needs counts or pages first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// The oldest row.
    End,
    Row(usize),
    /// Where this recording stands now; `near` is the row it stood on, if it can't be found.
    Recording {
        id: RecordingId,
        added: DateTime<Utc>,
        near: usize,
    },
}

impl History {
    /// Is the goal within reach? Then it is done with, and this is its row.
    pub(super) fn arrive(&mut self) -> Option<usize> {
        let counted = self.parts.iter().all(|part| part.count().is_some());
        let rows: usize = self.parts.iter().map_while(Part::count).sum();
        let last = rows.saturating_sub(1);
        let reached = match self.goal.as_ref()? {
            Goal::End if counted => last,
            Goal::Row(row) if counted => (*row).min(last),
            Goal::Row(row) if self.locate(*row).is_some() => *row,
            Goal::Recording { id, added, near } => {
                let (id, added, near) = (id.clone(), *added, *near);
                let part = self
                    .parts
                    .iter()
                    .position(|part| part.window().range().contains(added));
                let part_at = part?;
                let base = self.base(part_at)?;
                match self.parts.get(part_at)? {
                    Part::Paged(shelf) => {
                        let found = shelf
                            .rows()
                            .find(|(_, row)| row.id == id)
                            .map(|(place, _)| place);
                        let passed = shelf
                            .rows()
                            .find(|(_, row)| row.added.is_some_and(|row| row <= added));
                        let gone = passed
                            .filter(|(place, _)| *place == 0 || shelf.row(place - 1).is_some());
                        match (found, gone) {
                            (Some(place), _) => base + place,
                            // Deleted meanwhile: the row that took its place.
                            (None, Some((place, row))) if row.added < Some(added) => base + place,
                            _ if self.modes.totals == Totals::Absent && counted => near.min(last),
                            _ if shelf.count() == Some(0) => near.min(last),
                            _ => return None,
                        }
                    }
                    Part::Merged(merged) => {
                        let found = merged.rows().iter().position(|row| row.id == id);
                        match found {
                            Some(place) => base + place,
                            None if counted => near.min(last),
                            None => return None,
                        }
                    }
                }
            }
            _ => return None,
        };
        self.goal = None;
        Some(reached)
    }

    pub(super) fn goal_wishes(&self, wishes: &mut Vec<Wish>) {
        let priority = Priority::Visible;
        match &self.goal {
            None => {}
            Some(Goal::Recording { added, .. }) if self.modes.totals == Totals::Given => {
                let part = self
                    .parts
                    .iter()
                    .position(|part| part.window().range().contains(*added));
                let Some(part) = part else { return };
                let Some(Part::Paged(shelf)) = self.parts.get(part) else {
                    return self.onward(priority, wishes);
                };
                // Any place serves: `missing` asks for the recording's own instant.
                if shelf.count().is_some() {
                    wishes.push(Wish {
                        part,
                        places: 0..shelf.reach(),
                        priority,
                    });
                }
            }
            // Without totals the windows are sounded one after the other; with them `counts` does it.
            Some(Goal::End | Goal::Row(_) | Goal::Recording { .. })
                if self.modes.totals == Totals::Absent || self.plan.either.is_some() =>
            {
                self.sound(priority, wishes);
            }
            Some(Goal::End | Goal::Row(_) | Goal::Recording { .. }) => {}
        }
    }

    /// Looks for the ends of windows that tell no totals.
    pub(super) fn sound(&self, priority: Priority, wishes: &mut Vec<Wish>) {
        let uncounted = self
            .parts
            .iter()
            .enumerate()
            .filter(|(_, part)| part.count().is_none());
        for (part, shelf) in uncounted.take(AHEAD) {
            let place = match shelf {
                Part::Paged(shelf) => shelf.sounding(self.modes),
                Part::Merged(merged) => merged.rows().len(),
            };
            wishes.push(Wish {
                part,
                places: place..place + 1,
                priority,
            });
        }
    }
}
