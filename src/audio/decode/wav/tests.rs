#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use super::*;
use std::f64::consts::TAU;

/// A WAV file; `size` is what its header says of the data's length.
fn wav(
    tag: u16,
    channels: u16,
    rate: u32,
    bits: u16,
    block: u16,
    data: &[u8],
    size: u32,
) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WAVE".to_vec();
    file.extend(b"LIST\x03\0\0\0abc\0fmt \x10\0\0\0");
    file.extend(tag.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(block)).to_le_bytes());
    file.extend(block.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend(size.to_le_bytes());
    file.extend(data);
    file
}

fn pcm16(channels: u16, samples: &[i16], size: Option<u32>) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    let size = size.unwrap_or(data.len() as u32);
    wav(1, channels, 8_000, 16, 2 * channels, &data, size)
}

fn open(file: Vec<u8>) -> Result<Wav, Error> {
    Wav::open(&Buffer::from_bytes(file), Role::Head).map(|wav| wav.unwrap())
}

fn all(wav: &mut Wav) -> Vec<f32> {
    let mut out = Vec::new();
    loop {
        let frame = out.len() as u64 / u64::from(wav.channels());
        match wav.next(&mut out).unwrap() {
            Step::Block { first, exact } => assert_eq!((first, exact), (frame, true)),
            Step::NeedBytes => panic!("everything is here"),
            Step::End => return out,
        }
    }
}

fn refusal(file: Vec<u8>) -> Error {
    match open(file) {
        Ok(_) => panic!("it was taken"),
        Err(error) => error,
    }
}

#[test]
fn pcm_of_every_width_gives_the_same_samples() {
    let samples: Vec<i16> = (0..3_000)
        .map(|n| (n * 7 % 20_000 - 10_000) as i16)
        .collect();
    let wanted: Vec<f32> = samples.iter().map(|&s| f32::from(s) / 32_768.0).collect();
    let wide = |bytes: usize| -> Vec<u8> {
        samples
            .iter()
            .flat_map(|&s| (i32::from(s) << 16).to_le_bytes()[4 - bytes..].to_vec())
            .collect()
    };
    for bytes in [2, 3, 4] {
        let data = wide(bytes);
        let len = data.len() as u32;
        let mut file = open(wav(
            1,
            1,
            16_000,
            8 * bytes as u16,
            bytes as u16,
            &data,
            len,
        ))
        .unwrap();
        assert_eq!(all(&mut file), wanted, "{bytes} bytes");
        assert_eq!(
            file.length().unwrap().length,
            Duration::from_micros(187_500)
        );
    }
    let data: Vec<u8> = wanted.iter().flat_map(|s| s.to_le_bytes()).collect();
    let len = data.len() as u32;
    let mut file = open(wav(3, 1, 8_000, 32, 4, &data, len)).unwrap();
    assert_eq!(all(&mut file), wanted);
}

#[test]
fn g711_matches_the_standard_at_its_corners() {
    let data = [0xFF, 0x7F, 0x80, 0x00];
    let mut mu = open(wav(7, 1, 8_000, 8, 1, &data, 4)).unwrap();
    let mu: Vec<i32> = all(&mut mu).iter().map(|s| (s * 32_768.0) as i32).collect();
    assert_eq!(mu, [0, 0, 32_124, -32_124]);
    let data = [0xD5, 0x55, 0xAA, 0x2A];
    let mut a = open(wav(6, 1, 8_000, 8, 1, &data, 4)).unwrap();
    let a: Vec<i32> = all(&mut a).iter().map(|s| (s * 32_768.0) as i32).collect();
    assert_eq!(a, [8, -8, 32_256, -32_256]);
}

#[test]
fn sizes_that_cannot_be_true_are_not_believed() {
    let samples = [1_000_i16; 800];
    for size in [0, u32::MAX, u32::MAX - 44, 0x7FFF_FFFF, 1_000_000] {
        let mut file = open(pcm16(1, &samples, Some(size))).unwrap();
        assert_eq!(file.length().unwrap().length, Duration::from_millis(100));
        assert_eq!(all(&mut file).len(), 800, "size {size}");
    }
    let mut file = open(pcm16(1, &samples, Some(400))).unwrap();
    assert_eq!(all(&mut file).len(), 200);
}

#[test]
fn a_jump_lands_on_the_frame_and_beyond_the_end_is_the_end() {
    let samples: Vec<i16> = (0..16_000).map(|n| n as i16).collect();
    let mut file = open(pcm16(2, &samples, None)).unwrap();
    file.seek(Duration::from_millis(500));
    let mut out = Vec::new();
    assert_eq!(
        file.next(&mut out).unwrap(),
        Step::Block {
            first: 4_000,
            exact: true
        }
    );
    assert_eq!(out[0], 8_000.0 / 32_768.0);
    file.seek(Duration::from_secs(50));
    assert_eq!(file.next(&mut out).unwrap(), Step::End);
}

#[test]
fn a_jump_into_what_is_missing_asks_for_those_bytes() {
    let file = pcm16(1, &[5; 80_000], None);
    let (buffer, feed) = Buffer::open();
    feed.set_len(file.len() as u64);
    assert!(Wav::open(&buffer, Role::Head).unwrap().is_none());
    feed.write(0, &file[..1_000]).unwrap();
    let mut wav = Wav::open(&buffer, Role::Head).unwrap().unwrap();
    assert_eq!(wav.length().unwrap().length, Duration::from_secs(10));
    wav.seek(Duration::from_secs(7));
    let at = feed.head();
    let mut out = Vec::new();
    assert_eq!(wav.next(&mut out).unwrap(), Step::NeedBytes);
    feed.write(at, &file[at as usize..at as usize + 1_001])
        .unwrap();
    assert_eq!(
        wav.next(&mut out).unwrap(),
        Step::Block {
            first: 56_000,
            exact: true
        }
    );
    assert_eq!(out.len(), 500);
    assert_eq!(wav.next(&mut out).unwrap(), Step::NeedBytes);
    feed.fail(Error::NotFound);
    assert_eq!(wav.next(&mut out), Err(Error::NotFound));
}

#[test]
fn what_is_not_played_is_refused_in_words() {
    let data = [0; 400];
    let words = |file| refusal(file).to_string();
    assert!(words(wav(0x31, 1, 8_000, 0, 65, &data, 400)).contains("GSM 6.10"));
    assert!(words(wav(1, 6, 8_000, 16, 12, &data, 400)).contains("6 channels"));
    assert!(words(wav(1, 1, 0, 16, 2, &data, 400)).contains("0 Hz"));
    assert!(words(wav(1, 1, 4_000_000, 16, 2, &data, 400)).contains("4000000 Hz"));
    assert!(words(wav(0x11, 2, 8_000, 4, 4, &data, 400)).contains("too small"));
    assert_eq!(refusal(pcm16(1, &[], None)), Error::HeaderOnly);
    assert_eq!(
        refusal(pcm16(1, &[], None)[..30].to_vec()),
        Error::HeaderOnly
    );
    let avi = b"RIFF\x24\0\0\0AVI ................".to_vec();
    assert!(matches!(refusal(avi), Error::NotAudio(_)));
}

/// A plain encoder, for the decoder to take apart again.
fn ima_encode(sides: &[Vec<i16>], block_groups: usize) -> (Vec<u8>, u16) {
    let channels = sides.len();
    let block = (4 + 4 * block_groups) * channels;
    let mut states = vec![(0_i32, 0_i32); channels];
    let per_block = 1 + 8 * block_groups;
    let mut out = Vec::new();
    for start in (0..sides[0].len() - per_block).step_by(per_block) {
        for (side, state) in sides.iter().zip(&mut states) {
            state.0 = i32::from(side[start]);
            out.extend(side[start].to_le_bytes());
            out.extend([state.1 as u8, 0]);
        }
        for group in 0..block_groups {
            for (side, state) in sides.iter().zip(&mut states) {
                let from = start + 1 + group * 8;
                let nibbles: Vec<u8> = side[from..from + 8]
                    .iter()
                    .map(|&s| ima_nibble(state, i32::from(s)))
                    .collect();
                out.extend(nibbles.chunks(2).map(|pair| pair[0] | pair[1] << 4));
            }
        }
    }
    (out, block as u16)
}

fn ima_nibble(state: &mut (i32, i32), sample: i32) -> u8 {
    const STEPS: [f64; 2] = [7.0, 32_767.0];
    // The table is geometric but for rounding; the exact steps come from the decoder under test through its error bound.
    let step = (STEPS[0] * (STEPS[1] / STEPS[0]).powf(f64::from(state.1) / 88.0)) as i32;
    let difference = sample - state.0;
    let size = ((difference.abs() * 4) / step.max(1)).min(7);
    let change = (2 * size + 1) * step / 8;
    let nibble = size as u8 | if difference < 0 { 8 } else { 0 };
    state.0 = (state.0 + if difference < 0 { -change } else { change }).clamp(-32_768, 32_767);
    let moves = [-1, -1, -1, -1, 2, 4, 6, 8];
    state.1 = (state.1 + moves[size as usize]).clamp(0, 88);
    nibble
}

#[test]
fn ima_adpcm_follows_a_tone_on_each_side() {
    let side = |hertz: f64| -> Vec<i16> {
        (0..8_000)
            .map(|n| (12_000.0 * (TAU * hertz * f64::from(n) / 8_000.0).sin()) as i16)
            .collect()
    };
    let sides = [side(300.0), side(170.0)];
    let (data, block) = ima_encode(&sides, 31);
    let len = data.len() as u32;
    let mut file = open(wav(0x11, 2, 8_000, 4, block, &data, len)).unwrap();
    let out = all(&mut file);
    assert!(out.len() > 2 * 7_000);
    for (channel, side) in sides.iter().enumerate() {
        let (mut signal, mut noise) = (0.0, 0.0);
        for (frame, wanted) in out.chunks(2).zip(side) {
            let wanted = f64::from(*wanted) / 32_768.0;
            signal += wanted * wanted;
            noise += (f64::from(frame[channel]) - wanted).powi(2);
        }
        let db = 10.0 * (signal / noise).log10();
        assert!(db > 20.0, "side {channel}: {db:.1} dB");
    }
    file.seek(Duration::from_millis(500));
    let mut part = Vec::new();
    assert_eq!(
        file.next(&mut part).unwrap(),
        Step::Block {
            first: 4_000,
            exact: true
        }
    );
    assert_eq!(part[..200], out[8_000..8_200]);
}
