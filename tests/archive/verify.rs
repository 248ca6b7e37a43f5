//! What `verify` finds.

use std::fs;

use super::account::*;

#[test]
fn a_flipped_byte_a_truncated_and_a_missing_file_are_named() {
    let account = account(120, "");
    let rows = account.sounding(5);
    let names = named(&rows);
    account.download(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let whole = account.verify(&[]);
    assert_eq!(summary(&whole), "proven 5 · without sound 0 · wrong 0");
    let manifest = manifest(&account.archive());
    let path = |at: usize| {
        manifest[&names[at]]["audio"]["path"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let file = |at: usize| account.archive().join(path(at));
    let mut bytes = fs::read(file(0)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(file(0), bytes).unwrap();
    let bytes = fs::read(file(1)).unwrap();
    fs::write(file(1), &bytes[..bytes.len() - 1]).unwrap();
    fs::remove_file(file(2)).unwrap();
    fs::write(account.archive().join("stray.txt"), "").unwrap();
    fs::write(account.archive().join("old.mp3.part"), "").unwrap();

    let found = account.verify(&[]);
    assert_eq!(found.status.code(), Some(7), "{found:?}");
    let said = text(&found);
    for (path, why) in [
        (path(0), "its SHA-256 is another"),
        (path(1), "it was cut short"),
        (path(2), "the file is missing"),
        ("stray.txt".to_owned(), "not in the manifest"),
        ("old.mp3.part".to_owned(), "unfinished download"),
    ] {
        let line = said
            .lines()
            .find(|line| line.starts_with(&format!("{path}: ")));
        assert!(line.unwrap_or_default().contains(why), "{path}: {said}");
    }
    assert_eq!(summary(&found), "proven 2 · without sound 0 · wrong 5");

    let found = account.verify(&["--output", "json"]);
    assert_eq!(found.status.code(), Some(7));
    let lines = lines(&text(&found));
    let problem =
        |path: &str| lines.iter().find(|line| line["path"] == path).unwrap()["problem"].clone();
    assert_eq!(problem(&path(0)), "changed");
    assert_eq!(problem(&path(1)), "truncated");
    assert_eq!(problem(&path(2)), "missing");
    assert_eq!(lines.last().unwrap()["summary"]["wrong"], 5);
    // Nothing was changed by looking.
    assert!(!file(2).exists());
}

#[test]
fn where_there_is_no_archive_it_says_so() {
    let account = account(1, "");
    fs::create_dir_all(account.archive()).unwrap();
    let none = account.verify(&[]);
    assert_eq!(none.status.code(), Some(1));
    assert!(
        errors(&none).contains("no manifest.ndjson in it"),
        "{none:?}"
    );
}
