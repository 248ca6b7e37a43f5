//! The list the user scrolls: windows, pages, totals, jumps.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::plivo::{self, Filter, Page, Recording, RecordingId, TimeRange};

use super::Now;
use super::effect::Effect;
use super::ids::{Ids, RequestId};

/// What is listed: the upper end is pinned when the plan is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub range: TimeRange,
    pub filter: Filter,
    pub either: Option<String>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub top: usize,
    pub height: usize,
    pub cursor: usize,
}

/// A place the user asked for that needs counts or pages first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// The oldest row.
    End,
    Row(usize),
}

/// What an answer changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// A goal was reached: the cursor belongs on this row.
    pub reached: Option<usize>,
    /// The rows moved under the reader (others delete, late ones arrive): find the selection again by id.
    pub shifted: bool,
}

/// See the module's words. Rows are numbered from 0, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    plan: Plan,
}

impl History {
    pub fn new(plan: Plan) -> Self {
        Self { plan }
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    pub fn total(&self) -> Total {
        Total {
            known: 0,
            exact: false,
        }
    }

    /// Rows the cursor may stand on; more may appear while windows are counted.
    pub fn len(&self) -> usize {
        0
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True once it is known that nothing matches.
    pub fn found_nothing(&self) -> bool {
        false
    }

    /// `None` past the end.
    pub fn row(&self, _index: usize) -> Option<Row<'_>> {
        None
    }

    /// Where a recording stands, if its page is loaded.
    pub fn position_of(&self, _id: &RecordingId) -> Option<usize> {
        None
    }

    /// Rows that are loaded, with their numbers, ascending: what search and sort work on.
    pub fn loaded(&self) -> impl Iterator<Item = (usize, &Arc<Recording>)> {
        std::iter::empty()
    }

    /// Recordings added after the plan was pinned, as far as the last count told.
    pub fn arrivals(&self) -> u64 {
        0
    }

    /// The failure that keeps visible rows from coming, until a retry.
    pub fn error(&self) -> Option<&plivo::Error> {
        None
    }

    /// Something that the reader waits for is on its way since then.
    pub fn waiting_since(&self) -> Option<std::time::Instant> {
        None
    }

    pub fn goal(&self) -> Option<Goal> {
        None
    }

    /// Aim for a place; `Some(row)` when it can be shown at once, else it comes as `Outcome::reached`.
    pub fn aim(&mut self, _goal: Goal, _ids: &mut Ids, _now: Now) -> (Option<usize>, Vec<Effect>) {
        (None, Vec::new())
    }

    /// Ask for what is missing around the reader, and cancel what nobody looks at. Call after every change.
    pub fn look(&mut self, _look: Look, _ids: &mut Ids, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    /// Is this answer one of ours? (Another id belongs to the detail pane, or is stale.)
    pub fn awaits(&self, _request: RequestId) -> bool {
        false
    }

    pub fn answered(
        &mut self,
        _request: RequestId,
        _result: Result<Page, plivo::Error>,
        _ids: &mut Ids,
        _now: Now,
    ) -> (Outcome, Vec<Effect>) {
        (Outcome::default(), Vec::new())
    }

    /// Try again what failed (`r`), keeping the rows.
    pub fn retry(&mut self, _ids: &mut Ids, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    /// Start over with a range pinned anew; what is shown stays (dimmed) until the new first page is here. Also cancels.
    pub fn replan(&mut self, plan: Plan, _ids: &mut Ids, _now: Now) -> Vec<Effect> {
        self.plan = plan;
        Vec::new()
    }

    /// True while rows of the former plan are shown.
    pub fn stale(&self) -> bool {
        false
    }

    /// The pinned end of the range.
    pub fn pinned(&self) -> DateTime<Utc> {
        self.plan.range.to().at
    }
}
