//! A queue: some recordings of the list, drawn at random, to be listened to one after the other.
//!
//! | file | is |
//! |---|---|
//! | [`pick`] | which rows a sample takes |
//! | [`draw`] | how they come |
//! | `fetch` | rows of a queue that goes on, as they are looked at |
//! | `keep` | a queue of an earlier run, and what of this one is kept |
//! | `left` | how far the listener is, and what is left to hear |
//! | `show` | the queue in the list's place |
//!
//! A recording of a queue is done when it was heard to its end, or marked reviewed. The queue does not grow or move when recordings
//! arrive; one that was deleted leaves it.

pub mod draw;
mod fetch;
mod keep;
mod left;
pub mod pick;
mod show;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::plivo::{Recording, RecordingId};

use super::criteria::Criteria;
use super::history::Row;
use super::table::Table;

use fetch::Fetching;
pub use left::{Left, Progress};

/// How many recordings are drawn, and which draw of the many that could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sample {
    /// 1 to [`Sample::MOST`].
    pub size: usize,
    pub seed: u64,
}

impl Sample {
    /// More are nobody's day's work, and each is a request.
    pub const MOST: usize = 1_000;
}

/// One recording of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub id: RecordingId,
    /// `None` until it has come again, in a queue of an earlier run.
    recording: Option<Arc<Recording>>,
    /// It was heard to its end in this queue.
    heard: bool,
}

/// See the module's words.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    sample: Sample,
    /// What it was drawn from, and when.
    criteria: Criteria,
    drawn: DateTime<Utc>,
    items: Vec<Item>,
    shown: bool,
    /// Where the reader was in the list while the queue is shown, and in the queue while it is not.
    aside: Table,
    fetching: Fetching,
}

impl Queue {
    fn new(
        sample: Sample,
        criteria: Criteria,
        drawn: DateTime<Utc>,
        rows: Vec<Arc<Recording>>,
    ) -> Self {
        let item = |recording: Arc<Recording>| Item {
            id: recording.id.clone(),
            recording: Some(recording),
            heard: false,
        };
        Self {
            sample,
            criteria,
            drawn,
            items: rows.into_iter().map(item).collect(),
            shown: false,
            aside: Table::default(),
            fetching: Fetching::default(),
        }
    }

    pub fn sample(&self) -> Sample {
        self.sample
    }

    /// It stands in the list's place.
    pub fn is_shown(&self) -> bool {
        self.shown
    }

    /// What it was drawn from.
    pub fn criteria(&self) -> &Criteria {
        &self.criteria
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// `None` past the end.
    pub fn row(&self, index: usize) -> Option<Row<'_>> {
        let item = self.items.get(index)?;
        Some(item.recording.as_ref().map_or(Row::Loading, Row::Ready))
    }

    /// The rows that have come, with their numbers, ascending.
    pub fn loaded(&self) -> impl Iterator<Item = (usize, &Arc<Recording>)> {
        let items = self.items.iter().enumerate();
        items.filter_map(|(row, item)| Some((row, item.recording.as_ref()?)))
    }

    pub fn position_of(&self, id: &RecordingId) -> Option<usize> {
        self.items.iter().position(|item| item.id == *id)
    }

    /// Was it heard to its end in this queue?
    pub fn is_heard(&self, id: &RecordingId) -> bool {
        self.items.iter().any(|item| item.id == *id && item.heard)
    }

    /// It was heard to its end; false where it is none of the queue's, or was heard before.
    fn hear(&mut self, id: &RecordingId) -> bool {
        let mut items = self.items.iter_mut();
        match items.find(|item| item.id == *id && !item.heard) {
            Some(item) => {
                item.heard = true;
                true
            }
            None => false,
        }
    }
}

impl Item {
    fn length(&self) -> Option<Duration> {
        self.recording.as_ref()?.duration
    }
}
