//! Every command that prints what the account says.

use std::fs;
use std::path::Path;
use std::process::Output;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::program::{checked, command};
use super::server::{Content, SOUND, Server};
use crate::words::{hostile, only_text};

const ID: &str = "8d5cd396-4f88-11e1-829f-5b9cbd2c7acd";
const PART: &str = "8d5cd396-4f88-11e1-829f-5b9cbd2c7acd@0-1";
const RANGE: [&str; 4] = ["--from", "2026-11-01", "--to", "2026-11-30"];

fn callreel(server: &Server, home: &Path, arguments: &[&str]) -> Output {
    checked(command(&server.url, home, &[]).args(arguments))
}

fn ran(server: &Server, home: &Path, arguments: &[&str]) -> String {
    let output = callreel(server, home, arguments);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

/// All that is below a folder.
pub fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

/// Each case is a dozen runs of the program, so few cases; their texts hold several pieces each.
#[test]
fn nothing_that_is_printed_is_obeyed() {
    let texts = prop::collection::vec(hostile(), 13);
    let config = Config {
        cases: 8,
        max_shrink_iters: 20,
        failure_persistence: None,
        ..Config::default()
    };
    let server = Server::start(Content::default());
    TestRunner::new(config)
        .run(&texts, |texts| {
            let content = Content {
                texts,
                sound: SOUND,
                ..Content::default()
            };
            server.says(content.clone());
            let home = tempfile::tempdir().unwrap();
            tables(&server, home.path());
            archive(&server, home.path());
            logged(&server, home.path());
            for status in [400, 401, 403, 404, 422] {
                server.says(Content {
                    error: Some(status),
                    ..content.clone()
                });
                for form in ["table", "json"] {
                    let list = [&["list", "--output", form][..], &RANGE].concat();
                    assert!(!callreel(&server, home.path(), &list).status.success());
                }
                for one in [
                    &["get", ID][..],
                    &["play", "--sink", "null", ID],
                    &["clip", PART, "-o", "none.wav"],
                    &["delete", ID],
                ] {
                    callreel(&server, home.path(), one);
                }
            }
            callreel(&server, home.path(), &["stats"]);
            callreel(&server, home.path(), &["doctor", "--sink", "null"]);
            Ok(())
        })
        .unwrap();
}

fn tables(server: &Server, home: &Path) {
    for form in ["table", "json", "ndjson", "csv", "tsv"] {
        let shown = ran(
            server,
            home,
            &[&["list", "--output", form][..], &RANGE].concat(),
        );
        let cells = |line: &str| line.split('\t').count();
        let first = shown.lines().next().map_or(0, cells);
        assert!(shown.lines().all(|line| cells(line) == first), "{shown}");
        match form {
            // One line a row and one for the names of the columns, whatever is in it.
            "table" | "csv" | "tsv" => assert_eq!(shown.lines().count(), 14, "{shown}"),
            "ndjson" => assert_eq!(shown.lines().count(), 13, "{shown}"),
            _ => assert!(
                serde_json::from_str::<serde_json::Value>(&shown).is_ok(),
                "{shown}"
            ),
        }
    }
    ran(server, home, &[&["stats"][..], &RANGE].concat());
    ran(
        server,
        home,
        &[&["stats", "--output", "json"][..], &RANGE].concat(),
    );
    // A dry run.
    callreel(server, home, &[&["delete"][..], &RANGE].concat());
    for form in ["table", "json"] {
        ran(server, home, &["get", ID, "--output", form]);
    }
}

/// What goes into the audit log, and what is told of it.
fn logged(server: &Server, home: &Path) {
    let log = home.join("audit.ndjson");
    let run = |arguments: &[&str]| {
        let environment = [("CALLREEL_AUDIT", log.as_os_str())];
        let output = checked(command(&server.url, home, &environment).args(arguments));
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    };
    run(&["clip", PART, "-o", "part.wav"]);
    let log = fs::read(&log).unwrap();
    only_text("the audit log", &log);
    run(&["audit", "verify"]);
    run(&["audit", "verify", "--output", "ndjson"]);
    run(&["purge", "--dry-run"]);
}

fn archive(server: &Server, home: &Path) {
    let folder = home.join("archive");
    let to = folder.to_str().unwrap();
    let every_field = "{from}_{to}_{conference}_{call_uuid}_{type}_{id}.{ext}";
    let range = ["--from", "2026-11-01", "--until", "2026-11-30"];
    callreel(
        server,
        home,
        &[&["download", "--to", to, "--name", every_field][..], &range].concat(),
    );
    callreel(server, home, &["verify", to]);
    let files = files(&folder);
    let sounds = files
        .iter()
        .filter(|file| file.extension().is_some_and(|kind| kind == "mp3"));
    assert_eq!(sounds.count(), 13, "{files:?}");
    for file in files {
        only_text("a file's name", file.as_os_str().as_encoded_bytes());
        if file
            .extension()
            .is_some_and(|kind| kind == "json" || kind == "ndjson")
        {
            only_text(&file.display().to_string(), &fs::read(&file).unwrap());
        }
    }
}
