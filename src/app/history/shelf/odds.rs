//! Pages that do not fit each other: rows moved between them, or the server contradicts itself.

use std::collections::HashSet;
use std::sync::Arc;

use crate::plivo::{Recording, RecordingId};

use super::{PAGE, Shelf};

/// So many pages for one place that hold nothing new, and the window is taken to end there.
const MOST_BARREN: u8 = 8;

impl Shelf {
    /// Newest first across the seams, the same recordings where pages overlap, and no recording twice.
    pub(super) fn agrees(&self, place: usize, rows: &[Arc<Recording>]) -> bool {
        let overlap = rows
            .iter()
            .enumerate()
            .all(|(i, row)| self.row(place + i).is_none_or(|held| held.id == row.id));
        let before = place.checked_sub(1).and_then(|before| self.row(before));
        let after = self.row(place + rows.len());
        let seam =
            |newer: Option<&Arc<Recording>>, older: Option<&Arc<Recording>>| match (newer, older) {
                (Some(newer), Some(older)) => {
                    newer.id != older.id && (newer.added >= older.added || older.added.is_none())
                }
                _ => true,
            };
        let near = place.saturating_sub(PAGE)..place + rows.len() + PAGE;
        let once = near
            .clone()
            .filter(|at| !(place..place + rows.len()).contains(at))
            .all(|at| {
                self.row(at)
                    .is_none_or(|held| rows.iter().all(|row| row.id != held.id))
            });
        overlap && once && seam(before, rows.first()) && seam(rows.last(), after)
    }

    /// Of a page at odds with others, what stands above it already stays there; what was thought to stand further below has come up, and
    /// with it all that follows: the way there is walked anew.
    pub(super) fn reconcile(&mut self, place: usize, rows: &mut Vec<Arc<Recording>>) {
        let (above, below): (Vec<_>, Vec<_>) = self.rows().partition(|(at, _)| *at < place);
        let above: HashSet<&RecordingId> = above.iter().map(|(_, row)| &row.id).collect();
        rows.retain(|row| !above.contains(&row.id));
        let new: HashSet<&RecordingId> = rows.iter().map(|row| &row.id).collect();
        let come_up = |(at, row): &(usize, &Arc<Recording>)| {
            *at < place + rows.len() || new.contains(&row.id)
        };
        if below.iter().any(come_up) {
            drop(self.held.split_off(&place));
            if let Some((start, across)) = self.held.range_mut(..place).next_back() {
                across.rows.truncate(place - start);
            }
            drop(self.ways.split_off(&(place + 1)));
            self.walked = self.walked.min(place);
        }
    }

    /// Whether a page without anything new is left out, so that its place is that of the next; not for ever.
    pub(super) fn leads_on(&mut self, place: usize, is_barren: bool) -> bool {
        if !is_barren {
            self.barren.remove(&place);
            return false;
        }
        let pages = self.barren.entry(place).or_default();
        *pages = pages.saturating_add(1);
        *pages < MOST_BARREN
    }

    /// A page with a next one: the window does not end where it was thought to.
    pub(super) fn goes_on_after(&mut self, end: usize) {
        if self.count.is_some_and(|count| count <= end) {
            match self.told {
                Some(told) if told > end => self.count = Some(told),
                // Whoever tells totals may tell of a page after the last, too.
                Some(_) => {}
                None => self.count = None,
            }
        }
    }
}
