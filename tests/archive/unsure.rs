//! Deletions whose answer is lost, and runs that are killed.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use callreel::emulator::Options;

use super::account::*;
use super::delete::receipts;

#[test]
fn a_deletion_without_an_answer_is_settled_by_asking() {
    // Every third request is carried out, and its connection reset.
    let account = account(120, "");
    let rows = account.sounding(9);
    let manifest = account.archived(&rows);
    account
        .emulator
        .set_faults(vec!["api:reset/3".parse().unwrap()]);
    let done = account.delete(&["--manifest", &manifest, "--yes", "--expect", "9"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let receipts = receipts(&account.archive().join("deletions.ndjson"));
    assert_eq!(receipts.len(), 9);
    assert!(
        receipts
            .values()
            .all(|receipt| receipt["outcome"] == "deleted")
    );
    assert!(receipts.values().all(|receipt| receipt["check"] == 404));
    let unanswered = receipts
        .values()
        .filter(|receipt| receipt["status"].is_null());
    assert!(unanswered.count() > 0);
    assert!(
        rows.iter()
            .all(|row| account.emulator.file(&id(row)).is_none())
    );
}

#[test]
fn refusals_are_waited_for_and_what_the_server_keeps_is_named() {
    let account = account(120, "");
    let rows = account.sounding(3);
    let manifest = account.archived(&rows);
    account
        .emulator
        .set_faults(vec!["api:429=0/2".parse().unwrap()]);
    let done = account.delete(&["--manifest", &manifest, "--yes", "--expect", "3"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");

    let rows = account.sounding(2);
    let ids = named(&rows);
    account.emulator.set_faults(Vec::new());
    account.archived(&rows);
    account
        .emulator
        .set_faults(vec!["api:403".parse().unwrap()]);
    let done = account.delete(&["--manifest", &manifest, "--yes", "--expect", "2"]);
    assert_eq!(done.status.code(), Some(7), "{done:?}");
    for id in &ids {
        assert!(
            text(&done).contains(&format!("not deleted {id}: not allowed")),
            "{done:?}"
        );
    }
    let receipts = receipts(&account.archive().join("deletions.ndjson"));
    assert_eq!(receipts[&ids[0]]["outcome"], "kept");
    assert_eq!(receipts[&ids[0]]["status"], 403);
}

/// Starts the deletion of everything in the manifest, and ends it by a signal once so many are deleted.
fn ended_by(
    signal: libc::c_int,
    account: &Account,
    manifest: &str,
    after: usize,
) -> std::process::ExitStatus {
    let mut program = account.deleting(&["--manifest", manifest, "--yes", "--expect", "14"]);
    let child = program
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = Running(child);
    let file = account.archive().join("deletions.ndjson");
    let patience = Instant::now() + Duration::from_secs(60);
    while !file.exists() || receipts_so_far(&file) < after {
        assert!(Instant::now() < patience, "no receipts come");
        std::thread::yield_now();
    }
    let pid = libc::pid_t::try_from(child.0.id()).unwrap();
    // SAFETY: kill reads two numbers; the child was not waited for, so that the id is still its own.
    #[allow(unsafe_code)]
    let sent = unsafe { libc::kill(pid, signal) };
    assert_eq!(sent, 0);
    child.0.wait().unwrap()
}

pub fn receipts_so_far(file: &std::path::Path) -> usize {
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .filter(|line| line.contains("\"step\":\"receipt\""))
        .count()
}

fn slow_account() -> Account {
    account_with(Options {
        recordings: 120,
        latency: Duration::from_millis(30),
        ..options("")
    })
}

#[test]
fn killed_and_run_again_the_receipts_are_whole() {
    for signal in [libc::SIGKILL, libc::SIGINT] {
        let account = slow_account();
        let rows = account.sounding(14);
        let manifest = account.archived(&rows);
        let ended = ended_by(signal, &account, &manifest, 4);
        let interrupted = signal == libc::SIGINT;
        assert_eq!(ended.code(), interrupted.then_some(130));
        let left = rows
            .iter()
            .filter(|row| account.emulator.file(&id(row)).is_some())
            .count();
        assert!((1..=10).contains(&left), "{left}");
        // Ended once more, and the same command still goes on: its count is that of the whole.
        let so_far = receipts_so_far(&account.archive().join("deletions.ndjson"));
        ended_by(signal, &account, &manifest, (so_far + 2).min(13));
        let done = account.delete(&["--manifest", &manifest, "--yes", "--expect", "14"]);
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        let receipts = receipts(&account.archive().join("deletions.ndjson"));
        assert_eq!(receipts.len(), 14);
        for row in &rows {
            let receipt = &receipts[&id(row)];
            assert_eq!(receipt["outcome"], "deleted", "{receipt}");
            assert_eq!(receipt["check"], 404, "{receipt}");
            assert!(receipt["sha256"].is_string(), "{receipt}");
        }
        assert!(
            rows.iter()
                .all(|row| account.emulator.file(&id(row)).is_none())
        );
        let other = account.delete(&["--manifest", &manifest, "--yes", "--expect", "14"]);
        assert_eq!(
            other.status.code(),
            Some(0),
            "nothing is left to refuse: {other:?}"
        );
    }
}

#[test]
fn what_may_be_deleted_is_not_called_kept_by_a_later_refusal() {
    let account = account(120, "");
    let rows = account.sounding(1);
    let manifest = account.archived(&rows);
    // DELETE: nobody knows; GET: it is there; DELETE: refused.
    let faults = ["api:503*1", "api:401/3"];
    let faults = faults.iter().map(|fault| fault.parse().unwrap());
    account.emulator.set_faults(faults.collect());
    let confirmed = ["--manifest", &manifest, "--yes", "--expect", "1"];
    let done = account.delete(&confirmed);
    assert_eq!(done.status.code(), Some(2), "{done:?}");
    let file = account.archive().join("deletions.ndjson");
    assert!(receipts(&file).is_empty(), "{:?}", receipts(&file));
    account.emulator.set_faults(Vec::new());
    let done = account.delete(&confirmed);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(receipts(&file)[&id(&rows[0])]["outcome"], "deleted");
}
