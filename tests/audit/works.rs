//! Downloads and deletions that are logged, and those that are not made because they cannot be.

use std::fs;
use std::time::{Duration, Instant};

use callreel::emulator::Options;

use super::account::*;
use super::place::*;

#[test]
fn a_download_is_logged_with_what_proves_it() {
    let account = account(120, "");
    let rows = account.sounding(3);
    let done = account.logged_download(&rows, "calls").output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let logged = account.logged();
    assert_eq!(logged.len(), 3);
    let manifest = manifest(&account.file("calls"));
    for line in of(&logged, "downloaded") {
        let entry = &manifest[line["recording"].as_str().unwrap()];
        assert_eq!(entry["audit_head"], line["hash"]);
        let audio = &entry["audio"];
        for proof in ["sha256", "bytes", "path"] {
            assert_eq!(line[proof], audio[proof]);
        }
        assert_eq!(line["operator"], "night-job");
        assert_eq!(line["account"], account.emulator.auth_id());
    }
    let text = fs::read_to_string(account.log()).unwrap();
    assert!(!text.contains(account.emulator.auth_token()));
    // What is there already is not downloaded again, and so is not logged again.
    let again = account.logged_download(&rows, "calls").output().unwrap();
    assert!(again.status.success(), "{again:?}");
    assert_eq!(account.logged().len(), 3);
}

#[test]
fn a_deletion_is_logged_before_and_after_and_its_receipts_hold_the_head() {
    let account = account(120, "");
    let rows = account.sounding(2);
    let done = account.logged_delete(&rows);
    assert!(done.status.success(), "{done:?}");
    let logged = account.logged();
    let actions: Vec<_> = logged.iter().map(|line| &line["action"]).collect();
    assert_eq!(actions, ["deleting", "deleted", "deleting", "deleted"]);
    let receipts = account.file(".local/state/callreel/deletions.ndjson");
    let receipts = lines(&fs::read_to_string(receipts).unwrap());
    // Each receipt names the line that stands for it: no one can write the log anew without contradicting them.
    let receipts: Vec<_> = receipts
        .iter()
        .filter(|line| line["step"] == "receipt")
        .collect();
    let deleted = of(&logged, "deleted");
    assert_eq!(receipts.len(), 2);
    for (receipt, line) in receipts.iter().zip(deleted) {
        assert_eq!(receipt["audit_head"], line["hash"]);
        assert_eq!(
            (&receipt["id"], &receipt["run"]),
            (&line["recording"], &line["run"])
        );
        assert_eq!(
            (&line["status"], &line["check"]),
            (&204.into(), &404.into())
        );
        assert_eq!(line["operator"], "Ana");
        let head = receipt["audit_head"].as_str().unwrap();
        let verified = account.verify_log(&["--head", head]);
        assert!(verified.status.success(), "{verified:?}");
    }
}

#[test]
fn without_a_log_receipts_name_none() {
    let account = account(120, "");
    let rows = account.sounding(1);
    let one = id(&rows[0]);
    let done = account.command("delete", &[&one, "--yes", "--expect", "1"]);
    let done = { done }.output().unwrap();
    assert!(done.status.success(), "{done:?}");
    let receipts = account.file(".local/state/callreel/deletions.ndjson");
    assert!(!fs::read_to_string(receipts).unwrap().contains("audit"));
}

#[test]
fn where_it_cannot_be_logged_nothing_is_downloaded_or_deleted() {
    let account = account(120, "");
    let rows = account.sounding(2);
    fs::create_dir(account.file("logs")).unwrap();
    for broken in [None, Some("my diary\n")] {
        match broken {
            // A folder stands in the log's place.
            None => fs::create_dir(account.log()).unwrap(),
            Some(text) => {
                fs::remove_dir(account.log()).unwrap();
                fs::write(account.log(), text).unwrap();
            }
        }
        let done = account.logged_delete(&rows);
        assert_eq!(done.status.code(), Some(1), "{done:?}");
        let said = errors(&done);
        assert!(
            said.contains("nothing more is deleted, since it cannot be logged: the audit log"),
            "{said}"
        );
        let done = account.logged_download(&rows, "calls").output().unwrap();
        assert_eq!(done.status.code(), Some(1), "{done:?}");
        let said = errors(&done);
        assert!(
            said.contains("nothing more is downloaded, since it cannot be logged"),
            "{said}"
        );
    }
    assert_eq!(account.emulator.count(), 120);
    let asked = account.emulator.requests().into_iter();
    let mut asked =
        asked.filter(|request| request.method == "DELETE" || request.path.starts_with("/media/"));
    assert_eq!(asked.next(), None);
    assert_eq!(fs::read_to_string(account.log()).unwrap(), "my diary\n");
}

#[test]
fn programs_at_once_write_one_chain() {
    let account = account(200, "");
    let rows = account.sounding(16);
    let (first, rest) = rows.split_at(6);
    let (second, third) = rest.split_at(6);
    let mut running = [(first, "a"), (second, "b")]
        .map(|(rows, to)| Running(account.logged_download(rows, to).spawn().unwrap()));
    let done = account.logged_delete(third);
    assert!(done.status.success(), "{done:?}");
    for program in &mut running {
        assert!(program.0.wait().unwrap().success());
    }
    let logged = account.logged();
    assert_eq!(of(&logged, "downloaded").len(), 12);
    assert_eq!(of(&logged, "deleted").len(), 4);
}

#[test]
fn killed_in_the_middle_no_file_is_without_its_line() {
    let account = account_with(Options {
        recordings: 200,
        ..options("")
    });
    let rows = account.sounding(24);
    let patience = Instant::now() + Duration::from_secs(120);
    // Killed later each time, so that it falls into every step of some recording.
    let mut wait = 0;
    loop {
        assert!(Instant::now() < patience, "it does not come to its end");
        let mut program = Running(account.logged_download(&rows, "calls").spawn().unwrap());
        let before = fs::read(account.log()).unwrap_or_default().len();
        wait += 1;
        let grown = || fs::read(account.log()).unwrap_or_default().len() >= before + wait * 150;
        let mut ended = None;
        while ended.is_none() && !grown() {
            ended = program.0.try_wait().unwrap();
            std::thread::yield_now();
        }
        if ended.is_some() {
            break;
        }
        program.0.kill().unwrap();
        program.0.wait().unwrap();
    }
    let logged = account.logged();
    let archived = manifest(&account.file("calls"));
    assert_eq!(archived.len(), 24);
    for (id, entry) in archived {
        let proof = |line: &&serde_json::Value| {
            line["recording"] == id.as_str() && line["sha256"] == entry["audio"]["sha256"]
        };
        assert!(logged.iter().any(|line| proof(&line)), "{id}");
    }
}
