//! Sums, one recording after the other, in memory that does not grow with their number.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use crate::plivo::Recording;

/// Different numbers, or types, that are counted each by itself; who dials at random must not fill the memory.
const MOST_NAMES: usize = 100_000;
/// Days that are counted: from 2011 on there are fewer. What times the server makes up must not fill the memory either.
const MOST_DAYS: usize = 10_000;
/// A name longer than this is cut to it.
const LONGEST_NAME: usize = 200;

/// How many, and how long together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) recordings: u64,
    pub(super) length: Duration,
}

impl Sum {
    fn add(&mut self, length: Option<Duration>) {
        self.recordings += 1;
        self.length = self.length.saturating_add(length.unwrap_or_default());
    }
}

/// Sums by name, of a bounded number of names.
#[derive(Debug, Default)]
pub(super) struct Names {
    sums: HashMap<String, Sum>,
    /// Of those for which there was no more room.
    rest: Sum,
}

impl Names {
    fn add(&mut self, name: &str, length: Option<Duration>) {
        let name: String = name.trim().chars().take(LONGEST_NAME).collect();
        if self.sums.len() < MOST_NAMES || self.sums.contains_key(&name) {
            self.sums.entry(name).or_default().add(length);
        } else {
            self.rest.add(length);
        }
    }

    /// The `top` with the most recordings, and how many others there are and what they come to.
    pub(super) fn top(&self, top: usize) -> (Vec<(&str, Sum)>, usize, Sum) {
        let mut sums: Vec<_> = self
            .sums
            .iter()
            .map(|(name, sum)| (name.as_str(), *sum))
            .collect();
        sums.sort_by(|(a, x), (b, y)| {
            let size = |sum: &Sum| (sum.recordings, sum.length);
            size(y).cmp(&size(x)).then_with(|| a.cmp(b))
        });
        let others = sums.split_off(top.min(sums.len()));
        let mut rest = self.rest;
        for (_, sum) in &others {
            rest.recordings += sum.recordings;
            rest.length = rest.length.saturating_add(sum.length);
        }
        (sums, others.len(), rest)
    }
}

/// What the recordings so far come to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) all: Sum,
    /// Whole seconds that are billed, by the API's `rounded_recording_duration`.
    pub(super) billed: Duration,
    /// Without a length: still recording, or not told.
    pub(super) no_length: u64,
    pub(super) oldest: Option<DateTime<Utc>>,
    pub(super) newest: Option<DateTime<Utc>>,
    /// `recording_storage_duration`, of all together.
    pub(super) storage_days: u64,
    /// `monthly_recording_storage_amount`, of all together.
    monthly: Money,
    /// Without a price: what a month costs is at least what was added up.
    pub(super) no_price: u64,
    /// By the day in UTC, oldest first.
    pub(super) days: BTreeMap<NaiveDate, Sum>,
    /// By either party; a call is with two of them, so that these come to more than there are.
    pub(super) numbers: Names,
    pub(super) types: Names,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn add(&mut self, recording: &Recording) {
        let length = recording.duration;
        self.all.add(length);
        self.no_length += u64::from(length.is_none());
        self.billed = self
            .billed
            .saturating_add(recording.billed().unwrap_or_default());
        let days = u64::from(recording.storage_days().unwrap_or(0));
        self.storage_days = self.storage_days.saturating_add(days);
        match recording.monthly_storage_amount() {
            Some(amount) => self.monthly.add(amount),
            None => self.no_price += 1,
        }
        if let Some(at) = recording.added {
            self.oldest = Some(self.oldest.map_or(at, |oldest| oldest.min(at)));
            self.newest = self.newest.max(Some(at));
            let day = at.date_naive();
            if self.days.len() < MOST_DAYS || self.days.contains_key(&day) {
                self.days.entry(day).or_default().add(length);
            }
        }
        let mut parties: Vec<_> = recording.parties().collect();
        // Who calls himself is one party.
        parties.dedup();
        for party in parties {
            self.numbers.add(party, length);
        }
        self.types
            .add(recording.kind.as_deref().unwrap_or("none"), length);
    }

    /// What storing all of it costs a month, in the account's currency.
    pub(super) fn monthly(&self) -> f64 {
        self.monthly.sum()
    }
}

/// A sum of many small amounts that loses none of them to rounding (Neumaier).
#[derive(Debug, Clone, Copy, Default)]
struct Money {
    sum: f64,
    lost: f64,
}

impl Money {
    fn add(&mut self, amount: f64) {
        let sum = self.sum + amount;
        self.lost += if self.sum.abs() >= amount.abs() {
            (self.sum - sum) + amount
        } else {
            (amount - sum) + self.sum
        };
        self.sum = sum;
    }

    fn sum(self) -> f64 {
        self.sum + self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn tally(rows: impl IntoIterator<Item = Value>) -> Tally {
        let mut tally = Tally::new();
        for row in rows {
            tally.add(&Recording::from_row(row));
        }
        tally
    }

    #[test]
    fn fields_are_added_up_whatever_their_types() {
        let tally = tally([
            json!({
                "recording_id": "a", "add_time": "2026-03-01 23:30:00+00:00", "recording_duration_ms": "90000.0",
                "rounded_recording_duration": 120, "recording_storage_duration": "10",
                "monthly_recording_storage_amount": 0.0008, "from_number": "+1", "to_number": "+2", "recording_type": "call",
            }),
            json!({
                "recording_id": "b", "add_time": "2026-03-02 01:00:00+05:30", "recording_duration_ms": 30000,
                "rounded_recording_duration": "60", "recording_storage_duration": 9,
                "monthly_recording_storage_amount": "0.00040", "from_number": "+1", "to_number": "+1",
            }),
            json!({ "recording_id": "c", "recording_duration_ms": "-1" }),
        ]);
        assert_eq!(tally.all.recordings, 3);
        assert_eq!(tally.all.length, Duration::from_secs(120));
        assert_eq!(tally.billed, Duration::from_secs(180));
        assert_eq!((tally.no_length, tally.no_price), (1, 1));
        assert_eq!(tally.storage_days, 19);
        assert!((tally.monthly() - 0.0012).abs() < 1e-12);
        // Both are of the same day in UTC.
        let days: Vec<_> = tally.days.iter().collect();
        assert_eq!(days.len(), 1);
        assert_eq!(days[0].1.recordings, 2);
        assert_eq!(
            tally.oldest.unwrap().to_rfc3339(),
            "2026-03-01T19:30:00+00:00"
        );
        let (numbers, others, rest) = tally.numbers.top(1);
        assert_eq!((numbers[0].0, numbers[0].1.recordings), ("+1", 2));
        assert_eq!((others, rest.recordings), (1, 1));
        let (types, ..) = tally.types.top(5);
        assert_eq!(types[0].0, "none");
    }

    #[test]
    fn a_million_small_amounts_come_to_what_they_are() {
        let mut money = Money::default();
        for _ in 0..1_000_000 {
            money.add(0.0004);
        }
        assert!((money.sum() - 400.0).abs() < 1e-9, "{}", money.sum());
    }

    #[test]
    fn ever_new_names_and_times_fill_no_memory() {
        let mut names = Names::default();
        for number in 0..MOST_NAMES + 5 {
            names.add(&format!("n{number}"), None);
        }
        let (top, others, rest) = names.top(1);
        assert_eq!((top.len(), others), (1, MOST_NAMES - 1));
        assert_eq!(rest.recordings as usize, MOST_NAMES + 4);
        let days = (0..MOST_DAYS + 5).map(|n| {
            let day = DateTime::from_timestamp(n as i64 * 86_400, 0).unwrap();
            json!({ "recording_id": n, "add_time": day.to_rfc3339() })
        });
        let tally = tally(days);
        assert_eq!(tally.days.len(), MOST_DAYS);
        assert_eq!(tally.all.recordings as usize, MOST_DAYS + 5);
    }
}
