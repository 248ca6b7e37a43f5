//! What can be wrong with the file. Each text says what failed, why and what helps.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no place to keep marks: set HOME, or XDG_STATE_HOME to a full path")]
    NoPlace,
    #[error("nothing is kept yet: {} is not there", .0.display())]
    Missing(PathBuf),
    #[error("the file of marks cannot be used ({source}): {}", path.display())]
    System { path: PathBuf, source: io::Error },
    #[error("the file of marks is not one that callreel made: move {} away", .0.display())]
    NotOurs(PathBuf),
    #[error(
        "the file of marks was written by a newer callreel (form {found}, this one knows {known}) and is left alone: {}",
        path.display()
    )]
    Newer {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    #[error(
        "the file of marks is damaged ({reason}): move {} away, or start anew with callreel marks forget",
        path.display()
    )]
    Damaged { path: PathBuf, reason: String },
    #[error("the file of marks is in use by another program, and this is not in it: {}", .0.display())]
    Busy(PathBuf),
    #[error("the file of marks could not be written ({reason}), and this is not in it: {}", path.display())]
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
