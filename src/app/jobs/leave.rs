//! The question before the program ends, where something would be lost.

use super::State;
use crate::app::words::count;
use crate::app::{App, Effect, Overlay};

impl App {
    /// Ends the program; where a job is under way, or rows are marked for one, only when it is asked for once more.
    pub(in crate::app) fn quit(&mut self) -> Vec<Effect> {
        let asked = matches!(self.overlay, Some(Overlay::Leave { .. }));
        let running = self.jobs.running().is_some();
        if !asked && (running || self.picks.is_unused()) {
            self.overlay = Some(Overlay::Leave {
                behind: self.overlay.take().map(Box::new),
            });
            return Vec::new();
        }
        match &mut self.jobs.job {
            Some(job) if job.state == State::Running => {
                self.jobs.leaving = true;
                job.state = State::Stopping;
                vec![Effect::StopJob(job.id)]
            }
            // Told to stop before, and by somebody who did not want to leave then.
            Some(job) if job.state == State::Stopping && !self.jobs.leaving => {
                self.jobs.leaving = true;
                Vec::new()
            }
            _ => vec![Effect::Quit],
        }
    }

    /// The system ends the program: what is under way comes to its end, as far as there is time.
    pub(in crate::app) fn end_by_signal(&mut self) -> Vec<Effect> {
        let stopped = self.jobs.job.as_ref().map(|job| Effect::StopJob(job.id));
        stopped.into_iter().chain([Effect::Quit]).collect()
    }

    /// The question in words: what would be lost, and what goes on.
    pub fn leave_words(&self) -> Vec<String> {
        let quit = self.keymap.spell("{quit}");
        let back = "Esc goes on";
        if let Some(job) = self.jobs.running() {
            if self.jobs.leaving {
                return vec![
                    "Stopping after what is under way, then callreel ends.".to_owned(),
                    format!("{quit} again does not wait, Esc stays"),
                ];
            }
            return vec![
                format!("1 {} runs.", job.kind.name()),
                format!("{quit} again stops it after what is under way and ends callreel"),
                back.to_owned(),
            ];
        }
        let total = self.picks.total();
        let rows = match (total.known, total.exact) {
            (1, true) => "1 row is marked, and nothing was done with it.".to_owned(),
            (known, exact) => format!(
                "{}{} rows are marked, and nothing was done with them.",
                count(known as u64),
                if exact { "" } else { "+" }
            ),
        };
        vec![rows, format!("{quit} again ends callreel"), back.to_owned()]
    }

    /// With nothing left to lose there is nothing to ask.
    pub(in crate::app) fn leave_no_question(&mut self) {
        if self.jobs.running().is_none()
            && !self.picks.is_unused()
            && let Some(left) = self
                .overlay
                .take_if(|overlay| matches!(overlay, Overlay::Leave { .. }))
        {
            self.overlay = left.behind();
        }
    }

    /// The question is left: the program goes on.
    pub(in crate::app) fn stay(&mut self) {
        self.jobs.leaving = false;
    }
}
