//! The list the user scrolls: a range becomes windows of at most 30 days, newest first, and a row's number a window and
//! a place in it. Pages come when somebody looks at them, and a bounded number of them is kept.
//!
//! `shelf` holds one window's rows and knows the next request on the way to any of them; `marks` finds rows by time;
//! `merged` is a window of two queries at once. `wants` decides what to ask for and what nobody waits for any more,
//! `count` counts, `take` puts answers where they belong, `goal` is where a jump is going, `need` what a sample lacks.

mod count;
mod goal;
mod marks;
mod merged;
mod need;
mod shelf;
mod take;
#[cfg(test)]
mod tests;
mod wants;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};

use crate::plivo::{self, Filter, Page, Recording, RecordingId, TimeRange, Window};

use super::Now;
use super::effect::Effect;
use super::ids::{Ids, RequestId};
pub use goal::Goal;
use merged::Merged;
pub use need::Need;
use shelf::{Modes, Shelf};
use wants::{Pending, Want};

/// What is listed: the upper end is pinned when the plan is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub range: TimeRange,
    pub filter: Filter,
    /// Either party: two queries, merged.
    pub either: Option<String>,
    /// The range ends now, so that what is added later would belong to it and is worth announcing.
    pub live: bool,
}

/// How many recordings there are, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    pub known: usize,
    /// False while windows are uncounted: shown as `1,204+`.
    pub exact: bool,
}

/// One row of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Row<'a> {
    Ready(&'a Arc<Recording>),
    Loading,
}

/// What is on the screen: rows `top .. top + height`, and the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    pub top: usize,
    pub height: usize,
    pub cursor: usize,
}

/// What an answer changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// A goal was reached: the cursor belongs on this row.
    pub reached: Option<usize>,
    /// The rows moved under the reader (others delete, late ones arrive): find the selection again by id.
    pub shifted: bool,
}

/// One window of the range, in either of its two forms.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    Paged(Shelf),
    Merged(Merged),
}

impl Part {
    fn count(&self) -> Option<usize> {
        match self {
            Self::Paged(shelf) => shelf.count(),
            Self::Merged(merged) => merged.count(),
        }
    }

    fn unlisted(&self) -> usize {
        match self {
            Self::Paged(shelf) => shelf.unlisted(),
            Self::Merged(_) => 0,
        }
    }

    fn reach(&self) -> usize {
        match self {
            Self::Paged(shelf) => shelf.reach(),
            Self::Merged(merged) => merged.rows().len(),
        }
    }

    fn row(&self, place: usize) -> Option<&Arc<Recording>> {
        match self {
            Self::Paged(shelf) => shelf.row(place),
            Self::Merged(merged) => merged.rows().get(place),
        }
    }

    fn window(&self) -> Window {
        match self {
            Self::Paged(shelf) => shelf.window(),
            Self::Merged(merged) => merged.window(),
        }
    }
}

/// A failed request: what the screen says until `r`.
#[derive(Debug, Clone, PartialEq)]
struct Failure(plivo::Error);

/// See the module's words. Rows are numbered from 0, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    plan: Plan,
    parts: Vec<Part>,
    modes: Modes,
    pending: BTreeMap<RequestId, Pending>,
    look: Look,
    goal: Option<Goal>,
    need: Need,
    failure: Option<Failure>,
    waiting_since: Option<Instant>,
    /// The rows of the plan before, shown until this one has rows of its own.
    former: Option<Box<History>>,
    arrivals: u64,
    /// When new arrivals were last counted (or the plan was made).
    arrivals_asked: Option<Instant>,
    tick: u64,
}

impl History {
    pub fn new(plan: Plan) -> Self {
        let part = |window| match plan.either {
            Some(_) => Part::Merged(Merged::new(window)),
            None => Part::Paged(Shelf::new(window)),
        };
        Self {
            parts: plan.range.windows().into_iter().map(part).collect(),
            plan,
            modes: Modes::default(),
            pending: BTreeMap::new(),
            look: Look::default(),
            goal: None,
            need: Need::Nothing,
            failure: None,
            waiting_since: None,
            former: None,
            arrivals: 0,
            arrivals_asked: None,
            tick: 0,
        }
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The rows to show: the former plan's until this one has its own.
    fn shown(&self) -> &Self {
        self.former.as_deref().unwrap_or(self)
    }

    /// How many recordings match, as far as windows have been counted.
    pub fn total(&self) -> Total {
        let shown = self.shown();
        Total {
            known: shown.parts.iter().map(Part::reach).sum(),
            exact: shown.parts.iter().all(|part| part.count().is_some()),
        }
    }

    /// Recordings that the server counts and does not list: its pages contradict each other, and asking again did not help.
    pub fn unlisted(&self) -> usize {
        self.shown().parts.iter().map(Part::unlisted).sum()
    }

    /// Windows counted, and windows in all: the progress of a long count.
    pub fn counted(&self) -> (usize, usize) {
        (
            self.parts
                .iter()
                .filter(|part| part.count().is_some())
                .count(),
            self.parts.len(),
        )
    }

    /// Rows the cursor may stand on; more may appear while windows are counted.
    pub fn len(&self) -> usize {
        let mut rows = 0;
        for part in &self.shown().parts {
            rows += part.reach();
            if part.count().is_none() {
                break;
            }
        }
        rows
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True once it is known that nothing matches.
    pub fn found_nothing(&self) -> bool {
        self.former.is_none() && self.parts.iter().all(|part| part.count() == Some(0))
    }

    /// The row's window and its place there; `None` past what is counted.
    fn locate(&self, index: usize) -> Option<(usize, usize)> {
        let mut place = index;
        for (at, part) in self.parts.iter().enumerate() {
            if place < part.reach() {
                return Some((at, place));
            }
            place -= part.count()?;
        }
        None
    }

    /// The number of a window's first row, once everything newer is counted.
    fn base(&self, part: usize) -> Option<usize> {
        self.parts.iter().take(part).map(Part::count).sum()
    }

    /// `None` past the end.
    pub fn row(&self, index: usize) -> Option<Row<'_>> {
        let shown = self.shown();
        let (at, place) = shown.locate(index)?;
        Some(
            shown
                .parts
                .get(at)?
                .row(place)
                .map_or(Row::Loading, Row::Ready),
        )
    }

    /// Where a recording stands, if its page is loaded.
    pub fn position_of(&self, id: &RecordingId) -> Option<usize> {
        self.loaded()
            .find(|(_, row)| row.id == *id)
            .map(|(index, _)| index)
    }

    /// Rows that are loaded, with their numbers, ascending: what search and sort work on.
    pub fn loaded(&self) -> impl Iterator<Item = (usize, &Arc<Recording>)> {
        let shown = self.shown();
        let bases = shown.parts.iter().scan(Some(0_usize), |base, part| {
            let this = (*base)?;
            *base = part.count().map(|count| this + count);
            Some((this, part))
        });
        bases.flat_map(|(base, part)| {
            let rows: Box<dyn Iterator<Item = (usize, &Arc<Recording>)>> = match part {
                Part::Paged(shelf) => {
                    let reach = shelf.reach();
                    Box::new(shelf.rows().filter(move |(place, _)| *place < reach))
                }
                Part::Merged(merged) => Box::new(merged.rows().iter().enumerate()),
            };
            rows.map(move |(place, row)| (base + place, row))
        })
    }

    /// Recordings added after the plan was pinned, as far as the last count told.
    pub fn arrivals(&self) -> u64 {
        self.arrivals
    }

    /// The failure that keeps rows from coming, until a retry.
    pub fn error(&self) -> Option<&plivo::Error> {
        self.failure.as_ref().map(|failure| &failure.0)
    }

    /// Something that the reader waits for is on its way since then.
    pub fn waiting_since(&self) -> Option<Instant> {
        self.waiting_since
    }

    pub fn goal(&self) -> Option<&Goal> {
        self.goal.as_ref()
    }

    /// True while rows of the former plan are shown.
    pub fn stale(&self) -> bool {
        self.former.is_some()
    }

    /// The pinned end of the range.
    pub fn pinned(&self) -> DateTime<Utc> {
        self.plan.range.to().at
    }

    /// Aim for a place; `Some(row)` when it can be shown at once, else it comes as [`Outcome::reached`].
    pub fn aim(&mut self, goal: Goal, ids: &mut Ids, now: Now) -> (Option<usize>, Vec<Effect>) {
        self.goal = Some(goal);
        let reached = self.arrive();
        let effects = if reached.is_some() {
            Vec::new()
        } else {
            self.want(ids, now)
        };
        (reached, effects)
    }

    /// Ask for what is missing around the reader, and cancel what nobody looks at. Call after every change.
    pub fn look(&mut self, look: Look, ids: &mut Ids, now: Now) -> Vec<Effect> {
        self.look = look;
        self.want(ids, now)
    }

    /// Is this answer one of ours? (Another id belongs to the detail pane, or is stale.)
    pub fn awaits(&self, request: RequestId) -> bool {
        self.pending.contains_key(&request)
    }

    /// Take an answer in. The caller looks again afterwards.
    pub fn answered(
        &mut self,
        request: RequestId,
        result: Result<Page, plivo::Error>,
        ids: &mut Ids,
        now: Now,
    ) -> (Outcome, Vec<Effect>) {
        let Some(pending) = self.pending.remove(&request) else {
            return Default::default();
        };
        let page = match result {
            Ok(page) => page,
            Err(error) => {
                if pending.want != Want::Arrivals {
                    self.failure = Some(Failure(error));
                    self.waiting_since = None;
                }
                return Default::default();
            }
        };
        self.failure = None;
        let before = (self.former.is_some(), self.base(pending.part));
        let moved = self.take(&pending, &page);
        let mut effects = Vec::new();
        if moved {
            effects.extend(self.cancel(|other| other.part == pending.part));
        }
        let reached = self.arrive();
        if self.goal.is_none()
            && self
                .parts
                .iter()
                .any(|part| part.reach() > 0 || part.count().is_some())
        {
            self.former = None;
        }
        self.evict();
        effects.extend(self.want(ids, now));
        let shifted = moved
            || before.0 != self.former.is_some()
            || (before.1.is_some() && before.1 != self.base(pending.part));
        (Outcome { reached, shifted }, effects)
    }

    /// Try again what failed (`r`), keeping the rows.
    pub fn retry(&mut self, ids: &mut Ids, now: Now) -> Vec<Effect> {
        self.failure = None;
        self.want(ids, now)
    }

    /// Ask again for everything that is on its way or failed: it will be answered by another way.
    pub fn ask_again(&mut self, ids: &mut Ids, now: Now) -> Vec<Effect> {
        let mut effects = self.cancel(|_| true);
        effects.extend(self.retry(ids, now));
        effects
    }

    /// Start over with a range pinned anew. What is shown stays until the new rows are here; with the same filters the
    /// recording under the cursor is looked for in the new list ([`Outcome::reached`] tells where it stands).
    pub fn replan(&mut self, plan: Plan, ids: &mut Ids, now: Now) -> Vec<Effect> {
        let effects = self.cancel(|_| true);
        let same = plan.filter == self.plan.filter && plan.either == self.plan.either;
        let goal = same.then(|| self.place()).flatten();
        self.start_over(plan, goal);
        [effects, self.want(ids, now)].concat()
    }

    /// Recordings that were added then are no more: their windows are asked for again, with the range as it was pinned. What is shown
    /// stays until the new rows are here, as in [`History::replan`]. `None` may have been added at any time.
    pub fn without(
        &mut self,
        gone: &[Option<DateTime<Utc>>],
        ids: &mut Ids,
        now: Now,
    ) -> Vec<Effect> {
        let effects = self.cancel(|_| true);
        let untouched = |part: &Part| {
            let range = part.window().range();
            let inside = |at: &Option<DateTime<Utc>>| at.is_none_or(|at| range.contains(at));
            !gone.iter().any(inside)
        };
        // What is shown of a list before this one says nothing about this one's windows.
        let kept = match self.former {
            None => self.parts.clone(),
            Some(_) => Vec::new(),
        };
        let arrivals = (self.arrivals, self.arrivals_asked, self.tick);
        let goal = self.goal.clone().or_else(|| self.stand());
        self.start_over(self.plan.clone(), goal);
        (self.arrivals, self.arrivals_asked, self.tick) = arrivals;
        for (part, old) in self.parts.iter_mut().zip(kept) {
            if untouched(&old) {
                *part = old;
            }
        }
        [effects, self.want(ids, now)].concat()
    }

    /// The recording under the cursor, and when it was added.
    fn selected(&self) -> Option<(RecordingId, DateTime<Utc>)> {
        match self.row(self.look.cursor)? {
            Row::Ready(row) => Some((row.id.clone(), row.added?)),
            Row::Loading => None,
        }
    }

    /// Where the same list is looked at once it is loaded anew: where the reader is on the way to, else where they are. `None`: at its
    /// top, where the newest are.
    fn place(&self) -> Option<Goal> {
        let stand = || self.stand().filter(|_| self.look.cursor > 0);
        self.goal.clone().or_else(stand)
    }

    /// The recording under the cursor; its row, where that has not come yet.
    fn stand(&self) -> Option<Goal> {
        let near = self.look.cursor;
        match self.selected() {
            Some((id, added)) => Some(Goal::Recording { id, added, near }),
            None => (near > 0).then_some(Goal::Row(near)),
        }
    }

    /// Another plan, or the same once more; the rows there are stay until it has its own.
    fn start_over(&mut self, plan: Plan, goal: Option<Goal>) {
        let mut former = std::mem::replace(self, Self::new(plan));
        if let Some(older) = former.former.take() {
            former = *older;
        }
        self.look = former.look;
        self.modes = former.modes;
        self.goal = goal.filter(|goal| match goal {
            Goal::Recording { added, .. } => self.plan.range.contains(*added),
            Goal::End | Goal::Row(_) => true,
        });
        self.former = (!former.is_empty()).then(|| Box::new(former));
    }
}
