//! Whether marks go to a file. The user is asked once; that there is a file is the answer that is remembered.

use super::Marks;
use crate::app::{App, Effect, Now, Overlay};
use crate::store::{Change, Told};

/// Where marks live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeping {
    /// In this run only: the embedded account, a "no", a file that cannot be used.
    Memory,
    /// In memory, until the user has said whether a file may be made.
    Ask {
        /// Its place, as it is shown.
        path: String,
    },
    /// There is a file, and what is in it is on its way.
    Opening,
    /// In the file.
    Open,
}

impl Marks {
    /// What is in the file is not here yet.
    pub fn is_opening(&self) -> bool {
        self.keeping == Keeping::Opening
    }
}

impl App {
    /// Reads the file that is there.
    pub(in crate::app) fn open_marks(&self) -> Vec<Effect> {
        match self.marks.is_opening() {
            true => vec![Effect::OpenMarks { create: false }],
            false => Vec::new(),
        }
    }

    /// Another callreel may have written to the file: it is read again.
    pub(in crate::app) fn read_marks_again(&mut self) -> Vec<Effect> {
        if self.marks.keeping != Keeping::Open {
            return Vec::new();
        }
        self.marks.keeping = Keeping::Opening;
        self.open_marks()
    }

    /// Makes a change to what is remembered. Whether there is a file is not the caller's concern.
    pub(in crate::app) fn remember(&mut self, change: Change) -> Vec<Effect> {
        self.marks.change(change).into_iter().collect()
    }

    /// The question, if it is still to be asked. What the user did stays, whatever the answer.
    pub(in crate::app) fn ask_to_keep(&mut self) {
        if matches!(self.marks.keeping, Keeping::Ask { .. }) {
            self.overlay = Some(Overlay::KeepMarks);
        }
    }

    /// Asked for by name: the question again, or why there is none.
    pub(in crate::app) fn offer_to_keep(&mut self, now: Now) {
        let words = match self.marks.keeping {
            Keeping::Ask { .. } => return self.ask_to_keep(),
            Keeping::Opening | Keeping::Open => "marks, notes and positions are kept",
            Keeping::Memory => "marks are kept until callreel ends; it asks at the next start",
        };
        self.notices.info(words, now.mono);
    }

    /// The answer. A "no" holds for this run.
    pub(in crate::app) fn answer_keep(&mut self, yes: bool, now: Now) -> Vec<Effect> {
        if self.overlay != Some(Overlay::KeepMarks) {
            return Vec::new();
        }
        self.overlay = None;
        if yes {
            self.marks.keeping = Keeping::Opening;
            return vec![
                Effect::OpenMarks { create: true },
                Effect::Keep(self.marks.waiting.clone()),
            ];
        }
        self.marks.keeping = Keeping::Memory;
        self.marks.waiting.clear();
        let words = "marks are kept until callreel ends; nothing is written";
        self.notices.info(words, now.mono);
        Vec::new()
    }

    /// What the thread that has the file tells.
    pub(in crate::app) fn marks_told(&mut self, told: Told, now: Now) {
        let opening = self.marks.is_opening();
        match told {
            Told::Opened(kept) if opening => {
                self.marks.load(*kept);
                self.marks.keeping = Keeping::Open;
            }
            // Nobody waits for it any more.
            Told::Opened(_) => {}
            Told::Failed(words) if opening => {
                self.marks.keeping = Keeping::Memory;
                self.marks.waiting.clear();
                let words = format!("marks are for this run only: {words}");
                self.notices.trouble(words, now.mono);
            }
            Told::Unread(words) => {
                if opening {
                    self.marks.keeping = Keeping::Open;
                }
                self.notices.trouble(words, now.mono);
            }
            Told::Failed(words) | Told::Unkept(words) => self.notices.trouble(words, now.mono),
        }
    }
}
