//! Files below one folder, none of which is ever reached through a symbolic link: every step goes from an open folder to a name
//! in it. New folders are 0700, new files 0600.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, RawMode};
use rustix::io::Errno;

const FOLDER_MODE: Mode = Mode::RWXU;
const FILE_MODE: Mode = Mode::RUSR.union(Mode::WUSR);

/// An open folder.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
    /// For messages only.
    path: PathBuf,
}

/// What stands under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File {
        bytes: u64,
    },
    Folder,
    /// A symbolic link, a pipe, a device.
    Other,
}

/// How a file came to its final name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    Renamed,
    /// The file system cannot rename: it was copied, so that a crash could have left half of it under its final name.
    Copied,
}

impl Folder {
    /// Opens a folder that a person named, links and all, and makes it where it is missing.
    ///
    /// # Errors
    /// As the system says.
    pub fn create(path: &Path) -> io::Result<Self> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(FOLDER_MODE.as_raw_mode())
            .create(path)?;
        Self::open(path)
    }

    /// Opens a folder that a person named and that is there.
    ///
    /// # Errors
    /// As the system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self {
            fd: rustix::fs::open(path, flags, Mode::empty())?,
            path: path.to_owned(),
        })
    }

    /// The same folder once more.
    ///
    /// # Errors
    /// As the system says.
    pub fn again(&self) -> io::Result<Self> {
        Ok(Self {
            fd: self.fd.try_clone()?,
            path: self.path.clone(),
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the folder `name` in this one, and makes it where it is missing.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotADirectory`] for a symbolic link too.
    pub fn enter_or_create(&self, name: &str) -> io::Result<Self> {
        match rustix::fs::mkdirat(&self.fd, name, FOLDER_MODE) {
            Ok(()) => self.sync()?,
            Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        self.enter(OsStr::new(name))
    }

    /// Opens the folder `name` in this one.
    ///
    /// # Errors
    /// As [`Folder::enter_or_create`]; [`io::ErrorKind::NotFound`] when there is none.
    pub fn enter(&self, name: &OsStr) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let path = self.path.join(name);
        match rustix::fs::openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => Ok(Self { fd, path }),
            // Systems differ in what they call a link here.
            Err(Errno::NOTDIR | Errno::LOOP) => Err(io::Error::new(
                io::ErrorKind::NotADirectory,
                format!("{} is a link or a file, and not a folder", path.display()),
            )),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// When it is missing, or no plain file.
    pub fn read(&self, name: &str) -> io::Result<File> {
        self.file(name, OFlags::RDONLY)
    }

    /// Reads a whole file of at most `most` bytes.
    ///
    /// # Errors
    /// As [`Folder::read`]; [`io::ErrorKind::FileTooLarge`].
    pub fn read_whole(&self, name: &str, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self.read(name)?.take(most + 1).read_to_end(&mut bytes)?;
        match read as u64 > most {
            true => Err(io::ErrorKind::FileTooLarge.into()),
            false => Ok(bytes),
        }
    }

    /// Opens a file for reading and writing, and makes it where it is missing.
    ///
    /// # Errors
    /// When something else than a plain file stands there.
    pub fn write(&self, name: &str) -> io::Result<File> {
        self.file(name, OFlags::RDWR | OFlags::CREATE)
    }

    /// Opens a file for reading and for writing at its end, and makes it where it is missing. Its name is on the disk afterwards.
    ///
    /// # Errors
    /// As [`Folder::write`].
    pub fn append(&self, name: &str) -> io::Result<File> {
        let file = self.file(name, OFlags::RDWR | OFlags::CREATE | OFlags::APPEND)?;
        self.sync()?;
        Ok(file)
    }

    fn file(&self, name: &str, how: OFlags) -> io::Result<File> {
        // Without NONBLOCK a pipe under that name would hold everything up.
        let flags = how | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let odd = || {
            let path = self.path.join(name);
            io::Error::other(format!("{} is a link or no plain file", path.display()))
        };
        let file = match rustix::fs::openat(&self.fd, name, flags, FILE_MODE) {
            Ok(fd) => File::from(fd),
            Err(Errno::LOOP | Errno::NXIO | Errno::ISDIR) => return Err(odd()),
            Err(error) => return Err(error.into()),
        };
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(odd()),
        }
    }

    /// Writes a small file under a temporary name and gives it its own, replacing what was there.
    ///
    /// # Errors
    /// As the system says; the temporary file may be left.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<Put> {
        let temporary = format!("{name}{}", super::TEMPORARY);
        let mut file = self.write(&temporary)?;
        file.set_len(0)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        self.put(&temporary, name)
    }

    /// Gives a file that is on the disk its final name, and puts that on the disk too.
    ///
    /// # Errors
    /// As the system says.
    pub fn put(&self, temporary: &str, name: &str) -> io::Result<Put> {
        let put = match rustix::fs::renameat(&self.fd, temporary, &self.fd, name) {
            Ok(()) => Put::Renamed,
            Err(Errno::NOSYS | Errno::OPNOTSUPP | Errno::PERM) => {
                let mut from = self.read(temporary)?;
                let mut to = self.write(name)?;
                to.set_len(0)?;
                io::copy(&mut from, &mut to)?;
                to.sync_all()?;
                self.remove(temporary)?;
                Put::Copied
            }
            Err(error) => return Err(error.into()),
        };
        self.sync()?;
        Ok(put)
    }

    /// Removes a file, if it is there.
    ///
    /// # Errors
    /// As the system says.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.fd, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts the folder's names on the disk.
    fn sync(&self) -> io::Result<()> {
        match rustix::fs::fsync(&self.fd) {
            // Some network file systems have no such thing.
            Err(Errno::INVAL | Errno::NOTSUP) => Ok(()),
            synced => Ok(synced?),
        }
    }

    /// What stands under a name; `None` for nothing.
    ///
    /// # Errors
    /// As the system says.
    pub fn kind(&self, name: &OsStr) -> io::Result<Option<Kind>> {
        let found = rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW);
        match found {
            Ok(stat) => Ok(Some(match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => Kind::File {
                    bytes: u64::try_from(stat.st_size).unwrap_or(0),
                },
                FileType::Directory => Kind::Folder,
                _ => Kind::Other,
            })),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The permissions that others than the owner have here, as in `0o055`.
    ///
    /// # Errors
    /// As the system says.
    pub fn open_to_others(&self) -> io::Result<RawMode> {
        let mode = Mode::from_raw_mode(rustix::fs::fstat(&self.fd)?.st_mode);
        Ok((mode & (Mode::RWXG | Mode::RWXO)).as_raw_mode())
    }

    /// Bytes that may still be written here.
    ///
    /// # Errors
    /// As the system says.
    pub fn room(&self) -> io::Result<u64> {
        let room = rustix::fs::fstatvfs(&self.fd)?;
        Ok(room.f_bavail.saturating_mul(room.f_frsize))
    }

    /// The names in this folder, in no order.
    ///
    /// # Errors
    /// As the system says.
    pub fn names(&self) -> io::Result<Vec<Box<OsStr>>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.fd)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                names.push(name.into());
            }
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::create(&temporary.path().join("a/b")).unwrap();
        (temporary, folder)
    }

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn folders_and_files_are_their_owners_alone() {
        let (temporary, folder) = folder();
        let inner = folder.enter_or_create("2026").unwrap();
        inner.replace("x.json", b"{}").unwrap();
        let root = temporary.path();
        assert_eq!(mode(&root.join("a")), 0o700);
        assert_eq!(mode(&root.join("a/b/2026")), 0o700);
        assert_eq!(mode(&root.join("a/b/2026/x.json")), 0o600);
        assert_eq!(inner.open_to_others().unwrap(), 0);
        assert_eq!(inner.names().unwrap(), [OsStr::new("x.json").into()]);
        assert!(folder.room().unwrap() > 0);
    }

    #[test]
    fn links_are_not_followed() {
        let (temporary, folder) = folder();
        let outside = temporary.path().join("outside");
        std::fs::create_dir(&outside).unwrap();
        std::fs::write(outside.join("secret"), "mine").unwrap();
        symlink(&outside, folder.path().join("2026")).unwrap();
        assert!(folder.enter_or_create("2026").is_err());
        for name in ["link", "dangling"] {
            let target = match name {
                "link" => outside.join("secret"),
                _ => outside.join("new"),
            };
            symlink(target, folder.path().join(name)).unwrap();
            assert!(folder.read(name).is_err());
            assert!(folder.write(name).is_err());
            assert_eq!(folder.kind(OsStr::new(name)).unwrap(), Some(Kind::Other));
            // A new file takes the link's place, and what it led to stays.
            folder.replace(name, b"new").unwrap();
        }
        assert_eq!(std::fs::read(outside.join("secret")).unwrap(), b"mine");
        assert!(!outside.join("new").exists());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_holds_nobody_up() {
        let (_temporary, folder) = folder();
        rustix::fs::mknodat(&folder.fd, "pipe", FileType::Fifo, FILE_MODE, 0).unwrap();
        assert!(folder.read("pipe").is_err());
        assert!(folder.write("pipe").is_err());
    }
}
