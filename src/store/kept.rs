//! What is kept, as plain data. Times are UTC, to the millisecond; positions are counted from a recording's start, to the millisecond.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::plivo::RecordingId;

/// Whose marks: the account's auth id, and its API's host where that is not Plivo's own (`MA…@127.0.0.1`).
///
/// The auth id is kept as it is: the file is its owner's alone, the id opens nothing without the token, and an export that did
/// not name the account would be of little use.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountKey(String);

impl AccountKey {
    /// `host`: of an API that is not Plivo's own.
    pub fn new(auth_id: &str, host: Option<&str>) -> Self {
        Self(match host {
            Some(host) => format!("{auth_id}@{host}"),
            None => auth_id.to_owned(),
        })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it stands in the file.
    pub(super) fn from_file(text: String) -> Self {
        Self(text)
    }
}

/// A recording that was listened to and is done with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    pub recording: RecordingId,
    pub at: DateTime<Utc>,
}

/// A moment of a recording. A recording has one at most at each millisecond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub recording: RecordingId,
    pub at: Duration,
    /// Empty for a moment without a note. Not safe to print.
    pub note: String,
    pub created: DateTime<Utc>,
}

/// Where the listener left a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub recording: RecordingId,
    pub at: Duration,
    pub left: DateTime<Utc>,
}

/// Something that stays as it was for the next recording and the next start: speed, volume, channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub name: String,
    /// Whoever reads it checks it.
    pub value: String,
}

/// What makes a random queue that queue: asked for again, it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct QueueKey {
    pub seed: u64,
    /// Recordings that were asked for; there may be fewer.
    pub size: u32,
    /// The filter in words that are the same for the same filter.
    pub filter: String,
}

/// One recording of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRow {
    pub recording: RecordingId,
    pub done: bool,
}

/// A random queue, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    pub key: QueueKey,
    pub created: DateTime<Utc>,
    pub rows: Vec<QueueRow>,
}

/// All that is kept of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Latest first.
    pub reviewed: Vec<Reviewed>,
    /// By recording, then by position.
    pub moments: Vec<Moment>,
    /// Latest first.
    pub positions: Vec<Position>,
    /// By name.
    pub choices: Vec<Choice>,
    /// Latest first.
    pub queues: Vec<Queue>,
}

/// One change to what is kept. Each replaces what was kept at its place, so that a change carried out twice does no harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Reviewed(Reviewed),
    NotReviewed(RecordingId),
    Moment(Moment),
    NoMoment {
        recording: RecordingId,
        at: Duration,
    },
    Position(Position),
    NoPosition(RecordingId),
    Choice(Choice),
    Queue(Queue),
    /// A recording of a queue was heard, or is to be heard again. A queue that is not kept stays so.
    QueueRow {
        queue: QueueKey,
        row: QueueRow,
    },
    NoQueue(QueueKey),
}
