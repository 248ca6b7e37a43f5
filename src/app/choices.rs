//! What the listener chooses stays for the next recording, and where there is a file for marks, for the next start.
//!
//! One order decides everywhere: what a flag, the environment or the configuration says ([`Settled`]); else what was chosen in an
//! earlier run; else nothing, which is the recording as it is.

use super::{App, Effect};
use crate::audio::Speech;
use crate::audio::speech::{Side, Skip, Speed};
use crate::store::{Change, Choice};

/// What was said before anything was chosen, so that nothing of an earlier run takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    pub speed: bool,
    pub volume: bool,
    pub skip: bool,
    pub level: bool,
}

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choices {
    pub speech: Speech,
    /// Per cent, 0 to 200.
    pub volume: u16,
}

const SPEED: &str = "speed";
const VOLUME: &str = "volume";
const SIDE: &str = "channel";
const SWAPPED: &str = "swapped";
const BALANCE: &str = "balance";
const SKIP: &str = "skip";
const LEVEL: &str = "level";
const NAMES: [&str; 7] = [SPEED, VOLUME, SIDE, SWAPPED, BALANCE, SKIP, LEVEL];

const ON: &str = "on";
const OFF: &str = "off";

impl Choices {
    /// As it is kept: speed in tenths, volume in per cent, balance in decibels.
    fn written(&self, name: &str) -> String {
        let on = |on: bool| if on { ON } else { OFF }.to_owned();
        let Speech {
            sides,
            speed,
            skip,
            level,
        } = self.speech;
        match name {
            SPEED => speed.tenths().to_string(),
            VOLUME => self.volume.to_string(),
            SIDE => match sides.side {
                Side::Both => "both",
                Side::Left => "left",
                Side::Right => "right",
            }
            .to_owned(),
            SWAPPED => on(sides.swapped),
            BALANCE => sides.balance.decibels().to_string(),
            SKIP => match skip {
                Skip::Off => OFF,
                Skip::Mild => "mild",
                Skip::Strong => "strong",
            }
            .to_owned(),
            _ => on(level),
        }
    }

    /// Takes what was kept; what nobody can have chosen changes nothing.
    fn read(&mut self, name: &str, value: &str) {
        let on = match value {
            ON => Some(true),
            OFF => Some(false),
            _ => None,
        };
        let speech = &mut self.speech;
        match name {
            SPEED => {
                let tenths: Option<u8> = value.parse().ok();
                let speed = tenths.map(Speed::from_tenths);
                speech.speed = speed
                    .filter(|speed| Some(speed.tenths()) == tenths)
                    .unwrap_or(speech.speed);
            }
            VOLUME => {
                let percent = value.parse().ok();
                self.volume = percent
                    .filter(|percent| *percent <= super::player::LOUDEST)
                    .unwrap_or(self.volume);
            }
            SIDE => match value {
                "both" => speech.sides.side = Side::Both,
                "left" => speech.sides.side = Side::Left,
                "right" => speech.sides.side = Side::Right,
                _ => {}
            },
            SWAPPED => speech.sides.swapped = on.unwrap_or(speech.sides.swapped),
            BALANCE => {
                let balance = value
                    .parse()
                    .ok()
                    .and_then(crate::audio::speech::Balance::new);
                speech.sides.balance = balance.unwrap_or(speech.sides.balance);
            }
            SKIP => match value {
                OFF => speech.skip = Skip::Off,
                "mild" => speech.skip = Skip::Mild,
                "strong" => speech.skip = Skip::Strong,
                _ => {}
            },
            _ => speech.level = on.unwrap_or(speech.level),
        }
    }
}

impl Settled {
    fn has(self, name: &str) -> bool {
        match name {
            SPEED => self.speed,
            VOLUME => self.volume,
            SKIP => self.skip,
            LEVEL => self.level,
            _ => false,
        }
    }
}

impl App {
    /// Remembers what was chosen since `before`.
    pub(super) fn note_choices(&mut self, before: Choices) -> Vec<Effect> {
        let after = self.player.choices();
        if after == before {
            return Vec::new();
        }
        let changed = NAMES.map(|name| (name, before.written(name), after.written(name)));
        let mut effects = Vec::new();
        for (name, before, value) in changed {
            if before != value {
                let name = name.to_owned();
                effects.extend(self.remember(Change::Choice(Choice { name, value })));
            }
        }
        effects
    }

    /// Takes up what was chosen in an earlier run, where nothing else was said. Once: later the file is read for what others marked, and
    /// what they chose is their own.
    pub(super) fn take_choices(&mut self) -> Vec<Effect> {
        let Some(settled) = self.settled.take() else {
            return Vec::new();
        };
        let mut choices = self.player.choices();
        for name in NAMES.into_iter().filter(|name| !settled.has(name)) {
            if let Some(value) = self.marks.choice(name) {
                choices.read(name, value);
            }
        }
        self.player.choose(choices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::speech::{Balance, Sides};

    fn odd() -> Choices {
        Choices {
            speech: Speech {
                sides: Sides {
                    side: Side::Right,
                    swapped: true,
                    balance: Balance::default().to_left().to_left(),
                },
                speed: Speed::from_tenths(17),
                skip: Skip::Strong,
                level: true,
            },
            volume: 135,
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for choices in [Choices::default(), odd()] {
            let mut read = Choices {
                volume: 100,
                ..Choices::default()
            };
            for name in NAMES {
                read.read(name, &choices.written(name));
            }
            assert_eq!(read, choices);
        }
    }

    #[test]
    fn what_nobody_can_have_chosen_changes_nothing() {
        for name in NAMES {
            for value in ["", "-1", "256", "201", "-31", "1e9", "ON", "\u{1b}[2J"] {
                let mut read = odd();
                read.read(name, value);
                assert_eq!(read, odd(), "{name} {value}");
            }
        }
    }
}
