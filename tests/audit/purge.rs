//! `callreel purge`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Output;

use super::account::*;
use super::place::*;
use super::pty::Start;

/// Every file below the account's home folder, with its bytes.
fn everything(account: &Account) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = files(&account.file("")).into_iter();
    files
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect()
}

/// An account on whose machine there is everything that callreel keeps.
fn kept() -> Account {
    let account = account(120, "");
    let rows = account.sounding(3);
    let done = account.logged_download(&rows, "calls").output().unwrap();
    assert!(done.status.success(), "{done:?}");
    assert!(account.logged_delete(&rows[..1]).status.success());
    let state = account.file(".local/state/callreel");
    callreel::store::Store::create(&state.join("review.sqlite")).unwrap();
    for (name, text) in [
        (
            ".local/state/callreel/accounts/acme.toml",
            "auth_token = \"hunter22\"\n",
        ),
        (".local/state/callreel/of-a-later-version", "?"),
        (".config/callreel/config.toml", "[screen]\ndays = 7\n"),
        ("calls/x.mp3.part", "half"),
        ("calls/x.mp3.part.json", "{}"),
        ("calls/mine.part", "not callreel's"),
        ("notes", "mine"),
    ] {
        let path = account.file(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    account
}

fn purge(account: &Account, arguments: &[&str]) -> Output {
    account.logging("purge", arguments).output().unwrap()
}

fn gone(before: &BTreeMap<PathBuf, Vec<u8>>, account: &Account) -> Vec<String> {
    let after = everything(account);
    assert!(
        after
            .iter()
            .all(|(path, bytes)| before.get(path) == Some(bytes)),
        "nothing else was touched"
    );
    let home = account.file("");
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    gone.map(|path| path.strip_prefix(&home).unwrap().display().to_string())
        .collect()
}

#[test]
fn it_lists_first_and_then_removes_what_it_listed_and_nothing_else() {
    let account = kept();
    let archive = account.file("calls");
    let before = everything(&account);
    let listed = purge(&account, &["--parts-in", archive.to_str().unwrap()]);
    assert!(listed.status.success(), "{listed:?}");
    let said = text(&listed);
    assert!(
        said.contains("audit.ndjson") && said.contains("--audit removes it too"),
        "{said}"
    );
    assert!(said.contains("callreel auth remove"), "{said}");
    assert!(!said.contains("hunter22"));
    assert!(errors(&listed).contains("--yes does"), "{listed:?}");
    assert_eq!(gone(&before, &account), [""; 0]);

    let listed = purge(
        &account,
        &[
            "--output",
            "ndjson",
            "--parts-in",
            archive.to_str().unwrap(),
        ],
    );
    let named: Vec<_> = lines(&text(&listed))
        .iter()
        .filter(|line| line["remove"] == true)
        .map(|line| PathBuf::from(line["path"].as_str().unwrap()))
        .collect();
    assert_eq!(named.len(), 4);
    let done = purge(
        &account,
        &["--yes", "--parts-in", archive.to_str().unwrap()],
    );
    assert!(done.status.success(), "{done:?}");
    let mut wanted: Vec<_> = named
        .iter()
        .map(|path| {
            path.strip_prefix(account.file(""))
                .unwrap()
                .display()
                .to_string()
        })
        .collect();
    wanted.sort();
    assert_eq!(gone(&before, &account), wanted);
    // The archive is as it was.
    let verified = account.verify(&[]);
    assert!(text(&verified).contains("proven 3"), "{verified:?}");

    let done = purge(&account, &["--yes", "--audit"]);
    assert!(done.status.success(), "{done:?}");
    assert!(!account.log().exists());
    let nothing = purge(&account, &["--yes", "--audit"]);
    assert!(errors(&nothing).contains("nothing is kept"), "{nothing:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_the_word_has_to_be_typed_and_a_running_callreel_is_told_of() {
    let account = kept();
    let before = everything(&account);
    let start = |arguments: &[&str]| {
        Start::callreel(arguments)
            .size(140, 40)
            .env("HOME", account.file("").to_str().unwrap())
            .env("CALLREEL_API_URL", account.emulator.url())
            .env("PLIVO_AUTH_ID", account.emulator.auth_id())
            .env("PLIVO_AUTH_TOKEN", account.emulator.auth_token())
            .spawn()
    };
    let mut asked = start(&["purge"]);
    asked.wait_for("Type purge:");
    asked.keys("y\r");
    assert_eq!(asked.end().exit_code(), 5);
    assert_eq!(gone(&before, &account), [""; 0]);

    let mut screen = start(&["--sink", "null"]);
    screen.wait_for("all calls · ");
    let open = PathBuf::from(format!("/proc/{}/fd", screen.pid()));
    let marks = account.file(".local/state/callreel/review.sqlite");
    screen.wait_until("its marks are open", || {
        let files = fs::read_dir(&open).unwrap().flatten();
        files
            .filter_map(|file| fs::read_link(file.path()).ok())
            .any(|file| file == marks)
    });
    let mut asked = start(&["purge"]);
    asked.wait_for("in use by a program that runs");
    asked.wait_for("Type purge:");
    asked.keys("purge\r");
    assert_eq!(asked.end().exit_code(), 0);
    assert_eq!(
        gone(&before, &account),
        [
            ".local/state/callreel/deletions.ndjson",
            ".local/state/callreel/review.sqlite"
        ]
    );
    screen.keys("\x03");
    assert_eq!(screen.end().exit_code(), 0);
}

/// A copy by hand, or what another program made of it, is as private as the file itself: it is told, and left to the user.
#[test]
fn copies_of_the_marks_are_told_and_left() {
    let account = kept();
    let state = account.file(".local/state/callreel");
    for name in [
        "review.sqlite.bak",
        "review.sqlite-old",
        "review.sqlite-wal",
    ] {
        fs::write(state.join(name), "?").unwrap();
    }
    let said = text(&purge(&account, &["--yes"]));
    for name in ["review.sqlite.bak", "review.sqlite-old"] {
        let line = said.lines().find(|line| line.contains(name));
        assert!(line.unwrap().contains("left alone"), "{said}");
        assert!(state.join(name).exists());
    }
    assert!(!said.contains("review.sqlite-wal"), "{said}");
    assert!(!state.join("review.sqlite-wal").exists());
}
