//! The task that walks one slice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::plan::{Found, Slice};
use crate::plivo::error::Error;
use crate::plivo::page::{Page, PageRequest};
use crate::plivo::recording::Recording;
use crate::plivo::walk::{Pages, Walk, WalkError};

/// The rows of a page, in order.
pub(super) type Rows = Result<Vec<Arc<Recording>>, WalkError>;

/// What all slices are told apart by.
pub(super) type Number = u64;

/// What a task tells beside its rows.
#[derive(Debug)]
pub(super) enum Event {
    Found(Number, Found),
    /// It asks for nothing more.
    Ended(Number),
    /// There is nothing before.
    NotBefore(DateTime<Utc>),
}

/// Pages that are counted as they come.
#[derive(Debug, Clone)]
pub(super) struct Counting<P> {
    pub(super) pages: P,
    pub(super) done: Arc<AtomicU64>,
}

impl<P: Pages + Sync> Pages for Counting<P> {
    async fn page(&self, request: &PageRequest) -> Result<Page, Error> {
        let page = self.pages.page(request).await?;
        self.done.fetch_add(1, Ordering::Relaxed);
        Ok(page)
    }
}

/// One slice's walk, and where its rows and news go. Waits while nobody takes them.
#[derive(Debug)]
pub(super) struct Task<P> {
    pub(super) number: Number,
    pub(super) walk: Walk<Counting<P>>,
    /// `None` where the API allows no windows.
    pub(super) slice: Option<Slice>,
    /// Rows that are wanted at most.
    pub(super) most: Option<u64>,
    pub(super) rows: mpsc::Sender<Rows>,
    pub(super) events: mpsc::Sender<Event>,
}

impl<P: Pages + Sync> Task<P> {
    pub(super) async fn run(mut self) {
        self.walk_on().await;
        // Nobody may be listening any more.
        let _ = self.events.send(Event::Ended(self.number)).await;
    }

    async fn walk_on(&mut self) {
        let mut given = 0;
        while let Some(came) = self.walk.next_rows().await {
            let Ok(mut page) = came else {
                let _ = self.rows.send(came).await;
                return;
            };
            let mut ended = false;
            if let Some(slice) = &mut self.slice {
                let found = slice.took(&page, self.walk.total(), self.walk.is_over());
                // Said before the rows, so that it is known when they are taken.
                if let Some(found) = found
                    && self
                        .events
                        .send(Event::Found(self.number, found))
                        .await
                        .is_err()
                {
                    return;
                }
                ended = page.last().is_some_and(|row| !slice.holds(row));
                page.retain(|row| slice.holds(row));
            }
            given += page.len() as u64;
            let enough = self.most.is_some_and(|most| given >= most);
            if self.rows.send(Ok(page)).await.is_err() || ended || enough {
                return;
            }
        }
    }
}
