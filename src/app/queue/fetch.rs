//! The recordings of a queue that was kept: only their ids are, so each is asked for again.
//!
//! What is seen comes first, then what is still to be listened to, since the time left needs its length.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Queue;
use crate::app::effect::Effect;
use crate::app::history::Look;
use crate::app::ids::{Ids, RequestId};
use crate::plivo::{Error, Recording, RecordingId};

/// Requests on their way at once.
const AT_ONCE: usize = 8;

/// What is on its way, and why nothing is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fetching {
    pending: BTreeMap<RequestId, RecordingId>,
    error: Option<Error>,
}

/// What an answer did to the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// It was no answer to a request of the queue's.
    Strange,
    Here,
    /// The recording is gone, and so is its row: the one with this number.
    Gone(usize),
    Failed,
}

impl Queue {
    /// Asks for what has not come.
    pub(in crate::app) fn fetch(&mut self, look: Look, ids: &mut Ids) -> Vec<Effect> {
        if self.fetching.error.is_some() {
            return Vec::new();
        }
        let seen = look.top..look.top.saturating_add(look.height);
        let lacks = |row: &usize| {
            let item = self.items.get(*row);
            item.is_some_and(|item| {
                let asked = |id: &RecordingId| *id == item.id;
                item.recording.is_none() && !self.fetching.pending.values().any(asked)
            })
        };
        let to_hear = (0..self.items.len())
            .filter(|row| !seen.contains(row))
            .filter(|row| self.items.get(*row).is_some_and(|item| !item.heard));
        let wanted: Vec<RecordingId> = seen
            .clone()
            .take(self.items.len())
            .chain(to_hear)
            .filter(lacks)
            .take(AT_ONCE.saturating_sub(self.fetching.pending.len()))
            .filter_map(|row| Some(self.items.get(row)?.id.clone()))
            .collect();
        let ask = |recording: RecordingId| {
            let request = ids.request();
            self.fetching.pending.insert(request, recording.clone());
            Effect::FetchRecording { request, recording }
        };
        wanted.into_iter().map(ask).collect()
    }

    /// Takes an answer in.
    pub(super) fn came(
        &mut self,
        request: RequestId,
        result: &Result<Arc<Recording>, Error>,
    ) -> Came {
        let Some(id) = self.fetching.pending.remove(&request) else {
            return Came::Strange;
        };
        let Some(row) = self.position_of(&id) else {
            return Came::Here;
        };
        match result {
            Ok(recording) => {
                if let Some(item) = self.items.get_mut(row) {
                    item.recording = Some(Arc::clone(recording));
                }
                Came::Here
            }
            Err(Error::NotFound { .. }) => {
                self.items.remove(row);
                Came::Gone(row)
            }
            Err(error) => {
                self.fetching.error = Some(error.clone());
                Came::Failed
            }
        }
    }

    /// Why rows do not come, until a retry.
    pub fn error(&self) -> Option<&Error> {
        self.fetching.error.as_ref()
    }

    /// Ask again.
    pub(in crate::app) fn retry(&mut self) {
        self.fetching.error = None;
    }

    /// Asks again for what is on its way: it will be answered by another way.
    pub(in crate::app) fn ask_again(&mut self) -> Vec<Effect> {
        self.retry();
        let pending = std::mem::take(&mut self.fetching.pending);
        pending.into_keys().map(Effect::Cancel).collect()
    }
}
