//! Where the sound goes: a sound device, or real time and nothing.
//!
//! An output is opened off the player's thread, since a sound server may hang, and is closed by dropping what it gave. It pulls its
//! frames out of a [`super::ring`], at its own pace, and never waits for anybody.

#[cfg(feature = "sound")]
mod clock;
#[cfg(feature = "sound")]
mod device;
mod null;
#[cfg(all(feature = "sound", target_os = "linux"))]
mod quiet;

use std::any::Any;
use std::thread::Thread;

use super::event::Sink;
use super::ring::Writer;

pub use null::Null;

#[cfg(feature = "sound")]
pub use device::Device;

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
}

/// The output that `sink` names.
pub fn output(sink: &Sink) -> Box<dyn Output> {
    match sink {
        #[cfg(feature = "sound")]
        Sink::Device => Box::new(Device::default()),
        #[cfg(not(feature = "sound"))]
        Sink::Device => Box::new(Without),
        Sink::Null => Box::new(Null),
    }
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
