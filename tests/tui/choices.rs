//! What the listener chose stays: for the next recording, and for the next start where the user has a file for it.

use callreel::app::choices::Settled;
use callreel::app::marks::Keeping;
use callreel::app::{Effect, Message, Setup};
use callreel::audio::speech::{Side, Skip, Speed};
use callreel::store::{Change, Choice, Kept, Told};

use crate::account::Account;
use crate::sitting::{Sitting, played, playing, setup};

fn keeping() -> Setup {
    Setup {
        marks: Keeping::Opening,
        ..setup(100, 30)
    }
}

fn opened(sitting: &mut Sitting, choices: Vec<Choice>) {
    let kept = Kept {
        choices,
        ..Kept::default()
    };
    sitting.send(Message::Marks(Told::Opened(Box::new(kept))));
}

fn choice(name: &str, value: &str) -> Choice {
    Choice {
        name: name.into(),
        value: value.into(),
    }
}

/// The choices that were written last under each name.
fn kept(sitting: &Sitting) -> Vec<(String, String)> {
    let mut kept = std::collections::BTreeMap::new();
    for effect in &sitting.effects {
        if let Effect::Keep(changes) = effect {
            for change in changes {
                if let Change::Choice(Choice { name, value }) = change {
                    kept.insert(name.clone(), value.clone());
                }
            }
        }
    }
    kept.into_iter().collect()
}

#[test]
fn everything_stays_for_the_next_recording() {
    let mut sitting = playing(setup(100, 30));
    sitting.keys("]]]s+++ecW");
    let asked = sitting.effects.len();
    sitting.keys("J");
    assert_eq!(played(&sitting).len(), 2);
    let since = &sitting.effects[asked..];
    let told = |effect: &Effect| matches!(effect, Effect::Speech(_) | Effect::Volume(_));
    assert!(!since.iter().any(told), "the player keeps it: {since:?}");
    let text = sitting.text();
    for words in ["1.3×", "volume 115 %", "skip silence", "levelled"] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
}

#[test]
fn each_choice_is_written_as_it_is_made() {
    let mut sitting = playing(keeping());
    opened(&mut sitting, Vec::new());
    sitting.keys("]]]s--eW}c");
    let written = kept(&sitting);
    let written: Vec<_> = written
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        written,
        [
            ("balance", "3"),
            ("channel", "left"),
            ("level", "on"),
            ("skip", "mild"),
            ("speed", "13"),
            ("swapped", "on"),
            ("volume", "90"),
        ]
    );
}

#[test]
fn the_next_start_takes_them_up() {
    let mut sitting = Sitting::start(keeping(), Account::with(90));
    sitting.effects.clear();
    opened(
        &mut sitting,
        vec![
            choice("speed", "16"),
            choice("skip", "strong"),
            choice("channel", "right"),
            choice("level", "on"),
            choice("volume", "80"),
            choice("balance", "1"),
            choice("hat", "on"),
        ],
    );
    let speech = sitting.effects.iter().find_map(|effect| match effect {
        Effect::Speech(speech) => Some(*speech),
        _ => None,
    });
    let speech = speech.unwrap();
    assert_eq!(speech.speed, Speed::from_tenths(16));
    assert_eq!((speech.skip, speech.level), (Skip::Strong, true));
    assert_eq!(
        (speech.sides.side, speech.sides.balance.decibels()),
        (Side::Right, 0)
    );
    assert!(sitting.effects.contains(&Effect::Volume(0.8)));
    assert!(kept(&sitting).is_empty(), "nothing was chosen anew");
    // Another callreel chooses something else, and the file is read again.
    sitting.keys("r");
    sitting.effects.clear();
    opened(&mut sitting, vec![choice("speed", "30")]);
    assert!(
        !sitting
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Speech(_)))
    );
}

#[test]
fn flags_and_the_configuration_go_before_what_was_chosen() {
    let setup = Setup {
        settled: Settled {
            speed: true,
            volume: true,
            ..Settled::default()
        },
        ..keeping()
    };
    let mut sitting = Sitting::start(setup, Account::with(90));
    opened(
        &mut sitting,
        vec![
            choice("speed", "16"),
            choice("volume", "80"),
            choice("skip", "mild"),
        ],
    );
    let speech = sitting.effects.iter().find_map(|effect| match effect {
        Effect::Speech(speech) => Some(*speech),
        _ => None,
    });
    assert_eq!(speech.unwrap().speed, Speed::NORMAL);
    assert_eq!(speech.unwrap().skip, Skip::Mild);
    assert!(
        !sitting
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Volume(_)))
    );
}

#[test]
fn without_a_file_nothing_is_written_and_no_question_is_asked() {
    let mut setup = setup(100, 30);
    setup.marks = Keeping::Ask { path: "~/x".into() };
    let mut sitting = playing(setup);
    sitting.keys("]]s-");
    assert!(kept(&sitting).is_empty());
    assert!(!sitting.text().contains("~/x"));
}
