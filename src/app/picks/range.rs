//! A range of rows: from the one that was marked or unmarked last to the cursor. Rows of it that are not loaded are asked for first.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::app::history::{Need, Row};
use crate::app::words::count;
use crate::app::{App, Effect, Now};
use crate::plivo::RecordingId;

/// Rows of a range at most: those that can be held at once, and some room.
const MOST: usize = 4_000;
/// Rows a page has.
const PAGE: usize = 20;
/// Pages that are asked for at once.
const AT_ONCE: usize = 8;

/// A range whose rows are still coming.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reach {
    from: RecordingId,
    to: RecordingId,
    /// Marked, or unmarked.
    on: bool,
}

impl App {
    /// From the row that was marked or unmarked last to the cursor, all become what that one is.
    pub(in crate::app) fn pick_range(&mut self, now: Now) -> Vec<Effect> {
        if !self.may_pick_here(now) {
            return Vec::new();
        }
        let anchor = self.picks.anchor.clone();
        let there = anchor.filter(|(id, _)| self.rows().position_of(id).is_some());
        let Some((from, on)) = there else {
            let words = match self.picks.anchor {
                Some(_) => "the row marked last is not among the rows loaded: {mark-row} marks one",
                None => "{mark-row} marks the first row, then {mark-range} all up to the cursor",
            };
            self.notices.info(self.keymap.spell(words), now.mono);
            return Vec::new();
        };
        let Some(to) = self.rows().ready(self.table.cursor) else {
            self.notices.info("this row has not come yet", now.mono);
            return Vec::new();
        };
        let to = to.id.clone();
        self.picks.reach = Some(Reach { from, to, on });
        self.reach_on(now)
    }

    /// Goes on with a range whose rows are coming.
    pub(in crate::app) fn reach_on(&mut self, now: Now) -> Vec<Effect> {
        let Some(reach) = self.picks.reach.clone() else {
            return Vec::new();
        };
        let rows = self.rows();
        let ends = rows
            .position_of(&reach.from)
            .zip(rows.position_of(&reach.to));
        let Some((from, to)) = ends else {
            self.picks.reach = None;
            let words = "the rows moved meanwhile, and none was marked: mark the range again";
            self.notices.info(words, now.mono);
            return Vec::new();
        };
        let range = from.min(to)..=from.max(to);
        let missing = self.missing(range.clone());
        if missing.is_empty() {
            self.picks.reach = None;
            self.pick_these(range, &reach, now);
            return Vec::new();
        }
        let comes = self.draw.is_none() && self.sorting.is_none() && self.shown_queue().is_none();
        if !comes || range.clone().count() > MOST {
            self.picks.reach = None;
            // Half a range would be taken for the whole of it.
            let words = format!(
                "{} of these {} rows are not loaded, so that none was marked: {{mark-all}} marks all there are",
                count(missing.len() as u64),
                count(range.count() as u64)
            );
            self.notices.info(self.keymap.spell(&words), now.mono);
            return Vec::new();
        }
        // One row of each page brings the others.
        let mut wanted: Vec<usize> = Vec::new();
        for row in missing {
            if wanted.last().is_none_or(|last| row >= last + PAGE) {
                wanted.push(row);
            }
        }
        wanted.truncate(AT_ONCE);
        let Some(history) = &mut self.history else {
            return Vec::new();
        };
        history.need(Need::Rows(wanted), &mut self.ids, now)
    }

    /// The range that is coming is given up. False where there is none.
    pub(in crate::app) fn give_up_range(&mut self) -> bool {
        self.picks.reach.take().is_some()
    }

    /// How many rows of a range have come, in words.
    pub(in crate::app) fn reach_words(&self) -> Option<String> {
        let reach = self.picks.reach.as_ref()?;
        let rows = self.rows();
        let (from, to) = rows
            .position_of(&reach.from)
            .zip(rows.position_of(&reach.to))?;
        let range = from.min(to)..=from.max(to);
        let all = range.clone().count();
        let here = all - self.missing(range).len();
        let doing = if reach.on { "marking" } else { "unmarking" };
        Some(format!(
            "{doing} {} rows: {} have come …",
            count(all as u64),
            count(here as u64)
        ))
    }

    fn missing(&self, range: RangeInclusive<usize>) -> Vec<usize> {
        let rows = self.rows();
        let loading = |row: &usize| matches!(rows.get(*row), Some(Row::Loading));
        range.filter(loading).collect()
    }

    fn pick_these(&mut self, range: RangeInclusive<usize>, reach: &Reach, now: Now) {
        let rows = self.rows();
        let found: Vec<_> = range
            .filter_map(|row| rows.ready(row))
            .filter(|recording| !recording.id.is_stand_in())
            .map(Arc::clone)
            .collect();
        for recording in &found {
            self.picks.set(recording, reach.on);
        }
        self.picks.anchor = Some((reach.to.clone(), reach.on));
        let words = match reach.on {
            true => format!("{} rows marked", count(found.len() as u64)),
            false => format!("{} rows unmarked", count(found.len() as u64)),
        };
        self.notices.info(words, now.mono);
    }

    /// Rows that no range waits for are not asked for any more.
    pub(in crate::app) fn need_no_range(&mut self, now: Now) -> Vec<Effect> {
        match (&self.draw, &self.picks.reach, &mut self.history) {
            (None, None, Some(history)) => history.need(Need::Nothing, &mut self.ids, now),
            _ => Vec::new(),
        }
    }
}
