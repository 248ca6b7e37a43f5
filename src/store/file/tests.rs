//! The file as it lies on the disk, and what is read back from it.

use std::os::unix::fs::MetadataExt;
use std::sync::Barrier;

use chrono::{DateTime, Utc};

use super::*;
use crate::plivo::RecordingId;
use crate::store::{Choice, Moment, Position, Queue, QueueKey, QueueRow, Reviewed};

const ALL: u32 = 1000;

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder
        .path()
        .join("state")
        .join("callreel")
        .join("review.sqlite");
    (folder, path)
}

fn account(id: &str) -> AccountKey {
    AccountKey::new(id, None)
}

fn id(text: &str) -> RecordingId {
    RecordingId::new(text)
}

fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_700_000_000_000 + millis).unwrap()
}

fn moment(recording: &str, ms: u64, note: &str) -> Moment {
    Moment {
        recording: id(recording),
        at: Duration::from_millis(ms),
        note: note.into(),
        created: at(i64::try_from(ms).unwrap()),
    }
}

fn queue(seed: u64, rows: &[(&str, bool)]) -> Queue {
    let rows = rows.iter().map(|(recording, done)| QueueRow {
        recording: id(recording),
        done: *done,
    });
    Queue {
        key: QueueKey {
            seed,
            size: 50,
            filter: "from_number=14155550100".into(),
        },
        created: at(0),
        rows: rows.collect(),
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

#[test]
fn everything_is_read_back_as_it_was_kept() {
    let (_folder, path) = place();
    let kept = Kept {
        reviewed: vec![
            Reviewed {
                recording: id("b"),
                at: at(2),
            },
            Reviewed {
                recording: id("a"),
                at: at(1),
            },
        ],
        moments: vec![
            moment("a", 0, ""),
            moment("a", 61_234, "asks for a manager — “éß”\n\u{1b}[31m"),
            moment("b", 5, "x"),
        ],
        positions: vec![Position {
            recording: id("a"),
            at: Duration::from_millis(723_456),
            left: at(9),
        }],
        choices: vec![Choice {
            name: "speed".into(),
            value: "1.5".into(),
        }],
        queues: vec![queue(u64::MAX, &[("z", true), ("a", false)])],
    };
    let changes: Vec<_> = [
        kept.reviewed
            .iter()
            .cloned()
            .map(Change::Reviewed)
            .collect(),
        kept.moments.iter().cloned().map(Change::Moment).collect(),
        kept.positions
            .iter()
            .cloned()
            .map(Change::Position)
            .collect(),
        kept.choices.iter().cloned().map(Change::Choice).collect(),
        kept.queues
            .iter()
            .cloned()
            .map(Change::Queue)
            .collect::<Vec<_>>(),
    ]
    .concat();
    let mut store = Store::create(&path).unwrap();
    store.change(&account("MA1"), &changes).unwrap();
    // Twice does no harm.
    store.change(&account("MA1"), &changes).unwrap();
    drop(store);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.kept(&account("MA1"), ALL).unwrap(), kept);
    assert_eq!(store.kept(&account("MA2"), ALL).unwrap(), Kept::default());
    assert_eq!(store.accounts().unwrap(), [account("MA1")]);
}

#[test]
fn each_thing_can_be_replaced_and_taken_away() {
    let (_folder, path) = place();
    let mut store = Store::create(&path).unwrap();
    let me = account("MA1");
    let one = queue(7, &[("a", false), ("b", false)]);
    store
        .change(
            &me,
            &[
                Change::Moment(moment("a", 10, "first")),
                Change::Moment(moment("a", 10, "second")),
                Change::Moment(moment("a", 20, "gone")),
                Change::NoMoment {
                    recording: id("a"),
                    at: Duration::from_millis(20),
                },
                Change::Reviewed(Reviewed {
                    recording: id("a"),
                    at: at(0),
                }),
                Change::NotReviewed(id("a")),
                Change::Position(Position {
                    recording: id("a"),
                    at: Duration::from_secs(11),
                    left: at(0),
                }),
                Change::NoPosition(id("a")),
                Change::Queue(one.clone()),
                Change::Queue(queue(8, &[("c", false)])),
                Change::QueueRow {
                    queue: one.key.clone(),
                    row: QueueRow {
                        recording: id("b"),
                        done: true,
                    },
                },
                Change::NoQueue(queue(8, &[]).key),
            ],
        )
        .unwrap();
    let kept = store.kept(&me, ALL).unwrap();
    assert_eq!(kept.moments, [moment("a", 10, "second")]);
    assert_eq!((kept.reviewed, kept.positions), (vec![], vec![]));
    assert_eq!(kept.queues, [queue(7, &[("a", false), ("b", true)])]);
}

#[test]
fn a_change_that_fails_takes_the_others_of_its_turn_with_it() {
    let (_folder, path) = place();
    let mut store = Store::create(&path).unwrap();
    let me = account("MA1");
    store
        .connection
        .execute_batch("DROP TABLE positions")
        .unwrap();
    let changes = [
        Change::Moment(moment("a", 10, "x")),
        Change::NoPosition(id("a")),
    ];
    assert!(matches!(
        store.change(&me, &changes),
        Err(Error::Damaged { .. })
    ));
    let left: i64 = store
        .connection
        .query_row("SELECT count(*) FROM moments", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn file_folder_and_journal_are_their_owners_alone() {
    let (folder, path) = place();
    make(&path).unwrap();
    assert_eq!(mode(&path), 0o600, "before anything is in it");
    let mut store = Store::create(&path).unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&folder.path().join("state")), 0o700);
    let transaction = store.connection.transaction().unwrap();
    table::change(
        &transaction,
        &account("MA1"),
        &Change::Moment(moment("a", 1, "secret")),
    )
    .unwrap();
    let names: Vec<_> = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(names.len(), 2, "a journal is there: {names:?}");
    assert!(names.iter().all(|name| mode(name) == 0o600), "{names:?}");
}

#[test]
fn what_others_could_read_is_closed_when_it_is_used() {
    let (_folder, path) = place();
    drop(Store::create(&path).unwrap());
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    drop(Store::open(&path).unwrap());
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn a_note_that_was_taken_away_is_no_longer_in_the_file() {
    let (_folder, path) = place();
    let mut store = Store::create(&path).unwrap();
    let me = account("MA1");
    let holds = |path: &Path| {
        let bytes = fs::read(path).unwrap();
        bytes.windows(12).any(|part| part == b"told in priv")
    };
    store
        .change(&me, &[Change::Moment(moment("a", 1, "told in private"))])
        .unwrap();
    assert!(holds(&path));
    let gone = Change::NoMoment {
        recording: id("a"),
        at: Duration::from_millis(1),
    };
    store.change(&me, &[gone]).unwrap();
    assert!(!holds(&path));
}

#[test]
fn several_at_once_lose_nothing() {
    let (_folder, path) = place();
    drop(Store::create(&path).unwrap());
    let start = Barrier::new(4);
    std::thread::scope(|scope| {
        for one in 0..4u64 {
            let (path, start) = (&path, &start);
            scope.spawn(move || {
                let mut store = Store::open(path).unwrap();
                // However slow the disk.
                let patience = Duration::from_secs(60);
                store.connection.busy_timeout(patience).unwrap();
                start.wait();
                for ms in 0..25 {
                    let moment = moment("a", one * 100 + ms, "");
                    store
                        .change(&account("MA1"), &[Change::Moment(moment)])
                        .unwrap();
                }
            });
        }
    });
    let kept = Store::open(&path).unwrap().kept(&account("MA1"), ALL);
    assert_eq!(kept.unwrap().moments.len(), 100);
}

#[test]
fn several_may_make_it_at_once() {
    let (_folder, path) = place();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| Store::create(&path).unwrap());
        }
    });
    Store::open(&path).unwrap();
}

#[test]
fn one_that_another_holds_is_waited_for_and_then_told() {
    let (_folder, path) = place();
    let mut store = Store::create(&path).unwrap();
    store.connection.busy_timeout(Duration::ZERO).unwrap();
    let mut other = Store::open(&path).unwrap();
    let held = other
        .connection
        .transaction_with_behavior(TransactionBehavior::Exclusive)
        .unwrap();
    let change = [Change::Moment(moment("a", 1, ""))];
    let error = store.change(&account("MA1"), &change).unwrap_err();
    assert!(matches!(error, Error::Busy(_)), "{error}");
    drop(held);
    store.change(&account("MA1"), &change).unwrap();
}

#[test]
fn a_newer_files_form_is_named_and_nothing_is_touched() {
    let (_folder, path) = place();
    let store = Store::create(&path).unwrap();
    store
        .connection
        .pragma_update(None, "user_version", 9)
        .unwrap();
    drop(store);
    let before = fs::read(&path).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("by a newer callreel (form 9, this one knows 1)"),
        "{error}"
    );
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let (folder, path) = place();
    assert!(matches!(Store::open(folder.path()), Err(Error::NotOurs(_))));
    let other = folder.path().join("other.sqlite");
    let connection = Connection::open(&other).unwrap();
    connection
        .execute_batch("CREATE TABLE mail (text TEXT)")
        .unwrap();
    drop(connection);
    assert!(matches!(Store::create(&other), Err(Error::NotOurs(_))));
    // A view in the place of a table could run for ever when it is read.
    let store = Store::create(&path).unwrap();
    store
        .connection
        .execute_batch("DROP TABLE moments; CREATE VIEW moments AS SELECT 1")
        .unwrap();
    drop(store);
    assert!(matches!(Store::open(&path), Err(Error::NotOurs(_))));
}

#[test]
fn bytes_that_were_torn_out_are_told_as_damage() {
    let (_folder, path) = place();
    let mut store = Store::create(&path).unwrap();
    let moments: Vec<_> = (0..2000)
        .map(|ms| {
            Change::Moment(moment(
                "a",
                ms,
                "a note of some length, so that pages fill up",
            ))
        })
        .collect();
    store.change(&account("MA1"), &moments).unwrap();
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    bytes[8192..40_000].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let read = Store::open(&path).and_then(|store| store.kept(&account("MA1"), ALL));
    assert!(matches!(read, Err(Error::Damaged { .. })), "{read:?}");
}

#[test]
fn an_empty_file_is_a_new_one() {
    let (folder, _) = place();
    let path = folder.path().join("review.sqlite");
    fs::write(&path, "").unwrap();
    Store::open(&path).unwrap();
}

#[test]
fn what_a_foreign_hand_wrote_too_long_is_cut_or_passed_over() {
    let (_folder, path) = place();
    let mut store = Store::create(&path).unwrap();
    let me = account("MA1");
    let changes = [
        Change::Moment(moment("a", 1, &"x".repeat(100_000))),
        Change::Moment(moment(&"y".repeat(100_000), 1, "")),
        Change::Moment(moment(&format!("z\0{}", "z".repeat(100_000)), 1, "")),
        Change::Position(Position {
            recording: id("a"),
            at: Duration::MAX,
            left: DateTime::<Utc>::MAX_UTC,
        }),
    ];
    store.change(&me, &changes).unwrap();
    let kept = store.kept(&me, ALL).unwrap();
    assert_eq!(kept.moments.len(), 1);
    assert_eq!(kept.moments[0].note.len(), 4096);
    assert_eq!(kept.positions[0].at, Duration::from_secs(3_600_000));
    assert_eq!(store.kept(&me, 0).unwrap(), Kept::default());
}

#[test]
fn removing_leaves_nothing_and_is_told_when_there_was_nothing() {
    let (_folder, path) = place();
    drop(Store::create(&path).unwrap());
    let journal = path.with_file_name("review.sqlite-journal");
    fs::write(&journal, "").unwrap();
    assert!(remove(&path).unwrap());
    assert!(!path.exists() && !journal.exists());
    assert!(!remove(&path).unwrap());
}
