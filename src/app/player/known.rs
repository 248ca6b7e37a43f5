//! What is known of the recording that is loaded, besides where it stands.

use std::time::Duration;

use super::{Phase, Player};
use crate::audio::{self, Statistics};

impl Player {
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
