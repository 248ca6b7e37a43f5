//! The file. It is opened anew for each line, locked, and only its end is read: several programs keep one chain, and a file that was
//! moved away meanwhile is begun again.

use std::fs::{File, Permissions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use chrono::Utc;

use super::line::{self, Body, Head, LONGEST, Link, TORN, is_begun};
use super::{Entry, Who};
use crate::archive::folder::Folder;
use crate::archive::{blocking, written};

/// Another program holds the file for the milliseconds of a line; longer than this, something is wrong.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(2);
/// How often the file may be moved away between its opening and its locking.
const REOPENED: u32 = 8;

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the audit log {} cannot be written: {why}", path.display())]
    System { path: PathBuf, why: io::Error },
    #[error("the audit log {} is held by another program: see which one hangs", .0.display())]
    Busy(PathBuf),
    #[error(
        "the audit log {} does not end with a line of its chain: `callreel audit verify` tells more; move the file away to begin a new one",
        .0.display()
    )]
    Broken(PathBuf),
}

/// The way to the log of one account, for one person. Clones lead to the same.
#[derive(Debug, Clone)]
pub struct Audit(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    who: Who,
}

/// A file that nobody else writes to while this is held, and where its chain ends.
struct Open {
    file: File,
    bytes: u64,
    last: Option<Link>,
    torn: Option<Torn>,
}

/// What crashes left at the end.
struct Torn {
    /// A part of a line, and parts of the lines that were to mend it. Empty where a line lacks only its end.
    bytes: Vec<u8>,
    /// A line end stands behind it already.
    ended: bool,
}

impl Audit {
    pub fn new(path: PathBuf, who: Who) -> Self {
        Self(Arc::new(Inner { path, who }))
    }

    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Whether a line could be written now. Makes the file where it is missing.
    ///
    /// # Errors
    /// [`Error`]
    pub fn ready(&self) -> Result<Head, Error> {
        let open = self.open()?;
        Ok(open.last.map_or_else(Head::none, |link| link.head()))
    }

    /// Adds a line, which is on the disk afterwards. Gives its hash, the chain's new head.
    ///
    /// # Errors
    /// [`Error`]; nothing was added then.
    pub fn append(&self, entry: &Entry) -> Result<Head, Error> {
        let mut open = self.open()?;
        self.add(&mut open, entry).map_err(|why| self.failed(why))
    }

    /// As [`Audit::append`], beside the tasks.
    ///
    /// # Errors
    /// As [`Audit::append`].
    pub async fn append_beside(&self, entry: Entry) -> Result<Head, Error> {
        let audit = self.clone();
        let appended = blocking(move || Ok(audit.append(&entry))).await;
        appended.map_err(|why| self.failed(why))?
    }

    /// As [`Audit::ready`], beside the tasks.
    ///
    /// # Errors
    /// As [`Audit::ready`].
    pub async fn ready_beside(&self) -> Result<Head, Error> {
        let audit = self.clone();
        let ready = blocking(move || Ok(audit.ready())).await;
        ready.map_err(|why| self.failed(why))?
    }

    fn failed(&self, why: io::Error) -> Error {
        let path = self.0.path.clone();
        Error::System { path, why }
    }

    fn add(&self, open: &mut Open, entry: &Entry) -> io::Result<Head> {
        let time = written(Utc::now());
        let mut text = String::new();
        if let Some(torn) = open.torn.take() {
            if !torn.ended {
                text.push('\n');
            }
            let mended = Body::Mended(torn.bytes);
            let (line, link) = line::write(open.last.as_ref(), &time, &self.0.who, mended);
            text.push_str(&line);
            text.push('\n');
            open.last = Some(link);
        }
        let body = Body::Entry(entry.members());
        let (line, link) = line::write(open.last.as_ref(), &time, &self.0.who, body);
        text.push_str(&line);
        text.push('\n');
        let written = open.file.write_all(text.as_bytes());
        if let Err(error) = written.and_then(|()| open.file.sync_data()) {
            // A full disk may have taken the half of it. Where even that cannot be undone, the next line tells of it.
            let _ = open.file.set_len(open.bytes);
            return Err(error);
        }
        Ok(link.head())
    }

    fn open(&self) -> Result<Open, Error> {
        for _ in 0..REOPENED {
            let file = self.file().map_err(|why| self.failed(why))?;
            self.lock(&file)?;
            let about = file.metadata().map_err(|why| self.failed(why))?;
            // It may have been removed between opening and locking.
            if about.nlink() > 0 {
                return self.read_end(file, about.len());
            }
        }
        Err(Error::Busy(self.0.path.clone()))
    }

    fn file(&self) -> io::Result<File> {
        let (folder, name) = parts(&self.0.path)?;
        let file = Folder::create(folder)?.append(name)?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(Permissions::from_mode(0o600))?;
        }
        Ok(file)
    }

    fn lock(&self, file: &File) -> Result<(), Error> {
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                    thread::sleep(LOOK_AGAIN);
                }
                Err(TryLockError::WouldBlock) => return Err(Error::Busy(self.0.path.clone())),
                Err(TryLockError::Error(why)) => return Err(self.failed(why)),
            }
        }
    }

    fn read_end(&self, mut file: File, bytes: u64) -> Result<Open, Error> {
        let end = end_of(&mut file, bytes).map_err(|why| self.failed(why))?;
        let (last, torn) = end.ok_or_else(|| Error::Broken(self.0.path.clone()))?;
        Ok(Open {
            file,
            bytes,
            last,
            torn,
        })
    }
}

/// The folder and the name of a log.
pub(super) fn parts(path: &Path) -> io::Result<(&Path, &str)> {
    let name = path.file_name().and_then(|name| name.to_str());
    let folder = path.parent().filter(|folder| folder.is_absolute());
    let no_file = || io::Error::new(io::ErrorKind::InvalidInput, "it is no full path of a file");
    folder.zip(name).ok_or_else(no_file)
}

type End = (Option<Link>, Option<Torn>);

/// The last line, and what crashes left behind it. `None`: that is no end of a chain.
fn end_of(file: &mut File, bytes: u64) -> io::Result<Option<End>> {
    // Nearly always two lines are enough, and what may be left of a third.
    for most in [3 * LONGEST, TORN + 2 * LONGEST] {
        let from = bytes.saturating_sub(most as u64);
        let mut tail = Vec::new();
        file.seek(SeekFrom::Start(from))?;
        Read::by_ref(file)
            .take(most as u64)
            .read_to_end(&mut tail)?;
        let end = end_in(&tail, from == 0);
        if end.is_some() || from == 0 {
            return Ok(end);
        }
    }
    Ok(None)
}

/// The end in the last bytes of a file, or in all of it (`whole`).
///
/// Crashes may follow each other: in the middle of a line, then in the middle of the line that mends it, and so on. Whatever stands
/// behind the last line of the chain is mended as one.
fn end_in(tail: &[u8], whole: bool) -> Option<End> {
    let mut chain = tail;
    let (last, left) = loop {
        // The line that this end belongs to, and all behind it.
        let Some(end) = chain.iter().rposition(|byte| *byte == b'\n') else {
            break whole.then_some((None, tail))?;
        };
        let (before, _) = chain.split_at_checked(end)?;
        let line = before.rsplit(|byte| *byte == b'\n').next()?;
        if let Some(link) = Link::read(line) {
            break (Some(link), tail.get(end + 1..)?);
        }
        chain = before;
    };
    if left.is_empty() {
        return Some((last, None));
    }
    let seq = line::next(last.as_ref());
    let (ended, open) = match left.iter().rposition(|byte| *byte == b'\n') {
        Some(end) => (left.get(..end)?, left.get(end + 1..)?),
        None => (&[][..], left),
    };
    let mut parts = ended.split(|byte| *byte == b'\n');
    // A line with an end was left by a crash only if callreel began it, and began to mend it.
    let told = left == open || parts.all(|part| is_begun(part, seq));
    if !told || open.len() > LONGEST || left.len() > TORN {
        return None;
    }
    let link = Link::read(open)
        .filter(|link| link.follows(last.as_ref()) && (left == open || link.mends(ended)));
    let (last, bytes, ended) = match link {
        Some(link) => (Some(link), &[][..], false),
        None if open.is_empty() => (last, ended, true),
        None => (last, left, false),
    };
    let bytes = bytes.to_vec();
    Some((last, Some(Torn { bytes, ended })))
}
