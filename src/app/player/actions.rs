//! What keys do to the player alone, wherever it is shown: among the rows, or as one line.

use super::Player;
use crate::app::ids::Ids;
use crate::app::keymap::Keymap;
use crate::app::{Action, Effect, Now};

/// Loudness by a key, in per cent.
const STEP: i16 = 5;

/// What an action came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Done {
    pub effects: Vec<Effect>,
    /// What there is to say about it.
    pub told: Option<Told>,
}

/// Words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// As they are: what the sides are called may be among them.
    Words(String),
    /// With the names of actions for keys: see [`Keymap::spell`].
    Keys(String),
}

impl Told {
    /// As they are shown where the keys are bound so.
    pub fn spelled(self, keymap: &Keymap) -> String {
        match self {
            Self::Words(words) => words,
            Self::Keys(words) => keymap.spell(&words),
        }
    }
}

impl Done {
    pub(super) fn told(words: impl Into<String>) -> Self {
        Self {
            effects: Vec::new(),
            told: Some(Told::Words(words.into())),
        }
    }

    pub(super) fn told_with_keys(words: impl Into<String>) -> Self {
        Self {
            effects: Vec::new(),
            told: Some(Told::Keys(words.into())),
        }
    }

    pub(super) fn and(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
}

impl From<Vec<Effect>> for Done {
    fn from(effects: Vec<Effect>) -> Self {
        Self {
            effects,
            told: None,
        }
    }
}

impl Player {
    /// Does `action`; `None` when it is not the player's.
    pub fn perform(&mut self, action: Action, ids: &mut Ids, now: Now) -> Option<Done> {
        Some(match action {
            Action::TogglePause => self.toggle(ids, now).into(),
            Action::Stop => self.stop().into(),
            Action::Seek(seconds) => self.seek_by(i64::from(seconds), now).into(),
            Action::Tenth(tenth) => self.seek_fraction(f64::from(tenth) / 10.0, now).into(),
            Action::UndoJump => match self.undo_jump(now) {
                Some(effects) => effects.into(),
                None => Done::told("no jump to undo"),
            },
            Action::Loop => {
                let (words, effects) = self.mark_repeat(now);
                Done {
                    effects,
                    told: Some(Told::Keys(words)),
                }
            }
            Action::PreviousTurn => self.previous_turn(now),
            Action::NextTurn => self.next_turn(now),
            Action::Louder => self.volume_by(STEP).into(),
            Action::Quieter => self.volume_by(-STEP).into(),
            Action::Mute => self.mute().into(),
            Action::Channel | Action::SwapSides | Action::LeftLouder | Action::RightLouder => {
                self.choose_sides(action)
            }
            Action::Slower | Action::Faster | Action::NormalSpeed => self.choose_speed(action),
            Action::SkipSilence => self.choose_skip(),
            Action::LevelVoices => self.choose_level(),
            _ => return None,
        })
    }
}
