//! On a terminal: a table for people, and a line that tells how far it is.

use std::time::Duration;

use callreel::emulator::Options;

use super::pty::Start;
use super::ran::start_with;

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
