//! Going through the list: rows, ends, far places, matches, orders.

use std::sync::Arc;

use super::history::Goal;
use super::search::{Matches, Needle};
use super::sort::{Column, Sorting};
use super::{App, Awaited, Effect, Now, words};

impl App {
    /// By so many rows; with `screen`, what is seen moves along.
    pub(super) fn move_rows(&mut self, by: isize, screen: bool) {
        let (len, height) = (self.rows().len(), self.height());
        self.awaited = None;
        if screen {
            self.table.scroll(by, len, height);
        } else {
            self.table
                .go(self.table.cursor.saturating_add_signed(by), len, height);
        }
    }

    pub(super) fn go_to(&mut self, row: usize) {
        let (len, height) = (self.rows().len(), self.height());
        self.awaited = None;
        self.table.go(row, len, height);
    }

    pub(super) fn go_to_end(&mut self, now: Now) -> Vec<Effect> {
        if self.sorting.is_some() || self.shown_queue().is_some() {
            self.go_to(self.rows().len());
            return Vec::new();
        }
        self.aim(Goal::End, now)
    }

    /// To a row that may be anywhere in the list, counted from 0.
    pub(super) fn go_far(&mut self, row: usize, now: Now) -> Vec<Effect> {
        if self.shown_queue().is_some() {
            self.go_to(row);
            return Vec::new();
        }
        match &self.sorting {
            Some(sorting) => {
                let loaded = sorting.rows.len();
                if row >= loaded {
                    let text = format!(
                        "{} rows are loaded and sorted; o leads back to all",
                        words::count(loaded as u64)
                    );
                    self.notices.info(text, now.mono);
                }
                self.go_to(row);
                Vec::new()
            }
            None => self.aim(Goal::Row(row), now),
        }
    }

    fn aim(&mut self, goal: Goal, now: Now) -> Vec<Effect> {
        let Some(history) = &mut self.history else {
            return Vec::new();
        };
        let (row, effects) = history.aim(goal, &mut self.ids, now);
        match row {
            Some(row) => self.go_to(row),
            None => self.awaited = Some(Awaited::Asked),
        }
        effects
    }

    /// What the search finds among the rows that are loaded.
    pub fn matches(&self, needle: &Needle) -> Matches {
        let loaded = self.rows().loaded();
        let rows = loaded
            .iter()
            .filter(|(_, recording)| needle.is_in(recording, &self.zone, &self.mask))
            .map(|(row, _)| *row)
            .collect();
        Matches {
            rows,
            loaded: loaded.len(),
        }
    }

    pub(super) fn search_for(&mut self, text: &str, now: Now) {
        // As in other pagers, an empty search repeats the last one.
        if let Some(needle) = Needle::new(text) {
            self.needle = Some(needle);
        }
        let row = self.table.cursor;
        self.go_to_match(now, |matches| matches.after(row, true));
    }

    pub(super) fn next_match(&mut self, now: Now) {
        let row = self.table.cursor;
        self.go_to_match(now, |matches| matches.after(row, false));
    }

    pub(super) fn previous_match(&mut self, now: Now) {
        let row = self.table.cursor;
        self.go_to_match(now, |matches| matches.before(row));
    }

    fn go_to_match(&mut self, now: Now, pick: impl Fn(&Matches) -> Option<usize>) {
        let Some(needle) = self.needle.clone() else {
            self.notices
                .info("nothing was searched for yet: / searches", now.mono);
            return;
        };
        let matches = self.matches(&needle);
        let among = format!(
            "the {} loaded",
            words::counted(matches.loaded as u64, "row", "rows")
        );
        match pick(&matches) {
            Some(row) => {
                self.go_to(row);
                let (number, all) = (matches.number(row).unwrap_or(1), matches.rows.len());
                let text = format!("match {number} of {} in {among}", words::count(all as u64));
                self.notices.info(text, now.mono);
            }
            None => self.notices.info(format!("no match in {among}"), now.mono),
        }
    }

    pub(super) fn sort_next(&mut self, now: Now) {
        self.order_by(Sorting::next(self.sorting.as_ref()), now);
    }

    pub(super) fn sort_reverse(&mut self, now: Now) {
        self.order_by(Sorting::turned(self.sorting.as_ref()), now);
    }

    pub(super) fn order_by(&mut self, order: Option<(Column, bool)>, now: Now) {
        if self.history.is_none() {
            return;
        }
        if self.shown_queue().is_some() {
            let words = "a queue keeps its order: :queue goes to the whole list";
            self.notices.info(words, now.mono);
            return;
        }
        self.order_wanted = None;
        match order {
            Some((column, reversed)) => self.sort_by(column, reversed),
            None => self.sorting = None,
        }
        self.looked = None;
        self.awaited = None;
        let words = match &self.sorting {
            Some(sorting) => {
                let rows = words::counted(sorting.rows.len() as u64, "row", "rows");
                format!("sorted by {}: only the {rows} loaded", sorting.words())
            }
            None => "newest first, all rows".into(),
        };
        self.notices.info(words, now.mono);
        let rows = self.rows();
        let selected = self
            .table
            .selected
            .as_ref()
            .and_then(|id| rows.position_of(id));
        let (len, height) = (rows.len(), self.height());
        match selected {
            Some(row) => self.table.follow(row, len, height),
            None => self.table.go(0, len, height),
        }
    }

    /// Orders what is loaded now.
    pub(super) fn sort_by(&mut self, column: Column, reversed: bool) {
        let Some(history) = &self.history else {
            return;
        };
        let loaded = history.loaded().map(|(_, recording)| Arc::clone(recording));
        self.sorting = Some(Sorting::new(column, reversed, loaded));
    }
}
