//! What the runtime tells of a job.

use super::{Came, End, How, Job, Kind, State, Told};
use crate::app::ids::JobId;
use crate::app::input::TextLine;
use crate::app::jobs::{Into, Purpose};
use crate::app::words::{count, counted};
use crate::app::{App, Effect, Now, Overlay};

impl End {
    /// One line: how many, how many not, where.
    pub fn words(&self) -> String {
        let mut parts = match &self.came {
            Came::Exported { rows } => vec![counted(*rows, "recording", "recordings")],
            Came::Downloaded {
                archived,
                present,
                no_audio,
                failed,
            } => {
                let mut parts = vec![format!("{} in the archive", count(*archived))];
                let others = [
                    (*present, "there before"),
                    (*no_audio, "without sound"),
                    (*failed, "failed"),
                ];
                parts.extend(some(&others));
                parts
            }
            Came::Deleted {
                deleted,
                gone,
                kept,
                settled,
            } => {
                let mut parts = vec![format!("{} deleted", count(*deleted))];
                parts.extend(some(&[
                    (*gone, "gone before"),
                    (*kept, "not deleted"),
                    (*settled, "of an earlier run settled"),
                ]));
                parts
            }
        };
        match &self.how {
            How::Complete => {}
            How::Stopped => parts.insert(0, "stopped".to_owned()),
            How::Failed(why) => parts.insert(0, format!("it did not come to its end: {why}")),
        }
        parts.extend(Some(self.place.clone()).filter(|place| !place.is_empty()));
        parts.join(" · ")
    }

    /// Did all go as it should?
    pub fn is_fine(&self) -> bool {
        let all = match self.came {
            Came::Exported { .. } => true,
            Came::Downloaded { failed, .. } => failed == 0,
            Came::Deleted { kept, .. } => kept == 0,
        };
        all && !matches!(self.how, How::Failed(_))
    }

    /// It ended before anything was done.
    fn did_nothing(&self) -> bool {
        let done = match self.came {
            Came::Exported { rows } => rows,
            Came::Downloaded {
                archived,
                no_audio,
                failed,
                ..
            } => archived + no_audio + failed,
            Came::Deleted {
                deleted,
                gone,
                kept,
                ..
            } => deleted + gone + kept,
        };
        done == 0 && self.how != How::Complete
    }
}

fn some(parts: &[(u64, &str)]) -> Vec<String> {
    let some = parts.iter().filter(|(number, _)| *number > 0);
    some.map(|(number, words)| format!("{} {words}", count(*number)))
        .collect()
}

impl App {
    /// Takes in what is told of a job.
    pub(in crate::app) fn job_told(&mut self, id: JobId, told: Told, now: Now) -> Vec<Effect> {
        let Some(job) = self.jobs.job.as_mut().filter(|job| job.id == id) else {
            return Vec::new();
        };
        match told {
            Told::Far(far) => {
                job.pace.note(now.mono, far.done, far.bytes);
                job.far = far;
                Vec::new()
            }
            Told::Planned(planned) => {
                self.planned(id, *planned);
                Vec::new()
            }
            Told::Gone(gone) => self.gone(&gone),
            Told::Exists => {
                let job = self.jobs.job.take();
                if self.jobs.leaving {
                    return vec![Effect::Quit];
                }
                if job.as_ref().is_some_and(|job| job.took_marks) {
                    self.picks.not_used();
                }
                self.ask_to_replace(job, now);
                Vec::new()
            }
            Told::Ended(end) => self.job_ended(end, now),
        }
    }

    /// The line comes back, and says what taking it once more does.
    fn ask_to_replace(&mut self, job: Option<Job>, now: Now) {
        let Some(Job {
            to,
            again: Some(again),
            ..
        }) = job
        else {
            return;
        };
        if self.overlay.is_some() {
            let words = format!("{to} is there already: nothing was written");
            return self.notices.trouble(words, now.mono);
        }
        self.overlay = Some(Overlay::Into(Box::new(Into {
            purpose: Purpose::Export,
            line: TextLine::with(&to),
            chosen: again.chosen,
            count: again.count,
            exists: Some(to),
        })));
    }

    fn job_ended(&mut self, end: End, now: Now) -> Vec<Effect> {
        let Some(job) = &mut self.jobs.job else {
            return Vec::new();
        };
        let (id, kind, asking) = (job.id, job.kind, job.state == State::Asking);
        if asking {
            // It ended before it could be confirmed: the reason stands where the question would.
            self.jobs.job = None;
            self.not_planned(id, end, now);
            return Vec::new();
        }
        if job.took_marks && end.did_nothing() {
            self.picks.not_used();
        }
        job.state = State::Ended(end);
        let mut effects = match kind {
            Kind::Delete => self.reload_without_gone(now),
            Kind::Export | Kind::Download => Vec::new(),
        };
        if self.jobs.leaving {
            effects.push(Effect::Quit);
        }
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_says_how_many_how_many_not_and_where() {
        let end = |came, how| End {
            came,
            place: "~/calls".into(),
            how,
        };
        let came = Came::Downloaded {
            archived: 1_998,
            present: 0,
            no_audio: 1,
            failed: 2,
        };
        let ended = end(came, How::Complete);
        assert_eq!(
            ended.words(),
            "1,998 in the archive · 1 without sound · 2 failed · ~/calls"
        );
        assert!(!ended.is_fine());
        let ended = end(Came::Exported { rows: 1 }, How::Stopped);
        assert_eq!(ended.words(), "stopped · 1 recording · ~/calls");
        let came = Came::Deleted {
            deleted: 3,
            gone: 1,
            kept: 0,
            settled: 2,
        };
        let ended = end(came.clone(), How::Complete);
        assert_eq!(
            ended.words(),
            "3 deleted · 1 gone before · 2 of an earlier run settled · ~/calls"
        );
        assert!(ended.is_fine());
        let ended = end(came, How::Failed("no network".into()));
        assert!(
            ended
                .words()
                .starts_with("it did not come to its end: no network · 3 deleted")
        );
        assert!(!ended.is_fine());
    }
}
