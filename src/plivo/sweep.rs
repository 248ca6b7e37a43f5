//! Every recording of a range of any length, newest first, with many pages on their way at once.
//!
//! A range is cut into slices of some ten pages (`plan`); each is walked by a task of its own ([`walk`](super::walk), which
//! follows `meta.next` and is right in all three paging modes), and the rows are given in the order of the slices. What is
//! held is bounded, however long the range is: a task that is far ahead waits. Of a very long range it is asked how far back there
//! is anything at all (`oldest`). Requests go through the client's gate like
//! all others, so that the account's rate limit holds.

mod oldest;
mod plan;
mod side;
mod slice;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::stream::{self, Stream};
use tokio::time::Instant;

use super::page::Limit;
use super::query::{DayBounds, Filter};
use super::recording::Recording;
use super::walk::recent::Recent;
use super::walk::{Pages, WalkError};
use super::window::{Bound, TimeRange};
use side::{Bounds, Side};

/// Slices under way at a time: as many as the client lets requests be ([`Rate`](super::Rate)).
const LANES: usize = 8;
/// Rows that may be held or on their way; a row takes about 5 KB.
const HELD_ROWS: u64 = 4000;
/// Rows around which the same one, come twice, is told: those of the slices' ends, and of two queries that are merged.
const REMEMBERED_ROWS: usize = 4096;

/// Which recordings by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extent {
    /// Added within a range of any length.
    Added(TimeRange),
    /// Stored for so many days. The API allows no windows there, so that one page waits for the other.
    Stored(DayBounds),
}

/// How far a sweep has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Recordings given.
    pub rows: u64,
    /// How many may follow: an estimate. `None` while nothing is known.
    pub more: Option<u64>,
    /// Pages that came.
    pub pages: u64,
    /// How many pages it may be in the end: an estimate, which gets better. `None` while nothing is known.
    pub of: Option<u64>,
    /// The time left at the speed so far.
    pub left: Option<Duration>,
}

impl Progress {
    /// How many recordings there may be in the end; `None` while nothing is known.
    pub fn expected(&self) -> Option<u64> {
        Some(self.rows.saturating_add(self.more?))
    }
}

/// A sweep that could not go on. All recordings that are newer than `reached` were given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Stopped {
    pub error: WalkError,
    /// Recordings given so far.
    pub rows: u64,
    /// When the last one that was given was added; `None` when there was none.
    pub reached: Option<DateTime<Utc>>,
    /// What is left of the range, the instant of the last one given included; `None` when it was no range, or nothing is left.
    pub rest: Option<TimeRange>,
}

/// A sweep under way. Ask [`next`](Sweep::next) until it gives `None`; drop it to end it, with all that is on its way.
#[derive(Debug)]
pub struct Sweep<P> {
    /// One query, or two whose rows are merged.
    sides: Vec<Merged<P>>,
    extent: Extent,
    seen: Recent,
    /// Rows still to be given.
    wanted: Option<u64>,
    rows: u64,
    reached: Option<DateTime<Utc>>,
    began: Instant,
}

#[derive(Debug)]
struct Merged<P> {
    side: Side<P>,
    head: Option<Arc<Recording>>,
    over: bool,
}

impl<P: Pages + Clone + Send + Sync + 'static> Sweep<P> {
    /// Every recording that `filter` lets through. To be called in a tokio runtime.
    pub fn new(pages: P, filter: Filter, extent: Extent) -> Self {
        Self::over(pages, vec![filter], extent, None)
    }

    /// Every recording that one of the filters lets through, each once, in one order (see [`Filter::either_number`]); with
    /// `most`, only so many of the newest, for which hardly more is asked.
    pub fn over(pages: P, filters: Vec<Filter>, extent: Extent, most: Option<u64>) -> Self {
        let many = filters.len().max(1);
        let bounds = Bounds {
            lanes: (LANES / many).max(1),
            held: HELD_ROWS / many as u64,
        };
        let limit = most
            .and_then(|rows| Limit::new(u8::try_from(rows).ok()?))
            .unwrap_or(Limit::MOST);
        let sides = filters.into_iter().map(|filter| Merged {
            side: Side::new(pages.clone(), filter, extent, limit, bounds, most),
            head: None,
            over: false,
        });
        Self {
            sides: sides.collect(),
            extent,
            seen: Recent::new(REMEMBERED_ROWS),
            wanted: most,
            rows: 0,
            reached: None,
            began: Instant::now(),
        }
    }

    /// The next recording; `None` after the last. After an error there is nothing more. Dropping the future loses nothing.
    ///
    /// # Errors
    /// [`Stopped`], after all rows before the place where it stopped.
    pub async fn next(&mut self) -> Option<Result<Arc<Recording>, Stopped>> {
        loop {
            if self.wanted == Some(0) {
                self.sides.clear();
            }
            for merged in &mut self.sides {
                if merged.head.is_some() || merged.over {
                    continue;
                }
                match merged.side.next().await {
                    Some(Ok(row)) => merged.head = Some(row),
                    Some(Err(error)) => {
                        self.sides.clear();
                        return Some(Err(self.stopped(error)));
                    }
                    None => merged.over = true,
                }
            }
            let heads = self.sides.iter_mut().filter_map(|side| {
                // A row without a time stands where its own list has it.
                let added = side
                    .head
                    .as_ref()?
                    .added
                    .unwrap_or(DateTime::<Utc>::MAX_UTC);
                Some((added, &mut side.head))
            });
            // Of equal times the first list's goes first.
            let newest = heads.reduce(|best, other| if other.0 > best.0 { other } else { best });
            let row = newest.and_then(|(_, head)| head.take())?;
            if self.seen.insert(&row.id) {
                self.rows += 1;
                self.wanted = self.wanted.map(|wanted| wanted.saturating_sub(1));
                self.reached = row.added.or(self.reached);
                return Some(Ok(row));
            }
        }
    }

    /// The recordings one after the other, up to an error; `far` is told after each how far the sweep has come.
    pub fn stream(
        self,
        far: impl FnMut(&Progress) + Send,
    ) -> impl Stream<Item = Result<Arc<Recording>, Stopped>> + Send
    where
        P: Send,
    {
        stream::unfold(Some((self, far)), async |state| {
            let (mut sweep, mut far) = state?;
            let next = sweep.next().await?;
            far(&sweep.progress());
            let goes_on = next.is_ok();
            Some((next, goes_on.then_some((sweep, far))))
        })
    }

    fn stopped(&self, error: WalkError) -> Stopped {
        let rest = match (self.extent, self.reached) {
            (Extent::Added(range), Some(reached)) => {
                TimeRange::new(range.from(), Bound::including(reached))
            }
            (Extent::Added(range), None) => Some(range),
            (Extent::Stored(_), _) => None,
        };
        Stopped {
            error,
            rows: self.rows,
            reached: self.reached,
            rest,
        }
    }
}

impl<P> Sweep<P> {
    /// When the last recording that was given was added.
    pub fn reached(&self) -> Option<DateTime<Utc>> {
        self.reached
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        let (mut pages, mut left, mut more) = (0, Some(0), Some(0));
        for merged in &self.sides {
            let far = merged.side.far();
            pages += far.pages;
            left = side::added(left, far.more_pages);
            more = side::added(more, far.more_rows);
        }
        if let Some(wanted) = self.wanted {
            more = more.map(|more| more.min(wanted));
        }
        let spent = self.began.elapsed();
        let time = left.and_then(|left| {
            let share = left as f64 / pages as f64;
            Duration::try_from_secs_f64(spent.as_secs_f64() * share).ok()
        });
        Progress {
            rows: self.rows,
            more,
            pages,
            of: left.map(|left| left.saturating_add(pages)),
            left: time.filter(|_| pages > 0),
        }
    }
}

#[cfg(test)]
mod tests;
