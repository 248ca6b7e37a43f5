//! What is remembered, with a file and without.

use super::*;
use crate::store::{QueueKey, QueueRow};

fn id(text: &str) -> RecordingId {
    RecordingId::new(text)
}

fn reviewed(recording: &str) -> Change {
    Change::Reviewed(Reviewed {
        recording: id(recording),
        at: DateTime::UNIX_EPOCH,
    })
}

fn moment(ms: u64, note: &str) -> Change {
    Change::Moment(Moment {
        recording: id("a"),
        at: Duration::from_millis(ms),
        note: note.into(),
        created: DateTime::UNIX_EPOCH,
    })
}

fn no_moment(ms: u64) -> Change {
    Change::NoMoment {
        recording: id("a"),
        at: Duration::from_millis(ms),
    }
}

fn queue() -> Queue {
    let row = |recording: &str| QueueRow {
        recording: id(recording),
        done: false,
    };
    Queue {
        key: QueueKey {
            seed: 7,
            size: 2,
            filter: String::new(),
        },
        created: DateTime::UNIX_EPOCH,
        rows: vec![row("a"), row("b")],
    }
}

fn notes(marks: &Marks) -> Vec<&str> {
    let moments = marks.moments(&id("a")).iter();
    moments.map(|moment| moment.note.as_str()).collect()
}

#[test]
fn moments_stand_in_their_order_and_one_at_each_place() {
    let mut marks = Marks::new(Keeping::Memory);
    for change in [
        moment(20, "b"),
        moment(10, "a"),
        moment(30, "c"),
        moment(20, "B"),
        no_moment(30),
    ] {
        assert_eq!(marks.change(change), None, "nothing goes to a file");
    }
    assert_eq!(notes(&marks), ["a", "B"]);
}

#[test]
fn with_a_file_each_change_goes_to_it_at_once() {
    let mut marks = Marks::new(Keeping::Open);
    let change = moment(1, "x");
    assert_eq!(
        marks.change(change.clone()),
        Some(Effect::Keep(vec![change]))
    );
}

#[test]
fn what_waits_for_the_answer_is_what_counts_in_the_end() {
    let path = String::new();
    let mut marks = Marks::new(Keeping::Ask { path });
    let speed = |value: &str| {
        Change::Choice(Choice {
            name: "speed".into(),
            value: value.into(),
        })
    };
    let left = |ms| {
        Change::Position(Position {
            recording: id("a"),
            at: Duration::from_millis(ms),
            left: DateTime::UNIX_EPOCH,
        })
    };
    let heard = |done| Change::QueueRow {
        queue: queue().key,
        row: QueueRow {
            recording: id("a"),
            done,
        },
    };
    for change in [
        reviewed("a"),
        speed("1.5"),
        moment(1, "first"),
        left(1),
        moment(2, "stays"),
        Change::NotReviewed(id("a")),
        speed("2"),
        no_moment(1),
        left(2),
        heard(true),
        heard(false),
    ] {
        assert_eq!(marks.change(change), None);
    }
    assert_eq!(
        marks.waiting,
        [
            moment(2, "stays"),
            Change::NotReviewed(id("a")),
            speed("2"),
            no_moment(1),
            left(2),
            heard(false),
        ]
    );
    // A queue that is drawn anew, or no more, leaves nothing of what was heard of it.
    marks.change(Change::Queue(queue()));
    marks.change(heard(true));
    marks.change(Change::NoQueue(queue().key));
    assert_eq!(marks.waiting.last(), Some(&Change::NoQueue(queue().key)));
    assert_eq!(marks.waiting.len(), 6);
}

#[test]
fn what_is_read_takes_its_place_and_what_was_changed_meanwhile_stays_changed() {
    let mut marks = Marks::new(Keeping::Opening);
    // Each is on its way to the file too: it follows the opening.
    let change = moment(10, "new");
    assert_eq!(
        marks.change(change.clone()),
        Some(Effect::Keep(vec![change]))
    );
    marks.change(Change::NotReviewed(id("b")));
    let at = DateTime::UNIX_EPOCH;
    let old = |recording: &str| Reviewed {
        recording: id(recording),
        at,
    };
    let Change::Moment(kept) = moment(5, "old") else {
        panic!("a moment is made above")
    };
    marks.load(Kept {
        reviewed: vec![old("a"), old("b")],
        moments: vec![kept],
        queues: vec![queue()],
        ..Kept::default()
    });
    assert_eq!(notes(&marks), ["old", "new"]);
    assert_eq!(marks.reviewed(&id("a")), Some(at));
    assert_eq!(marks.reviewed(&id("b")), None);
    assert_eq!(marks.queues(), [queue()]);
    assert_eq!(marks.waiting, []);
}
