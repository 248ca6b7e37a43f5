//! Faster and slower: as high as before, as long as it should be, and without clicks.

use std::time::Duration;

use super::ears::{Ears, RATE, amplitude, tone, wav};
use crate::audio::speech::{Speech, Speed};

fn at(tenths: u8) -> Speech {
    Speech {
        speed: Speed::from_tenths(tenths),
        ..Speech::default()
    }
}

/// The pitch of a tone near `hertz`: the one that is most in it, to 0.1 %.
fn pitch(samples: &[f32], hertz: f64) -> f64 {
    let tried = (-50..=50).map(|step| hertz * (1.0 + f64::from(step) * 1e-3));
    tried
        .max_by(|a, b| amplitude(samples, *a).total_cmp(&amplitude(samples, *b)))
        .unwrap()
}

fn largest_jump(samples: &[f32]) -> f32 {
    let jumps = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    jumps.fold(0.0, f32::max)
}

#[test]
fn a_tone_keeps_its_pitch_and_its_length_follows_the_speed() {
    for rate in [8_000, 16_000] {
        let file = wav(rate, 1, &tone(rate, 440.0, 6.0));
        for tenths in [5, 15, 20, 30, 40] {
            let ears = Ears::hear(&file, Duration::ZERO, at(tenths));
            let wanted = 60.0 / f64::from(tenths);
            let length = ears.length().as_secs_f64();
            assert!(
                (length / wanted - 1.0).abs() < 0.01,
                "{length} s for {wanted} s"
            );
            let frames = ears.frames.len();
            let middle = &ears.side(0)[frames / 4..frames * 3 / 4];
            let found = pitch(middle, 440.0);
            assert!(
                (found / 440.0 - 1.0).abs() < 0.01,
                "{found} Hz at {tenths} tenths"
            );
            let level = amplitude(middle, found);
            assert!((0.45..0.55).contains(&level), "{level} at {tenths} tenths");
        }
    }
}

#[test]
fn speech_has_no_clicks_that_the_recording_has_not() {
    let calls: [&[u8]; 3] = [
        include_bytes!("../../../../../assets/calls/reminder-mono-ulaw.wav"),
        include_bytes!("../../../../../assets/calls/survey-mono16k-cbr24.mp3"),
        include_bytes!("../../../../../assets/calls/handover-stereo-pcm16.wav"),
    ];
    for (call, file) in calls.into_iter().enumerate() {
        let plain = Ears::hear(file, Duration::ZERO, at(10));
        for tenths in [5, 15, 20, 30] {
            let ears = Ears::hear(file, Duration::ZERO, at(tenths));
            for side in [0, 1] {
                let (most, is) = (
                    largest_jump(&plain.side(side)),
                    largest_jump(&ears.side(side)),
                );
                assert!(
                    is <= most * 1.1,
                    "call {call} at {tenths} tenths jumps by {is}, as recorded by {most}"
                );
            }
        }
    }
}

#[test]
fn the_position_follows_the_speed() {
    let file = wav(8_000, 1, &tone(8_000, 440.0, 10.0));
    for tenths in [5, 15, 40] {
        let start = Duration::from_secs(4);
        let ears = Ears::hear(&file, start, at(tenths));
        for millis in [0, 300, 1_000] {
            let heard = Duration::from_millis(millis);
            let wanted = start + heard * u32::from(tenths) / 10;
            let off = ears.position(heard).abs_diff(wanted);
            assert!(off < Duration::from_millis(6), "{off:?} at {tenths} tenths");
        }
        let end = ears.position(ears.length());
        assert!(end.abs_diff(Duration::from_secs(10)) < Duration::from_millis(1));
    }
}

#[test]
fn at_its_own_speed_not_a_sample_changes() {
    let file = wav(RATE, 1, &tone(RATE, 440.0, 1.0));
    let ears = Ears::hear(&file, Duration::ZERO, Speech::default());
    let original = tone(RATE, 440.0, 1.0);
    // After the fade in.
    for (heard, original) in ears.side(0).iter().zip(&original).skip(200) {
        assert!((heard - original).abs() < 1e-4);
    }
}
