//! Order by a column. The API sorts nothing, so only the rows that are loaded can be ordered, and the screen says so.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::plivo::Recording;

/// What can be ordered by, in the order of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Added,
    Length,
    From,
    To,
    Started,
    Kind,
}

impl Column {
    const ALL: [Self; 6] = [
        Self::Added,
        Self::Length,
        Self::From,
        Self::To,
        Self::Started,
        Self::Kind,
    ];

    fn next(self) -> Self {
        let at = Self::ALL
            .iter()
            .position(|column| *column == self)
            .unwrap_or(0);
        Self::ALL.get(at + 1).copied().unwrap_or(Self::Added)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Length => "length",
            Self::From => "from",
            Self::To => "to",
            Self::Started => "started",
            Self::Kind => "type",
        }
    }

    /// Times and lengths start with the greatest, text with A.
    fn greatest_first(self) -> bool {
        matches!(self, Self::Added | Self::Length | Self::Started)
    }
}

/// An order other than the API's own, and the rows that were loaded, in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sorting {
    pub column: Column,
    pub reversed: bool,
    pub rows: Vec<Arc<Recording>>,
}

impl Sorting {
    /// The next column's order after `now`; `None` is the API's own order, newest first.
    pub fn next(now: Option<&Self>) -> Option<(Column, bool)> {
        let column = now.map_or(Column::Added, |sorting| sorting.column).next();
        (column != Column::Added).then_some((column, false))
    }

    /// The same column the other way round.
    pub fn turned(now: Option<&Self>) -> Option<(Column, bool)> {
        match now {
            None => Some((Column::Added, true)),
            Some(Self {
                column: Column::Added,
                ..
            }) => None,
            Some(sorting) => Some((sorting.column, !sorting.reversed)),
        }
    }

    pub fn new(column: Column, reversed: bool, rows: impl Iterator<Item = Arc<Recording>>) -> Self {
        let mut rows: Vec<_> = rows.collect();
        // Stable: rows that are equal here stay newest first.
        rows.sort_by(|a, b| order(column, column.greatest_first() != reversed, a, b));
        Self {
            column,
            reversed,
            rows,
        }
    }

    /// `length, longest first`.
    pub fn words(&self) -> String {
        let order = match (self.column, self.column.greatest_first() != self.reversed) {
            (Column::Length, true) => "longest first",
            (Column::Length, false) => "shortest first",
            (Column::Added | Column::Started, true) => "newest first",
            (Column::Added | Column::Started, false) => "oldest first",
            (_, true) => "Z to A",
            (_, false) => "A to Z",
        };
        format!("{}, {order}", self.column.name())
    }
}

/// Rows that lack the value come last, whichever way round.
fn order(column: Column, greatest_first: bool, a: &Recording, b: &Recording) -> Ordering {
    match column {
        Column::Added => by(&a.added, &b.added, greatest_first),
        Column::Length => by(&a.duration, &b.duration, greatest_first),
        Column::From => by(&a.from_number, &b.from_number, greatest_first),
        Column::To => by(&a.to_number, &b.to_number, greatest_first),
        Column::Started => by(&a.started, &b.started, greatest_first),
        Column::Kind => by(&a.kind, &b.kind, greatest_first),
    }
}

fn by<T: Ord>(a: &Option<T>, b: &Option<T>, greatest_first: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if greatest_first => b.cmp(a),
        (Some(a), Some(b)) => a.cmp(b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}
