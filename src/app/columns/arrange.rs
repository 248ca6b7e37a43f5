//! The box in which columns are shown, hidden and moved. What is done in it counts at once.

use super::{Column, Columns};
use crate::app::{App, Effect, Now, Overlay};

/// The open box: every column there is, in an order of its own, shown or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arranging {
    /// What leaving it brings back.
    before: Columns,
    rows: Vec<(Column, bool)>,
    pub chosen: usize,
}

impl Arranging {
    fn of(columns: &Columns) -> Self {
        let hidden = Column::ALL
            .into_iter()
            .filter(|column| !columns.0.contains(column));
        Self {
            before: columns.clone(),
            rows: columns
                .shown()
                .map(|column| (column, true))
                .chain(hidden.map(|column| (column, false)))
                .collect(),
            chosen: 0,
        }
    }

    /// Each column, and whether it is shown.
    pub fn rows(&self) -> &[(Column, bool)] {
        &self.rows
    }

    fn columns(&self) -> Columns {
        let shown = self.rows.iter().filter(|(_, shown)| *shown);
        Columns(shown.map(|(column, _)| *column).collect())
    }

    fn choose(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
    }

    /// False: it is the only one that is shown, and stays.
    fn toggle(&mut self) -> bool {
        let shown = self.rows.iter().filter(|(_, shown)| *shown).count();
        match self.rows.get_mut(self.chosen) {
            Some((_, true)) if shown < 2 => false,
            Some((_, row)) => {
                *row = !*row;
                true
            }
            None => true,
        }
    }

    fn shift(&mut self, by: isize) {
        let there = self.chosen.checked_add_signed(by);
        if let Some(there) = there.filter(|there| *there < self.rows.len()) {
            self.rows.swap(self.chosen, there);
            self.chosen = there;
        }
    }
}

impl App {
    pub(in crate::app) fn open_columns(&mut self) {
        self.overlay = Some(Overlay::Columns(Arranging::of(&self.columns)));
    }

    /// Up and down in the box.
    pub(in crate::app) fn choose_column(&mut self, by: isize) {
        if let Some(Overlay::Columns(arranging)) = &mut self.overlay {
            arranging.choose(by);
        }
    }

    pub(in crate::app) fn toggle_column(&mut self, now: Now) {
        if let Some(Overlay::Columns(arranging)) = &mut self.overlay {
            if !arranging.toggle() {
                self.notices.info("one column has to stay", now.mono);
            }
            self.columns = arranging.columns();
        }
    }

    pub(in crate::app) fn shift_column(&mut self, by: isize) {
        if let Some(Overlay::Columns(arranging)) = &mut self.overlay {
            arranging.shift(by);
            self.columns = arranging.columns();
        }
    }

    /// Enter: they stay so until callreel ends.
    pub(in crate::app) fn keep_columns(&mut self, arranging: &Arranging, now: Now) {
        if arranging.columns() != arranging.before {
            let words = "the columns stay so until callreel ends";
            self.notices.info(words, now.mono);
        }
    }

    /// The line of the configuration that says the same.
    pub(in crate::app) fn copy_columns(&mut self, now: Now) -> Vec<Effect> {
        let words = "the line for [screen] of the configuration: sent to the terminal";
        self.notices.info(words, now.mono);
        vec![Effect::Copy(self.columns_line())]
    }

    /// `columns = ["added", "to"]`, as it belongs below `[screen]`.
    pub fn columns_line(&self) -> String {
        format!("columns = {}", self.columns.written())
    }

    /// Esc: everything as it was.
    pub(in crate::app) fn leave_columns(&mut self, arranging: Arranging) {
        self.columns = arranging.before;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Columns {
        Columns::new(names.iter().copied()).unwrap()
    }

    #[test]
    fn what_is_hidden_keeps_its_place_and_comes_back_to_it() {
        let mut arranging = Arranging::of(&columns(&["to", "length", "from"]));
        arranging.choose(1);
        assert!(arranging.toggle());
        assert_eq!(arranging.columns(), columns(&["to", "from"]));
        assert!(arranging.toggle());
        assert_eq!(arranging.columns(), columns(&["to", "length", "from"]));
    }

    #[test]
    fn the_last_column_cannot_be_hidden() {
        let mut arranging = Arranging::of(&columns(&["to"]));
        assert!(!arranging.toggle());
        assert_eq!(arranging.columns(), columns(&["to"]));
    }

    #[test]
    fn a_column_moves_with_the_cursor_and_not_over_the_ends() {
        let mut arranging = Arranging::of(&columns(&["to", "from"]));
        arranging.shift(-1);
        arranging.shift(1);
        assert_eq!(arranging.chosen, 1);
        assert_eq!(arranging.columns(), columns(&["from", "to"]));
        arranging.choose(100);
        arranging.shift(1);
        assert_eq!(arranging.chosen, Column::ALL.len() - 1);
    }

    #[test]
    fn every_column_is_there_once() {
        let arranging = Arranging::of(&columns(&["id", "to"]));
        for column in Column::ALL {
            let of = |row: &&(Column, bool)| row.0 == column;
            assert_eq!(arranging.rows().iter().filter(of).count(), 1);
        }
    }
}
