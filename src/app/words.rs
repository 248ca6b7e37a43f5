//! Numbers, lengths and failures in the words of people.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::audio::Media;
use crate::plivo;

/// Said where something is to be done with what plays, and nothing does; for [`super::keymap::Keymap::spell`].
pub const NOTHING_LOADED: &str = "nothing is loaded: {play} plays the selected row";

/// `0:42`, `61:40` is `1:01:40`.
pub fn length(length: Duration) -> String {
    let seconds = length
        .as_secs()
        .saturating_add(u64::from(length.subsec_millis() >= 500));
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// `1 h 10`, `12 min`: to the minute, upwards, so that less than one is one.
pub fn span(span: Duration) -> String {
    let minutes = span.as_secs().div_ceil(60).max(1);
    match minutes / 60 {
        0 => format!("{minutes} min"),
        hours => format!("{} h {:02}", count(hours), minutes % 60),
    }
}

/// `1:23`, and `1:23.4` where it lies between two seconds.
pub fn clock(moment: Duration) -> String {
    let tenths = (moment.as_millis() + 50) / 100;
    let whole = length(Duration::from_secs(
        u64::try_from(tenths / 10).unwrap_or(u64::MAX),
    ));
    match tenths % 10 {
        0 => whole,
        tenth => format!("{whole}.{tenth}"),
    }
}

/// `1,204`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `3 recordings`, `1 recording`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `312 MB`, `4.1 MB`, `812 bytes`: in steps of a thousand, as disks are sold.
pub fn size(bytes: u64) -> String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "KB")];
    let number = bytes as f64;
    match units.iter().find(|(unit, _)| number >= unit * 0.9995) {
        None => counted(bytes, "byte", "bytes"),
        Some((unit, name)) if number < unit * 9.95 => format!("{:.1} {name}", number / unit),
        Some((unit, name)) => format!("{:.0} {name}", number / unit),
    }
}

/// `40 s`, `14 min`, `2 h 10 min`, `3 days 4 h`.
pub fn time(left: Duration) -> String {
    let seconds = left
        .as_secs()
        .saturating_add(u64::from(left.subsec_millis() >= 500));
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3570 => format!("{} min", (seconds + 30) / 60),
        3570..172_800 => {
            let minutes = (seconds + 30) / 60;
            format!("{} h {} min", minutes / 60, minutes % 60)
        }
        _ => {
            let hours = seconds.saturating_add(1800) / 3600;
            format!("{} days {} h", count(hours / 24), hours % 24)
        }
    }
}

/// `3 d ago`, `just now`; what lies ahead (a clock that is wrong) is `in 3 d`.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let passed = now - at;
    let (size, ahead) = if passed < TimeDelta::zero() {
        (-passed, true)
    } else {
        (passed, false)
    };
    let amount = match size {
        size if size < TimeDelta::minutes(1) => return "just now".into(),
        size if size < TimeDelta::hours(1) => format!("{} min", size.num_minutes()),
        size if size < TimeDelta::days(1) => format!("{} h", size.num_hours()),
        size if size < TimeDelta::days(365) => format!("{} d", size.num_days()),
        size => format!("{} y", size.num_days() / 365),
    };
    if ahead {
        format!("in {amount}")
    } else {
        format!("{amount} ago")
    }
}

/// `mp3 · stereo · 16 kHz · 32 kbit/s`.
pub fn media(media: &Media) -> String {
    let channels = match media.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        many => format!("{many} channels"),
    };
    let khz = f64::from(media.sample_rate) / 1000.0;
    let mut words = format!("{} · {channels} · {khz} kHz", media.format);
    if let Some(rate) = media.bit_rate {
        let about = if media.variable { "~" } else { "" };
        words.push_str(&format!(" · {about}{} kbit/s", rate.div_ceil(1000)));
    } else if media.variable {
        words.push_str(" · variable rate");
    }
    words
}

/// What failed and why, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub what: String,
    /// With the names of actions for keys: see [`super::keymap::Keymap::spell`].
    pub help: &'static str,
}

/// A failed list in two parts, so that a narrow screen can shorten the first and keep the second.
pub fn failure(error: &plivo::Error) -> Failure {
    use plivo::Error;
    let what = match error {
        // So short that all of its help stands beside it in 80 columns.
        Error::Unauthorized { .. } => "wrong id or token".into(),
        Error::NotFound { message, .. } => format!("the API has no such list: {message}"),
        // The id is long, and stands among the deliveries.
        Error::NotDelivered { within, .. } => {
            format!("no answer by callback within {} s", within.as_secs())
        }
        _ => error.to_string(),
    };
    let help = match error {
        Error::Unauthorized { .. } => {
            "{refresh} tries again · check PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN"
        }
        Error::Forbidden { .. } => "{refresh} tries again · ask the account's owner",
        Error::BadRequest { .. } => "{filter} changes the filter · {refresh} tries again",
        Error::NotFound { .. } => "{refresh} tries again · check the API URL",
        Error::RateLimited { .. } => "{refresh} tries again in a while",
        Error::NotDelivered { .. } => "{refresh} sends again · {callbacks} without callbacks",
        Error::Reported { .. } => "{refresh} tries again · {callbacks} without callbacks",
        _ => "{refresh} tries again",
    };
    Failure { what, help }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_like_a_clock() {
        assert_eq!(length(Duration::from_millis(41_700)), "0:42");
        assert_eq!(length(Duration::from_secs(3700)), "1:01:40");
        assert_eq!(length(Duration::ZERO), "0:00");
        assert_eq!(clock(Duration::from_millis(83_360)), "1:23.4");
        assert_eq!(clock(Duration::from_millis(59_990)), "1:00");
    }

    #[test]
    fn long_spans_are_told_to_the_minute() {
        let told = |seconds| span(Duration::from_secs(seconds));
        assert_eq!([0, 60, 61].map(told), ["1 min", "1 min", "2 min"]);
        assert_eq!(
            [3_540, 3_541, 4_200, 90_000].map(told),
            ["59 min", "1 h 00", "1 h 10", "25 h 00"]
        );
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(
            [0, 999, 1204, 1_000_000].map(count),
            ["0", "999", "1,204", "1,000,000"]
        );
        assert_eq!(counted(1, "match", "matches"), "1 match");
    }

    #[test]
    fn media_is_told_in_the_units_of_its_field() {
        let mp3 = Media {
            format: "mp3",
            sample_rate: 16_000,
            channels: 2,
            bit_rate: Some(32_000),
            variable: false,
            bytes: None,
        };
        assert_eq!(media(&mp3), "mp3 · stereo · 16 kHz · 32 kbit/s");
        let odd = Media {
            sample_rate: 11_025,
            channels: 1,
            bit_rate: None,
            variable: true,
            ..mp3
        };
        assert_eq!(media(&odd), "mp3 · mono · 11.025 kHz · variable rate");
    }

    #[test]
    fn the_past_is_told_roughly() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        assert_eq!(ago(now - TimeDelta::seconds(5), now), "just now");
        assert_eq!(ago(now - TimeDelta::minutes(5), now), "5 min ago");
        assert_eq!(ago(now - TimeDelta::days(3), now), "3 d ago");
        assert_eq!(ago(now - TimeDelta::days(800), now), "2 y ago");
        assert_eq!(ago(now + TimeDelta::hours(3), now), "in 3 h");
    }

    #[test]
    fn sizes_are_as_exact_as_they_need_to_be() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 KB"),
            (999_499, "999 KB"),
            (999_500, "1.0 MB"),
            (4_140_000, "4.1 MB"),
            (312_000_000, "312 MB"),
            (1_250_000_000_000, "1.2 TB"),
        ] {
            assert_eq!(size(bytes), words, "{bytes}");
        }
    }

    #[test]
    fn times_are_as_exact_as_they_need_to_be() {
        for (seconds, words) in [
            (0.4, "0 s"),
            (59.4, "59 s"),
            (59.6, "1 min"),
            (89.0, "1 min"),
            (3569.0, "59 min"),
            (3570.0, "1 h 0 min"),
            (7800.0, "2 h 10 min"),
            (273_600.0, "3 days 4 h"),
        ] {
            assert_eq!(time(Duration::from_secs_f64(seconds)), words);
        }
    }
}
