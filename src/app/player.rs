//! The player as the screen knows it: what the user asked for and what the sound thread told.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::audio::{self, PlayId};
use crate::plivo::{Recording, RecordingId};

use super::Now;
use super::effect::Effect;
use super::ids::Ids;

/// What plays, played, or failed to.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    pub id: RecordingId,
    pub added: Option<DateTime<Utc>>,
}

/// See the module's words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Player {}

impl Player {
    /// What is loaded; `None` while stopped.
    pub fn subject(&self) -> Option<&Subject> {
        None
    }

    /// True while sound is heard or is on its way: rows carry the playing sign.
    pub fn is_playing(&self) -> bool {
        false
    }

    /// Play a recording from `at`. Without a link it fails at once, in words.
    pub fn play(
        &mut self,
        _recording: &Recording,
        _at: Duration,
        _ids: &mut Ids,
        _now: Now,
    ) -> Vec<Effect> {
        Vec::new()
    }

    /// Space: pause, or go on a little earlier; at the end or after a failure, play again.
    pub fn toggle(&mut self, _ids: &mut Ids, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    /// Stop and unload.
    pub fn stop(&mut self) -> Vec<Effect> {
        Vec::new()
    }

    /// Ctrl-z: nothing plays while the process is stopped.
    pub fn suspend(&mut self, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    /// Jump by seconds, kept within the recording.
    pub fn seek_by(&mut self, _seconds: i64, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    /// Jump to a fraction of the length (digits: tenths; a click on the bar).
    pub fn seek_fraction(&mut self, _fraction: f64, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    /// Louder or quieter by `percent`, within 0 to 150.
    pub fn volume_by(&mut self, _percent: i16) -> Vec<Effect> {
        Vec::new()
    }

    pub fn mute(&mut self) -> Vec<Effect> {
        Vec::new()
    }

    /// What the sound thread told. `false`: it belongs to a playback that is over, and changed nothing.
    pub fn event(&mut self, _play: PlayId, _event: audio::Event, _now: Now) -> bool {
        false
    }

    pub fn position(&self, _now: Instant) -> Duration {
        Duration::ZERO
    }
}
