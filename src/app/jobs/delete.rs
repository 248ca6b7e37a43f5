//! The question before recordings are deleted, and what becomes of the rows that are gone.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{End, Far, Gone, How, Kind, State, Work};
use crate::app::ids::JobId;
use crate::app::input::TextLine;
use crate::app::pace::Pace;
use crate::app::picks::Chosen;
use crate::app::{App, Awaited, Effect, Now, Overlay};
use crate::plivo::RecordingId;

/// What would be deleted, exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub count: u64,
    /// Of these, the ones whose rows are on the screen.
    pub seen: u64,
    /// In all, as far as it is known.
    pub length: Duration,
    /// Those that tell no length.
    pub unknown: u64,
    pub oldest: Option<DateTime<Utc>>,
    pub newest: Option<DateTime<Utc>>,
    /// Chosen ones that an earlier run deleted.
    pub done: u64,
    /// Deletions that an earlier run began: first it is found out what became of them.
    pub unsettled: u64,
    /// Ones whose id cannot be named to the API.
    pub unnamed: u64,
    /// How long it takes on a real account.
    pub takes: Duration,
    /// Where the receipts go, in words.
    pub receipts: String,
}

/// The open question.
#[derive(Debug, Clone, PartialEq)]
pub struct Dialog {
    pub job: JobId,
    pub line: TextLine,
    /// How many were chosen, as far as it was known then.
    pub count: String,
    pub planned: Option<Planned>,
    /// Why there is nothing to ask.
    pub failed: Option<String>,
    /// Another sentence was typed.
    pub wrong: bool,
}

/// What has to be typed.
pub fn sentence(count: u64, account: &str) -> String {
    format!("delete {count} from {account}")
}

/// Is it that sentence? Blanks do not count, and three dots are as good as the sign, which few keyboards have.
pub fn is_same(typed: &str, sentence: &str) -> bool {
    let plain = |text: &str| {
        let words: Vec<_> = text.split_whitespace().collect();
        words.join(" ").replace("...", "…")
    };
    plain(typed) == plain(sentence)
}

impl App {
    /// Asks whether what is marked, else the selected row, is to be deleted.
    pub(in crate::app) fn open_delete(&mut self, now: Now) -> Vec<Effect> {
        if !self.may_begin(now) {
            return Vec::new();
        }
        let Some((chosen, count)) = self.marked().or_else(|| self.cursor_row()) else {
            self.notices.info("there is nothing to delete", now.mono);
            return Vec::new();
        };
        let seen = self.seen(&chosen);
        let job = self.new_job(Kind::Delete, String::new(), State::Asking);
        self.overlay = Some(Overlay::Delete(Box::new(Dialog {
            job,
            line: TextLine::default(),
            count,
            planned: None,
            failed: None,
            wrong: false,
        })));
        vec![Effect::Begin {
            job,
            work: Work::Delete { chosen, seen },
        }]
    }

    /// The chosen ones that are on the screen.
    fn seen(&self, chosen: &Chosen) -> Vec<RecordingId> {
        if self.layout().and_then(|layout| layout.table).is_none() {
            return Vec::new();
        }
        let rows = self.rows();
        let seen = (self.table.top..self.table.top.saturating_add(self.height()))
            .filter_map(|row| rows.ready(row))
            .filter(|recording| match chosen {
                Chosen::Rows(rows) => rows.iter().any(|row| row.id == recording.id),
                Chosen::All { .. } => self.is_picked(recording),
            });
        seen.map(|recording| recording.id.clone()).collect()
    }

    pub(super) fn planned(&mut self, job: JobId, planned: Planned) {
        if let Some(dialog) = self.dialog(job) {
            dialog.planned = Some(planned);
        }
    }

    pub(super) fn not_planned(&mut self, job: JobId, end: End, now: Now) {
        let why = match end.how {
            How::Failed(why) => why,
            How::Complete | How::Stopped => return,
        };
        match self.dialog(job) {
            Some(dialog) => dialog.failed = Some(why),
            None => {
                let words = format!("nothing was deleted: {why}");
                self.notices.trouble(words, now.mono);
            }
        }
    }

    fn dialog(&mut self, job: JobId) -> Option<&mut Dialog> {
        let overlay = match &mut self.overlay {
            Some(Overlay::Leave {
                behind: Some(behind),
            }) => behind.as_mut(),
            Some(overlay) => overlay,
            None => return None,
        };
        match overlay {
            Overlay::Delete(dialog) if dialog.job == job => Some(dialog),
            _ => None,
        }
    }

    /// The sentence that has to be typed; `None` while it is not known how many there are, or there are none, or no room to say which.
    pub fn delete_sentence(&self, dialog: &Dialog) -> Option<String> {
        let planned = dialog
            .planned
            .as_ref()
            .filter(|_| dialog.failed.is_none())?;
        let asked = planned.count > 0 && self.delete_facts(planned).is_ok();
        asked.then(|| sentence(planned.count, &self.auth_id))
    }

    /// Enter in the question.
    pub(in crate::app) fn take_delete(&mut self, mut dialog: Box<Dialog>) -> Vec<Effect> {
        let sentence = self.delete_sentence(&dialog);
        let confirmed = sentence.is_some_and(|sentence| is_same(dialog.line.text(), &sentence));
        let job = self.jobs.job.as_mut().filter(|job| job.id == dialog.job);
        match job.filter(|_| confirmed) {
            Some(job) => {
                job.state = State::Running;
                // How far the looking was says nothing about the deleting.
                job.far = Far {
                    of: dialog.planned.map(|planned| (planned.count, true)),
                    ..Far::default()
                };
                job.pace = Pace::default();
                job.took_marks = self.picks.used();
                vec![Effect::Confirm(dialog.job)]
            }
            None => {
                dialog.wrong = !dialog.line.is_empty();
                self.overlay = Some(Overlay::Delete(dialog));
                Vec::new()
            }
        }
    }

    /// A deletion that nobody is asked about any more is given up: nothing was deleted.
    pub(in crate::app) fn give_up_unasked(&mut self) -> Option<Effect> {
        let job = self.jobs.job.as_ref()?;
        let id = Some(job.id).filter(|_| job.state == State::Asking)?;
        if self.dialog(id).is_some() {
            return None;
        }
        self.jobs.job = None;
        Some(Effect::StopJob(id))
    }

    pub(super) fn gone(&mut self, gone: &[Gone]) -> Vec<Effect> {
        let ids: HashSet<_> = gone.iter().map(|(id, _)| id.clone()).collect();
        self.picks.forget(ids.iter());
        let effects = self.lose_from_queue(&ids);
        self.jobs.gone.extend(ids);
        self.jobs.fresh.extend(gone.iter().map(|(_, added)| *added));
        effects
    }

    /// The windows that lost recordings are loaded anew; the rows stay until the new ones are here.
    pub(super) fn reload_without_gone(&mut self, now: Now) -> Vec<Effect> {
        let gone = std::mem::take(&mut self.jobs.fresh);
        let Some(history) = self.history.as_mut().filter(|_| !gone.is_empty()) else {
            return Vec::new();
        };
        let mut effects = history.without(&gone, &mut self.ids, now);
        self.looked = None;
        self.awaited.get_or_insert(Awaited::Return);
        effects.extend(self.detail.forget());
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_is_typed_and_nothing_like_it() {
        let sentence = sentence(20_114, "MA…QUU");
        assert_eq!(sentence, "delete 20114 from MA…QUU");
        for typed in [
            "delete 20114 from MA…QUU\n",
            "  delete  20114 from MA...QUU \r\n",
        ] {
            assert!(is_same(typed, &sentence), "{typed}");
        }
        for typed in [
            "",
            "y",
            "yes\n",
            "delete 20115 from MA…QUU",
            "delete 20,114 from MA…QUU",
            "DELETE 20114 FROM MA…QUU",
            "delete 20114",
        ] {
            assert!(!is_same(typed, &sentence), "{typed}");
        }
    }
}
