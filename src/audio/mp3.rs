//! Where the frames of an mp3 are, learned while the bytes come in. Decoding is elsewhere.
//!
//! Telephone recordings are mostly constant in rate and carry no tag, so that their length and every place in them follow
//! from arithmetic; the others have a tag to tell, or are known once they are whole. [`Index`] keeps the offset of each
//! frame it has seen, says where to read for a time that is not loaded, and how sure it is of both.

mod header;
mod index;
mod island;
mod place;
mod tag;
#[cfg(test)]
mod tests;
mod window;

pub use self::header::{Header, LONGEST, Version};
pub use self::index::{Frame, Index, Next, Scanned};
pub use self::place::{Length, Place, Target};

/// Frames to decode before the one that is to be heard: a frame may keep part of its sound in those before it, and the
/// filter bank remembers one. Six were enough in every file that was compared; ten leave room.
pub const PRE_ROLL: u64 = 10;

/// Samples by which a decoder's output is late against what the encoder's tag counts from.
pub const DECODER_DELAY: u32 = 529;
