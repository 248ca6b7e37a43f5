//! Bytes of each encoding to samples.

use super::header::{Encoding, Header};
use crate::audio::decode::bounded;

/// Appends the samples of `bytes`, which start at a unit of `header`.
pub(super) fn decode(header: &Header, bytes: &[u8], out: &mut Vec<f32>) {
    match header.encoding {
        Encoding::U8 => out.extend(bytes.iter().map(|&b| (f32::from(b) - 128.0) / 128.0)),
        Encoding::S16 => each(bytes, out, |b: [u8; 2]| {
            f32::from(i16::from_le_bytes(b)) / 32_768.0
        }),
        Encoding::S24 => each(bytes, out, |[low, mid, high]: [u8; 3]| {
            (i32::from_le_bytes([0, low, mid, high]) >> 8) as f32 / 8_388_608.0
        }),
        Encoding::S32 => each(bytes, out, |b: [u8; 4]| {
            i32::from_le_bytes(b) as f32 / 2_147_483_648.0
        }),
        Encoding::F32 => each(bytes, out, |b: [u8; 4]| bounded(f32::from_le_bytes(b))),
        Encoding::F64 => each(bytes, out, |b: [u8; 8]| {
            bounded(f64::from_le_bytes(b) as f32)
        }),
        Encoding::ALaw => out.extend(bytes.iter().map(|&b| a_law(b))),
        Encoding::MuLaw => out.extend(bytes.iter().map(|&b| mu_law(b))),
        Encoding::Ima => {
            for block in bytes.chunks(header.unit_bytes as usize) {
                ima_block(block, usize::from(header.channels), out);
            }
        }
    }
    // A last frame that is cut in the middle is no frame.
    let whole = out.len() - out.len() % usize::from(header.channels.max(1));
    out.truncate(whole);
}

fn each<const N: usize>(bytes: &[u8], out: &mut Vec<f32>, sample: impl Fn([u8; N]) -> f32) {
    let (whole, _) = bytes.as_chunks::<N>();
    out.extend(whole.iter().map(|&raw| sample(raw)));
}

/// ITU-T G.711, A-law.
fn a_law(byte: u8) -> f32 {
    let byte = byte ^ 0x55;
    let exponent = (byte >> 4) & 7;
    let mantissa = i16::from(byte & 0x0F) << 4;
    let size = match exponent {
        0 => mantissa + 8,
        _ => (mantissa + 0x108) << (exponent - 1),
    };
    let signed = if byte & 0x80 == 0 { -size } else { size };
    f32::from(signed) / 32_768.0
}

/// ITU-T G.711, mu-law.
fn mu_law(byte: u8) -> f32 {
    let byte = !byte;
    let exponent = (byte >> 4) & 7;
    let size = (((i16::from(byte & 0x0F) << 3) + 0x84) << exponent) - 0x84;
    let signed = if byte & 0x80 == 0 { size } else { -size };
    f32::from(signed) / 32_768.0
}

const IMA_INDEX: [i32; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];

const IMA_STEP: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66,
    73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449,
    494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272,
    2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493,
    10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
];

/// Frames in a block of `bytes` bytes of IMA ADPCM: one in the block's head, then two a byte and channel, in groups of
/// four bytes a channel.
pub(super) fn ima_frames(bytes: usize, channels: u16) -> u64 {
    let channels = usize::from(channels.max(1));
    match bytes.checked_sub(4 * channels) {
        Some(rest) => 1 + (rest / (4 * channels) * 8) as u64,
        None => 0,
    }
}

#[derive(Clone, Copy, Default)]
struct Ima {
    predictor: i32,
    index: i32,
}

impl Ima {
    fn nibble(&mut self, nibble: u8) -> f32 {
        let step = IMA_STEP.get(self.index as usize).copied().unwrap_or(7);
        let mut change = step >> 3;
        for (bit, part) in [(4, step), (2, step >> 1), (1, step >> 2)] {
            if nibble & bit != 0 {
                change += part;
            }
        }
        if nibble & 8 != 0 {
            change = -change;
        }
        self.predictor = (self.predictor + change).clamp(-32_768, 32_767);
        let move_by = IMA_INDEX.get(usize::from(nibble & 7)).copied();
        self.index = (self.index + move_by.unwrap_or(0)).clamp(0, 88);
        self.sample()
    }

    fn sample(self) -> f32 {
        self.predictor as f32 / 32_768.0
    }
}

/// One block: a head of four bytes a channel, then groups of four bytes (eight samples) a channel in turn.
fn ima_block(block: &[u8], channels: usize, out: &mut Vec<f32>) {
    let Some((heads, body)) = block.split_at_checked(4 * channels) else {
        return;
    };
    let mut states = [Ima::default(); 2];
    for (state, head) in states.iter_mut().zip(heads.as_chunks::<4>().0) {
        let [low, high, index, _] = *head;
        state.predictor = i32::from(i16::from_le_bytes([low, high]));
        state.index = i32::from(index).min(88);
        out.push(state.sample());
    }
    for group in body.chunks_exact(4 * channels) {
        let mut sides = [[0.0_f32; 8]; 2];
        for ((state, side), bytes) in states
            .iter_mut()
            .zip(&mut sides)
            .zip(group.as_chunks::<4>().0)
        {
            let nibbles = bytes.iter().flat_map(|byte| [byte & 0x0F, byte >> 4]);
            for (sample, nibble) in side.iter_mut().zip(nibbles) {
                *sample = state.nibble(nibble);
            }
        }
        let [left, right] = &sides;
        for (l, r) in left.iter().zip(right) {
            out.push(*l);
            if channels == 2 {
                out.push(*r);
            }
        }
    }
}
