//! The player as the screen knows it: what the user asked for and what the sound thread told.
//!
//! Where the sound is comes as an anchor in time, never as a poll: the position at any instant is worked out from it.

mod actions;
mod jumps;
mod known;
mod load;
mod repeat;
mod rewind;
mod speech;
mod start;
mod told;
mod trouble;
mod turns;
mod volume;
mod zoom;

pub use actions::{Done, Told};
pub use repeat::Repeat;
pub use rewind::Rewind;
pub use start::Start;
pub use trouble::Trouble;
pub use volume::LOUDEST;

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::audio::speech::Speed;
use crate::audio::{self, Anchor, Media, PlayId, Statistics, Thresholds, Waveform};
use crate::plivo::{Recording, RecordingId};

use super::Now;
use super::effect::Effect;
use super::ids::Ids;
use super::sides::SideNames;
use super::statistics::CLIPPED_PLACES;

use jumps::Jumps;
use zoom::Zoom;

/// What plays, played, or failed to.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    pub id: RecordingId,
    pub added: Option<DateTime<Utc>>,
    /// All that the API tells of it; `None` for a bare link.
    pub recording: Option<Arc<Recording>>,
}

/// What the panel says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing is loaded.
    Stopped,
    /// The request is on its way.
    Opening,
    /// Waiting for bytes.
    Buffering,
    Playing,
    Paused,
    /// The last frame was heard.
    Ended,
    Failed,
}

/// A length, and whether it is more than an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    pub length: Duration,
    pub exact: bool,
}

/// See the module's words.
#[derive(Debug, Clone, PartialEq)]
pub struct Player {
    /// Per cent of the recording's own level, 0 to 200.
    volume: u16,
    muted: bool,
    rewind: Rewind,
    names: SideNames,
    thresholds: Thresholds,
    clipped_places: u32,
    zoom: Zoom,
    speech: audio::Speech,
    /// The speed that one key goes back to from the recording's own.
    quick: Speed,
    autoplay: bool,
    loaded: Option<Loaded>,
}

impl Default for Player {
    fn default() -> Self {
        Self {
            volume: 100,
            muted: false,
            rewind: Rewind::default(),
            names: SideNames::default(),
            thresholds: Thresholds::default(),
            clipped_places: CLIPPED_PLACES,
            zoom: Zoom::Whole,
            speech: audio::Speech::default(),
            quick: Speed::from_tenths(15),
            autoplay: false,
            loaded: None,
        }
    }
}

/// One playback.
#[derive(Debug, Clone, PartialEq)]
struct Loaded {
    play: PlayId,
    subject: Subject,
    url: Option<String>,
    phase: Phase,
    /// The API's own length.
    expected: Option<Duration>,
    length: Option<Length>,
    media: Option<Media>,
    buffered: Arc<[Range<f32>]>,
    waveform: Option<Arc<Waveform>>,
    statistics: Option<Arc<Statistics>>,
    device: Option<String>,
    retrying: Option<(String, u32)>,
    aim: Option<Aim>,
    jumps: Jumps,
    repeat: Repeat,
    /// Silence that was left out so far.
    skipped: Duration,
}

#[derive(Debug, Clone, PartialEq)]
enum Phase {
    Opening {
        at: Duration,
    },
    Buffering(Anchor),
    Playing(Anchor),
    /// `since`: how long the listener was away decides how far back resuming goes; `None` after a jump, which chose the
    /// place itself.
    Paused {
        anchor: Anchor,
        since: Option<Now>,
    },
    Ended(Anchor),
    Failed {
        error: audio::Error,
        at: Duration,
    },
}

/// A jump that was asked for. What the sound thread told before it heard of the jump must not move the position back,
/// or a second press of the key would start from there.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Aim {
    target: Duration,
    asked: Instant,
}

/// What was heard so long after a jump was asked for is of after the jump.
const AIM_LASTS: Duration = Duration::from_millis(300);
/// Jumps land on a frame, by bytes where the file has no index: this far from the target is still the jump.
const AIM_MEETS: Duration = Duration::from_millis(500);

impl Loaded {
    fn position(&self, now: Instant) -> Duration {
        let position = match &self.phase {
            Phase::Opening { at } | Phase::Failed { at, .. } => *at,
            Phase::Playing(anchor) => self.turning(anchor, now),
            Phase::Buffering(anchor) | Phase::Paused { anchor, .. } | Phase::Ended(anchor) => {
                anchor.position
            }
        };
        match self.length {
            Some(Length {
                length,
                exact: true,
            }) => position.min(length),
            _ => position,
        }
    }
}

impl Player {
    /// What is loaded; `None` while stopped.
    pub fn subject(&self) -> Option<&Subject> {
        self.loaded.as_ref().map(|loaded| &loaded.subject)
    }

    /// Which playback it is; a new one begins with each recording that is played.
    pub fn play_id(&self) -> Option<PlayId> {
        self.loaded.as_ref().map(|loaded| loaded.play)
    }

    /// How far going on steps back for somebody who was away so long.
    pub fn step_back(&self, away: Duration) -> Duration {
        self.rewind.after(away)
    }

    pub fn state(&self) -> State {
        match self.loaded.as_ref().map(|loaded| &loaded.phase) {
            None => State::Stopped,
            Some(Phase::Opening { .. }) => State::Opening,
            Some(Phase::Buffering(_)) => State::Buffering,
            Some(Phase::Playing(_)) => State::Playing,
            Some(Phase::Paused { .. }) => State::Paused,
            Some(Phase::Ended(_)) => State::Ended,
            Some(Phase::Failed { .. }) => State::Failed,
        }
    }

    /// True while sound is heard or is on its way.
    pub fn is_playing(&self) -> bool {
        matches!(
            self.state(),
            State::Opening | State::Buffering | State::Playing
        )
    }

    /// At the end the next row plays.
    pub fn autoplay(&self) -> bool {
        self.autoplay
    }

    pub fn media(&self) -> Option<&Media> {
        self.loaded.as_ref()?.media.as_ref()
    }

    pub fn waveform(&self) -> Option<&Waveform> {
        self.loaded.as_ref()?.waveform.as_deref()
    }

    /// Parts of the file that are here, as fractions of the whole, ascending and disjoint.
    pub fn buffered(&self) -> &[Range<f32>] {
        self.loaded.as_ref().map_or(&[], |loaded| &loaded.buffered)
    }

    /// As the file has it, else as the API said.
    pub fn length(&self) -> Option<Length> {
        let loaded = self.loaded.as_ref()?;
        loaded.length.or(loaded.expected.map(|length| Length {
            length,
            exact: false,
        }))
    }

    /// The position that is heard at `now`; zero while nothing is loaded.
    pub fn position(&self, now: Instant) -> Duration {
        self.loaded
            .as_ref()
            .map_or(Duration::ZERO, |loaded| loaded.position(now))
    }

    /// How far along, 0.0 to 1.0; `None` without a length.
    pub fn fraction(&self, now: Instant) -> Option<f64> {
        let length = self.length()?.length.as_secs_f64();
        (length > 0.0).then(|| (self.position(now).as_secs_f64() / length).clamp(0.0, 1.0))
    }

    /// When the shown second or the head's cell of a bar `bar_cells` wide changes next, whichever comes first. `None`
    /// while nothing moves.
    pub fn needs_redraw_at(&self, now: Instant, bar_cells: u16) -> Option<Instant> {
        let Phase::Playing(anchor) = &self.loaded.as_ref()?.phase else {
            return None;
        };
        if anchor.speed <= 0.0 {
            return None;
        }
        let position = self.position(now).as_secs_f64();
        let length = self.length();
        if length.is_some_and(|length| length.exact && position >= length.length.as_secs_f64()) {
            return None;
        }
        let mut next = position.floor() + 1.0;
        let window = self
            .window(now)
            .filter(|window| bar_cells > 0 && !window.is_empty());
        if let Some(window) = window {
            let (start, end) = (window.start.as_secs_f64(), window.end.as_secs_f64());
            let cell = (end - start) / f64::from(bar_cells);
            let edge = start + (((position - start) / cell).floor() + 1.0) * cell;
            if edge > position && edge <= end {
                next = next.min(edge);
            }
        }
        // A millisecond late, so that the change has happened by then.
        let wait = Duration::try_from_secs_f64((next - position) / anchor.speed).ok()?;
        now.checked_add(wait.saturating_add(Duration::from_millis(1)))
    }

    /// What is wrong just now, and the way out. One at a time, the gravest.
    pub fn trouble(&self) -> Option<Trouble> {
        let loaded = self.loaded.as_ref()?;
        if let Some(error) = self.error() {
            return Some(Trouble::of(error));
        }
        if let Some(reason) = &loaded.device {
            return Some(Trouble::no_device(reason));
        }
        let (detail, attempt) = loaded.retrying.as_ref()?;
        let some = !loaded.buffered.is_empty();
        Some(Trouble::retrying(detail, *attempt, some))
    }

    /// Space: pause, or go on a little earlier; at the end or after a failure, play again.
    pub fn toggle(&mut self, ids: &mut Ids, now: Now) -> Vec<Effect> {
        let Some(loaded) = &mut self.loaded else {
            return Vec::new();
        };
        match &loaded.phase {
            Phase::Opening { .. } | Phase::Buffering(_) | Phase::Playing(_) => self.suspend(now),
            Phase::Paused { anchor, since } => {
                let away = since.map_or(Duration::ZERO, |since| rewind::away(since, now));
                let back = self.rewind.after(away);
                let position = anchor.position.saturating_sub(back);
                loaded.phase = Phase::Playing(still(position, now.mono));
                if !back.is_zero() {
                    loaded.aim = Some(Aim {
                        target: position,
                        asked: now.mono,
                    });
                }
                vec![Effect::Resume {
                    at: (!back.is_zero()).then_some(position),
                }]
            }
            Phase::Ended(_) => self.seek(Duration::ZERO, now),
            Phase::Failed { at, .. } => {
                let at = *at;
                let Loaded {
                    subject,
                    url,
                    expected,
                    ..
                } = loaded.clone();
                self.load(subject, url, expected, at, ids, now)
            }
        }
    }

    /// Stop and unload. Volume and mute stay.
    pub fn stop(&mut self) -> Vec<Effect> {
        match self.loaded.take() {
            Some(_) => vec![Effect::Stop],
            None => Vec::new(),
        }
    }

    /// Pause, if anything is heard or about to be: for Space, and for Ctrl-z.
    pub fn suspend(&mut self, now: Now) -> Vec<Effect> {
        if !self.is_playing() {
            return Vec::new();
        }
        let Some(loaded) = &mut self.loaded else {
            return Vec::new();
        };
        let anchor = still(loaded.position(now.mono), now.mono);
        loaded.phase = Phase::Paused {
            anchor,
            since: Some(now),
        };
        vec![Effect::Pause]
    }

    /// Jump to a place. While paused it stays paused; after the end it plays from there.
    fn seek(&mut self, target: Duration, now: Now) -> Vec<Effect> {
        let Some(loaded) = &mut self.loaded else {
            return Vec::new();
        };
        // An estimate is no wall: what lies beyond it may exist.
        let target = match loaded.length {
            Some(Length {
                length,
                exact: true,
            }) => target.min(length),
            _ => target,
        };
        let there = still(target, now.mono);
        let mut effects = vec![Effect::Seek(target)];
        loaded.phase = match &loaded.phase {
            Phase::Failed { .. } => return Vec::new(),
            // Further than the end there is nothing, and going there must not begin anew.
            Phase::Ended(end) if target >= end.position => return Vec::new(),
            Phase::Ended(_) => {
                effects.push(Effect::Resume { at: None });
                Phase::Playing(there)
            }
            Phase::Opening { .. } => Phase::Opening { at: target },
            Phase::Buffering(_) => Phase::Buffering(there),
            Phase::Playing(_) => Phase::Playing(there),
            Phase::Paused { .. } => Phase::Paused {
                anchor: there,
                since: None,
            },
        };
        loaded.aim = Some(Aim {
            target,
            asked: now.mono,
        });
        effects
    }

    pub fn toggle_autoplay(&mut self) {
        self.autoplay = !self.autoplay;
    }
}

fn still(position: Duration, at: Instant) -> Anchor {
    Anchor {
        position,
        at,
        speed: 0.0,
    }
}

#[cfg(test)]
mod tests;
