//! From two texts to a range.

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::when::{self, End, When, whole_second};
use crate::app::zone::Zone;
use crate::plivo::{Bound, TimeRange};

use super::{Edge, Field, FieldError, Mistake};

/// What two texts mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    pub range: TimeRange,
    /// *From* is of the kind `yesterday 14:05 ±90m`: *To* is not looked at.
    pub around: bool,
    /// What the reader should know of the ends: a clock set back, an end in the future, an open end.
    pub from_note: Option<String>,
    pub to_note: Option<String>,
}

impl Bounds {
    /// Reads both; every mistake comes back, not only the first.
    pub fn read(
        from: &Edge,
        to: &Edge,
        zone: &Zone,
        now: DateTime<Utc>,
    ) -> Result<Self, Vec<FieldError>> {
        let now = whole_second(now);
        let read = |field: Field, end, edge: &Edge| {
            if edge.text.trim().is_empty() {
                return Ok(None);
            }
            when::read(&edge.text, end, zone, now)
                .map(Some)
                .map_err(|mistake| mistake.at(field))
        };
        let lower = read(Field::From, End::From, from);
        if let Ok(Some(when::Read {
            when: When::Around {
                from: start,
                to: end,
            },
            note,
        })) = &lower
        {
            let bound = |at, edge: &Edge| Bound {
                at,
                inclusive: edge.inclusive,
            };
            return Self::ordered(
                bound(*start, from),
                bound(*end, to),
                true,
                note.clone(),
                None,
            );
        }
        let upper = read(Field::To, End::To, to);
        let (lower, upper) = match (lower, upper) {
            (Ok(lower), Ok(upper)) => (lower, upper),
            (lower, upper) => {
                return Err([lower.err(), upper.err()].into_iter().flatten().collect());
            }
        };
        let (from_bound, from_note) = match lower {
            None => (
                Bound {
                    at: first_recording(),
                    inclusive: true,
                },
                Some("open: from 2011-01-01, the first recordings".into()),
            ),
            Some(when::Read {
                when: When::At(at) | When::Span { start: at, .. } | When::Around { from: at, .. },
                note,
            }) => (
                Bound {
                    at,
                    inclusive: from.inclusive,
                },
                note,
            ),
        };
        let (to_bound, to_note) = match upper {
            None => (
                Bound {
                    at: now,
                    inclusive: true,
                },
                Some("open: until now".into()),
            ),
            Some(when::Read {
                when: When::At(at),
                note,
            }) => (
                Bound {
                    at,
                    inclusive: to.inclusive,
                },
                note,
            ),
            // A whole day means up to the next midnight, which is no longer part of it.
            Some(when::Read {
                when: When::Span { end, .. },
                note,
            }) => (
                Bound {
                    at: end,
                    inclusive: false,
                },
                note,
            ),
            Some(when::Read {
                when: When::Around { .. },
                ..
            }) => {
                let mistake = Mistake::new(
                    "± belongs in From, where it sets both ends",
                    "yesterday 14:05",
                );
                return Err(vec![mistake.at(Field::To)]);
            }
        };
        Self::ordered(from_bound, to_bound, false, from_note, to_note)
    }

    fn ordered(
        from: Bound,
        to: Bound,
        around: bool,
        from_note: Option<String>,
        to_note: Option<String>,
    ) -> Result<Self, Vec<FieldError>> {
        let field = if around { Field::From } else { Field::To };
        let (from, from_note) = not_before_all(from, from_note);
        if to.at < from.at && to.at < first_recording() {
            let mistake = Mistake::new("there are no recordings before 2011", "2011-12-31 or now");
            return Err(vec![mistake.at(field)]);
        }
        let mistake = if to.at < from.at {
            Mistake::new(
                "the range ends before it begins",
                "now, or a later date than From",
            )
        } else {
            Mistake::new(
                "nothing lies between an instant and itself, unless both ends are inclusive",
                "now",
            )
        };
        let range = TimeRange::new(from, to).ok_or_else(|| vec![mistake.at(field)])?;
        Ok(Self {
            range,
            around,
            from_note,
            to_note,
        })
    }

    /// The range with its upper end at `now` when it lies later, so that what is listed does not grow while it is read.
    pub fn pinned(&self, now: DateTime<Utc>) -> Result<TimeRange, Vec<FieldError>> {
        let now = whole_second(now);
        if self.range.to().at <= now {
            return Ok(self.range);
        }
        TimeRange::new(
            self.range.from(),
            Bound {
                at: now,
                inclusive: true,
            },
        )
        .ok_or_else(|| {
            vec![Mistake::new("that lies in the future", "yesterday or -7d").at(Field::From)]
        })
    }
}

/// Nothing is older: where "all time" begins.
pub(crate) fn first_recording() -> DateTime<Utc> {
    DateTime::from_timestamp(1_293_840_000, 0).unwrap_or(DateTime::UNIX_EPOCH)
}

/// Earlier bounds move up, since each 30 days of nothing would cost a request. A day's grace: east of Greenwich,
/// 2011 began earlier.
fn not_before_all(from: Bound, note: Option<String>) -> (Bound, Option<String>) {
    if from.at >= first_recording() - TimeDelta::days(1) {
        return (from, note);
    }
    let bound = Bound {
        at: first_recording(),
        inclusive: true,
    };
    (
        bound,
        Some("from 2011-01-01: there is nothing older".into()),
    )
}
