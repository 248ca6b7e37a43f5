//! How talk is heard: what the listener chooses stays for the next recording.

use super::{Done, Player};
use crate::app::choices::Choices;
use crate::app::sides::SideNames;
use crate::app::words::length;
use crate::app::{Action, Effect};
use crate::audio::Speech;
use crate::audio::speech::{Side, Sides, Skip, Speed};

impl Player {
    /// What the listener has chosen.
    pub fn speech(&self) -> Speech {
        self.speech
    }

    /// All that stays from one recording to the next.
    pub fn choices(&self) -> Choices {
        Choices {
            speech: self.speech,
            volume: self.volume,
        }
    }

    /// Has it heard so from now on. The volume is at most [`super::LOUDEST`].
    pub fn choose(&mut self, choices: Choices) -> Vec<Effect> {
        let before = self.choices();
        let Choices { speech, volume } = choices;
        (self.speech, self.volume) = (speech, volume.min(super::LOUDEST));
        if speech.speed != Speed::NORMAL {
            self.quick = speech.speed;
        }
        let mut effects = Vec::new();
        if speech != before.speech {
            effects.push(Effect::Speech(speech));
        }
        if self.volume != before.volume {
            effects.push(Effect::Volume(f32::from(self.volume) / 100.0));
        }
        effects
    }

    /// Listens as was chosen before it began.
    pub fn listen(&mut self, speech: Speech) -> Speech {
        if speech.speed != Speed::NORMAL {
            self.quick = speech.speed;
        }
        self.speech = speech;
        speech
    }

    /// The same, to set up a picture.
    #[cfg(test)]
    pub(crate) fn speech_mut(&mut self) -> &mut Speech {
        &mut self.speech
    }

    /// Parties that can be told apart in what is loaded; `None` while that is not known.
    fn channels(&self) -> Option<u16> {
        Some(self.media()?.channels)
    }

    /// What is done with the two sides, in words; `None` where all is as it was recorded, or there are no sides.
    pub fn sides_words(&self) -> Option<String> {
        if self.channels().is_some_and(|channels| channels != 2) {
            return None;
        }
        words(self.speech.sides, &self.names)
    }

    /// How silence is skipped and how much of this recording that saved; `None` where it is not.
    pub fn skip_words(&self) -> Option<String> {
        let how = match self.speech.skip {
            Skip::Off => return None,
            Skip::Mild => "skip silence",
            Skip::Strong => "skip more silence",
        };
        let saved = self.loaded.as_ref().map(|loaded| loaded.skipped);
        Some(match saved.filter(|saved| !saved.is_zero()) {
            Some(saved) => format!("{how}, {} saved", length(saved)),
            None => how.to_owned(),
        })
    }
}

fn words(sides: Sides, names: &SideNames) -> Option<String> {
    let (left, right) = (names.left(), names.right());
    let side = match sides.side {
        Side::Left => return Some(format!("{left} only")),
        Side::Right => return Some(format!("{right} only")),
        Side::Both if sides.swapped => Some("sides swapped".to_owned()),
        Side::Both => None,
    };
    let decibels = sides.balance.decibels();
    let balance = match decibels {
        0 => None,
        1.. => Some(format!("{right} +{decibels} dB")),
        _ => Some(format!("{left} +{} dB", decibels.unsigned_abs())),
    };
    let parts: Vec<_> = [side, balance].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

impl Player {
    /// Which side is heard, and how. What cannot be chosen is said instead.
    pub(super) fn choose_sides(&mut self, action: Action) -> Done {
        let before = self.speech;
        let sides = &mut self.speech.sides;
        match action {
            Action::Channel => sides.side = sides.side.next(),
            Action::SwapSides => sides.swapped = !sides.swapped,
            Action::LeftLouder => sides.balance = sides.balance.to_left(),
            Action::RightLouder => sides.balance = sides.balance.to_right(),
            _ => return Done::default(),
        }
        let alone = sides.side != Side::Both && action != Action::Channel;
        let chosen = words(*sides, &self.names);
        if self.channels().is_some_and(|channels| channels != 2) {
            self.speech = before;
            return Done::told("mono: one channel, nothing to choose between");
        }
        if alone {
            self.speech = before;
            return Done::told_with_keys(
                "one side is heard in both ears: {channel} goes back to both",
            );
        }
        let chosen = chosen.unwrap_or_else(|| "both sides, as recorded".to_owned());
        Done::told(chosen).and(Effect::Speech(self.speech))
    }

    /// Silence is skipped more, or no more.
    pub(super) fn choose_skip(&mut self) -> Done {
        let skip = self.speech.skip.next();
        self.speech.skip = skip;
        let told = match skip {
            Skip::Off => "silence is heard whole",
            Skip::Mild => "pauses are cut to 0.7 s",
            Skip::Strong => "pauses are cut to 0.3 s",
        };
        Done::told(told).and(Effect::Speech(self.speech))
    }

    /// Quiet and loud voices are brought together, or heard as they are.
    pub(super) fn choose_level(&mut self) -> Done {
        let level = !self.speech.level;
        self.speech.level = level;
        let told = match level {
            true => "quiet and loud voices are brought together",
            false => "voices are as loud as they were recorded",
        };
        Done::told(told).and(Effect::Speech(self.speech))
    }

    /// Slower, faster, or between the recording's own speed and the one before.
    pub(super) fn choose_speed(&mut self, action: Action) -> Done {
        let before = self.speech.speed;
        let speed = match action {
            Action::Slower => before.slower(),
            Action::Faster => before.faster(),
            _ if before == Speed::NORMAL => self.quick,
            _ => Speed::NORMAL,
        };
        if speed != Speed::NORMAL {
            self.quick = speed;
        }
        self.speech.speed = speed;
        let mut done = match self.loaded {
            Some(_) => Done::default(),
            None => Done::told(format!("the next recording plays at {speed}")),
        };
        if speed != before {
            done = done.and(Effect::Speech(self.speech));
        }
        done
    }
}
