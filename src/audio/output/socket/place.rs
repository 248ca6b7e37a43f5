//! The path of the socket: nobody else's from its first moment on, and nothing but a dead socket is ever replaced.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::fs::Mode;
use rustix::io::Errno;

/// A path that is taken. Dropping it removes the socket, if it is still this one.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    file: (u64, u64),
}

impl Place {
    /// Listens at `path`, for this user alone.
    ///
    /// # Errors
    /// Why not, for people.
    pub(super) fn take(path: &Path) -> Result<(UnixListener, Self), String> {
        let words = |error: io::Error| told(path, &error);
        if let Found::Dead = look(path)? {
            fs::remove_file(path).map_err(words)?;
        }
        let listener = bind(path).map_err(words)?;
        listener.set_nonblocking(true).map_err(words)?;
        let place = Self {
            file: identity(&fs::symlink_metadata(path).map_err(words)?),
            path: path.to_owned(),
        };
        Ok((listener, place))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path).is_ok_and(|file| identity(&file) == self.file);
        if ours {
            // Where it cannot be removed, the next to come replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

/// What is at a path.
#[derive(Debug)]
enum Found {
    Nothing,
    /// A socket at which nobody listens any more.
    Dead,
}

/// Whether a socket can be made at `path`, as far as can be seen.
///
/// # Errors
/// Why not, for people.
pub(in crate::audio) fn check(path: &Path) -> Result<(), String> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(format!(
            "the socket {} cannot be made: there is no folder {}",
            path.display(),
            folder.display()
        ));
    }
    look(path).map(|_| ())
}

fn look(path: &Path) -> Result<Found, String> {
    let file = match fs::symlink_metadata(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(told(path, &error)),
    };
    if !file.file_type().is_socket() {
        return Err(format!(
            "{} is there and is no socket: it is left alone, name another path",
            path.display()
        ));
    }
    match UnixStream::connect(path) {
        Ok(_) => Err(format!(
            "another program listens at {}: end it, or name another path",
            path.display()
        )),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(Found::Dead),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Found::Nothing),
        Err(error) => Err(told(path, &error)),
    }
}

fn told(path: &Path, error: &io::Error) -> String {
    let too_long = error.raw_os_error() == Some(Errno::NAMETOOLONG.raw_os_error());
    let why = match error.kind() {
        // The system's own words speak of an argument, or of a file.
        kind if too_long || kind == ErrorKind::InvalidInput => {
            "the path is too long for a socket (100 bytes)".to_owned()
        }
        ErrorKind::AddrInUse => "something was put there just now".to_owned(),
        _ => error.to_string(),
    };
    format!("the socket {} cannot be made: {why}", path.display())
}

/// Mode 0600 from the first moment, so that there is no time at which others could connect: on Linux a socket's file has the mode
/// that the socket had before.
#[cfg(target_os = "linux")]
fn bind(path: &Path) -> io::Result<UnixListener> {
    use rustix::fs::fchmod;
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
    use rustix::net::{bind, listen, socket_with};

    let address = SocketAddrUnix::new(path)?;
    let flags = SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    fchmod(&socket, Mode::RUSR | Mode::WUSR)?;
    bind(&socket, &address)?;
    listen(&socket, WAITING)?;
    Ok(socket.into())
}

/// Listeners that wait to be let in.
#[cfg(target_os = "linux")]
const WAITING: i32 = 16;

/// Mode 0600 from the first moment: what the process forbids is taken from a new socket's mode, so there is no time at which
/// others could connect. A file that another thread makes meanwhile is its owner's alone too.
#[cfg(not(target_os = "linux"))]
fn bind(path: &Path) -> io::Result<UnixListener> {
    use std::sync::{Mutex, PoisonError};

    use rustix::process::umask;

    // Two at once would put back each other's.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let before = umask(Mode::from_raw_mode(0o177));
    let bound = UnixListener::bind(path);
    umask(before);
    bound
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_socket_is_its_owners_alone_and_gone_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sound");
        let (_listener, place) = Place::take(&path).unwrap();
        let file = fs::symlink_metadata(&path).unwrap();
        assert!(file.file_type().is_socket());
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        drop(place);
        assert!(!path.exists());
        // What was put there meanwhile is somebody else's.
        let (_listener, place) = Place::take(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "mine").unwrap();
        drop(place);
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    }

    #[test]
    fn a_dead_socket_is_replaced_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sound");
        drop(UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        let (_listener, _place) = Place::take(&path).unwrap();
        let told = Place::take(&path).unwrap_err();
        assert!(told.contains("another program listens"), "{told}");

        let file = folder.path().join("notes");
        fs::write(&file, "mine").unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        for other in [&file, &link, &folder.path().to_owned()] {
            let told = Place::take(other).unwrap_err();
            assert!(told.contains("is no socket"), "{told}");
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn what_cannot_be_is_told_before() {
        let folder = tempfile::tempdir().unwrap();
        let told = check(&folder.path().join("no/sound")).unwrap_err();
        assert!(told.contains("there is no folder"), "{told}");
        assert_eq!(check(&folder.path().join("sound")), Ok(()));
        let long = folder.path().join("x".repeat(200));
        let told = Place::take(&long).unwrap_err();
        assert!(told.contains("too long"), "{told}");
    }
}
