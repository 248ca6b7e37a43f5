//! What the player is set to before anything is loaded, and what changes with the configuration.

use super::{Player, Rewind};
use crate::app::Effect;
use crate::app::setup::Preferences;
use crate::app::sides::SideNames;
use crate::audio::speech::Speed;
use crate::audio::{Speech, Thresholds};

/// How it is listened to at first; keys change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    pub speech: Speech,
    /// Per cent of the recording's own level, 0 to 200.
    pub volume: u16,
    /// At the end the next row plays.
    pub autoplay: bool,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            speech: Speech::default(),
            volume: 100,
            autoplay: false,
        }
    }
}

impl Player {
    /// Nothing is loaded.
    pub fn new(start: &Start, preferences: &Preferences) -> Self {
        let mut player = Self {
            speech: start.speech,
            volume: start.volume,
            autoplay: start.autoplay,
            ..Self::default()
        };
        if start.speech.speed != Speed::NORMAL {
            player.quick = start.speech.speed;
        }
        player.prefer(preferences);
        player
    }

    /// What the sound thread has to be told at first: whatever is not as it comes.
    pub fn starting(&self) -> Vec<Effect> {
        let usual = Self::default();
        let mut effects = Vec::new();
        if self.volume != usual.volume {
            effects.push(Effect::Volume(f32::from(self.volume) / 100.0));
        }
        if self.speech != usual.speech {
            effects.push(Effect::Speech(self.speech));
        }
        if self.thresholds != usual.thresholds {
            effects.push(Effect::Thresholds(self.thresholds));
        }
        effects
    }

    /// Takes what is preferred from now on; the effects are for the sound thread.
    pub(in crate::app) fn prefer(&mut self, preferences: &Preferences) -> Vec<Effect> {
        self.rewind = preferences.rewind;
        self.names = preferences.sides.clone();
        self.clipped_places = preferences.clipped_places;
        let before = std::mem::replace(&mut self.thresholds, preferences.thresholds);
        match before == self.thresholds {
            true => Vec::new(),
            false => vec![Effect::Thresholds(self.thresholds)],
        }
    }

    /// How far back going on after a pause steps.
    pub(in crate::app) fn rewind(&self) -> Rewind {
        self.rewind
    }

    /// What the two sides of a call are called.
    pub fn side_names(&self) -> &SideNames {
        &self.names
    }

    /// What is counted as what, from the next recording on.
    pub fn thresholds(&self) -> Thresholds {
        self.thresholds
    }

    /// A side with so many places at full scale is clipped.
    pub fn clipped_places(&self) -> u32 {
        self.clipped_places
    }
}
