//! The zone that times are shown and typed in, and how its clock maps to UTC.

use chrono::{
    DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::{TZ_VARIANTS, Tz};

/// The zone shown. The runtime finds the machine's own zone's name; nothing here asks the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zone {
    #[default]
    Utc,
    /// The machine's own zone.
    Local(Tz),
    /// The zone of `--tz`.
    Named(Tz),
}

/// A zone's name, as people type it: in any case, blanks for underscores.
///
/// # Errors
/// How zones are written.
pub fn named(text: &str) -> Result<Tz, String> {
    let name = text.trim().replace(' ', "_");
    let found = TZ_VARIANTS
        .iter()
        .find(|tz| tz.name().eq_ignore_ascii_case(&name));
    found.copied().ok_or_else(|| {
        "no such time zone; write it like Europe/Lisbon or America/New_York".to_owned()
    })
}

/// What the clock of a zone does at a local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The local time happens once.
    Once,
    /// The clock jumps over this local time: the instant of the jump stands for it.
    Gap,
    /// The clock is set back, so this local time happens twice.
    Twice,
}

/// Which of two instants is meant when a local time happens twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefer {
    Earlier,
    Later,
}

impl Zone {
    pub fn utc() -> Self {
        Self::Utc
    }

    pub fn local(tz: Tz) -> Self {
        Self::Local(tz)
    }

    pub fn named(tz: Tz) -> Self {
        Self::Named(tz)
    }

    fn tz(self) -> Tz {
        match self {
            Self::Utc => Tz::UTC,
            Self::Local(tz) | Self::Named(tz) => tz,
        }
    }

    /// Its name, as others know it: `UTC`, `Europe/Berlin`.
    pub fn name(&self) -> &'static str {
        self.tz().name()
    }

    /// What the screen calls it: `UTC`, `Europe/Berlin`, `local, Europe/Berlin`.
    pub fn label(&self) -> String {
        match self {
            Self::Utc => "UTC".into(),
            Self::Local(tz) => format!("local, {}", tz.name()),
            Self::Named(tz) => tz.name().into(),
        }
    }

    /// `2026-11-20 14:02:11` on this zone's clock.
    pub fn format(&self, at: DateTime<Utc>) -> String {
        whole(self.clock_at(at))
    }

    /// `2026-11-20 14:02:11.000001`: the microseconds only where there are some.
    pub fn format_exact(&self, at: DateTime<Utc>) -> String {
        exact(self.clock_at(at))
    }

    /// What this zone's clock shows at an instant.
    pub fn clock_at(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.naive_utc()
            .checked_add_signed(self.offset_at(at))
            .unwrap_or_else(|| at.naive_utc())
    }

    /// The day it is in this zone.
    pub fn date_at(&self, at: DateTime<Utc>) -> NaiveDate {
        self.clock_at(at).date()
    }

    /// The instant at which this zone's clock shows `local`, and whether that was a plain question.
    pub fn resolve(&self, local: NaiveDateTime, prefer: Prefer) -> (DateTime<Utc>, Clock) {
        match self.tz().from_local_datetime(&local) {
            LocalResult::Single(at) => (at.to_utc(), Clock::Once),
            LocalResult::Ambiguous(first, second) => {
                let (first, second) = (first.to_utc(), second.to_utc());
                let at = match prefer {
                    Prefer::Earlier => first.min(second),
                    Prefer::Later => first.max(second),
                };
                (at, Clock::Twice)
            }
            LocalResult::None => (self.jump_over(local), Clock::Gap),
        }
    }

    /// The first instant of a day: midnight, or where midnight is jumped over, the instant after the jump.
    pub fn midnight(&self, date: NaiveDate) -> DateTime<Utc> {
        self.resolve(date.and_time(NaiveTime::MIN), Prefer::Earlier)
            .0
    }

    fn offset_at(&self, at: DateTime<Utc>) -> TimeDelta {
        use chrono::Offset;
        let offset = self.tz().offset_from_utc_datetime(&at.naive_utc());
        TimeDelta::seconds(i64::from(offset.fix().local_minus_utc()))
    }

    /// The instant at which the clock jumps over `local`. Whole days have been jumped over (Samoa, 2011), never more
    /// than one, so the jump lies between a day and a half before and after.
    fn jump_over(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let middle = local.and_utc();
        let reach = TimeDelta::hours(36);
        let (Some(mut before), Some(mut after)) = (
            middle.checked_sub_signed(reach),
            middle.checked_add_signed(reach),
        ) else {
            return middle;
        };
        // Invariant: the clock shows less than `local` at `before`, more at `after`.
        while after - before > TimeDelta::seconds(1) {
            let half = before + (after - before) / 2;
            if self.clock_at(half) < local {
                before = half;
            } else {
                after = half;
            }
        }
        // Zones change on whole seconds.
        DateTime::from_timestamp(after.timestamp(), 0).unwrap_or(after)
    }
}

/// A clock's reading to the second. Every row of every frame has one, so that no pattern is read for it.
fn whole(clock: NaiveDateTime) -> String {
    let (date, time) = (clock.date(), clock.time());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    format!("{date} {hour:02}:{minute:02}:{second:02}")
}

/// A clock's reading to the microsecond, the fraction left out where it is zero.
pub(crate) fn exact(clock: NaiveDateTime) -> String {
    let whole = whole(clock);
    match clock.and_utc().timestamp_subsec_micros() {
        0 => whole,
        micros => format!("{whole}.{micros:06}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn local(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        format!("{text}Z").parse().unwrap()
    }

    #[test]
    fn the_screen_says_which_zone_it_is() {
        assert_eq!(Zone::utc().label(), "UTC");
        assert_eq!(Zone::named(Tz::Asia__Kolkata).label(), "Asia/Kolkata");
        assert_eq!(
            Zone::local(Tz::Europe__Berlin).label(),
            "local, Europe/Berlin"
        );
    }

    #[test]
    fn times_are_written_on_the_zones_clock() {
        let at = utc("2026-11-20T23:45:00.000001");
        assert_eq!(Zone::utc().format(at), "2026-11-20 23:45:00");
        assert_eq!(
            Zone::named(Tz::Asia__Kolkata).format(at),
            "2026-11-21 05:15:00"
        );
        assert_eq!(Zone::utc().format_exact(at), "2026-11-20 23:45:00.000001");
    }

    #[test]
    fn a_day_without_midnight_begins_after_the_jump() {
        let sao_paulo = Zone::named(Tz::America__Sao_Paulo);
        let date = NaiveDate::from_ymd_opt(2018, 11, 4).unwrap();
        assert_eq!(sao_paulo.midnight(date), utc("2018-11-04T03:00:00"));
    }

    #[test]
    fn a_whole_day_that_was_skipped_is_the_instant_of_the_jump() {
        let apia = Zone::named(Tz::Pacific__Apia);
        let (at, clock) = apia.resolve(local("2011-12-30T12:00:00"), Prefer::Earlier);
        assert_eq!((at, clock), (utc("2011-12-30T10:00:00"), Clock::Gap));
    }

    proptest! {
        #[test]
        fn a_clock_reads_as_its_pattern_says(seconds in -100_000_000_000_i64..400_000_000_000) {
            let clock = DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
            prop_assert_eq!(whole(clock), clock.format("%Y-%m-%d %H:%M:%S").to_string());
        }
    }

    proptest! {
        #[test]
        fn every_local_time_has_an_instant(tz in prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec()), second in 0_i64..4_000_000_000) {
            let zone = Zone::named(tz);
            let clock = DateTime::from_timestamp(second, 0).unwrap().naive_utc();
            let (earlier, kind) = zone.resolve(clock, Prefer::Earlier);
            let (later, _) = zone.resolve(clock, Prefer::Later);
            match kind {
                Clock::Once => prop_assert!(earlier == later && zone.clock_at(earlier) == clock),
                Clock::Twice => prop_assert!(earlier < later && zone.clock_at(earlier) == zone.clock_at(later)),
                Clock::Gap => {
                    prop_assert!(zone.clock_at(earlier) > clock);
                    prop_assert!(zone.clock_at(earlier - TimeDelta::seconds(1)) < clock);
                }
            }
        }
    }
}
