//! What a download does not do, and how it says so.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, Instant};

use callreel::emulator::Options;

use super::account::*;

#[test]
fn a_link_in_the_archive_leads_nowhere() {
    let account = account(120, "");
    let row = account.sounding(1).remove(0);
    let outside = account.file("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::create_dir_all(account.archive()).unwrap();
    symlink(
        &outside,
        account
            .archive()
            .join(&row["add_time"].as_str().unwrap()[..4]),
    )
    .unwrap();
    let done = account.download(&[&id(&row)]);
    assert_eq!(done.status.code(), Some(7), "{done:?}");
    assert!(
        text(&done).contains("is a link or a file, and not a folder"),
        "{done:?}"
    );
    assert!(files(&outside).is_empty());
    assert!(account.media_requests().is_empty());
}

#[test]
fn a_file_of_somebody_else_is_never_replaced() {
    let account = account(120, "");
    let row = account.sounding(1).remove(0);
    fs::create_dir_all(account.archive()).unwrap();
    let mine = account.archive().join(format!("{}.mp3", id(&row)));
    fs::write(&mine, "mine").unwrap();
    let done = account.download(&[&id(&row), "--name", "{id}.{ext}"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(fs::read(&mine).unwrap(), b"mine");
    account.assert_archived(&[row]);
}

#[test]
fn a_folder_that_others_can_read_is_told_of() {
    let account = account(120, "");
    let row = account.sounding(1).remove(0);
    fs::create_dir_all(account.archive()).unwrap();
    fs::set_permissions(account.archive(), fs::Permissions::from_mode(0o755)).unwrap();
    let done = account.download(&[&id(&row)]);
    assert_eq!(done.status.code(), Some(0));
    assert!(errors(&done).contains("chmod 700"), "{done:?}");
}

#[test]
fn mistakes_have_their_exit_codes() {
    let account = account(120, "");
    let row = account.sounding(1).remove(0);
    for (arguments, code, says) in [
        (&["a b"][..], 1, "no recording's id"),
        (&["x", "--parallel", "0"], 1, "1 to 16"),
        (&["x", "--name", "{id}"], 1, "a name ends in"),
    ] {
        let done = account.download(arguments);
        assert_eq!(done.status.code(), Some(code), "{done:?}");
        assert!(errors(&done).contains(says), "{done:?}");
    }
    let mut wrong = account.downloading(&[&id(&row)]);
    let done = wrong
        .env("PLIVO_AUTH_TOKEN", "another-token")
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(2), "{done:?}");
    let mut unreachable = account.downloading(&[&id(&row)]);
    let done = unreachable
        .env("CALLREEL_API_URL", "http://127.0.0.1:9")
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(3), "{done:?}");
    fs::write(account.file("plain"), "").unwrap();
    let mut plain = account.command("download", &[&id(&row), "--to"]);
    let done = plain.arg(account.file("plain")).output().unwrap();
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    assert!(errors(&done).contains("cannot be opened"), "{done:?}");
}

#[test]
fn no_download_changes_the_manifest_by_which_recordings_are_deleted() {
    let account = account_with(Options {
        recordings: 120,
        latency: Duration::from_millis(300),
        ..options("")
    });
    let rows = account.sounding(6);
    let manifest = account.archived(&rows);
    let mut program = account.deleting(&["--manifest", &manifest, "--yes", "--expect", "6"]);
    let _deletion = Running(program.spawn().unwrap());
    let patience = Instant::now() + Duration::from_secs(60);
    while !account.archive().join("deletions.ndjson").exists() {
        assert!(Instant::now() < patience, "nothing is deleted");
        std::thread::yield_now();
    }
    let before = std::fs::read(&manifest).unwrap();
    let other = account.download(&[&id(&account.sounding(8)[7])]);
    assert_eq!(other.status.code(), Some(1), "{other:?}");
    assert!(
        errors(&other).contains("a deletion by its manifest"),
        "{other:?}"
    );
    assert_eq!(std::fs::read(&manifest).unwrap(), before);
}

#[test]
fn two_downloads_into_one_archive_are_one_too_many() {
    let account = account_with(Options {
        recordings: 120,
        bandwidth: Some(50_000),
        ..options("")
    });
    let row = account.sounding(1).remove(0);
    let first = account.downloading(&[&id(&row)]).spawn().unwrap();
    let _first = Running(first);
    let patience = Instant::now() + Duration::from_secs(60);
    while account.media_requests().is_empty() {
        assert!(Instant::now() < patience, "nothing is asked for");
        std::thread::yield_now();
    }
    let second = account.download(&[&id(&row)]);
    assert_eq!(second.status.code(), Some(1), "{second:?}");
    assert!(
        errors(&second).contains("another download is under way"),
        "{second:?}"
    );
    let verified = account.verify(&[]);
    assert_eq!(verified.status.code(), Some(1), "{verified:?}");
    assert!(
        errors(&verified).contains("a download is under way"),
        "{verified:?}"
    );
}

#[test]
fn a_date_that_cannot_be_read_is_told_by_the_flag_that_was_typed() {
    let account = account(120, "");
    let done = account.download(&["--until", "nonsense"]);
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    let said = errors(&done);
    assert!(
        said.contains("--until: ") && !said.contains("--to: "),
        "{said}"
    );
}
