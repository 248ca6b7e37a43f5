//! The audit log: who listened to, downloaded, cut out or deleted what, as lines that each carry the hash of the one before.
//!
//! | file | is |
//! |---|---|
//! | [`deed`] | what is logged, as plain data |
//! | [`heard`] | how much of a recording was heard, from what the player tells |
//! | [`line`](mod@line) | one line: its bytes, its hash, what of it the chain needs |
//! | [`chain`] | the file: lines added to its end, by several programs at once |
//! | [`verify`](mod@verify) | the file proven, line by line |
//! | [`scribe`] | the thread that writes for those who must not wait for a disk |
//!
//! # The chain
//!
//! A line is a JSON object that ends with two members: `"prev"`, the hash of the line before (64 zeros in the first), and `"hash"`.
//! `hash` is the SHA-256 of the line's own bytes, without its line end and without `,"hash":"…"` in front of the last brace. So no
//! program needs to know how the JSON was written to check it: take those 74 bytes away, hash the rest.
//!
//! Whoever changes, removes, swaps or inserts a line has to write every later line anew, and ends with another hash: the *head*. Who
//! kept a head elsewhere can tell. Without that, the chain proves little against the one who owns the file.
//!
//! # A crash
//!
//! What a crash left of a line is neither removed nor passed over: it gets an end, and the next line, `mended`, says how long it is and
//! what its SHA-256 is. Where a crash comes in the middle of that, the next `mended` tells of both: of all bytes behind the last line of
//! the chain, but for the line end before itself.

pub mod chain;
pub mod deed;
pub mod heard;
pub mod line;
pub mod scribe;
#[cfg(test)]
mod tests;
pub mod verify;
mod who;

pub use chain::{Audit, Error};
pub use deed::{Deed, Entry};
pub use line::Head;
pub use verify::{Broken, Flaw, Proven, verify};
pub use who::Who;
