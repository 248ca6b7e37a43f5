//! The bytes of a recording's file, computed where they are asked for and never held as a whole.

use bytes::{BufMut, Bytes, BytesMut};

use super::asset::{Asset, Layout};

/// A file: a few bytes of its own, then an embedded asset's sound over and over.
#[derive(Debug, Clone)]
pub(super) struct Content {
    head: Bytes,
    sound: &'static [u8],
    length: u64,
}

impl Content {
    /// Nothing at all.
    pub(super) fn empty() -> Self {
        Self::plain(Bytes::new())
    }

    /// Bytes that do not repeat.
    pub(super) fn plain(head: Bytes) -> Self {
        Self {
            length: head.len() as u64,
            head,
            sound: &[],
        }
    }

    /// The asset's own file, byte for byte.
    pub(super) fn whole(asset: &Asset) -> Self {
        Self::plain(Bytes::from_static(asset.bytes))
    }

    /// The asset's header with no sound behind it: 44 bytes for a wav.
    pub(super) fn header_only(asset: &Asset) -> Self {
        match &asset.layout {
            Layout::Wav { fmt, .. } => {
                let fmt = fmt.get(..16).unwrap_or(fmt);
                Self::plain(wav_header(fmt, None, 0))
            }
            Layout::Mp3 { prefix, .. } => Self::plain(Bytes::from_static(prefix)),
        }
    }

    /// So many units of the asset's sound, repeated or cut short, behind a header that fits.
    pub(super) fn repeated(asset: &Asset, units: u64) -> Self {
        let whole = asset.units().max(1);
        match &asset.layout {
            Layout::Mp3 {
                prefix,
                tag,
                sound,
                starts,
                ..
            } => {
                let bytes_of = |frames: u64| {
                    let rest = starts.get((frames % whole) as usize).copied();
                    frames / whole * sound.len() as u64 + u64::from(rest.unwrap_or(0))
                };
                let mut head = BytesMut::from(*prefix);
                if let Some(tag) = tag {
                    let own = tag.frame.len() as u64;
                    let total = own + bytes_of(units);
                    head.put_slice(&tag.rewritten(units, total, |percent| {
                        own + bytes_of(units * percent / 100)
                    }));
                }
                Self {
                    length: head.len() as u64 + bytes_of(units),
                    head: head.freeze(),
                    sound,
                }
            }
            Layout::Wav {
                fmt,
                sound,
                align,
                fact,
            } => {
                let bytes = units * u64::from(*align);
                let head = wav_header(fmt, fact.then_some(units), bytes);
                Self {
                    length: head.len() as u64 + bytes,
                    head,
                    sound,
                }
            }
        }
    }

    /// Bytes of the whole file.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Some bytes from `at` on: at least one and at most `most`, fewer at a seam; empty at the end of the file.
    pub(super) fn some(&self, at: u64, most: usize) -> Bytes {
        let left = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let most = most.min(left);
        let head = self.head.len() as u64;
        if at < head {
            let from = at as usize;
            return self.head.slice(from..(from + most).min(self.head.len()));
        }
        if self.sound.is_empty() {
            return Bytes::new();
        }
        let from = ((at - head) % self.sound.len() as u64) as usize;
        let to = (from + most).min(self.sound.len());
        Bytes::from_static(self.sound.get(from..to).unwrap_or_default())
    }

    /// The bytes `from..to`, gathered. For tests and small files; the server streams by [`Content::some`].
    pub(super) fn gather(&self, from: u64, to: u64) -> Vec<u8> {
        let mut all = Vec::new();
        let mut at = from;
        while at < to {
            let piece = self.some(at, usize::try_from(to - at).unwrap_or(usize::MAX));
            if piece.is_empty() {
                break;
            }
            at += piece.len() as u64;
            all.extend_from_slice(&piece);
        }
        all
    }
}

/// A RIFF header in front of so many bytes of sound.
fn wav_header(fmt: &[u8], fact: Option<u64>, sound: u64) -> Bytes {
    let size = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX);
    let fact_bytes = if fact.is_some() { 12 } else { 0 };
    let riff = 4 + 8 + fmt.len() as u64 + fact_bytes + 8 + sound;
    let mut head = BytesMut::new();
    head.put_slice(b"RIFF");
    head.put_u32_le(size(riff));
    head.put_slice(b"WAVEfmt ");
    head.put_u32_le(size(fmt.len() as u64));
    head.put_slice(fmt);
    if let Some(samples) = fact {
        head.put_slice(b"fact");
        head.put_u32_le(4);
        head.put_u32_le(size(samples));
    }
    head.put_slice(b"data");
    head.put_u32_le(size(sound));
    head.freeze()
}

#[cfg(test)]
mod tests {
    use super::super::{asset, mpeg};
    use super::*;

    #[test]
    fn any_slice_is_that_slice_of_the_whole() {
        for asset in asset::all() {
            let content = Content::repeated(asset, asset.units() * 2 + asset.units() / 3);
            let whole = content.gather(0, content.length());
            assert_eq!(whole.len() as u64, content.length(), "{}", asset.name);
            for (from, to) in [
                (0, 1),
                (40, 700),
                (20_000, 400_000),
                (whole.len() - 1, whole.len()),
            ] {
                let to = to.min(whole.len());
                assert_eq!(
                    content.gather(from as u64, to as u64),
                    whole[from..to],
                    "{}",
                    asset.name
                );
            }
            assert!(content.some(content.length(), 10).is_empty());
            assert!(content.some(content.length() + 99, 10).is_empty());
        }
    }

    #[test]
    fn repeated_mp3_is_whole_frames_and_its_tag_counts_them() {
        for asset in asset::all()
            .iter()
            .filter(|asset| asset.format == asset::Format::Mp3)
        {
            let units = asset.units() * 3 + 17;
            let content = Content::repeated(asset, units);
            let file = content.gather(0, content.length());
            let mut at = mpeg::id3v2_length(&file);
            let start = at;
            let mut frames = 0;
            while at < file.len() {
                at += mpeg::Header::read(&file[at..]).unwrap().length;
                frames += 1;
            }
            assert_eq!(at, file.len());
            let Layout::Mp3 { tag, .. } = &asset.layout else {
                panic!()
            };
            if tag.is_some() {
                let info = file
                    .windows(4)
                    .position(|w| w == b"Xing" || w == b"Info")
                    .unwrap();
                let four = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
                assert_eq!(u64::from(four(info + 8)), units);
                assert_eq!(four(info + 12) as usize, file.len() - start);
                let toc = &file[info + 16..info + 116];
                assert!(toc.is_sorted() && toc[99] > 240 && (120..136).contains(&toc[50]));
                assert_eq!(
                    file.windows(4)
                        .filter(|w| *w == b"Xing" || *w == b"Info")
                        .count(),
                    1
                );
                frames -= 1;
            }
            assert_eq!(frames, units, "{}", asset.name);
        }
    }

    #[test]
    fn wav_sizes_are_right() {
        let asset = asset::named("reminder").unwrap();
        let content = Content::repeated(asset, 8_000 * 3_600);
        let head = content.gather(0, 58);
        let four = |at: usize| u64::from(u32::from_le_bytes(head[at..at + 4].try_into().unwrap()));
        assert_eq!(four(4) + 8, content.length());
        assert_eq!(four(54), 8_000 * 3_600);
        assert_eq!(Content::header_only(asset).length(), 44);
    }
}
