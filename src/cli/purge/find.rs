//! What is kept, and what each thing is.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};

use crate::archive::folder::{Folder, Kind as Found};
use crate::archive::manifest::ReadManifest;
use crate::archive::{MANIFEST, in_progress, read_alone};
use crate::cli::{Failure, marks};
use crate::deletion::RECEIPTS;
use crate::store::{self, file};

/// Folders in folders that are looked through.
const DEEPEST: u32 = 16;

/// Whether it is to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Goes,
    Stays,
}

/// One thing that is kept.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) what: String,
    pub(super) kind: Kind,
    pub(super) in_use: bool,
    how: How,
}

#[derive(Debug)]
enum How {
    /// With what SQLite lays beside it.
    Marks,
    /// Not while a deletion is under way.
    Receipts,
    /// Out of the folder that it was found in, whatever has come into that folder's place meanwhile.
    Part {
        folder: Arc<Folder>,
        /// The archive's manifest, whose lock keeps downloads from going on with the part until it is gone.
        #[expect(dead_code, reason = "it is held")]
        held: Arc<ReadManifest>,
    },
    File,
}

/// Where to look.
pub(super) struct Place<'a> {
    pub(super) state: Option<&'a Path>,
    pub(super) config: Option<PathBuf>,
    pub(super) audit: Option<&'a Path>,
    pub(super) with_audit: bool,
    pub(super) archives: &'a [PathBuf],
}

impl Place<'_> {
    /// Everything that is there.
    ///
    /// # Errors
    /// An archive that was named and cannot be read, or in which a download is under way.
    pub(super) fn items(&self) -> Result<Vec<Item>, Failure> {
        let mut items = Vec::new();
        if let Ok(path) = store::place::file(self.state) {
            items.extend(item(&path, Kind::Goes, How::Marks, marks::held(&path)));
        }
        if let Some(state) = self.state {
            let what =
                "receipts of deletions: without them the next run does not know of earlier ones";
            items.extend(item(&state.join(RECEIPTS), Kind::Goes, How::Receipts, what));
        }
        if let Some(log) = self.audit {
            let (kind, what) = match self.with_audit {
                true => (Kind::Goes, "the audit log"),
                false => (Kind::Stays, "the audit log: --audit removes it too"),
            };
            items.extend(item(log, kind, How::File, what));
        }
        for archive in self.archives {
            items.extend(parts(archive)?);
        }
        items.extend(self.rest());
        Ok(items)
    }

    /// What is not for this command.
    fn rest(&self) -> Vec<Item> {
        let mut items = Vec::new();
        let stays = |path: &Path, what: &str| item(path, Kind::Stays, How::File, what);
        let marks = store::place::file(self.state).ok();
        let marks = marks.filter(|path| path.symlink_metadata().is_ok());
        let beside = marks.iter().flat_map(|path| file::beside(path));
        let receipts = self.state.map(|state| state.join(RECEIPTS));
        let listed: Vec<_> = beside
            .chain(marks.clone())
            .chain(receipts)
            .chain(self.audit.map(Path::to_owned))
            .collect();
        let known = |path: &Path| listed.iter().any(|listed| listed == path);
        let state = self.state.and_then(|state| fs::read_dir(state).ok());
        let mut there: Vec<_> = state
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        there.sort();
        for path in there.iter().filter(|path| !known(path)) {
            match path.file_name() == Some(OsStr::new("accounts")) {
                true => items.extend(stays(path, "accounts: `callreel auth remove` forgets one")),
                false => items.extend(stays(path, "not known to this callreel, and left alone")),
            }
        }
        if let Some(config) = &self.config {
            items.extend(stays(config, "the configuration"));
        }
        items
    }
}

/// One thing, if it is there.
fn item(path: &Path, kind: Kind, how: How, what: impl Into<String>) -> Option<Item> {
    let about = fs::symlink_metadata(path).ok()?;
    let bytes = match about.is_dir() {
        true => fs::read_dir(path)
            .ok()?
            .flatten()
            .filter_map(|entry| Some(entry.metadata().ok()?.len()))
            .sum(),
        false => about.len(),
    };
    Some(Item {
        path: path.to_owned(),
        bytes,
        what: what.into(),
        kind,
        in_use: is_in_use(&about),
        how,
    })
}

impl Item {
    /// Removes it: the name itself, never what a link in its place leads to.
    ///
    /// # Errors
    /// As the system says, or that it is needed right now.
    pub(super) fn remove(&self) -> io::Result<()> {
        match &self.how {
            How::Marks => file::remove(&self.path).map(drop).map_err(io::Error::other),
            How::Receipts => {
                let busy = || io::Error::other("a deletion is under way");
                let is_file = fs::symlink_metadata(&self.path)?.is_file();
                let receipts = is_file.then(|| File::open(&self.path)).transpose()?;
                if let Some(receipts) = &receipts {
                    receipts.try_lock().map_err(|_| busy())?;
                }
                // Held until it is gone, so that no deletion begins to write into it.
                fs::remove_file(&self.path)
            }
            How::Part { folder, .. } => {
                let name = self.path.file_name().and_then(OsStr::to_str);
                folder.remove(name.ok_or(io::ErrorKind::InvalidFilename)?)
            }
            How::File => fs::remove_file(&self.path),
        }
    }
}

/// What unfinished downloads left in an archive: files that have what is to be known of them beside them.
fn parts(archive: &Path) -> Result<Vec<Item>, Failure> {
    let shown = archive.display();
    let full = std::path::absolute(archive)?;
    let folder = Folder::open(&full).with_context(|| format!("--parts-in {shown}"))?;
    let held = read_alone(&folder).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => {
            anyhow!("--parts-in {shown}: a download is under way there")
        }
        _ => {
            anyhow!("--parts-in {shown}: it is no archive: its {MANIFEST} cannot be read: {error}")
        }
    })?;
    let mut items = Vec::new();
    walk(folder, &Arc::new(held), &mut items, DEEPEST)
        .with_context(|| format!("--parts-in {shown}"))?;
    Ok(items)
}

fn walk(
    folder: Folder,
    held: &Arc<ReadManifest>,
    items: &mut Vec<Item>,
    deeper: u32,
) -> io::Result<()> {
    let folder = Arc::new(folder);
    let mut names = folder.names()?;
    names.sort();
    for name in &names {
        match folder.kind(name)? {
            Some(Found::Folder) if deeper > 0 => {
                walk(folder.enter(name)?, held, items, deeper - 1)?;
            }
            Some(Found::File { .. }) => {
                let Some(beside) = name.to_str().and_then(in_progress) else {
                    continue;
                };
                if names.iter().any(|other| **other == *OsStr::new(&beside)) {
                    let what = "a part of an unfinished download";
                    let part = folder.path().join(&**name);
                    let how = || How::Part {
                        folder: Arc::clone(&folder),
                        held: Arc::clone(held),
                    };
                    items.extend(item(&part, Kind::Goes, how(), what));
                    let state = folder.path().join(beside);
                    items.extend(item(
                        &state,
                        Kind::Goes,
                        how(),
                        "what is known of that part",
                    ));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether another program of this user has the file open, as far as the system tells.
fn is_in_use(file: &Metadata) -> bool {
    let same = |about: Metadata| (about.dev(), about.ino()) == (file.dev(), file.ino());
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbered = processes.filter(|entry| {
        let name = entry.file_name();
        name.to_string_lossy()
            .bytes()
            .all(|byte| byte.is_ascii_digit())
    });
    numbered
        .filter_map(|process| fs::read_dir(process.path().join("fd")).ok())
        .flat_map(|files| files.flatten())
        .any(|open| fs::metadata(open.path()).is_ok_and(same))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_removed_where_it_was_found_and_not_behind_a_link_in_its_folders_place() {
        let temporary = tempfile::tempdir().unwrap();
        let (calls, other) = (
            temporary.path().join("calls"),
            temporary.path().join("other"),
        );
        for folder in [&calls.join("2026"), &other.join("2026")] {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join("a.mp3.part"), "1").unwrap();
            fs::write(folder.join("a.mp3.part.json"), "{}").unwrap();
        }
        fs::write(calls.join(MANIFEST), "").unwrap();
        let found = parts(&calls).unwrap();
        assert_eq!(found.len(), 2);
        fs::rename(calls.join("2026"), calls.join("moved")).unwrap();
        std::os::unix::fs::symlink(other.join("2026"), calls.join("2026")).unwrap();
        for item in &found {
            item.remove().unwrap();
        }
        let left = |folder: PathBuf| fs::read_dir(folder).unwrap().count();
        assert_eq!(left(calls.join("moved")), 0);
        assert_eq!(left(other.join("2026")), 2);
    }
}
