//! A list in memory, for the tests of what walks lists.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::Pages;
use crate::plivo::error::Error;
use crate::plivo::page::{Cursor, Meta, Page, PageRequest, Start};
use crate::plivo::paging::Paging;
use crate::plivo::query::Span;
use crate::plivo::recording::Recording;
use crate::plivo::time;
use crate::plivo::window::{Bound, LONGEST, TimeRange};

pub(in crate::plivo) type Change = fn(&mut Vec<(DateTime<Utc>, u64)>, usize);

/// A list in memory that pages in one of the three ways. Rows are (time, id), newest first.
pub(in crate::plivo) struct Fake {
    pub(in crate::plivo) paging: Paging,
    pub(in crate::plivo) totals: bool,
    pub(in crate::plivo) rows: Mutex<Vec<(DateTime<Utc>, u64)>>,
    pub(in crate::plivo) requests: Mutex<Vec<PageRequest>>,
    /// Called with the number of each request before it is answered.
    pub(in crate::plivo) change: Change,
    /// Requests with these numbers fail.
    pub(in crate::plivo) fails: Vec<(usize, Error)>,
}

impl Fake {
    pub(in crate::plivo) fn new(
        paging: Paging,
        totals: bool,
        rows: Vec<(DateTime<Utc>, u64)>,
    ) -> Self {
        Self {
            paging,
            totals,
            rows: Mutex::new(rows),
            requests: Mutex::default(),
            change: |_, _| {},
            fails: Vec::new(),
        }
    }

    pub(in crate::plivo) fn requests(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

impl Pages for &Fake {
    async fn page(&self, request: &PageRequest) -> Result<Page, Error> {
        let number = {
            let mut requests = self.requests.lock().unwrap();
            requests.push(request.clone());
            requests.len()
        };
        if let Some((_, error)) = self.fails.iter().find(|(failing, _)| *failing == number) {
            return Err(error.clone());
        }
        let mut rows = self.rows.lock().unwrap();
        (self.change)(&mut rows, number);
        rows.sort_by(|a, b| b.cmp(a));
        let within = |at| match request.query.span {
            Span::Added(window) => {
                assert!(window.range().to().at - window.range().from().at <= LONGEST);
                window.range().contains(at)
            }
            Span::Stored(_) => true,
        };
        let found: Vec<_> = rows.iter().filter(|(at, _)| within(*at)).copied().collect();
        let skip = match &request.start {
            Start::Offset(_) if self.paging == Paging::Cursor => 0,
            Start::Offset(rows) => *rows as usize,
            Start::Cursor(cursor) => {
                assert_ne!(self.paging, Paging::Offset);
                let after: u64 = cursor.as_str().parse().unwrap();
                // A keyset: what comes after the row that the last page ended with.
                let last = (self.last_time(cursor), after);
                found.iter().take_while(|row| **row >= last).count()
            }
        };
        let limit = usize::from(request.limit.get());
        let page: Vec<_> = found.iter().skip(skip).take(limit).copied().collect();
        let next = (skip + page.len() < found.len()).then(|| match self.paging {
            Paging::Offset => Start::Offset((skip + page.len()) as u64),
            Paging::Cursor | Paging::Hybrid => {
                Start::Cursor(Cursor::new(page[page.len() - 1].1.to_string()))
            }
        });
        Ok(Page {
            meta: Meta {
                total: self.totals.then_some(found.len() as u64),
                next,
                ..Meta::default()
            },
            recordings: page.into_iter().map(row).collect(),
            api_id: None,
        })
    }
}

impl Pages for Arc<Fake> {
    async fn page(&self, request: &PageRequest) -> Result<Page, Error> {
        (&**self).page(request).await
    }
}

impl Fake {
    /// Ids are made so that they tell the time of their row.
    fn last_time(&self, cursor: &Cursor) -> DateTime<Utc> {
        let id: i64 = cursor.as_str().parse().unwrap();
        at(id / 1000)
    }
}

pub(in crate::plivo) fn row((time, id): (DateTime<Utc>, u64)) -> Arc<Recording> {
    Arc::new(Recording::from_row(json!({
        "recording_id": id.to_string(), "add_time": time::write(time),
    })))
}

/// Minutes after some start.
pub(in crate::plivo) fn at(minutes: i64) -> DateTime<Utc> {
    time::parse("2024-01-01 00:00").unwrap() + TimeDelta::minutes(minutes)
}

pub(in crate::plivo) const DAY: i64 = 24 * 60;

/// So many rows, each `every` minutes, `same` of them sharing each time; newest first.
pub(in crate::plivo) fn rows(count: u64, every: i64, same: u64) -> Vec<(DateTime<Utc>, u64)> {
    let mut rows: Vec<_> = (0..count)
        .map(|number| {
            let minute = (number / same) as i64 * every;
            (at(minute), minute as u64 * 1000 + number % same)
        })
        .collect();
    rows.reverse();
    rows
}

pub(in crate::plivo) fn range(from: i64, to: i64) -> TimeRange {
    TimeRange::new(Bound::including(at(from)), Bound::excluding(at(to))).unwrap()
}

pub(in crate::plivo) fn every_mode() -> impl Iterator<Item = (Paging, bool)> {
    [Paging::Offset, Paging::Cursor, Paging::Hybrid]
        .into_iter()
        .flat_map(|paging| [(paging, true), (paging, false)])
}
