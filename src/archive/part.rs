//! A recording's file while it comes: `NAME.part`, and beside it `NAME.part.json` with what tells whether it may be gone on with.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::audio::fetch::{Known, Validator};

use super::TEMPORARY;
use super::folder::{Folder, Put};
use super::hash::{self, Hash};

/// The state's file is never longer.
const LONGEST_STATE: u64 = 64 << 10;

/// Room that is left on the disk for everybody else.
const RESERVE: u64 = 16 << 20;

/// Bytes for which room is asked at a time, where it is not known how many come.
const STRIDE: u64 = 1 << 20;

/// What is said of a part between two runs.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct State {
    id: String,
    etag: Option<String>,
    last_modified: Option<String>,
    total: Option<u64>,
    /// In which run of the system it was written. What was written before a crash of the system may never have come to the disk.
    boot: String,
}

/// Bytes that parts which are under way will still need, of one archive.
#[derive(Debug, Clone, Default)]
pub(super) struct Promised(Arc<AtomicU64>);

/// The part, open and read. Dropped, it stays for the next run.
#[derive(Debug)]
pub(super) struct Part {
    folder: Folder,
    name: String,
    id: String,
    file: File,
    hash: Hash,
    bytes: u64,
    known: Known,
    promised: Promised,
    /// Of what is promised, so much for this one.
    own: u64,
}

/// No room is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the disk is full: {needed} bytes more are needed, and {room} are free")]
pub struct NoRoom {
    pub needed: u64,
    pub room: u64,
}

impl Part {
    /// Opens the part for the file `name` of the recording `id`, and keeps what an earlier run left of it where that can be gone on
    /// with.
    ///
    /// # Errors
    /// As the system says.
    pub(super) fn open(
        folder: Folder,
        name: String,
        id: &str,
        promised: Promised,
    ) -> io::Result<Self> {
        let mut file = folder.write(&temporary(&name))?;
        let state = folder.read_whole(&state_name(&name), LONGEST_STATE).ok();
        let state: Option<State> = state.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let boot = boot();
        let known = state
            .filter(|state| state.id == id && !boot.is_empty() && state.boot == boot)
            .map(|state| Known {
                validator: Validator {
                    etag: state.etag,
                    modified: state.last_modified,
                },
                total: state.total,
            })
            .filter(Known::is_named);
        let (mut hash, mut bytes) = (Hash::new(), 0);
        if known.is_some() {
            (hash, bytes) = hash::of_file(&mut file)?;
        }
        let mut part = Self {
            folder,
            name,
            id: id.to_owned(),
            file,
            hash,
            bytes,
            known: known.unwrap_or_default(),
            promised,
            own: 0,
        };
        if part.bytes == 0 || part.known.total.is_some_and(|total| part.bytes > total) {
            part.restart()?;
        }
        Ok(part)
    }

    /// Bytes that are here.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn known(&self) -> &Known {
        &self.known
    }

    /// Nothing is missing.
    pub(super) fn is_whole(&self) -> bool {
        self.bytes > 0 && self.known.total == Some(self.bytes)
    }

    /// Forgets what is here.
    ///
    /// # Errors
    /// As the system says.
    pub(super) fn restart(&mut self) -> io::Result<()> {
        self.folder.remove(&state_name(&self.name))?;
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        (self.hash, self.bytes, self.known) = (Hash::new(), 0, Known::default());
        Ok(())
    }

    /// What comes next begins at the byte `from`: where that is 0, everything comes anew.
    ///
    /// # Errors
    /// [`NoRoom`] inside, where the disk has no room for what is missing; else as the system says.
    pub(super) fn begin(&mut self, from: u64, known: Known) -> io::Result<()> {
        if from == 0 {
            self.restart()?;
        }
        let missing = known
            .total
            .map_or(STRIDE, |total| total.saturating_sub(self.bytes));
        self.promise(missing)?;
        if self.known != known {
            self.known = known;
            let state = State {
                id: self.id.clone(),
                etag: self.known.validator.etag.clone(),
                last_modified: self.known.validator.modified.clone(),
                total: self.known.total,
                boot: boot(),
            };
            let bytes = serde_json::to_vec(&state).map_err(io::Error::other)?;
            // Not put on the disk: it counts until the next crash of the system only.
            let mut file = self.folder.write(&state_name(&self.name))?;
            file.set_len(0)?;
            file.write_all(&bytes)?;
        }
        self.file.seek(SeekFrom::Start(self.bytes)).map(drop)
    }

    fn promise(&mut self, missing: u64) -> io::Result<()> {
        let before = self.promised.0.fetch_sub(self.own, Ordering::AcqRel);
        let others = before.saturating_sub(self.own);
        self.own = 0;
        let needed = missing.saturating_add(others).saturating_add(RESERVE);
        let room = self.folder.room()?;
        if missing > 0 && needed > room {
            return Err(io::Error::new(
                io::ErrorKind::StorageFull,
                NoRoom { needed, room },
            ));
        }
        self.promised.0.fetch_add(missing, Ordering::AcqRel);
        self.own = missing;
        Ok(())
    }

    fn fulfil(&mut self, bytes: u64) {
        let bytes = bytes.min(self.own);
        self.own -= bytes;
        self.promised.0.fetch_sub(bytes, Ordering::AcqRel);
    }

    /// Keeps what came.
    ///
    /// # Errors
    /// As [`Part::begin`]: where it is not known how much comes, the disk's room is looked at again on the way.
    pub(super) fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.known.total.is_none() && self.own == 0 {
            self.promise(STRIDE.max(bytes.len() as u64))?;
        }
        self.file.write_all(bytes)?;
        self.hash.add(bytes);
        self.bytes += bytes.len() as u64;
        self.fulfil(bytes.len() as u64);
        Ok(())
    }

    /// Everything is here: puts it on the disk. Gives its SHA-256.
    ///
    /// # Errors
    /// As the system says.
    pub(super) fn seal(&self) -> io::Result<String> {
        self.file.sync_all()?;
        Ok(self.hash.clone().finish())
    }

    /// Another handle of the file, to measure it.
    ///
    /// # Errors
    /// As the system says.
    pub(super) fn file(&self) -> io::Result<File> {
        self.folder.read(&temporary(&self.name))
    }

    /// The folder it is in.
    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Gives it its own name.
    ///
    /// # Errors
    /// As the system says.
    pub(super) fn put(self) -> io::Result<Put> {
        let put = self.folder.put(&temporary(&self.name), &self.name)?;
        self.folder.remove(&state_name(&self.name))?;
        Ok(put)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.fulfil(self.own);
        if self.bytes == 0 {
            // Nothing to go on with; where it cannot be removed, `verify` names it.
            let _ = discard(&self.folder, &self.name);
        }
    }
}

/// Takes away what may be left of a file's part.
///
/// # Errors
/// As the system says.
pub(super) fn discard(folder: &Folder, name: &str) -> io::Result<()> {
    folder.remove(&temporary(name))?;
    folder.remove(&state_name(name))
}

fn temporary(name: &str) -> String {
    format!("{name}{TEMPORARY}")
}

/// What is said of the part with this file name stands in the file of that name; `None`: it is not called as parts are.
pub(crate) fn in_progress(file: &str) -> Option<String> {
    file.strip_suffix(TEMPORARY).map(state_name)
}

fn state_name(name: &str) -> String {
    format!("{name}{TEMPORARY}.json")
}

/// Tells one run of the system from another, where it says so; else empty.
fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|id| id.trim().to_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(total: u64) -> Known {
        Known {
            validator: Validator {
                etag: Some("\"a\"".to_owned()),
                modified: None,
            },
            total: Some(total),
        }
    }

    fn open(folder: &std::path::Path, id: &str) -> Part {
        let folder = Folder::create(folder).unwrap();
        Part::open(folder, "x.mp3".to_owned(), id, Promised::default()).unwrap()
    }

    #[test]
    fn what_came_is_gone_on_with_and_hashed_as_a_whole() {
        let temporary = tempfile::tempdir().unwrap();
        let mut part = open(temporary.path(), "a");
        part.begin(0, known(3)).unwrap();
        part.take(b"ab").unwrap();
        assert!(!part.is_whole());
        drop(part);
        if boot().is_empty() {
            // A system that does not tell one of its runs from another: nothing of an earlier one is trusted.
            assert_eq!(open(temporary.path(), "a").bytes(), 0);
            return;
        }
        let mut part = open(temporary.path(), "a");
        assert_eq!((part.bytes(), part.known()), (2, &known(3)));
        part.begin(2, known(3)).unwrap();
        part.take(b"c").unwrap();
        assert!(part.is_whole());
        assert_eq!(part.seal().unwrap(), hash::of(b"abc"));
        part.put().unwrap();
        let names: Vec<_> = std::fs::read_dir(temporary.path()).unwrap().collect();
        assert_eq!(names.len(), 1);
        assert_eq!(
            std::fs::read(temporary.path().join("x.mp3")).unwrap(),
            b"abc"
        );
    }

    #[test]
    fn what_belongs_to_another_or_says_nothing_of_itself_is_begun_anew() {
        let temporary = tempfile::tempdir().unwrap();
        let left = |known: Known, total: &[u8]| {
            let mut part = open(temporary.path(), "a");
            part.begin(0, known).unwrap();
            part.take(total).unwrap();
        };
        left(known(9), b"abc");
        assert_eq!(open(temporary.path(), "b").bytes(), 0);
        left(Known::default(), b"abc");
        assert_eq!(open(temporary.path(), "a").bytes(), 0);
        let length = |total| Known {
            validator: Validator::default(),
            ..known(total)
        };
        left(length(9), b"abc");
        assert_eq!(open(temporary.path(), "a").bytes(), 0);
        left(known(2), b"abc");
        assert_eq!(open(temporary.path(), "a").bytes(), 0);
        left(known(9), b"abc");
        let state = temporary.path().join("x.mp3.part.json");
        let text = std::fs::read_to_string(&state).unwrap();
        let mut told: State = serde_json::from_str(&text).unwrap();
        told.boot = "another".to_owned();
        std::fs::write(&state, serde_json::to_string(&told).unwrap()).unwrap();
        let part = open(temporary.path(), "a");
        assert_eq!(part.bytes(), 0);
        drop(part);
        discard(&Folder::open(temporary.path()).unwrap(), "x.mp3").unwrap();
        assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
    }

    #[test]
    fn room_that_is_promised_to_others_is_no_room() {
        let temporary = tempfile::tempdir().unwrap();
        let promised = Promised::default();
        let open = |name: &str| {
            let folder = Folder::create(temporary.path()).unwrap();
            Part::open(folder, name.to_owned(), "a", promised.clone()).unwrap()
        };
        let room = Folder::open(temporary.path()).unwrap().room().unwrap();
        let (mut one, mut two) = (open("1.mp3"), open("2.mp3"));
        one.begin(0, known(room / 2)).unwrap();
        let error = two.begin(0, known(room / 2)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(error.to_string().contains("bytes more are needed"));
        drop(one);
        two.begin(0, known(room / 2)).unwrap();
        drop(two);
        assert_eq!(promised.0.load(Ordering::Acquire), 0);

        let mut endless = open("3.mp3");
        endless.begin(0, Known::default()).unwrap();
        promised.0.fetch_add(room, Ordering::AcqRel);
        let stride = vec![0; usize::try_from(STRIDE).unwrap()];
        endless.take(&stride).unwrap();
        let error = endless.take(&stride).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
