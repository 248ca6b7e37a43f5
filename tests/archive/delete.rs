//! What is deleted, what is not, and what the receipts say.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use callreel::emulator::Special;
use serde_json::Value;

use super::account::*;
use super::pty::Start;

/// The receipts by id, the later before the earlier, without the lines that only announce.
pub fn receipts(file: &Path) -> BTreeMap<String, Value> {
    let text = fs::read_to_string(file).unwrap();
    let receipts = lines(&text).into_iter();
    receipts
        .filter(|line| line["step"] == "receipt")
        .map(|line| (line["id"].as_str().unwrap().to_owned(), line))
        .collect()
}

fn strs(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}

impl Account {
    pub fn delete(&self, arguments: &[&str]) -> Output {
        self.deleting(arguments).output().unwrap()
    }

    pub fn deleting(&self, arguments: &[&str]) -> std::process::Command {
        self.command("delete", &[&["--rate", "2000"][..], arguments].concat())
    }

    /// An archive of these.
    pub fn archived(&self, rows: &[Row]) -> String {
        let done = self.download(&strs(&named(rows)));
        assert!(done.status.success(), "{done:?}");
        self.archive()
            .join("manifest.ndjson")
            .to_str()
            .unwrap()
            .to_owned()
    }

    fn has(&self, row: &Row) -> bool {
        self.emulator.file(&id(row)).is_some()
    }

    fn deletions(&self) -> usize {
        let requests = self.emulator.requests().into_iter();
        requests
            .filter(|request| request.method == "DELETE")
            .count()
    }
}

#[test]
fn without_a_choice_or_a_confirmation_nothing_is_deleted() {
    let account = account(120, "");
    let one = id(&account.sounding(1)[0]);
    let one = one.as_str();
    for (arguments, says) in [
        (&[][..], "name ids, a filter, --all"),
        (&[one], "--yes --expect 1"),
        (&[one, "--yes"], "--yes needs --expect"),
        (
            &[one, "--yes", "--expect", "2"],
            "there are 1, and --expect says 2",
        ),
        (&["--all"], "--yes --expect 120"),
        (&["--all", "--yes", "--expect", "119"], "there are 120"),
    ] {
        let done = account.delete(arguments);
        assert_eq!(done.status.code(), Some(5), "{arguments:?}: {done:?}");
        assert!(errors(&done).contains("nothing was deleted"), "{done:?}");
        assert!(errors(&done).contains(says), "{done:?}");
    }
    assert_eq!(account.deletions(), 0);
    assert_eq!(account.emulator.count(), 120);
}

#[test]
fn a_dry_run_says_how_many_how_long_and_since_when() {
    let account = account(120, "");
    let rows = account.sounding(3);
    let done = account.delete(&[&strs(&named(&rows))[..], &["--dry-run"]].concat());
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let said = text(&done);
    let seconds: f64 = rows
        .iter()
        .map(|row| {
            row["recording_duration_ms"]
                .as_str()
                .unwrap()
                .parse::<f64>()
                .unwrap()
                / 1000.0
        })
        .sum();
    let short = account.emulator.auth_id();
    let masked = format!("{}…{}", &short[..2], &short[17..]);
    assert!(
        said.starts_with(&format!("would delete 3 recordings from {masked}: ")),
        "{said}"
    );
    let (oldest, newest) = (&rows[2]["add_time"], &rows[0]["add_time"]);
    for (name, time) in [("oldest", oldest), ("newest", newest)] {
        let time = &time.as_str().unwrap()[..19];
        assert!(
            said.contains(&format!("{name}     {}", time.replace('T', " "))),
            "{said}"
        );
    }
    assert!(
        said.contains("takes      about 7 s") || said.contains("takes      about 8 s"),
        "{said}"
    );
    let json =
        account.delete(&[&strs(&named(&rows))[..], &["--dry-run", "--output", "json"]].concat());
    let plan = lines(&text(&json)).remove(0)["plan"].clone();
    assert_eq!(plan["count"], 3);
    assert!(
        (plan["seconds"].as_f64().unwrap() - seconds).abs() < 0.01,
        "{plan}"
    );
    assert_eq!(account.deletions(), 0);
    assert!(
        !account.file(".local").exists(),
        "a dry run leaves nothing behind"
    );
}

#[test]
fn each_deletion_is_checked_and_has_its_receipt() {
    let account = account(120, "");
    let rows = account.sounding(4);
    let ids = named(&rows);
    let confirmed = ["--yes", "--expect", "4"];
    let done = account.delete(&[&strs(&ids)[..], &confirmed].concat());
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(
        summary(&done),
        "deleted 4 of 4 · gone already 0 · held 0 · not deleted 0"
    );
    let file = account.file(".local/state/callreel/deletions.ndjson");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let receipts = receipts(&file);
    assert_eq!(receipts.len(), 4);
    for row in &rows {
        assert!(!account.has(row));
        let receipt = &receipts[&id(row)];
        assert_eq!(receipt["outcome"], "deleted");
        assert_eq!(
            (&receipt["status"], &receipt["check"]),
            (&204.into(), &404.into())
        );
        assert!(receipt["check_api_id"].is_string(), "{receipt}");
        assert_eq!(receipt["operator"], "night-job");
        assert_eq!(receipt["account"], account.emulator.auth_id());
        assert!(receipt["time"].as_str().unwrap().ends_with('Z'));
        let added = receipt["add_time"].as_str().unwrap();
        assert_eq!(
            added[..19],
            row["add_time"].as_str().unwrap()[..19].replace(' ', "T")
        );
        assert!(!receipt["host"].as_str().unwrap().is_empty() && receipt["run"].is_string());
    }
    // Once more: they are gone, and nothing is asked to be deleted.
    let before = account.deletions();
    let again = account.delete(&[&strs(&ids)[..], &["--yes", "--expect", "0"]].concat());
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    assert!(
        text(&again).contains("4 recordings: deleted by earlier runs"),
        "{again:?}"
    );
    assert_eq!(account.deletions(), before);
}

#[test]
fn from_a_manifest_only_what_verifies_is_deleted() {
    let account = account(120, "");
    let rows = account.sounding(6);
    let manifest = account.archived(&rows);
    let empty = account.emulator.special(Special::Empty).unwrap();
    account.download(&[&id(&empty)]);
    let entries = super::account::manifest(&account.archive());
    let file = |row: &Row| {
        account
            .archive()
            .join(entries[&id(row)]["audio"]["path"].as_str().unwrap())
    };
    let mut bytes = fs::read(file(&rows[0])).unwrap();
    bytes[500] ^= 4;
    fs::write(file(&rows[0]), bytes).unwrap();
    fs::remove_file(file(&rows[1])).unwrap();
    let sidecar = account
        .archive()
        .join(entries[&id(&rows[2])]["sidecar"]["path"].as_str().unwrap());
    fs::write(&sidecar, "{}").unwrap();

    let done = account.delete(&["--manifest", &manifest, "--yes", "--expect", "3"]);
    assert_eq!(done.status.code(), Some(7), "{done:?}");
    let said = text(&done);
    assert!(
        said.contains(&format!(
            "not proven {}: the file's bytes have changed",
            id(&rows[0])
        )),
        "{said}"
    );
    assert!(said.contains(&format!("not proven {}: the file is missing", id(&rows[1]))));
    assert!(said.contains("1 recording: without sound"), "{said}");
    let kept: Vec<_> = rows.iter().map(|row| account.has(row)).collect();
    assert_eq!(kept, [true, true, true, false, false, false]);
    let receipts = receipts(&account.archive().join("deletions.ndjson"));
    assert_eq!(receipts.len(), 3);
    for row in &rows[3..] {
        assert_eq!(
            receipts[&id(row)]["sha256"],
            entries[&id(row)]["audio"]["sha256"]
        );
    }
    let emptied = account.delete(&[
        "--manifest",
        &manifest,
        "--include-empty",
        "--yes",
        "--expect",
        "1",
    ]);
    assert_eq!(emptied.status.code(), Some(7), "{emptied:?}");
    assert!(account.emulator.special(Special::Empty).is_none());
    // The receipts are not taken for a stray file, and the archive keeps what is deleted on the server.
    let verified = account.verify(&[]);
    assert_eq!(summary(&verified), "proven 3 · without sound 1 · wrong 3");
}

#[test]
fn what_is_held_stays_and_what_is_younger_too() {
    let account = account(400, "");
    let rows = account.sounding(12);
    let manifest = account.archived(&rows);
    let hold = account.file("hold.txt");
    let numbers = rows[3]["from_number"].as_str().unwrap().to_owned();
    let list = format!(
        "# the court's\n\"{}\",\n{}\n{numbers}\nnobody-knows-this\n",
        id(&rows[1]).to_uppercase(),
        rows[2]["call_uuid"].as_str().unwrap()
    );
    fs::write(&hold, list).unwrap();
    let is_held = |row: &Row| {
        id(row) == id(&rows[1])
            || row["call_uuid"] == rows[2]["call_uuid"]
            || [&row["from_number"], &row["to_number"]]
                .iter()
                .any(|party| **party == *numbers)
    };
    let held = rows.iter().filter(|row| is_held(row)).count();
    assert!((3..12).contains(&held));
    let arguments = [
        "--manifest",
        &manifest,
        "--hold",
        hold.to_str().unwrap(),
        "--yes",
        "--expect",
    ];
    let many = (12 - held).to_string();
    let done = account.delete(&[&arguments[..], &[&many]].concat());
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    for row in &rows {
        assert_eq!(account.has(row), is_held(row), "{row:?}");
    }
    let receipts = receipts(&account.archive().join("deletions.ndjson"));
    assert_eq!(receipts[&id(&rows[1])]["outcome"], "held");
    let line = id(&rows[1]).to_uppercase();
    assert_eq!(receipts[&id(&rows[1])]["why"], line);
    assert!(
        text(&done).contains("no match   1 of the 4 lines on the list hold nothing"),
        "{done:?}"
    );

    let before = account.emulator.count();
    let old = account.delete(&["--older-than", "390d", "--output", "json"]);
    let plan = lines(&text(&old)).remove(0)["plan"].clone();
    let cutoff = plan["older_than"].as_str().unwrap();
    assert!(cutoff.ends_with('Z'), "{plan}");
    let count = plan["count"].as_u64().unwrap();
    assert!((1..60).contains(&count), "{plan}");
    let done = account.delete(&[
        "--older-than",
        "390d",
        "--yes",
        "--expect",
        &count.to_string(),
    ]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(account.emulator.count(), before - count);
    let left = account.emulator.recordings(0, 1000);
    assert!(
        left.iter()
            .all(|row| row["add_time"].as_str().unwrap()[..10] >= cutoff[..10])
    );
}

#[test]
fn a_list_whose_end_is_not_known_is_refused() {
    let account = account(400, "api:400/9");
    let done = account.delete(&["--all", "--yes", "--expect", "400"]);
    assert_eq!(done.status.code(), Some(5), "{done:?}");
    assert!(errors(&done).contains("not known exactly"), "{done:?}");
    assert_eq!(account.deletions(), 0);
}

#[test]
fn recordings_of_another_account_are_left_alone() {
    let account = account(120, "");
    let manifest = account.archived(&account.sounding(2));
    let other = fs::read_to_string(&manifest)
        .unwrap()
        .replace(account.emulator.auth_id(), "MAGWNTM3ZTK1M2YZMDUU");
    fs::write(&manifest, other).unwrap();
    let done = account.delete(&["--manifest", &manifest, "--yes", "--expect", "0"]);
    assert_eq!(done.status.code(), Some(7), "{done:?}");
    assert!(
        text(&done).contains("another account's credentials"),
        "{done:?}"
    );
    assert_eq!(account.deletions(), 0);
}

#[test]
fn on_a_terminal_the_sentence_has_to_be_typed() {
    let account = account(120, "");
    let rows = account.sounding(2);
    let short = account.emulator.auth_id();
    let sentence = format!("delete 2 from {}...{}", &short[..2], &short[17..]);
    for (typed, code, left) in [("yes", 5, true), (sentence.as_str(), 0, false)] {
        let (first, second) = (id(&rows[0]), id(&rows[1]));
        let mut program = Start::callreel(&["delete", &first, &second])
            .env("CALLREEL_API_URL", account.emulator.url())
            .env("PLIVO_AUTH_ID", account.emulator.auth_id())
            .env("PLIVO_AUTH_TOKEN", account.emulator.auth_token())
            .env(
                "HOME",
                account.archive().parent().unwrap().to_str().unwrap(),
            )
            .size(120, 40)
            .spawn();
        program.wait_for("To delete them for good, type: delete 2 from");
        program.keys(&format!("{typed}\r"));
        assert_eq!(program.end().exit_code(), code, "{typed}");
        assert_eq!(account.has(&rows[0]), left, "{typed}");
        assert_eq!(account.has(&rows[1]), left, "{typed}");
    }
}

#[test]
fn the_count_of_an_unfinished_run_is_not_taken_for_another_choice() {
    let account = account(120, "");
    let rows = account.sounding(2);
    let receipts = account.file("receipts.ndjson");
    let run = serde_json::json!({
        "step": "run", "run": "earlier", "operator": "night-job", "host": "here",
        "account": account.emulator.auth_id(), "time": "2026-11-25T00:00:00Z",
        "source": "recordings that somebody else chose", "count": 5, "before": 3,
    });
    fs::write(&receipts, format!("{run}\n")).unwrap();
    let ids = named(&rows);
    let confirmed = [
        "--receipts",
        receipts.to_str().unwrap(),
        "--yes",
        "--expect",
    ];
    let done = account.delete(&[&strs(&ids)[..], &confirmed, &["5"]].concat());
    assert_eq!(done.status.code(), Some(5), "{done:?}");
    assert!(
        errors(&done).contains("there are 2, and --expect says 5"),
        "{done:?}"
    );
    assert_eq!(account.deletions(), 0);
    let done = account.delete(&[&strs(&ids)[..], &confirmed, &["2"]].concat());
    assert_eq!(done.status.code(), Some(0), "{done:?}");
}

#[test]
fn what_was_changed_since_it_was_proven_is_kept() {
    let account = account(120, "");
    let rows = account.sounding(2);
    let manifest = account.archived(&rows);
    let short = account.emulator.auth_id();
    let mut program = Start::callreel(&["delete", "--manifest", &manifest])
        .env("CALLREEL_API_URL", account.emulator.url())
        .env("PLIVO_AUTH_ID", account.emulator.auth_id())
        .env("PLIVO_AUTH_TOKEN", account.emulator.auth_token())
        .size(120, 40)
        .spawn();
    program.wait_for("To delete them for good, type: delete 2 from");
    let entries = super::account::manifest(&account.archive());
    let path = entries[&id(&rows[0])]["audio"]["path"].as_str().unwrap();
    fs::remove_file(account.archive().join(path)).unwrap();
    program.keys(&format!(
        "delete 2 from {}...{}\r",
        &short[..2],
        &short[17..]
    ));
    assert_eq!(program.end().exit_code(), 7);
    assert!(account.has(&rows[0]));
    assert!(!account.has(&rows[1]));
    let receipts = receipts(&account.archive().join("deletions.ndjson"));
    let kept = &receipts[&id(&rows[0])];
    assert_eq!(kept["outcome"], "kept");
    assert!(
        kept["why"]
            .as_str()
            .unwrap()
            .contains("the file is missing"),
        "{kept}"
    );
}
