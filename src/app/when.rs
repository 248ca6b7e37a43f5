//! What people type for a time, and the instants it means.
//!
//! Everything typed is read on the clock of the zone shown, unless it carries a zone of its own (`Z`, `+05:30`).
//! Days and shorter units of `-7d` are exact (a day is 24 hours), so that 30 days are never more than the API's 30;
//! months and years go by the calendar.

mod clock;
mod length;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::criteria::Mistake;
use super::zone::{Clock, Prefer, Zone};

/// One end of the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    From,
    To,
}

/// What a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    At(DateTime<Utc>),
    /// A day, week, month or year: its first instant, and the first one after it.
    Span {
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    },
    /// `yesterday 14:05 ±90m`: both ends of the range.
    Around {
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    },
}

/// What was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    pub when: When,
    /// What the zone's clock made of it, where a local time does not exist or happens twice.
    pub note: Option<String>,
}

/// More is surely not a time.
const LONGEST_TEXT: usize = 64;

/// The years that can be meant. Plivo's first recordings are of 2011; the rest is for honest mistakes' sake.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2199;

/// Reads a text that is not blank. `end` decides which of two instants is meant where a local time happens twice, so
/// that a range holds both.
pub fn read(text: &str, end: End, zone: &Zone, now: DateTime<Utc>) -> Result<Read, Mistake> {
    if text.chars().count() > LONGEST_TEXT {
        return Err(Mistake::new("too long for a time", example(zone, now)));
    }
    let text = plain(text);
    let reader = Reader { zone, now, end };
    let Some((base, around)) = split_around(&text) else {
        return reader.read(&text);
    };
    let reach = length::read(around)
        .filter(|length| !length.is_zero())
        .ok_or_else(|| Mistake::new("± wants a length of time after it", "yesterday 14:05 ±90m"))?;
    if base.is_empty() {
        return Err(Mistake::new(
            "± wants a time before it",
            "yesterday 14:05 ±90m",
        ));
    }
    let Read { when, note } = reader.read(base)?;
    let (start, end) = match when {
        When::At(at) => (at, at),
        When::Span { start, end }
        | When::Around {
            from: start,
            to: end,
        } => (start, end),
    };
    let from = reach.before(start, zone);
    let to = reach.after(end, zone);
    match (from, to) {
        (Some(from), Some(to)) if in_reach(from) && in_reach(to) => Ok(Read {
            when: When::Around { from, to },
            note,
        }),
        _ => Err(Mistake::new("that reaches too far", "yesterday 14:05 ±90m")),
    }
}

/// Lower case, one kind of minus and space, no more of them than needed.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        for c in word.chars() {
            match c {
                '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
                '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}' => {}
                c => plain.push(c.to_ascii_lowercase()),
            }
        }
    }
    plain
}

fn split_around(text: &str) -> Option<(&str, &str)> {
    ["±", "+/-", "+-"].iter().find_map(|sign| {
        let (base, around) = text.split_once(sign)?;
        Some((base.trim_end(), around.trim_start()))
    })
}

fn in_reach(at: DateTime<Utc>) -> bool {
    YEARS.contains(&at.year())
}

/// A text that would be right, of the present day.
fn example(zone: &Zone, now: DateTime<Utc>) -> String {
    format!(
        "{} 11:47 or yesterday or -7d",
        zone.date_at(now).format("%Y-%m-%d")
    )
}

struct Reader<'a> {
    zone: &'a Zone,
    now: DateTime<Utc>,
    end: End,
}

impl Reader<'_> {
    fn read(&self, text: &str) -> Result<Read, Mistake> {
        let read = self.relative(text).or_else(|| self.named(text));
        let read = match read {
            Some(read) => read?,
            None if text.starts_with(|c: char| c.is_ascii_digit()) => self.written(text)?,
            None => return Err(self.unknown(text)),
        };
        let fits = match read.when {
            When::At(at) => in_reach(at),
            When::Span { start, end }
            | When::Around {
                from: start,
                to: end,
            } => in_reach(start) && in_reach(end),
        };
        if fits { Ok(read) } else { Err(self.too_far()) }
    }

    /// `now`, `-7d`, `+2h`, `3h ago`.
    fn relative(&self, text: &str) -> Option<Result<Read, Mistake>> {
        if text == "now" {
            return Some(Ok(self.at(self.now)));
        }
        let (length, forward) = if let Some(length) = text.strip_suffix("ago") {
            (length.trim().trim_start_matches('-'), false)
        } else if let Some(length) = text.strip_prefix('-') {
            (length, false)
        } else {
            (text.strip_prefix('+')?, true)
        };
        let Some(length) = length::read(length) else {
            return Some(Err(if length::is_too_large(length) {
                self.too_far()
            } else {
                Mistake::new(
                    "a length of time is a number and a unit: s, m, h, d, w, mo, y",
                    "-7d or 3h ago",
                )
            }));
        };
        let at = if forward {
            length.after(self.now, self.zone)
        } else {
            length.before(self.now, self.zone)
        };
        Some(at.map(|at| self.at(at)).ok_or_else(|| self.too_far()))
    }

    /// `today`, `yesterday 14:05`, `monday`, `last month`.
    fn named(&self, text: &str) -> Option<Result<Read, Mistake>> {
        let today = self.zone.date_at(self.now);
        if let Some(span) = clock::period(text, today) {
            return Some(span.map_or_else(
                || Err(self.too_far()),
                |(first, after)| self.days(first, after),
            ));
        }
        let (word, time) = text.split_once(' ').unwrap_or((text, ""));
        let date = match clock::day(word, today)? {
            Some(date) => date,
            None => return Some(Err(self.too_far())),
        };
        Some(if time.is_empty() {
            self.day(date)
        } else {
            self.on(date, time)
        })
    }

    /// `2026`, `2026-11`, `2026-11-20`, `2026-11-20 14:02[:11[.000001]]`, `14:02`.
    fn written(&self, text: &str) -> Result<Read, Mistake> {
        let (date, time) = match text.split_once([' ', 't']) {
            Some((date, time)) if !date.contains(':') => (date, time.trim_start()),
            _ if text.contains(':') => return self.on(self.zone.date_at(self.now), text),
            _ => (text, ""),
        };
        match clock::date(date).map_err(|mistake| self.with_example(mistake))? {
            clock::Date::Day(day) if time.is_empty() => self.day(day),
            clock::Date::Day(day) => self.on(day, time),
            _ if !time.is_empty() => Err(Mistake::new(
                "a time of day wants a whole date before it",
                example(self.zone, self.now),
            )),
            clock::Date::Month(first) => self.months(first, 1),
            clock::Date::Year(first) => self.months(first, 12),
        }
    }

    fn months(&self, first: NaiveDate, months: u32) -> Result<Read, Mistake> {
        let after = first.checked_add_months(chrono::Months::new(months));
        self.days(first, after.ok_or_else(|| self.too_far())?)
    }

    fn day(&self, date: NaiveDate) -> Result<Read, Mistake> {
        let after = date.checked_add_days(Days::new(1));
        self.days(date, after.ok_or_else(|| self.too_far())?)
    }

    fn days(&self, first: NaiveDate, after: NaiveDate) -> Result<Read, Mistake> {
        if !(YEARS.contains(&first.year()) && YEARS.contains(&after.year())) {
            return Err(self.too_far());
        }
        let (start, end) = (self.zone.midnight(first), self.zone.midnight(after));
        Ok(Read {
            when: When::Span { start, end },
            note: None,
        })
    }

    /// A time of day, with or without a zone of its own.
    fn on(&self, date: NaiveDate, text: &str) -> Result<Read, Mistake> {
        if !YEARS.contains(&date.year()) {
            return Err(self.too_far());
        }
        let (time, offset) = clock::split_offset(text);
        let time = clock::time(time).map_err(|mistake| self.with_example(mistake))?;
        if let Some(offset) = offset {
            let offset = offset.ok_or_else(|| {
                Mistake::new(
                    "a zone is written as Z or as hours and minutes",
                    "2026-11-20 14:02:11+05:30",
                )
            })?;
            let at = date.and_time(time).and_utc().checked_sub_signed(offset);
            return at.map(|at| self.at(at)).ok_or_else(|| self.too_far());
        }
        Ok(self.local(date, time))
    }

    fn local(&self, date: NaiveDate, time: NaiveTime) -> Read {
        let (prefer, which) = match self.end {
            End::From => (Prefer::Earlier, "earlier"),
            End::To => (Prefer::Later, "later"),
        };
        let local = date.and_time(time);
        let (at, clock) = self.zone.resolve(local, prefer);
        let zone = self.zone.label();
        let shown = local.format("%H:%M");
        Read {
            when: When::At(at),
            note: match clock {
                Clock::Once => None,
                Clock::Gap => Some(format!(
                    "the clock of {zone} skips {shown} that day: {} is meant",
                    self.zone.format(at)
                )),
                Clock::Twice => Some(format!(
                    "the clock of {zone} shows {shown} twice that day: the {which} is meant"
                )),
            },
        }
    }

    fn at(&self, at: DateTime<Utc>) -> Read {
        Read {
            when: When::At(at),
            note: None,
        }
    }

    fn with_example(&self, message: String) -> Mistake {
        Mistake::new(message, example(self.zone, self.now))
    }

    fn too_far(&self) -> Mistake {
        Mistake::new(
            "too far away: recordings begin in 2011",
            "2011-01-01 or -30d",
        )
    }

    fn unknown(&self, text: &str) -> Mistake {
        let message = if text.starts_with("last ") || text.starts_with("past ") {
            "not a time: for so long before now, put a minus before it"
        } else {
            "not a time"
        };
        self.with_example(message.into())
    }
}

/// The second that `at` lies in: what the program itself calls now is as exact as its screen.
pub fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    let fraction = TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()));
    at.checked_sub_signed(fraction).unwrap_or(at)
}

#[cfg(test)]
mod tests;
