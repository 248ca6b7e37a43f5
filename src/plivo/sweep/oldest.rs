//! How far back there are recordings at all: a range since 2011 has 180 windows, most of them empty for most accounts.
//!
//! Storage days are the one filter that knows no windows (api.md): a few questions for the recordings that are stored for so
//! many days or more, each twice as many as the last, tell between which two ages the oldest one lies. What the API makes of
//! that filter is known from one source alone, so that its answers must prove themselves, else nothing is left out.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;

use crate::plivo::page::PageRequest;
use crate::plivo::query::{DayBounds, Filter, RecordingQuery, Span};
use crate::plivo::walk::Pages;

/// A range of fewer windows is walked as quickly as this is asked.
pub(super) const WORTH_IT: u64 = 24;

/// Ages in days that are asked for, all at once.
const AGES: [u32; 8] = [30, 60, 120, 240, 480, 960, 1920, 3840];
/// How days are counted is the API's business: begun or whole ones, by which clock.
const MARGIN: TimeDelta = TimeDelta::days(2);

/// What one question found.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Found {
    Nothing,
    /// A row, and when it was added.
    Row(DateTime<Utc>),
}

/// A moment before which there is no recording that `filter` lets through. `None` where that is not sure.
pub(super) async fn not_before<P: Pages>(
    pages: P,
    filter: Filter,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let asked = AGES.map(|days| {
        let least = Some(days);
        PageRequest::count(RecordingQuery {
            filter: filter.clone(),
            span: Span::Stored(DayBounds::Between { least, most: None }),
        })
    });
    let answers = join_all(asked.iter().map(|request| pages.page(request))).await;
    let mut found = Vec::with_capacity(AGES.len());
    for (days, answer) in AGES.into_iter().zip(answers) {
        let page = answer.ok()?;
        found.push((
            days,
            match page.recordings.first() {
                None => Found::Nothing,
                Some(row) => Found::Row(row.added?),
            },
        ));
    }
    settled(&found, now)
}

/// What the answers prove: rows as old as they were asked for, up to some age, and nothing from there on. Without any row it is not
/// known whether the filter sees further than the seven days that a list without a time has (api.md, rule 1).
fn settled(found: &[(u32, Found)], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let ago = |days: u32| now.checked_sub_signed(TimeDelta::days(i64::from(days)));
    let rows = found
        .iter()
        .take_while(|(_, found)| *found != Found::Nothing);
    let count = rows.clone().count();
    for (days, row) in rows {
        let Found::Row(added) = row else {
            return None;
        };
        // A server that does not know the filter gives its newest.
        if *added > ago(*days)?.checked_add_signed(MARGIN)? {
            return None;
        }
    }
    let beyond = found.get(count..)?;
    let (first, _) = beyond.first().filter(|_| count > 0)?;
    beyond
        .iter()
        .all(|(_, found)| *found == Found::Nothing)
        .then(|| ago(*first)?.checked_sub_signed(MARGIN))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    /// Rows that are so many days old, in the order of the ages asked for; then nothing.
    fn found(days_old: &[i64]) -> Vec<(u32, Found)> {
        let row = |days| Found::Row(now() - TimeDelta::days(days));
        let mut rows = days_old.iter().map(|days| row(*days));
        let ages = AGES.into_iter();
        ages.map(|days| (days, rows.next().unwrap_or(Found::Nothing)))
            .collect()
    }

    #[test]
    fn between_two_ages_the_older_one_counts() {
        let settled = |days: &[i64]| settled(&found(days), now());
        let before = |days| Some(now() - TimeDelta::days(days) - MARGIN);
        assert_eq!(settled(&[31]), before(60));
        assert_eq!(settled(&[31, 61, 130, 240]), before(480));
        // By another count of days.
        assert_eq!(settled(&[29]), before(60));
    }

    #[test]
    fn answers_that_prove_nothing_leave_nothing_out() {
        let settled = |found: &[(u32, Found)]| settled(found, now());
        assert_eq!(settled(&found(&[])), None, "nothing is older than 30 days");
        assert_eq!(settled(&found(&[1, 1, 1, 1, 1, 1, 1, 1])), None, "ignored");
        let old: Vec<_> = AGES.iter().map(|days| i64::from(*days)).collect();
        assert_eq!(settled(&found(&old)), None, "older than all");
        let mut gap = found(&[31, 61, 130]);
        gap[1].1 = Found::Nothing;
        assert_eq!(settled(&gap), None, "rows behind nothing");
    }
}
