//! Silence left out: as much as there is, and nothing of a word.

use std::time::Duration;

use super::ears::{Ears, decoded, energy, wav};
use crate::audio::speech::{Skip, Speech, Speed};

const REMINDER: &[u8] = include_bytes!("../../../../../assets/calls/reminder-mono-ulaw.wav");

fn skipping(skip: Skip) -> Speech {
    Speech {
        skip,
        ..Speech::default()
    }
}

/// Words without a pause around them: the beginning of the reminder.
fn words() -> Vec<f32> {
    let (samples, rate, _) = decoded(REMINDER);
    assert_eq!(rate, 8_000);
    let loud = |sample: &f32| sample.abs() > 0.02;
    let first = samples.iter().position(loud).unwrap();
    let words = &samples[first..first + 14_000];
    let last = words.iter().rposition(loud).unwrap();
    words[..=last].to_vec()
}

/// The words again and again, with so many seconds of line noise (-56 dB) before each.
fn spoken_after(pauses: &[f64]) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(4);
    let mut samples = Vec::new();
    for pause in pauses {
        samples.extend((0..(pause * 8_000.0) as usize).map(|_| (random.f32() - 0.5) * 0.005_5));
        samples.extend(words());
    }
    wav(8_000, 1, &samples)
}

#[test]
fn the_time_saved_is_that_of_the_pauses_less_what_is_left_of_them() {
    let pauses = [2.0, 0.1, 4.0, 0.2, 1.0, 6.0, 3.0];
    let file = spoken_after(&pauses);
    let whole = Ears::hear(&file, Duration::ZERO, Speech::default());
    for (skip, left) in [(Skip::Mild, 0.7), (Skip::Strong, 0.3)] {
        // The words begin after a while, so that the noise is known by then, as it is in every call but for its beginning.
        let ears = Ears::hear(&file, Duration::ZERO, skipping(skip));
        let wanted: f64 = pauses
            .iter()
            .skip(1)
            .map(|pause| f64::max(0.0, pause - left))
            .sum();
        let saved = (whole.length() - ears.length()).as_secs_f64();
        assert!(
            (saved / wanted - 1.0).abs() < 0.05,
            "{skip:?} saves {saved} s, not {wanted} s"
        );
        let told = ears.skipped().as_secs_f64();
        assert!(
            (told - saved).abs() < 0.02,
            "{told} s told, {saved} s saved"
        );
        let end = ears.position(ears.length());
        let off = end.abs_diff(whole.position(whole.length()));
        assert!(off < Duration::from_millis(1), "{off:?} lost at the end");
    }
}

#[test]
fn nothing_is_left_out_of_a_word_or_just_before_it() {
    let calls: [&[u8]; 6] = [
        include_bytes!("../../../../../assets/calls/support-stereo-cbr32.mp3"),
        include_bytes!("../../../../../assets/calls/booking-mono-cbr16.mp3"),
        include_bytes!("../../../../../assets/calls/survey-mono16k-cbr24.mp3"),
        include_bytes!("../../../../../assets/calls/voicemail-quiet-id3.mp3"),
        include_bytes!("../../../../../assets/calls/handover-stereo-pcm16.wav"),
        REMINDER,
    ];
    for (call, file) in calls.into_iter().enumerate() {
        let (samples, rate, channels) = decoded(file);
        let unit = rate as usize / 100 * channels;
        let levels: Vec<f64> = samples.chunks_exact(unit).map(energy).collect();
        // Within 30 dB of the loudest, and above what a line alone makes (-62 dB).
        let least = levels.iter().copied().fold(0.0, f64::max).max(6.3e-4) * 1e-3;
        let ears = Ears::hear(file, Duration::ZERO, skipping(Skip::Strong));
        let holes = ears.holes();
        for (n, _) in levels
            .iter()
            .enumerate()
            .filter(|(_, level)| **level > least)
        {
            // From 50 ms before it to its end.
            let spoken = n as f64 / 100.0 - 0.05..(n + 1) as f64 / 100.0;
            let cut = holes
                .iter()
                .find(|hole| hole.start < spoken.end && hole.end > spoken.start);
            assert!(cut.is_none(), "call {call}: {cut:?} touches {spoken:?}");
        }
        println!(
            "call {call}: {:?} left out in {} places",
            ears.skipped(),
            holes.len()
        );
    }
}

#[test]
fn the_hold_of_a_call_is_passed_over_and_the_place_is_true_behind_it() {
    let call = include_bytes!("../../../../../assets/calls/support-stereo-cbr32.mp3");
    let start = Duration::from_secs(24);
    let speech = Speech {
        speed: Speed::from_tenths(20),
        ..skipping(Skip::Mild)
    };
    let ears = Ears::hear(call, start, speech);
    let holes = ears.holes();
    let longest = holes
        .iter()
        .max_by(|a, b| (a.end - a.start).total_cmp(&(b.end - b.start)))
        .unwrap();
    let length = longest.end - longest.start;
    assert!((7.5..9.0).contains(&length), "{longest:?}");
    // Talk goes on within the third of a second that is left.
    let (samples, rate, channels) = decoded(call);
    let frame = |seconds: f64| (seconds * f64::from(rate)) as usize * channels;
    let after = &samples[frame(longest.end)..frame(longest.end + 0.45)];
    assert!(energy(after) > 1e-4, "{}", energy(after));
}
