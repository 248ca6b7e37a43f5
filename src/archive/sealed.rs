//! A recording that has come as a whole, on the disk and measured.

use std::fs::File;
use std::io;

use crate::audio::{self, Measured, guard};

use super::part::Part;

/// A file of so many bytes may hold nothing but headers and tags; a larger one in which no sound is found is no silent recording.
const SMALL: u64 = 4096;

/// A part that is whole and on the disk.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) part: Part,
    pub(super) sha256: String,
    /// `None` for what callreel cannot read.
    pub(super) measured: Option<Measured>,
}

/// Why a part is not archived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unsealed {
    /// There is no sound in it, nor room for any. Nothing is left of it.
    Silent(audio::Error),
    /// It is too large to be without sound, and none is found. The part stays as it is.
    Unheard { bytes: u64 },
    /// Measuring it panicked, with these words. The part stays as it is.
    Broken(String),
}

impl Sealed {
    /// Puts a part on the disk and measures it.
    ///
    /// # Errors
    /// The inner one where it is not to be archived; else as the system says.
    pub(super) fn of(part: Part) -> io::Result<Result<Self, Unsealed>> {
        Self::measured_by(part, audio::measure)
    }

    fn measured_by(
        mut part: Part,
        measure: impl FnOnce(File) -> Result<Measured, audio::Error>,
    ) -> io::Result<Result<Self, Unsealed>> {
        let sha256 = part.seal()?;
        let (file, bytes) = (part.file()?, part.bytes());
        let measured = match guard::catch(|| measure(file)) {
            Ok(Ok(measured)) => Some(measured),
            Ok(Err(error @ (audio::Error::Empty | audio::Error::HeaderOnly))) => {
                if bytes > SMALL {
                    return Ok(Err(Unsealed::Unheard { bytes }));
                }
                // The next run asks for it anew: it may not have been ready.
                part.restart()?;
                return Ok(Err(Unsealed::Silent(error)));
            }
            // It is what was recorded, whether callreel can play it or not.
            Ok(Err(_)) => None,
            Err(words) => return Ok(Err(Unsealed::Broken(words))),
        };
        Ok(Ok(Self {
            part,
            sha256,
            measured,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::folder::Folder;
    use super::super::part::Promised;
    use super::*;
    use crate::audio::fetch::Known;

    fn part(folder: &std::path::Path, bytes: &[u8]) -> Part {
        let folder = Folder::create(folder).unwrap();
        let mut part = Part::open(folder, "a.wav".to_owned(), "a", Promised::default()).unwrap();
        let total = Some(bytes.len() as u64);
        part.begin(
            0,
            Known {
                total,
                ..Known::default()
            },
        )
        .unwrap();
        part.take(bytes).unwrap();
        part
    }

    /// A wav with a chunk before its sound that says that it is longer than the file.
    fn lying(bytes: usize) -> Vec<u8> {
        let mut wav = b"RIFF\x24\0\0\0WAVELIST\xff\xff\xff\x7f".to_vec();
        wav.resize(bytes, 7);
        wav
    }

    #[test]
    fn a_large_file_in_which_no_sound_is_found_is_kept_and_not_silent() {
        let temporary = tempfile::tempdir().unwrap();
        let kept = || std::fs::read(temporary.path().join("a.wav.part")).ok();
        let small = Sealed::of(part(temporary.path(), &lying(60))).unwrap();
        assert_eq!(
            small.unwrap_err(),
            Unsealed::Silent(audio::Error::HeaderOnly)
        );
        assert_eq!(kept(), None);
        let large = Sealed::of(part(temporary.path(), &lying(90_000))).unwrap();
        assert_eq!(large.unwrap_err(), Unsealed::Unheard { bytes: 90_000 });
        assert!(kept() == Some(lying(90_000)));
    }

    #[test]
    #[allow(clippy::panic)]
    fn a_panic_while_measuring_is_the_end_of_one_recording() {
        let temporary = tempfile::tempdir().unwrap();
        let broken = Sealed::measured_by(part(temporary.path(), &[1; 100]), |_| panic!("no frame"));
        assert_eq!(
            broken.unwrap().unwrap_err(),
            Unsealed::Broken("no frame".to_owned())
        );
    }
}
