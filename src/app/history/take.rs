//! Where an answer belongs.

use crate::plivo::{Page, Start};

use super::shelf::{Fit, Offsets, Totals};
use super::wants::{Pending, Want};
use super::{Goal, History, Part};

impl History {
    /// Put an answer where it belongs; true when rows moved.
    pub(super) fn take(&mut self, pending: &Pending, page: &Page) -> bool {
        self.tick += 1;
        let tick = self.tick;
        if pending.want == Want::Arrivals {
            self.arrivals = page.meta.total.unwrap_or(page.recordings.len() as u64);
            return false;
        }
        let total = page
            .meta
            .total
            .map(|total| usize::try_from(total).unwrap_or(usize::MAX / 4));
        match (total, self.modes.totals) {
            (Some(_), _) => self.modes.totals = Totals::Given,
            (None, Totals::Untried) => self.modes.totals = Totals::Absent,
            (None, _) => {}
        }
        let modes = &mut self.modes;
        let shelf = match self.parts.get_mut(pending.part) {
            Some(Part::Paged(shelf)) => shelf,
            Some(Part::Merged(merged)) => {
                if let Want::Side(side) = pending.want {
                    merged.insert(side, page);
                }
                return false;
            }
            None => return false,
        };
        let whole = pending.way.window == shelf.window();
        let fit = match total {
            Some(total) if whole => shelf.counted(total),
            _ => Fit::Good,
        };
        let fitted = match pending.want {
            Want::Count => {
                shelf.note_first(page);
                if total.is_none() && page.recordings.is_empty() {
                    shelf.counted(0)
                } else {
                    Fit::Good
                }
            }
            Want::Guess { at, place } => match total {
                Some(total) => {
                    let landed = shelf.guessed(place, at, total);
                    // Looked for at its own instant and not there: it is gone, and asking again would never end.
                    if let Some(Goal::Recording { id, added, near }) = &self.goal
                        && *added == at
                        && !page.recordings.iter().any(|row| row.id == *id)
                    {
                        let before = self.parts.iter().take(pending.part).map(Part::count);
                        let base = before.sum::<Option<usize>>();
                        self.goal = Some(Goal::Row(base.map_or(*near, |base| base + landed)));
                    }
                    let Some(Part::Paged(shelf)) = self.parts.get_mut(pending.part) else {
                        return false;
                    };
                    shelf.insert_guess(landed, &pending.way, page, tick)
                }
                None => {
                    modes.totals = Totals::Absent;
                    Fit::Good
                }
            },
            Want::Page { place } => match pending.way.start {
                Start::Offset(offset) if whole && offset > 0 => {
                    // Once offsets are known to be ignored, only `meta.next` can have led here: what came must fit.
                    if modes.offsets == Offsets::Ignored || shelf.honoured(offset, page) {
                        if modes.offsets == Offsets::Untried && !page.recordings.is_empty() {
                            modes.offsets = Offsets::Honoured;
                        }
                        shelf.insert(place, &pending.way, page, tick)
                    } else {
                        modes.offsets = Offsets::Ignored;
                        shelf.insert_first(page, tick)
                    }
                }
                _ => shelf.insert(place, &pending.way, page, tick),
            },
            Want::Side(_) | Want::Arrivals => Fit::Good,
        };
        fit == Fit::Moved || fitted == Fit::Moved
    }
}
