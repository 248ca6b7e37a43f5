//! How talk is heard: keys, what is asked of the player, what the screen says.

use std::path::Path;
use std::time::Duration;

use callreel::app::{Effect, Message};
use callreel::audio::speech::{Side, Skip, Speech, Speed};
use callreel::audio::{Event, Media};
use callreel::config::Config;

use crate::account::Account;
use crate::sitting::{Sitting, played, playing, setup};

/// What was asked of the player, oldest first.
fn asked(sitting: &Sitting) -> Vec<Speech> {
    let speech = |effect: &Effect| match effect {
        Effect::Speech(speech) => Some(*speech),
        _ => None,
    };
    sitting.effects.iter().filter_map(speech).collect()
}

fn last(sitting: &Sitting) -> Speech {
    *asked(sitting).last().unwrap()
}

/// The newest recording turns out to have so many channels.
fn opened(sitting: &mut Sitting, channels: u16) {
    let play = played(sitting).last().unwrap().0;
    let media = Media {
        format: "mp3",
        sample_rate: 8_000,
        channels,
        bit_rate: Some(16_000),
        variable: false,
        bytes: None,
    };
    sitting.send(Message::Player(play, Event::Opened(media)));
    sitting.pass(Duration::from_secs(5));
}

#[test]
fn c_goes_from_both_to_left_to_right_and_the_panel_says_which() {
    let mut sitting = playing(setup(100, 30));
    for (side, words) in [(Side::Left, "left only"), (Side::Right, "right only")] {
        sitting.keys("c").pass(Duration::from_secs(5));
        assert_eq!(last(&sitting).sides.side, side);
        assert!(sitting.text().contains(words), "{}", sitting.text());
    }
    sitting.keys("c");
    assert_eq!(last(&sitting), Speech::default());
    assert!(sitting.text().contains("both sides, as recorded"));
    sitting.pass(Duration::from_secs(5));
    assert!(!sitting.text().contains("only"));
}

#[test]
fn swapping_and_the_balance_are_asked_for_and_shown() {
    let mut sitting = playing(setup(100, 30));
    sitting.keys("W}}").pass(Duration::from_secs(5));
    let sides = last(&sitting).sides;
    assert!(sides.swapped);
    assert_eq!(sides.balance.decibels(), 6);
    assert!(sitting.text().contains("sides swapped, right +6 dB"));
    sitting.keys("W{{{{");
    assert_eq!(last(&sitting).sides.balance.decibels(), -6);
    assert!(sitting.text().contains("left +6 dB"));
}

#[test]
fn a_side_alone_has_nothing_to_swap_or_to_weigh() {
    let mut sitting = playing(setup(100, 30));
    sitting.keys("cW{");
    assert_eq!(asked(&sitting).len(), 1);
    assert!(sitting.text().contains("c goes back to both"));
}

#[test]
fn a_notice_names_the_key_as_it_is_bound() {
    let file = "[keys]\nplay = \"F5\"\n";
    let config = Config::parse(Path::new("config.toml"), file).unwrap();
    let mut bound = setup(100, 30);
    bound.preferences.keymap = config.keymap().clone();
    let mut sitting = Sitting::start(bound, Account::with(120));
    sitting.keys("t");
    assert!(sitting.text().contains("nothing is loaded: F5 plays"));
}

#[test]
fn mono_is_named_as_mono_and_keeps_what_was_chosen_for_stereo() {
    let mut sitting = playing(setup(100, 30));
    sitting.keys("c");
    opened(&mut sitting, 1);
    assert!(!sitting.text().contains("left only"));
    sitting.keys("cW}");
    assert_eq!(asked(&sitting).len(), 1);
    assert!(sitting.text().contains("mono: one channel"));
    opened(&mut sitting, 2);
    assert!(sitting.text().contains("left only"));
}

#[test]
fn what_was_chosen_stays_for_the_next_recording() {
    let mut sitting = playing(setup(100, 30));
    sitting.keys("cJ");
    opened(&mut sitting, 2);
    assert_eq!(asked(&sitting).len(), 1);
    assert!(sitting.text().contains("left only"));
}

#[test]
fn brackets_change_the_speed_and_the_backslash_goes_to_normal_and_back() {
    let mut sitting = playing(setup(100, 30));
    sitting.keys("]]]");
    assert_eq!(last(&sitting).speed.to_string(), "1.3×");
    assert!(sitting.text().contains("1.3×"));
    sitting.keys("[");
    assert_eq!(last(&sitting).speed.to_string(), "1.2×");
    sitting.keys("\\");
    assert_eq!(last(&sitting).speed, Speed::NORMAL);
    assert!(!sitting.text().contains("×"));
    sitting.keys("\\");
    assert_eq!(last(&sitting).speed.to_string(), "1.2×");
    // A held key goes through normal speed, and stops at the ends.
    for _ in 0..40 {
        sitting.keys("[");
    }
    assert_eq!(last(&sitting).speed.to_string(), "0.5×");
    let asked_before = asked(&sitting).len();
    sitting.keys("[");
    assert_eq!(asked(&sitting).len(), asked_before);
}

#[test]
fn a_speed_chosen_before_anything_plays_is_told_and_asked_for() {
    let mut sitting = Sitting::new(100, 30);
    sitting.keys("\\");
    assert_eq!(last(&sitting).speed.to_string(), "1.5×");
    assert!(sitting.text().contains("the next recording plays at 1.5×"));
}

#[test]
fn s_skips_silence_mildly_and_strongly_and_the_time_it_saved_is_shown() {
    let mut sitting = playing(setup(100, 30));
    sitting.keys("s");
    assert_eq!(last(&sitting).skip, Skip::Mild);
    assert!(sitting.text().contains("pauses are cut to 0.7 s"));
    let play = played(&sitting)[0].0;
    let skipped = Event::Skipped(Duration::from_secs(72));
    sitting.send(Message::Player(play, skipped));
    assert!(sitting.text().contains("skip silence, 1:12 saved"));
    sitting.keys("s");
    assert_eq!(last(&sitting).skip, Skip::Strong);
    assert!(sitting.text().contains("skip more silence, 1:12 saved"));
    sitting.keys("s").pass(Duration::from_secs(5));
    assert_eq!(last(&sitting).skip, Skip::Off);
    assert!(!sitting.text().contains("silence"));
}

#[test]
fn e_brings_voices_together_and_the_panel_says_so() {
    let mut sitting = playing(setup(100, 30));
    sitting.keys("e").pass(Duration::from_secs(5));
    assert!(last(&sitting).level);
    assert!(sitting.text().contains("levelled"));
    sitting.keys("e").pass(Duration::from_secs(5));
    assert!(!last(&sitting).level);
    assert!(!sitting.text().contains("levelled"));
}
