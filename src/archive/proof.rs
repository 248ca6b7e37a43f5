//! Whether a recording's files are what the manifest says, byte for byte.

use std::ffi::OsStr;
use std::io;

use super::folder::Folder;
use super::hash;
use super::manifest::Entry;
use super::template::Place;

/// A sidecar is never longer: a row of the API has about a kilobyte.
pub(super) const LONGEST_SIDECAR: u64 = 8 << 20;

/// What is wrong with one recording's files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("the file is missing")]
    Missing,
    #[error("the file has {has} bytes instead of {wanted}: it was cut short")]
    Truncated { has: u64, wanted: u64 },
    #[error("the file has {has} bytes instead of {wanted}")]
    TooLong { has: u64, wanted: u64 },
    #[error("the file's bytes have changed: its SHA-256 is another")]
    Changed,
    #[error("the sidecar is missing")]
    SidecarMissing,
    #[error("the sidecar has changed: its SHA-256 is another")]
    SidecarChanged,
    #[error("the manifest names a path that leads elsewhere")]
    Path,
    #[error("it cannot be read: {0}")]
    Unreadable(String),
}

impl Flaw {
    /// For programs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Truncated { .. } => "truncated",
            Self::TooLong { .. } => "too_long",
            Self::Changed => "changed",
            Self::SidecarMissing => "sidecar_missing",
            Self::SidecarChanged => "sidecar_changed",
            Self::Path => "bad_path",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

/// Reads the files of `entry`, and gives its sidecar.
///
/// # Errors
/// The first flaw.
pub(crate) fn proven(root: &Folder, entry: &Entry) -> Result<Vec<u8>, Flaw> {
    let place = entry.place().ok_or(Flaw::Path)?;
    let folder = match enter(root, &place) {
        Ok(folder) => folder,
        Err(error) => return Err(unreadable(error, Flaw::Missing)),
    };
    if let Some(audio) = &entry.audio {
        let missing = |error| unreadable(error, Flaw::Missing);
        let mut file = folder.read(&place.file()).map_err(missing)?;
        let (has, wanted) = (file.metadata().map_err(missing)?.len(), audio.bytes);
        if has < wanted {
            return Err(Flaw::Truncated { has, wanted });
        }
        if has > wanted {
            return Err(Flaw::TooLong { has, wanted });
        }
        let (hash, _) = hash::of_file(&mut file).map_err(missing)?;
        if hash.finish() != audio.sha256 {
            return Err(Flaw::Changed);
        }
    }
    let sidecar = folder
        .read_whole(&place.sidecar(), LONGEST_SIDECAR)
        .map_err(|error| unreadable(error, Flaw::SidecarMissing))?;
    match hash::of(&sidecar) == entry.sidecar.sha256 {
        true => Ok(sidecar),
        false => Err(Flaw::SidecarChanged),
    }
}

fn unreadable(error: io::Error, missing: Flaw) -> Flaw {
    match error.kind() {
        io::ErrorKind::NotFound => missing,
        _ => Flaw::Unreadable(error.to_string()),
    }
}

/// Opens a place's folder.
pub(super) fn enter(root: &Folder, place: &Place) -> io::Result<Folder> {
    let mut folder = root.again()?;
    for name in place.folders() {
        folder = folder.enter(OsStr::new(name))?;
    }
    Ok(folder)
}
