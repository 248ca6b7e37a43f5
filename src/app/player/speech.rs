//! How talk is heard: what the listener chooses stays for the next recording.

use super::Player;
use crate::app::choices::Choices;
use crate::app::words::length;
use crate::app::{Action, App, Effect, Now};
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
        words(self.speech.sides)
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

fn words(sides: Sides) -> Option<String> {
    let side = match sides.side {
        Side::Left => return Some("left only".to_owned()),
        Side::Right => return Some("right only".to_owned()),
        Side::Both if sides.swapped => Some("sides swapped".to_owned()),
        Side::Both => None,
    };
    let decibels = sides.balance.decibels();
    let balance = match decibels {
        0 => None,
        1.. => Some(format!("right +{decibels} dB")),
        _ => Some(format!("left +{} dB", decibels.unsigned_abs())),
    };
    let parts: Vec<_> = [side, balance].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

impl App {
    /// Which side is heard, and how. What cannot be chosen is said instead.
    pub(in crate::app) fn choose_sides(&mut self, action: Action, now: Now) -> Vec<Effect> {
        let before = self.player.speech;
        let sides = &mut self.player.speech.sides;
        match action {
            Action::Channel => sides.side = sides.side.next(),
            Action::SwapSides => sides.swapped = !sides.swapped,
            Action::LeftLouder => sides.balance = sides.balance.to_left(),
            Action::RightLouder => sides.balance = sides.balance.to_right(),
            _ => return Vec::new(),
        }
        let alone = sides.side != Side::Both && action != Action::Channel;
        let chosen = words(*sides);
        if self.player.channels().is_some_and(|channels| channels != 2) {
            self.player.speech = before;
            self.notices
                .info("mono: one channel, nothing to choose between", now.mono);
            return Vec::new();
        }
        if alone {
            self.player.speech = before;
            self.notices.info(
                "one side is heard in both ears: c goes back to both",
                now.mono,
            );
            return Vec::new();
        }
        let chosen = chosen.unwrap_or_else(|| "both sides, as recorded".to_owned());
        self.notices.info(chosen, now.mono);
        vec![Effect::Speech(self.player.speech)]
    }

    /// Silence is skipped more, or no more.
    pub(in crate::app) fn choose_skip(&mut self, now: Now) -> Vec<Effect> {
        let skip = self.player.speech.skip.next();
        self.player.speech.skip = skip;
        let told = match skip {
            Skip::Off => "silence is heard whole",
            Skip::Mild => "pauses are cut to 0.7 s",
            Skip::Strong => "pauses are cut to 0.3 s",
        };
        self.notices.info(told, now.mono);
        vec![Effect::Speech(self.player.speech)]
    }

    /// Quiet and loud voices are brought together, or heard as they are.
    pub(in crate::app) fn choose_level(&mut self, now: Now) -> Vec<Effect> {
        let level = !self.player.speech.level;
        self.player.speech.level = level;
        let told = match level {
            true => "quiet and loud voices are brought together",
            false => "voices are as loud as they were recorded",
        };
        self.notices.info(told, now.mono);
        vec![Effect::Speech(self.player.speech)]
    }

    /// Slower, faster, or between the recording's own speed and the one before.
    pub(in crate::app) fn choose_speed(&mut self, action: Action, now: Now) -> Vec<Effect> {
        let player = &mut self.player;
        let before = player.speech.speed;
        let speed = match action {
            Action::Slower => before.slower(),
            Action::Faster => before.faster(),
            _ if before == Speed::NORMAL => player.quick,
            _ => Speed::NORMAL,
        };
        if speed != Speed::NORMAL {
            player.quick = speed;
        }
        player.speech.speed = speed;
        if player.loaded.is_none() {
            self.notices
                .info(format!("the next recording plays at {speed}"), now.mono);
        }
        if speed == before {
            return Vec::new();
        }
        vec![Effect::Speech(self.player.speech)]
    }
}
