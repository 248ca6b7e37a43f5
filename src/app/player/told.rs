//! What the sound thread tells, and what it changes.

use std::time::Instant;

use crate::audio::{self, Anchor, PlayId};

use super::{AIM_LASTS, AIM_MEETS, Length, Loaded, Phase, Player};
use crate::app::Now;

impl Player {
    /// What the sound thread told. `false`: it belongs to a playback that is over, and changed nothing.
    pub fn event(&mut self, play: PlayId, event: audio::Event, now: Now) -> bool {
        use audio::Event;
        let Some(loaded) = self.loaded.as_mut().filter(|loaded| loaded.play == play) else {
            return false;
        };
        if matches!(loaded.phase, Phase::Failed { .. }) {
            return false;
        }
        match event {
            Event::Opening => {
                // Pausing may have been quicker.
                if matches!(loaded.phase, Phase::Buffering(_) | Phase::Playing(_)) {
                    loaded.phase = Phase::Opening {
                        at: loaded.position(now.mono),
                    };
                }
            }
            Event::Opened(media) => {
                loaded.media = Some(media);
                loaded.retrying = None;
            }
            Event::Length { length, exact } => loaded.length = Some(Length { length, exact }),
            Event::Playing(anchor) => {
                let anchor = loaded.told(anchor, now.mono);
                loaded.phase = Phase::Playing(anchor);
                loaded.retrying = None;
            }
            Event::Buffering(anchor) => {
                let anchor = loaded.told(anchor, now.mono);
                loaded.phase = match loaded.phase {
                    Phase::Paused { since, .. } => Phase::Paused { anchor, since },
                    _ => Phase::Buffering(anchor),
                };
            }
            Event::Paused(anchor) => {
                let anchor = loaded.told(anchor, now.mono);
                let since = match loaded.phase {
                    Phase::Paused { since, .. } => since,
                    _ => Some(now),
                };
                loaded.phase = Phase::Paused { anchor, since };
            }
            Event::Ended(anchor) => {
                loaded.aim = None;
                loaded.phase = Phase::Ended(anchor);
            }
            Event::Buffered(parts) => {
                loaded.buffered = parts;
                loaded.retrying = None;
            }
            Event::Skipped(skipped) => loaded.skipped = skipped,
            Event::Waveform(waveform) => loaded.waveform = Some(waveform),
            Event::Statistics(statistics) => loaded.statistics = Some(statistics),
            Event::Retrying { detail, attempt } => loaded.retrying = Some((detail, attempt)),
            Event::Failed(error) => {
                loaded.phase = Phase::Failed {
                    error,
                    at: loaded.position(now.mono),
                };
            }
            Event::Device(trouble) => loaded.device = trouble,
        }
        true
    }
}

impl Loaded {
    /// An anchor that was told, unless it is of before the jump that was asked for last.
    fn told(&mut self, anchor: Anchor, now: Instant) -> Anchor {
        let Some(aim) = self.aim else {
            return anchor;
        };
        let arrived = anchor.position.abs_diff(aim.target) <= AIM_MEETS;
        let later = anchor.at >= aim.asked + AIM_LASTS;
        if arrived || later {
            self.aim = None;
            return anchor;
        }
        Anchor {
            position: aim.target,
            at: now,
            speed: anchor.speed,
        }
    }
}
