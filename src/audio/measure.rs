//! What a whole file on the disk holds, without playing it.

use std::fs::File;
use std::time::Duration;

use super::buffer::Buffer;
use super::decode::{self, Role};
use super::event::Error;

/// A file of sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// `mp3` or `wav`.
    pub format: &'static str,
    /// How long it sounds, as the player tells it.
    pub length: Duration,
}

/// Reads a file's frames. An hour takes some milliseconds.
///
/// # Errors
/// As when it is played: [`Error::Empty`], [`Error::HeaderOnly`], [`Error::NotAudio`] for what is neither mp3 nor wav.
pub fn measure(file: File) -> Result<Measured, Error> {
    let storage = |error: std::io::Error| Error::Storage(error.to_string());
    let buffer = Buffer::from_file(file).map_err(storage)?;
    let unknown = || Error::NotAudio("it ends before its sound begins".to_owned());
    let mut decoder = decode::open(&buffer, Role::Follower)?.ok_or_else(unknown)?;
    // A long file is read in strides, after each of which it may be exact or not.
    let mut before = None;
    loop {
        let length = decoder.length();
        match length {
            Some(length) if length.exact => {
                return match length.length.is_zero() {
                    true => Err(Error::HeaderOnly),
                    false => Ok(Measured {
                        format: decoder.media().format,
                        length: length.length,
                    }),
                };
            }
            // It stays an estimate, though every byte is here.
            same if same == before => {
                return same.map_or(Err(Error::HeaderOnly), |same| {
                    Ok(Measured {
                        format: decoder.media().format,
                        length: same.length,
                    })
                });
            }
            other => before = other,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// One of the spoken calls, by its file's name.
    fn call(name: &str) -> Vec<u8> {
        let path = format!("{}/assets/calls/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    }

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn a_file_on_the_disk_is_as_long_as_it_sounds() {
        for (name, format) in [
            ("support-stereo-cbr32.mp3", "mp3"),
            ("invoice-stereo-vbr.mp3", "mp3"),
            ("booking-mono-vbr-notag.mp3", "mp3"),
            ("reminder-mono-ulaw.wav", "wav"),
            ("handover-stereo-pcm16.wav", "wav"),
        ] {
            let bytes = call(name);
            let measured = measure(file(&bytes)).unwrap();
            assert_eq!(measured.format, format, "{name}");
            let played = {
                let buffer = Buffer::from_bytes(bytes);
                let mut decoder = decode::open(&buffer, Role::Follower).unwrap().unwrap();
                let (mut frames, mut out) = (0, Vec::new());
                while let decode::Step::Block { .. } = decoder.next(&mut out).unwrap() {
                    frames += out.len() / usize::from(decoder.channels());
                    out.clear();
                }
                decode::time_of(frames as u64, decoder.rate())
            };
            let apart = measured.length.abs_diff(played);
            assert!(
                apart < Duration::from_micros(10),
                "{name}: {measured:?}, {played:?}"
            );
        }
    }

    #[test]
    fn a_long_file_is_measured_in_strides() {
        let one = call("booking-mono-cbr16.mp3");
        let long = one.repeat(20 << 20 >> one.len().ilog2());
        let measured = measure(file(&long)).unwrap();
        let single = measure(file(&one)).unwrap();
        assert!(measured.length > single.length * 8, "{measured:?}");
    }

    #[test]
    fn what_holds_no_sound_says_so() {
        assert_eq!(measure(file(b"")), Err(Error::Empty));
        let header = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0";
        assert_eq!(measure(file(header)), Err(Error::HeaderOnly));
        assert!(matches!(measure(file(&[7; 5000])), Err(Error::NotAudio(_))));
        assert!(measure(file(b"RIFF")).is_err());
    }
}
