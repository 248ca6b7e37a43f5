//! Adds a section at the end of the configuration file. Nothing in it is changed: it is the user's.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::Config;
use super::mistake::{Error, MOST};

/// Another program holds the folder for as long as it writes the file.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    #[error("nothing was written: {}", .0.brief())]
    Mistaken(#[from] Error),
    #[error("nothing was written: {} cannot be written: {why}", path.display())]
    Unwritable { path: PathBuf, why: io::Error },
    #[error("nothing was written: {} was changed in this moment: try again", .0.display())]
    Changed(PathBuf),
    #[error("nothing was written: {} is held by another program: see which one hangs", .0.display())]
    Busy(PathBuf),
}

/// Writes `section` behind everything that stands in the file `path`, which is made where there is none. The file is whole at every
/// moment, keeps its mode, and stays where a link leads.
///
/// # Errors
/// It has mistakes, would have some with the section, or cannot be read or written.
pub fn append(path: &Path, section: &str) -> Result<(), Unwritten> {
    let unwritable = |why| Unwritten::Unwritable {
        path: path.to_owned(),
        why,
    };
    let real = match path.canonicalize() {
        // A link that leads nowhere now may lead to the file again later: it must not be replaced.
        Err(why) if fs::symlink_metadata(path).is_ok() => return Err(unwritable(why)),
        Err(_) => path.to_owned(),
        Ok(real) => real,
    };
    let folder = match real.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    made.map_err(unwritable)?;
    let _held = hold(folder).map_err(|failed| match failed {
        TryLockError::WouldBlock => Unwritten::Busy(folder.to_owned()),
        TryLockError::Error(why) => unwritable(why),
    })?;
    let text = read(&real).map_err(unwritable)?;
    Config::parse(path, text.as_deref().unwrap_or_default())?;
    let longer = joined(text.as_deref().unwrap_or_default(), section);
    if longer.len() as u64 > MOST {
        return Err(Error::TooLarge(path.to_owned()).into());
    }
    Config::parse(path, &longer)?;

    // A temporary file is its owner's alone, and so is a file that is new.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    if text.is_some() {
        let mode = fs::metadata(&real).map_err(unwritable)?.permissions();
        fs::set_permissions(file.path(), mode).map_err(unwritable)?;
    }
    file.write_all(longer.as_bytes()).map_err(unwritable)?;
    file.as_file().sync_all().map_err(unwritable)?;
    // An editor may have written meanwhile; what it wrote must not be lost.
    if read(&real).map_err(unwritable)? != text {
        return Err(Unwritten::Changed(path.to_owned()));
    }
    file.persist(&real)
        .map_err(|error| unwritable(error.error))?;
    Ok(())
}

/// Keeps other callreels from writing into the folder meanwhile. The folder is held, and not the file: that is another one afterwards.
fn hold(folder: &Path) -> Result<Option<File>, TryLockError> {
    let file = File::open(folder).map_err(TryLockError::Error)?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                thread::sleep(LOOK_AGAIN);
            }
            Err(TryLockError::WouldBlock) => return Err(TryLockError::WouldBlock),
            // NFS locks nothing that is open for reading only. That the file has not changed is looked at anyway.
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
}

/// All of the file; `None`: there is none.
fn read(path: &Path) -> io::Result<Option<String>> {
    let file = match fs::File::open(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut text = String::new();
    file.take(MOST + 1).read_to_string(&mut text)?;
    Ok(Some(text))
}

/// The section behind a blank line, its lines ended as the file's are.
fn joined(text: &str, section: &str) -> String {
    let end = match text.contains("\r\n") {
        true => "\r\n",
        false => "\n",
    };
    let mut joined = text.to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        joined.push_str(end);
    }
    if !text.is_empty() {
        joined.push_str(end);
    }
    joined + &section.replace('\n', end)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const SECTION: &str = "[views.week]\nfrom = \"-7d\"\n";

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn everything_in_the_file_stays_and_so_does_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        for (before, after) in [
            (
                "# mine\n[player]\nspeed = 1.5 # fast\n",
                "# mine\n[player]\nspeed = 1.5 # fast\n\n[views.week]\nfrom = \"-7d\"\n",
            ),
            ("# no end", "# no end\n\n[views.week]\nfrom = \"-7d\"\n"),
            ("# a\r\n", "# a\r\n\r\n[views.week]\r\nfrom = \"-7d\"\r\n"),
            ("", "[views.week]\nfrom = \"-7d\"\n"),
        ] {
            fs::write(&path, before).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            append(&path, SECTION).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), after);
            assert_eq!(mode(&path), 0o640);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn views_that_are_saved_in_the_same_instant_are_all_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        thread::scope(|scope| {
            for program in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    for view in 0..5 {
                        let name = format!("v{program}-{view}");
                        append(path, &format!("[views.{name}]\nfrom = \"-7d\"\n")).unwrap();
                    }
                });
            }
        });
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches("[views.v").count(), 40, "{text}");
    }

    #[test]
    fn a_file_that_is_not_there_is_made_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cfg/callreel/config.toml");
        append(&path, SECTION).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), SECTION);
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn a_link_stays_a_link() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let real = there.path().join("dotfiles.toml");
        fs::write(&real, "# mine\n").unwrap();
        let link = here.path().join("config.toml");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        append(&link, SECTION).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::read_to_string(&real).unwrap().contains("[views.week]"));
    }

    #[test]
    fn a_link_that_leads_nowhere_for_now_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("config.toml");
        std::os::unix::fs::symlink(folder.path().join("not/mounted"), &link).unwrap();
        let told = append(&link, SECTION).unwrap_err().to_string();
        assert!(told.contains("cannot be written"), "{told}");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn what_would_be_a_mistake_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        for before in ["[views.week]\n", "views = {}\n", "speed = 1\n", "= \n"] {
            fs::write(&path, before).unwrap();
            let told = append(&path, SECTION).unwrap_err().to_string();
            assert!(
                told.starts_with("nothing was written: config.toml:"),
                "{told}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), before);
        }
    }
}
