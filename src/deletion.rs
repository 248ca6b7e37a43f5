//! Deleting recordings for good: a plan that can be looked at first, and a receipt for each that is on the disk before the next
//! is begun.
//!
//! ```text
//! listed recordings, or a manifest (proven byte for byte) ─▶ plan ◀─ hold        receipts of earlier runs
//!                                                             │                     │ what is done, what is unsettled
//!                                                             └──────▶ run ─────────┴─▶ receipts
//! ```
//!
//! Rules and files, no words for people: [`Run`] tells by events how it goes.

mod hold;
mod plan;
mod receipt;
mod run;

pub use crate::audit::Who;
pub use hold::{Hold, HoldMistake};
pub use plan::{Choice, Held, Plan, Target, Unproven, from_manifest, in_words};
pub use receipt::{About, Earlier, Outcome, RECEIPTS, Receipts, Unfinished, Whole};
pub use run::{Done, Event, Run, Stopped, Totals};
