//! What the user asked to see: bounds as typed, and the filters.

use crate::plivo::Filter;

/// One end of the range as it was typed, so that `-7d` means seven days before the next refresh too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub text: String,
    pub inclusive: bool,
}

/// What is applied. `resolve` (zone, now) turns it into a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criteria {
    pub from: Edge,
    pub to: Edge,
    pub filter: Filter,
    /// Either party: two queries, merged, since the API has no such filter.
    pub either: Option<String>,
}
