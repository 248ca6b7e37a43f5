//! Dates and times of day as written: `2026-11-20`, `14:02:11.000001`, `+05:30`, `monday`, `last month`.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Weekday};

/// A date as far as it was written.
pub(super) enum Date {
    Day(NaiveDate),
    /// Its first day.
    Month(NaiveDate),
    /// Its first day.
    Year(NaiveDate),
}

/// `2026`, `2026-11`, `2026-11-20`; slashes too. The error is what is wrong with it.
pub(super) fn date(text: &str) -> Result<Date, String> {
    let mut parts = text.split(['-', '/']);
    let (year, month, day) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    if parts.next().is_some() {
        return Err("a date has three parts: year, month, day".into());
    }
    if year.len() != 4 {
        return Err("a date begins with the year in four digits".into());
    }
    let year: i32 = whole(year).ok_or("a date is year, month, day in digits")?;
    let Some(month) = month else {
        return first(year, 1).map(Date::Year);
    };
    let month = two(month).ok_or("a month is two digits")?;
    if !(1..=12).contains(&month) {
        return Err(format!("there is no month {month:02}"));
    }
    let Some(day) = day else {
        return first(year, month).map(Date::Month);
    };
    let day = two(day).ok_or("a day is two digits")?;
    NaiveDate::from_ymd_opt(year, month, day)
        .map(Date::Day)
        .ok_or_else(|| format!("{year:04}-{month:02} has no day {day:02}"))
}

fn first(year: i32, month: u32) -> Result<NaiveDate, String> {
    NaiveDate::from_ymd_opt(year, month, 1).ok_or_else(|| "no such year".into())
}

/// `14:02[:11[.000001]]`. The error is what is wrong with it.
pub(super) fn time(text: &str) -> Result<NaiveTime, String> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let (Some(minute), None) = (minute, parts.next()) else {
        return Err("a time of day is hours:minutes, with seconds if you like".into());
    };
    let hour = two(hour).ok_or("hours are two digits")?;
    let minute = two(minute).ok_or("minutes are two digits")?;
    let (second, fraction) = match second {
        None => ("0", None),
        Some(second) => match second.split_once('.') {
            Some((second, fraction)) => (second, Some(fraction)),
            None => (second, None),
        },
    };
    let second = two(second).ok_or("seconds are two digits")?;
    let micros = fraction.map_or(Ok(0), micros)?;
    match (hour, minute, second) {
        (24.., _, _) => Err("hours go from 00 to 23".into()),
        (_, 60.., _) => Err("minutes go from 00 to 59".into()),
        (_, _, 60..) => Err("seconds go from 00 to 59".into()),
        _ => NaiveTime::from_hms_micro_opt(hour, minute, second, micros)
            .ok_or_else(|| "no such time of day".into()),
    }
}

/// One to six digits: the API keeps microseconds.
fn micros(fraction: &str) -> Result<u32, String> {
    if fraction.len() > 6 {
        return Err("at most six digits after the seconds: the API keeps microseconds".into());
    }
    let digits: u32 = whole(fraction).ok_or("digits are missing after the seconds")?;
    let missing = u32::try_from(6 - fraction.len()).unwrap_or(0);
    Ok(digits * 10_u32.pow(missing))
}

/// Takes a zone off the end of a time: `Z`, `UTC`, `+05:30`, `-0800`. `Some(None)`: it is there, and wrong.
pub(super) fn split_offset(text: &str) -> (&str, Option<Option<TimeDelta>>) {
    let bare = text
        .strip_suffix('z')
        .or_else(|| text.strip_suffix("utc"))
        .or_else(|| text.strip_suffix("gmt"));
    if let Some(time) = bare {
        return (time.trim_end(), Some(Some(TimeDelta::zero())));
    }
    let Some((time, offset)) = text
        .find(['+', '-'])
        .and_then(|at| text.split_at_checked(at))
    else {
        return (text, None);
    };
    let digits: String = offset.chars().filter(char::is_ascii_digit).collect();
    let shape_is_right = offset
        .strip_prefix(['+', '-'])
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == ':'));
    let minutes = match (digits.len(), digits.parse::<i64>()) {
        (2, Ok(hours)) => Some(hours * 60),
        (4, Ok(both)) if both % 100 < 60 => Some(both / 100 * 60 + both % 100),
        _ => None,
    };
    let offset = minutes
        .filter(|minutes| shape_is_right && *minutes <= 18 * 60)
        .map(|minutes| {
            TimeDelta::minutes(if offset.starts_with('-') {
                -minutes
            } else {
                minutes
            })
        });
    (time.trim_end(), Some(offset))
}

/// A day by a word; the weekday's last coming, today included. `Some(None)`: off the calendar.
pub(super) fn day(word: &str, today: NaiveDate) -> Option<Option<NaiveDate>> {
    Some(match word {
        "today" => Some(today),
        "yesterday" => today.pred_opt(),
        "tomorrow" => today.succ_opt(),
        // Weekday's own parser takes `mon` and `monday`.
        word => {
            let weekday: Weekday = word.parse().ok()?;
            let back = today.weekday().days_since(weekday);
            today.checked_sub_days(Days::new(u64::from(back)))
        }
    })
}

/// `this month`, `last week`: the first day, and the first one after. Weeks begin on Monday (ISO 8601).
pub(super) fn period(text: &str, today: NaiveDate) -> Option<Option<(NaiveDate, NaiveDate)>> {
    let (which, unit) = text.split_once(' ')?;
    let back: u32 = match which {
        "this" => 0,
        "last" => 1,
        _ => return None,
    };
    let months = |first: Option<NaiveDate>, length: u32| {
        let first = first?.checked_sub_months(Months::new(back * length))?;
        Some((first, first.checked_add_months(Months::new(length))?))
    };
    Some(match unit {
        "week" => {
            let monday = u64::from(today.weekday().num_days_from_monday() + 7 * back);
            today
                .checked_sub_days(Days::new(monday))
                .and_then(|first| Some((first, first.checked_add_days(Days::new(7))?)))
        }
        "month" => months(today.with_day(1), 1),
        "year" => months(NaiveDate::from_ymd_opt(today.year(), 1, 1), 12),
        _ => return None,
    })
}

/// One or two digits.
fn two(text: &str) -> Option<u32> {
    whole(text).filter(|_| text.len() <= 2)
}

/// Digits only: no sign, no blank.
fn whole<T: std::str::FromStr>(text: &str) -> Option<T> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}
