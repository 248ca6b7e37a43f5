//! Voices brought together, and nothing that clips.

use std::time::Duration;

use ebur128::{EbuR128, Mode};

use super::ears::{Ears, RATE, decoded, wav};
use crate::audio::ring::Frame;
use crate::audio::speech::Speech;

fn plain() -> Speech {
    Speech::default()
}

fn level() -> Speech {
    Speech {
        level: true,
        ..Speech::default()
    }
}

/// Samples in a turn, and in the pause behind it.
const TURN: usize = 16_000;
const PAUSE: usize = 4_000;

/// Six turns of two seconds, by turns loud (peaks at full scale) and 20 dB below, with a noisy line; what is said is from the demo.
fn turns() -> Vec<f32> {
    let (samples, ..) = decoded(include_bytes!(
        "../../../../../assets/calls/booking-mono-cbr16.mp3"
    ));
    let mut random = fastrand::Rng::with_seed(3);
    let mut turns = Vec::new();
    for turn in 0..6 {
        let said = &samples[TURN * (turn + 1)..][..TURN];
        let peak = said.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
        let gain = if turn % 2 == 0 { 0.99 } else { 0.099 } / peak;
        turns.extend(said.iter().map(|sample| sample * gain));
        turns.extend((0..PAUSE).map(|_| (random.f32() - 0.5) * 1e-3));
    }
    turns
}

/// Integrated loudness of the loud and of the quiet turns in one ear, in LUFS.
fn loudness(ears: &Ears, side: usize) -> [f64; 2] {
    [0, 1].map(|party| {
        let mut meter = EbuR128::new(1, RATE, Mode::I).unwrap();
        let samples = ears.side(side);
        for turn in samples
            .chunks_exact((TURN + PAUSE) * 6)
            .skip(party)
            .step_by(2)
        {
            meter.add_frames_f32(&turn[..TURN * 6]).unwrap();
        }
        meter.loudness_global().unwrap()
    })
}

fn true_peak(frames: &[Frame]) -> f64 {
    let mut meter = EbuR128::new(2, RATE, Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(frames.as_flattened()).unwrap();
    let peak = meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap());
    20.0 * peak.log10()
}

#[test]
fn two_voices_twenty_decibels_apart_come_together_on_one_channel() {
    let file = wav(8_000, 1, &turns());
    let [loud, quiet] = loudness(&Ears::hear(&file, Duration::ZERO, plain()), 0);
    assert!((17.0..23.0).contains(&(loud - quiet)), "{loud} {quiet}");
    let ears = Ears::hear(&file, Duration::ZERO, level());
    let [loud, quiet] = loudness(&ears, 0);
    println!(
        "{loud:.1} and {quiet:.1} LUFS, {:.2} dBTP",
        true_peak(&ears.frames)
    );
    assert!((loud - quiet).abs() < 3.0, "{loud} and {quiet} LUFS");
    assert!(true_peak(&ears.frames) < -1.0);
}

#[test]
fn each_side_of_a_call_is_brought_to_the_same_loudness() {
    let mut both = Vec::new();
    for (turn, said) in turns().chunks(TURN + PAUSE).enumerate() {
        let sided = |sample: &f32| match turn % 2 {
            0 => [*sample, 0.0],
            _ => [0.0, *sample],
        };
        both.extend(said.iter().flat_map(sided));
    }
    let ears = Ears::hear(&wav(8_000, 2, &both), Duration::ZERO, level());
    let (left, right) = (loudness(&ears, 0)[0], loudness(&ears, 1)[1]);
    println!(
        "{left:.1} and {right:.1} LUFS, {:.2} dBTP",
        true_peak(&ears.frames)
    );
    assert!((left - right).abs() < 3.0, "{left} and {right} LUFS");
    assert!(true_peak(&ears.frames) < -1.0);
}

#[test]
fn twice_the_volume_is_louder_and_never_clips() {
    let file = wav(8_000, 1, &turns());
    let [_, quiet] = loudness(&Ears::hear(&file, Duration::ZERO, plain()), 0);
    for speech in [plain(), level()] {
        let ears = Ears::hear_at(&file, Duration::ZERO, speech, 2.0);
        assert!(
            true_peak(&ears.frames) < -1.0,
            "{}",
            true_peak(&ears.frames)
        );
        let [_, louder] = loudness(&ears, 0);
        assert!(louder > quiet + 5.9, "{louder} after {quiet} LUFS");
    }
    let [_, louder] = loudness(&Ears::hear_at(&file, Duration::ZERO, plain(), 2.0), 0);
    assert!(
        (louder - quiet - 6.02).abs() < 0.1,
        "{louder} after {quiet} LUFS"
    );
}
