//! One window of two queries at once (*Either number*): both are walked, and their rows merged by `add_time`.
//!
//! The API has no filter for "from or to" (api.md), so a row's number is only known once everything newer has come
//! from both. There is no random access; the lists of one number are short.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::plivo::{Page, Recording, RecordingId, Start, Window};

use super::shelf::Way;

/// One of the two queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    From,
    To,
}

#[derive(Debug, Clone, PartialEq)]
struct Lane {
    next: Option<Start>,
    /// Rows not merged yet, newest first.
    waiting: Vec<Arc<Recording>>,
    oldest: Option<DateTime<Utc>>,
    seen: HashSet<RecordingId>,
}

impl Lane {
    fn new() -> Self {
        Self {
            next: Some(Start::FIRST),
            waiting: Vec::new(),
            oldest: None,
            seen: HashSet::new(),
        }
    }
}

/// The merged rows of one window.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Merged {
    window: Window,
    from: Lane,
    to: Lane,
    rows: Vec<Arc<Recording>>,
    ids: HashSet<RecordingId>,
}

impl Merged {
    pub fn new(window: Window) -> Self {
        Self {
            window,
            from: Lane::new(),
            to: Lane::new(),
            rows: Vec::new(),
            ids: HashSet::new(),
        }
    }

    pub fn window(&self) -> Window {
        self.window
    }

    pub fn rows(&self) -> &[Arc<Recording>] {
        &self.rows
    }

    pub fn count(&self) -> Option<usize> {
        (self.from.next.is_none() && self.to.next.is_none()).then_some(self.rows.len())
    }

    /// The request that brings the merge on: the lane that holds it back, or both at the start.
    pub fn steps(&self) -> Vec<(Side, Way)> {
        let way = |lane: &Lane| {
            lane.next.clone().map(|start| Way {
                window: self.window,
                start,
            })
        };
        let (from, to) = (way(&self.from), way(&self.to));
        match (from, to) {
            (Some(from), Some(to)) if self.from.oldest == self.to.oldest => {
                vec![(Side::From, from), (Side::To, to)]
            }
            // `None` sorts before every instant: a lane that has not begun comes first of all.
            (Some(from), Some(to)) => {
                let from_first = match (self.from.oldest, self.to.oldest) {
                    (None, _) => true,
                    (_, None) => false,
                    (Some(a), Some(b)) => a > b,
                };
                if from_first {
                    vec![(Side::From, from)]
                } else {
                    vec![(Side::To, to)]
                }
            }
            (Some(from), None) => vec![(Side::From, from)],
            (None, Some(to)) => vec![(Side::To, to)],
            (None, None) => Vec::new(),
        }
    }

    pub fn insert(&mut self, side: Side, page: &Page) {
        let lane = match side {
            Side::From => &mut self.from,
            Side::To => &mut self.to,
        };
        let before = lane.seen.len();
        for row in &page.recordings {
            if lane.seen.insert(row.id.clone()) {
                lane.oldest = row.added.or(lane.oldest);
                lane.waiting.push(Arc::clone(row));
            }
        }
        // A page that brings nothing new leads in a circle.
        let went_on = lane.seen.len() > before;
        lane.next = page.meta.next.clone().filter(|_| went_on);
        self.merge();
    }

    fn merge(&mut self) {
        // Until a lane has ended, what is not newer than its oldest row may still be preceded by others of it.
        let frontier = [&self.from, &self.to]
            .into_iter()
            .filter(|lane| lane.next.is_some())
            .map(|lane| lane.oldest.unwrap_or(DateTime::<Utc>::MAX_UTC))
            .max();
        let mut ready: Vec<_> = self
            .from
            .waiting
            .drain(..)
            .chain(self.to.waiting.drain(..))
            .collect();
        ready.sort_by_key(|row| std::cmp::Reverse(row.added));
        for row in ready {
            let settled =
                frontier.is_none_or(|frontier| row.added.is_some_and(|added| added > frontier));
            if settled {
                if self.ids.insert(row.id.clone()) {
                    self.rows.push(row);
                }
            } else if self.from.seen.contains(&row.id) {
                self.from.waiting.push(row);
            } else {
                self.to.waiting.push(row);
            }
        }
    }
}
