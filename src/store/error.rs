//! What can be wrong with the file. Each text says what failed, why and what helps.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no place to keep marks: set HOME, or XDG_STATE_HOME to a full path")]
    NoPlace,
    #[error("{} is not there: nothing is kept yet", .0.display())]
    Missing(PathBuf),
    #[error("{} cannot be used ({source}): marks are kept for this run only", path.display())]
    System { path: PathBuf, source: io::Error },
    #[error("{} is not a file that callreel made: move it away, and marks are kept there again", .0.display())]
    NotOurs(PathBuf),
    #[error(
        "{} was written by a newer callreel (form {found}, this one knows {known}): it is left alone, marks are kept for this run only",
        path.display()
    )]
    Newer {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    #[error(
        "{} is damaged ({reason}): move it away and put back a copy, or start anew with callreel marks forget",
        path.display()
    )]
    Damaged { path: PathBuf, reason: String },
    #[error("{} is in use by another program: what was to be kept is not in it; try again", .0.display())]
    Busy(PathBuf),
    #[error("{} could not be written ({reason}): what was to be kept is not in it", path.display())]
    Refused { path: PathBuf, reason: String },
}

impl Error {
    /// A failure of SQLite, told of the file in which it happened.
    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let (path, reason) = (path.to_owned(), error.to_string());
        match error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy(path),
                // What is there is no database, or one whose tables are not ours.
                ErrorCode::NotADatabase => Self::NotOurs(path),
                ErrorCode::DatabaseCorrupt | ErrorCode::Unknown => Self::Damaged { path, reason },
                _ => Self::Refused { path, reason },
            },
            // A value of another kind than its column's, or text that is none.
            _ => Self::Damaged { path, reason },
        }
    }
}
