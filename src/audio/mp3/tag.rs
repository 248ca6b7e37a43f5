//! What an encoder wrote about the whole file into its first frame: `Xing` or `Info` with LAME's extension, or `VBRI`.

use super::DECODER_DELAY;
use super::header::Header;

/// The tag's claims. None of them is true until it was checked against the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// The encoder says that the rate varies (`Xing`, `VBRI`), or that it does not (`Info`).
    pub(super) variable: bool,
    /// Frames of sound, this one not counted.
    pub(super) frames: Option<u64>,
    /// Bytes from the start of the tag's own frame to the end of the sound.
    pub(super) bytes: Option<u64>,
    /// Bytes from the start of the tag's own frame, at equal steps in time from 0 to the end: ascending.
    pub(super) table: Vec<u64>,
    pub(super) trim: Option<Trim>,
}

/// Samples a channel that the decoder puts out and nobody recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trim {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Tag {
    /// Looks for a tag in `frame`, which starts with `header`. `None` when the frame is sound like any other.
    pub(super) fn find(header: &Header, frame: &[u8]) -> Option<Self> {
        let side = 4 + header.side_info_len();
        let places = [side, side + 2];
        let places = places.get(..if header.protected { 2 } else { 1 })?;
        places
            .iter()
            .find_map(|&place| xing(frame.get(place..)?))
            .or_else(|| vbri(frame.get(4 + 32..)?))
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*bytes))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_be_bytes(*bytes))
}

fn not_zero(count: Option<u32>) -> Option<u64> {
    count.filter(|&count| count > 0).map(u64::from)
}

fn xing(bytes: &[u8]) -> Option<Tag> {
    let variable = match bytes.get(..4)? {
        b"Xing" => true,
        b"Info" => false,
        _ => return None,
    };
    let flags = u32_at(bytes, 4)?;
    let mut at = 8;
    let mut field = |flag: u32, len: usize| {
        let place = (flags & flag != 0).then_some(at);
        at += if place.is_some() { len } else { 0 };
        place
    };
    let (frames, size, table, _quality) = (field(1, 4), field(2, 4), field(4, 100), field(8, 4));
    let size = size.and_then(|at| not_zero(u32_at(bytes, at)));
    let table = table.and_then(|at| bytes.get(at..at + 100));
    Some(Tag {
        variable,
        frames: frames.and_then(|at| not_zero(u32_at(bytes, at))),
        bytes: size,
        table: match (table, size) {
            (Some(table), Some(size)) => ascending(
                table
                    .iter()
                    .map(|&part| u64::from(part) * size / 256)
                    .chain([size]),
            ),
            _ => Vec::new(),
        },
        trim: bytes.get(at..).and_then(lame),
    })
}

/// LAME's extension after the Xing fields: encoder's name, then at byte 21 the delay and padding in twelve bits each.
fn lame(extension: &[u8]) -> Option<Trim> {
    if !matches!(extension.get(..4)?, b"LAME" | b"Lavf" | b"Lavc") {
        return None;
    }
    let [high, middle, low] = *extension.get(21..)?.first_chunk()?;
    let delay = u32::from(high) << 4 | u32::from(middle) >> 4;
    let padding = u32::from(middle & 0xF) << 8 | u32::from(low);
    Some(Trim {
        start: delay + DECODER_DELAY,
        end: padding.saturating_sub(DECODER_DELAY),
    })
}

fn vbri(bytes: &[u8]) -> Option<Tag> {
    if bytes.get(..4)? != b"VBRI" {
        return None;
    }
    let size = not_zero(u32_at(bytes, 10));
    let (entries, scale, width) = (u16_at(bytes, 18)?, u16_at(bytes, 20)?, u16_at(bytes, 22)?);
    let table = bytes
        .get(26..)
        .filter(|_| matches!(width, 1..=4))
        .and_then(|table| table.get(..usize::from(entries) * usize::from(width)));
    let steps = table.map(|table| table.chunks(usize::from(width.max(1))));
    let sums = steps.into_iter().flatten().scan(0, |sum: &mut u64, entry| {
        let step = entry
            .iter()
            .fold(0, |value: u64, byte| value << 8 | u64::from(*byte));
        *sum = sum.saturating_add(step * u64::from(scale));
        Some(*sum)
    });
    let table = ascending(std::iter::once(0).chain(sums));
    let reaches = |size: u64| {
        table
            .last()
            .is_some_and(|last| last.abs_diff(size) < size / 8)
    };
    Some(Tag {
        variable: true,
        frames: not_zero(u32_at(bytes, 14)),
        bytes: size,
        table: if size.is_some_and(reaches) {
            table
        } else {
            Vec::new()
        },
        trim: None,
    })
}

/// The table, or nothing when it goes back or nowhere: a place looked up in it would be worse than a guess.
fn ascending(table: impl Iterator<Item = u64>) -> Vec<u64> {
    let table: Vec<u64> = table.collect();
    let rises = table.first() < table.last() && table.is_sorted();
    if rises { table } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(tag: &[u8]) -> (Header, Vec<u8>) {
        let bytes = [0xFF, 0xFB, 0x90, 0x44];
        let header = Header::parse(bytes).unwrap();
        let mut frame = bytes.to_vec();
        frame.resize(36, 0);
        frame.extend_from_slice(tag);
        frame.resize(usize::from(header.len()), 0);
        (header, frame)
    }

    fn info(table: &[u8; 100]) -> Vec<u8> {
        let mut tag = b"Info\0\0\0\x0F".to_vec();
        tag.extend_from_slice(&1000_u32.to_be_bytes());
        tag.extend_from_slice(&418_000_u32.to_be_bytes());
        tag.extend_from_slice(table);
        tag.extend_from_slice(&[0; 4]);
        tag.extend_from_slice(b"LAME3.100");
        tag.extend_from_slice(&[0; 12]);
        tag.extend_from_slice(&[0x24, 0x05, 0x9A]);
        tag
    }

    #[test]
    fn a_lame_tag_is_read_to_its_delay_and_padding() {
        let table: [u8; 100] = std::array::from_fn(|step| (step * 256 / 100) as u8);
        let (header, frame) = frame(&info(&table));
        let tag = Tag::find(&header, &frame).unwrap();
        assert!(!tag.variable);
        assert_eq!((tag.frames, tag.bytes), (Some(1000), Some(418_000)));
        assert_eq!(tag.table.len(), 101);
        assert_eq!(tag.table[50], 128 * 418_000 / 256);
        assert_eq!(
            tag.trim,
            Some(Trim {
                start: 0x240 + 529,
                end: 0x59A - 529
            })
        );
    }

    #[test]
    fn a_table_that_goes_back_is_not_used() {
        let mut table = [200; 100];
        table[50] = 10;
        let (header, frame) = frame(&info(&table));
        assert!(Tag::find(&header, &frame).unwrap().table.is_empty());
    }

    #[test]
    fn a_vbri_table_is_summed_up() {
        let mut tag = b"VBRI\0\x01\0\0\0\x4B".to_vec();
        tag.extend_from_slice(&60_000_u32.to_be_bytes());
        tag.extend_from_slice(&300_u32.to_be_bytes());
        for field in [3_u16, 10, 2, 100] {
            tag.extend_from_slice(&field.to_be_bytes());
        }
        for step in [1000_u16, 3000, 2000] {
            tag.extend_from_slice(&step.to_be_bytes());
        }
        let (header, frame) = frame(&tag);
        let tag = Tag::find(&header, &frame).unwrap();
        assert_eq!(tag.table, [0, 10_000, 40_000, 60_000]);
        assert_eq!((tag.frames, tag.variable), (Some(300), true));
    }

    #[test]
    fn sound_is_no_tag_and_a_cut_tag_makes_no_claims() {
        let (header, sound) = frame(&[0x55; 300]);
        assert_eq!(Tag::find(&header, &sound), None);
        let (header, whole) = frame(&info(&[0; 100]));
        for cut in 0..whole.len() {
            if let Some(tag) = Tag::find(&header, &whole[..cut]) {
                assert!(tag.frames.is_none_or(|frames| frames == 1000));
            }
        }
    }
}
