//! A random queue of the list: drawn, listened to row after row, left and gone back to.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use callreel::app::marks::Keeping;
use callreel::app::queue::{Sample, pick};
use callreel::app::{Criteria, Effect, Message, Setup};
use callreel::audio::{Anchor, Event, PlayId};
use callreel::plivo::Error;
use callreel::store::{Change, Kept, Queue, Reviewed, Told};

use crate::account::{Account, noon, recording};
use crate::sitting::{Sitting, played, setup};

fn sampling(width: u16, height: u16, size: usize) -> Setup {
    Setup {
        sample: Some(Sample { size, seed: 7 }),
        ..setup(width, height)
    }
}

/// Seven of ninety.
fn sitting() -> Sitting {
    Sitting::start(sampling(80, 24, 7), Account::with(90))
}

/// The account's number of each row on the screen.
fn numbers(sitting: &Sitting) -> Vec<usize> {
    let rows = sitting.app.rows();
    let number = |row| {
        let id = rows.ready(row)?.id.to_string();
        id.rsplit('-').next()?.parse().ok()
    };
    (0..rows.len()).filter_map(number).collect()
}

/// What plays is heard to its end.
fn hear_out(sitting: &mut Sitting) {
    let play: PlayId = played(sitting).last().unwrap().0;
    let anchor = |speed| Anchor {
        position: Duration::from_secs(1),
        at: sitting.now().mono,
        speed,
    };
    let (begins, ends) = (anchor(1.0), anchor(0.0));
    sitting.send(Message::Player(play, Event::Playing(begins)));
    sitting.send(Message::Player(play, Event::Ended(ends)));
}

#[test]
fn the_queue_is_shown_in_its_own_order_when_it_is_drawn() {
    let mut sitting = sitting();
    assert_eq!(numbers(&sitting), pick::picks(7, 7, 90));
    let text = sitting.text();
    assert!(text.contains("Random queue · seed 7"), "{text}");
    assert!(text.contains("1 of 7"), "{text}");
    assert!(
        text.contains("7 of 90 recordings, drawn at random"),
        "{text}"
    );
}

#[test]
fn the_screen_in_two_sizes() {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut sitting = Sitting::start(sampling(width, height, 50), Account::with(90));
        sitting.keys("<Enter>");
        hear_out(&mut sitting);
        sitting.keys("J]]]]]]");
        sitting.pass(Duration::from_secs(15));
        insta::assert_snapshot!(format!("queue_{width}x{height}"), sitting.screen());
    }
}

#[test]
fn while_it_is_drawn_the_whole_list_is_there_and_the_screen_says_what_is_done() {
    let mut setup = sampling(80, 24, 5);
    setup.criteria = Criteria::all_time();
    let mut sitting = Sitting::start_holding(setup, Account::with(1204), true);
    let mut said = BTreeSet::new();
    loop {
        let text = sitting.text();
        let drawing = text
            .lines()
            .find(|line| line.contains("drawing 5 at random"));
        if let Some(line) = drawing {
            assert!(text.contains("╭ Recordings"), "{text}");
            let words = ["windows counted", "have come"];
            said.extend(words.into_iter().filter(|words| line.contains(words)));
        }
        if !sitting.answer_one() {
            break;
        }
    }
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(numbers(&sitting), pick::picks(7, 5, 1204));
}

#[test]
fn playing_goes_along_the_queue_by_hand_and_by_itself() {
    let mut sitting = sitting();
    let order = numbers(&sitting);
    let last = |sitting: &Sitting| played(sitting).last().unwrap().1.clone();
    let link = |number: usize| format!("/{number}.mp3");
    sitting.keys("<Enter>J");
    assert!(last(&sitting).ends_with(&link(order[1])));
    sitting.keys("<Lt>");
    assert!(last(&sitting).ends_with(&link(order[0])));
    sitting.keys("R");
    hear_out(&mut sitting);
    assert!(last(&sitting).ends_with(&link(order[1])));
}

#[test]
fn the_next_of_the_queue_is_fetched_ahead() {
    let mut sitting = sitting();
    let order = numbers(&sitting);
    sitting.keys("<Enter>");
    let play = played(&sitting)[0].0;
    let anchor = Anchor {
        position: Duration::ZERO,
        at: sitting.now().mono,
        speed: 1.0,
    };
    sitting.send(Message::Player(play, Event::Playing(anchor)));
    sitting.send(Message::Player(play, Event::Buffered([0.0..1.0].into())));
    let link = format!("/{}.mp3", order[1]);
    let ahead = |effect: &Effect| matches!(effect, Effect::FetchAhead(url) if url.ends_with(&link));
    assert!(sitting.effects.iter().any(ahead));
}

#[test]
fn what_was_heard_to_its_end_is_done_and_the_header_says_how_much_is_left() {
    let mut sitting = sitting();
    let length = |row| sitting.app.rows().ready(row).unwrap().duration.unwrap();
    let whole: Duration = (0..7).map(length).sum();
    let header = |sitting: &mut Sitting| sitting.text().lines().next().unwrap().to_owned();
    let left = callreel::app::words::span;
    let faster = left(whole.div_f64(1.5));
    let whole = format!("0 of 7 · {} left", left(whole));
    assert!(
        header(&mut sitting).ends_with(&whole),
        "{}",
        header(&mut sitting)
    );
    sitting.keys("\\");
    assert!(header(&mut sitting).ends_with(&format!("0 of 7 · {faster} left at 1.5×")));
    sitting.keys("<Enter>");
    hear_out(&mut sitting);
    assert!(header(&mut sitting).contains("1 of 7 · "));
    let signs = |sitting: &mut Sitting, sign| sitting.text().matches(sign).count();
    assert_eq!(signs(&mut sitting, " • 20"), 1, "{}", sitting.text());
    sitting.keys("v");
    assert_eq!(signs(&mut sitting, " • 20"), 0, "reviewed says more");
    assert_eq!(signs(&mut sitting, " v 20"), 1);
    sitting.keys("k:not-reviewed<Enter>");
    for _ in 1..7 {
        sitting.keys("J");
        hear_out(&mut sitting);
    }
    assert!(
        header(&mut sitting).ends_with("7 of 7 · all done"),
        "{}",
        header(&mut sitting)
    );
}

#[test]
fn the_whole_list_is_an_action_away_and_each_keeps_its_place() {
    let mut sitting = sitting();
    sitting.keys("jj:queue<Enter>");
    assert_eq!(sitting.app.cursor(), 0);
    assert!(sitting.text().contains("╭ Recordings"));
    assert!(sitting.text().contains("90 recordings"));
    sitting.keys("G:queue<Enter>");
    assert_eq!(sitting.app.cursor(), 2);
    assert_eq!(numbers(&sitting).len(), 7);
    sitting.keys(":queue<Enter>");
    assert_eq!(sitting.app.cursor(), 89);
}

#[test]
fn a_filter_leaves_the_queue_which_keeps_its_own_range() {
    let mut sitting = sitting();
    sitting.keys("f<Tab><Tab><Tab><Tab>+14155550013<Enter>");
    assert!(sitting.text().contains("╭ Recordings"));
    assert!(
        sitting
            .text()
            .lines()
            .next()
            .unwrap()
            .contains("2 recordings")
    );
    sitting.keys(":queue<Enter>");
    let text = sitting.text();
    assert!(text.contains("Random queue"), "{text}");
    assert!(text.lines().next().unwrap().contains("0 of 7"), "{text}");
    assert!(!text.contains("1 filter"), "{text}");
}

#[test]
fn a_queue_keeps_its_order_and_its_rows() {
    let mut sitting = sitting();
    let order = numbers(&sitting);
    sitting.keys("oO");
    assert!(sitting.text().contains("a queue keeps its order"));
    sitting.keys("r");
    assert!(sitting.text().contains("a queue stays as it was drawn"));
    sitting.keys("G");
    assert_eq!(sitting.app.cursor(), 6);
    sitting.keys(":3<Enter>");
    assert_eq!(sitting.app.cursor(), 2);
    assert_eq!(numbers(&sitting), order);
}

#[test]
fn more_than_there_are_is_said_and_all_are_taken() {
    let mut sitting = Sitting::start(sampling(80, 24, 50), Account::with(12));
    let words = "50 were asked for, and 12 recordings match: all are in the queue";
    assert!(sitting.text().contains(words), "{}", sitting.text());
    assert_eq!(numbers(&sitting).len(), 12);
}

#[test]
fn nothing_to_draw_from_is_said() {
    let mut sitting = Sitting::start(sampling(80, 24, 50), Account::default());
    let text = sitting.text();
    assert!(text.contains("there is nothing to draw from"), "{text}");
    assert!(text.contains("No recordings in this range"), "{text}");
    sitting.keys(":queue<Enter>");
    assert!(sitting.text().contains("there is no queue"));
}

#[test]
fn an_error_in_the_middle_of_a_draw_is_tried_again_with_r() {
    let mut setup = sampling(80, 24, 5);
    setup.criteria = Criteria::all_time();
    let mut sitting = Sitting::start_holding(setup, Account::with(1204), true);
    sitting.answer_one();
    sitting.account.fault = Some(Error::Malformed {
        detail: "this is HTML".into(),
    });
    sitting.answer();
    assert!(sitting.text().contains("this is HTML"));
    sitting.account.fault = None;
    sitting.keys("r");
    sitting.answer();
    assert_eq!(numbers(&sitting), pick::picks(7, 5, 1204));
}

#[test]
fn every_size_can_show_a_queue() {
    let mut sitting = Sitting::start(sampling(80, 24, 50), Account::with(90));
    sitting.keys("<Enter>");
    for width in (1..=150).step_by(3) {
        for height in (1..=45).step_by(2) {
            sitting.resize(width, height);
            sitting.draw();
        }
    }
}

fn opened(sitting: &mut Sitting, kept: Kept) {
    sitting.send(Message::Marks(Told::Opened(Box::new(kept))));
}

/// What was to be written, in order.
fn kept(sitting: &Sitting) -> Vec<Change> {
    let changes = sitting.effects.iter().filter_map(|effect| match effect {
        Effect::Keep(changes) => Some(changes.clone()),
        _ => None,
    });
    changes.flatten().collect()
}

/// The queue of a sitting that the user said yes to, after two of its recordings were heard.
fn of_yesterday() -> (Queue, Vec<usize>) {
    let mut setup = sampling(80, 24, 7);
    setup.marks = Keeping::Opening;
    let mut sitting = Sitting::start(setup, Account::with(90));
    opened(&mut sitting, Kept::default());
    let order = numbers(&sitting);
    for keys in ["<Enter>", "J"] {
        sitting.keys(keys);
        hear_out(&mut sitting);
    }
    let mut queue = None;
    for change in kept(&sitting) {
        match change {
            Change::Queue(kept) => queue = Some(kept),
            Change::QueueRow { row, .. } => {
                let rows = &mut queue.as_mut().unwrap().rows;
                rows.iter_mut()
                    .filter(|kept| kept.recording == row.recording)
                    .for_each(|kept| kept.done = row.done);
            }
            _ => {}
        }
    }
    (queue.unwrap(), order)
}

#[test]
fn the_question_comes_with_the_queue_and_yes_keeps_it() {
    let mut setup = sampling(80, 24, 7);
    setup.marks = Keeping::Ask {
        path: "~/.local/state/callreel/review.sqlite".into(),
    };
    let mut sitting = Sitting::start(setup, Account::with(90));
    assert_eq!(numbers(&sitting).len(), 7);
    assert!(
        sitting.text().contains("review.sqlite"),
        "{}",
        sitting.text()
    );
    sitting.keys("y");
    opened(&mut sitting, Kept::default());
    let kept = kept(&sitting);
    let Some(Change::Queue(queue)) = kept.first() else {
        panic!("{kept:?}")
    };
    assert_eq!((queue.key.seed, queue.key.size), (7, 7));
    assert_eq!(queue.rows.len(), 7);
}

#[test]
fn without_consent_the_queue_lives_for_this_run() {
    let mut setup = sampling(80, 24, 7);
    setup.marks = Keeping::Ask { path: "~/x".into() };
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.keys("n<Enter>");
    hear_out(&mut sitting);
    assert!(sitting.text().contains("1 of 7 · "));
    assert!(kept(&sitting).is_empty());
}

#[test]
fn tomorrow_it_goes_on_at_the_first_recording_that_is_not_done() {
    let (queue, order) = of_yesterday();
    let reviewed = Reviewed {
        recording: recording(order[2]).id,
        at: noon(),
    };
    let mut setup = sampling(80, 24, 7);
    setup.marks = Keeping::Opening;
    let mut account = Account::with(90);
    // Others arrive: a sample of this would be another one.
    account.recordings.insert(0, Arc::new(recording(900)));
    let mut sitting = Sitting::start_holding(setup, account, true);
    sitting.answer();
    assert!(
        sitting.text().contains("╭ Recordings"),
        "nothing is drawn before the file is read"
    );
    opened(
        &mut sitting,
        Kept {
            queues: vec![queue],
            reviewed: vec![reviewed],
            ..Kept::default()
        },
    );
    let text = sitting.text();
    assert!(
        text.contains("going on with the queue of 2026-11-23: 3 of 7 are done"),
        "{text}"
    );
    assert!(
        text.lines()
            .next()
            .unwrap()
            .contains("3 of 7 · 1 min+ left"),
        "{text}"
    );
    assert_eq!(sitting.app.cursor(), 3);
    let asked = sitting.held.len();
    assert!((7..=8).contains(&asked), "{asked} at once");
    sitting.answer();
    assert_eq!(numbers(&sitting), order);
    assert!(!sitting.text().contains("+ left"));
    assert!(kept(&sitting).is_empty(), "nothing has changed");
    sitting.keys("<Enter>");
    let link = format!("/{}.mp3", order[3]);
    assert!(played(&sitting).last().unwrap().1.ends_with(&link));
}

#[test]
fn a_recording_that_was_deleted_leaves_the_queue() {
    let (queue, order) = of_yesterday();
    let mut setup = sampling(80, 24, 7);
    setup.marks = Keeping::Opening;
    let mut account = Account::with(90);
    account
        .recordings
        .retain(|kept| kept.id != recording(order[4]).id);
    let mut sitting = Sitting::start(setup, account);
    let queues = vec![queue];
    opened(
        &mut sitting,
        Kept {
            queues,
            ..Kept::default()
        },
    );
    assert!(
        sitting.text().contains("has been deleted"),
        "{}",
        sitting.text()
    );
    assert!(sitting.text().contains("2 of 6 · "), "{}", sitting.text());
    assert_eq!(sitting.app.cursor(), 2);
    let Some(Change::Queue(queue)) = kept(&sitting).pop() else {
        panic!("it is not kept")
    };
    assert_eq!(queue.rows.len(), 6);
}

#[test]
fn another_seed_size_or_filter_is_another_queue() {
    let (queue, _) = of_yesterday();
    for change in [
        |setup: &mut Setup| setup.sample = Some(Sample { size: 7, seed: 8 }),
        |setup: &mut Setup| setup.sample = Some(Sample { size: 8, seed: 7 }),
        |setup: &mut Setup| setup.criteria = Criteria::all_time(),
    ] {
        let mut setup = sampling(80, 24, 7);
        setup.marks = Keeping::Opening;
        change(&mut setup);
        let mut sitting = Sitting::start(setup, Account::with(90));
        let queues = vec![queue.clone()];
        opened(
            &mut sitting,
            Kept {
                queues,
                ..Kept::default()
            },
        );
        let header = sitting.text().lines().next().unwrap().to_owned();
        assert!(header.contains("0 of "), "{header}");
    }
}

#[test]
fn rows_that_cannot_be_fetched_again_say_why_and_r_goes_on() {
    let (queue, order) = of_yesterday();
    let mut setup = sampling(80, 24, 7);
    setup.marks = Keeping::Opening;
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.account.fault = Some(Error::Malformed {
        detail: "this is HTML".into(),
    });
    let queues = vec![queue];
    opened(
        &mut sitting,
        Kept {
            queues,
            ..Kept::default()
        },
    );
    sitting.pass(Duration::from_secs(5));
    assert!(
        sitting.text().contains("this is HTML"),
        "{}",
        sitting.text()
    );
    sitting.account.fault = None;
    sitting.keys("r");
    assert_eq!(numbers(&sitting), order);
}

#[test]
fn v_counts_as_done_and_goes_along_the_queue() {
    let mut sitting = sitting();
    let order = numbers(&sitting);
    sitting.keys("<Enter>v");
    assert!(sitting.text().contains("1 of 7 · "));
    let link = format!("/{}.mp3", order[1]);
    assert!(played(&sitting).last().unwrap().1.ends_with(&link));
}
