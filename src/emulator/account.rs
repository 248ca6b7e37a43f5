//! The account: which recordings exist, in what order, and when each was added.
//!
//! Nothing is stored but what was deleted and what arrived since the start.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use super::catalogue::Catalogue;
use super::timeline::{Timeline, first_where};

/// Days that the account's first recordings are spread over.
pub(super) const DAYS: u32 = 400;
/// Recordings that may arrive while the emulator runs; it then goes quiet.
const MOST_ARRIVALS: usize = 1_000_000;

/// The account's data and its clock.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) catalogue: Catalogue,
    timeline: Timeline,
    now: DateTime<Utc>,
    started: Instant,
    arrive_every: Option<Duration>,
    same_time: u64,
    changes: RwLock<Changes>,
}

#[derive(Debug, Default)]
struct Changes {
    /// Ordinals, ascending.
    deleted: Vec<u64>,
    /// When each later recording was added, in microseconds; ascending.
    arrived: Vec<i64>,
    /// How many arrivals of the clock have been carried out.
    ticks: u64,
}

/// What the account is made from.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) recordings: u64,
    pub(super) now: DateTime<Utc>,
    pub(super) arrive_every: Option<Duration>,
    pub(super) same_time: Option<u32>,
}

impl Account {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            catalogue: Catalogue::new(plan.seed, plan.recordings),
            timeline: Timeline::new(plan.seed, plan.recordings, DAYS, plan.now, plan.same_time),
            now: plan.now,
            started: Instant::now(),
            arrive_every: plan.arrive_every.filter(|every| !every.is_zero()),
            same_time: u64::from(plan.same_time.unwrap_or(1).max(1)),
            changes: RwLock::default(),
        }
    }

    /// The account's own time: its first "now" and what has passed since.
    pub(super) fn now(&self) -> DateTime<Utc> {
        let passed = TimeDelta::from_std(self.started.elapsed()).unwrap_or_default();
        self.now.checked_add_signed(passed).unwrap_or(self.now)
    }

    /// The account as it is now. Recordings that are due have arrived; nothing changes while the view is held.
    pub(super) fn view(&self) -> View<'_> {
        let now = self.now();
        if let Some(every) = self.arrive_every {
            let due = (self.started.elapsed().as_nanos() / every.as_nanos().max(1)) as u64;
            if self.read().ticks < due {
                let mut changes = self.changes.write().unwrap_or_else(PoisonError::into_inner);
                while changes.ticks < due && changes.arrived.len() < MOST_ARRIVALS {
                    changes.ticks += 1;
                    let passed = every.as_micros().saturating_mul(u128::from(changes.ticks));
                    let at =
                        self.now.timestamp_micros() + i64::try_from(passed).unwrap_or(i64::MAX / 4);
                    let at = at.max(self.last_time(&changes));
                    for _ in 0..self.same_time {
                        changes.arrived.push(at);
                    }
                }
                changes.ticks = due;
            }
        }
        View {
            account: self,
            changes: self.read(),
            now,
        }
    }

    /// Adds so many recordings at the top, now. With `same_time` they share one time, otherwise they are a microsecond apart.
    pub(super) fn arrive(&self, recordings: u64) {
        let now = self.now().timestamp_micros();
        let mut changes = self.changes.write().unwrap_or_else(PoisonError::into_inner);
        let room = MOST_ARRIVALS.saturating_sub(changes.arrived.len()) as u64;
        let recordings = recordings.min(room);
        let first = (now - recordings as i64 + 1).max(self.last_time(&changes) + 1);
        for n in 0..recordings as i64 {
            let at = if self.same_time > 1 {
                first.max(now)
            } else {
                first + n
            };
            changes.arrived.push(at);
        }
    }

    /// Deletes a recording for good; false if there is none.
    pub(super) fn delete(&self, id: &str) -> bool {
        let Some(ordinal) = self.view().find(id) else {
            return false;
        };
        let mut changes = self.changes.write().unwrap_or_else(PoisonError::into_inner);
        match changes.deleted.binary_search(&ordinal) {
            Ok(_) => false,
            Err(at) => {
                changes.deleted.insert(at, ordinal);
                true
            }
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Changes> {
        self.changes.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn last_time(&self, changes: &Changes) -> i64 {
        match changes.arrived.last() {
            Some(&last) => last,
            None if self.catalogue.count > 0 => self.timeline.time(self.catalogue.count - 1),
            None => i64::MIN / 4,
        }
    }
}

/// The account at one instant.
#[derive(Debug)]
pub(super) struct View<'a> {
    account: &'a Account,
    changes: RwLockReadGuard<'a, Changes>,
    pub(super) now: DateTime<Utc>,
}

impl View<'_> {
    pub(super) fn catalogue(&self) -> &Catalogue {
        &self.account.catalogue
    }

    /// One past the newest ordinal, deleted ones counted.
    pub(super) fn end(&self) -> u64 {
        self.account.catalogue.count + self.changes.arrived.len() as u64
    }

    /// When a recording was added, in microseconds of Unix time.
    pub(super) fn time(&self, ordinal: u64) -> i64 {
        match ordinal.checked_sub(self.account.catalogue.count) {
            None => self.account.timeline.time(ordinal),
            Some(later) => usize::try_from(later)
                .ok()
                .and_then(|later| self.changes.arrived.get(later))
                .copied()
                .unwrap_or(i64::MAX),
        }
    }

    /// The first ordinal whose time passes the test; times never fall, so all above pass it too.
    pub(super) fn first_time(&self, mut passes: impl FnMut(i64) -> bool) -> u64 {
        first_where(0, self.end(), |ordinal| passes(self.time(ordinal)))
    }

    pub(super) fn exists(&self, ordinal: u64) -> bool {
        ordinal < self.end() && self.changes.deleted.binary_search(&ordinal).is_err()
    }

    /// The recording that an id names.
    pub(super) fn find(&self, id: &str) -> Option<u64> {
        let ordinal = self.account.catalogue.ids.read_recording(id)?;
        self.exists(ordinal).then_some(ordinal)
    }

    /// How many recordings there are in `low..high`.
    pub(super) fn count(&self, low: u64, high: u64) -> u64 {
        if low >= high {
            return 0;
        }
        let deleted = &self.changes.deleted;
        let gone = deleted.partition_point(|&k| k < high) - deleted.partition_point(|&k| k < low);
        high - low - gone as u64
    }

    /// The highest ordinal bound `high'` such that exactly `skip` recordings lie in `high'..high`; `low` if fewer do.
    pub(super) fn skip_down(&self, low: u64, high: u64, skip: u64) -> u64 {
        // Wanted: the largest bound with count(bound, high) >= skip.
        let first_short = first_where(low, high, |bound| self.count(bound, high) < skip);
        if skip == 0 {
            high
        } else {
            first_short.saturating_sub(1).max(low)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(recordings: u64) -> Account {
        Account::new(&Plan {
            seed: 1,
            recordings,
            now: "2026-11-23T21:16:00Z".parse().unwrap(),
            arrive_every: None,
            same_time: None,
        })
    }

    #[test]
    fn deleting_closes_the_gap() {
        let account = account(100);
        for ordinal in [3, 50, 51, 99] {
            let id = account.catalogue.ids.recording(ordinal);
            assert!(account.delete(&id));
            assert!(!account.delete(&id));
            assert_eq!(account.view().find(&id), None);
        }
        let view = account.view();
        assert_eq!(view.count(0, 100), 96);
        assert_eq!(view.count(50, 52), 0);
        let left: Vec<u64> = (0..100).rev().filter(|&k| view.exists(k)).collect();
        for skip in 0..=96 {
            let bound = view.skip_down(0, 100, skip);
            assert_eq!(view.count(bound, 100), skip);
            let next = (0..bound).rev().find(|&k| view.exists(k));
            assert_eq!(next, left.get(skip as usize).copied(), "{skip}");
        }
        assert_eq!(view.skip_down(0, 100, 500), 0);
    }

    #[test]
    fn arrivals_stand_on_top_and_leave_the_rest_as_it_was() {
        let account = account(10);
        let before: Vec<_> = (0..10).map(|k| account.view().time(k)).collect();
        account.arrive(3);
        account.arrive(2);
        let view = account.view();
        assert_eq!(view.end(), 15);
        assert_eq!((0..10).map(|k| view.time(k)).collect::<Vec<_>>(), before);
        assert!((0..15).map(|k| view.time(k)).is_sorted());
        assert!(view.time(14) > view.time(13));
    }
}
