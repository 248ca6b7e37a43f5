//! One page of a list: where it starts, and what came.

mod meta;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::error::Error;
use super::query::{Pair, RecordingQuery};
use super::recording::{Recording, RecordingId};

/// Rows a page, 1 to 20: the API's cap (api.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limit(u8);

impl Limit {
    pub const MOST: Self = Self(20);
    /// The smallest page, for requests that only want `total_count`.
    pub const ONE: Self = Self(1);

    pub fn new(rows: u8) -> Option<Self> {
        (1..=20).contains(&rows).then_some(Self(rows))
    }

    pub fn get(self) -> u8 {
        self.0
    }
}

/// The opaque text of `meta.next`'s `cursor` parameter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor(pub(crate) String);

impl Cursor {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a page starts. An offset is never sent beside a cursor: in hybrid mode it would win (api.md, rule 3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Start {
    Offset(u64),
    Cursor(Cursor),
}

impl Start {
    pub const FIRST: Self = Self::Offset(0);
}

/// One list request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageRequest {
    pub query: RecordingQuery,
    pub start: Start,
    pub limit: Limit,
}

impl PageRequest {
    /// The first page of a query, as long as the API gives them.
    pub fn first(query: RecordingQuery) -> Self {
        Self {
            query,
            start: Start::FIRST,
            limit: Limit::MOST,
        }
    }

    /// The shortest request that learns the query's `total_count`.
    pub fn count(query: RecordingQuery) -> Self {
        Self {
            query,
            start: Start::FIRST,
            limit: Limit::ONE,
        }
    }

    /// All parameters: the query's, `limit`, and either `cursor` or an `offset` above zero.
    pub fn pairs(&self) -> Vec<Pair> {
        let mut pairs = self.query.pairs();
        pairs.push(("limit", self.limit.get().to_string()));
        match &self.start {
            Start::Offset(0) => {}
            Start::Offset(rows) => pairs.push(("offset", rows.to_string())),
            Start::Cursor(cursor) => pairs.push(("cursor", cursor.as_str().to_owned())),
        }
        pairs
    }
}

/// What the API said of the page itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// Rows in the whole query, where the API tells it.
    pub total: Option<u64>,
    /// The offset the server says it used; a jump by offset counts only if this is what was asked.
    pub offset: Option<u64>,
    pub limit: Option<u64>,
    /// The next page, of which only `cursor`, `offset` and `limit` were taken; `None` on the last one.
    pub next: Option<Start>,
}

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub meta: Meta,
    pub recordings: Vec<Arc<Recording>>,
    pub api_id: Option<String>,
}

impl Page {
    /// Reads the answer of a list request. Rows that are broken are kept (see [`RecordingId::is_stand_in`]); a recording that
    /// comes twice is one.
    ///
    /// # Errors
    /// [`Error::Malformed`] when `objects` is missing or no array, or `meta.next` is there but leads nowhere: going on as
    /// if it were the last page would silently hide the rest.
    pub fn from_json(answer: Value) -> Result<Self, Error> {
        let malformed = |detail: &str| Error::Malformed {
            detail: detail.to_owned(),
        };
        let Value::Object(mut answer) = answer else {
            return Err(malformed("a list answer is a JSON object"));
        };
        let Some(Value::Array(rows)) = answer.remove("objects") else {
            return Err(malformed("the list answer has no `objects`"));
        };
        let meta = Meta::from_json(answer.get("meta").unwrap_or(&Value::Null))?;
        let mut copies: HashMap<RecordingId, usize> = HashMap::new();
        let mut seen = HashSet::new();
        let recordings = rows.into_iter().filter_map(|row| {
            let mut recording = Recording::from_row(row);
            if recording.id.is_stand_in() {
                let copy = copies.entry(recording.id.clone()).or_insert(0);
                *copy += 1;
                if *copy > 1 {
                    recording.number_stand_in(*copy);
                }
            }
            seen.insert(recording.id.clone())
                .then(|| Arc::new(recording))
        });
        Ok(Self {
            meta,
            recordings: recordings.collect(),
            api_id: answer
                .get("api_id")
                .and_then(Value::as_str)
                .map(str::to_owned),
        })
    }

    /// The ids of its rows, in order.
    pub fn ids(&self) -> impl Iterator<Item = &RecordingId> {
        self.recordings.iter().map(|recording| &recording.id)
    }
}

#[cfg(test)]
mod tests;
