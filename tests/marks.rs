//! The real program, and the file in which it keeps marks: made when that was allowed, read at the next start, handed out, removed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "faults/account.rs"]
#[allow(dead_code, reason = "this file needs a part of it")]
mod account;
#[path = "support/pty.rs"]
mod pty;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use callreel::emulator::{Emulator, Options};
use serde_json::Value;

use account::{Row, foot_says, line_of, open, shows, start};
use pty::{Program, Start};

/// An account, and a state folder in which nothing is yet.
struct Place {
    emulator: Emulator,
    rows: Vec<Row>,
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let emulator = start(Options::default());
        let rows = emulator.recordings(0, 20);
        Self {
            emulator,
            rows,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn file(&self) -> PathBuf {
        self.state().join("callreel").join("review.sqlite")
    }

    fn here(&self, start: Start) -> Start {
        start.env("XDG_STATE_HOME", self.state().to_str().unwrap())
    }

    /// callreel on the account, its first page shown.
    fn browse(&self) -> Program {
        let program = self.here(open(&self.emulator, &[])).spawn();
        shows(&program, &self.rows[0]);
        program
    }

    /// `callreel marks …`.
    fn marks(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_callreel"))
            .arg("marks")
            .args(arguments)
            .env("XDG_STATE_HOME", self.state())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What is kept, as it is exported.
    fn exported(&self) -> Vec<Value> {
        let out = self.marks(&["export"]);
        assert!(out.status.success(), "{out:?}");
        let text = String::from_utf8(out.stdout).unwrap();
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn quit(mut program: Program) {
    program.keys("\x03");
    assert_eq!(program.end().exit_code(), 0, "{}", program.shown().text());
}

/// Waits for the sign of a reviewed recording in this row.
fn reviewed(program: &Program, row: &Row) {
    drop(program.wait("the sign of a reviewed row", |shown| {
        line_of(shown, row).is_some_and(|line| line.starts_with("│") && line.contains(" v 20"))
    }));
}

fn of_kind<'a>(exported: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let of_kind = exported.iter().filter(|one| one["kind"] == kind);
    of_kind.collect()
}

#[test]
fn nothing_is_on_the_disk_before_the_yes_and_everything_is_there_at_the_next_start() {
    let place = Place::new();
    // Playing and leaving is no reason to write, and a "no" is one not to.
    let mut program = place.browse();
    program.keys("\r");
    program.keys("v");
    program.wait_for("Keep them?");
    program.wait_for("only you can read it");
    program.keys("n");
    foot_says(&program, &["nothing is written"]);
    reviewed(&program, &place.rows[0]);
    quit(program);
    assert!(!place.state().exists(), "a no leaves nothing");

    let mut program = place.browse();
    program.keys("v");
    program.wait_for("Keep them?");
    assert!(!place.state().exists(), "the question leaves nothing");
    program.keys("y");
    program.wait_until("the file", || place.file().exists());
    program.keys("B");
    program.wait_for("note 0:");
    program.keys("asks for a manager\r");
    foot_says(&program, &["kept"]);
    quit(program);
    assert_eq!(mode(&place.file()), 0o600);
    assert_eq!(mode(place.file().parent().unwrap()), 0o700);
    let beside = fs::read_dir(place.file().parent().unwrap()).unwrap();
    assert_eq!(beside.count(), 1, "no journal is left");

    let mut program = place.browse();
    reviewed(&program, &place.rows[0]);
    program.keys("j'");
    program.wait_for("asks for a manager");
    quit(program);

    let exported = place.exported();
    let account = place.emulator.auth_id();
    let done = of_kind(&exported, "reviewed");
    assert_eq!(done.len(), 1);
    assert_eq!(done[0]["recording"], place.rows[0]["recording_id"]);
    assert!(done[0]["account"].as_str().unwrap().starts_with(account));
    let moments = of_kind(&exported, "moment");
    assert_eq!(moments[0]["note"], "asks for a manager");
    assert_eq!(moments[0]["recording"], place.rows[1]["recording_id"]);
}

#[test]
fn two_programs_on_one_file_lose_nothing_of_each_other() {
    let place = Place::new();
    let mut first = place.browse();
    first.keys("v");
    first.wait_for("Keep them?");
    first.keys("y");
    // The file is there before the mark is in it.
    first.wait_until("the mark in the file", || {
        let out = place.marks(&["export"]);
        String::from_utf8_lossy(&out.stdout).contains("reviewed")
    });
    let mut second = place.browse();
    reviewed(&second, &place.rows[0]);
    for _ in 0..3 {
        first.keys("v");
        second.keys("jjjjv");
    }
    quit(first);
    quit(second);
    let exported = place.exported();
    // The first one's four from the top; the second's fifth, and the two after what then played.
    assert_eq!(of_kind(&exported, "reviewed").len(), 7);
}

#[test]
fn a_file_that_is_none_is_told_and_playing_goes_on() {
    let place = Place::new();
    fs::create_dir_all(place.file().parent().unwrap()).unwrap();
    fs::write(place.file(), "this was never a database, whatever its name").unwrap();
    let mut program = place.here(open(&place.emulator, &[])).spawn();
    foot_says(
        &program,
        &[
            "!",
            "marks are for this run only: the file of marks is not one",
        ],
    );
    shows(&program, &place.rows[0]);
    program.keys("v");
    reviewed(&program, &place.rows[0]);
    program.wait_for("♪");
    quit(program);
    let text = fs::read_to_string(place.file()).unwrap();
    assert!(text.starts_with("this was never"), "it is left alone");
    let out = place.marks(&["export"]);
    assert_eq!(out.status.code(), Some(1));
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(said.contains("not one that callreel made: move "), "{said}");
}

#[test]
fn the_demo_asks_nothing_and_leaves_nothing() {
    let place = Place::new();
    let demo = Start::callreel(&["--demo", "--sink", "null"]);
    let mut program = place.here(demo).spawn();
    program.wait_for("recordings");
    drop(program.wait("rows", |shown| shown.text().contains("│ >")));
    program.keys("v");
    drop(program.wait("a reviewed row", |shown| shown.text().contains("│    v 20")));
    program.keys("b");
    foot_says(&program, &["moment", "kept"]);
    quit(program);
    assert!(!place.state().exists());
}

#[test]
fn the_file_is_removed_only_by_a_yes() {
    let place = Place::new();
    let nothing = place.marks(&["forget"]);
    assert!(nothing.status.success());
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("is not there"));
    let missing = place.marks(&["export"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(!place.state().exists(), "looking makes nothing");

    let mut program = place.browse();
    program.keys("v");
    program.wait_for("Keep them?");
    program.keys("y");
    program.wait_until("the file", || place.file().exists());
    quit(program);
    let unasked = place.marks(&["forget"]);
    assert_eq!(unasked.status.code(), Some(1));
    let said = String::from_utf8_lossy(&unasked.stderr).into_owned();
    assert!(said.contains("nobody can be asked here: --yes"), "{said}");
    assert!(place.file().exists());

    let mut asked = place.here(Start::callreel(&["marks", "forget"])).spawn();
    asked.wait_for("1 reviewed, 0 moments");
    asked.keys("n\r");
    asked.wait_for("Nothing was removed.");
    assert!(place.file().exists());
    let done = place.marks(&["forget", "--yes"]);
    assert!(done.status.success(), "{done:?}");
    assert!(!place.file().exists());
    let path = place.marks(&["path"]).stdout;
    assert_eq!(
        String::from_utf8(path).unwrap().trim(),
        place.file().to_str().unwrap()
    );
}
