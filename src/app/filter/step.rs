//! Shift-↑ and Shift-↓: the part of a time under the caret, one up or down. Up is always later.

use chrono::{
    DateTime, Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc,
};

use crate::app::when::{self, End, When};
use crate::app::zone::Zone;

/// The text and the caret (in bytes) after the step; `None` where there is nothing to step.
pub(super) fn step(
    text: &str,
    caret: usize,
    by: i32,
    end: End,
    zone: &Zone,
    now: DateTime<Utc>,
) -> Option<(String, usize)> {
    let lead = text.len() - text.trim_start().len();
    let (text, caret) = (text.trim_start(), caret.saturating_sub(lead));
    if let Some(written) =
        Written::read(text).filter(|written| caret <= written.length || !text.contains(['±', '+']))
    {
        return Some((
            written.step(caret, by)?.text(text),
            caret.min(written.length),
        ));
    }
    if text.contains(|c: char| c.is_ascii_digit()) {
        return figure(text, caret, by);
    }
    // A word: the day it means, one on.
    let today = zone.date_at(now);
    let (clock, layout) =
        match when::read(if text.is_empty() { "today" } else { text }, end, zone, now) {
            Ok(when::Read {
                when: When::At(at), ..
            }) => (zone.clock_at(at), "%Y-%m-%d %H:%M"),
            Ok(when::Read {
                when: When::Span { start, .. },
                ..
            }) => (zone.clock_at(start), "%Y-%m-%d"),
            _ => (today.and_time(NaiveTime::MIN), "%Y-%m-%d"),
        };
    let text = clock.format(layout).to_string();
    let caret = "2026-11-20".len();
    Some((Written::read(&text)?.step(caret, by)?.text(&text), caret))
}

/// A date in the API's form, as far as it is written.
#[derive(Clone, Copy)]
struct Written {
    clock: NaiveDateTime,
    /// Bytes of the text that it takes: 4, 7, 10, 16, 19 or 21 to 26.
    length: usize,
    separator: char,
}

impl Written {
    fn read(text: &str) -> Option<Self> {
        let digits = |from: usize, to: usize| -> Option<u32> {
            let part = text.get(from..to)?;
            part.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then_some(part)?
                .parse()
                .ok()
        };
        let sign = |at: usize| text.get(at..at + 1).and_then(|sign| sign.chars().next());
        let year = i32::try_from(digits(0, 4)?).ok()?;
        let (mut month, mut day, mut time) = (1, 1, NaiveTime::MIN);
        let (mut length, mut separator) = (4, ' ');
        if let (Some('-'), Some(digits)) = (sign(4), digits(5, 7)) {
            (month, length) = (digits, 7);
        }
        if let (7, Some('-'), Some(digits)) = (length, sign(7), digits(8, 10)) {
            (day, length) = (digits, 10);
        }
        if let (10, Some(between @ (' ' | 'T' | 't')), Some(hour), Some(':'), Some(minute)) =
            (length, sign(10), digits(11, 13), sign(13), digits(14, 16))
        {
            let (mut second, mut micros) = (0, 0);
            (separator, length) = (between, 16);
            if let (Some(':'), Some(whole)) = (sign(16), digits(17, 19)) {
                (second, length) = (whole, 19);
                let fraction = text
                    .get(20..)
                    .unwrap_or("")
                    .bytes()
                    .take_while(u8::is_ascii_digit)
                    .count();
                if let (Some('.'), 1..=6, Some(part)) =
                    (sign(19), fraction, digits(20, 20 + fraction))
                {
                    micros = part * 10_u32.pow(u32::try_from(6 - fraction).ok()?);
                    length = 20 + fraction;
                }
            }
            time = NaiveTime::from_hms_micro_opt(hour, minute, second, micros)?;
        }
        // What goes on in another way is another form.
        let goes_on = text
            .get(length..)?
            .starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | ':' | '.' | '/'));
        let clock = NaiveDate::from_ymd_opt(year, month, day)?.and_time(time);
        (!goes_on).then_some(Self {
            clock,
            length,
            separator,
        })
    }

    fn step(self, caret: usize, by: i32) -> Option<Self> {
        let months = |count: u32| {
            let months = Months::new(count);
            if by > 0 {
                self.clock.checked_add_months(months)
            } else {
                self.clock.checked_sub_months(months)
            }
        };
        let seconds = |count: i64| {
            self.clock
                .checked_add_signed(TimeDelta::try_seconds(count * i64::from(by))?)
        };
        let clock = match caret.min(self.length) {
            0..=4 => months(12),
            5..=7 => months(1),
            8..=10 => seconds(86_400),
            11..=13 => seconds(3_600),
            14..=16 => seconds(60),
            17..=19 => seconds(1),
            _ => {
                let unit = 10_i64.pow(u32::try_from(26_usize.saturating_sub(self.length)).ok()?);
                self.clock
                    .checked_add_signed(TimeDelta::microseconds(unit * i64::from(by)))
            }
        }?;
        (0..=9_999)
            .contains(&clock.year())
            .then_some(Self { clock, ..self })
    }

    /// In the layout it had, with what followed it.
    fn text(self, former: &str) -> String {
        let date = self.clock.format("%Y-%m-%d").to_string();
        let time = self.clock.format("%H:%M:%S");
        let micros = self.clock.nanosecond() / 1_000;
        let whole = format!("{date}{}{time}.{micros:06}", self.separator);
        let rest = former.get(self.length..).unwrap_or("");
        format!("{}{rest}", whole.get(..self.length).unwrap_or(&whole))
    }
}

/// The figure at the caret, else the first one: of a time of day, or of a length of time.
fn figure(text: &str, caret: usize, by: i32) -> Option<(String, usize)> {
    let mut figures = Vec::new();
    let mut start = None;
    for (place, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, c.is_ascii_digit()) {
            (None, true) => start = Some(place),
            (Some(from), false) => {
                figures.push((from, place));
                start = None;
            }
            _ => {}
        }
    }
    let at_caret = figures
        .iter()
        .find(|(from, to)| (*from..=*to).contains(&caret));
    let (from, to) = *at_caret.or(figures.first())?;
    let (before, digits, after) = (text.get(..from)?, text.get(from..to)?, text.get(to..)?);
    if digits.len() > 6 {
        return None;
    }
    let value: i64 = digits.parse().ok()?;
    let by = i64::from(by);
    let stepped = if before.ends_with(':') {
        format!("{:02}", (value + by).rem_euclid(60))
    } else if after.starts_with(':') {
        format!("{:02}", (value + by).rem_euclid(24))
    } else {
        let after_sign = before.contains(['±', '+']);
        let counts_back =
            !after_sign && (text.starts_with('-') || text.trim_end().ends_with("ago"));
        let value = if counts_back { value - by } else { value + by };
        format!("{}", value.max(0))
    };
    let caret = from + stepped.len();
    Some((format!("{before}{stepped}{after}"), caret))
}
