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

impl Bound {
    /// The end belongs to the range (`__gte`, `__lte`).
    pub fn including(at: DateTime<Utc>) -> Self {
        Self {
            at,
            inclusive: true,
        }
    }

    /// The end itself lies outside (`__gt`, `__lt`).
    pub fn excluding(at: DateTime<Utc>) -> Self {
        Self {
            at,
            inclusive: false,
        }
    }
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

    /// What lies in both ranges.
    pub fn and(&self, other: &Self) -> Option<Self> {
        // Of two bounds at one instant the exclusive one is the narrower.
        let from = std::cmp::max_by_key(self.from, other.from, |b| (b.at, !b.inclusive));
        let to = std::cmp::min_by_key(self.to, other.to, |b| (b.at, b.inclusive));
        Self::new(from, to)
    }

    /// The windows that cover this range, newest first, none overlapping and nothing between them.
    pub fn windows(&self) -> Vec<Window> {
        self.newest_first().collect()
    }

    /// [`windows`](Self::windows), made as they are asked for.
    pub fn newest_first(&self) -> impl Iterator<Item = Window> + use<> {
        let from = self.from;
        let mut rest = Some(*self);
        std::iter::from_fn(move || {
            let range = rest.take()?;
            if range.to.at - from.at <= LONGEST {
                return Some(Window(range));
            }
            // Cannot pass the calendar's start: `from` lies further back than this.
            let split = range.to.at - LONGEST;
            rest = Self::new(from, Bound::excluding(split));
            Self::new(Bound::including(split), range.to).map(Window)
        })
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

    /// The part of this window up to `at`, for reaching a place by time where offsets are ignored: its first row is
    /// the newest that is not after `at`. `None` when nothing can lie there.
    pub fn until(&self, at: DateTime<Utc>, inclusive: bool) -> Option<Self> {
        let to = Bound { at, inclusive };
        let ceiling = TimeRange {
            from: self.0.from,
            to,
        };
        self.0.and(&ceiling).map(Self)
    }

    /// The part of this window from `at` on; its `total_count` is how many rows stand above the one at `at`. `None`
    /// when nothing can lie there.
    pub fn since(&self, at: DateTime<Utc>, inclusive: bool) -> Option<Self> {
        let from = Bound { at, inclusive };
        let floor = TimeRange {
            from,
            to: self.0.to,
        };
        self.0.and(&floor).map(Self)
    }

    /// The instant halfway, to the microsecond, for bisecting by counts. `None` when the ends are less than two
    /// microseconds apart: the API cannot tell such instants apart any further.
    pub fn middle(&self) -> Option<DateTime<Utc>> {
        let (from, to) = (
            self.0.from.at.timestamp_micros(),
            self.0.to.at.timestamp_micros(),
        );
        let half = to.checked_sub(from)? / 2;
        (half > 0).then(|| DateTime::from_timestamp_micros(from + half))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(micros: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(micros).unwrap()
    }

    const DAY: i64 = 86_400_000_000;

    fn range(from: (i64, bool), to: (i64, bool)) -> Option<TimeRange> {
        let bound = |(micros, inclusive)| Bound {
            at: at(micros),
            inclusive,
        };
        TimeRange::new(bound(from), bound(to))
    }

    fn ranges() -> impl Strategy<Value = TimeRange> {
        (
            -100 * DAY..100 * DAY,
            0..4000 * DAY,
            any::<bool>(),
            any::<bool>(),
        )
            .prop_filter_map("empty", |(from, length, low, high)| {
                range((from, low), (from + length, high))
            })
    }

    /// Instants worth trying: the ends of every window, a microsecond beside them, and any others.
    fn probes(range: TimeRange, extra: &[f64]) -> Vec<DateTime<Utc>> {
        let mut probes = Vec::new();
        for window in range.windows() {
            for bound in [window.range().from(), window.range().to()] {
                for micros in [-1, 0, 1] {
                    probes.push(bound.at + TimeDelta::microseconds(micros));
                }
            }
        }
        let (from, to) = (
            range.from().at.timestamp_micros(),
            range.to().at.timestamp_micros(),
        );
        probes.extend(
            extra
                .iter()
                .map(|part| at(from + ((to - from) as f64 * part) as i64)),
        );
        probes
    }

    proptest! {
        #[test]
        fn every_instant_is_in_exactly_one_window(range in ranges(), extra in prop::collection::vec(-0.1..1.1, 8)) {
            let windows = range.windows();
            for probe in probes(range, &extra) {
                let holders = windows.iter().filter(|window| window.range().contains(probe)).count();
                prop_assert_eq!(holders, usize::from(range.contains(probe)), "{}", probe);
            }
        }

        #[test]
        fn windows_are_short_and_newest_first(range in ranges()) {
            let windows = range.windows();
            for window in &windows {
                prop_assert!(window.range().to().at - window.range().from().at <= LONGEST);
                prop_assert_eq!(Window::new(window.range()), Some(*window));
            }
            for pair in windows.windows(2) {
                prop_assert_eq!(pair[0].range().from().at, pair[1].range().to().at);
                prop_assert_ne!(pair[0].range().from().inclusive, pair[1].range().to().inclusive);
            }
        }

        #[test]
        fn until_and_since_cut_a_window_in_two(
            range in ranges(), part in -0.2..1.2, inclusive: bool, extra in prop::collection::vec(0.0..1.0, 8),
        ) {
            let window = range.windows()[0];
            let (from, to) = (window.range().from().at.timestamp_micros(), window.range().to().at.timestamp_micros());
            let cut = at(from + ((to - from) as f64 * part) as i64);
            let (below, above) = (window.until(cut, inclusive), window.since(cut, !inclusive));
            let holds = |half: Option<Window>, probe| half.is_some_and(|half| half.range().contains(probe));
            let mut tried = probes(window.range(), &extra);
            tried.push(cut);
            for probe in tried {
                let inside = window.range().contains(probe);
                let old = probe < cut || (inclusive && probe == cut);
                prop_assert_eq!(holds(below, probe), inside && old);
                prop_assert_eq!(holds(above, probe), inside && !old);
            }
        }

        #[test]
        fn bisecting_ends(range in ranges()) {
            let mut window = range.windows()[0];
            let mut steps = 0;
            while let Some(middle) = window.middle() {
                prop_assert!(window.range().from().at < middle && middle < window.range().to().at);
                window = window.until(middle, true).unwrap();
                steps += 1;
            }
            prop_assert!(steps <= 42, "{steps} steps");
        }
    }

    #[test]
    fn a_range_in_which_nothing_lies_cannot_be_made() {
        assert_eq!(range((5, true), (4, true)), None);
        assert_eq!(range((5, true), (5, false)), None);
        assert_eq!(range((5, false), (5, true)), None);
        assert!(range((5, true), (5, true)).is_some());
    }

    #[test]
    fn of_two_bounds_at_one_instant_the_narrower_counts() {
        let window = |low, high| Window::new(range((5, low), (9, high)).unwrap()).unwrap();
        for inclusive in [true, false] {
            for own in [true, false] {
                let from = window(own, true).since(at(5), inclusive).unwrap();
                let to = window(true, own).until(at(9), inclusive).unwrap();
                assert_eq!(from.range().contains(at(5)), own && inclusive);
                assert_eq!(to.range().contains(at(9)), own && inclusive);
            }
        }
    }

    #[test]
    fn thirty_days_are_one_window_and_a_microsecond_more_are_two() {
        assert_eq!(
            range((0, true), (30 * DAY, true)).unwrap().windows().len(),
            1
        );
        assert_eq!(
            range((0, true), (30 * DAY + 1, true))
                .unwrap()
                .windows()
                .len(),
            2
        );
        assert!(Window::new(range((0, true), (30 * DAY + 1, true)).unwrap()).is_none());
    }

    #[test]
    fn the_whole_calendar_splits_without_overflow() {
        let all = TimeRange::new(
            Bound::including(DateTime::<Utc>::MIN_UTC),
            Bound::including(DateTime::<Utc>::MAX_UTC),
        );
        let newest = all.unwrap().newest_first().take(3).count();
        assert_eq!(newest, 3);
    }
}
