//! Where the sound goes, and in which form it goes where there is no device to ask.

use std::path::PathBuf;

/// Where the sound goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sink {
    /// The default sound device.
    #[default]
    Device,
    /// The sound device of that name, or the one whose name alone holds it.
    Named(String),
    /// In real time into nothing: ssh, CI.
    Null,
    /// Standard output, in real time. Its other end may make it wait.
    Stdout(Format),
    /// The standard input of a command, in real time.
    Command {
        /// What `sh -c` runs.
        line: String,
        format: Format,
        /// Environment variables that it does not get.
        hidden: &'static [&'static str],
    },
    /// A Unix socket at which listeners come and go, in real time.
    Socket { path: PathBuf, format: Format },
}

/// How frames become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    pub encoding: Encoding,
    /// Frames a second, from [`Format::LEAST_RATE`] to [`Format::MOST_RATE`].
    pub rate: u32,
    pub channels: Channels,
}

impl Format {
    pub const LEAST_RATE: u32 = 8_000;
    pub const MOST_RATE: u32 = 192_000;
}

impl Default for Format {
    fn default() -> Self {
        Self {
            encoding: Encoding::Wav,
            rate: 48_000,
            channels: Channels::Stereo,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// A WAV header that names no length, then [`Encoding::S16le`].
    Wav,
    /// Signed 16-bit integers, the low byte first.
    S16le,
    /// 32-bit floats from -1.0 to 1.0, the low byte first.
    F32le,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// Both sides in one.
    Mono,
    /// Left, then right.
    Stereo,
}

impl Channels {
    pub fn count(self) -> u16 {
        match self {
            Self::Mono => 1,
            Self::Stereo => 2,
        }
    }
}
