//! Commands that do something for good, or that hand out what was kept: deleting, playing, exporting.

use std::fs;
use std::path::Path;
use std::time::Duration;

use callreel::plivo::RecordingId;
use callreel::store::{
    AccountKey, Change, Choice, Moment, Position, Queue, QueueKey, QueueRow, Reviewed, Store,
};
use serde_json::Value;

use super::program::{checked, command};
use super::server::{Content, SOUND, Server};
use crate::words::{all_pieces, only_text};

const RANGE: [&str; 4] = ["--from", "2026-11-01", "--to", "2026-11-30"];

fn lines(text: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(text).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

/// Deletes the thirteen rows; what it printed, and the receipts.
fn deleted(home: &Path, url: &str, form: &str) -> (Vec<u8>, Vec<u8>) {
    let to = home.join("receipts");
    let to = to.to_str().unwrap();
    let asked = [
        "delete", "--yes", "--expect", "13", "--rate", "2000", "--output", form,
    ];
    let names = ["--receipts", to, "--operator", "o\u{202e}p\u{200b}"];
    let output = checked(command(url, home, &[]).args([&asked[..], &names, &RANGE].concat()));
    (output.stdout, fs::read(to).unwrap())
}

#[test]
fn what_a_deletion_prints_and_its_receipts_are_text_and_say_the_ids_as_they_are() {
    for form in ["text", "ndjson"] {
        let server = Server::of_all_pieces();
        let home = tempfile::tempdir().unwrap();
        let (printed, receipts) = deleted(home.path(), &server.url, form);
        only_text("the receipts", &receipts);
        let receipts = lines(&receipts);
        let done = receipts.iter().filter(|line| line["outcome"] == "deleted");
        let ids: Vec<_> = done.map(|line| line["id"].as_str().unwrap()).collect();
        let wanted = all_pieces().into_iter().enumerate();
        let wanted: Vec<_> = wanted.map(|(row, text)| format!("{text}{row}")).collect();
        assert_eq!(ids, wanted);
        if form == "ndjson" {
            assert_eq!(lines(&printed).last().unwrap()["summary"]["deleted"], 13);
        }
    }
}

/// What the API says to a deletion that it refuses stands in the receipts too.
#[test]
fn what_a_refused_deletion_prints_and_its_receipts_are_text() {
    let server = Server::of_all_pieces();
    let home = tempfile::tempdir().unwrap();
    server.says(Content {
        texts: all_pieces(),
        sound: SOUND,
        refuses: true,
        ..Content::default()
    });
    for form in ["text", "ndjson"] {
        let (printed, receipts) = deleted(home.path(), &server.url, form);
        assert!(!printed.is_empty());
        only_text("the receipts", &receipts);
        let kept = lines(&receipts);
        let kept = kept.iter().filter(|line| line["outcome"] == "kept");
        let why: Vec<_> = kept.map(|line| line["why"].as_str().unwrap()).collect();
        assert!(why.len() >= 13, "{why:?}");
        assert!(why[0].contains("\u{1b}"), "{why:?}");
    }
}

/// Each is heard to its end, whatever it is called and whatever its row says.
#[test]
fn what_plays_prints_text_or_nothing() {
    let server = Server::of_all_pieces();
    let home = tempfile::tempdir().unwrap();
    for text in all_pieces() {
        // No argument holds these.
        let id = text.replace('\0', "");
        let target = format!("{id}x@0:42.9");
        let play = ["play", "--sink", "null", "--speed", "2", &target];
        let output = checked(command(&server.url, home.path(), &[]).args(play));
        assert!(output.status.success(), "{target:?}: {output:?}");
    }
}

#[test]
fn marks_are_handed_out_as_text() {
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join(".local/state/callreel");
    fs::create_dir_all(&state).unwrap();
    let mut store = Store::create(&state.join("review.sqlite")).unwrap();
    let texts = all_pieces();
    for (at, text) in texts.iter().enumerate() {
        let recording = RecordingId::new(text);
        let account = AccountKey::new(text, Some(text));
        let time = "2026-11-20T14:02:11Z".parse().unwrap();
        let position = Duration::from_secs(at as u64);
        let key = QueueKey {
            seed: 1,
            size: 1,
            filter: text.clone(),
        };
        let row = QueueRow {
            recording: recording.clone(),
            done: false,
        };
        let changes = [
            Change::Reviewed(Reviewed {
                recording: recording.clone(),
                at: time,
            }),
            Change::Moment(Moment {
                recording: recording.clone(),
                at: position,
                note: text.clone(),
                created: time,
            }),
            Change::Position(Position {
                recording,
                at: position,
                left: time,
            }),
            Change::Choice(Choice {
                name: text.clone(),
                value: text.clone(),
            }),
            Change::Queue(Queue {
                key,
                created: time,
                rows: vec![row],
            }),
        ];
        store.change(&account, &changes).unwrap();
    }
    drop(store);
    let export = |form: &str| {
        let mut command = command("http://127.0.0.1:9", home.path(), &[]);
        command
            .args(["marks", "export", "--output", form])
            .output()
            .unwrap()
            .stdout
    };
    let (ndjson, json) = (export("ndjson"), export("json"));
    only_text("ndjson", &ndjson);
    only_text("json", &json);
    let kept = lines(&ndjson);
    assert_eq!(kept.len(), 5 * texts.len());
    assert_eq!(serde_json::from_slice::<Vec<Value>>(&json).unwrap(), kept);
    let moments = kept.iter().filter(|line| line["kind"] == "moment");
    let of: Vec<_> = moments
        .map(|line| line["recording"].as_str().unwrap())
        .collect();
    for text in &texts {
        assert!(of.contains(&text.as_str()), "{text:?}: {of:?}");
    }
    let csv = String::from_utf8(export("csv")).unwrap();
    // The ends of its own lines, as many as there are rows: none is in a cell.
    let csv = csv.replace("\r\n", "\n");
    only_text("csv", csv.as_bytes());
    assert_eq!(csv.lines().count(), 1 + kept.len(), "{csv}");
}
