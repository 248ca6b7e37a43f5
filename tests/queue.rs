//! The real program, and a random queue that goes on at its next start.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "faults/account.rs"]
#[allow(dead_code, reason = "this file needs a part of it")]
mod account;
#[path = "support/pty.rs"]
mod pty;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use callreel::emulator::{Emulator, Options, Paging};
use serde_json::Value;

use account::{foot_says, lines, open, selected, start};
use pty::{Program, Shown};

/// An account, and a state folder in which nothing is yet.
struct Place {
    emulator: Emulator,
    folder: tempfile::TempDir,
}

impl Place {
    fn new(paging: Paging) -> Self {
        let emulator = start(Options {
            paging: Some(paging),
            recordings: 300,
            ..Options::default()
        });
        Self {
            emulator,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Both numbers and the length of the recordings with these times: what every account of one seed has in common, whenever
    /// it began.
    fn calls(&self, stamps: &[String]) -> Vec<[Value; 3]> {
        let all = self.emulator.recordings(0, 300);
        let call = |stamp: &String| {
            let row = all
                .iter()
                .find(|row| account::stamp(row) == *stamp)
                .unwrap();
            ["from_number", "to_number", "recording_duration_ms"].map(|key| row[key].clone())
        };
        stamps.iter().map(call).collect()
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// callreel with a queue of five, drawn or gone on with.
    fn review(&self, seed: &str) -> Program {
        // More days than the account has recordings from, and few enough windows to be asked for soon.
        let arguments = ["--from=-400d", "--sample", "5", "--seed", seed];
        let start =
            open(&self.emulator, &arguments).env("XDG_STATE_HOME", self.state().to_str().unwrap());
        let program = start.size(140, 40).spawn();
        program.wait_for(&format!("Random queue · seed {seed}"));
        program
    }
}

fn header(shown: &Shown) -> String {
    lines(shown).first().cloned().unwrap_or_default()
}

fn header_says(program: &Program, words: &str) {
    drop(program.wait(&format!("in the header: {words}"), |shown| {
        header(shown).contains(words)
    }));
}

/// The times of the queue's rows, once they are all there.
fn rows(program: &Program) -> Vec<String> {
    let stamps = |shown: &Shown| -> Vec<String> {
        let rows = lines(shown).into_iter().skip(3).take(5);
        // The table's own first cells: the details beside it have times too.
        let stamp = |line: String| {
            let line: String = line.chars().take(30).collect();
            Some(line.get(line.find("20")?..)?.get(..19)?.to_owned())
        };
        rows.filter_map(stamp).collect()
    };
    let shown = program.wait("five rows", |shown| stamps(shown).len() == 5);
    stamps(&shown)
}

fn quit(mut program: Program) {
    program.keys("\x03");
    assert_eq!(program.end().exit_code(), 0, "{}", program.shown().text());
}

fn callreel(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_callreel"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn a_queue_and_what_was_chosen_go_on_at_the_next_start() {
    let place = Place::new(Paging::Hybrid);
    let mut program = place.review("7");
    program.wait_for("Keep them?");
    program.keys("y");
    header_says(&program, "0 of 5 · ");
    let drawn = rows(&program);
    // Done with two of them, a little faster.
    program.keys("]]");
    program.keys("v");
    header_says(&program, "1 of 5 · ");
    program.keys("v");
    header_says(&program, "2 of 5 · ");
    header_says(&program, "left at 1.2×");
    quit(program);

    let mut program = place.review("7");
    foot_says(&program, &["going on with the queue of", "2 of 5 are done"]);
    header_says(&program, "2 of 5 · ");
    header_says(&program, "left at 1.2×");
    assert_eq!(rows(&program), drawn);
    drop(program.wait("the cursor on the third", |shown| {
        selected(shown).contains(&drawn[2])
    }));
    program.keys(":queue\r");
    program.wait_for("╭ Recordings");
    quit(program);

    // Another seed is another queue, and nobody is asked twice.
    let program = place.review("8");
    header_says(&program, "0 of 5 · ");
    assert_ne!(rows(&program), drawn);
    assert!(!program.shown().text().contains("Keep them?"));
    quit(program);
}

#[test]
fn after_a_no_the_same_seed_draws_the_same_queue_and_nothing_is_written() {
    let drawn: Vec<_> = [Paging::Offset, Paging::Cursor]
        .into_iter()
        .map(|paging| {
            let place = Place::new(paging);
            let mut program = place.review("7");
            program.wait_for("Keep them?");
            program.keys("n");
            foot_says(&program, &["nothing is written"]);
            let rows = rows(&program);
            quit(program);
            let mut program = place.review("7");
            program.wait_for("Keep them?");
            program.keys("n");
            header_says(&program, "0 of 5 · ");
            assert_eq!(self::rows(&program), rows);
            quit(program);
            assert!(!place.state().exists());
            place.calls(&rows)
        })
        .collect();
    assert_eq!(drawn[0], drawn[1]);
}

#[test]
fn what_cannot_be_drawn_is_refused_in_words() {
    for (arguments, says) in [
        (&["--demo", "--sample", "0"][..], "1..=1000"),
        (&["--demo", "--sample", "1001"], "1..=1000"),
        (&["--demo", "--sample", "some"], "--sample <N>"),
        (&["--demo", "--seed", "7"], "--sample <N>"),
        (
            &["--demo", "--sample", "5", "--seed", "seven"],
            "--seed <NUMBER>",
        ),
    ] {
        let out = callreel(arguments);
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(1), "{said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
}
