//! Ranges of `add_time`, and the windows of at most 30 days the API takes (api.md, rule 2).

use chrono::{DateTime, TimeDelta, Utc};

/// The longest range one request may have.
pub const LONGEST: TimeDelta = TimeDelta::days(30);

/// One end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bound {
    pub at: DateTime<Utc>,
    pub inclusive: bool,
}

/// A range of `add_time`, of any length, its start not after its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeRange {
    from: Bound,
    to: Bound,
}

impl TimeRange {
    /// `None` when nothing can lie between the two.
    pub fn new(from: Bound, to: Bound) -> Option<Self> {
        let possible = from.at < to.at || (from.at == to.at && from.inclusive && to.inclusive);
        possible.then_some(Self { from, to })
    }

    pub fn from(&self) -> Bound {
        self.from
    }

    pub fn to(&self) -> Bound {
        self.to
    }

    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        (at > self.from.at || (self.from.inclusive && at == self.from.at))
            && (at < self.to.at || (self.to.inclusive && at == self.to.at))
    }

    /// The windows that cover this range, newest first, none overlapping and nothing between them.
    pub fn windows(&self) -> Vec<Window> {
        let mut windows = Vec::new();
        let mut to = self.to;
        while to.at - self.from.at > LONGEST {
            let from = Bound {
                at: to.at - LONGEST,
                inclusive: true,
            };
            windows.push(Window(Self { from, to }));
            to = Bound {
                at: from.at,
                inclusive: false,
            };
        }
        if let Some(rest) = Self::new(self.from, to) {
            windows.push(Window(rest));
        }
        windows
    }
}

/// A range that one request may have: at most 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window(TimeRange);

impl Window {
    /// `None` when the range is longer than the API takes.
    pub fn new(range: TimeRange) -> Option<Self> {
        (range.to.at - range.from.at <= LONGEST).then_some(Self(range))
    }

    pub fn range(&self) -> TimeRange {
        self.0
    }

    /// The older part of this window: nothing newer than `at`. `None` when nothing can lie in it.
    pub fn until(&self, at: DateTime<Utc>, inclusive: bool) -> Option<Self> {
        TimeRange::new(self.0.from, Bound { at, inclusive }).map(Self)
    }
}
