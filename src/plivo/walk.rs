//! Every recording of a range, one after the other, newest first.
//!
//! A walk follows `meta.next`, which is right in all three paging modes, and splits long ranges into windows. Rows that
//! come twice, because others were added or deleted meanwhile, are given once; where rows may have slipped past, it goes
//! back to the time of the last row and looks again.

mod place;
pub(super) mod recent;

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::client::Client;
use super::error::Error;
use super::limit::Priority;
use super::page::{Limit, Page, PageRequest, Start};
use super::query::{DayBounds, Filter, RecordingQuery, Span};
use super::recording::Recording;
use super::window::{TimeRange, Window};
use place::Place;
use recent::Recent;

/// How many ids are remembered to tell that a row came before: rows shift by as many as were added meanwhile.
const REMEMBERED_ROWS: usize = 4096;

/// Where pages come from.
pub trait Pages {
    /// Fetches one page.
    fn page(&self, request: &PageRequest) -> impl Future<Output = Result<Page, Error>> + Send;
}

/// A client that asks with one priority.
#[derive(Debug, Clone)]
pub struct Asking {
    pub client: Client,
    pub priority: Priority,
}

impl Pages for Asking {
    async fn page(&self, request: &PageRequest) -> Result<Page, Error> {
        self.client.list(request, self.priority).await
    }
}

/// Why a walk stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WalkError {
    /// A page could not be had. The next call asks for it again.
    #[error(transparent)]
    Api(#[from] Error),
    /// The server's pages lead back to pages that were there before. The walk is over, and not complete.
    #[error("the server's list goes round in a circle after {rows} recordings")]
    GoesRound {
        /// Recordings given so far.
        rows: u64,
    },
    /// A task of a [`Sweep`](super::Sweep) panicked, so that what it had still to give is missing.
    #[error(
        "reading the list failed inside callreel: list what is left, and report this as a fault of the program"
    )]
    Panicked,
}

/// A walk under way. Ask [`next`](Walk::next) until it gives `None`.
#[derive(Debug)]
pub struct Walk<P> {
    pages: P,
    filter: Filter,
    limit: Limit,
    /// What is still to come after the current span, newest first.
    rest: Rest,
    /// Where the walk is; `None` when a new span has to begin.
    place: Option<Place>,
    ready: VecDeque<Arc<Recording>>,
    seen: Recent,
    given: u64,
    /// When the latest row was added.
    last_added: Option<DateTime<Utc>>,
    /// Told after the rows that came before it.
    ended: Option<WalkError>,
}

#[derive(Debug)]
enum Rest {
    Windows(Option<TimeRange>),
    Stored(Option<DayBounds>),
}

impl<P: Pages> Walk<P> {
    /// Walks a range of `add_time` of any length.
    pub fn added(pages: P, filter: Filter, range: TimeRange) -> Self {
        Self::over(pages, filter, Rest::Windows(Some(range)))
    }

    /// Walks the recordings stored for so many days; the API allows no windows there.
    pub fn stored(pages: P, filter: Filter, days: DayBounds) -> Self {
        Self::over(pages, filter, Rest::Stored(Some(days)))
    }

    /// Asks for so many rows a page instead of the most.
    #[must_use]
    pub fn with_limit(mut self, limit: Limit) -> Self {
        self.limit = limit;
        self
    }

    fn over(pages: P, filter: Filter, rest: Rest) -> Self {
        Self {
            pages,
            filter,
            limit: Limit::MOST,
            rest,
            place: None,
            ready: VecDeque::new(),
            seen: Recent::new(REMEMBERED_ROWS),
            given: 0,
            last_added: None,
            ended: None,
        }
    }

    /// The next recording; `None` after the last. After [`WalkError::Api`] it may be called again, and goes on where it was.
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    /// [`WalkError`].
    pub async fn next(&mut self) -> Option<Result<Arc<Recording>, WalkError>> {
        loop {
            if let Some(recording) = self.ready.pop_front() {
                self.given += 1;
                return Some(Ok(recording));
            }
            if self.place.is_none() {
                if let Some(error) = self.ended.take() {
                    return Some(Err(error));
                }
                self.place = Some(Place::new(self.rest.next()?));
            }
            if let Err(error) = self.fetch().await {
                return Some(Err(error.into()));
            }
        }
    }

    /// [`next`](Self::next), and with it what else came on the same page.
    ///
    /// # Errors
    /// As there.
    pub async fn next_rows(&mut self) -> Option<Result<Vec<Arc<Recording>>, WalkError>> {
        let mut rows = match self.next().await? {
            Ok(first) => vec![first],
            Err(error) => return Some(Err(error)),
        };
        self.given += self.ready.len() as u64;
        rows.extend(self.ready.drain(..));
        Some(Ok(rows))
    }

    /// What the API says that the window under way holds, where it says so.
    pub fn total(&self) -> Option<u64> {
        self.place.as_ref()?.total
    }

    /// True when [`next`](Self::next) will give nothing more, as far as the pages so far tell.
    pub fn is_over(&self) -> bool {
        let more = match &self.rest {
            Rest::Windows(range) => range.is_some(),
            Rest::Stored(days) => days.is_some(),
        };
        self.ready.is_empty() && self.place.is_none() && self.ended.is_none() && !more
    }

    /// Fetches the page at the place and moves the place on.
    async fn fetch(&mut self) -> Result<(), Error> {
        let Some(place) = &mut self.place else {
            return Ok(());
        };
        let request = PageRequest {
            query: RecordingQuery {
                filter: self.filter.clone(),
                span: place.span,
            },
            start: place.start.clone(),
            limit: self.limit,
        };
        let met = self.seen.len() / usize::from(self.limit.get());
        let page = match self.pages.page(&request).await {
            // A cursor can expire; the time of the last row leads to the same place.
            Err(Error::BadRequest { .. } | Error::NotFound { .. })
                if matches!(place.start, Start::Cursor(_))
                    && place.go_back_to(self.last_added, met) =>
            {
                return Ok(());
            }
            page => page?,
        };
        // Rows that moved up are newer than this page's, so that it has to wait for them.
        let slipped = place.lost_its_edge(&page) || place.total_shrank(&page);
        if slipped && place.go_back_to(self.last_added, met) {
            return Ok(());
        }
        let last = page.recordings.last().map(|row| row.id.clone());
        let before = self.ready.len();
        for recording in page.recordings {
            if self.seen.insert(&recording.id) {
                self.last_added = recording.added.or(self.last_added);
                self.ready.push_back(recording);
            }
        }
        if self.ready.len() > before {
            (place.stale, place.returns) = (0, 0);
        } else {
            place.stale += 1;
        }
        match page.meta.next {
            None => self.place = None,
            Some(next) if place.starts.insert(&next) && place.stale <= place.patience => {
                place.go_on(next, last, self.limit);
            }
            Some(_) => {
                self.place = None;
                self.rest = Rest::Windows(None);
                self.ended = Some(WalkError::GoesRound {
                    rows: self.given + self.ready.len() as u64,
                });
            }
        }
        Ok(())
    }
}

impl Rest {
    fn next(&mut self) -> Option<Span> {
        match self {
            Self::Stored(days) => days.take().map(Span::Stored),
            Self::Windows(range) => {
                let mut windows: VecDeque<Window> =
                    range.as_ref()?.newest_first().take(2).collect();
                let newest = windows.pop_front()?;
                *range = range.as_ref().and_then(|range| {
                    let top = windows.front()?.range().to();
                    TimeRange::new(range.from(), top)
                });
                Some(Span::Added(newest))
            }
        }
    }
}

#[cfg(test)]
pub(super) mod fake;
#[cfg(test)]
mod tests;
