//! Where a walk is within one window, and how it notices that the rows moved under it.

use chrono::{DateTime, Utc};

use super::recent::Recent;
use crate::plivo::page::{Limit, Page, Start};
use crate::plivo::query::Span;
use crate::plivo::recording::RecordingId;

/// How many page starts of a window are remembered to tell that it goes round.
const REMEMBERED_STARTS: usize = 65_536;
/// How many pages in a row may bring nothing new.
pub(super) const STALE_PAGES: usize = 8;
/// How often it goes back to the same time.
const MOST_RETURNS: usize = 5;

/// A place within one span.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) span: Span,
    pub(super) start: Start,
    pub(super) starts: Recent,
    /// The span's `total_count` as last told, where pages go by offset: if it shrinks, rows moved up past the walk.
    pub(super) total: Option<u64>,
    /// The row that the next page should bring again, where pages go by offset and nothing tells the total: if it is not there,
    /// rows moved up past the walk.
    edge: Option<RecordingId>,
    /// Pages in a row that brought nothing new, and how many are too many.
    pub(super) stale: usize,
    pub(super) patience: usize,
    /// How often the walk went back since something new came.
    pub(super) returns: usize,
}

impl Place {
    pub(super) fn new(span: Span) -> Self {
        Self {
            span,
            start: Start::FIRST,
            starts: Recent::new(REMEMBERED_STARTS),
            total: None,
            edge: None,
            stale: 0,
            patience: STALE_PAGES,
            returns: 0,
        }
    }

    /// Whether rows were deleted since the last page, so that those after them moved up past the walk. Pages by cursor do not
    /// move.
    pub(super) fn total_shrank(&mut self, page: &Page) -> bool {
        let by_offset = matches!(page.meta.next, Some(Start::Offset(_)))
            || matches!(self.start, Start::Offset(1..));
        let before = self.total;
        self.total = page.meta.total.or(before);
        by_offset && self.total < before
    }

    /// Goes on at the next page; where only the rows can tell that others vanished, one row before it.
    pub(super) fn go_on(&mut self, next: Start, last: Option<RecordingId>, limit: Limit) {
        self.start = match next {
            Start::Offset(rows @ 1..) if self.total.is_none() && limit != Limit::ONE => {
                self.edge = last;
                Start::Offset(rows - u64::from(self.edge.is_some()))
            }
            next => next,
        };
    }

    /// Whether the row that should have come again did not.
    pub(super) fn lost_its_edge(&mut self, page: &Page) -> bool {
        let edge = self.edge.take();
        edge.is_some_and(|edge| !page.ids().any(|id| *id == edge))
    }

    /// Begins again at the rows of this time and older ones, of which so many pages were met before. False where that leads
    /// nowhere new.
    pub(super) fn go_back_to(&mut self, time: Option<DateTime<Utc>>, met: usize) -> bool {
        let (Span::Added(window), Some(time)) = (self.span, time) else {
            return false;
        };
        let Some(older) = window.until(time, true) else {
            return false;
        };
        if self.returns >= MOST_RETURNS {
            return false;
        }
        *self = Self {
            returns: self.returns + 1,
            patience: STALE_PAGES + met,
            ..Self::new(Span::Added(older))
        };
        true
    }
}
