//! From bytes that are still coming to samples, without ever waiting for them.
//!
//! A decoder reads a [`Buffer`] and gives blocks of interleaved samples, each with the frame of the recording it starts at. Where
//! bytes are missing it says so and is asked again later; [`Decoder::seek`] goes anywhere, loaded or not.

pub mod mp3;
pub mod repeat;
pub mod wav;

use std::ops::Range;
use std::time::Duration;

use super::buffer::Buffer;
use super::event::{Error, Media};

/// Slowest and fastest rate that is played, in Hz. Outside are no telephones, only broken headers.
pub const RATES: std::ops::RangeInclusive<u32> = 4_000..=192_000;

/// The most a sample comes to: 12 dB over full scale. Speech that was recorded too loud goes a little over it; a broken frame can
/// decode to anything, and would be heard.
pub const LOUDEST: f32 = 4.0;

/// What [`Decoder::next`] came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Samples were appended; the first of them stands at this frame of the recording.
    Block {
        first: u64,
        /// False where the place in time is an estimate.
        exact: bool,
    },
    /// The bytes that come next are not here yet.
    NeedBytes,
    /// The recording ends here.
    End,
}

/// How long the recording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    pub length: Duration,
    /// False while it is an estimate.
    pub exact: bool,
}

/// Whose decoder it is, which decides whether missing bytes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The one that is heard: the bytes it needs are fetched first.
    Head,
    /// It takes what comes.
    Follower,
}

/// Reads one recording. Calls return at once, whatever the network does.
pub trait Decoder: Send {
    /// What is known of the file by now.
    fn media(&self) -> Media;

    /// Tells the length that somebody else gave, for estimates.
    fn expect(&mut self, _length: Duration) {}

    /// Plays this part over and over, once it has come there; [`repeat::Repeating`] does so for every kind.
    fn repeat(&mut self, _part: Option<Range<Duration>>) {}

    /// Hz.
    fn rate(&self) -> u32;

    /// 1 or 2, interleaved.
    fn channels(&self) -> u16;

    /// The length, once anything is known of it. May grow more exact with every byte.
    fn length(&mut self) -> Option<Length>;

    /// Appends one block of samples (interleaved; 1.0 is full scale, [`LOUDEST`] the most) to `out`, a fraction of a second long.
    ///
    /// # Errors
    /// When the bytes will not come, or are nothing that can be decoded.
    fn next(&mut self, out: &mut Vec<f32>) -> Result<Step, Error>;

    /// The next block starts at `to`, or at the end when `to` is beyond. Where only an estimate is possible (a variable bit
    /// rate, not yet loaded) the block's own frame says where it really is.
    fn seek(&mut self, to: Duration);

    /// The next block is what sounds at the byte `at` of the file, or as soon after it as can be decoded.
    fn go_to_byte(&mut self, at: u64);

    /// The byte of the file from which the next block is read.
    fn byte(&self) -> u64;
}

/// Looks at the first bytes and makes the decoder for them; `None` while too few are here.
///
/// # Errors
/// When the file is empty, is no audio, is of a kind that is not played, or will not come.
pub fn open(buffer: &Buffer, role: Role) -> Result<Option<Box<dyn Decoder>>, Error> {
    let mut head = [0; 12];
    let read = buffer.try_read_at(0, &mut head);
    if buffer.is_empty() {
        return Err(Error::Empty);
    }
    if read < head.len() && buffer.len().is_none_or(|len| len > read as u64) {
        return still_coming(buffer, 0, role);
    }
    if head.starts_with(b"RIFF") || head.starts_with(b"RIFX") || head.starts_with(b"RF64") {
        return match wav::Wav::open(buffer, role)? {
            Some(wav) => Ok(Some(Box::new(wav))),
            None => Ok(None),
        };
    }
    #[cfg(test)]
    assert!(!head.starts_with(b"panic!"), "a frame that nobody expected");
    if let Some(other) = other_kind(&head) {
        return Err(Error::NotAudio(other.to_owned()));
    }
    match mp3::Mp3::open(buffer, role)? {
        Some(mp3) => Ok(Some(Box::new(mp3))),
        None => Ok(None),
    }
}

/// What servers send in place of a recording, and kinds of audio that are not played, by their first bytes.
fn other_kind(head: &[u8]) -> Option<&'static str> {
    let text = head.trim_ascii_start();
    match head {
        _ if text.starts_with(b"<") => Some("a web page or XML came instead"),
        _ if text.starts_with(b"{") => Some("JSON came instead"),
        _ if head.starts_with(b"OggS") => Some("an Ogg file; mp3 and WAV are played"),
        _ if head.starts_with(b"fLaC") => Some("a FLAC file; mp3 and WAV are played"),
        _ if head.get(4..8) == Some(b"ftyp") => Some("an MP4 file; mp3 and WAV are played"),
        _ => None,
    }
}

/// `None` while the bytes at `at` may still come, else why they will not.
fn still_coming<T>(buffer: &Buffer, at: u64, role: Role) -> Result<Option<T>, Error> {
    if role == Role::Head {
        buffer.want(at);
    }
    match buffer.failed() {
        Some(error) => Err(error),
        None => Ok(None),
    }
}

/// [`Step::NeedBytes`] while the bytes at `at` may still come, else why they will not.
fn need_bytes(buffer: &Buffer, at: u64, role: Role) -> Result<Step, Error> {
    Ok(still_coming(buffer, at, role)?.unwrap_or(Step::NeedBytes))
}

/// What a file says is a sample, as one that may be played: see [`LOUDEST`]. Not-a-number and infinity would stay in the
/// resampler for ever.
fn bounded(sample: f32) -> f32 {
    match sample.is_finite() {
        true => sample.clamp(-LOUDEST, LOUDEST),
        false => 0.0,
    }
}

/// Frames that pass in `time` at `rate`.
pub(crate) fn frames_in(time: Duration, rate: u32) -> u64 {
    let frames = time.as_nanos() * u128::from(rate) / 1_000_000_000;
    u64::try_from(frames).unwrap_or(u64::MAX)
}

/// How long `frames` last at `rate`.
pub(crate) fn time_of(frames: u64, rate: u32) -> Duration {
    let nanos = u128::from(frames) * 1_000_000_000 / u128::from(rate.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}
