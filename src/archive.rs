//! Archives: recordings as files, each proven by its hash, that survive cuts, kills and full disks.
//!
//! Rules and files: [`Download`] and [`verify()`] tell by events and plain values how it goes, and whoever started them (the command
//! line, the screen) says so; what both say in the same words stands in `words`.
//!
//! ```text
//! recordings ─▶ download ─▶ shelf (is it there? where does it go?) ─▶ part (NAME.part) ◀─ fetch ◀─ audio's own fetching
//!                             │    └─▶ template, name                   └─▶ folder, hash
//!                             └─▶ sidecar (NAME.json), then NAME, then a line in manifest.ndjson
//! verify ─▶ manifest ─▶ proof (each file, byte for byte), and what lies there beside
//! ```
//!
//! A recording is in the archive when its line is in the manifest. Everything before that line may be lost at any moment, and the
//! next run finds it: a part is gone on with, and a file that lacks only its line is taken as it is.

mod download;
mod fetch;
pub mod folder;
mod hash;
pub mod manifest;
mod name;
mod part;
mod proof;
mod sealed;
mod shelf;
pub mod template;
mod verify;
mod words;

use std::io;

pub use download::{Download, Event, Options, Outcome, Reason, Stopped, Totals, Wanted};
pub(crate) use hash::of as sha256;
pub(crate) use manifest::read_alone;
pub use manifest::{Entry, MANIFEST};
pub use part::NoRoom;
pub(crate) use part::in_progress;
pub use proof::Flaw;
pub(crate) use proof::{long_enough, proven};
pub use shelf::Notice;
pub(crate) use shelf::written;
pub use template::{DEFAULT as DEFAULT_TEMPLATE, Place, Template, TemplateMistake};
pub use verify::{Found, Problem, verify};
pub use words::in_use;

/// What files are called behind their names while they come.
const TEMPORARY: &str = ".part";

/// Waits for the disk beside the tasks.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}
