//! An open archive: what it has, where the next recording goes, and how one is put there for good.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::app::text::json;
use crate::audit::{self, Audit, Deed};
use crate::plivo::{Recording, RecordingId};

use super::folder::{Folder, Kind, Put};
use super::hash::{self, Short};
use super::manifest::{Audio, Entry, MANIFEST, Manifest, Sidecar, about};
use super::part::{self, Part, Promised};
use super::proof::{Flaw, LONGEST_SIDECAR, enter, long_enough, proven};
use super::sealed::Sealed;
use super::template::{Place, Template};

/// Something about the place that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Others may look into the folder; the permissions that they have, as in `0o055`.
    OpenToOthers(rustix::fs::RawMode),
    /// The file system cannot rename, so that a crash may leave half a file under its final name. `verify` finds it.
    NoRename,
    /// Lines of the manifest that cannot be read, counted from 1.
    DamagedLines(Vec<u64>),
    /// A recording came as a whole by what its server says, and has less sound than the API tells of it.
    Short { id: RecordingId, flaw: Flaw },
}

/// The archive. Its methods wait for the disk, and may be called from many threads.
#[derive(Debug)]
pub(super) struct Shelf {
    root: Folder,
    template: Template,
    account: String,
    promised: Promised,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    manifest: Manifest,
    /// Whose each place is: folded paths and ids, both short.
    taken: HashMap<Short, Short>,
    notices: Vec<Notice>,
}

/// What the archive has of a recording.
#[derive(Debug)]
pub(super) enum Had {
    /// It is there, with so many bytes.
    Here(u64),
    /// It has no sound, which was archived.
    Silent(String),
    /// It is not there, or not all of it.
    Missing(Box<Part>),
}

impl Shelf {
    /// Opens the archive in `path`, and makes it where there is none.
    pub(super) fn open(path: &Path, template: Template, account: &str) -> io::Result<Self> {
        let root = Folder::create(path)?;
        let bytes = match root.kind(OsStr::new(MANIFEST))? {
            Some(Kind::File { bytes }) => bytes,
            _ => 0,
        };
        let mut taken = HashMap::with_capacity(about(bytes));
        let manifest = Manifest::open(&root, &mut |entry, before| {
            let id = Short::of(&entry.id);
            let left = before.and_then(Entry::place).map(|place| key(&place));
            if let Some(left) = left.filter(|left| taken.get(left) == Some(&id)) {
                taken.remove(&left);
            }
            if let Some(place) = entry.place() {
                taken.insert(key(&place), id);
            }
        })?;
        let mut notices = Vec::new();
        let open = root.open_to_others()?;
        if open != 0 {
            notices.push(Notice::OpenToOthers(open));
        }
        if !manifest.damaged.is_empty() {
            notices.push(Notice::DamagedLines(manifest.damaged.clone()));
        }
        Ok(Self {
            root,
            template,
            account: account.to_owned(),
            promised: Promised::default(),
            state: Mutex::new(State {
                taken,
                manifest,
                notices,
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while it was held leaves maps that are whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a person should know, each once.
    pub(super) fn take_notices(&self) -> Vec<Notice> {
        std::mem::take(&mut self.state().notices)
    }

    fn entry_of(&self, id: &str) -> io::Result<Option<Entry>> {
        self.state().manifest.get(id)
    }

    /// Whether the manifest has `id` and its file has the length that it should have, or no sound.
    pub(super) fn seems_here(&self, id: &str) -> Option<Had> {
        let entry = self.entry_of(id).ok()??;
        if let Some(why) = entry.no_audio {
            return Some(Had::Silent(why));
        }
        let place = entry.place()?;
        let bytes = entry.audio?.bytes;
        let folder = enter(&self.root, &place).ok()?;
        let file = folder.kind(OsStr::new(&place.file())).ok()??;
        let sidecar = folder.kind(OsStr::new(&place.sidecar())).ok()?;
        (file == Kind::File { bytes } && sidecar.is_some()).then_some(Had::Here(bytes))
    }

    /// Whether the manifest has `id`, and its files are what it says, byte for byte.
    fn is_here(&self, id: &str) -> Option<u64> {
        let entry = self.entry_of(id).ok()??;
        proven(&self.root, &entry).ok()?;
        Some(entry.audio?.bytes)
    }

    /// Looks for a recording, and opens its part where it is missing.
    ///
    /// # Errors
    /// As the system says.
    pub(super) fn look(&self, recording: &Recording) -> io::Result<Had> {
        let id = recording.id.as_str();
        if let Some(bytes) = self.is_here(id) {
            return Ok(Had::Here(bytes));
        }
        let (place, folder) = self.place(recording)?;
        if let Some(bytes) = self.adopt(recording, &place, &folder)? {
            part::discard(&folder, &place.file())?;
            return Ok(Had::Here(bytes));
        }
        let part = Part::open(folder, place.file(), id, self.promised.clone())?;
        Ok(Had::Missing(Box::new(part)))
    }

    /// Where a recording goes: to where it was, else to a place that nobody has.
    fn place(&self, recording: &Recording) -> io::Result<(Place, Folder)> {
        let id = recording.id.as_str();
        let mut state = self.state();
        let entry = state.manifest.get(id)?;
        let known = entry
            .filter(|entry| entry.audio.is_some())
            .and_then(|entry| entry.place());
        let first = known.unwrap_or_else(|| self.template.place(recording));
        for place in [first.clone(), first.apart(id)] {
            let folder = make(&self.root, &place)?;
            let free = match state.taken.get(&key(&place)) {
                Some(owner) => *owner == Short::of(id),
                None => is_free(&folder, &place, id)?,
            };
            if free {
                state.taken.insert(key(&place), Short::of(id));
                return Ok((place, folder));
            }
        }
        Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!("{first} is there already, and is not of this archive"),
        ))
    }

    /// A program that was killed between the file's name and the manifest's line left both files: they are taken as they are.
    fn adopt(
        &self,
        recording: &Recording,
        place: &Place,
        folder: &Folder,
    ) -> io::Result<Option<u64>> {
        let Some(entry) = left_entry(folder, place, recording.id.as_str()) else {
            return Ok(None);
        };
        if proven(&self.root, &entry).is_err() {
            return Ok(None);
        }
        let bytes = entry.audio.as_ref().map(|audio| audio.bytes);
        self.state().manifest.add(entry)?;
        Ok(bytes)
    }

    /// Archives what has come as a whole: its line in the audit log, if there is one, then sidecar, name, manifest. Gives its length in
    /// bytes; the inner error where it cannot be logged, and so stays a part.
    ///
    /// # Errors
    /// As the system says.
    pub(super) fn keep(
        &self,
        recording: &Recording,
        sealed: Sealed,
        audit: Option<&Audit>,
    ) -> io::Result<Result<u64, audit::Error>> {
        let Sealed {
            part,
            sha256,
            measured,
        } = sealed;
        let (place, _) = self.place(recording)?;
        let bytes = part.bytes();
        let mut entry = self.entry(recording, &place);
        if let Some(audit) = audit {
            let logged = audit.append(&audit::Entry {
                recording: recording.id.clone(),
                added: recording.added,
                deed: Deed::Downloaded {
                    path: place.to_string(),
                    bytes,
                    sha256: sha256.clone(),
                },
            });
            match logged {
                Ok(head) => entry.audit_head = Some(head.to_string()),
                Err(error) => return Ok(Err(error)),
            }
        }
        entry.audio = Some(Audio {
            path: place.to_string(),
            bytes,
            sha256,
            format: measured.map(|measured| measured.format.to_owned()),
            seconds: measured.map(|measured| measured.length.as_millis() as f64 / 1000.0),
        });
        entry.sidecar.sha256 = write_sidecar(part.folder(), &place, &entry, recording)?;
        let put = part.put()?;
        let mut state = self.state();
        if put == Put::Copied && !state.notices.contains(&Notice::NoRename) {
            state.notices.push(Notice::NoRename);
        }
        if let Err(flaw) = long_enough(&entry, recording.duration) {
            let id = recording.id.clone();
            state.notices.push(Notice::Short { id, flaw });
        }
        state.manifest.add(entry)?;
        Ok(Ok(bytes))
    }

    /// Archives a recording without sound: what the API knows of it, and why there is none. Gives false, and changes nothing, where
    /// sound of it was archived before.
    ///
    /// # Errors
    /// As the system says.
    pub(super) fn keep_silent(&self, recording: &Recording, why: &str) -> io::Result<bool> {
        let before = self.entry_of(recording.id.as_str())?;
        if before.is_some_and(|entry| entry.audio.is_some()) {
            return Ok(false);
        }
        let (place, folder) = self.place(recording)?;
        part::discard(&folder, &place.file())?;
        let mut entry = self.entry(recording, &place);
        entry.no_audio = Some(why.to_owned());
        entry.sidecar.sha256 = write_sidecar(&folder, &place, &entry, recording)?;
        self.state().manifest.add(entry)?;
        Ok(true)
    }

    fn entry(&self, recording: &Recording, place: &Place) -> Entry {
        Entry {
            id: recording.id.to_string(),
            account: self.account.clone(),
            add_time: recording.added.map(written),
            call_uuid: recording.call_uuid.clone(),
            audio: None,
            no_audio: None,
            sidecar: Sidecar {
                path: place.sidecar_path(),
                sha256: String::new(),
            },
            archived: written(Utc::now()),
            audit_head: None,
        }
    }
}

/// A time as the manifest has it.
pub(crate) fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// What two places have in common that are one where names do not tell capitals.
fn key(place: &Place) -> Short {
    Short::of(&place.folded())
}

fn make(root: &Folder, place: &Place) -> io::Result<Folder> {
    let mut folder = root.again()?;
    for name in place.folders() {
        folder = folder.enter_or_create(name)?;
    }
    Ok(folder)
}

/// Whether nothing of anybody else stands at a place.
fn is_free(folder: &Folder, place: &Place, id: &str) -> io::Result<bool> {
    let nothing = folder.kind(OsStr::new(&place.file()))?.is_none()
        && folder.kind(OsStr::new(&place.sidecar()))?.is_none();
    Ok(nothing || sidecar_of(folder, place).is_some_and(|sidecar| sidecar.entry.id == id))
}

struct Read {
    entry: Entry,
    sha256: String,
}

/// What a sidecar says of its own file.
fn sidecar_of(folder: &Folder, place: &Place) -> Option<Read> {
    let bytes = folder.read_whole(&place.sidecar(), LONGEST_SIDECAR).ok()?;
    let mut value: Value = serde_json::from_slice(&bytes).ok()?;
    let mut entry = value.get_mut("callreel")?.take();
    // A file cannot hold its own hash.
    let own = json!({ "path": place.sidecar_path(), "sha256": "" });
    entry.as_object_mut()?.insert("sidecar".to_owned(), own);
    Some(Read {
        entry: serde_json::from_value(entry).ok()?,
        sha256: hash::of(&bytes),
    })
}

/// The manifest's line for files that were left without one.
fn left_entry(folder: &Folder, place: &Place, id: &str) -> Option<Entry> {
    let Read { mut entry, sha256 } = sidecar_of(folder, place)?;
    let path = entry.audio.as_ref().map(|audio| audio.path.clone());
    if entry.id != id || path != Some(place.to_string()) {
        return None;
    }
    entry.sidecar.sha256 = sha256;
    Some(entry)
}

/// Writes what the API knows, beside what the manifest will say. Gives the file's SHA-256.
fn write_sidecar(
    folder: &Folder,
    place: &Place,
    entry: &Entry,
    recording: &Recording,
) -> io::Result<String> {
    let mut own = serde_json::to_value(entry).map_err(io::Error::other)?;
    if let Some(own) = own.as_object_mut() {
        own.remove("sidecar");
    }
    let both = Map::from_iter([
        ("callreel".to_owned(), own),
        ("recording".to_owned(), Value::Object(recording.raw.clone())),
    ]);
    let text = serde_json::to_string_pretty(&both).map_err(io::Error::other)?;
    // Line ends between the fields are no text of the API's.
    let lines: Vec<_> = text.lines().map(json::escaped).collect();
    let bytes = (lines.join("\n") + "\n").into_bytes();
    folder.replace(&place.sidecar(), &bytes)?;
    Ok(hash::of(&bytes))
}

#[cfg(test)]
mod tests;
