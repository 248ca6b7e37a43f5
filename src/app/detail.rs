//! The detail pane: one recording, fetched by the get call once the cursor rests on it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::plivo::{self, Recording, RecordingId};

use super::Now;
use super::effect::Effect;
use super::ids::{Ids, RequestId, TimerId};
use super::layout::Wish;

mod fields;

pub use fields::{Line, Marked, Reading, lines};

/// The cursor rests this long before the details are asked for: running through the list asks for nothing.
pub const REST: Duration = Duration::from_millis(150);

/// Answers kept, so that going back and forth asks once.
const KEPT: usize = 64;

/// How far the get call has come.
#[derive(Debug, Clone, PartialEq, Default)]
enum Fetch {
    #[default]
    Idle,
    Resting(TimerId),
    Asked {
        request: RequestId,
        since: Instant,
    },
    Ready(Arc<Recording>),
    Failed(plivo::Error),
}

/// The pane's state. What it shows before an answer comes is what the list knows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Detail {
    pub wish: Wish,
    /// The API's own answer instead of the fields.
    pub raw: bool,
    /// Lines above the pane.
    pub scroll: usize,
    subject: Option<RecordingId>,
    fetch: Fetch,
    kept: VecDeque<Arc<Recording>>,
}

impl Detail {
    /// The full answer, once it is here.
    pub fn full(&self) -> Option<&Arc<Recording>> {
        match &self.fetch {
            Fetch::Ready(recording) => Some(recording),
            _ => None,
        }
    }

    pub fn error(&self) -> Option<&plivo::Error> {
        match &self.fetch {
            Fetch::Failed(error) => Some(error),
            _ => None,
        }
    }

    pub fn waiting_since(&self) -> Option<Instant> {
        match self.fetch {
            Fetch::Asked { since, .. } => Some(since),
            _ => None,
        }
    }

    /// The cursor stands on this recording now; `None` also while the pane is hidden.
    pub fn follow(&mut self, wanted: Option<&RecordingId>, ids: &mut Ids, now: Now) -> Vec<Effect> {
        if self.subject.as_ref() == wanted {
            return Vec::new();
        }
        let mut effects = self.drop_request();
        self.scroll = 0;
        self.subject = wanted.cloned();
        let Some(wanted) = wanted else {
            return effects;
        };
        let kept = self.kept.iter().find(|recording| recording.id == *wanted);
        match kept {
            Some(recording) => self.fetch = Fetch::Ready(recording.clone()),
            // The API cannot be asked for a row that came without an id.
            None if wanted.is_stand_in() => {}
            None => {
                let timer = ids.timer();
                self.fetch = Fetch::Resting(timer);
                effects.push(Effect::Timer {
                    timer,
                    at: now.mono + REST,
                });
            }
        }
        effects
    }

    /// A timer rang: if it is ours, the cursor has rested.
    pub fn rested(&mut self, timer: TimerId, ids: &mut Ids, now: Now) -> Vec<Effect> {
        if self.fetch == Fetch::Resting(timer) {
            self.ask(ids, now)
        } else {
            Vec::new()
        }
    }

    /// Ask again after a failure.
    pub fn retry(&mut self, ids: &mut Ids, now: Now) -> Vec<Effect> {
        if self.error().is_some() {
            self.ask(ids, now)
        } else {
            Vec::new()
        }
    }

    /// Ask again for what is on its way or failed: it will be answered by another way.
    pub fn ask_again(&mut self, ids: &mut Ids, now: Now) -> Vec<Effect> {
        match self.fetch {
            Fetch::Asked { .. } => {
                let mut effects = self.drop_request();
                effects.extend(self.ask(ids, now));
                effects
            }
            _ => self.retry(ids, now),
        }
    }

    /// Forget every answer: the next look asks anew.
    pub fn forget(&mut self) -> Vec<Effect> {
        self.kept.clear();
        self.subject = None;
        self.drop_request()
    }

    /// True when the answer was the one that is awaited.
    pub fn answered(
        &mut self,
        request: RequestId,
        result: Result<Arc<Recording>, plivo::Error>,
    ) -> bool {
        if !matches!(self.fetch, Fetch::Asked { request: asked, .. } if asked == request) {
            return false;
        }
        self.fetch = match result {
            Ok(recording) => {
                self.kept.push_back(recording.clone());
                if self.kept.len() > KEPT {
                    self.kept.pop_front();
                }
                Fetch::Ready(recording)
            }
            Err(error) => Fetch::Failed(error),
        };
        true
    }

    fn ask(&mut self, ids: &mut Ids, now: Now) -> Vec<Effect> {
        let Some(recording) = self.subject.clone() else {
            return Vec::new();
        };
        let request = ids.request();
        self.fetch = Fetch::Asked {
            request,
            since: now.mono,
        };
        vec![Effect::FetchRecording { request, recording }]
    }

    fn drop_request(&mut self) -> Vec<Effect> {
        match std::mem::take(&mut self.fetch) {
            Fetch::Resting(timer) => vec![Effect::CancelTimer(timer)],
            Fetch::Asked { request, .. } => vec![Effect::Cancel(request)],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
