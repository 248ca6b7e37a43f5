//! What an engineer looks for in a recording: what is wrong with its sound, in words.

use std::time::Duration;

use crate::app::player::Player;
use crate::app::sides::SideNames;
use crate::app::words;
use crate::audio::statistics::Gaps;
use crate::audio::{Error, Statistics};

/// Fewer places at full scale than this nobody hears.
pub const CLIPPED_PLACES: u32 = 5;

/// A channel of which more than this is zeros is switched off in every pause, as voice detection does; single gaps in one
/// that never is are packets that were lost.
const GATED: f64 = 0.1;

/// Lengths differ by the encoder's padding and by whole seconds in old answers.
const LENGTHS: Duration = Duration::from_millis(1_500);
const LENGTHS_SHARE: f64 = 0.02;

/// Something wrong. Sides are numbers from 0, of so many.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    Empty,
    HeaderOnly,
    NobodyTalks {
        sides: usize,
    },
    /// One-way audio: nothing is heard on this side.
    Silent {
        side: usize,
        sides: usize,
    },
    Clipped {
        side: usize,
        sides: usize,
        places: u32,
    },
    Gaps {
        side: usize,
        sides: usize,
        gaps: Gaps,
    },
    Length {
        decoded: Duration,
        declared: Duration,
    },
}

impl Finding {
    /// As it is told, the sides by these names.
    pub fn words(&self, names: &SideNames) -> String {
        let on = |side: &usize, sides: &usize| match sides {
            0 | 1 => String::new(),
            sides => format!("{} side: ", names.of(*side, *sides)),
        };
        match self {
            Self::Empty => "empty file: nothing was recorded".to_owned(),
            Self::HeaderOnly => "header only: no sound was recorded".to_owned(),
            Self::NobodyTalks { sides: 0 | 1 } => "silent: nobody talks".to_owned(),
            Self::NobodyTalks { .. } => "both sides silent: nobody talks".to_owned(),
            Self::Silent { side, sides } => {
                format!("{} side silent: one-way audio", names.of(*side, *sides))
            }
            Self::Clipped {
                side,
                sides,
                places,
            } => format!(
                "{}clipped in {}",
                on(side, sides),
                words::counted(u64::from(*places), "place", "places")
            ),
            Self::Gaps { side, sides, gaps } => format!(
                "{}{} of exact zeros, {} ms in all",
                on(side, sides),
                words::counted(u64::from(gaps.count), "gap", "gaps"),
                gaps.total.as_millis()
            ),
            Self::Length { decoded, declared } => format!(
                "the file holds {}, the API says {}",
                words::clock(*decoded),
                words::clock(*declared)
            ),
        }
    }
}

/// What is wrong with the recording that is loaded, the gravest first. That somebody is silent is told when all has come.
pub fn findings(player: &Player) -> Vec<Finding> {
    match player.error() {
        Some(Error::Empty) => return vec![Finding::Empty],
        Some(Error::HeaderOnly) => return vec![Finding::HeaderOnly],
        _ => {}
    }
    player.statistics().map_or(Vec::new(), |statistics| {
        of(statistics, player.declared(), player.clipped_places())
    })
}

fn of(statistics: &Statistics, declared: Option<Duration>, places: u32) -> Vec<Finding> {
    let sides = statistics.sides.len();
    let all = || statistics.sides.iter().enumerate();
    let mut found = Vec::new();
    if statistics.complete {
        let silent: Vec<usize> = all()
            .filter(|(_, side)| side.turns.is_empty())
            .map(|(side, _)| side)
            .collect();
        if silent.len() == sides {
            found.push(Finding::NobodyTalks { sides });
        } else {
            let silent = silent.into_iter();
            found.extend(silent.map(|side| Finding::Silent { side, sides }));
        }
    }
    let clipped = all().filter(|(_, side)| side.clips >= places);
    found.extend(clipped.map(|(at, side)| Finding::Clipped {
        side: at,
        sides,
        places: side.clips,
    }));
    let gaps =
        all().filter(|(_, side)| side.gaps.count > 0 && statistics.share(side.gaps.total) < GATED);
    found.extend(gaps.map(|(at, side)| Finding::Gaps {
        side: at,
        sides,
        gaps: side.gaps,
    }));
    if let Some(declared) = declared.filter(|_| statistics.complete) {
        let decoded = statistics.measured;
        let allowed = LENGTHS.max(declared.mul_f64(LENGTHS_SHARE));
        if decoded.abs_diff(declared) > allowed {
            found.push(Finding::Length { decoded, declared });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::statistics::Side;

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn talking() -> Side {
        Side {
            turns: [secs(1)..secs(5)].into(),
            talk: secs(4),
            ..Side::default()
        }
    }

    fn words(sides: Vec<Side>, declared: Option<u64>) -> Vec<String> {
        let statistics = Statistics {
            measured: secs(60),
            complete: true,
            sides,
            ..Statistics::default()
        };
        let found = of(&statistics, declared.map(secs), CLIPPED_PLACES);
        let names = SideNames::default();
        found.iter().map(|finding| finding.words(&names)).collect()
    }

    #[test]
    fn what_is_wrong_is_told_by_side_and_what_is_right_is_not() {
        let gaps = |millis| Gaps {
            count: 2,
            total: Duration::from_millis(millis),
            longest: secs(0),
        };
        let none: &[&str] = &[];
        assert_eq!(words(vec![talking(), talking()], Some(60)), none);
        assert_eq!(
            words(vec![talking(), Side::default()], Some(61)),
            ["right side silent: one-way audio"]
        );
        assert_eq!(
            words(vec![Side::default(), Side::default()], None),
            ["both sides silent: nobody talks"]
        );
        assert_eq!(words(vec![Side::default()], None), ["silent: nobody talks"]);
        let broken = Side {
            clips: 1_200,
            gaps: gaps(90),
            ..talking()
        };
        assert_eq!(
            words(vec![broken, talking()], Some(80)),
            [
                "left side: clipped in 1,200 places",
                "left side: 2 gaps of exact zeros, 90 ms in all",
                "the file holds 1:00, the API says 1:20",
            ]
        );
        let gated = Side {
            clips: CLIPPED_PLACES - 1,
            gaps: gaps(20_000),
            ..talking()
        };
        assert_eq!(words(vec![gated], None), none);
    }

    #[test]
    fn silence_is_not_told_before_everything_has_come() {
        let statistics = Statistics {
            measured: secs(3),
            sides: vec![talking(), Side::default()],
            ..Statistics::default()
        };
        assert_eq!(of(&statistics, Some(secs(60)), CLIPPED_PLACES), []);
    }
}
