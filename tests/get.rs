//! `callreel get`, the real program, against an account on loopback.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::process::{Command, Output, Stdio};
use std::time::Duration;

use callreel::emulator::{self, Emulator, Options};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Map, Value};

fn start(faults: &str) -> Emulator {
    start_with(faults, Duration::ZERO)
}

fn start_with(faults: &str, latency: Duration) -> Emulator {
    let faults = faults.split(',').filter(|fault| !fault.is_empty());
    let options = Options {
        faults: faults.map(|fault| fault.parse().unwrap()).collect(),
        latency,
        ..Options::default()
    };
    emulator::start(options).unwrap()
}

fn get(emulator: &Emulator, arguments: &[&str]) -> Output {
    command(emulator, arguments).output().unwrap()
}

fn command(emulator: &Emulator, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callreel"));
    command
        .arg("get")
        .args(arguments)
        .env_clear()
        .env("CALLREEL_API_URL", emulator.url())
        .env("PLIVO_AUTH_ID", emulator.auth_id())
        .env("PLIVO_AUTH_TOKEN", emulator.auth_token());
    command
}

fn id(row: &Map<String, Value>) -> &str {
    row["recording_id"].as_str().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn recordings_are_printed_in_the_order_asked_for() {
    let emulator = start("");
    let rows = emulator.recordings(0, 4);
    let ids = [id(&rows[3]), id(&rows[0]), id(&rows[2])];
    let output = get(&emulator, &ids);
    assert!(output.status.success(), "{output:?}");
    let printed: Vec<Value> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(printed.len(), 3);
    for (printed, id) in printed.iter().zip(ids) {
        assert_eq!(printed["recording_id"], id);
        assert!(printed["callreel"]["added"].is_string());
        // As the API gave it, its own id of the answer too.
        assert!(printed["api_id"].is_string());
    }
    let array = get(&emulator, &["--output", "json", ids[0], ids[1]]);
    let array: Value = serde_json::from_slice(&array.stdout).unwrap();
    assert_eq!(array[1]["recording_id"], ids[1]);
    let table = get(&emulator, &["--output", "table", ids[0]]);
    let table = text(&table.stdout);
    assert!(
        table.lines().count() == 2 && table.contains(ids[0]),
        "{table}"
    );
}

#[test]
fn some_that_are_missing_are_told_and_the_rest_is_printed() {
    let emulator = start("");
    let rows = emulator.recordings(0, 2);
    let ids = [id(&rows[0]), "no-such", id(&rows[1])];
    let output = get(&emulator, &ids);
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    assert_eq!(text(&output.stdout).lines().count(), 2);
    let told: Vec<Value> = text(&output.stderr)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(told[0]["recording_id"], "no-such");
    assert_eq!(told[0]["status"], 404);
    assert_eq!(told[1]["message"], "1 of 3 could not be had");
    let mut people = vec!["--output", "csv"];
    people.extend(ids);
    let output = get(&emulator, &people);
    assert_eq!(output.status.code(), Some(7));
    let said = text(&output.stderr);
    assert!(
        said.starts_with("callreel: no-such: no such recording"),
        "{said}"
    );
}

#[test]
fn one_alone_fails_with_its_own_code() {
    let emulator = start("");
    let output = get(&emulator, &["no-such", "--output", "table"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty());
    let limited = start("429");
    let rows = limited.recordings(0, 2);
    let output = get(&limited, &[id(&rows[0]), id(&rows[1])]);
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let json: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(json["code"], 4);
}

#[test]
fn what_would_fail_for_each_ends_it_with_its_own_code_after_what_came() {
    let emulator = start("");
    let output = command(&emulator, &["one", "two", "three"])
        // Port 9 of this machine: nothing listens there.
        .env("CALLREEL_API_URL", "http://127.0.0.1:9")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    // The second is refused: the first was printed, and with it the array is whole.
    let refused = start("403/2");
    let rows = refused.recordings(0, 3);
    let ids = [id(&rows[0]), id(&rows[1]), id(&rows[2])];
    let output = get(&refused, &["--output", "json", ids[0], ids[1], ids[2]]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(text(&output.stderr).lines().count(), 1);
    let array: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(array.as_array().unwrap().len(), 1);
    assert_eq!(array[0]["recording_id"], ids[0]);
}

#[test]
fn a_signal_has_its_code_and_programs_read_of_it() {
    for (signal, code, form) in [
        (Signal::INT, 130, "ndjson"),
        (Signal::TERM, 143, "json"),
        (Signal::TERM, 143, "csv"),
    ] {
        let emulator = start_with("", Duration::from_secs(60));
        let mut command = command(&emulator, &["some", "--output", form]);
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let asked = emulator.requests_until(|asked| !asked.is_empty());
            tokio::time::timeout(Duration::from_secs(30), asked)
                .await
                .unwrap();
        });
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let said = text(&output.stderr);
        match form {
            "csv" => assert_eq!(said, "callreel: interrupted\n"),
            _ => {
                let told: Value = serde_json::from_str(&said).unwrap();
                assert_eq!(told["code"], code);
                assert_eq!(told["message"], "interrupted");
            }
        }
    }
}

#[test]
fn a_recording_that_is_not_there_is_said_once() {
    let emulator = start("");
    let output = get(&emulator, &["nowhere", "--output", "csv"]);
    let said = text(&output.stderr);
    assert_eq!(said.matches("no ").count(), 1, "{said}");
    assert!(
        said.starts_with("callreel: no such recording: it may"),
        "{said}"
    );
}
