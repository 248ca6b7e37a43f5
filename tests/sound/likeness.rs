//! How alike two pieces of sound are, and how far apart they stand.

use std::path::Path;
use std::process::Command;

/// Frames of an asset at 48 kHz as ffmpeg decodes it, mono on both sides.
pub fn reference(file: &Path) -> Vec<[f32; 2]> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(file)
        .args(["-f", "f32le", "-ar", "48000", "-ac", "2", "-"])
        .output()
        .unwrap();
    assert!(output.status.success());
    // ffmpeg puts mono on both sides at 3 dB less, which no correlation notices.
    let sample = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    let frames = output.stdout.chunks_exact(8);
    frames
        .map(|frame| [sample(&frame[..4]), sample(&frame[4..])])
        .collect()
}

/// The place in `whole` where `piece` fits best, from `about - slack` to `about + slack`, by the sum of both sides.
pub fn place(whole: &[[f32; 2]], piece: &[[f32; 2]], about: i64, slack: i64) -> i64 {
    let first = (about - slack).max(0);
    let begin = usize::try_from(first).unwrap().min(whole.len());
    let end = (begin + 2 * slack as usize + piece.len()).min(whole.len());
    let mono = |frames: &[[f32; 2]]| -> Vec<f32> { frames.iter().map(|[l, r]| l + r).collect() };
    let (whole, piece) = (mono(&whole[begin..end]), mono(piece));
    // First by loudness in steps of a millisecond, then by a part of the samples themselves around the best.
    let loudness = |samples: &[f32]| -> Vec<f32> {
        samples
            .chunks(48)
            .map(|part| part.iter().map(|s| s.abs()).sum())
            .collect()
    };
    let (steps, piece_steps) = (loudness(&whole), loudness(&piece));
    let coarse = best(&steps, &piece_steps, 0..steps.len());
    // The loudest tenth of a second, for silence fits everywhere.
    let loudest = piece_steps
        .windows(100)
        .map(|part| part.iter().sum::<f32>());
    let loudest = loudest
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap()
        .0;
    let middle = loudest * 48;
    let fine = (coarse * 48 + middle).saturating_sub(144)..coarse * 48 + middle + 144;
    let found = best(&whole, &piece[middle..middle + 4_800], fine);
    first + found as i64 - middle as i64
}

/// Where in `places` of `whole` `piece` is most alike.
fn best(whole: &[f32], piece: &[f32], places: std::ops::Range<usize>) -> usize {
    let fits =
        |at: &usize| correlation(whole.get(*at..*at + piece.len()).unwrap_or_default(), piece);
    places.max_by(|a, b| fits(a).total_cmp(&fits(b))).unwrap()
}

/// Of one side each; -1.0 to 1.0, and 0.0 when there is nothing to compare.
pub fn side_correlation(a: &[[f32; 2]], side_a: usize, b: &[[f32; 2]], side_b: usize) -> f32 {
    let a: Vec<f32> = a.iter().map(|frame| frame[side_a]).collect();
    let b: Vec<f32> = b.iter().map(|frame| frame[side_b]).collect();
    correlation(&a, &b)
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let len = a.len().min(b.len()) as f32;
    let (mean_a, mean_b) = (a.iter().sum::<f32>() / len, b.iter().sum::<f32>() / len);
    let (mut both, mut own_a, mut own_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean_a, b - mean_b);
        both += a * b;
        own_a += a * a;
        own_b += b * b;
    }
    if own_a <= f32::EPSILON || own_b <= f32::EPSILON {
        return 0.0;
    }
    both / (own_a * own_b).sqrt()
}
