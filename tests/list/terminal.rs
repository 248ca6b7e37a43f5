//! On a terminal: a table for people, and a line that tells how far it is.

use std::time::Duration;

use callreel::emulator::Options;

use super::pty::Start;
use super::ran::{start, start_with};

#[test]
fn a_terminal_gets_a_table_and_a_line_of_progress_that_goes_again() {
    let options = Options {
        recordings: 300,
        latency: Duration::from_millis(860),
        ..Options::default()
    };
    let emulator = start_with("", options);
    let mut program = Start::callreel(&["list"])
        .env("CALLREEL_API_URL", emulator.url())
        .env("PLIVO_AUTH_ID", emulator.auth_id())
        .env("PLIVO_AUTH_TOKEN", emulator.auth_token())
        .size(140, 60)
        .spawn();
    program.wait_for("UTC · all calls");
    program.wait_for("page 1 of ~2 · ");
    assert!(program.end().success());
    program.wait_for_rest();
    let shown = program.shown();
    let text = shown.text();
    assert!(!text.contains("page 1"), "{text}");
    let ids = emulator.recordings(0, 20);
    let ids = ids.iter().map(|row| row["recording_id"].as_str().unwrap());
    assert!(ids.into_iter().all(|id| text.contains(id)), "{text}");
    assert!(text.contains("Added (UTC)"), "{text}");
    assert!(shown.is_clean());
}

/// They are as whoever called made them, and a terminal would obey.
#[test]
fn raw_cells_do_not_go_to_a_terminal() {
    let emulator = start("");
    let row = &emulator.recordings(0, 1)[0];
    let id = row["recording_id"].as_str().unwrap();
    for arguments in [["list", "--limit=1"], ["get", id]] {
        let all = [&arguments[..], &["--output", "csv", "--csv-raw"]].concat();
        let mut program = Start::callreel(&all)
            .env("CALLREEL_API_URL", emulator.url())
            .env("PLIVO_AUTH_ID", emulator.auth_id())
            .env("PLIVO_AUTH_TOKEN", emulator.auth_token())
            .size(200, 24)
            .spawn();
        assert_eq!(program.end().exit_code(), 1);
        program.wait_for("pipe it or write it to a file, or leave out --csv-raw");
        assert!(!program.shown().text().contains(id), "{arguments:?}");
    }
}
