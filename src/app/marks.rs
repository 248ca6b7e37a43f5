//! What reviewing remembers: recordings that are done with, moments and their notes, where each was left, and what was chosen.
//!
//! | file | is |
//! |---|---|
//! | `keep` | whether it goes to a file, and the one question about it |
//! | `review` | done with it, and on to the next |
//! | `moments` | moments kept, noted, listed, taken away |
//! | `resume` | where a recording was left, and going on there |
//!
//! All of it is here in memory, whether there is a file or not: nothing on the screen ever waits for the disk, and nothing that
//! goes wrong there stops playing.

mod keep;
mod moments;
mod resume;
mod review;

pub use keep::Keeping;
pub use moments::{List, NoteLine};

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Effect;
use super::detail::Marked;
use crate::plivo::RecordingId;
use crate::store::{Change, Choice, Kept, Moment, Position, Queue, Reviewed};

/// See the module's words.
#[derive(Debug, Clone, PartialEq)]
pub struct Marks {
    keeping: Keeping,
    reviewed: HashMap<RecordingId, DateTime<Utc>>,
    /// By position.
    moments: HashMap<RecordingId, Vec<Moment>>,
    positions: HashMap<RecordingId, Position>,
    choices: BTreeMap<String, String>,
    /// Latest first.
    queues: Vec<Queue>,
    /// Changes since the start that are in no file yet, or are not in what will be read from it.
    waiting: Vec<Change>,
}

impl Marks {
    pub(super) fn new(keeping: Keeping) -> Self {
        Self {
            keeping,
            reviewed: HashMap::new(),
            moments: HashMap::new(),
            positions: HashMap::new(),
            choices: BTreeMap::new(),
            queues: Vec::new(),
            waiting: Vec::new(),
        }
    }

    pub fn keeping(&self) -> &Keeping {
        &self.keeping
    }

    /// Is there something that ends with this app, since it is in no file?
    pub(super) fn are_for_this_run(&self) -> bool {
        let in_memory = matches!(self.keeping, Keeping::Memory | Keeping::Ask { .. });
        let any = self.moments.values().any(|of| !of.is_empty());
        in_memory && (any || !self.reviewed.is_empty())
    }

    /// When a recording was said to be done with; `None`: it was not.
    pub fn reviewed(&self, recording: &RecordingId) -> Option<DateTime<Utc>> {
        self.reviewed.get(recording).copied()
    }

    /// The moments of a recording, by position.
    pub fn moments(&self, recording: &RecordingId) -> &[Moment] {
        self.moments.get(recording).map_or(&[], Vec::as_slice)
    }

    /// Where a recording was left.
    pub fn position(&self, recording: &RecordingId) -> Option<&Position> {
        self.positions.get(recording)
    }

    /// What the details say of a recording.
    pub(super) fn marked(&self, recording: &RecordingId) -> Marked {
        Marked {
            reviewed: self.reviewed(recording),
            left: self.position(recording).map(|position| position.at),
            moments: self.moments(recording).len(),
        }
    }

    /// What was chosen under this name. It may have been written by anyone: whoever reads it checks it.
    pub fn choice(&self, name: &str) -> Option<&str> {
        self.choices.get(name).map(String::as_str)
    }

    /// Random queues, the latest first.
    pub fn queues(&self) -> &[Queue] {
        &self.queues
    }

    /// Makes a change, and gives what brings it to the file.
    pub(super) fn change(&mut self, change: Change) -> Option<Effect> {
        self.apply(change.clone());
        match self.keeping {
            Keeping::Memory => None,
            Keeping::Ask { .. } => {
                self.wait(change);
                None
            }
            // Carried out after the file is open, even if the program ends before that is told.
            Keeping::Opening => {
                self.wait(change.clone());
                Some(Effect::Keep(vec![change]))
            }
            Keeping::Open => Some(Effect::Keep(vec![change])),
        }
    }

    /// A change waits for the file; one that it makes needless goes.
    fn wait(&mut self, change: Change) {
        self.waiting.retain(|earlier| !replaces(&change, earlier));
        self.waiting.push(change);
    }

    /// What the file held takes the place of what is here; what was changed meanwhile is changed again.
    fn load(&mut self, kept: Kept) {
        let keeping = self.keeping.clone();
        let waiting = std::mem::take(&mut self.waiting);
        *self = Self::new(keeping);
        let Kept {
            reviewed,
            moments,
            positions,
            choices,
            queues,
        } = kept;
        self.reviewed = reviewed
            .into_iter()
            .map(|reviewed| (reviewed.recording, reviewed.at))
            .collect();
        for moment in moments {
            let of = self.moments.entry(moment.recording.clone()).or_default();
            of.push(moment);
        }
        self.positions = positions
            .into_iter()
            .map(|position| (position.recording.clone(), position))
            .collect();
        self.choices = choices
            .into_iter()
            .map(|choice| (choice.name, choice.value))
            .collect();
        self.queues = queues;
        for change in waiting {
            self.apply(change);
        }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Reviewed(Reviewed { recording, at }) => {
                self.reviewed.insert(recording, at);
            }
            Change::NotReviewed(recording) => {
                self.reviewed.remove(&recording);
            }
            Change::Moment(moment) => {
                let of = self.moments.entry(moment.recording.clone()).or_default();
                of.retain(|other| other.at != moment.at);
                let place = of.partition_point(|other| other.at < moment.at);
                of.insert(place, moment);
            }
            Change::NoMoment { recording, at } => {
                if let Some(of) = self.moments.get_mut(&recording) {
                    of.retain(|other| other.at != at);
                }
            }
            Change::Position(position) => {
                self.positions.insert(position.recording.clone(), position);
            }
            Change::NoPosition(recording) => {
                self.positions.remove(&recording);
            }
            Change::Choice(Choice { name, value }) => {
                self.choices.insert(name, value);
            }
            Change::Queue(queue) => {
                self.queues.retain(|other| other.key != queue.key);
                self.queues.insert(0, queue);
            }
            Change::QueueRow { queue, row } => {
                let found = self.queues.iter_mut().find(|other| other.key == queue);
                let rows = found.into_iter().flat_map(|queue| &mut queue.rows);
                for found in rows.filter(|found| found.recording == row.recording) {
                    found.done = row.done;
                }
            }
            Change::NoQueue(key) => self.queues.retain(|other| other.key != key),
        }
    }
}

/// The later of two changes leaves nothing of the earlier.
fn replaces(later: &Change, earlier: &Change) -> bool {
    use Change as C;
    let place = |change: &Change| -> Option<(u8, RecordingId, Duration)> {
        let start = Duration::ZERO;
        Some(match change {
            C::Reviewed(Reviewed { recording, .. }) | C::NotReviewed(recording) => {
                (0, recording.clone(), start)
            }
            C::Moment(Moment { recording, at, .. }) | C::NoMoment { recording, at } => {
                (1, recording.clone(), *at)
            }
            C::Position(Position { recording, .. }) | C::NoPosition(recording) => {
                (2, recording.clone(), start)
            }
            C::Choice(_) | C::Queue(_) | C::QueueRow { .. } | C::NoQueue(_) => return None,
        })
    };
    match (later, earlier) {
        (C::Choice(later), C::Choice(earlier)) => later.name == earlier.name,
        (C::Queue(Queue { key, .. }) | C::NoQueue(key), C::Queue(Queue { key: other, .. }))
        | (C::Queue(Queue { key, .. }) | C::NoQueue(key), C::NoQueue(other))
        | (C::Queue(Queue { key, .. }) | C::NoQueue(key), C::QueueRow { queue: other, .. }) => {
            key == other
        }
        (
            C::QueueRow { queue, row },
            C::QueueRow {
                queue: other,
                row: before,
            },
        ) => queue == other && row.recording == before.recording,
        _ => place(later).is_some_and(|later| place(earlier) == Some(later)),
    }
}

#[cfg(test)]
mod tests;
