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
    // First by loudness in steps of a millisecond, then by the samples themselves around the best.
    let loudness = |frames: &[[f32; 2]]| -> Vec<f32> {
        let sum = |part: &[[f32; 2]]| part.iter().flatten().map(|s| s.abs()).sum();
        frames.chunks(48).map(sum).collect()
    };
    let (whole_steps, piece_steps) = (loudness(whole), loudness(piece));
    let fits =
        |step: &i64| correlation(window(&whole_steps, *step, piece_steps.len()), &piece_steps);
    let coarse = ((about - slack) / 48..=(about + slack) / 48)
        .max_by(|a, b| fits(a).total_cmp(&fits(b)))
        .unwrap();
    let mono = |frames: &[[f32; 2]]| -> Vec<f32> { frames.iter().map(|[l, r]| l + r).collect() };
    let piece = mono(&piece[..piece.len().min(24_000)]);
    let begin = (coarse * 48 - 144).max(0);
    let whole = mono(whole);
    let fits = |at: &i64| correlation(window(&whole, *at, piece.len()), &piece);
    (begin..begin + 288)
        .max_by(|a, b| fits(a).total_cmp(&fits(b)))
        .unwrap()
}

fn window(samples: &[f32], at: i64, len: usize) -> &[f32] {
    let begin = usize::try_from(at).unwrap_or(usize::MAX);
    begin
        .checked_add(len)
        .and_then(|end| samples.get(begin..end))
        .unwrap_or_default()
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
