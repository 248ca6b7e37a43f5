//! What a download prints.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::{Value, json};

use crate::app::words::{count, size, time};
use crate::archive::{Event, MANIFEST, Outcome, Reason, Totals};
use crate::audio;
use crate::cli::report::{Far, Report};
use crate::cli::{CREDENTIALS, FAILED, NETWORK, RATE_LIMIT, SOME_FAILED, told};
use crate::plivo::RecordingId;

/// How many recordings there may be in all.
#[derive(Debug, Clone)]
pub(super) enum Expected {
    Exactly(u64),
    /// As the listing estimates it; 0 as long as it does not.
    About(Arc<AtomicU64>),
}

impl Expected {
    /// The number, and whether it is sure.
    fn of(&self) -> Option<(u64, bool)> {
        match self {
            Self::Exactly(number) => Some((*number, true)),
            Self::About(number) => {
                let number = number.load(Ordering::Relaxed);
                (number > 0).then_some((number, false))
            }
        }
    }
}

/// Counts and prints what comes.
pub(super) struct Show {
    report: Report,
    folder: PathBuf,
    totals: Totals,
    began: Instant,
    expected: Expected,
    /// The exit code of all that failed, while they agree.
    code: Option<u8>,
    /// Standard output is closed or full: the download goes on.
    broken: io::Result<()>,
}

impl Show {
    pub(super) fn new(report: Report, folder: &Path, expected: Expected) -> Self {
        Self {
            report,
            folder: folder.to_owned(),
            totals: Totals::default(),
            began: Instant::now(),
            expected,
            code: None,
            broken: Ok(()),
        }
    }

    pub(super) fn event(&mut self, event: Event) {
        self.totals.count(&event);
        match event {
            Event::Listed | Event::Fetched(_) => {}
            Event::Done { id, outcome } => self.done(&id, &outcome),
            Event::Notice(notice) => {
                let said = notice.words(&self.folder);
                self.report.say(&format!("callreel: {said}"));
            }
        }
    }

    fn done(&mut self, id: &RecordingId, outcome: &Outcome) {
        if let Outcome::Failed(reason) = outcome {
            let code = code(reason);
            let same = self.code.is_none_or(|before| before == code);
            self.code = Some(if same { code } else { SOME_FAILED });
        }
        let (name, bytes, why) = match outcome {
            Outcome::Archived { bytes } => ("archived", Some(bytes), None),
            Outcome::Present { bytes } => ("present", Some(bytes), None),
            Outcome::NoAudio(why) => ("no_audio", None, Some(why.clone())),
            Outcome::Failed(reason) => ("failed", None, Some(reason.to_string())),
        };
        let words = match outcome {
            Outcome::NoAudio(why) => format!("no audio {id}: {why}"),
            Outcome::Failed(reason) => format!("failed {id}: {reason}"),
            // In words only what is not as it should be.
            _ if !self.report.is_json() => return,
            _ => String::new(),
        };
        self.print(
            &words,
            || json!({ "id": id.as_str(), "outcome": name, "bytes": bytes, "message": why }),
        );
    }

    fn print(&mut self, words: &str, object: impl FnOnce() -> Value) {
        if self.broken.is_ok() {
            self.broken = self.report.line(words, object);
        }
    }

    pub(super) fn progress(&mut self) {
        let totals = &self.totals;
        self.report.progress(Far {
            done: totals.archived + totals.no_audio + totals.failed,
            of: self.expected.of(),
            bytes: totals.fetched,
        });
    }

    /// Prints the summary.
    ///
    /// # Errors
    /// When standard output could not take everything, and not because its reader has seen enough.
    pub(super) fn finish(&mut self, complete: bool) -> io::Result<()> {
        let totals = self.totals;
        let incomplete = if complete { "" } else { "incomplete: " };
        let words = format!(
            "{incomplete}listed {} · archived {} · no audio {} · failed {}",
            count(totals.listed),
            count(totals.archived),
            count(totals.no_audio),
            count(totals.failed)
        );
        self.print(&words, || {
            json!({ "summary": {
                "listed": totals.listed,
                "archived": totals.archived,
                "present": totals.present,
                "no_audio": totals.no_audio,
                "failed": totals.failed,
                "bytes": totals.bytes,
                "fetched_bytes": totals.fetched,
                "complete": complete,
            }})
        });
        if !self.report.is_json() {
            let there = match totals.present {
                0 => String::new(),
                present => format!("{} of them were there already · ", count(present)),
            };
            self.report.say(&format!(
                "{there}{} fetched in {} · {}",
                size(totals.fetched),
                time(self.began.elapsed()),
                self.folder.join(MANIFEST).display()
            ));
        }
        match std::mem::replace(&mut self.broken, Ok(())) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }

    /// The exit code: of a failure that all had, where not one recording could be had.
    pub(super) fn code(&self) -> u8 {
        let had = self.totals.archived + self.totals.no_audio;
        match (self.totals.failed, had, self.code) {
            (0, ..) => 0,
            (_, 0, Some(code)) => code,
            _ => SOME_FAILED,
        }
    }
}

/// The exit code of one failure, if it were the only one.
fn code(reason: &Reason) -> u8 {
    match reason {
        // One that is not there is not the whole command's mistake.
        Reason::Api(error) => match told::code(error) {
            FAILED => SOME_FAILED,
            code => code,
        },
        Reason::Media(audio::Error::Unauthorized) => CREDENTIALS,
        Reason::Media(audio::Error::Unreachable(_)) => NETWORK,
        Reason::Media(audio::Error::Status(500..)) => NETWORK,
        Reason::RateLimited => RATE_LIMIT,
        Reason::Media(_)
        | Reason::Link(_)
        | Reason::StillRecording
        | Reason::Unheard { .. }
        | Reason::Broken(_)
        | Reason::Place(_) => SOME_FAILED,
    }
}
