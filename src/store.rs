//! What reviewing remembers between two starts: marks, notes, positions, choices and queues, in one SQLite file.
//!
//! Knows nothing of the screen or of requests. Everything in it is kept for each account apart, by its [`AccountKey`].
//!
//! | file | is |
//! |---|---|
//! | [`kept`] | what is kept, and one change to it, as plain data |
//! | [`place`] | where the file lies |
//! | [`file`](mod@file) | the file made, opened, looked over and removed; its schema |
//! | `table` | a file for each kind of thing that is kept |
//! | [`keeper`] | the thread that reads and writes, so that nobody else waits for a disk |
//!
//! The file is asked for once: nothing here makes it but [`Store::create`]. It is its owner's alone from its first moment,
//! and so is the journal beside it. What is read from it may have been written by anyone: it is bounded here, and made safe
//! where it is drawn, as the API's text is.

mod error;
pub mod file;
pub mod keeper;
pub mod kept;
pub mod place;
mod table;

pub use error::Error;
pub use file::Store;
pub use keeper::{Keeper, Told};
pub use kept::{
    AccountKey, Change, Choice, Kept, Moment, Position, Queue, QueueKey, QueueRow, Reviewed,
};
