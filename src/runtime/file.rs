//! A file that is whole or not there at all, readable by its owner only.

use std::fs::{self, DirEntry, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

/// Both ends of the name that a file has until it is whole.
const UNFINISHED: (&str, &str) = (".callreel-", ".part");
/// An unfinished file that nobody holds is removed when it is older than this: one that has just begun may not be held yet.
const FORGOTTEN: Duration = Duration::from_secs(3600);

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

    /// Begins it, in the folder where it will be. What a program left there that was killed meanwhile is removed: sound and lists of
    /// calls are not to lie about under a name that nobody looks for.
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
            .prefix(UNFINISHED.0)
            .suffix(UNFINISHED.1)
            .tempfile_in(folder)
            .map_err(|error| refused(path, error))?;
        // Where the file system knows no locks, its age alone tells that it is in use.
        let _ = file.as_file().try_lock();
        remove_forgotten(folder);
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

/// Removes what is left of programs that were killed. What cannot be removed stays: nobody waits for that.
fn remove_forgotten(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(is_forgotten) {
        // Neither through a link nor waiting for a pipe that came in its place.
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(entry.path());
        // The system frees the lock of a program that is dead.
        if opened.is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_forgotten(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    if !name.starts_with(UNFINISHED.0) || !name.ends_with(UNFINISHED.1) {
        return false;
    }
    // Of the entry itself, not of what it links to.
    let Ok(about) = entry.metadata() else {
        return false;
    };
    let age = about.modified().map(|at| at.elapsed().unwrap_or_default());
    let mine = about.uid() == rustix::process::geteuid().as_raw();
    about.is_file() && mine && age.is_ok_and(|age| age > FORGOTTEN)
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
    fn what_a_killed_program_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let long_ago = std::time::SystemTime::now() - 2 * FORGOTTEN;
        let left = |name: &str, old: bool| {
            let path = folder.path().join(name);
            let file = fs::File::create_new(path).unwrap();
            if old {
                file.set_modified(long_ago).unwrap();
            }
            file
        };
        left(".callreel-a1.part", true);
        left(".callreel-young.part", false);
        left(".callreel-other", true);
        left("mine.part", true);
        let held = left(".callreel-held.part", true);
        held.lock().unwrap();
        std::os::unix::fs::symlink("mine.part", folder.path().join(".callreel-link.part")).unwrap();
        write(&folder.path().join("x.wav"), false, b"one").unwrap();
        let names = folder.path().read_dir().unwrap();
        let mut names: Vec<_> = names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                ".callreel-held.part",
                ".callreel-link.part",
                ".callreel-other",
                ".callreel-young.part",
                "mine.part",
                "x.wav"
            ]
        );
        // As soon as nobody holds it any more.
        drop(held);
        write(&folder.path().join("y.wav"), false, b"two").unwrap();
        assert!(!folder.path().join(".callreel-held.part").exists());
    }

    /// Its own is held while it is written, so that others let it be, however old it is.
    #[test]
    fn what_is_being_written_is_held() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.wav");
        let writing = NewFile::begin(&path, false).unwrap();
        let long_ago = std::time::SystemTime::now() - 2 * FORGOTTEN;
        let file = writing.file.get_ref().as_file();
        file.set_modified(long_ago).unwrap();
        write(&folder.path().join("y.wav"), false, b"two").unwrap();
        writing.finish().unwrap();
        assert!(path.exists());
    }

    #[test]
    fn devices_and_folders_are_never_replaced() {
        for path in ["/dev/null", "/"] {
            let refused = NewFile::check(Path::new(path), true);
            assert!(matches!(refused, Err(Refused::NoFile(_))), "{path}");
        }
    }
}
