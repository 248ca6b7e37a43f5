//! `manifest.ndjson`: a line of JSON for each recording that was archived. Lines are only ever added; of two for one recording the
//! later counts. A line that was being written when the program was killed is dropped at the next start.

mod lines;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::app::text::json;

use super::folder::Folder;
use super::hash::Short;
use super::template::Place;

pub(crate) use lines::{Line, Lines, drop_torn_line};

/// The manifest's name in the archive's folder.
pub const MANIFEST: &str = "manifest.ndjson";

/// A file with more lines that cannot be read is no manifest.
const MOST_DAMAGED: usize = 100_000;
/// Room for so many recordings may be made ahead: a file's length costs nobody anything, and says nothing of what is in it.
const MOST_AHEAD: u64 = 1 << 20;

/// About how many recordings a manifest of so many bytes has: a line of callreel's own takes some 600.
pub(super) fn about(bytes: u64) -> usize {
    usize::try_from((bytes / 600).min(MOST_AHEAD)).unwrap_or(0)
}

/// What one line says. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub id: String,
    /// The auth id with which it was fetched.
    pub account: String,
    #[serde(default)]
    pub add_time: Option<String>,
    #[serde(default)]
    pub call_uuid: Option<String>,
    /// Where the sound is; `None` when the recording has none.
    #[serde(default)]
    pub audio: Option<Audio>,
    /// Why there is no sound.
    #[serde(default)]
    pub no_audio: Option<String>,
    pub sidecar: Sidecar,
    /// When it was archived.
    pub archived: String,
    /// The audit log's last hash then, that of the line for this; only where there is such a log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_head: Option<String>,
}

/// The sound's file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audio {
    /// Below the manifest's folder.
    pub path: String,
    pub bytes: u64,
    /// Of the whole file, in hexadecimal.
    pub sha256: String,
    /// `mp3` or `wav`, by the bytes; `None` for what callreel cannot read.
    #[serde(default)]
    pub format: Option<String>,
    /// The sound's length as decoded, to the millisecond.
    #[serde(default)]
    pub seconds: Option<f64>,
}

/// The file with what the API knows of the recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sidecar {
    pub path: String,
    pub sha256: String,
}

impl Entry {
    /// Where its files lie; `None` when the line's paths lead elsewhere than an archive's do.
    pub fn place(&self) -> Option<Place> {
        match &self.audio {
            Some(audio) => {
                Place::read(&audio.path).filter(|place| place.sidecar_path() == self.sidecar.path)
            }
            None => Place::of_sidecar(&self.sidecar.path),
        }
    }
}

/// The manifest, open for more. Only one program at a time can have it so. Of each recording it is known where its line stands,
/// since a million lines would take most of a gigabyte.
#[derive(Debug)]
pub struct Manifest {
    file: File,
    /// Where the line of each recording begins that counts, by its id.
    places: HashMap<Short, u64>,
    /// Lines in the middle that could not be read, counted from 1.
    pub damaged: Vec<u64>,
}

impl Manifest {
    /// Opens the manifest of an archive, and begins one where there is none. Each entry is shown to `on_entry`, with the one that
    /// it replaces.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when another program has it, else as the system says.
    pub fn open(
        folder: &Folder,
        on_entry: &mut dyn FnMut(&Entry, Option<&Entry>),
    ) -> io::Result<Self> {
        let mut file = folder.append(MANIFEST)?;
        file.try_lock()?;
        drop_torn_line(&mut file)?;
        let again = file.try_clone()?;
        // To grow a table takes both at once.
        let mut places = HashMap::with_capacity(about(file.metadata()?.len()));
        let (mut damaged, mut broken) = (Vec::new(), Ok(()));
        each(&mut file, |number, at, entry| {
            let Some(entry) = entry else {
                damaged.push(number);
                return;
            };
            let before = places.insert(Short::of(&entry.id), at);
            match before.map(|at| entry_at(&again, at)).transpose() {
                Ok(before) => on_entry(&entry, before.flatten().as_ref()),
                Err(error) => broken = Err(error),
            }
        })?;
        broken?;
        Ok(Self {
            file,
            places,
            damaged,
        })
    }

    /// What it says of a recording.
    ///
    /// # Errors
    /// As the system says.
    pub fn get(&self, id: &str) -> io::Result<Option<Entry>> {
        let Some(at) = self.places.get(&Short::of(id)) else {
            return Ok(None);
        };
        let entry = entry_at(&self.file, *at)?;
        Ok(entry.filter(|entry| entry.id == id))
    }

    /// Adds a line, which is on the disk afterwards.
    ///
    /// # Errors
    /// As the system says.
    pub fn add(&mut self, entry: Entry) -> io::Result<()> {
        let value = serde_json::to_value(&entry).map_err(io::Error::other)?;
        let at = self.file.metadata()?.len();
        self.file
            .write_all(format!("{}\n", json::line(&value)).as_bytes())?;
        self.file.sync_data()?;
        self.places.insert(Short::of(&entry.id), at);
        Ok(())
    }
}

fn entry_at(file: &File, at: u64) -> io::Result<Option<Entry>> {
    let line = lines::line_at(file, at)?;
    Ok(line.and_then(|line| serde_json::from_slice(&line).ok()))
}

/// What a manifest says.
#[derive(Debug, Default)]
pub struct ReadManifest {
    pub entries: HashMap<String, Entry>,
    /// Lines in the middle that could not be read, counted from 1.
    pub damaged: Vec<u64>,
    /// The last line has no end.
    pub torn: bool,
    /// While it is open nobody can write to the manifest.
    pub lock: Option<File>,
}

/// Reads the manifest of an archive that nobody writes to, or can while what is given back is held.
///
/// # Errors
/// [`io::ErrorKind::WouldBlock`] when somebody does, else as the system says.
pub fn read_alone(folder: &Folder) -> io::Result<ReadManifest> {
    let mut file = folder.read(MANIFEST)?;
    file.try_lock_shared()?;
    let read = read(&mut file)?;
    Ok(ReadManifest {
        lock: Some(file),
        ..read
    })
}

fn read(file: &mut File) -> io::Result<ReadManifest> {
    let mut manifest = ReadManifest::default();
    let whole = each(file, |number, _, entry| match entry {
        Some(entry) => {
            manifest.entries.insert(entry.id.clone(), entry);
        }
        None => manifest.damaged.push(number),
    })?;
    manifest.torn = !whole;
    Ok(manifest)
}

/// Shows every line, counted from 1, with the place where it begins; `None` for what cannot be read. Whether the last one is whole.
///
/// # Errors
/// As the system says; [`io::ErrorKind::InvalidData`] where so many lines cannot be read that it is no manifest.
fn each(file: &mut File, mut show: impl FnMut(u64, u64, Option<Entry>)) -> io::Result<bool> {
    let mut lines = Lines::of(file)?;
    let (mut number, mut damaged) = (0, 0);
    while let Some(line) = lines.next() {
        number += 1;
        let entry = match line? {
            Line::Whole(bytes) => serde_json::from_slice(&bytes).ok(),
            Line::TooLong => None,
            Line::Torn => return Ok(false),
        };
        damaged += usize::from(entry.is_none());
        if damaged > MOST_DAMAGED {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "more than {MOST_DAMAGED} lines of {MANIFEST} cannot be read: it is none of callreel's"
                ),
            ));
        }
        show(number, lines.at(), entry);
    }
    Ok(true)
}

#[cfg(test)]
pub(super) mod tests {
    use std::fs::{OpenOptions, read_to_string};

    use super::*;

    #[test]
    fn neither_its_length_nor_its_lines_fill_the_memory() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::create(temporary.path()).unwrap();
        let open = || Manifest::open(&folder, &mut |_, _| {});
        let path = temporary.path().join(MANIFEST);
        assert_eq!(about(u64::MAX), 1 << 20);
        std::fs::write(&path, "\n".repeat(MOST_DAMAGED)).unwrap();
        assert_eq!(open().unwrap().damaged.len(), MOST_DAMAGED);
        std::fs::write(&path, "\n".repeat(MOST_DAMAGED + 1)).unwrap();
        for error in [open().unwrap_err(), read_alone(&folder).unwrap_err()] {
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{error}");
        }
    }

    pub(crate) fn entry(id: &str) -> Entry {
        Entry {
            id: id.to_owned(),
            account: "MAGWNTM3ZTK1M2YZMDUU".to_owned(),
            add_time: Some("2026-11-20T14:02:33.500000Z".to_owned()),
            call_uuid: None,
            audio: Some(Audio {
                path: format!("2026/11/{id}.mp3"),
                bytes: 7,
                sha256: "00".repeat(32),
                format: Some("mp3".to_owned()),
                seconds: Some(1.5),
            }),
            no_audio: None,
            sidecar: Sidecar {
                path: format!("2026/11/{id}.json"),
                sha256: "11".repeat(32),
            },
            archived: "2026-11-25T12:00:00Z".to_owned(),
            audit_head: None,
        }
    }

    pub(crate) fn opened(folder: &Folder) -> io::Result<Manifest> {
        Manifest::open(folder, &mut |_, _| ())
    }

    #[test]
    fn each_entry_is_shown_with_the_one_that_it_replaces() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::create(temporary.path()).unwrap();
        let mut manifest = opened(&folder).unwrap();
        // Longer than one block of reading.
        let mut long = entry("a");
        long.no_audio = Some("x".repeat(9000));
        for entry in [long.clone(), entry("b"), entry("a")] {
            manifest.add(entry).unwrap();
        }
        drop(manifest);
        let mut shown = Vec::new();
        let manifest = Manifest::open(&folder, &mut |entry, before| {
            shown.push((entry.id.clone(), before.cloned()));
        });
        let with = |id: &str, before| (id.to_owned(), before);
        let expected = [with("a", None), with("b", None), with("a", Some(long))];
        assert_eq!(shown, expected);
        assert_eq!(manifest.unwrap().get("a").unwrap(), Some(entry("a")));
    }

    #[test]
    fn what_was_added_is_there_at_the_next_start_and_the_later_line_counts() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::create(temporary.path()).unwrap();
        let mut manifest = opened(&folder).unwrap();
        let hostile = "a\u{9b}31m\u{202e}";
        manifest.add(entry(hostile)).unwrap();
        manifest.add(entry("b")).unwrap();
        let later = Entry {
            call_uuid: Some("c".to_owned()),
            ..entry("b")
        };
        manifest.add(later.clone()).unwrap();
        assert_eq!(manifest.get("b").unwrap().as_ref(), Some(&later));
        assert_eq!(manifest.get("c").unwrap(), None);
        assert!(opened(&folder).is_err(), "two at once");
        drop(manifest);
        let again = opened(&folder).unwrap();
        assert_eq!(again.places.len(), 2);
        assert_eq!(again.get("b").unwrap(), Some(later));
        assert!(again.get(hostile).unwrap().is_some());
        let text = read_to_string(temporary.path().join(MANIFEST)).unwrap();
        assert!(!text.contains('\u{9b}') && !text.contains('\u{202e}'));
    }

    #[test]
    fn a_torn_last_line_is_dropped_and_a_damaged_one_is_told() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::create(temporary.path()).unwrap();
        let mut manifest = opened(&folder).unwrap();
        for id in ["a", "b", "c"] {
            manifest.add(entry(id)).unwrap();
        }
        drop(manifest);
        let path = temporary.path().join(MANIFEST);
        let whole = std::fs::read(&path).unwrap();
        let second = whole.iter().position(|&byte| byte == b'\n').unwrap() + 1;
        for cut in [whole.len() - 1, whole.len() - 30, second * 2 + 1] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let mut manifest = opened(&folder).unwrap();
            assert_eq!(manifest.places.len(), 2, "{cut}");
            assert!(manifest.damaged.is_empty());
            manifest.add(entry("d")).unwrap();
            drop(manifest);
            let manifest = opened(&folder).unwrap();
            assert_eq!(manifest.places.len(), 3);
        }
        let mut damaged = whole.clone();
        damaged[second + 5] = 0xff;
        std::fs::write(&path, damaged).unwrap();
        let manifest = opened(&folder).unwrap();
        assert_eq!(manifest.damaged, [2]);
        assert_eq!(manifest.places.len(), 2);
    }

    #[test]
    fn a_file_without_any_line_end_is_a_torn_line() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::create(temporary.path()).unwrap();
        let path = temporary.path().join(MANIFEST);
        std::fs::write(&path, vec![b'x'; 300_000]).unwrap();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        assert!(matches!(
            Lines::of(&mut file).unwrap().next().unwrap().unwrap(),
            Line::TooLong
        ));
        assert!(opened(&folder).unwrap().places.is_empty());
        assert_eq!(path.metadata().unwrap().len(), 0);
    }

    #[test]
    fn paths_that_lead_elsewhere_are_no_places() {
        let good = entry("a");
        assert!(good.place().is_some());
        let mut bad = good.clone();
        bad.sidecar.path = "../a.json".to_owned();
        assert_eq!(bad.place(), None);
        bad = good;
        bad.audio.as_mut().unwrap().path = "/etc/a.mp3".to_owned();
        assert_eq!(bad.place(), None);
    }
}
