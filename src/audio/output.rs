//! Where the sound goes: a sound device, or real time and a pipe, or nothing.
//!
//! An output is opened off the player's thread, since a sound server may hang, and is closed by dropping what it gave. It pulls its
//! frames out of a [`super::ring`], at its own pace, and never waits for anybody.

#[cfg(feature = "sound")]
mod clock;
mod command;
#[cfg(feature = "sound")]
mod device;
mod feed;
#[cfg(feature = "sound")]
mod host;
mod names;
mod null;
mod pace;
mod pcm;
mod pipe;
#[cfg(all(feature = "sound", target_os = "linux"))]
mod pulse;
#[cfg(all(feature = "sound", target_os = "linux"))]
mod quiet;
mod socket;
mod stdout;
mod trial;
mod wait;

use std::any::Any;
use std::thread::Thread;

use super::ring::Writer;
use super::sink::Sink;

pub use null::Null;
pub use trial::try_out;

#[cfg(feature = "sound")]
pub use device::Device;
#[cfg(feature = "sound")]
pub use host::devices;
pub use names::{DeviceName, Devices};

/// An output that is running. It stops when this is dropped.
pub struct Open {
    pub writer: Writer,
    pub hold: Box<dyn Any + Send>,
}

/// Takes the outcome of one opening, on whatever thread that happens; the reason is for people.
pub type Answer = Box<dyn FnOnce(Result<Open, String>) + Send>;

/// Something that sound can be sent to.
pub trait Output: Send {
    /// Begins to open and returns at once. `filler` is the thread that will fill the ring, and is unparked by it.
    fn open(&mut self, filler: Thread, answer: Answer);

    /// What people call it, within a sentence.
    fn name(&self) -> &'static str {
        "the sound device"
    }

    /// Whether it may come back by itself once it was lost, so that it is worth a try now and then.
    fn may_return(&self) -> bool {
        true
    }
}

/// The output that `sink` names. A socket is there from now on, the rest is begun with the first opening.
pub fn output(sink: &Sink) -> Box<dyn Output> {
    match sink {
        #[cfg(feature = "sound")]
        Sink::Device => Box::new(Device::default()),
        #[cfg(feature = "sound")]
        Sink::Named(name) => Box::new(Device::named(name)),
        #[cfg(not(feature = "sound"))]
        Sink::Device | Sink::Named(_) => Box::new(Without),
        Sink::Null => Box::new(Null),
        Sink::Stdout(format) => Box::new(stdout::output(*format)),
        Sink::Command {
            line,
            format,
            hidden,
        } => Box::new(command::output(line, *format, hidden)),
        Sink::Socket { path, format } => Box::new(socket::output(path, *format)),
    }
}

/// Sees what is wrong with `sink` before anything is opened or replaced.
///
/// # Errors
/// Why it cannot be, for people.
pub fn check(sink: &Sink) -> Result<(), String> {
    match sink {
        Sink::Socket { path, .. } => socket::check(path),
        Sink::Device | Sink::Named(_) | Sink::Null | Sink::Stdout(_) | Sink::Command { .. } => {
            Ok(())
        }
    }
}

/// The sound devices of a build without sound: none.
///
/// # Errors
/// Never.
#[cfg(not(feature = "sound"))]
pub fn devices() -> Result<Devices, String> {
    Ok(Devices {
        server: "nothing".to_owned(),
        why: "this build has no sound (feature `sound` is off)".to_owned(),
        devices: Vec::new(),
        default: None,
    })
}

/// Stands in for the device in a build without sound.
#[cfg(not(feature = "sound"))]
struct Without;

#[cfg(not(feature = "sound"))]
impl Output for Without {
    fn open(&mut self, _filler: Thread, answer: Answer) {
        answer(Err(
            "this build has no sound (feature `sound` is off): use --sink null".to_owned(),
        ));
    }
}
