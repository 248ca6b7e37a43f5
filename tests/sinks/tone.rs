//! A recording of two tones, and what was made of it.

/// 16-bit stereo WAV at 8 kHz: `left` Hz on the left at half of full scale, `right` Hz on the right at a quarter.
pub fn wav(seconds: f64, left: f64, right: f64) -> Vec<u8> {
    let turn = std::f64::consts::TAU / 8_000.0;
    let level = |hertz: f64, level: f64, n: u32| {
        (32_767.0 * level * (turn * hertz * f64::from(n)).sin()) as i16
    };
    let data: Vec<u8> = (0..(8_000.0 * seconds) as u32)
        .flat_map(|n| [level(left, 0.5, n), level(right, 0.25, n)])
        .flat_map(i16::to_le_bytes)
        .collect();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    file.extend(8_000_u32.to_le_bytes());
    file.extend(32_000_u32.to_le_bytes());
    file.extend(b"\x04\0\x10\0data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// Checks the header of an endless 16-bit WAV, and gives its frames, of two channels.
pub fn frames(bytes: &[u8], rate: u32) -> Vec<[f64; 2]> {
    assert_eq!(&bytes[..4], b"RIFF");
    assert_eq!(&bytes[8..16], b"WAVEfmt ");
    assert_eq!(bytes[20..24], [1, 0, 2, 0]);
    assert_eq!(bytes[24..28], rate.to_le_bytes());
    assert_eq!(&bytes[36..40], b"data");
    samples(&bytes[44..])
}

/// Stereo frames of 16-bit samples, from -1.0 to 1.0.
pub fn samples(bytes: &[u8]) -> Vec<[f64; 2]> {
    let sample = |pair: &[u8]| f64::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_767.0;
    let frames = bytes.chunks_exact(4);
    frames
        .map(|frame| [sample(&frame[..2]), sample(&frame[2..])])
        .collect()
}

/// Hz of a side, by its zero crossings.
pub fn pitch(frames: &[[f64; 2]], side: usize, rate: u32) -> f64 {
    let rises = frames
        .windows(2)
        .filter(|pair| pair[0][side] < 0.0 && pair[1][side] >= 0.0)
        .count();
    rises as f64 * f64::from(rate) / frames.len() as f64
}

/// Root mean square of a side.
pub fn energy(frames: &[[f64; 2]], side: usize) -> f64 {
    let sum: f64 = frames.iter().map(|frame| frame[side].powi(2)).sum();
    (sum / frames.len() as f64).sqrt()
}

/// What stands in the middle of a recording of the two tones is them, and nothing else.
pub fn assert_tones(frames: &[[f64; 2]], rate: u32, left: f64, right: f64) {
    let edge = rate as usize / 20;
    let middle = &frames[edge..frames.len() - edge];
    for (side, hertz, level) in [(0, left, 0.5), (1, right, 0.25)] {
        let heard = pitch(middle, side, rate);
        assert!((heard / hertz - 1.0).abs() < 0.01, "{heard} Hz for {hertz}");
        let wanted = level / 2_f64.sqrt();
        let heard = energy(middle, side);
        assert!((heard / wanted - 1.0).abs() < 0.02, "{heard} for {wanted}");
    }
}
