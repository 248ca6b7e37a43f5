//! Who talks when: the box, the jumps, and what is wrong with the sound.

use std::sync::Arc;
use std::time::Duration;

use callreel::app::sides::{Name, SideNames};
use callreel::app::{Effect, Message, Theme};
use callreel::audio::statistics::{Gaps, Side, Statistics, Stretch, Thresholds};
use callreel::audio::{Error, Event};

use crate::sitting::{Sitting, played, playing, setup};

fn stretches(turns: &[(u64, u64)]) -> Vec<Stretch> {
    let millis = Duration::from_millis;
    turns.iter().map(|(a, b)| millis(*a)..millis(*b)).collect()
}

fn side(turns: &[(u64, u64)]) -> Side {
    let turns = stretches(turns);
    Side {
        talk: turns.iter().map(|turn| turn.end - turn.start).sum(),
        longest: turns
            .iter()
            .max_by_key(|turn| turn.end - turn.start)
            .cloned(),
        turns: turns.into(),
        gate: Some(-44.5),
        rms: -21.3,
        peak: -3.1,
        ..Side::default()
    }
}

pub fn stereo() -> Statistics {
    Statistics {
        thresholds: Thresholds::default(),
        measured: Duration::from_millis(39_611),
        sides: vec![
            side(&[(500, 6_200), (14_000, 21_040), (30_000, 33_000)]),
            Side {
                interruptions: 1,
                ..side(&[(5_800, 11_000), (23_000, 28_000)])
            },
        ],
        silence: Duration::from_millis(12_500),
        longest_silence: stretches(&[(33_000, 39_611)]).pop(),
        overlap: Duration::from_millis(400),
        overlaps: 1,
        complete: true,
    }
}

/// The recording that plays sounds like that.
pub fn telling(mut sitting: Sitting, statistics: Statistics) -> Sitting {
    let (play, _) = played(&sitting)[0];
    let event = Event::Statistics(Arc::new(statistics));
    sitting.send(Message::Player(play, event));
    sitting.effects.clear();
    sitting
}

#[test]
fn the_statistics_at_80x24() {
    let mut sitting = telling(playing(setup(80, 24)), stereo());
    insta::assert_snapshot!(sitting.keys("S").screen());
}

#[test]
fn the_statistics_at_140x40() {
    let mut sitting = telling(playing(setup(140, 40)), stereo());
    insta::assert_snapshot!(sitting.keys("S").screen());
}

#[test]
fn mono_without_colours_says_that_there_are_no_parties() {
    let mut setup = setup(80, 24);
    setup.preferences.theme = Theme::Mono;
    let mut mono = stereo();
    mono.sides.pop();
    (mono.overlap, mono.overlaps, mono.complete) = (Duration::ZERO, 0, false);
    let mut sitting = telling(playing(setup), mono);
    let screen = sitting.keys("S").screen();
    assert!(screen.contains("mono: no parties"));
    insta::assert_snapshot!(screen);
}

#[test]
fn sides_have_the_names_that_the_configuration_gives_them() {
    let mut setup = setup(140, 40);
    setup.preferences.sides = SideNames {
        left: Name::new("agent"),
        right: Name::new("customer"),
    };
    let mut wrong = stereo();
    wrong.sides[1] = Side::default();
    let mut sitting = telling(playing(setup), wrong);
    let text = sitting.keys("S").text();
    assert!(
        text.contains("agent") && text.contains("customer"),
        "{text}"
    );
    assert!(
        text.contains("customer side silent: one-way audio"),
        "{text}"
    );
    assert!(
        !text.contains("left ") && !text.contains("right "),
        "{text}"
    );
    let text = sitting.keys("qc").text();
    assert!(text.contains("agent only"), "{text}");
}

#[test]
fn before_anything_is_known_it_says_so() {
    let mut sitting = playing(setup(80, 24));
    assert!(
        sitting
            .keys("S")
            .text()
            .contains("counted as the recording comes")
    );
    let mut idle = Sitting::new(80, 24);
    assert!(idle.keys("S").text().contains("Nothing is loaded"));
}

#[test]
fn turns_are_jumped_to_and_fro_and_undone() {
    let mut sitting = telling(playing(setup(80, 24)), stereo());
    // It plays at 12 s.
    let mut places = Vec::new();
    for key in [")", ")", "(", "(", "(", "u"] {
        sitting.pass(Duration::from_millis(500));
        sitting.keys(key);
        match sitting.effects.last() {
            Some(Effect::Seek(at)) => places.push(at.as_millis()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(places, [13_950, 22_950, 13_950, 5_750, 450, 5_750]);
    sitting.pass(Duration::from_secs(1));
    sitting.keys("9)");
    assert!(sitting.text().contains("no later turn of talk"));
}

#[test]
fn what_is_wrong_with_the_sound_stands_in_the_details_of_what_plays() {
    let mut wrong = stereo();
    wrong.sides[0].clips = 40;
    wrong.sides[0].gaps = Gaps {
        count: 3,
        total: Duration::from_millis(180),
        longest: Duration::from_millis(100),
    };
    wrong.sides[1] = Side::default();
    let mut sitting = telling(playing(setup(140, 40)), wrong);
    let words = "right side silent: one-way audio";
    assert!(!sitting.text().contains(words), "another row is selected");
    sitting.keys("kk");
    let text = sitting.text();
    for words in [words, "left side: clipped in 40 places", "3 gaps of exact"] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
}

#[test]
fn a_file_with_a_header_alone_is_told_in_the_details() {
    let mut sitting = playing(setup(140, 40));
    let (play, _) = played(&sitting)[0];
    sitting.send(Message::Player(play, Event::Failed(Error::HeaderOnly)));
    sitting.keys("kk");
    assert!(sitting.text().contains("! header only: no sound was"));
}
