//! The rows of one window, as far as they are loaded, and the ways to those that are not.

mod odds;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::plivo::{Page, Recording, RecordingId, Start, Window};

use super::marks::Marks;

/// Rows a full page has.
pub(super) const PAGE: usize = 20;
/// Above this many, every second way is forgotten: walking from the one before it costs one more request.
const MOST_WAYS: usize = 8192;
/// After so many disagreements the window is taken as the server tells it, so that a lying one cannot keep us asking.
const MOST_RESETS: u8 = 3;
/// Walking is cheaper than guessing for rows this near to a known way.
const WALK: usize = 2 * PAGE;
/// Guesses for one row before it is walked to.
const MOST_GUESSES: u32 = 24;

/// Whether a client's offset counts (api.md: three paging modes, and nothing announces which).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Offsets {
    #[default]
    Untried,
    Honoured,
    Ignored,
}

/// Whether the API tells totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Totals {
    #[default]
    Untried,
    Given,
    Absent,
}

/// What was learned of the account's API, for all windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Modes {
    pub offsets: Offsets,
    pub totals: Totals,
}

/// How a page is asked for. A cursor belongs to the window it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    pub window: Window,
    pub start: Start,
}

/// The next request on the way to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The page whose first row stands at `place`.
    Page { way: Way, place: usize },
    /// A page whose place its total will tell: everything until `at`.
    Guess { way: Way, at: DateTime<Utc> },
}

#[derive(Debug, Clone, PartialEq)]
struct Held {
    rows: Vec<Arc<Recording>>,
    used: u64,
}

/// Did a page fit what was known?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Good,
    /// Rows moved: what this window held was dropped.
    Moved,
}

/// One window's rows. Places count from 0, newest first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shelf {
    window: Window,
    count: Option<usize>,
    /// Rows that have come without a gap from the newest on, held or evicted since.
    walked: usize,
    held: BTreeMap<usize, Held>,
    ways: BTreeMap<usize, Way>,
    marks: Marks,
    /// The newest recording: a page at an offset that begins with it shows that the offset was ignored.
    first: Option<RecordingId>,
    /// Without totals: the smallest place known to lie past the end.
    past_end: Option<usize>,
    guesses: (usize, u32),
    resets: u8,
    /// The total that the server told last.
    told: Option<usize>,
    /// Its pages go on contradicting each other: they are put in the order in which they lead to each other.
    at_odds: bool,
    /// Its last page came with a total that is greater than its end.
    ends_early: bool,
    /// For each place, how many pages came for it, at odds with others, that held nothing new.
    barren: BTreeMap<usize, u8>,
}

impl Shelf {
    pub fn new(window: Window) -> Self {
        let way = Way {
            window,
            start: Start::FIRST,
        };
        Self {
            window,
            count: None,
            walked: 0,
            held: BTreeMap::new(),
            ways: BTreeMap::from([(0, way)]),
            marks: Marks::default(),
            first: None,
            past_end: None,
            guesses: (0, 0),
            resets: 0,
            told: None,
            at_odds: false,
            ends_early: false,
            barren: BTreeMap::new(),
        }
    }

    pub fn window(&self) -> Window {
        self.window
    }

    /// How many rows the window has, once known.
    pub fn count(&self) -> Option<usize> {
        self.count
    }

    /// Rows that the server counts and that are in none of its pages, where it goes on contradicting itself.
    pub fn unlisted(&self) -> usize {
        match (self.told, self.count) {
            (Some(told), Some(count)) if self.at_odds || self.ends_early => {
                told.saturating_sub(count)
            }
            _ => 0,
        }
    }

    /// Rows known without a gap from the newest on; all of them once counted.
    pub fn reach(&self) -> usize {
        self.count.unwrap_or(self.walked)
    }

    pub fn row(&self, place: usize) -> Option<&Arc<Recording>> {
        let (&start, held) = self.held.range(..=place).next_back()?;
        held.rows.get(place - start)
    }

    pub fn rows(&self) -> impl Iterator<Item = (usize, &Arc<Recording>)> {
        self.held.iter().flat_map(|(&start, held)| {
            held.rows
                .iter()
                .enumerate()
                .map(move |(i, row)| (start + i, row))
        })
    }

    /// Pages held, for the cache's bound.
    pub fn pages(&self) -> usize {
        self.held.len()
    }

    /// Someone looks at these rows: they are evicted last.
    pub fn touch(&mut self, places: std::ops::Range<usize>, tick: u64) {
        let from = self
            .held
            .range(..=places.start)
            .next_back()
            .map_or(places.start, |(&start, _)| start);
        if from < places.end {
            for (_, held) in self.held.range_mut(from..places.end) {
                held.used = tick;
            }
        }
    }

    /// The page looked at longest ago: when, and where.
    pub fn oldest_use(&self) -> Option<(u64, usize)> {
        self.held
            .iter()
            .map(|(&place, held)| (held.used, place))
            .min()
    }

    pub fn evict(&mut self, place: usize) {
        self.held.remove(&place);
    }

    /// The request that leads to a row that is not loaded. A way always exists: the window's own first page.
    pub fn step(&self, place: usize, modes: Modes) -> Step {
        let (known, way) = match self.ways.range(..=place).next_back() {
            Some((&known, way)) => (known, way.clone()),
            None => (
                0,
                Way {
                    window: self.window,
                    start: Start::FIRST,
                },
            ),
        };
        if place - known < PAGE {
            return Step::Page { way, place: known };
        }
        let walks = self.at_odds && place - known <= WALK;
        if modes.offsets != Offsets::Ignored && !walks {
            let aligned = place / PAGE * PAGE;
            let start = Start::Offset(aligned as u64);
            return Step::Page {
                way: Way {
                    window: self.window,
                    start,
                },
                place: aligned,
            };
        }
        let (row, tries) = self.guesses;
        let tries = if row == place { tries } else { 0 };
        if self.count.is_some()
            && modes.totals == Totals::Given
            && place - known > WALK
            && tries < MOST_GUESSES
        {
            let guess = self.marks.guess(place, known, tries);
            if let Some((at, window)) =
                guess.and_then(|at| Some((at, self.window.until(at, true)?)))
            {
                return Step::Guess {
                    way: Way {
                        window,
                        start: Start::FIRST,
                    },
                    at,
                };
            }
        }
        Step::Page { way, place: known }
    }

    /// Without totals: the place whose page tells most about where the window ends.
    pub fn sounding(&self, modes: Modes) -> usize {
        let known = self
            .held
            .iter()
            .next_back()
            .map_or(0, |(&start, held)| start + held.rows.len());
        if modes.offsets == Offsets::Ignored {
            return self.reach();
        }
        match self.past_end {
            None => (known * 2).max(known),
            Some(past) if past > known + PAGE => (known + (past - known) / 2) / PAGE * PAGE,
            Some(_) => known,
        }
        .max(known)
    }

    /// The window's total, from a request for the whole window.
    pub fn counted(&mut self, total: usize) -> Fit {
        self.told = Some(total);
        let fit = match self.count {
            Some(count) if count != total && self.resets < MOST_RESETS => {
                self.forget();
                Fit::Moved
            }
            Some(_) => return Fit::Good,
            None => Fit::Good,
        };
        self.set_count(total);
        fit
    }

    fn set_count(&mut self, count: usize) {
        self.count = Some(count);
        self.marks.note(0, self.window.range().to().at);
        self.marks.note(count, self.window.range().from().at);
    }

    pub fn note_first(&mut self, page: &Page) {
        if let Some(first) = page.recordings.first() {
            self.first = Some(first.id.clone());
        }
    }

    /// Was the offset that was asked for the one that was used? Looks at what the server says and at what it sent; an
    /// empty page can only lie past the end.
    pub fn honoured(&self, offset: u64, page: &Page) -> bool {
        if page.recordings.is_empty() {
            return true;
        }
        let said = page.meta.offset.is_none_or(|said| said == offset);
        let begins_anew = page
            .recordings
            .first()
            .is_some_and(|row| Some(&row.id) == self.first.as_ref());
        said && !begins_anew
    }

    /// Put a page where it belongs. `way` is how it was asked for.
    pub fn insert(&mut self, place: usize, way: &Way, page: &Page, tick: u64) -> Fit {
        let mut rows = page.recordings.clone();
        let mut fit = Fit::Good;
        if !self.agrees(place, &rows) {
            if self.resets < MOST_RESETS {
                let count = self.count;
                self.forget();
                if let Some(count) = count {
                    self.set_count(count);
                }
                fit = Fit::Moved;
            } else {
                self.at_odds = true;
            }
        }
        if self.at_odds {
            self.reconcile(place, &mut rows);
        }
        self.guesses = (0, 0);
        self.ways.insert(place, way.clone());
        if place == 0 && way.window == self.window {
            self.note_first(page);
        }
        let end = place + rows.len();
        let is_barren = rows.is_empty() && !page.recordings.is_empty();
        let leads_on = self.leads_on(place, is_barren);
        match &page.meta.next {
            Some(next) if !rows.is_empty() || leads_on => {
                let next = Way {
                    window: way.window,
                    start: next.clone(),
                };
                self.ways.insert(end, next);
                if !rows.is_empty() {
                    self.goes_on_after(end);
                }
            }
            _ if rows.is_empty()
                && self.count.is_some_and(|count| count > place)
                && self.resets < MOST_RESETS =>
            {
                self.forget();
                return Fit::Moved;
            }
            _ if rows.is_empty() && place > 0 && self.row(place - 1).is_none() => {
                self.ends_before(place);
            }
            _ => {
                let whole = way.window == self.window;
                self.ends_early = whole && page.meta.total.is_some_and(|total| total > end as u64);
                self.ends_at(end);
            }
        }
        self.note_rows(place, &rows);
        self.hold(place, rows, tick);
        self.thin();
        fit
    }

    /// A page that was asked for by an offset that did not count: where it is the window's first one, keep it as that.
    pub fn insert_first(&mut self, page: &Page, tick: u64) -> Fit {
        let is_first = page
            .recordings
            .first()
            .is_some_and(|row| self.first.as_ref().is_none_or(|first| *first == row.id));
        let way = Way {
            window: self.window,
            start: Start::FIRST,
        };
        if is_first {
            self.insert(0, &way, page, tick)
        } else {
            Fit::Good
        }
    }

    /// A guess was answered: `total` rows are not newer than `at`. Where the page's first row stands.
    pub fn guessed(&mut self, wanted: usize, at: DateTime<Utc>, total: usize) -> usize {
        let place = self.count.unwrap_or_default().saturating_sub(total);
        self.marks.note(place, at);
        let tries = if self.guesses.0 == wanted {
            self.guesses.1
        } else {
            0
        };
        self.guesses = (wanted, tries + 1);
        place
    }

    /// As [`Shelf::insert`], keeping the count of guesses made for `wanted`.
    pub fn insert_guess(&mut self, place: usize, way: &Way, page: &Page, tick: u64) -> Fit {
        let guesses = self.guesses;
        if let Some(first) = page.recordings.first().and_then(|row| row.added) {
            self.marks.note(place, first);
        }
        let fit = self.insert(place, way, page, tick);
        self.guesses = guesses;
        fit
    }

    /// Drop what is loaded; ask again.
    fn forget(&mut self) {
        let resets = self.resets.saturating_add(1);
        *self = Self {
            resets,
            told: self.told,
            ..Self::new(self.window)
        };
    }

    /// Nothing stands at `place`, and it is not known what stands before it.
    fn ends_before(&mut self, place: usize) {
        if self.count.is_some_and(|count| count > place) {
            // Taken at its word as far as that fits what came from it: one step, and not page by page.
            let told = self.told.unwrap_or(place);
            self.ends_at(told.max(self.walked).min(place));
        } else {
            self.past_end = Some(self.past_end.map_or(place, |past| past.min(place)));
        }
    }

    fn ends_at(&mut self, end: usize) {
        if self.count != Some(end) {
            // The last page knows better than a total that was told before it.
            self.count = Some(end);
            self.held.retain(|&place, _| place < end);
            self.ways.retain(|&place, _| place <= end);
        }
    }

    /// One mark a page. Of rows that share an instant only the first tells how many are newer.
    fn note_rows(&mut self, place: usize, rows: &[Arc<Recording>]) {
        let first_of_its_instant =
            rows.windows(2)
                .enumerate()
                .rev()
                .find_map(|(i, pair)| match pair {
                    [newer, older] if newer.added > older.added => {
                        Some((place + i + 1, older.added?))
                    }
                    _ => None,
                });
        if let Some((newer, at)) = first_of_its_instant {
            self.marks.note(newer, at);
            let first = rows.first().and_then(|row| row.added);
            let pace = first.map(|first| (first - at, newer - place));
            self.marks.note_pace([place, newer], pace);
        }
    }

    /// Keep the rows that no other page holds already.
    fn hold(&mut self, place: usize, rows: Vec<Arc<Recording>>, tick: u64) {
        let mut run: Vec<Arc<Recording>> = Vec::new();
        let mut start = place;
        for (i, row) in rows.into_iter().enumerate() {
            if self.row(place + i).is_some() {
                if !run.is_empty() {
                    self.held.insert(
                        start,
                        Held {
                            rows: std::mem::take(&mut run),
                            used: tick,
                        },
                    );
                }
                start = place + i + 1;
            } else {
                run.push(row);
            }
        }
        if !run.is_empty() {
            self.held.insert(
                start,
                Held {
                    rows: run,
                    used: tick,
                },
            );
        }
        while let Some((&start, held)) = self.held.range(..=self.walked).next_back()
            && start + held.rows.len() > self.walked
        {
            self.walked = start + held.rows.len();
        }
    }

    fn thin(&mut self) {
        if self.ways.len() > MOST_WAYS {
            let mut keep = false;
            self.ways.retain(|&place, _| {
                keep = !keep;
                keep || place == 0
            });
        }
    }
}
