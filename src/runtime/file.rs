//! A file that is whole or not there at all, readable by its owner only.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Why it may not be written.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("{0} is there already")]
    Exists(String),
    #[error("{0} is no plain file")]
    NoFile(String),
    #[error("{path} cannot be written: {error}")]
    Io { path: String, error: io::Error },
}

/// What is being written. It gets its name with [`NewFile::finish`], and is gone without.
#[derive(Debug)]
pub struct NewFile {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
    replace: bool,
}

impl NewFile {
    /// May a file be written there? With `replace`, in the place of one that is there.
    ///
    /// # Errors
    /// When something is there that is not to be replaced, or is no file.
    pub fn check(path: &Path, replace: bool) -> Result<(), Refused> {
        let shown = || path.display().to_string();
        match std::fs::symlink_metadata(path) {
            Ok(there) if !there.is_file() => Err(Refused::NoFile(shown())),
            Ok(_) if !replace => Err(Refused::Exists(shown())),
            _ => Ok(()),
        }
    }

    /// Begins it, in the folder where it will be.
    ///
    /// # Errors
    /// As [`NewFile::check`], and when the folder cannot be written.
    pub fn begin(path: &Path, replace: bool) -> Result<Self, Refused> {
        Self::check(path, replace)?;
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        // Readable by its owner only, as all temporary files.
        let file = tempfile::Builder::new()
            .prefix(".callreel-")
            .suffix(".part")
            .tempfile_in(folder)
            .map_err(|error| refused(path, error))?;
        Ok(Self {
            file: BufWriter::new(file),
            path: path.to_owned(),
            replace,
        })
    }

    /// The next bytes.
    ///
    /// # Errors
    /// When the disk does not take them.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| refused(&self.path, error))
    }

    /// All of it was written: from now on it is there.
    ///
    /// # Errors
    /// When the disk does not take it, or something came there meanwhile.
    pub fn finish(self) -> Result<(), Refused> {
        let failed = |error| refused(&self.path, error);
        let file = self.file.into_inner();
        let file = file.map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        let named = match self.replace {
            true => file.persist(&self.path),
            // Somebody may have written there meanwhile.
            false => file.persist_noclobber(&self.path),
        };
        match named {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Refused::Exists(self.path.display().to_string()))
            }
            Err(error) => Err(failed(error.error)),
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
        let mut file = NewFile::begin(path, replace)?;
        file.put(text)?;
        file.finish()
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
        let mut file = NewFile::begin(&path, false).unwrap();
        file.put(b"half").unwrap();
        drop(file);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
        // What came there meanwhile stays.
        let file = NewFile::begin(&path, false).unwrap();
        std::fs::write(&path, b"other").unwrap();
        assert!(matches!(file.finish(), Err(Refused::Exists(_))));
        assert_eq!(std::fs::read(&path).unwrap(), b"other");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn devices_and_folders_are_never_replaced() {
        for path in ["/dev/null", "/"] {
            let refused = NewFile::check(Path::new(path), true);
            assert!(matches!(refused, Err(Refused::NoFile(_))), "{path}");
        }
    }
}
