//! callreel in a terminal, driven by its keys.

use std::time::{Duration, Instant};

use crate::pty::{Program, Shown, Start};

/// Shown once the first rows are there.
pub fn has_rows(shown: &Shown) -> bool {
    shown.text().contains(" recordings")
}

/// Callreel with the sound server that `environment` names.
pub fn heard_by(callreel: Start, environment: &[(&'static str, String)]) -> Start {
    environment
        .iter()
        .fold(callreel, |callreel, (name, value)| {
            callreel.env(name, value)
        })
}

/// The demo account inside the program, with these arguments more.
pub fn demo(arguments: &[&str]) -> Start {
    let mut all = vec!["--demo", "--no-mouse"];
    all.extend(arguments);
    Start::callreel(&all)
}

/// Waits for the rows, moves the cursor `down` by hand, and lets everything come to rest.
pub fn settle(program: &mut Program, down: usize) {
    drop(program.wait("rows", has_rows));
    program.wait_for_rest();
    for _ in 0..down {
        press(program, "j");
    }
    program.wait_for_rest();
}

/// Presses a key that moves the cursor; the time until the terminal has been sent the cursor in another row.
pub fn press(program: &mut Program, key: &str) -> Duration {
    let before = program.shown().screen().cursor_position().0;
    let pressed = Instant::now();
    program.keys(key);
    let shown = program.wait("the cursor in another row", |shown| {
        shown.screen().cursor_position().0 != before
    });
    arrived(&shown).duration_since(pressed)
}

/// When what is shown came.
pub fn arrived(shown: &Shown) -> Instant {
    shown
        .arrivals
        .last()
        .map_or_else(Instant::now, |(at, _)| *at)
}
