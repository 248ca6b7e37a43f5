//! Where in time the rows of one window stand, and the guess that leads to a row nobody has loaded.
//!
//! Where a client's offset is ignored, `add_time` is the only random access (api.md, rule 3). A request for "everything
//! until `t`" tells by its total how many rows are newer than `t`, so each answer is a mark, and the next guess is
//! made between the two marks around the row that is looked for.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

/// The instants for which the number of newer rows is known to be the same.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    oldest: DateTime<Utc>,
    newest: DateTime<Utc>,
    /// Microseconds from row to row just after this place, where a page was seen there.
    pace: Option<f64>,
}

/// Marks by place: at this instant so many rows of the window are newer.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Marks(BTreeMap<usize, Span>);

/// Rows a page brings: a guess is good when it lands this close before the row that is looked for.
const PAGE: usize = 20;
/// Guesses after which walking from a mark further away is taken.
const PATIENT: u32 = 6;
/// How far away that may be, in rows.
const FAR: usize = 3 * PAGE;

impl Marks {
    /// `newer` rows of the window are newer than `at`.
    pub fn note(&mut self, newer: usize, at: DateTime<Utc>) {
        let span = self.0.entry(newer).or_insert(Span {
            oldest: at,
            newest: at,
            pace: None,
        });
        span.oldest = span.oldest.min(at);
        span.newest = span.newest.max(at);
    }

    /// The instant to ask "until" for so that the page holds `place`. `None` when walking on from `known`, the nearest
    /// place a request is known for, serves better. `tries` counts the guesses already made for this row.
    pub fn guess(&self, place: usize, known: usize, tries: u32) -> Option<DateTime<Utc>> {
        let (&above, upper) = self.0.range(..=place).next_back()?;
        let (&below, lower) = self.0.range(place.saturating_add(1)..).next()?;
        let (newest, oldest) = (upper.oldest, lower.newest);
        let span = (newest - oldest).num_microseconds()?;
        // Where many recordings share an instant no guess can land among them: land on the first, and walk.
        let near = if tries < PATIENT { PAGE } else { FAR };
        if span <= 1 || place - above < near {
            return (known < above).then_some(newest);
        }
        let aim = place.saturating_sub(PAGE / 2).max(above);
        let rows = (below - above).max(1) as f64;
        let linear = span as f64 * (aim - above) as f64 / rows;
        // How far below `newest` the row would stand if calls kept coming at the pace seen at either mark.
        let from_above = upper.pace.map(|pace| pace * (aim - above) as f64);
        let from_below = lower.pace.and_then(|pace| {
            let edge = (newest - lower.oldest).num_microseconds()?;
            Some(edge as f64 - pace * (below - aim) as f64)
        });
        let inside = |step: &f64| *step > 0.0 && *step < span as f64;
        let paced = match aim - above <= below - aim {
            true => from_above.filter(inside).or(from_below.filter(inside)),
            false => from_below.filter(inside).or(from_above.filter(inside)),
        };
        // Calls come in bursts, and nights are empty: halving the time is what is certain to arrive.
        let step = match tries % 3 {
            2 => span as f64 / 2.0,
            _ if tries == 0 => linear,
            _ => paced.unwrap_or(linear.clamp(span as f64 / 6.0, span as f64 * 5.0 / 6.0)),
        };
        Some(newest - TimeDelta::microseconds((step as i64).clamp(1, span - 1)))
    }

    /// Around these places so many rows were seen to span so much time.
    pub fn note_pace(&mut self, places: [usize; 2], seen: Option<(TimeDelta, usize)>) {
        let pace = seen
            .and_then(|(time, rows)| Some(time.num_microseconds()? as f64 / rows.max(1) as f64));
        for place in places {
            if let Some(span) = self.0.get_mut(&place) {
                span.pace = pace.filter(|pace| *pace > 0.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap_or_default()
    }

    #[test]
    fn a_guess_lies_between_its_marks() {
        let mut marks = Marks::default();
        marks.note(0, at(1000));
        marks.note(100, at(0));
        let guess = marks.guess(60, 0, 0).unwrap_or_default();
        assert!(guess < at(1000) && guess > at(0));
        assert_eq!(guess, at(500));
    }

    #[test]
    fn a_guess_that_found_no_rows_narrows_the_next() {
        let mut marks = Marks::default();
        marks.note(0, at(1000));
        marks.note(100, at(0));
        marks.note(100, at(300));
        assert!(marks.guess(99, 0, 0).unwrap_or_default() > at(300));
    }

    #[test]
    fn rows_of_one_instant_cannot_be_guessed() {
        let mut marks = Marks::default();
        marks.note(0, at(5));
        marks.note(100, at(5));
        assert_eq!(marks.guess(50, 0, 0), None);
    }
}
