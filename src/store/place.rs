//! Where the file lies: in the XDG state folder, for what is not worth a place among settings and is no cache either.

use std::path::{Path, PathBuf};

use super::Error;

/// `review.sqlite` in `state`, callreel's own folder of what it keeps.
///
/// # Errors
/// [`Error::NoPlace`] where there is no such folder.
pub fn file(state: Option<&Path>) -> Result<PathBuf, Error> {
    Ok(state.ok_or(Error::NoPlace)?.join("review.sqlite"))
}
