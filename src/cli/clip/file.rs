//! Where a clip is written: a file, or standard output.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::runtime::file::{self, NewFile};

/// A place that may be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Output {
    Stdout,
    File { path: PathBuf, replace: bool },
}

/// Why it may not.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("{0}: --force replaces it")]
    Exists(file::Refused),
    #[error("{0}: - writes to standard output")]
    NoFile(file::Refused),
    #[error(transparent)]
    File(file::Refused),
    #[error("standard output is a terminal: pipe it somewhere, or name a file")]
    Terminal,
    #[error("standard output cannot be written: {0}")]
    Stdout(io::Error),
}

impl From<file::Refused> for Refused {
    fn from(refused: file::Refused) -> Self {
        match refused {
            file::Refused::Exists(_) => Self::Exists(refused),
            file::Refused::NoFile(_) => Self::NoFile(refused),
            file::Refused::Io { .. } => Self::File(refused),
        }
    }
}

impl Output {
    /// `-` is standard output.
    ///
    /// # Errors
    /// When something is there that is not to be replaced; nothing has been fetched then.
    pub(super) fn check(path: &Path, replace: bool) -> Result<Self, Refused> {
        if path == Path::new("-") {
            return match io::stdout().is_terminal() {
                true => Err(Refused::Terminal),
                false => Ok(Self::Stdout),
            };
        }
        NewFile::check(path, replace)?;
        Ok(Self::File {
            path: path.to_owned(),
            replace,
        })
    }

    /// Opens it. A file gets its name with [`Writer::finish`] and is gone without.
    pub(super) fn open(self) -> Result<Writer, Refused> {
        Ok(match self {
            Self::Stdout => Writer::Stdout(BufWriter::new(io::stdout())),
            Self::File { path, replace } => Writer::File(NewFile::begin(&path, replace)?),
        })
    }
}

/// What is being written.
#[derive(Debug)]
pub(super) enum Writer {
    Stdout(BufWriter<io::Stdout>),
    File(NewFile),
}

impl Writer {
    /// The next bytes.
    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        match self {
            Self::Stdout(out) => out.write_all(bytes).map_err(Refused::Stdout),
            Self::File(file) => Ok(file.put(bytes)?),
        }
    }

    /// All of it was written: from now on it is there.
    pub(super) fn finish(self) -> Result<(), Refused> {
        match self {
            Self::Stdout(mut out) => out.flush().map_err(Refused::Stdout),
            Self::File(file) => Ok(file.finish()?),
        }
    }
}
