//! Marked rows: the recordings that are downloaded, deleted or exported together.
//!
//! Marks are by recording, so that they outlive scrolling, a refresh and another order. A mark on everything the filter lists is kept
//! as that, however many there are, with the few that were taken out of it by hand. It goes with its filter: another list is another
//! "everything". Marks on single rows stay, and the screen says how many of them were made under another filter.

mod keys;
mod range;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::history::{Plan, Total};
use super::words;
use crate::plivo::{Recording, RecordingId};
use range::Reach;

/// Which recordings are marked.
#[derive(Debug, Clone, PartialEq)]
enum Picked {
    Rows(BTreeMap<RecordingId, Row>),
    /// All that a plan lists, with its end pinned when they were marked: what is added later is not among them.
    All {
        plan: Plan,
        but: HashSet<RecordingId>,
        /// As far as it is counted.
        total: Total,
    },
}

/// One row that was marked by itself.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    recording: Arc<Recording>,
    /// The list it was marked in.
    list: u64,
}

/// What a job works on.
#[derive(Debug, Clone, PartialEq)]
pub enum Chosen {
    /// Newest first.
    Rows(Vec<Arc<Recording>>),
    /// All that a plan lists but these.
    All {
        plan: Box<Plan>,
        but: HashSet<RecordingId>,
        /// How many that were when they were counted; `None` where they are not, or not all.
        counted: Option<u64>,
    },
}

/// See the module's words.
#[derive(Debug, Clone, PartialEq)]
pub struct Picks {
    picked: Picked,
    /// Which list is shown: counted up with each other one.
    list: u64,
    /// The row that was marked or unmarked last, and which of the two.
    anchor: Option<(RecordingId, bool)>,
    /// A range whose rows are still coming.
    reach: Option<Reach>,
    /// They were marked, and nothing was done with them since.
    unused: bool,
}

impl Default for Picks {
    fn default() -> Self {
        Self {
            picked: Picked::Rows(BTreeMap::new()),
            list: 0,
            anchor: None,
            reach: None,
            unused: false,
        }
    }
}

impl Picks {
    /// Is a recording of the list marked?
    pub fn holds(&self, recording: &Recording) -> bool {
        match &self.picked {
            Picked::Rows(rows) => rows.contains_key(&recording.id),
            // What tells no time was listed all the same.
            Picked::All { plan, but, .. } => {
                let listed = recording.added.is_none_or(|at| plan.range.contains(at));
                listed && !but.contains(&recording.id)
            }
        }
    }

    /// How many are marked, as far as they are counted.
    pub fn total(&self) -> Total {
        match &self.picked {
            Picked::Rows(rows) => Total {
                known: rows.len(),
                exact: true,
            },
            Picked::All { but, total, .. } => Total {
                known: total.known.saturating_sub(but.len()),
                exact: total.exact,
            },
        }
    }

    pub fn is_empty(&self) -> bool {
        let total = self.total();
        total.known == 0 && total.exact
    }

    /// All that the filter lists are marked, but for some.
    pub fn is_all(&self) -> bool {
        matches!(self.picked, Picked::All { .. })
    }

    /// They were marked, and nothing was done with them since.
    pub fn is_unused(&self) -> bool {
        self.unused && !self.is_empty()
    }

    /// A job works on them from now on. True where nothing had been done with them before.
    pub(super) fn used(&mut self) -> bool {
        std::mem::take(&mut self.unused)
    }

    /// The job did nothing with them after all.
    pub(super) fn not_used(&mut self) {
        self.unused = true;
    }

    /// Those that were marked under another filter.
    pub fn elsewhere(&self) -> usize {
        match &self.picked {
            Picked::Rows(rows) => rows.values().filter(|row| row.list != self.list).count(),
            Picked::All { .. } => 0,
        }
    }

    /// `3 marked`, `all 1,204 marked`, `3 marked, 2 of them under another filter`; nothing where none is.
    pub fn words(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let all = matches!(&self.picked, Picked::All { but, .. } if but.is_empty());
        let mut words = format!("{}{} marked", if all { "all " } else { "" }, self.count());
        let elsewhere = self.elsewhere();
        if elsewhere > 0 {
            let count = words::count(elsewhere as u64);
            words.push_str(&format!(", {count} of them under another filter"));
        }
        words
    }

    /// `1,204`, `1,204+` while it is still counted.
    pub fn count(&self) -> String {
        let Total { known, exact } = self.total();
        format!(
            "{}{}",
            words::count(known as u64),
            if exact { "" } else { "+" }
        )
    }

    /// What a job is given; `None` where nothing is marked.
    pub fn chosen(&self) -> Option<Chosen> {
        if self.is_empty() {
            return None;
        }
        Some(match &self.picked {
            Picked::Rows(rows) => {
                let rows = rows.values().map(|row| Arc::clone(&row.recording));
                Chosen::rows(rows)
            }
            Picked::All { plan, but, .. } => Chosen::All {
                plan: Box::new(plan.clone()),
                but: but.clone(),
                counted: counted(self.total()),
            },
        })
    }

    fn set(&mut self, recording: &Arc<Recording>, on: bool) {
        let id = recording.id.clone();
        match (&mut self.picked, on) {
            (Picked::Rows(rows), true) => {
                let list = self.list;
                let recording = Arc::clone(recording);
                rows.insert(id, Row { recording, list });
            }
            (Picked::Rows(rows), false) => drop(rows.remove(&id)),
            (Picked::All { but, .. }, true) => drop(but.remove(&id)),
            (Picked::All { but, .. }, false) => drop(but.insert(id)),
        }
        self.unused = true;
        self.drop_empty();
    }

    /// Everything was taken out by hand: nothing is marked, and the next mark is one row.
    fn drop_empty(&mut self) {
        if self.is_empty() {
            self.picked = Picked::Rows(BTreeMap::new());
        }
    }

    fn set_all(&mut self, plan: Plan, total: Total) {
        *self = Self {
            picked: Picked::All {
                plan,
                but: HashSet::new(),
                total,
            },
            list: self.list,
            anchor: None,
            reach: None,
            unused: true,
        };
    }

    pub(super) fn clear(&mut self) {
        *self = Self {
            list: self.list,
            ..Self::default()
        };
    }

    /// Another list is shown from now on. True when that took the mark from everything.
    pub(super) fn another_list(&mut self) -> bool {
        self.list += 1;
        self.anchor = None;
        self.reach = None;
        let all = self.is_all();
        if all {
            self.clear();
        }
        all
    }

    /// A list has been counted, as far as it is.
    pub(super) fn counted(&mut self, listed: &Plan, counted: Total) {
        if let Picked::All { plan, total, .. } = &mut self.picked
            && plan == listed
        {
            *total = counted;
        }
        self.drop_empty();
    }

    /// These recordings are no more.
    pub(super) fn forget<'a>(&mut self, gone: impl Iterator<Item = &'a RecordingId>) {
        for id in gone {
            match &mut self.picked {
                Picked::Rows(rows) => drop(rows.remove(id)),
                Picked::All { but, .. } => drop(but.remove(id)),
            }
            if self.anchor.as_ref().is_some_and(|(anchor, _)| anchor == id) {
                self.anchor = None;
            }
        }
    }
}

/// A total that is one.
pub(super) fn counted(total: Total) -> Option<u64> {
    total.exact.then_some(total.known as u64)
}

impl Chosen {
    /// These, in the list's order.
    pub fn rows(rows: impl IntoIterator<Item = Arc<Recording>>) -> Self {
        let mut rows: Vec<_> = rows.into_iter().collect();
        rows.sort_by(|a, b| b.added.cmp(&a.added).then_with(|| a.id.cmp(&b.id)));
        Self::Rows(rows)
    }

    /// How many there are; `None` where they are still to be counted.
    pub fn len(&self) -> Option<usize> {
        match self {
            Self::Rows(rows) => Some(rows.len()),
            Self::All { .. } => None,
        }
    }

    /// Is it known that there are none?
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Of what a walk over the list gives, does this one belong to it?
    pub fn takes(&self, recording: &Recording) -> bool {
        match self {
            Self::Rows(_) => true,
            Self::All { but, .. } => !but.contains(&recording.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plivo::{Bound, Filter, TimeRange};

    fn recording(id: &str, day: u32) -> Arc<Recording> {
        let row = json!({"recording_id": id, "add_time": format!("2026-11-{day:02} 10:00:00")});
        Arc::new(Recording::from_row(row))
    }

    fn plan(from: &str, to: &str) -> Plan {
        let at = |text: &str| format!("{text}T00:00:00Z").parse().unwrap();
        Plan {
            range: TimeRange::new(Bound::including(at(from)), Bound::including(at(to))).unwrap(),
            filter: Filter::default(),
            either: None,
            live: true,
        }
    }

    fn total(known: usize, exact: bool) -> Total {
        Total { known, exact }
    }

    #[test]
    fn single_marks_are_held_by_id_and_given_newest_first() {
        let mut picks = Picks::default();
        for (id, day) in [("b", 3), ("a", 9), ("c", 3)] {
            picks.set(&recording(id, day), true);
        }
        picks.set(&recording("c", 3), false);
        assert!(picks.holds(&recording("a", 1)), "the same id");
        assert_eq!(picks.words(), "2 marked");
        let Some(Chosen::Rows(rows)) = picks.chosen() else {
            panic!("rows");
        };
        let ids: Vec<_> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids, ["a", "b"]);
    }

    #[test]
    fn everything_is_a_plan_and_what_was_taken_out() {
        let mut picks = Picks::default();
        let listed = plan("2026-11-01", "2026-11-20");
        picks.set_all(listed.clone(), total(100_000, false));
        assert_eq!(picks.words(), "all 100,000+ marked");
        picks.set(&recording("a", 9), false);
        picks.counted(&plan("2026-11-01", "2026-11-19"), total(3, true));
        picks.counted(&listed, total(100_001, true));
        assert_eq!(picks.words(), "100,000 marked");
        assert!(!picks.holds(&recording("a", 9)) && picks.holds(&recording("b", 9)));
        assert!(!picks.holds(&recording("new", 21)), "it was added later");
        let chosen = picks.chosen().unwrap();
        assert!(!chosen.takes(&recording("a", 9)) && chosen.takes(&recording("b", 9)));
        picks.set(&recording("a", 9), true);
        assert_eq!(picks.words(), "all 100,001 marked");
    }

    #[test]
    fn what_is_taken_out_whole_is_nothing() {
        let mut picks = Picks::default();
        picks.set_all(plan("2026-11-01", "2026-11-20"), total(1, true));
        picks.set(&recording("a", 9), false);
        assert!(picks.is_empty() && !picks.is_all() && !picks.is_unused());
        assert_eq!((picks.words(), picks.chosen()), (String::new(), None));
    }

    #[test]
    fn another_list_keeps_single_marks_and_says_so_and_takes_everything_away() {
        let mut picks = Picks::default();
        picks.set(&recording("a", 9), true);
        assert!(!picks.another_list());
        picks.set(&recording("b", 9), true);
        assert_eq!(picks.words(), "2 marked, 1 of them under another filter");
        picks.set_all(plan("2026-11-01", "2026-11-20"), total(5, true));
        assert!(picks.another_list());
        assert!(picks.is_empty());
    }

    #[test]
    fn what_is_no_more_is_not_marked_any_more() {
        let mut picks = Picks::default();
        picks.set(&recording("a", 9), true);
        picks.forget([RecordingId::new("a"), RecordingId::new("x")].iter());
        assert!(picks.is_empty());
    }
}
