//! The list on the screen: which rows there are, where the cursor stands, what is selected.

use std::sync::Arc;

use crate::plivo::{Recording, RecordingId};

use super::history::{History, Row};
use super::queue::Queue;
use super::sort::Sorting;

/// Rows kept in sight above and below the cursor.
const MARGIN: usize = 2;

/// The rows as they are shown: the whole list, a queue drawn from it, or what is loaded in another order.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    pub history: Option<&'a History>,
    pub queue: Option<&'a Queue>,
    pub sorting: Option<&'a Sorting>,
}

impl<'a> Rows<'a> {
    pub fn len(&self) -> usize {
        match (self.queue, self.sorting, self.history) {
            (Some(queue), ..) => queue.len(),
            (None, Some(sorting), _) => sorting.rows.len(),
            (None, None, Some(history)) => history.len(),
            (None, None, None) => 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `None` past the end.
    pub fn get(&self, index: usize) -> Option<Row<'a>> {
        match (self.queue, self.sorting) {
            (Some(queue), _) => queue.row(index),
            (None, Some(sorting)) => sorting.rows.get(index).map(Row::Ready),
            (None, None) => self.history?.row(index),
        }
    }

    pub fn ready(&self, index: usize) -> Option<&'a Arc<Recording>> {
        match self.get(index) {
            Some(Row::Ready(recording)) => Some(recording),
            _ => None,
        }
    }

    pub fn position_of(&self, id: &RecordingId) -> Option<usize> {
        match (self.queue, self.sorting) {
            (Some(queue), _) => queue.position_of(id),
            (None, Some(sorting)) => sorting
                .rows
                .iter()
                .position(|recording| recording.id == *id),
            (None, None) => self.history?.position_of(id),
        }
    }

    /// The rows that are loaded, with their numbers, ascending.
    pub fn loaded(&self) -> Vec<(usize, &'a Arc<Recording>)> {
        match (self.queue, self.sorting, self.history) {
            (Some(queue), ..) => queue.loaded().collect(),
            (None, Some(sorting), _) => sorting.rows.iter().enumerate().collect(),
            (None, None, Some(history)) => history.loaded().collect(),
            (None, None, None) => Vec::new(),
        }
    }
}

/// Where the reader is. The cursor is a place; what is selected is a recording, and keeps being so when rows move.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    pub cursor: usize,
    pub top: usize,
    /// The recording under the cursor, once its row has been seen.
    pub selected: Option<RecordingId>,
}

impl Table {
    /// The user goes to a row.
    pub fn go(&mut self, row: usize, len: usize, height: usize) {
        let row = row.min(len.saturating_sub(1));
        if row != self.cursor {
            self.cursor = row;
            self.selected = None;
        }
        self.fit(len, height);
    }

    /// The user goes by so many rows, and the screen with them.
    pub fn scroll(&mut self, rows: isize, len: usize, height: usize) {
        self.top = self.top.saturating_add_signed(rows);
        self.go(self.cursor.saturating_add_signed(rows), len, height);
    }

    /// The rows moved under the reader: the cursor follows its recording, which stays where it was on the screen. Who sees the
    /// beginning of the list goes on seeing it, since what is new comes there.
    pub fn follow(&mut self, row: usize, len: usize, height: usize) {
        if self.top > 0 {
            self.top = (self.top + row).saturating_sub(self.cursor);
        }
        self.cursor = row;
        self.fit(len, height);
    }

    /// Keeps the cursor on a row and in sight.
    pub fn fit(&mut self, len: usize, height: usize) {
        let last = len.saturating_sub(1);
        self.cursor = self.cursor.min(last);
        let margin = MARGIN.min(height.saturating_sub(1) / 2);
        let lowest = (self.cursor + margin)
            .min(last)
            .saturating_sub(height.saturating_sub(1));
        let highest = self.cursor.saturating_sub(margin);
        self.top = self.top.clamp(lowest.min(highest), highest);
        self.top = self.top.min(len.saturating_sub(height));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_cursor_keeps_two_rows_in_sight_but_at_the_ends() {
        let mut table = Table::default();
        table.go(9, 100, 10);
        assert_eq!((table.top, table.cursor), (2, 9));
        table.go(99, 100, 10);
        assert_eq!(table.top, 90);
        table.go(0, 100, 10);
        assert_eq!(table.top, 0);
    }

    #[test]
    fn a_screenful_moves_cursor_and_screen_together() {
        let mut table = Table::default();
        table.go(5, 100, 10);
        table.scroll(10, 100, 10);
        assert_eq!((table.top, table.cursor), (10, 15));
    }

    #[test]
    fn moving_forgets_the_selection_and_being_moved_does_not() {
        let id = RecordingId::new("a");
        let mut table = Table {
            selected: Some(id.clone()),
            ..Table::default()
        };
        table.follow(30, 100, 10);
        assert_eq!((table.cursor, table.selected.as_ref()), (30, Some(&id)));
        table.go(31, 100, 10);
        assert_eq!(table.selected, None);
    }

    #[test]
    fn the_beginning_stays_in_sight_and_any_other_place_stays_where_it_was() {
        let mut table = Table::default();
        table.follow(3, 100, 10);
        assert_eq!((table.top, table.cursor), (0, 3));
        table.follow(30, 100, 10);
        assert_eq!((table.top, table.cursor), (23, 30));
        table.follow(34, 100, 10);
        assert_eq!((table.top, table.cursor), (27, 34));
    }

    proptest! {
        #[test]
        fn the_cursor_is_always_in_sight(
            steps in prop::collection::vec((any::<bool>(), -50isize..50, 0usize..60, 1usize..30), 1..20),
        ) {
            let mut table = Table::default();
            for (jump, by, len, height) in steps {
                if jump { table.go(by.unsigned_abs(), len, height) } else { table.scroll(by, len, height) }
                prop_assert!(table.cursor < len.max(1));
                prop_assert!(table.top <= table.cursor && table.cursor < table.top + height);
                prop_assert!(table.top == 0 || table.top + height <= len);
            }
        }
    }
}
