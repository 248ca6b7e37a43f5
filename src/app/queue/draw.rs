//! Drawing a sample: how many rows there are, then the rows that were picked, each by its own request.
//!
//! Where the API tells totals or honours offsets, that costs about a request for each window and each row, however long the list is.
//! Where it does neither, the list is walked, and the sample is what has the smallest keys so far. Both ways take the same rows.

use std::collections::HashSet;
use std::sync::Arc;

use crate::app::history::{History, Need, Row};
use crate::app::words::count;
use crate::plivo::{Recording, RecordingId};

use super::Sample;
use super::pick::{Reservoir, picks};

/// Lists longer than this are not drawn from: choosing alone would be felt, and so long a list is a mistake of the server's.
const MOST_ROWS: usize = 10_000_000;
/// Rows that are asked for at once.
const AT_ONCE: usize = 8;
/// Rows a page has.
const PAGE: usize = 20;
/// Where offsets do not count, requests that a single row is likely to cost: found by guessing at its time.
const DEAR: usize = 6;
/// After so many changes of the list under the draw it is taken as it comes.
const MOST_RESTARTS: u8 = 3;

/// A draw under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Draw {
    sample: Sample,
    way: Way,
    restarts: u8,
}

#[derive(Debug, Clone, PartialEq)]
enum Way {
    Counting,
    Picking {
        total: usize,
        /// In the order of the queue, as they come.
        rows: Vec<(usize, Option<Arc<Recording>>)>,
    },
    Walking {
        /// The row that comes next, and the recording before it.
        next: usize,
        last: Option<RecordingId>,
        chosen: Reservoir<Arc<Recording>>,
    },
}

/// What a draw wants next.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Need(Need),
    /// It is done: the recordings in the order of the queue.
    Drawn(Vec<Arc<Recording>>),
    /// There are too many to draw from.
    TooMany,
}

impl Draw {
    pub fn new(sample: Sample) -> Self {
        Self {
            sample,
            way: Way::Counting,
            restarts: 0,
        }
    }

    pub fn sample(&self) -> Sample {
        self.sample
    }

    /// Takes what has come, and says what is to come next. Call after each answer that the list got.
    pub fn step(&mut self, history: &History) -> Step {
        loop {
            self.way = match std::mem::replace(&mut self.way, Way::Counting) {
                Way::Counting if history.must_be_walked() => self.walk(),
                Way::Counting => {
                    let total = history.total();
                    if !total.exact {
                        return Step::Need(Need::Count);
                    }
                    if total.known > MOST_ROWS {
                        return Step::TooMany;
                    }
                    let Sample { size, seed } = self.sample;
                    let rows = picks(seed, size, total.known).into_iter();
                    Way::Picking {
                        total: total.known,
                        rows: rows.map(|row| (row, None)).collect(),
                    }
                }
                Way::Picking { total, rows } => {
                    let now = history.total();
                    let dense = total.div_ceil(PAGE) <= rows.len() * DEAR;
                    if !now.exact || now.known != total {
                        Way::Counting
                    } else if history.is_far_dear() && dense {
                        self.walk()
                    } else {
                        match self.pick(total, rows, history) {
                            Ok(drawn) => return Step::Drawn(drawn),
                            Err(missing) => return Step::Need(Need::Rows(missing)),
                        }
                    }
                }
                Way::Walking { next, .. } if self.moved(next, history) => {
                    self.restarts += 1;
                    self.walk()
                }
                Way::Walking {
                    mut next,
                    mut last,
                    mut chosen,
                } => {
                    while let Some(Row::Ready(recording)) = history.row(next) {
                        chosen.offer(next, || Arc::clone(recording));
                        last = Some(recording.id.clone());
                        next += 1;
                    }
                    let total = history.total();
                    if total.exact && next >= total.known {
                        let in_order = chosen.into_order().into_iter();
                        return Step::Drawn(once(in_order.map(|(_, recording)| recording)));
                    }
                    if next > MOST_ROWS {
                        return Step::TooMany;
                    }
                    self.way = Way::Walking { next, last, chosen };
                    return Step::Need(Need::Walk(next));
                }
            };
        }
    }

    fn walk(&self) -> Way {
        Way::Walking {
            next: 0,
            last: None,
            chosen: Reservoir::new(self.sample.seed, self.sample.size),
        }
    }

    /// The rows that have come; else those that are still missing, ascending, as many as are asked for at once.
    fn pick(
        &mut self,
        total: usize,
        mut rows: Vec<(usize, Option<Arc<Recording>>)>,
        history: &History,
    ) -> Result<Vec<Arc<Recording>>, Vec<usize>> {
        let mut missing = Vec::new();
        for (row, held) in &mut rows {
            if held.is_none() {
                match history.row(*row) {
                    Some(Row::Ready(recording)) => *held = Some(Arc::clone(recording)),
                    _ => missing.push(*row),
                }
            }
        }
        if missing.is_empty() {
            return Ok(once(rows.into_iter().filter_map(|(_, held)| held)));
        }
        missing.sort_unstable();
        missing.truncate(AT_ONCE);
        self.way = Way::Picking { total, rows };
        Err(missing)
    }

    /// Others added or deleted so much that the walk cannot tell where it is.
    fn moved(&self, next: usize, history: &History) -> bool {
        let Way::Walking { last, .. } = &self.way else {
            return false;
        };
        let Some(before) = next.checked_sub(1) else {
            return false;
        };
        let here = match history.row(before) {
            Some(Row::Ready(recording)) => Some(&recording.id) == last.as_ref(),
            Some(Row::Loading) => true,
            None => false,
        };
        !here && self.restarts < MOST_RESTARTS
    }

    /// How far it is, in words.
    pub fn words(&self, history: &History) -> String {
        let size = count(self.sample.size as u64);
        let far = match &self.way {
            Way::Counting => {
                let (counted, all) = history.counted();
                format!("{counted} of {all} windows counted")
            }
            Way::Picking { rows, .. } => {
                let here = rows.iter().filter(|(_, held)| held.is_some()).count();
                format!(
                    "{} of {} have come",
                    count(here as u64),
                    count(rows.len() as u64)
                )
            }
            Way::Walking { next, .. } => {
                let total = history.total();
                let of = match total.exact {
                    true => format!(" of {}", count(total.known as u64)),
                    false => String::new(),
                };
                format!("looking through the list, {}{of} rows", count(*next as u64))
            }
        };
        format!("drawing {size} at random: {far} …")
    }
}

/// Each recording once: while others add and delete, a row can come twice.
fn once(rows: impl Iterator<Item = Arc<Recording>>) -> Vec<Arc<Recording>> {
    let mut seen = HashSet::new();
    rows.filter(|recording| seen.insert(recording.id.clone()))
        .collect()
}
