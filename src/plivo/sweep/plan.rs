//! How a long range is cut into slices of about the same number of rows, so that several can be walked at once.
//!
//! A slice ends at a whole second, both ends half open: recordings of one instant are never torn apart, and a server that
//! ignores fractions of a second neither loses nor doubles one.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use crate::plivo::recording::Recording;
use crate::plivo::window::{Bound, LONGEST, TimeRange, Window};

/// Rows that a slice should have: ten pages, so that few requests are spent on slices' ends.
pub(super) const SLICE_ROWS: u64 = 200;
/// A slice with more rows than this is cut.
const MOST_ROWS: u64 = 2 * SLICE_ROWS;

/// What of a range is still to be begun, and how dense it is thought to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pending {
    pub(super) range: TimeRange,
    /// Rows a second; `None` when nothing is known.
    pub(super) density: Option<f64>,
}

impl Pending {
    pub(super) fn new(range: TimeRange) -> Self {
        Self {
            range,
            density: None,
        }
    }

    /// The newest part, about as long as a slice should be, and what is left.
    pub(super) fn take(self) -> Option<(Window, Option<Self>)> {
        let top = self.range.newest_first().next()?;
        let wanted = self
            .density
            .and_then(|density| seconds(SLICE_ROWS as f64 / density))
            .unwrap_or(LONGEST);
        let window = cut_at(top.range().to().at, wanted)
            .and_then(|cut| top.since(cut, true))
            .unwrap_or(top);
        let rest = below(self.range, window.range().from());
        let rest = rest.map(|range| Self { range, ..self });
        Some((window, rest))
    }

    /// What of it does not lie before `at`.
    pub(super) fn not_before(self, at: DateTime<Utc>) -> Option<Self> {
        let range = match self.range.from().at < at {
            true => TimeRange::new(Bound::including(at), self.range.to())?,
            false => self.range,
        };
        Some(Self { range, ..self })
    }

    /// How many rows it may have; `usual` is the density elsewhere.
    pub(super) fn rows(&self, usual: Option<f64>) -> Option<u64> {
        let density = self.density.or(usual)?;
        Some((density * length(self.range)) as u64)
    }

    /// How many requests it takes at least.
    pub(super) fn windows(&self) -> u64 {
        (length(self.range) / LONGEST.as_seconds_f64())
            .ceil()
            .max(1.0) as u64
    }

    /// Learns how dense the slice before it was. Sparse ones lengthen the next slice step by step: the gap may end.
    pub(super) fn follow(&mut self, density: f64) {
        if let Some(own) = self.density {
            self.density = Some(density.max(own / 4.0));
        }
    }
}

/// What is known of a slice under way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    /// Rows that it will have given in the end.
    pub(super) rows: u64,
    /// Rows a second in it.
    pub(super) density: f64,
    /// What was cut off its older end.
    pub(super) rest: Option<Pending>,
}

/// The slice that one task walks, and where it ends now.
#[derive(Debug)]
pub(super) struct Slice {
    /// What was asked for.
    window: TimeRange,
    /// The part of it that is still this slice's.
    range: TimeRange,
    rows: u64,
    known: bool,
}

impl Slice {
    pub(super) fn new(window: Window) -> Self {
        Self {
            window: window.range(),
            range: window.range(),
            rows: 0,
            known: false,
        }
    }

    /// Takes in the rows of one more page. `total` is what the API says the walk's window holds, `over` that this was its last
    /// page. Gives what changed in what is known.
    pub(super) fn took(
        &mut self,
        page: &[std::sync::Arc<Recording>],
        total: Option<u64>,
        over: bool,
    ) -> Option<Found> {
        self.rows += page.len() as u64;
        let oldest = page.iter().rev().find_map(|row| self.time(row));
        if !self.known {
            self.known = true;
            let rows = match (over, total) {
                (true, _) => self.rows,
                (false, Some(total)) => total.max(self.rows),
                (false, None) => self.extrapolated(oldest),
            };
            return Some(self.first_cut(rows, oldest));
        }
        if self.rows < MOST_ROWS || over {
            return None;
        }
        // More came than was thought: what follows is another slice, which others can walk.
        let cut = oldest?.trunc_subsecs(0);
        let rest = self.cut(cut)?;
        let density = self.rows as f64 / length(self.range).max(1.0);
        let known = Found {
            rows: self.rows,
            density,
            rest: Some(Pending {
                range: rest,
                density: Some(density),
            }),
        };
        self.rows = 0;
        Some(known)
    }

    /// Whether a row belongs to it still. A row whose time does not tell its place does.
    pub(super) fn holds(&self, row: &Recording) -> bool {
        self.time(row).is_none_or(|at| at >= self.range.from().at)
    }

    /// The time of a row, if it tells the row's place: the API may show another than it filters by.
    fn time(&self, row: &Recording) -> Option<DateTime<Utc>> {
        row.added.filter(|at| self.window.contains(*at))
    }

    fn first_cut(&mut self, rows: u64, oldest: Option<DateTime<Utc>>) -> Found {
        let whole = length(self.range).max(1.0);
        let density = rows as f64 / whole;
        let rest = (rows > MOST_ROWS)
            .then(|| {
                let wanted = seconds(SLICE_ROWS as f64 / density)?;
                let cut = cut_at(self.range.to().at, wanted)?;
                // The rows of this page were paid for: none of them is left to the next slice. Where no row tells its time,
                // none could be told to be the next slice's, and both would give it.
                self.cut(cut.min(oldest?.trunc_subsecs(0)))
            })
            .flatten();
        let Some(range) = rest else {
            return Found {
                rows,
                density,
                rest: None,
            };
        };
        let own = SLICE_ROWS.max(self.rows);
        let density = rows.saturating_sub(own) as f64 / length(range).max(1.0);
        Found {
            rows: own,
            density,
            rest: Some(Pending {
                range,
                density: Some(density),
            }),
        }
    }

    /// Rows of the whole slice if all of it is like its first page.
    fn extrapolated(&self, oldest: Option<DateTime<Utc>>) -> u64 {
        let Some(oldest) = oldest else {
            return self.rows;
        };
        let seen = (self.range.to().at - oldest).as_seconds_f64().max(1.0);
        (self.rows as f64 * length(self.range) / seen) as u64
    }

    /// Ends at `at` from now on; gives what lies below. `None`, and no change, where nothing does.
    fn cut(&mut self, at: DateTime<Utc>) -> Option<TimeRange> {
        let from = Bound::including(at);
        let rest = below(self.range, from)?;
        self.range = TimeRange::new(from, self.range.to())?;
        Some(rest)
    }
}

/// The part of a range that is older than a slice which begins at `from`.
fn below(range: TimeRange, from: Bound) -> Option<TimeRange> {
    let to = Bound {
        at: from.at,
        inclusive: !from.inclusive,
    };
    // A slice that ends as the range ends leaves nothing, not the instant of its end.
    (from != range.from())
        .then(|| TimeRange::new(range.from(), to))
        .flatten()
}

fn cut_at(to: DateTime<Utc>, length: TimeDelta) -> Option<DateTime<Utc>> {
    Some(to.checked_sub_signed(length)?.trunc_subsecs(0))
}

fn length(range: TimeRange) -> f64 {
    (range.to().at - range.from().at).as_seconds_f64()
}

/// At least a second, at most a window.
fn seconds(seconds: f64) -> Option<TimeDelta> {
    let most = LONGEST.as_seconds_f64();
    let seconds = if seconds.is_nan() { most } else { seconds };
    TimeDelta::try_seconds(seconds.clamp(1.0, most) as i64)
}

#[cfg(test)]
mod tests;
