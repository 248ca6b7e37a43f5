//! Answers that come by callback: late, twice, in another order, not at all.

use std::collections::HashSet;

use callreel::emulator::{Callbacks, Emulator, LogEntry, Options};

use super::account::{Row, foot_says, id, on_row, open, set, shows, start};
use crate::pty::Program;

const FROM: [&str; 4] = ["--from", "2011-01-01", "--rate", "60"];

/// A program that asks by callback.
fn listening(emulator: &Emulator, size: (u16, u16), arguments: &[&str]) -> Program {
    let mut all = vec!["--callback-listen", "127.0.0.1:0"];
    all.extend(arguments);
    open(emulator, &all).size(size.0, size.1).spawn()
}

/// The list and get calls.
fn calls(emulator: &Emulator) -> Vec<LogEntry> {
    let requests = emulator.requests().into_iter();
    requests
        .filter(|request| request.path.starts_with("/v1/"))
        .collect()
}

fn by_callback(request: &LogEntry) -> bool {
    let query = request.query.as_deref().unwrap_or_default();
    query.contains("callback_url=http") && query.contains("callback_method=")
}

/// Through the list: five pages down at once, a filter, the details of a row.
fn browse(emulator: &Emulator, rows: &[Row], size: (u16, u16)) {
    let mut program = listening(emulator, size, &FROM);
    shows(&program, &rows[0]);
    if size.0 > 100 {
        program.wait_for("by callback");
    }
    program.keys(":p2\r");
    on_row(&program, &rows[20]);
    program.keys(":101\r");
    on_row(&program, &rows[100]);
    program.keys("g");
    for _ in 0..100 {
        program.keys("j");
    }
    on_row(&program, &rows[100]);
    program.keys("g");
    on_row(&program, &rows[0]);
    // Only the get call knows what it is called by.
    program.keys("I\tG");
    program.wait_for("\"api_id\"");
    program.keys("i");
    let call = rows[3]["call_uuid"].as_str().unwrap();
    program.keys("f\t\t");
    program.keys(call);
    program.keys("\r");
    program.wait_for("1 recording");
    shows(&program, &rows[3]);
    program.keys("q");
    assert!(program.end().success());
}

#[test]
fn pages_filters_and_details_all_come_by_callback() {
    for size in [(140, 40), (80, 24)] {
        let emulator = start(Options::default());
        let rows = emulator.recordings(0, 200);
        browse(&emulator, &rows, size);
        let calls = calls(&emulator);
        let gets = calls
            .iter()
            .filter(|call| rows.iter().any(|row| call.path.contains(id(row))));
        assert!(gets.count() > 0);
        let synchronous: Vec<_> = calls.iter().filter(|call| !by_callback(call)).collect();
        assert!(synchronous.is_empty(), "{synchronous:#?}");
    }
}

#[test]
fn deliveries_in_any_order_and_twice_leave_the_list_right() {
    let emulator = start(Options {
        faults: ["callback-reorder", "callback-duplicate"]
            .map(|fault| fault.parse().unwrap())
            .into(),
        ..Options::default()
    });
    let rows = emulator.recordings(0, 200);
    browse(&emulator, &rows, (140, 40));
    let delivered = emulator.deliveries();
    let ids: HashSet<_> = delivered.iter().map(|one| &one.api_id).collect();
    assert!(delivered.len() > ids.len(), "nothing came twice");
}

#[test]
fn a_lost_answer_is_a_line_and_r_recovers() {
    let emulator = start(Options::default());
    let rows = emulator.recordings(0, 90);
    let mut program = listening(&emulator, (80, 24), &["--callback-timeout", "5"]);
    shows(&program, &rows[0]);
    program.wait_for_rest();
    set(&emulator, "callback-lost*1");
    program.keys("r");
    foot_says(
        &program,
        &[
            "no answer by callback within 5 s",
            "r sends again",
            "Ctrl-r without callbacks",
        ],
    );
    // The rows stay, and the app stays usable.
    shows(&program, &rows[0]);
    program.keys("j");
    on_row(&program, &rows[1]);
    program.keys("r");
    foot_says(&program, &["? keys"]);
    on_row(&program, &rows[1]);
    program.keys(":deliveries\r");
    program.wait_for("timed out after 5.");
    program.wait_for("· signed");
    program.keys("q");
    drop(program.wait("the list again", |shown| {
        !shown.text().contains("timed out")
    }));
    assert!(calls(&emulator).iter().all(by_callback));
}

#[test]
fn what_is_never_delivered_can_be_had_at_once() {
    let emulator = start(Options::default());
    set(&emulator, "callback-lost");
    let rows = emulator.recordings(0, 90);
    let mut program = listening(&emulator, (140, 40), &[]);
    program.wait_for("waiting for its callback");
    program.keys("\x12");
    shows(&program, &rows[0]);
    program.wait_for("callbacks off");
    program.keys("G");
    program.wait_for("page 5 of 5");
    set(&emulator, "");
    program.keys("\x12");
    program.wait_for("by callback");
}

#[test]
fn wrong_signatures_are_refused_and_said() {
    let emulator = start(Options::default());
    set(&emulator, "callback-wrong-signature");
    let rows = emulator.recordings(0, 90);
    let mut program = listening(&emulator, (80, 24), &["--callback-timeout", "5"]);
    foot_says(&program, &["with a wrong signature was refused"]);
    set(&emulator, "");
    program.wait_for("no answer by callback");
    program.keys("r");
    shows(&program, &rows[0]);
}

#[test]
fn slow_deliveries_say_that_they_are_waited_for() {
    let emulator = start(Options {
        callbacks: Callbacks {
            delay: std::time::Duration::from_secs(1),
            ..Callbacks::default()
        },
        ..Options::default()
    });
    let rows = emulator.recordings(0, 90);
    let program = listening(&emulator, (80, 24), &[]);
    program.wait_for("page accepted as ");
    shows(&program, &rows[0]);
}

#[test]
fn the_demo_can_be_asked_by_callback() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("requests.ndjson");
    let mut program = crate::pty::Start::callreel(&[
        "--demo",
        "--async",
        "--sink",
        "null",
        "--demo-log",
        log.to_str().unwrap(),
    ])
    .size(140, 40)
    .spawn();
    program.wait_for("by callback");
    program.wait_for("recordings");
    program.keys("G");
    drop(
        program.wait("the last row, with what the API says of it", |shown| {
            let text = shown.text();
            // A row that is still on its way has a dot in place of its date.
            let came = text
                .lines()
                .filter_map(|line| line.split_once("│ >"))
                .any(|(_, row)| row.chars().take(12).any(|c| c.is_ascii_digit()));
            came && text.lines().any(|line| {
                let place = line.split(" of ").collect::<Vec<_>>();
                matches!(place.as_slice(), [before, after, ..]
                if before.split(' ').next_back() == after.split(' ').next()
                    && before.ends_with(|c: char| c.is_ascii_digit()))
            })
        }),
    );
    program.keys("q");
    assert!(program.end().success());
    let lines = std::fs::read_to_string(&log).unwrap();
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    // A delivery has its attempts counted, a request for a file is none of the API's calls.
    let (mut calls, mut deliveries) = (0, 0);
    for line in lines {
        if line.get("attempt").is_some() {
            deliveries += 1;
        } else if line["path"].as_str().unwrap().starts_with("/v1/") {
            calls += 1;
            assert!(line["callback_url"].is_string(), "{line}");
        }
    }
    assert!(calls > 1 && deliveries > 1, "{calls} and {deliveries}");
}
