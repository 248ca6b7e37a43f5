//! What is known of the recording that is loaded, besides where it stands.

use std::sync::Arc;
use std::time::Duration;

use super::{Phase, Player};
use crate::audio::{self, Statistics};
use crate::plivo::Recording;

impl Player {
    /// All that the API tells of what is loaded.
    pub fn recording(&self) -> Option<&Arc<Recording>> {
        self.loaded.as_ref()?.subject.recording.as_ref()
    }

    /// Who talks when, as far as the file has come.
    pub fn statistics(&self) -> Option<&Statistics> {
        self.loaded.as_ref()?.statistics.as_deref()
    }

    /// The length that the API gave.
    pub fn declared(&self) -> Option<Duration> {
        self.loaded.as_ref()?.expected
    }

    /// Why it failed, if it has.
    pub fn error(&self) -> Option<&audio::Error> {
        match &self.loaded.as_ref()?.phase {
            Phase::Failed { error, .. } => Some(error),
            _ => None,
        }
    }
}
