//! Left only, right only, swapped, louder against each other: the energy in each ear proves it.

use std::time::Duration;

use super::ears::{Ears, amplitude, energy, tone, wav};
use crate::audio::speech::{Balance, Side, Sides, Speech};

/// 440 Hz on the left, 1000 Hz on the right.
fn two_tones() -> Vec<u8> {
    let (left, right) = (tone(8_000, 440.0, 2.0), tone(8_000, 1_000.0, 2.0));
    let both: Vec<f32> = left
        .into_iter()
        .zip(right)
        .flat_map(<[f32; 2]>::from)
        .collect();
    wav(8_000, 2, &both)
}

/// Amplitudes of the left and the right tone in the left and the right ear.
fn heard(sides: Sides) -> [[f64; 2]; 2] {
    let ears = Ears::hear(
        &two_tones(),
        Duration::ZERO,
        Speech {
            sides,
            ..Speech::default()
        },
    );
    [0, 1].map(|ear| {
        let samples = ears.side(ear);
        [440.0, 1_000.0].map(|hertz| amplitude(&samples[9_600..86_400], hertz))
    })
}

fn near(amplitudes: [f64; 2], wanted: [f64; 2]) -> bool {
    let near = |(is, wanted): (f64, f64)| (is - wanted).abs() < 0.005;
    amplitudes.into_iter().zip(wanted).all(near)
}

#[test]
fn each_ear_gets_what_was_chosen_for_it() {
    let choices = [
        (Side::Both, false, [[0.5, 0.0], [0.0, 0.5]]),
        (Side::Both, true, [[0.0, 0.5], [0.5, 0.0]]),
        (Side::Left, false, [[0.5, 0.0], [0.5, 0.0]]),
        (Side::Left, true, [[0.5, 0.0], [0.5, 0.0]]),
        (Side::Right, false, [[0.0, 0.5], [0.0, 0.5]]),
    ];
    for (side, swapped, wanted) in choices {
        let balance = Balance::default();
        let sides = Sides {
            side,
            swapped,
            balance,
        };
        let ears = heard(sides);
        for (ear, wanted) in ears.into_iter().zip(wanted) {
            assert!(near(ear, wanted), "{sides:?}: {ears:?}");
        }
    }
}

#[test]
fn twelve_decibels_in_favour_of_one_side_are_twelve_decibels() {
    let mut balance = Balance::default();
    for _ in 0..4 {
        balance = balance.to_left();
    }
    let sides = Sides {
        balance,
        ..Sides::default()
    };
    let [left, right] = heard(sides);
    assert!(near(left, [0.5, 0.0]), "{left:?}");
    assert!(near(right, [0.0, 0.125_6]), "{right:?}");
}

#[test]
fn a_recorded_call_keeps_its_parties_apart() {
    let call = include_bytes!("../../../../../assets/calls/handover-stereo-pcm16.wav");
    let hear = |side| {
        let sides = Sides {
            side,
            ..Sides::default()
        };
        Ears::hear(
            call,
            Duration::ZERO,
            Speech {
                sides,
                ..Speech::default()
            },
        )
    };
    let [both, left, right] = [Side::Both, Side::Left, Side::Right].map(hear);
    for (alone, side) in [(left, 0), (right, 1)] {
        let wanted = energy(&both.side(side));
        for ear in [0, 1] {
            let ratio = energy(&alone.side(ear)) / wanted;
            assert!((ratio - 1.0).abs() < 1e-6, "{ratio} of side {side}");
        }
    }
}
