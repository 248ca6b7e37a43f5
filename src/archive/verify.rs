//! Proves an archive again: every file of the manifest byte for byte, and nothing else beside them.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use super::TEMPORARY;
use super::folder::{Folder, Kind};
use super::manifest::{self, Entry, MANIFEST};
use super::proof::{Flaw, proven};

/// Files in the archive's folder that are callreel's own.
const OWN: [&str; 2] = [MANIFEST, crate::deletion::RECEIPTS];

/// Folders within folders, at most: templates make eight.
const DEEPEST: usize = 16;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A recording's files are not what the manifest says.
    #[error("{flaw}")]
    Flaw { id: String, flaw: Flaw },
    /// A download was killed or broken off; the next one goes on with it.
    #[error("a part of an unfinished download: the next download of it goes on")]
    Leftover,
    #[error("it is not in the manifest")]
    NotInManifest,
    /// A symbolic link, a pipe, a device.
    #[error("it is neither a file nor a folder")]
    Odd,
    #[error("line {0} of the manifest cannot be read")]
    DamagedLine(u64),
    #[error("its last line is cut short: the next download drops it")]
    TornLine,
    #[error("it cannot be read: {0}")]
    Unreadable(String),
}

impl Problem {
    /// For programs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Flaw { flaw, .. } => flaw.name(),
            Self::Leftover => "leftover",
            Self::NotInManifest => "not_in_manifest",
            Self::Odd => "odd",
            Self::DamagedLine(_) => "damaged_line",
            Self::TornLine => "torn_line",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

/// What [`verify`] tells while it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// So many recordings are to be proven.
    Total(u64),
    /// A recording with sound of so many bytes is whole.
    Whole(u64),
    /// A recording without sound has its sidecar.
    Silent,
    /// Something is wrong at this path below the folder; it may hold anything.
    Problem { path: String, problem: Problem },
}

/// Reads everything in the archive. Waits for the disk. Ends early when `on_found` says so.
///
/// # Errors
/// When there is no manifest, or it cannot be read; [`io::ErrorKind::WouldBlock`] while a download is under way.
pub fn verify(folder: &Path, on_found: &mut dyn FnMut(Found) -> ControlFlow<()>) -> io::Result<()> {
    let root = Folder::open(folder)?;
    let read = manifest::read_alone(&root)?;
    // A stop from outside is no error: whoever asked for it knows.
    let _ = prove(&root, read, on_found);
    Ok(())
}

type OnFound<'a> = &'a mut dyn FnMut(Found) -> ControlFlow<()>;

fn prove(root: &Folder, read: manifest::ReadManifest, on_found: OnFound<'_>) -> ControlFlow<()> {
    let mut entries: Vec<Entry> = read.entries.into_values().collect();
    entries.sort_by(|a, b| (&a.add_time, &a.id).cmp(&(&b.add_time, &b.id)));
    on_found(Found::Total(entries.len() as u64))?;
    for line in read.damaged {
        on_found(at(MANIFEST, Problem::DamagedLine(line)))?;
    }
    if read.torn {
        on_found(at(MANIFEST, Problem::TornLine))?;
    }
    let mut expected = HashSet::new();
    for entry in entries {
        expected.insert(entry.sidecar.path.clone());
        expected.extend(entry.audio.as_ref().map(|audio| audio.path.clone()));
        on_found(match (proven(root, &entry), &entry.audio) {
            (Ok(_), Some(audio)) => Found::Whole(audio.bytes),
            (Ok(_), None) => Found::Silent,
            (Err(flaw), audio) => {
                let sidecar = matches!(flaw, Flaw::SidecarMissing | Flaw::SidecarChanged);
                let path = match audio {
                    Some(audio) if !sidecar => audio.path.clone(),
                    _ => entry.sidecar.path.clone(),
                };
                let id = entry.id;
                at(&path, Problem::Flaw { id, flaw })
            }
        })?;
    }
    beside(root, "", DEEPEST, &expected, on_found)
}

fn at(path: &str, problem: Problem) -> Found {
    Found::Problem {
        path: path.to_owned(),
        problem,
    }
}

/// Looks for what is not expected.
fn beside(
    folder: &Folder,
    above: &str,
    deeper: usize,
    expected: &HashSet<String>,
    on_found: OnFound<'_>,
) -> ControlFlow<()> {
    let unreadable = |error: io::Error| Problem::Unreadable(error.to_string());
    let mut names = match folder.names() {
        Ok(names) => names,
        Err(error) => return on_found(at(above, unreadable(error))),
    };
    names.sort();
    for name in names {
        let path = format!("{above}{}", name.to_string_lossy());
        let problem = match folder.kind(&name) {
            Ok(Some(Kind::Folder)) => match folder.enter(&name) {
                Ok(inner) if deeper > 0 => {
                    beside(&inner, &format!("{path}/"), deeper - 1, expected, on_found)?;
                    continue;
                }
                Ok(_) => Problem::NotInManifest,
                Err(error) => unreadable(error),
            },
            Ok(Some(Kind::File { .. })) => {
                let own = above.is_empty() && OWN.iter().any(|own| *name == *OsStr::new(own));
                if own || expected.contains(&path) {
                    continue;
                }
                let state = format!("{TEMPORARY}.json");
                match path.ends_with(TEMPORARY) || path.ends_with(&state) {
                    true => Problem::Leftover,
                    false => Problem::NotInManifest,
                }
            }
            // It is gone again.
            Ok(None) => continue,
            // What the manifest names was told of above.
            Ok(Some(Kind::Other)) if expected.contains(&path) => continue,
            Ok(Some(Kind::Other)) => Problem::Odd,
            Err(error) => unreadable(error),
        };
        on_found(at(&path, problem))?;
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests;
