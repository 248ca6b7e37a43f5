//! What makes talk easier to follow: which side is heard, and how. Between decoding and resampling, at the recording's own rate.
//!
//! [`Speech`] is what the listener has chosen; a [`Chain`] carries it out for one epoch of the ring. A choice that changes begins
//! a new epoch from the frame that is heard (see [`super::ring`]), so nothing here has to change on its way.

mod chain;
mod level;
mod loudness;
mod sides;
mod skip;
mod speed;
mod voice;

pub use chain::{Chain, Place};
pub use sides::{Balance, Side, Sides};
pub use skip::Skip;
pub use speed::Speed;

/// What the listener has chosen. It stays as it is from one recording to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Speech {
    pub sides: Sides,
    pub speed: Speed,
    pub skip: Skip,
    /// Quiet and loud parties are brought together.
    pub level: bool,
}

impl Speech {
    /// What of it a recording of so many channels can show: mono has no sides.
    pub fn heard_in(self, channels: u16) -> Self {
        match channels {
            2 => self,
            _ => Self {
                sides: Sides::default(),
                ..self
            },
        }
    }
}
