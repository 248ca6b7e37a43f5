//! What the player is told, and what it tells.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::speech::Speech;
use super::statistics::{Statistics, Thresholds};
use super::waveform::Waveform;

/// One press of play. Minted by the app; every event carries the one it belongs to, so that what comes late is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlayId(pub u64);

/// A header value that must not be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where the bytes are, and what may be sent there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub url: String,
    /// The whole `Authorization` value, for this URL's origin only; never sent across a redirect to another origin.
    pub authorization: Option<Secret>,
    /// An origin that the user set on purpose (the API base's): it may be inside a private network, and plain http is taken to it if it
    /// says so. Elsewhere only https to public servers is, and plain http to loopback.
    pub own_origin: Option<String>,
}

/// What the app asks of the player.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Stop what plays and play this, from `at`. `expected` is the API's own length, if it gave one.
    Play {
        play: PlayId,
        request: Request,
        at: Duration,
        expected: Option<Duration>,
    },
    Pause,
    /// Go on after a pause, from `at` when given (a little earlier than where it stopped).
    Resume {
        at: Option<Duration>,
    },
    Seek(Duration),
    /// Once it is there, this part is heard over and over, without a gap; `None`: it plays on. A new recording has none.
    Loop(Option<Range<Duration>>),
    /// This is likely to be played next: fetch its beginning. The last one that was named counts.
    FetchAhead(Request),
    Stop,
    /// 0.0 to 2.0; 1.0 is the recording's own level. Louder than that, peaks are limited and never clip.
    Volume(f32),
    Mute(bool),
    /// How it is heard from here on, this recording and the next. A change is heard at once, and from the same place.
    Speech(Speech),
    /// What is a turn, an overlap or a fault, from the next recording on.
    Thresholds(Thresholds),
}

/// What the file turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    /// `mp3` or `wav`.
    pub format: &'static str,
    /// Hz.
    pub sample_rate: u32,
    pub channels: u16,
    /// Bits a second; `None` when it varies and is not yet known.
    pub bit_rate: Option<u32>,
    pub variable: bool,
    /// Bytes in the file, when the server says.
    pub bytes: Option<u64>,
}

/// Where the sound is: at `at` it stood at `position`, and moves on at `speed` (0.0 while paused or waiting).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anchor {
    pub position: Duration,
    pub at: Instant,
    pub speed: f64,
}

impl Anchor {
    /// The position that is heard at `now`.
    pub fn position_at(&self, now: Instant) -> Duration {
        self.position
            + now
                .saturating_duration_since(self.at)
                .mul_f64(self.speed.max(0.0))
    }
}

/// What the player tells of one playback.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The request is on its way; nothing has come.
    Opening,
    /// The first bytes told what it is.
    Opened(Media),
    /// Length; `exact` is false while it is an estimate (shown with `~`).
    Length {
        length: Duration,
        exact: bool,
    },
    /// Sound is heard (or goes on) from here.
    Playing(Anchor),
    /// The sound ran out of bytes, or a jump waits for its first ones. The anchor stands still.
    Buffering(Anchor),
    Paused(Anchor),
    /// The last frame was heard.
    Ended(Anchor),
    /// So much silence of the recording was left out so far in this playback.
    Skipped(Duration),
    /// Parts of the file that are here, as fractions (0.0 to 1.0) of the whole, ascending and disjoint.
    Buffered(Arc<[Range<f32>]>),
    /// The waveform as far as it is known.
    Waveform(Arc<Waveform>),
    /// Who talks when, and what the sound is like, as far as it is known.
    Statistics(Arc<Statistics>),
    /// The connection is being tried again (what happened, how many times so far).
    Retrying {
        detail: String,
        attempt: u32,
    },
    /// Nothing more will come of this playback.
    Failed(Error),
    /// The sink went away, or could not be opened: the playback stays, paused. `None` again once it works.
    Device(Option<String>),
}

/// Why a playback ended before its end. Each message says what failed; `help` says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("the media server wants credentials (401)")]
    Unauthorized,
    #[error("the media server refused access (403)")]
    Forbidden,
    #[error("the file is not there (404): it may not be ready yet")]
    NotFound,
    #[error("the media server answered with status {0}")]
    Status(u16),
    #[error("this is not audio: {0}")]
    NotAudio(String),
    #[error("the file is empty: no sound was recorded")]
    Empty,
    #[error("the file holds a header and no sound")]
    HeaderOnly,
    #[error("the link was refused: {0}")]
    Refused(String),
    #[error("could not reach the media server: {0}")]
    Unreachable(String),
    #[error("the media server's answer cannot be used: {0}")]
    Protocol(String),
    #[error("the recording could not be kept on disk: {0}")]
    Storage(String),
    #[error("the sound could not be decoded: {0}")]
    Decode(String),
    #[error("the file changed on the server while it was read")]
    Changed,
    #[error("the recording has no link to its sound")]
    NoUrl,
    #[error("no sound device: {0}")]
    NoDevice(String),
}
