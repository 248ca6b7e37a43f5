//! Lengths of time: `7d`, `1h30m`, `2 weeks`, `an hour`.

use chrono::{DateTime, Months, TimeDelta, Utc};

use crate::app::zone::{Prefer, Zone};

/// A length of time; months are as long as the calendar says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Length {
    months: u32,
    seconds: i64,
}

impl Length {
    pub(super) fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// `None` when that is off the calendar.
    pub(super) fn before(self, at: DateTime<Utc>, zone: &Zone) -> Option<DateTime<Utc>> {
        let delta = TimeDelta::try_seconds(self.seconds)?;
        let at = if self.months == 0 {
            at
        } else {
            let clock = zone.clock_at(at);
            let clock = clock.checked_sub_months(Months::new(self.months))?;
            zone.resolve(clock, Prefer::Earlier).0
        };
        at.checked_sub_signed(delta)
    }

    /// `None` when that is off the calendar.
    pub(super) fn after(self, at: DateTime<Utc>, zone: &Zone) -> Option<DateTime<Utc>> {
        let delta = TimeDelta::try_seconds(self.seconds)?;
        let at = if self.months == 0 {
            at
        } else {
            let clock = zone.clock_at(at);
            let clock = clock.checked_add_months(Months::new(self.months))?;
            zone.resolve(clock, Prefer::Later).0
        };
        at.checked_add_signed(delta)
    }
}

enum Unit {
    Seconds(i64),
    Months(u32),
}

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "s" | "sec" | "secs" | "second" | "seconds" => Unit::Seconds(1),
        "m" | "min" | "mins" | "minute" | "minutes" => Unit::Seconds(60),
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Seconds(3_600),
        "d" | "day" | "days" => Unit::Seconds(86_400),
        "w" | "wk" | "wks" | "week" | "weeks" => Unit::Seconds(7 * 86_400),
        "mo" | "month" | "months" => Unit::Months(1),
        "y" | "yr" | "yrs" | "year" | "years" => Unit::Months(12),
        _ => return None,
    })
}

/// Reads lower-case text without a sign. `None`: not a length, or too large a number.
pub(super) fn read(text: &str) -> Option<Length> {
    let text = text.trim();
    let text = match text.split_once(' ') {
        Some(("a" | "an", word)) => {
            return unit(word.trim()).map(|unit| match unit {
                Unit::Seconds(seconds) => Length { months: 0, seconds },
                Unit::Months(months) => Length { months, seconds: 0 },
            });
        }
        _ => text,
    };
    let mut length = Length::default();
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (digits, after) = split_where(rest, |c| !c.is_ascii_digit());
        let (word, after) = split_where(after.trim_start(), |c| !c.is_ascii_alphabetic());
        let count: i64 = digits.parse().ok()?;
        match unit(word)? {
            Unit::Seconds(seconds) => {
                let seconds = seconds.checked_mul(count)?;
                length.seconds = length.seconds.checked_add(seconds)?;
            }
            Unit::Months(months) => {
                let months = months.checked_mul(u32::try_from(count).ok()?)?;
                length.months = length.months.checked_add(months)?;
            }
        }
        rest = after.trim_start().trim_start_matches("and ");
    }
    Some(length)
}

/// A number too large to count with, where its words are right.
pub(super) fn is_too_large(text: &str) -> bool {
    let small: String = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .fold(text.to_owned(), |text, digits| {
            text.replacen(digits, "1", 1)
        });
    read(text).is_none() && read(&small).is_some()
}

fn split_where(text: &str, stop: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at_checked(text.find(stop).unwrap_or(text.len()))
        .unwrap_or((text, ""))
}
