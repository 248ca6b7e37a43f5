//! `callreel audit`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::account::*;
use super::place::*;

#[test]
fn the_first_line_that_does_not_fit_is_named_and_a_head_finds_what_the_chain_cannot() {
    let account = account(120, "");
    let rows = account.sounding(3);
    let none = account.verify_log(&[]);
    assert_eq!(none.status.code(), Some(1));
    assert!(errors(&none).contains("nothing was logged yet"), "{none:?}");
    for row in &rows {
        let done = account
            .logged_download(std::slice::from_ref(row), "calls")
            .output();
        assert!(done.unwrap().status.success());
    }
    let path = account.log();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    let head = account.logging("audit", &["head"]).output().unwrap();
    let head = text(&head).trim().to_owned();
    let verified = account.verify_log(&["--output", "ndjson", "--head", &head]);
    assert!(verified.status.success(), "{verified:?}");
    let summary = &lines(&text(&verified))[0]["summary"];
    assert_eq!(
        (&summary["lines"], &summary["found_at"]),
        (&3.into(), &3.into())
    );
    assert_eq!(summary["head"], head.as_str());

    let whole = fs::read_to_string(&path).unwrap();
    // The last line was taken away: the chain holds, and only who kept the head can tell.
    let shorter: String = whole.split_inclusive('\n').take(2).collect();
    fs::write(&path, &shorter).unwrap();
    assert!(account.verify_log(&[]).status.success());
    let verified = account.verify_log(&["--head", &head]);
    assert_eq!(verified.status.code(), Some(7));
    assert!(text(&verified).starts_with(&format!("no line has the head {head}")));

    fs::write(&path, whole.replacen("night-job", "day-job", 2)).unwrap();
    let verified = account.verify_log(&["--output", "ndjson"]);
    assert_eq!(verified.status.code(), Some(7), "{verified:?}");
    let told = lines(&text(&verified));
    assert_eq!(
        (&told[0]["line"], &told[0]["problem"]),
        (&1.into(), &"changed".into())
    );
    assert_eq!(told[1]["summary"]["whole"], false);
    // Another file can be named, by a path that is not full.
    let elsewhere = account.file("copy.ndjson");
    fs::write(&elsewhere, &whole).unwrap();
    let mut program = account.command("audit", &["verify", "copy.ndjson"]);
    let verified = program.current_dir(elsewhere.parent().unwrap()).output();
    assert!(verified.unwrap().status.success());
}

#[test]
fn where_it_lies_and_that_there_is_none() {
    let account = account(10, "");
    let shown = account.logging("audit", &["path"]).output().unwrap();
    assert_eq!(text(&shown).trim(), account.log().to_str().unwrap());
    let mut below = account.command("audit", &["path"]);
    let shown = below.env("CALLREEL_AUDIT", "~/x/audit.ndjson").output();
    let wanted = account.file("x/audit.ndjson");
    assert_eq!(text(&shown.unwrap()).trim(), wanted.to_str().unwrap());
    let none = account.command("audit", &["head"]).output().unwrap();
    assert_eq!(none.status.code(), Some(1));
    assert!(
        errors(&none).contains("no audit log is kept: `audit = "),
        "{none:?}"
    );
    let mut wrong = account.command("audit", &["path"]);
    let wrong = wrong
        .env("CALLREEL_AUDIT", "audit.ndjson")
        .output()
        .unwrap();
    assert!(
        errors(&wrong).contains("CALLREEL_AUDIT: the full path of a file"),
        "{wrong:?}"
    );
}
