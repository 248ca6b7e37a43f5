//! What a download leaves in the archive, and what it says.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use callreel::emulator::{MediaAuth, Options, Special};

use super::account::*;
use super::pty::Start;

fn strs(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}

#[test]
fn recordings_come_with_sidecars_and_a_manifest_that_only_the_owner_reads() {
    let account = account(120, "");
    let rows = account.sounding(5);
    let done = account.download(&strs(&named(&rows)));
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(
        summary(&done),
        "listed 5 · archived 5 · no audio 0 · failed 0"
    );
    account.assert_archived(&rows);
    let manifest = manifest(&account.archive());
    for row in &rows {
        let entry = &manifest[&id(row)];
        let path = entry["audio"]["path"].as_str().unwrap();
        let time = row["add_time"].as_str().unwrap();
        assert!(
            path.starts_with(&format!("{}/{}/", &time[..4], &time[5..7])),
            "{path}"
        );
        assert!(!path.contains('+'), "a number in {path}");
        let sidecar = account
            .archive()
            .join(entry["sidecar"]["path"].as_str().unwrap());
        let sidecar: serde_json::Value =
            serde_json::from_slice(&fs::read(sidecar).unwrap()).unwrap();
        let mut told = sidecar["recording"].as_object().unwrap().clone();
        told.remove("api_id");
        assert_eq!(&told, row);
        assert_eq!(sidecar["callreel"]["audio"], entry["audio"]);
        assert!(entry["audio"]["seconds"].as_f64().unwrap() > 1.0);
    }
    for file in files(&account.archive()) {
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        assert_eq!(mode(file.parent().unwrap()), 0o700);
    }
    assert_eq!(files(&account.archive()).len(), 11);
}

#[test]
fn cuts_resets_and_refusals_are_outlived() {
    let account = account(
        3_800,
        "cut/10,media:429=0/23,media:503/31,media:reset/37,no-range/41",
    );
    let rows = account.sounding(500);
    let ids = account.file("ids");
    fs::write(&ids, named(&rows).join("\n")).unwrap();
    let mut program = account.downloading(&["-", "--parallel", "8"]);
    let done = program
        .stdin(fs::File::open(&ids).unwrap())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(
        summary(&done),
        "listed 500 · archived 500 · no audio 0 · failed 0"
    );
    account.assert_archived(&rows);
    assert_eq!(files(&account.archive()).len(), 1001);
    let asked = account.media_requests();
    assert!(asked.iter().any(|request| request.status == 429));
    let resumed = asked.iter().filter(|request| request.status == 206);
    assert!(
        resumed
            .clone()
            .any(|request| request.range.as_deref() != Some("bytes=0-"))
    );
    let verified = account.verify(&[]);
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
    assert_eq!(summary(&verified), "proven 500 · without sound 0 · wrong 0");
}

#[test]
fn what_is_there_is_not_fetched_again_and_what_was_changed_is() {
    let account = account(120, "");
    let rows = account.sounding(6);
    let ids = named(&rows);
    account.download(&strs(&ids[..4]));
    let first = account.media_requests().len();
    let all = account.download(&strs(&ids));
    assert_eq!(
        summary(&all),
        "listed 6 · archived 6 · no audio 0 · failed 0"
    );
    assert!(
        errors(&all).contains("4 of them were there already"),
        "{all:?}"
    );
    assert_eq!(account.media_requests().len(), first + 2);
    // A flipped byte is found by reading, and not by the length alone.
    let path = manifest(&account.archive())[&ids[0]]["audio"]["path"].clone();
    let path = account.archive().join(path.as_str().unwrap());
    let mut bytes = fs::read(&path).unwrap();
    bytes[1000] ^= 1;
    fs::write(&path, bytes).unwrap();
    account.download(&[&strs(&ids)[..], &["--skip-existing"]].concat());
    assert_eq!(account.media_requests().len(), first + 2);
    account.download(&strs(&ids));
    assert_eq!(account.media_requests().len(), first + 3);
    account.assert_archived(&rows);
}

#[test]
fn skipping_what_is_there_asks_the_api_for_nothing() {
    let account = account(120, "");
    let ids = named(&account.sounding(3));
    account.download(&strs(&ids));
    let before = account.emulator.requests().len();
    let again = account.download(&[&strs(&ids)[..], &["--skip-existing"]].concat());
    assert_eq!(
        summary(&again),
        "listed 3 · archived 3 · no audio 0 · failed 0"
    );
    assert_eq!(account.emulator.requests().len(), before);
}

#[test]
fn what_has_no_sound_and_what_fails_is_named() {
    let account = account(120, "");
    let special = |special| id(&account.emulator.special(special).unwrap());
    let wanted = [
        special(Special::Empty),
        special(Special::HeaderOnly),
        special(Special::NotReady),
        special(Special::Hostile),
        special(Special::Running),
        "nowhere".to_owned(),
    ];
    let done = account.download(&strs(&wanted));
    assert_eq!(done.status.code(), Some(7), "{done:?}");
    let said = text(&done);
    assert_eq!(
        summary(&done),
        "listed 6 · archived 1 · no audio 2 · failed 3"
    );
    assert!(
        said.contains(&format!("no audio {}: the file is empty", wanted[0])),
        "{said}"
    );
    assert!(said.contains(&format!("no audio {}: the file holds a header", wanted[1])));
    assert!(said.contains(&format!(
        "failed {}: the file is not there (404)",
        wanted[2]
    )));
    assert!(said.contains(&format!("failed {}: the call is still", wanted[4])));
    assert!(said.contains("failed nowhere: no such recording"), "{said}");
    let manifest = manifest(&account.archive());
    assert_eq!(manifest.len(), 3);
    assert!(manifest[&wanted[0]]["no_audio"].is_string());
    // The hostile row's texts are in its sidecar, and cannot steer a terminal from there.
    for file in files(&account.archive()) {
        let text = fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&text);
        if file
            .extension()
            .is_some_and(|ending| ending != "mp3" && ending != "wav")
        {
            assert!(
                !text.contains(['\u{1b}', '\u{9b}', '\u{202e}']),
                "{}",
                file.display()
            );
        }
    }
    assert!(parts(&account.archive()).is_empty());
    assert_eq!(account.verify(&[]).status.code(), Some(0));
}

#[test]
fn what_is_whole_by_its_servers_word_and_has_much_less_sound_is_named() {
    let account = account(120, "wrong-length=-160000");
    let row = account
        .emulator
        .special(Special::Whole("support-stereo-cbr32"));
    let row = row.unwrap();
    let named = format!("{} is archived as it came", id(&row));
    let done = account.download(&[&id(&row)]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert!(errors(&done).contains(&named), "{done:?}");
    // The server says the truth again, and what it says is followed once the file is gone.
    account.emulator.set_faults(Vec::new());
    for file in files(&account.archive()) {
        if file.extension().is_some_and(|ending| ending == "mp3") {
            fs::remove_file(file).unwrap();
        }
    }
    let done = account.download(&[&id(&row)]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert!(!errors(&done).contains(&named), "{done:?}");
    account.assert_archived(&[row]);
}

#[test]
fn programs_get_a_line_of_json_for_each_and_the_totals() {
    let account = account(120, "");
    let row = account.sounding(1).remove(0);
    let empty = id(&account.emulator.special(Special::Empty).unwrap());
    let done = account.download(&[&id(&row), &empty, "nowhere", "--output", "ndjson"]);
    let lines = lines(&text(&done));
    assert_eq!(lines.len(), 4);
    let outcome = |id: &str| lines.iter().find(|line| line["id"] == id).unwrap()["outcome"].clone();
    assert_eq!(outcome(&id(&row)), "archived");
    assert_eq!(outcome(&empty), "no_audio");
    assert_eq!(outcome("nowhere"), "failed");
    let summary = &lines[3]["summary"];
    assert_eq!(summary["listed"], 3);
    assert_eq!(summary["failed"], 1);
    assert_eq!(summary["complete"], true);
    assert!(errors(&done).is_empty());
}

#[test]
fn names_follow_the_template_and_hostile_fields_stay_inside() {
    let account = account(120, "");
    let hostile = account.emulator.special(Special::Hostile).unwrap();
    let row = account.sounding(1).remove(0);
    let template = "{from}/{conference}-{type}.{ext}";
    let done = account.download(&[&id(&hostile), &id(&row), "--name", template]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let outside: Vec<_> = files(account.archive().parent().unwrap())
        .into_iter()
        .filter(|file| !file.starts_with(account.archive()))
        .collect();
    assert!(outside.is_empty(), "{outside:?}");
    account.assert_archived(&[row]);
    let refused = account.download(&[&id(&hostile), "--name", "../{id}.{ext}"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        errors(&refused).contains("stays in the folder"),
        "{refused:?}"
    );
}

#[test]
fn recordings_that_would_share_a_name_both_stay() {
    let account = account(120, "");
    let rows = account.sounding(4);
    let ids = named(&rows);
    let name = ["--name", "calls/{year}.{ext}"];
    let done = account.download(&[&strs(&ids)[..], &name].concat());
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    account.assert_archived(&rows);
    // What is there keeps its name, whatever names are wanted now.
    let before = files(&account.archive());
    account.download(&strs(&ids));
    assert_eq!(files(&account.archive()), before);
}

#[test]
fn media_that_want_credentials_get_them() {
    for media_auth in [MediaAuth::Unauthorized, MediaAuth::Forbidden] {
        let account = account_with(Options {
            recordings: 120,
            media_auth,
            ..options("")
        });
        let rows = account.sounding(2);
        let done = account.download(&strs(&named(&rows)));
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        account.assert_archived(&rows);
    }
}

#[test]
fn a_web_page_is_no_recording() {
    let account = account(120, "media-html");
    let row = account.sounding(1).remove(0);
    let done = account.download(&[&id(&row)]);
    assert_eq!(done.status.code(), Some(7), "{done:?}");
    assert!(
        text(&done).contains("this is not audio: a web page"),
        "{done:?}"
    );
    assert_eq!(files(&account.archive()).len(), 1, "the manifest");
}

#[test]
fn filters_choose_what_is_downloaded_and_the_range_is_said() {
    let account = account(400, "cut/7");
    let all = account.emulator.recordings(0, 400);
    let number = id_of_a_caller(&all);
    let wanted: Vec<_> = all
        .into_iter()
        .filter(|row| row.get("from_number").is_some_and(|from| *from == *number))
        .collect();
    assert!(wanted.len() > 1);
    let done = account.download(&["--all", "--from-number", &number]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let many = wanted.len();
    assert_eq!(
        summary(&done),
        format!("listed {many} · archived {many} · no audio 0 · failed 0")
    );
    assert!(errors(&done).contains("2011-01-01"), "{done:?}");
    account.assert_archived(&wanted);
    let none = account.download(&["x", "--all"]);
    assert_eq!(none.status.code(), Some(1), "ids and filters");
    let newest = account.download(&["--all", "--limit", "1", "--from-number", &number]);
    assert!(summary(&newest).starts_with("listed 1 ·"), "{newest:?}");
}

/// One who called more than once, and whose recordings are as usual.
fn id_of_a_caller(rows: &[Row]) -> String {
    let callers = || {
        rows[22..]
            .iter()
            .filter_map(|row| row["from_number"].as_str())
    };
    let often = |number: &str| callers().filter(|other| *other == number).count() > 1;
    let usual = |number: &str| {
        rows[..22]
            .iter()
            .all(|row| row.get("from_number").is_none_or(|from| *from != *number))
    };
    let caller = callers().find(|number| number.starts_with('+') && often(number) && usual(number));
    caller.unwrap().to_owned()
}

#[test]
fn a_listing_that_breaks_off_is_incomplete_and_what_was_listed_is_kept() {
    let account = account(400, "api:400/9");
    let done = account.download(&["--all", "--output", "ndjson"]);
    assert_eq!(done.status.code(), Some(3), "{}", errors(&done));
    let lines = lines(&text(&done));
    let summary = &lines.last().unwrap()["summary"];
    assert_eq!(summary["complete"], false);
    assert_eq!(summary["listed"].as_u64().unwrap(), lines.len() as u64 - 1);
    let told: serde_json::Value = serde_json::from_str(&errors(&done)).unwrap();
    assert_eq!(
        (&told["code"], &told["incomplete"]),
        (&3.into(), &true.into())
    );
    // --to is the folder here.
    let hint = told["hint"].as_str().unwrap();
    assert!(hint.starts_with("--until \""), "{hint}");
}

#[test]
fn a_terminal_gets_a_line_of_progress_that_goes_again() {
    let account = account_with(Options {
        recordings: 120,
        bandwidth: Some(400_000),
        ..options("")
    });
    let ids = named(&account.sounding(6));
    let archive = account.archive();
    let arguments = ["download", "--to", archive.to_str().unwrap()];
    let mut program = Start::callreel(&[&arguments[..], &strs(&ids)].concat())
        .env("CALLREEL_API_URL", account.emulator.url())
        .env("PLIVO_AUTH_ID", account.emulator.auth_id())
        .env("PLIVO_AUTH_TOKEN", account.emulator.auth_token())
        .size(120, 30)
        .spawn();
    program.wait_for(" of 6 · ");
    program.wait_for("/s");
    program.wait_for(" left");
    assert!(program.end().success());
    program.wait_for_rest();
    let text = program.shown().text();
    assert!(
        text.contains("listed 6 · archived 6 · no audio 0 · failed 0"),
        "{text}"
    );
    assert!(!text.contains(" left"), "{text}");
}
