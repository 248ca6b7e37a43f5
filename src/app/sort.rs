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
    pub const ALL: [Self; 6] = [
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
        Self::words_of(self.column, self.reversed)
    }

    /// The same of an order that nothing is in yet.
    pub fn words_of(column: Column, reversed: bool) -> String {
        let order = match (column, column.greatest_first() != reversed) {
            (Column::Length, true) => "longest first",
            (Column::Length, false) => "shortest first",
            (Column::Added | Column::Started, true) => "newest first",
            (Column::Added | Column::Started, false) => "oldest first",
            (_, true) => "Z to A",
            (_, false) => "A to Z",
        };
        format!("{}, {order}", column.name())
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn row(id: &str, ms: Option<u32>, from: Option<&str>) -> Arc<Recording> {
        let fields = json!({
            "recording_id": id,
            "recording_duration_ms": ms,
            "from_number": from,
        });
        let Value::Object(fields) = fields else {
            panic!("an object")
        };
        Arc::new(Recording::from_json(fields).unwrap())
    }

    fn order(column: Column, reversed: bool) -> String {
        let rows = [
            row("a", Some(2000), Some("+2")),
            row("b", None, None),
            row("c", Some(9000), Some("+1")),
            row("d", Some(2000), Some("+3")),
        ];
        let sorting = Sorting::new(column, reversed, rows.into_iter());
        sorting.rows.iter().map(|row| row.id.as_str()).collect()
    }

    #[test]
    fn lengths_start_with_the_longest_and_text_with_a() {
        assert_eq!(order(Column::Length, false), "cadb");
        assert_eq!(order(Column::From, false), "cadb");
    }

    #[test]
    fn rows_without_the_value_stay_last_when_the_order_is_turned() {
        assert_eq!(order(Column::Length, true), "adcb");
        assert_eq!(order(Column::From, true), "dacb");
    }

    #[test]
    fn the_key_goes_through_every_column_and_back_to_the_apis_own_order() {
        let mut sorting = None;
        let mut columns = Vec::new();
        while let Some((column, reversed)) = Sorting::next(sorting.as_ref()) {
            columns.push(column);
            sorting = Some(Sorting::new(column, reversed, std::iter::empty()));
        }
        assert_eq!(columns, Column::ALL[1..]);
    }

    #[test]
    fn turning_the_apis_own_order_and_back_shows_the_whole_list_again() {
        let turned = Sorting::turned(None).unwrap();
        assert_eq!(turned, (Column::Added, true));
        let sorting = Sorting::new(turned.0, turned.1, std::iter::empty());
        assert_eq!(sorting.words(), "added, oldest first");
        assert_eq!(Sorting::turned(Some(&sorting)), None);
    }
}
