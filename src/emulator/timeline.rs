//! When each recording was added, computed from its ordinal and from nothing else.
//!
//! Calls come in working hours. A weekly profile says which share of a week's recordings falls into each stretch of it;
//! its running sum maps time to "mass", and the inverse maps ordinal `k` of `n` to a time. Both are monotone, so a time
//! bound becomes an ordinal by bisection, and a million recordings need no memory at all. The density is uneven on
//! purpose: a client that interpolates has to correct itself.

use chrono::{DateTime, TimeDelta, Utc};

use super::ident::{mix, unit};

const DAY_US: i64 = 86_400_000_000;
const WEEK_US: i64 = 7 * DAY_US;
/// 1970-01-05, the first Monday of Unix time.
const MONDAY_US: i64 = 4 * DAY_US;

/// Hours of a day and the share of the day's calls up to them.
const WORKDAY: [(f64, f64); 7] = [
    (0.0, 0.0),
    (7.0, 0.04),
    (9.0, 0.16),
    (12.0, 0.50),
    (14.0, 0.62),
    (18.0, 0.93),
    (24.0, 1.0),
];
const WEEKEND_DAY: [(f64, f64); 4] = [(0.0, 0.0), (9.0, 0.1), (19.0, 0.9), (24.0, 1.0)];
/// Shares of a week up to the end of each day, Monday first.
const WEEK: [f64; 8] = [0.0, 0.19, 0.37, 0.55, 0.73, 0.90, 0.96, 1.0];

/// The straight line through `(x0, y0)` and `(x1, y1)`, at `x`.
fn line((x0, y0): (f64, f64), (x1, y1): (f64, f64), x: f64) -> f64 {
    y0 + (y1 - y0) * ((x - x0) / (x1 - x0))
}

fn along(points: &[(f64, f64)], x: f64) -> f64 {
    points
        .windows(2)
        .find_map(|pair| match pair {
            [a, b] if x < b.0 => Some(line(*a, *b, x)),
            _ => None,
        })
        .unwrap_or(1.0)
}

fn back_along(points: &[(f64, f64)], y: f64) -> f64 {
    points
        .windows(2)
        .find_map(|pair| match pair {
            [a, b] if y < b.1 => Some(line((a.1, a.0), (b.1, b.0), y)),
            _ => None,
        })
        .unwrap_or(24.0)
}

fn profile(day: usize) -> &'static [(f64, f64)] {
    if day < 5 { &WORKDAY } else { &WEEKEND_DAY }
}

/// Mass up to a time: whole weeks since the first Monday, and the share of the running one.
fn mass_at(time_us: i64, base_week: i64) -> f64 {
    let since = time_us - MONDAY_US;
    let week = since.div_euclid(WEEK_US);
    let in_week = since.rem_euclid(WEEK_US);
    let day = (in_week / DAY_US) as usize;
    let hour = (in_week % DAY_US) as f64 / 3.6e9;
    let (from, to) = day_shares(day);
    (week - base_week) as f64 + from + (to - from) * along(profile(day), hour)
}

fn day_shares(day: usize) -> (f64, f64) {
    let share = |n: usize| WEEK.get(n).copied().unwrap_or(1.0);
    (share(day), share(day + 1))
}

/// The inverse of [`mass_at`].
fn time_at(mass: f64, base_week: i64) -> i64 {
    let week = mass.floor();
    let in_week = mass - week;
    let day = WEEK
        .iter()
        .skip(1)
        .position(|&end| in_week < end)
        .unwrap_or(6);
    let (from, to) = day_shares(day);
    let hour = back_along(profile(day), (in_week - from) / (to - from));
    MONDAY_US
        + (base_week + week as i64) * WEEK_US
        + day as i64 * DAY_US
        + ((hour * 3.6e9) as i64).min(DAY_US - 1)
}

/// The times of an account's first `count` recordings, spread over the days before `now`.
#[derive(Debug, Clone)]
pub(super) struct Timeline {
    seed: u64,
    base_week: i64,
    start: f64,
    /// Mass between one recording and the next.
    step: f64,
    /// So many in a row share one time; 1 is none.
    same_time: u64,
}

impl Timeline {
    pub(super) fn new(
        seed: u64,
        count: u64,
        days: u32,
        now: DateTime<Utc>,
        same_time: Option<u32>,
    ) -> Self {
        let now_us = now.timestamp_micros();
        let start_us = (now - TimeDelta::days(i64::from(days))).timestamp_micros();
        let base_week = (start_us - MONDAY_US).div_euclid(WEEK_US);
        let start = mass_at(start_us, base_week);
        let end = mass_at(now_us, base_week);
        Self {
            seed,
            base_week,
            start,
            step: (end - start) / count.max(1) as f64,
            same_time: u64::from(same_time.unwrap_or(1).max(1)),
        }
    }

    /// When recording `ordinal` (0 is the oldest) was added, in microseconds of Unix time. Never falls as it grows.
    pub(super) fn time(&self, ordinal: u64) -> i64 {
        let ordinal = ordinal - ordinal % self.same_time;
        let exact = self.exact(ordinal);
        if self.same_time > 1 || ordinal == 0 {
            return exact;
        }
        // Some servers wrote whole seconds and milliseconds: the time itself is rounded, unless that would pass a neighbour.
        let unit = match ordinal % 50 {
            9 => 1_000_000,
            29 => 1_000,
            _ => return exact,
        };
        (exact - exact.rem_euclid(unit)).max(self.exact(ordinal - 1))
    }

    fn exact(&self, ordinal: u64) -> i64 {
        let jitter = 0.1 + 0.8 * unit(mix(self.seed, 0x7149, ordinal));
        time_at(
            self.start + (ordinal as f64 + jitter) * self.step,
            self.base_week,
        )
    }
}

/// The first number in `low..high` for which `wanted` holds, given that it then holds for all above; `high` if none.
pub(super) fn first_where(low: u64, high: u64, mut wanted: impl FnMut(u64) -> bool) -> u64 {
    let (mut low, mut high) = (low, high);
    while low < high {
        let middle = low + (high - low) / 2;
        if wanted(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, Timelike};

    fn now() -> DateTime<Utc> {
        "2026-11-23T21:16:00Z".parse().unwrap()
    }

    #[test]
    fn mass_and_time_are_inverse() {
        let base = 2_900;
        for hour in 0..(24 * 15) {
            let time = MONDAY_US + base * WEEK_US + hour * 3_600_000_000 + 1_234_567;
            let back = time_at(mass_at(time, base), base);
            assert!((back - time).abs() < 50, "{hour}: {back} {time}");
        }
    }

    #[test]
    fn times_never_fall_and_stay_in_range() {
        for count in [1, 30, 1_204, 60_000] {
            let line = Timeline::new(1, count, 400, now(), None);
            let mut last = (now() - TimeDelta::days(400)).timestamp_micros();
            for ordinal in 0..count {
                let time = line.time(ordinal);
                assert!(time >= last, "{ordinal} of {count}");
                last = time;
            }
            assert!(last <= now().timestamp_micros());
        }
    }

    #[test]
    fn the_default_account_has_about_ninety_in_thirty_days_mostly_in_working_hours() {
        let line = Timeline::new(1, 1_204, 400, now(), None);
        let since = (now() - TimeDelta::days(30)).timestamp_micros();
        let recent = 1_204 - first_where(0, 1_204, |k| line.time(k) >= since);
        assert!((80..=100).contains(&recent), "{recent}");
        let working = (0..1_204)
            .filter_map(|k| DateTime::from_timestamp_micros(line.time(k)))
            .filter(|t| t.weekday().num_days_from_monday() < 5 && (9..18).contains(&t.hour()))
            .count();
        assert!(working > 700, "{working}");
    }

    #[test]
    fn same_time_groups_share_one_time() {
        let line = Timeline::new(1, 1_204, 400, now(), Some(45));
        for ordinal in 0..1_204 {
            assert_eq!(line.time(ordinal), line.time(ordinal / 45 * 45));
        }
        assert_ne!(line.time(44), line.time(45));
    }

    #[test]
    fn a_bound_in_a_million_takes_twenty_looks() {
        let line = Timeline::new(1, 1_000_000, 400, now(), None);
        let bound = (now() - TimeDelta::days(123)).timestamp_micros();
        let mut looks = 0;
        let first = first_where(0, 1_000_000, |k| {
            looks += 1;
            line.time(k) >= bound
        });
        assert!(looks <= 20, "{looks}");
        assert!(line.time(first) >= bound && line.time(first - 1) < bound);
    }

    #[test]
    fn some_times_are_whole_seconds() {
        let line = Timeline::new(1, 1_204, 400, now(), None);
        assert!(
            (0..1_204)
                .filter(|&k| line.time(k) % 1_000_000 == 0)
                .count()
                > 10
        );
    }
}
