//! Reviewing: marks, moments, notes, positions, and the one question about a file.

use std::time::Duration;

use callreel::app::marks::Keeping;
use callreel::app::{Effect, Input, Message, Setup, Signal};
use callreel::audio::{Anchor, Event};
use callreel::plivo::RecordingId;
use callreel::store::{Change, Kept, Moment, Position, Reviewed, Told};
use chrono::TimeDelta;

use crate::account::{Account, noon, recording};
use crate::sitting::{Sitting, played, playing, setup};

const PATH: &str = "~/.local/state/callreel/review.sqlite";

fn asking(width: u16, height: u16) -> Setup {
    with(width, height, Keeping::Ask { path: PATH.into() })
}

fn with(width: u16, height: u16, marks: Keeping) -> Setup {
    Setup {
        marks,
        ..setup(width, height)
    }
}

fn id(row: usize) -> RecordingId {
    recording(row).id
}

fn last_line(sitting: &mut Sitting) -> String {
    sitting.text().lines().last().unwrap().to_owned()
}

/// What was to be written, in order.
fn kept(sitting: &Sitting) -> Vec<Change> {
    let changes = sitting.effects.iter().filter_map(|effect| match effect {
        Effect::Keep(changes) => Some(changes.clone()),
        _ => None,
    });
    changes.flatten().collect()
}

fn opens(sitting: &Sitting) -> Vec<bool> {
    let opens = sitting.effects.iter().filter_map(|effect| match effect {
        Effect::OpenMarks { create } => Some(*create),
        _ => None,
    });
    opens.collect()
}

fn moment(row: usize, ms: u64, note: &str) -> Moment {
    Moment {
        recording: id(row),
        at: Duration::from_millis(ms),
        note: note.into(),
        created: noon(),
    }
}

fn opened(sitting: &mut Sitting, kept: Kept) {
    sitting.send(Message::Marks(Told::Opened(Box::new(kept))));
}

/// Twelve seconds into the third row, 40 s long, with marks in a file.
fn listening(width: u16, height: u16, kept: Kept) -> Sitting {
    let mut sitting = playing(with(width, height, Keeping::Opening));
    opened(&mut sitting, kept);
    sitting.effects.clear();
    sitting
}

/// The row of the table that shows a recording.
fn row(sitting: &mut Sitting, number: usize) -> String {
    let added = recording(number).added.unwrap();
    let added = added.format("%Y-%m-%d %H:%M:%S").to_string();
    let text = sitting.text();
    let line = text
        .lines()
        .find(|line| line.contains(&added) && line.starts_with('│'));
    line.unwrap_or_else(|| panic!("no row of {added} in {text}"))
        .to_owned()
}

#[test]
fn the_question_comes_with_the_first_mark_and_what_was_marked_stays() {
    let mut sitting = Sitting::start(asking(80, 24), Account::with(90));
    assert_eq!(opens(&sitting), [false; 0], "nothing is opened unasked");
    sitting.keys("v");
    insta::assert_snapshot!(sitting.text());
    // The next one is on its way behind the question.
    assert_eq!(played(&sitting).len(), 1);
    sitting.keys("y");
    assert_eq!(opens(&sitting), [true]);
    opened(&mut sitting, Kept::default());
    let reviewed = Reviewed {
        recording: id(0),
        at: sitting.now().wall,
    };
    assert_eq!(kept(&sitting), [Change::Reviewed(reviewed)]);
    assert!(row(&mut sitting, 0).starts_with("│    v "));
    sitting.keys("b");
    assert_eq!(kept(&sitting).len(), 2);
    assert!(!sitting.text().contains("Keep them?"), "it is asked once");
}

#[test]
fn a_no_writes_nothing_and_holds_for_this_run() {
    let mut sitting = playing(asking(80, 24));
    sitting.keys("bn");
    assert!(last_line(&mut sitting).contains("until callreel ends; nothing is written"));
    sitting.pass(Duration::from_secs(1));
    sitting.keys("bv'");
    sitting.keys("<Esc>z<C-c>");
    assert_eq!((opens(&sitting), kept(&sitting)), (vec![], vec![]));
    assert!(row(&mut sitting, 2).contains('v'));
}

#[test]
fn escape_leaves_the_question_for_the_next_mark() {
    let mut sitting = playing(asking(80, 24));
    sitting.keys("b<Esc>");
    assert!(!sitting.text().contains("Keep them?"));
    sitting.pass(Duration::from_secs(1));
    // What stays as it was by itself is no reason to ask.
    sitting.keys(" ");
    assert!(!sitting.text().contains("Keep them?"));
    sitting.keys("Bcalm<Enter>");
    assert!(sitting.text().contains("Keep them?"));
    sitting.keys("y");
    opened(&mut sitting, Kept::default());
    let changes = kept(&sitting);
    let moments = changes
        .iter()
        .filter(|change| matches!(change, Change::Moment(_)));
    assert_eq!(moments.count(), 2);
    assert!(
        changes
            .iter()
            .any(|change| matches!(change, Change::Position(_)))
    );
}

#[test]
fn keys_of_the_list_do_nothing_while_it_is_asked() {
    let mut sitting = playing(asking(80, 24));
    sitting.keys("b");
    sitting.effects.clear();
    sitting.keys("jqz<Enter>#");
    assert_eq!(sitting.effects, []);
    assert!(sitting.text().contains("Keep them?"));
    sitting.keys("<C-c>");
    assert_eq!(sitting.effects, [Effect::Quit]);
}

#[test]
fn a_file_that_is_there_is_read_and_its_marks_are_seen() {
    let mut sitting = Sitting::start(with(80, 24, Keeping::Opening), Account::with(90));
    assert_eq!(opens(&sitting), [false]);
    let reviewed = vec![Reviewed {
        recording: id(3),
        at: noon(),
    }];
    opened(
        &mut sitting,
        Kept {
            reviewed,
            ..Kept::default()
        },
    );
    assert!(row(&mut sitting, 3).starts_with("│    v "));
    assert!(!row(&mut sitting, 2).contains('v'));
    sitting.keys("jjj:not-reviewed<Enter>");
    assert_eq!(kept(&sitting), [Change::NotReviewed(id(3))]);
    assert!(!row(&mut sitting, 3).contains(" v "));
}

#[test]
fn a_file_that_cannot_be_used_is_told_and_nothing_stops() {
    let mut sitting = playing(with(80, 24, Keeping::Opening));
    sitting.send(Message::Marks(Told::Failed("it is damaged".into())));
    assert_eq!(
        last_line(&mut sitting),
        " ! marks are for this run only: it is damaged"
    );
    sitting.effects.clear();
    sitting.keys("b v");
    assert_eq!(kept(&sitting), []);
    assert!(row(&mut sitting, 2).contains('v'));
    assert!(!sitting.text().contains("Keep them?"));
}

#[test]
fn a_file_that_is_busy_for_a_moment_stays_in_use() {
    let mut sitting = listening(80, 24, Kept::default());
    sitting.send(Message::Marks(Told::Unkept("it is busy".into())));
    assert_eq!(last_line(&mut sitting), " ! it is busy");
    sitting.keys("r");
    assert_eq!(opens(&sitting), [false]);
    // A change that failed meanwhile is no failed opening.
    sitting.send(Message::Marks(Told::Unkept("it is busy".into())));
    sitting.send(Message::Marks(Told::Unread("it is busy".into())));
    sitting.effects.clear();
    sitting.keys("v");
    assert_ne!(kept(&sitting), []);
}

#[test]
fn reviewed_marks_what_plays_and_plays_the_next_else_the_selected_row() {
    let mut sitting = listening(80, 24, Kept::default());
    // The cursor is two rows below what plays.
    sitting.keys("v");
    let at = sitting.now().wall;
    let reviewed = |row| {
        Change::Reviewed(Reviewed {
            recording: id(row),
            at,
        })
    };
    assert_eq!(kept(&sitting), [reviewed(2)]);
    assert_eq!(
        played(&sitting).last().unwrap().1,
        recording(3).url.unwrap()
    );
    assert_eq!(sitting.app.cursor(), 4);
    sitting.keys("zv");
    assert_eq!(kept(&sitting)[1..], [reviewed(4)]);
    assert_eq!(
        played(&sitting).last().unwrap().1,
        recording(5).url.unwrap()
    );
    assert_eq!(sitting.app.cursor(), 5);
}

#[test]
fn signs_are_read_without_colour_and_stand_apart() {
    let mut setup = with(140, 40, Keeping::Opening);
    setup.preferences.theme = callreel::app::Theme::Mono;
    let mut sitting = playing(setup);
    let reviewed = [2, 4, 6].map(|row| Reviewed {
        recording: id(row),
        at: noon(),
    });
    opened(
        &mut sitting,
        Kept {
            reviewed: reviewed.into(),
            moments: vec![moment(2, 4_000, ""), moment(2, 31_500, "refund")],
            ..Kept::default()
        },
    );
    insta::assert_snapshot!(sitting.screen());
}

#[test]
fn the_narrowest_table_keeps_the_sign_too() {
    let mut sitting = Sitting::start(with(40, 12, Keeping::Memory), Account::with(90));
    sitting.keys("vz");
    let text = sitting.text();
    assert!(
        text.lines().any(|line| line.starts_with("│    v")),
        "{text}"
    );
}

#[test]
fn the_moment_that_is_heard_is_kept_once() {
    let mut sitting = listening(80, 24, Kept::default());
    sitting.pass(Duration::from_millis(3_400));
    sitting.keys("b");
    assert_eq!(
        last_line(&mut sitting),
        " moment 0:15.4 kept · ' lists them"
    );
    sitting.keys("b");
    assert_eq!(
        last_line(&mut sitting),
        " the moment 0:15.4 is kept already"
    );
    let created = sitting.now().wall;
    let moment = Moment {
        created,
        ..moment(2, 15_400, "")
    };
    assert_eq!(kept(&sitting), [Change::Moment(moment)]);
    let mut idle = Sitting::new(80, 24);
    idle.keys("b");
    assert!(last_line(&mut idle).contains("nothing is loaded"));
    idle.keys("B");
    assert!(last_line(&mut idle).contains("nothing is loaded"));
}

#[test]
fn while_a_note_is_typed_three_keys_listen_and_the_moment_stays() {
    let mut sitting = listening(80, 24, Kept::default());
    sitting.keys("Bwants q <F7><F8>");
    insta::assert_snapshot!(last_line(&mut sitting));
    sitting.pass(Duration::from_secs(2));
    sitting.keys("<F8><F9>refund<Enter>");
    let seconds = |at: u64| Effect::Seek(Duration::from_secs(at));
    let heard: Vec<_> = sitting
        .effects
        .iter()
        .filter(|effect| !matches!(effect, Effect::Keep(_)))
        .cloned()
        .collect();
    let on = Effect::Resume { at: None };
    assert_eq!(heard, [seconds(9), Effect::Pause, on, seconds(12)]);
    let changes = kept(&sitting);
    let Some(Change::Moment(kept)) = changes.last() else {
        panic!("{changes:?}")
    };
    assert_eq!(
        (kept.at.as_secs(), kept.note.as_str()),
        (12, "wants q refund")
    );
}

#[test]
fn escape_drops_a_note_and_backspace_does_not() {
    let mut sitting = listening(80, 24, Kept::default());
    sitting.keys("Bx<Backspace><Backspace><Backspace>");
    assert!(last_line(&mut sitting).contains("note 0:12"));
    sitting.keys("<Esc>");
    assert_eq!(kept(&sitting), []);
    // Without words it is a moment like any other.
    sitting.keys("B<Enter>");
    assert_eq!(kept(&sitting).len(), 1);
}

#[test]
fn f_keys_listen_from_every_text_field() {
    for typed in [":", "/", "f", "t", "?", "S", "B"] {
        let mut sitting = listening(80, 24, Kept::default());
        sitting.keys(typed).keys("<F9><F8>");
        let forward = Effect::Seek(Duration::from_secs(15));
        let heard: Vec<_> = sitting
            .effects
            .iter()
            .filter(|effect| !matches!(effect, Effect::Keep(_)))
            .cloned()
            .collect();
        assert_eq!(heard, [forward, Effect::Pause], "{typed}");
    }
}

fn with_moments() -> Kept {
    Kept {
        moments: vec![
            moment(2, 4_000, "greets \u{1b}[31mby name"),
            moment(2, 11_250, ""),
            moment(2, 31_500, "asks for +14155550100"),
        ],
        ..Kept::default()
    }
}

#[test]
fn moments_are_listed_gone_to_and_come_back_from() {
    let mut sitting = listening(80, 24, with_moments());
    sitting.keys("'");
    insta::assert_snapshot!(sitting.text());
    // The one before the ear is chosen.
    sitting.keys("j<Enter>");
    assert_eq!(
        sitting.effects,
        [Effect::Seek(Duration::from_millis(31_500))]
    );
    assert!(!sitting.text().contains("Moments"));
    sitting.pass(Duration::from_secs(1));
    sitting.keys("u");
    assert_eq!(sitting.effects[1], Effect::Seek(Duration::from_secs(12)));
}

#[test]
fn moments_of_a_recording_that_is_not_loaded_play_it_there() {
    let mut sitting = listening(80, 24, with_moments());
    sitting.keys("zkk'<Enter>");
    let at = sitting.effects.iter().find_map(|effect| match effect {
        Effect::Play { at, .. } => Some(*at),
        _ => None,
    });
    assert_eq!(at, Some(Duration::from_secs(4)));
}

#[test]
fn a_moment_taken_away_comes_back_by_one_key() {
    let mut sitting = listening(80, 24, with_moments());
    sitting.keys("'g<Del>");
    assert!(last_line(&mut sitting).contains("moment 0:04 taken away · u brings it back"));
    sitting.keys("#u");
    let gone = |ms| Change::NoMoment {
        recording: id(2),
        at: Duration::from_millis(ms),
    };
    let [first, second, _] = &with_moments().moments[..] else {
        panic!()
    };
    let back = Change::Moment(second.clone());
    assert_eq!(kept(&sitting), [gone(4_000), gone(11_250), back]);
    sitting.keys("uu");
    assert_eq!(kept(&sitting)[3..], [Change::Moment(first.clone())]);
    sitting.keys("<Del><Del><Del><Del>");
    assert!(sitting.text().contains("none is left"));
    sitting.keys("<Enter>'");
    assert!(last_line(&mut sitting).contains("no moments of this recording"));
}

#[test]
fn a_note_is_typed_anew_from_the_list_which_comes_back() {
    let mut sitting = listening(80, 24, with_moments());
    sitting.keys("'e<Esc>");
    assert!(sitting.text().contains("Moments ·"));
    assert_eq!(kept(&sitting), []);
    sitting.keys("ehold<Enter>");
    assert_eq!(kept(&sitting), [Change::Moment(moment(2, 11_250, "hold"))]);
    assert!(sitting.text().contains("hold") && sitting.text().contains("Moments ·"));
}

#[test]
fn notes_are_hidden_while_names_are() {
    let mut sitting = listening(80, 24, with_moments());
    sitting.keys("M'");
    let text = sitting.text();
    assert!(text.contains("0:31.5    hidden"), "{text}");
    assert!(!text.contains("asks") && !text.contains("greets"));
    sitting.keys("Ge");
    assert!(!sitting.text().contains("asks"));
    sitting.keys(" secret");
    assert!(last_line(&mut sitting).contains("•••••••"));
    assert!(!sitting.text().contains("secret"));
}

/// The third row was left there, an hour ago.
fn left(seconds: u64) -> Kept {
    Kept {
        positions: vec![Position {
            recording: id(2),
            at: Duration::from_secs(seconds),
            left: noon() - TimeDelta::hours(1),
        }],
        ..Kept::default()
    }
}

fn starts(sitting: &Sitting) -> Vec<u64> {
    let starts = sitting.effects.iter().filter_map(|effect| match effect {
        Effect::Play { at, .. } => Some(at.as_secs()),
        _ => None,
    });
    starts.collect()
}

#[test]
fn a_recording_goes_on_where_it_was_left_and_u_starts_it_from_the_beginning() {
    let mut sitting = Sitting::start(with(80, 24, Keeping::Opening), Account::with(90));
    opened(&mut sitting, left(25));
    sitting.keys("jj<Enter>");
    // Somebody who was away so long hears a little of it again.
    assert_eq!(starts(&sitting), [15]);
    assert_eq!(
        last_line(&mut sitting),
        " goes on at 0:15 · u starts from the beginning"
    );
    sitting.keys("u");
    assert_eq!(sitting.effects.last(), Some(&Effect::Seek(Duration::ZERO)));
    // Asked for again while it is loaded, it begins anew.
    sitting.keys("<Enter>");
    assert_eq!(starts(&sitting), [15, 0]);
}

#[test]
fn a_place_beyond_the_end_is_none() {
    // The third row is 77.4 s long.
    for (at, starts_at) in [(66, 56), (68, 0), (u64::MAX, 0)] {
        let mut sitting = Sitting::start(with(80, 24, Keeping::Opening), Account::with(90));
        opened(&mut sitting, left(at));
        sitting.keys("jj<Enter>");
        assert_eq!(starts(&sitting), [starts_at], "{at}");
    }
}

#[test]
fn what_was_reviewed_begins_at_its_start() {
    let mut sitting = Sitting::start(with(80, 24, Keeping::Opening), Account::with(90));
    let reviewed = vec![Reviewed {
        recording: id(2),
        at: noon(),
    }];
    opened(
        &mut sitting,
        Kept {
            reviewed,
            ..left(25)
        },
    );
    sitting.keys("jj<Enter>");
    assert_eq!(starts(&sitting), [0]);
}

/// What plays stands there now, silent or not.
fn stands(sitting: &mut Sitting, seconds: u64, speed: f64) {
    let (play, _) = played(sitting).pop().unwrap();
    let anchor = Anchor {
        position: Duration::from_secs(seconds),
        at: sitting.now().mono,
        speed,
    };
    sitting.send(Message::Player(play, Event::Playing(anchor)));
}

fn positions(sitting: &Sitting) -> Vec<Option<u64>> {
    let change = |change| match change {
        Change::Position(position) => Some(Some(position.at.as_secs())),
        Change::NoPosition(_) => Some(None),
        _ => None,
    };
    kept(sitting).into_iter().filter_map(change).collect()
}

fn listening_at(seconds: u64) -> Sitting {
    let mut sitting = playing(with(80, 24, Keeping::Opening));
    opened(&mut sitting, Kept::default());
    stands(&mut sitting, seconds, 0.0);
    sitting
}

#[test]
fn the_place_is_kept_where_the_listener_goes_away_by_any_way() {
    let ways: [&dyn Fn(&mut Sitting); 6] = [
        &|sitting| {
            sitting.keys(" ");
        },
        &|sitting| {
            sitting.keys("z");
        },
        &|sitting| {
            sitting.keys("<Enter>");
        },
        &|sitting| {
            sitting.keys("<C-z>");
        },
        &|sitting| {
            sitting.keys("q");
        },
        &|sitting| sitting.send(Message::Signal(Signal::Terminate)),
    ];
    for (at, way) in ways.into_iter().enumerate() {
        let mut sitting = listening_at(12);
        way(&mut sitting);
        assert_eq!(positions(&sitting), [Some(12)], "way {at}");
    }
    // Paused and then left, it is the same place: nothing new is written.
    let mut sitting = listening_at(12);
    sitting.keys(" q");
    assert_eq!(positions(&sitting), [Some(12)]);
    assert_eq!(sitting.effects.last(), Some(&Effect::Quit));
}

#[test]
fn the_first_and_the_last_seconds_are_no_place_to_come_back_to() {
    for (at, worth) in [(10, false), (11, true), (29, true), (30, false)] {
        let mut sitting = listening_at(at);
        sitting.keys("z");
        let wanted: &[_] = if worth { &[Some(at)] } else { &[] };
        assert_eq!(positions(&sitting), wanted, "{at}");
    }
}

#[test]
fn a_place_that_was_left_behind_is_forgotten() {
    let mut sitting = listening_at(12);
    sitting.keys(" ");
    let (play, _) = played(&sitting).pop().unwrap();
    let anchor = Anchor {
        position: Duration::from_secs(40),
        at: sitting.now().mono,
        speed: 0.0,
    };
    sitting.send(Message::Player(play, Event::Ended(anchor)));
    assert_eq!(positions(&sitting), [Some(12), None]);
    // So is that of one that is done with.
    let mut sitting = listening_at(12);
    sitting.keys(" v");
    assert_eq!(positions(&sitting), [Some(12), None]);
}

#[test]
fn one_that_breaks_off_goes_on_where_it_did() {
    let mut sitting = listening_at(12);
    let (play, _) = played(&sitting).pop().unwrap();
    let error = callreel::audio::Error::Unreachable("reset".into());
    sitting.send(Message::Player(play, Event::Failed(error)));
    assert_eq!(positions(&sitting), [Some(12)]);
    sitting.keys("q");
    assert_eq!(positions(&sitting), [Some(12)]);
}

#[test]
fn what_never_sounded_leaves_its_place_as_it_was() {
    let mut sitting = Sitting::start(with(80, 24, Keeping::Opening), Account::with(90));
    opened(&mut sitting, left(25));
    sitting.keys("jj<Enter>z");
    assert_eq!(positions(&sitting), [None; 0]);
}

#[test]
fn a_paste_goes_into_the_note() {
    let mut sitting = listening(80, 24, Kept::default());
    sitting.keys("B");
    let pasted = "two\nlines \u{202e}";
    sitting.send(Message::Input(Input::Paste(pasted.into())));
    let line = last_line(&mut sitting);
    assert!(callreel::app::text::is_safe(&line), "{line}");
    assert!(line.contains("two"), "{line}");
}

#[test]
fn r_reads_what_another_callreel_has_written() {
    let mut sitting = Sitting::start(with(80, 24, Keeping::Opening), Account::with(90));
    opened(&mut sitting, Kept::default());
    sitting.effects.clear();
    sitting.keys("r");
    assert_eq!(opens(&sitting), [false]);
    // What is marked meanwhile is in the file, and not in what was read before it.
    sitting.keys(":reviewed<Enter>");
    let reviewed = vec![Reviewed {
        recording: id(4),
        at: noon(),
    }];
    opened(
        &mut sitting,
        Kept {
            reviewed,
            ..Kept::default()
        },
    );
    assert!(row(&mut sitting, 0).contains(" v "));
    assert!(row(&mut sitting, 4).contains(" v "));
}

#[test]
fn the_details_say_what_was_marked() {
    let mut sitting = playing(with(140, 40, Keeping::Opening));
    opened(&mut sitting, with_moments());
    stands(&mut sitting, 20, 0.0);
    sitting.keys("kk ");
    let text = sitting.text();
    assert!(text.contains("Moments    3"), "{text}");
    assert!(text.contains("Left at    0:20"), "{text}");
    sitting.keys("v");
    sitting.keys("k");
    let text = sitting.text();
    let reviewed = "Reviewed   2026-11-23 12:00:01 UTC";
    assert!(
        text.contains(reviewed) && !text.contains("Left at"),
        "{text}"
    );
}

#[test]
fn question_and_list_fit_every_size() {
    let mut asked = playing(asking(80, 24));
    asked.keys("b");
    let mut listed = listening(80, 24, with_moments());
    listed.keys("'");
    for sitting in [&mut asked, &mut listed] {
        for width in 1..130 {
            for height in [1, 9, 10, 11, 12, 16, 24, 40] {
                sitting.resize(width, height);
                let (buffer, cursor) = sitting.draw();
                assert!(cursor.0 < width && cursor.1 < height, "{width}x{height}");
                let mut cells = buffer.content.iter();
                assert!(cells.all(|cell| callreel::app::text::is_safe(cell.symbol())));
            }
        }
    }
}
