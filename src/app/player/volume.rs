//! How loud it is.

use super::Player;
use crate::app::Effect;

/// Above 100 % peaks are limited, so that nothing clips.
pub const LOUDEST: u16 = 200;

impl Player {
    /// Per cent, 0 to 200.
    pub fn volume(&self) -> u16 {
        self.volume
    }

    pub fn muted(&self) -> bool {
        self.muted
    }

    /// Louder or quieter by `percent`, within 0 to 200. Turning it up or down ends a mute.
    pub fn volume_by(&mut self, percent: i16) -> Vec<Effect> {
        self.volume = self.volume.saturating_add_signed(percent).min(LOUDEST);
        let mut effects = vec![Effect::Volume(f32::from(self.volume) / 100.0)];
        if std::mem::take(&mut self.muted) {
            effects.push(Effect::Mute(false));
        }
        effects
    }

    pub fn mute(&mut self) -> Vec<Effect> {
        self.muted = !self.muted;
        vec![Effect::Mute(self.muted)]
    }
}
