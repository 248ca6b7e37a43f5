//! Accounts that cannot be browsed at all: mistyped, refused, unreachable.

use std::net::TcpListener;

use callreel::emulator::Options;

use super::account::{foot_says, open, open_at, shows, start};
use crate::pty::Shown;

/// Waits for the program's end; gives its exit code and what it left on the terminal.
fn fails(id: &str, token: &str) -> (u32, String) {
    let mut program = open_at("http://127.0.0.1:1", id, token, &[]).spawn();
    let code = program.end().exit_code();
    let shown = program.wait("words", |shown| {
        shown.text().trim().ends_with(['.', ')', '"']) || !shown.text().trim().is_empty()
    });
    assert!(shown.is_clean());
    (code, one_line(&shown))
}

/// The terminal wraps long lines; the words are what counts.
fn one_line(shown: &Shown) -> String {
    let (_, width) = shown.screen().size();
    let rows: Vec<String> = shown.screen().rows(0, width.get()).collect();
    rows.concat().trim().to_owned()
}

#[test]
fn a_mistyped_auth_id_is_told_by_its_mistake_and_exits_with_two() {
    for (id, mistake) in [
        ("magwntm3ztk1m2yzmduu", "capital"),
        ("MAGWNTM3ZTK1M2YZMDU", "19"),
        ("MAGWNTM3ZTK1M2YZMDUUX", "21"),
        ("XXGWNTM3ZTK1M2YZMDUU", "MA"),
        ("MAGWNTM3-TK1M2YZMDUU", "-"),
        ("<your auth id>", "placeholder"),
    ] {
        let (code, words) = fails(id, "hunter22hunter22");
        assert_eq!(code, 2, "{id}: {words}");
        assert!(
            words.contains("PLIVO_AUTH_ID") && words.contains(mistake),
            "{id}: {words}"
        );
        // A mistyped id may be a token in the wrong place.
        assert!(!words.contains("hunter22"), "{words}");
    }
}

#[test]
fn a_wrong_token_is_told_and_not_shown() {
    let emulator = start(Options::default());
    let token = "wrongwrongwrongwrongwrongwrong";
    let mut program = open_at(emulator.url(), emulator.auth_id(), token, &[]).spawn();
    foot_says(
        &program,
        &[
            "wrong id or token",
            "PLIVO_AUTH_ID",
            "PLIVO_AUTH_TOKEN",
            "r tries again",
        ],
    );
    // It is asked once more, and refused once more; it is still there, and quits.
    program.keys("r");
    program.wait_until("another request", || {
        let refused = emulator.requests();
        refused
            .iter()
            .filter(|request| request.status == 401)
            .count()
            >= 2
    });
    foot_says(&program, &["wrong id or token", "r tries again"]);
    program.keys("q");
    assert_eq!(program.end().exit_code(), 0);
    let shown = program.shown();
    assert!(!String::from_utf8_lossy(&shown.bytes).contains(token));
}

#[test]
fn a_host_that_cannot_be_reached_is_named_and_found_once_it_is_there() {
    // A port that nobody listens at: taken, and given back.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let known = start(Options::default());
    let (id, token) = (known.auth_id().to_owned(), known.auth_token().to_owned());
    drop(known);
    let url = format!("http://127.0.0.1:{port}");
    let mut program = open_at(&url, &id, &token, &[]).spawn();
    let host = format!("could not reach 127.0.0.1:{port}");
    foot_says(&program, &[&host, "r tries again"]);

    let emulator = start(Options {
        port,
        ..Options::default()
    });
    let rows = emulator.recordings(0, 10);
    program.keys("r");
    shows(&program, &rows[9]);
    foot_says(&program, &["keys"]);

    // It goes away while rows are there.
    drop(emulator);
    program.keys("r");
    foot_says(&program, &["127.0.0.1", "r tries again"]);
    for row in &rows {
        shows(&program, row);
    }
    let emulator = start(Options {
        port,
        ..Options::default()
    });
    program.keys("r");
    foot_says(&program, &["keys"]);
    shows(&program, &emulator.recordings(0, 1)[0]);
}

#[test]
fn a_fault_leaves_the_details_of_what_is_selected_alone() {
    let emulator = start(Options::default());
    let rows = emulator.recordings(0, 3);
    let mut program = open(&emulator, &[]).size(140, 40).spawn();
    shows(&program, &rows[0]);
    // The details are fetched; they say what the list does not.
    program.wait_for("api_id");
    super::account::set(&emulator, "403");
    program.keys("j");
    super::account::on_row(&program, &rows[1]);
    program.wait_for("not allowed");
    // What the list knew of the recording is there all the same.
    program.wait_for(super::account::id(&rows[1]));
    super::account::set(&emulator, "");
    program.keys("r");
    program.wait_for("api_id");
    drop(program.wait("no complaint", |shown| {
        !shown.text().contains("not allowed")
    }));
}
