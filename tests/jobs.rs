//! The real program on an account: rows are marked, downloaded, deleted and exported, and the account's log says what was asked.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "faults/account.rs"]
#[allow(dead_code, reason = "this file needs a part of it")]
mod account;
#[path = "support/pty.rs"]
mod pty;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use callreel::emulator::{Emulator, Options};
use serde_json::Value;

use account::{Row, id, line_of, open, set, shows, start};
use pty::Program;

struct Place {
    emulator: Emulator,
    rows: Vec<Row>,
    folder: tempfile::TempDir,
}

impl Place {
    fn new(options: Options) -> Self {
        let emulator = start(options);
        let rows = emulator.recordings(0, 20);
        Self {
            emulator,
            rows,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn browse(&self) -> Program {
        let state = self.file("state");
        let program = open(&self.emulator, &[])
            .env("XDG_STATE_HOME", state.to_str().unwrap())
            .env("USER", "reviewer")
            .spawn();
        shows(&program, &self.rows[0]);
        program
    }

    fn receipts(&self) -> Vec<Value> {
        lines(&self.file("state/callreel/deletions.ndjson"))
    }

    /// Paths of requests by this method, with their status.
    fn asked(&self, method: &str) -> Vec<(String, u16)> {
        let requests = self.emulator.requests().into_iter();
        let of_method = requests.filter(|entry| entry.method == method);
        of_method.map(|entry| (entry.path, entry.status)).collect()
    }
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The sentence that the open question wants, and the number in it.
fn sentence(program: &Program) -> (usize, String) {
    // The last thing of the box that is drawn.
    let shown = program.wait("the question", |shown| {
        shown.text().contains("Esc leaves all as it was") && shown.text().contains("No undo exists")
    });
    let text = shown.text();
    let words: Vec<_> = text.split_whitespace().collect();
    let at = words
        .windows(2)
        .position(|two| two == ["from", two[1]] && two[1].starts_with("MA"));
    let at = at.unwrap();
    let count: usize = words[at - 1].parse().unwrap();
    (count, format!("delete {count} from {}", words[at + 1]))
}

/// Puts away the pane of a job that has ended.
fn put_away(program: &mut Program) {
    program.keys("\x1b");
    drop(program.wait("no pane", |shown| !shown.text().contains("Esc closes")));
}

/// Types a place in the line that asks for one.
fn place(program: &mut Program, path: &Path) {
    program.keys("\x15");
    program.keys(&format!("{}\r", path.display()));
}

#[test]
fn three_rows_are_downloaded_one_is_deleted_and_the_view_is_exported() {
    let here = Place::new(Options::default());
    let mut program = here.browse();
    program.keys("xxx");
    program.wait_for("3 marked");
    program.keys("d");
    program.wait_for("download 3 to ~/calls");
    place(&mut program, &here.file("calls"));
    program.wait_for("3 in the archive");
    let manifest = lines(&here.file("calls/manifest.ndjson"));
    let mut archived: Vec<_> = manifest
        .iter()
        .filter_map(|line| line["id"].as_str())
        .collect();
    let mut wanted: Vec<_> = here.rows[..3].iter().map(id).collect();
    archived.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(archived, wanted);
    assert_eq!(mode(&here.file("calls/manifest.ndjson")), 0o600);

    // One of them, by the cursor: nothing is marked any more.
    put_away(&mut program);
    program.keys("AAgj#");
    let (planned, typed) = sentence(&program);
    assert_eq!((planned, here.asked("DELETE")), (1, vec![]));
    program.keys(&typed);
    program.keys("\r");
    program.wait_for("1 deleted");
    drop(program.wait("the list without it", |shown| {
        line_of(shown, &here.rows[1]).is_none() && line_of(shown, &here.rows[2]).is_some()
    }));
    let path = here.rows[1]["resource_uri"].as_str().unwrap();
    assert_eq!(here.asked("DELETE"), [(path.to_owned(), 204)]);
    let receipts = here.receipts();
    let steps: Vec<_> = receipts
        .iter()
        .map(|line| line["step"].as_str().unwrap())
        .collect();
    assert_eq!(steps, ["run", "begin", "receipt", "end"]);
    assert_eq!(receipts[2]["id"], here.rows[1]["recording_id"]);
    assert_eq!(receipts[2]["check"], 404);
    assert_eq!(receipts[2]["operator"], "reviewer");

    // All that the filter lists, which is one less.
    program.keys("E");
    program.wait_for("export 91 to recordings-");
    let file = here.file("view.ndjson");
    place(&mut program, &file);
    program.wait_for("91 recordings · /");
    assert_eq!(mode(&file), 0o600);
    let exported = lines(&file);
    let ids: Vec<_> = exported
        .iter()
        .filter_map(|row| row["recording_id"].as_str())
        .collect();
    assert_eq!(ids[0], id(&here.rows[0]));
    assert_eq!(ids[1], id(&here.rows[2]));
    assert!(!ids.contains(&id(&here.rows[1])));
    assert!(
        exported
            .iter()
            .all(|row| row["callreel"]["added"].is_string())
    );

    // It is not written over unasked.
    put_away(&mut program);
    program.keys("E");
    place(&mut program, &file);
    program.wait_for("it is there");
    program.keys("\x03");
    assert_eq!(program.end().exit_code(), 0, "{}", program.shown().text());
}

#[test]
fn what_is_listed_by_the_filter_is_deleted_but_for_what_was_taken_out() {
    let here = Place::new(Options {
        recordings: 40,
        ..Options::default()
    });
    let before = here.emulator.count();
    let mut program = here.browse();
    // The two newest stay.
    program.keys("Axx#");
    let (planned, typed) = sentence(&program);
    program.keys(&typed);
    program.keys("\r");
    program.wait_for(&format!("{planned} deleted"));
    assert_eq!(here.emulator.count(), before - planned as u64);
    let deleted = here.asked("DELETE");
    assert_eq!(deleted.len(), planned);
    for row in &here.rows[..2] {
        let path = row["resource_uri"].as_str().unwrap();
        assert!(deleted.iter().all(|(deleted, _)| deleted != path));
    }
    drop(program.wait("the two that are left", |shown| {
        line_of(shown, &here.rows[0]).is_some() && shown.text().contains("2 recordings")
    }));
    program.keys("\x03");
    assert_eq!(program.end().exit_code(), 0, "{}", program.shown().text());
}

#[test]
fn a_deletion_whose_answer_is_lost_is_settled_by_looking() {
    let here = Place::new(Options::default());
    let mut program = here.browse();
    program.keys("#");
    let (_, typed) = sentence(&program);
    set(&here.emulator, "api:reset*1");
    program.keys(&typed);
    program.keys("\r");
    program.wait_for("1 deleted");
    let receipts = here.receipts();
    assert_eq!(receipts[2]["check"], 404);
    assert_eq!(receipts[2]["outcome"], "deleted");
    program.keys("\x03");
    assert_eq!(program.end().exit_code(), 0);
}

#[test]
fn a_deletion_that_is_stopped_as_soon_as_it_is_confirmed_ends_and_another_job_can_begin() {
    let here = Place::new(Options::default());
    let mut program = here.browse();
    program.keys("#");
    let (_, typed) = sentence(&program);
    program.keys(&typed);
    // Both keys arrive at once.
    program.keys("\r\x18");
    program.wait_for("stopped · 0 deleted");
    assert_eq!(here.asked("DELETE"), []);
    program.keys("d");
    program.wait_for("download 1 to");
    program.keys("\x1b");
    place_in_another_home(&mut program);
    program.keys("\x03\x03");
    assert_eq!(program.end().exit_code(), 0, "{}", program.shown().text());
}

/// Another user's home is not looked up, and no folder of that name is made.
fn place_in_another_home(program: &mut Program) {
    drop(program.wait("no line", |shown| !shown.text().contains("download 1 to")));
    program.keys("d");
    program.wait_for("download 1 to");
    place(program, Path::new("~nobody/calls"));
    program.wait_for("would be in another user's home");
}

#[test]
fn quitting_while_a_deletion_runs_asks_and_leaves_whole_receipts() {
    for by_signal in [false, true] {
        let here = Place::new(Options {
            latency: Duration::from_millis(60),
            ..Options::default()
        });
        let mut program = here.browse();
        program.keys("A#");
        let (planned, typed) = sentence(&program);
        program.keys(&typed);
        program.keys("\r");
        program.wait_for("Deleting for good");
        program.wait_until("a first deletion", || here.asked("DELETE").len() > 2);
        if by_signal {
            program.signal(libc::SIGTERM);
            assert_eq!(program.end().exit_code(), 143);
        } else {
            program.keys("q");
            program.wait_for("1 deletion runs.");
            program.keys("q");
            assert_eq!(program.end().exit_code(), 0, "{}", program.shown().text());
        }
        let receipts = here.receipts();
        let of = |step: &str| receipts.iter().filter(|line| line["step"] == step).count();
        assert_eq!(of("begin"), of("receipt"), "none is left open");
        assert_eq!(of("receipt"), here.asked("DELETE").len());
        assert!(of("receipt") < planned, "it stopped before its end");
        assert_eq!(of("end"), 0);
    }
}

#[test]
fn a_download_that_is_stopped_goes_on_where_it_was() {
    let here = Place::new(Options {
        bandwidth: Some(60_000),
        ..Options::default()
    });
    let mut program = here.browse();
    program.keys("xd");
    program.wait_for("download 1 to");
    place(&mut program, &here.file("calls"));
    program.wait_for("KB/s");
    program.keys("\x18");
    program.wait_for("stopped · 0 in the archive");
    let parts = |folder: &Path| {
        let mut parts = 0;
        let mut left = vec![folder.to_owned()];
        while let Some(folder) = left.pop() {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                match path.is_dir() {
                    true => left.push(path),
                    false => parts += usize::from(path.extension().is_some_and(|e| e == "part")),
                }
            }
        }
        parts
    };
    assert_eq!(parts(&here.file("calls")), 1);
    program.keys("d");
    program.wait_for("download 1 to");
    program.keys("\r");
    program.wait_for("1 in the archive");
    assert_eq!(parts(&here.file("calls")), 0);
    let media = here.rows[0]["recording_url"].as_str().unwrap();
    let path = url::Url::parse(media).unwrap().path().to_owned();
    let requests = here.emulator.requests();
    let ranges: Vec<_> = requests.iter().filter(|entry| entry.path == path).collect();
    assert!(ranges.len() >= 2);
    let last = ranges.last().unwrap().range.clone().unwrap();
    assert_ne!(last, "bytes=0-", "only the rest is asked for");
    program.keys("\x03");
    assert_eq!(program.end().exit_code(), 0);
}

#[test]
fn the_demo_account_can_be_deleted_from_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let mut program = pty::Start::callreel(&["--demo", "--sink", "null"])
        .env("XDG_STATE_HOME", state.to_str().unwrap())
        .env("TMPDIR", folder.path().to_str().unwrap())
        .spawn();
    program.wait_for("page 1 of");
    program.keys("x#");
    program.wait_for("none are kept of the demo account");
    let text = program.shown().text();
    let sentence = text.lines().find_map(|line| {
        let (_, after) = line.split_once("delete 1 from ")?;
        Some(format!(
            "delete 1 from {}",
            after.split_whitespace().next()?
        ))
    });
    program.keys(&sentence.unwrap());
    program.keys("\r");
    program.wait_for("1 deleted");
    program.keys("q");
    assert_eq!(program.end().exit_code(), 0);
    assert!(!state.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
