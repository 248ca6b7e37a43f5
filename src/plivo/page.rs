//! One page of a list: where it starts, and what came.

use std::sync::Arc;

use super::query::RecordingQuery;
use super::recording::Recording;

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
