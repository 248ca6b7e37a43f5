//! Work on several recordings that goes on behind the list: one job at a time, with a pane of its own.
//!
//! | file | is |
//! |---|---|
//! | `begin` | the questions before a job: which folder, which file |
//! | [`delete`] | the question before a deletion, and what becomes of rows that are gone |
//! | `question` | what that question says |
//! | `told` | how it goes, and its last line |
//! | `leave` | the question before the program ends |
//!
//! The runtime does the work. It tells how far it is a few times a second, by the id that was made here; what it tells of another job
//! counts for nothing.

mod begin;
pub mod delete;
mod leave;
mod question;
mod told;

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::ids::JobId;
use super::pace::Pace;
use super::picks::Chosen;
use super::words::{count, size, time};
use crate::plivo::RecordingId;

pub use begin::{Folder, Form, Into, Purpose};
pub use delete::{Dialog, Planned};
pub use question::WIDTH;

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// Their fields into one file.
    Export {
        chosen: Chosen,
        /// As it was typed: `~/` is the user's home.
        to: String,
        form: Form,
        /// In the place of a file that is there.
        replace: bool,
    },
    /// Their sound into an archive.
    Download {
        chosen: Chosen,
        /// The archive's folder, as it was typed.
        to: String,
    },
    /// For good. First it is told what that would be ([`Told::Planned`]); nothing is deleted before [`super::Effect::Confirm`].
    Delete {
        chosen: Chosen,
        /// Those of them whose rows are on the screen.
        seen: Vec<RecordingId>,
    },
}

/// How far a job is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Far {
    pub done: u64,
    /// Of how many, and whether that is sure.
    pub of: Option<(u64, bool)>,
    /// Bytes that came.
    pub bytes: u64,
    pub failed: u64,
    /// The recording that failed last, and why.
    pub trouble: Option<(RecordingId, String)>,
}

/// What came of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub came: Came,
    /// Where it is, as a person would type it: the file, the archive, the receipts.
    pub place: String,
    pub how: How,
}

/// What was done by the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    Exported {
        rows: u64,
    },
    Downloaded {
        archived: u64,
        /// Of these, those that were there before.
        present: u64,
        no_audio: u64,
        failed: u64,
    },
    Deleted {
        deleted: u64,
        gone: u64,
        kept: u64,
        /// Deletions that an earlier run had begun, of which it was found out what became of them.
        settled: u64,
    },
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    Complete,
    /// As somebody wanted.
    Stopped,
    /// For this reason, in words.
    Failed(String),
}

/// What the runtime tells of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Far(Far),
    /// What a deletion would delete.
    Planned(Box<Planned>),
    /// These are deleted, or were not there any more.
    Gone(Vec<Gone>),
    /// A file of this name is there: nothing was begun.
    Exists,
    /// The last of a job.
    Ended(End),
}

/// A recording that is no more, and when it was added.
pub type Gone = (RecordingId, Option<DateTime<Utc>>);

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Export,
    Download,
    Delete,
}

impl Kind {
    /// `a download`
    fn noun(self) -> &'static str {
        match self {
            Self::Export => "an export",
            Self::Download => "a download",
            Self::Delete => "a deletion",
        }
    }

    /// `download`
    pub fn name(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Download => "download",
            Self::Delete => "deletion",
        }
    }
}

/// Where a job stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// A deletion before it is confirmed: nothing was done yet.
    Asking,
    Running,
    /// It was told to stop, and finishes what is under way.
    Stopping,
    Ended(End),
}

/// One job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub id: JobId,
    pub kind: Kind,
    /// Where to, as it was typed; empty for a deletion.
    pub to: String,
    pub state: State,
    pub far: Far,
    pace: Pace,
    /// To ask once more where an export goes, when a file is there.
    again: Option<Again>,
    /// It took marks that nothing had been done with.
    took_marks: bool,
}

/// What is exported, and how many that is, as it is shown.
#[derive(Debug, Clone, PartialEq)]
struct Again {
    chosen: Chosen,
    count: String,
}

/// The job there is, and what jobs left.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Jobs {
    job: Option<Job>,
    /// Recordings that were deleted in this run.
    gone: HashSet<RecordingId>,
    /// When recordings were added that were deleted since the list was loaded.
    fresh: Vec<Option<DateTime<Utc>>>,
    /// Where downloads go at first.
    usual: Folder,
    /// Where the last download of this run went, as it was typed.
    folder: Option<String>,
    /// The program ends with the job.
    leaving: bool,
}

impl Jobs {
    pub(super) fn new(usual: Folder) -> Self {
        Self {
            usual,
            ..Self::default()
        }
    }

    /// Where downloads go at first.
    pub fn usual(&self) -> &Folder {
        &self.usual
    }

    pub(super) fn prefer(&mut self, usual: Folder) {
        self.usual = usual;
    }

    /// The job that has a pane.
    pub fn shown(&self) -> Option<&Job> {
        self.job
            .as_ref()
            .filter(|job| !matches!(job.state, State::Asking))
    }

    /// The job that does something now.
    pub fn running(&self) -> Option<&Job> {
        let runs = |job: &&Job| matches!(job.state, State::Running | State::Stopping);
        self.job.as_ref().filter(runs)
    }

    /// Recordings that a deletion has looked at which is still to be confirmed.
    pub fn looked_at(&self) -> u64 {
        self.job.as_ref().map_or(0, |job| job.far.done)
    }

    /// Was it deleted in this run?
    pub fn is_gone(&self, recording: &RecordingId) -> bool {
        self.gone.contains(recording)
    }

    /// Does the program end with the job?
    pub fn is_leaving(&self) -> bool {
        self.leaving
    }
}

impl Job {
    /// `Downloading`
    pub fn doing(&self) -> &'static str {
        match (self.kind, &self.state) {
            (_, State::Stopping) => "Stopping after what is under way",
            (Kind::Export, State::Ended(_)) => "Exported",
            (Kind::Download, State::Ended(_)) => "Downloaded",
            (Kind::Delete, State::Ended(_)) => "Deleted",
            (Kind::Export, _) => "Exporting",
            (Kind::Download, _) => "Downloading",
            (Kind::Delete, _) => "Deleting for good",
        }
    }

    /// `Downloading · ~/calls`
    pub fn title(&self) -> String {
        let doing = self.doing();
        // Where it went stands in the last line.
        match (&self.state, self.to.as_str()) {
            (State::Ended(_), _) | (_, "") => doing.to_owned(),
            (_, to) => format!("{doing} · {to}"),
        }
    }

    /// `7 of ~20 · 1.2 MB · 400 KB/s · 2 min left`; the last line once it has ended.
    pub fn words(&self) -> String {
        if let State::Ended(end) = &self.state {
            return end.words();
        }
        let far = &self.far;
        let mut parts = vec![match far.of {
            Some((of, sure)) => {
                let about = if sure { "" } else { "~" };
                format!("{} of {about}{}", count(far.done), count(of))
            }
            None => count(far.done),
        }];
        if far.bytes > 0 {
            parts.push(size(far.bytes));
            let rate = self.pace.bytes_a_second();
            parts.extend(rate.map(|rate| format!("{}/s", size(rate))));
        }
        let left = far.of.and_then(|(of, _)| self.pace.left(of));
        parts.extend(left.map(|left| format!("{} left", time(left))));
        parts.join(" · ")
    }

    /// How much of it is done, 0.0 to 1.0; `None` while it is not known.
    pub fn share(&self) -> Option<f64> {
        let (of, _) = self.far.of.filter(|(of, _)| *of > 0)?;
        Some((self.far.done as f64 / of as f64).clamp(0.0, 1.0))
    }

    /// `2 failed · 8d5cd396: the API has no such recording`; nothing while none has.
    pub fn trouble(&self) -> String {
        let Some((id, why)) = self.far.trouble.as_ref().filter(|_| self.far.failed > 0) else {
            return String::new();
        };
        // A UUID is told by its first part.
        let id = id.as_str().split('-').next().unwrap_or_default();
        let all = match (&self.state, self.far.failed) {
            (State::Ended(_), 2..) => " · :log names all",
            _ => "",
        };
        format!("{} failed · {id}: {why}{all}", count(self.far.failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(kind: Kind, state: State) -> Job {
        Job {
            id: JobId(1),
            kind,
            to: "~/calls".into(),
            state,
            far: Far::default(),
            pace: Pace::default(),
            again: None,
            took_marks: false,
        }
    }

    #[test]
    fn how_far_it_is_is_told_with_rate_and_time_left_once_they_are_known() {
        let start = std::time::Instant::now();
        let mut job = job(Kind::Download, State::Running);
        assert_eq!(job.words(), "0");
        for second in 0..5 {
            job.far = Far {
                done: 2 * second,
                of: Some((1_200, false)),
                bytes: second * 500_000,
                ..Far::default()
            };
            let now = start + std::time::Duration::from_secs(second);
            job.pace.note(now, job.far.done, job.far.bytes);
        }
        assert_eq!(job.words(), "8 of ~1,200 · 2.0 MB · 500 KB/s · 10 min left");
        assert_eq!(job.trouble(), "");
        job.far.failed = 2;
        job.far.trouble = Some((RecordingId::new("8d5cd396-4f88"), "gone".into()));
        assert_eq!(job.trouble(), "2 failed · 8d5cd396: gone");
    }

    #[test]
    fn nothing_of_nothing_is_no_share() {
        let mut job = job(Kind::Export, State::Running);
        assert_eq!(job.share(), None);
        job.far.of = Some((0, true));
        assert_eq!(job.share(), None);
        (job.far.of, job.far.done) = (Some((4, true)), 9);
        assert_eq!(job.share(), Some(1.0));
    }
}
