//! Where a clip is written: a file that is whole or not there at all, readable by its owner only, or standard output.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A place that may be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Output {
    Stdout,
    File { path: PathBuf, replace: bool },
}

/// Why it may not.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("{0} is there already: --force replaces it")]
    Exists(String),
    #[error("{0} is no plain file: - writes to standard output")]
    NoFile(String),
    #[error("standard output is a terminal: pipe it somewhere, or name a file")]
    Terminal,
    #[error("{path} cannot be written: {error}")]
    Io { path: String, error: io::Error },
}

impl Output {
    /// `-` is standard output.
    ///
    /// # Errors
    /// When something is there that is not to be replaced; nothing has been fetched then.
    pub(super) fn check(path: &Path, replace: bool) -> Result<Self, Refused> {
        let shown = || path.display().to_string();
        if path == Path::new("-") {
            return match io::stdout().is_terminal() {
                true => Err(Refused::Terminal),
                false => Ok(Self::Stdout),
            };
        }
        match std::fs::symlink_metadata(path) {
            Ok(there) if !there.is_file() => Err(Refused::NoFile(shown())),
            Ok(_) if !replace => Err(Refused::Exists(shown())),
            _ => Ok(Self::File {
                path: path.to_owned(),
                replace,
            }),
        }
    }

    /// Opens it. A file gets its name with [`Writer::finish`] and is gone without.
    pub(super) fn open(self) -> Result<Writer, Refused> {
        match self {
            Self::Stdout => Ok(Writer::Stdout(BufWriter::new(io::stdout()))),
            Self::File { path, replace } => {
                let folder = match path.parent() {
                    Some(folder) if folder != Path::new("") => folder,
                    _ => Path::new("."),
                };
                // Readable by its owner only, as all temporary files.
                let file = tempfile::Builder::new()
                    .prefix(".callreel-")
                    .suffix(".part")
                    .tempfile_in(folder)
                    .map_err(|error| refused(&path, error))?;
                Ok(Writer::File {
                    file: BufWriter::new(file),
                    path,
                    replace,
                })
            }
        }
    }
}

/// What is being written.
#[derive(Debug)]
pub(super) enum Writer {
    Stdout(BufWriter<io::Stdout>),
    File {
        file: BufWriter<NamedTempFile>,
        path: PathBuf,
        replace: bool,
    },
}

impl Writer {
    /// The next bytes.
    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        match self {
            Self::Stdout(out) => out
                .write_all(bytes)
                .map_err(|error| refused(Path::new("standard output"), error)),
            Self::File { file, path, .. } => {
                file.write_all(bytes).map_err(|error| refused(path, error))
            }
        }
    }

    /// All of it was written: from now on it is there.
    pub(super) fn finish(self) -> Result<(), Refused> {
        match self {
            Self::Stdout(mut out) => out
                .flush()
                .map_err(|error| refused(Path::new("standard output"), error)),
            Self::File {
                file,
                path,
                replace,
            } => {
                let failed = |error| refused(&path, error);
                let file = file
                    .into_inner()
                    .map_err(|error| failed(error.into_error()))?;
                file.as_file().sync_all().map_err(failed)?;
                let named = match replace {
                    true => file.persist(&path),
                    // Somebody may have written there meanwhile.
                    false => file.persist_noclobber(&path),
                };
                match named {
                    Ok(_) => Ok(()),
                    Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                        Err(Refused::Exists(path.display().to_string()))
                    }
                    Err(error) => Err(failed(error.error)),
                }
            }
        }
    }
}

fn refused(path: &Path, error: io::Error) -> Refused {
    Refused::Io {
        path: path.display().to_string(),
        error,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn write(path: &Path, replace: bool, text: &[u8]) -> Result<(), Refused> {
        let mut writer = Output::check(path, replace)?.open()?;
        writer.put(text)?;
        writer.finish()
    }

    #[test]
    fn a_file_is_whole_its_owners_and_never_replaced_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.wav");
        write(&path, false, b"one").unwrap();
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(matches!(
            write(&path, false, b"two"),
            Err(Refused::Exists(_))
        ));
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        write(&path, true, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
    }

    #[test]
    fn what_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.wav");
        let mut writer = Output::check(&path, false).unwrap().open().unwrap();
        writer.put(b"half").unwrap();
        drop(writer);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
        // What came there meanwhile stays.
        let writer = Output::check(&path, false).unwrap().open().unwrap();
        std::fs::write(&path, b"other").unwrap();
        assert!(matches!(writer.finish(), Err(Refused::Exists(_))));
        assert_eq!(std::fs::read(&path).unwrap(), b"other");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn devices_and_folders_are_never_replaced() {
        for path in ["/dev/null", "/"] {
            let refused = Output::check(Path::new(path), true);
            assert!(matches!(refused, Err(Refused::NoFile(_))), "{path}");
        }
    }
}
