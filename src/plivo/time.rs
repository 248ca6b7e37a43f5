//! Times in every form the API has been seen to use, and in the one form its filters take.
//!
//! A time without a zone is UTC. Everything is kept to the microsecond, the API's own precision.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

/// Why a text is not a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// The text is not laid out as a time.
    #[error("write it as YYYY-MM-DD HH:MM[:ss[.uuuuuu]], for example 2012-03-21 11:47:30")]
    Form,
    /// It is laid out as a time, but no calendar or clock has it, or its year is not 0 to 9999.
    #[error("there is no such date or time")]
    Range,
}

/// Reads `2012-02-04T23:33:08.079231`, `2014-08-05 16:15:15.852059+05:30`, `2012-03-21 11:47`, `…Z` and what lies
/// between: `T` or a space, seconds or none, up to nine fraction digits (cut to six), a zone or none (UTC).
///
/// # Errors
/// [`TimeError::Form`] for any other text, [`TimeError::Range`] for a 31st of February and years beyond four digits.
pub fn parse(text: &str) -> Result<DateTime<Utc>, TimeError> {
    let parts = Scan(text.trim()).time().ok_or(TimeError::Form)?;
    parts.resolve().ok_or(TimeError::Range)
}

/// Writes `YYYY-MM-DD HH:MM:SS.uuuuuu` in UTC, as the `add_time` filters take it. What is finer than a microsecond
/// is cut; years outside 0 to 9999, which the form cannot hold, become the nearest time that it can.
pub fn write(at: DateTime<Utc>) -> String {
    let (first, last) = ends();
    at.clamp(first, last)
        .format("%Y-%m-%d %H:%M:%S%.6f")
        .to_string()
}

/// The instant that many milliseconds after 1970, to the microsecond. `None` when it is not a number, before 1970
/// or beyond the year 9999.
pub fn from_epoch_ms(ms: f64) -> Option<DateTime<Utc>> {
    let (_, last) = ends();
    let micros = (ms * 1000.0).round();
    if !micros.is_finite() || micros < 0.0 || micros > last.timestamp_micros() as f64 {
        return None;
    }
    DateTime::from_timestamp_micros(micros as i64)
}

/// The first and the last instant that the API's form can name.
fn ends() -> (DateTime<Utc>, DateTime<Utc>) {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let first = day(0, 1, 1).and_hms_opt(0, 0, 0).unwrap_or_default();
    let last = day(9999, 12, 31)
        .and_hms_micro_opt(23, 59, 59, 999_999)
        .unwrap_or_default();
    (first.and_utc(), last.and_utc())
}

struct Parts {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    micros: u32,
    /// Minutes east of UTC.
    zone: i64,
}

impl Parts {
    fn resolve(&self) -> Option<DateTime<Utc>> {
        let date = NaiveDate::from_ymd_opt(i32::try_from(self.year).ok()?, self.month, self.day)?;
        let local = date.and_hms_micro_opt(self.hour, self.minute, self.second, self.micros)?;
        let at = local.checked_sub_signed(TimeDelta::try_minutes(self.zone)?)?;
        (0..=9999).contains(&at.year()).then(|| at.and_utc())
    }
}

/// What is left to read.
struct Scan<'a>(&'a str);

impl Scan<'_> {
    fn time(mut self) -> Option<Parts> {
        let year = self.number(4)?;
        self.one_of("-")?;
        let month = self.number(2)?;
        self.one_of("-")?;
        let day = self.number(2)?;
        self.one_of("Tt ")?;
        let hour = self.number(2)?;
        self.one_of(":")?;
        let minute = self.number(2)?;
        let (mut second, mut micros) = (0, 0);
        if self.one_of(":").is_some() {
            second = self.number(2)?;
            if self.one_of(".,").is_some() {
                micros = self.fraction()?;
            }
        }
        let zone = self.zone()?;
        self.0.is_empty().then_some(Parts {
            year,
            month,
            day,
            hour,
            minute,
            second,
            micros,
            zone,
        })
    }

    /// Exactly so many digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (head, rest) = self.0.split_at_checked(digits)?;
        if !head.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.0 = rest;
        head.parse().ok()
    }

    fn one_of(&mut self, wanted: &str) -> Option<char> {
        let first = self.0.chars().next().filter(|c| wanted.contains(*c))?;
        self.0 = self.0.get(first.len_utf8()..)?;
        Some(first)
    }

    /// One to nine digits after the point, as microseconds.
    fn fraction(&mut self) -> Option<u32> {
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        if !(1..=9).contains(&count) {
            return None;
        }
        let micros = digits.get(..6).unwrap_or(digits);
        format!("{micros:0<6}").parse().ok()
    }

    /// Minutes east of UTC; none named is UTC.
    fn zone(&mut self) -> Option<i64> {
        self.0 = self.0.trim_start();
        if self.0.is_empty() {
            return Some(0);
        }
        if ["Z", "UTC", "GMT"]
            .iter()
            .any(|name| self.0.eq_ignore_ascii_case(name))
        {
            self.0 = "";
            return Some(0);
        }
        let sign = if self.one_of("+-")? == '-' { -1 } else { 1 };
        let hours = self.number(2)?;
        let colon = self.one_of(":").is_some();
        let minutes = match self.number(2) {
            Some(minutes) => minutes,
            None if colon => return None,
            None => 0,
        };
        (hours < 24 && minutes < 60).then(|| sign * i64::from(hours * 60 + minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(text: &str) -> Result<String, TimeError> {
        parse(text).map(write)
    }

    #[test]
    fn reads_every_form_seen() {
        for (text, utc) in [
            ("2012-02-04T23:33:08.079231", "2012-02-04 23:33:08.079231"),
            (
                "2014-08-05 16:15:15.852059+05:30",
                "2014-08-05 10:45:15.852059",
            ),
            ("2014-08-05T16:15:15-0800", "2014-08-06 00:15:15.000000"),
            ("2014-08-05 16:15:15 +02", "2014-08-05 14:15:15.000000"),
            ("2012-03-21 11:47", "2012-03-21 11:47:00.000000"),
            ("2012-03-21T11:47:30Z", "2012-03-21 11:47:30.000000"),
            ("2012-03-21 11:47:30.5 UTC", "2012-03-21 11:47:30.500000"),
            (
                "2012-03-21 11:47:30.123456789",
                "2012-03-21 11:47:30.123456",
            ),
            (" 2012-02-29 00:00:00 ", "2012-02-29 00:00:00.000000"),
        ] {
            assert_eq!(written(text).as_deref(), Ok(utc), "{text}");
        }
    }

    #[test]
    fn tells_a_wrong_form_from_a_day_that_does_not_exist() {
        for text in [
            "",
            "2012-03-21",
            "2012-3-21 11:47",
            "21/03/2012 11:47",
            "2012-03-21 11:47:",
            "2012-03-21 11:47:30.",
            "2012-03-21 11:47:30.1234567890",
            "2012-03-21 11:47+5:30",
            "2012-03-21 11:47+05:",
            "2012-03-21 11:47 noon",
            "1000000000-01-01 00:00",
            "２０１２-03-21 11:47",
            "2012\u{2011}03-21 11:47",
        ] {
            assert_eq!(parse(text), Err(TimeError::Form), "{text}");
        }
        for text in [
            "2011-02-29 11:47",
            "2012-03-21 24:00",
            "2012-03-21 11:60",
            "0000-01-01 00:00+05:30",
            "9999-12-31 23:59-01:00",
        ] {
            assert_eq!(parse(text), Err(TimeError::Range), "{text}");
        }
    }

    #[test]
    fn instants_beyond_the_form_are_held_at_its_ends() {
        assert_eq!(
            write(DateTime::<Utc>::MAX_UTC),
            "9999-12-31 23:59:59.999999"
        );
        assert_eq!(
            write(DateTime::<Utc>::MIN_UTC),
            "0000-01-01 00:00:00.000000"
        );
    }

    #[test]
    fn milliseconds_since_1970_are_bounded() {
        assert_eq!(
            from_epoch_ms(1_407_235_515_852.059).map(write).as_deref(),
            Some("2014-08-05 10:45:15.852059")
        );
        for ms in [f64::NAN, f64::INFINITY, -1.0, 1e308, 3.2e22] {
            assert_eq!(from_epoch_ms(ms), None, "{ms}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(micros in -62_167_219_200_000_000_i64..=253_402_300_799_999_999) {
            let at = DateTime::from_timestamp_micros(micros).unwrap();
            prop_assert_eq!(parse(&write(at)), Ok(at));
            prop_assert_eq!(parse(&write(at).replace(' ', "T")), Ok(at));
        }

        #[test]
        fn zones_and_fractions_agree_with_chrono(
            micros in 0_i64..4_000_000_000_000_000, east in -1439_i32..=1439, digits in 0_usize..=9,
        ) {
            let zone = chrono::FixedOffset::east_opt(east * 60).unwrap();
            let local = DateTime::from_timestamp_micros(micros).unwrap().with_timezone(&zone);
            let nanos = format!("{:09}", local.timestamp_subsec_nanos());
            let fraction = if digits == 0 { String::new() } else { format!(".{}", &nanos[..digits]) };
            let text = format!("{}{fraction}{}", local.format("%Y-%m-%d %H:%M:%S"), local.format("%:z"));
            let cut = 10_i64.pow(6 - digits.min(6) as u32);
            prop_assert_eq!(parse(&text).unwrap().timestamp_micros(), micros - micros.rem_euclid(cut));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn nearly_right_text_never_panics(text in "[0-9TZ+:. -]{10,36}") {
            let _ = parse(&text);
        }
    }
}
