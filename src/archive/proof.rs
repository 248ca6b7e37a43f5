//! Whether a recording's files are what the manifest says, byte for byte.

use std::ffi::OsStr;
use std::io;
use std::time::Duration;

use super::folder::Folder;
use super::hash;
use super::manifest::Entry;
use super::template::Place;

/// A sidecar is never longer: a row of the API has about a kilobyte.
pub(super) const LONGEST_SIDECAR: u64 = 8 << 20;

/// So much of a length may be rounding.
const ROUNDED: Duration = Duration::from_secs(2);

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
    #[error(
        "{has:?} of sound are archived, and the API said that it lasts {told:?}: a part of it is missing"
    )]
    TooShort { has: Duration, told: Duration },
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
            Self::TooShort { .. } => "too_short",
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

/// Whether an archived recording sounds as long as the API says that it lasts, within a tenth and two seconds: the API rounds.
///
/// # Errors
/// [`Flaw::TooShort`]. Where one of them is not known there is nothing to compare.
pub(crate) fn long_enough(entry: &Entry, told: Option<Duration>) -> Result<(), Flaw> {
    let has = match &entry.audio {
        Some(audio) => match audio.seconds.map(Duration::try_from_secs_f64) {
            Some(Ok(has)) => has,
            _ => return Ok(()),
        },
        None => Duration::ZERO,
    };
    match told {
        Some(told) if has.saturating_add(told / 10 + ROUNDED) < told => {
            Err(Flaw::TooShort { has, told })
        }
        _ => Ok(()),
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

#[cfg(test)]
mod tests {
    use super::super::manifest::tests::entry;
    use super::*;

    #[test]
    fn what_is_much_shorter_than_the_api_said_is_not_whole() {
        let of = |seconds| {
            let mut entry = entry("a");
            entry.audio.as_mut().unwrap().seconds = seconds;
            entry
        };
        let told = |seconds| Some(Duration::from_secs(seconds));
        for (has, told, whole) in [
            (Some(60.0), told(60), true),
            (Some(58.5), told(60), true),
            (Some(90.0), told(60), true),
            (Some(51.0), told(60), false),
            (Some(1.0), told(2), true),
            (Some(-1.0), told(60), true),
            (None, told(60), true),
            (Some(1.0), None, true),
        ] {
            let found = long_enough(&of(has), told);
            assert_eq!(found.is_ok(), whole, "{has:?}, {told:?}: {found:?}");
        }
        let silent = Entry {
            audio: None,
            ..entry("a")
        };
        assert!(long_enough(&silent, told(1)).is_ok());
        assert!(long_enough(&silent, told(30)).is_err());
    }
}
