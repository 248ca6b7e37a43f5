//! How a list ends: exit codes, and what is said.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use callreel::emulator::Options;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::ran::{command, failure, list, requests_until, rows, start, start_with, told};

fn slow() -> Options {
    Options {
        recordings: 2000,
        latency: Duration::from_millis(200),
        ..Options::default()
    }
}

fn json(text: &str) -> Value {
    let mut lines = text.lines();
    let line = lines.next().unwrap();
    assert_eq!(lines.next(), None, "{text}");
    serde_json::from_str(line).unwrap()
}

#[test]
fn failures_have_their_codes_and_are_json_for_programs() {
    for (fault, code, status) in [
        ("401", 2, 401),
        ("403", 2, 403),
        ("400", 1, 400),
        ("429-bare", 4, 429),
        ("503", 3, 503),
    ] {
        let emulator = start(fault);
        let said = json(&failure(&list(&emulator, &["--output", "ndjson"]), code));
        assert_eq!(said["code"], code, "{said}");
        assert_eq!(said["status"], status, "{said}");
        assert!(!said["message"].as_str().unwrap().is_empty());
        assert!(!said["hint"].as_str().unwrap().is_empty());
        assert!(said["api_id"].is_string() || said["api_id"].is_null());
    }
    let emulator = start("401");
    let words = failure(&list(&emulator, &["--output", "csv"]), 2);
    assert!(words.starts_with("callreel: "), "{words}");
    assert!(words.contains("PLIVO_AUTH_TOKEN"), "{words}");
}

#[test]
fn an_api_that_is_not_there_is_the_network() {
    let emulator = start("");
    let mut nowhere = command(&emulator, &["list"]);
    // Port 9 of this machine: nothing listens there.
    let output = nowhere
        .env("CALLREEL_API_URL", "http://127.0.0.1:9")
        .output()
        .unwrap();
    let said = json(&failure(&output, 3));
    assert_eq!(
        (&said["status"], &said["code"]),
        (&Value::Null, &Value::from(3))
    );
}

#[test]
fn no_credentials_are_told_apart_from_wrong_ones() {
    let nobody = |form: &str| {
        Command::new(env!("CARGO_BIN_EXE_callreel"))
            .args(["list", "--output", form])
            .env_clear()
            .output()
            .unwrap()
    };
    let words = failure(&nobody("table"), 2);
    assert!(words.contains("PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN are not set"));
    assert_eq!(json(&failure(&nobody("json"), 2))["code"], 2);
}

#[test]
fn wrong_values_are_told_before_anything_is_asked() {
    let emulator = start("");
    for (arguments, says) in [
        (&["--from", "nonsense"][..], "--from: "),
        (
            &["--from", "-7d", "--storage-days", "7"],
            "cannot be used with",
        ),
        (&["--min-length", "long"], "90, 1:30"),
        (&["--limit", "0"], "--limit"),
        (
            &["--callback-method", "GET"],
            "--callback-method does nothing",
        ),
    ] {
        let said = failure(&list(&emulator, arguments), 1);
        assert!(said.contains(says), "{said}");
    }
    assert!(emulator.requests().is_empty());
}

#[test]
fn a_line_that_is_wrong_is_json_for_programs() {
    let emulator = start("");
    for arguments in [
        &["list", "--output", "json", "--nonsense"][..],
        &["get", "--output=ndjson"],
        &["download", "--limit", "x", "--output", "ndjson"],
    ] {
        let output = command(&emulator, arguments).output().unwrap();
        let said = json(&failure(&output, 1));
        assert_eq!(said["code"], 1, "{said}");
        let message = said["message"].as_str().unwrap();
        assert!(!message.starts_with("error"), "{message}");
        let hint = said["hint"].as_str().unwrap();
        assert!(
            hint.contains("Usage: ") || hint.contains("--help"),
            "{hint}"
        );
    }
    let people = command(&emulator, &["list", "--nonsense"])
        .output()
        .unwrap();
    assert!(failure(&people, 1).starts_with("error: unexpected argument"));
}

#[test]
fn an_api_elsewhere_is_asked_politely() {
    let emulator = start("");
    let mut command = command(&emulator, &["list", "--rate", "51", "--output", "csv"]);
    let output = command
        .env("CALLREEL_API_URL", "https://api.example.com")
        .output()
        .unwrap();
    assert!(failure(&output, 1).contains("more than 50 a second"));
}

#[test]
fn a_list_that_breaks_off_says_where() {
    let emulator = start_with("", slow());
    let mut child = command(&emulator, &["list", "--all"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    for _ in 0..100 {
        assert!(out.read_line(&mut text).unwrap() > 0);
    }
    emulator.set_faults(vec!["502".parse().unwrap()]);
    out.read_to_string(&mut text).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let came = rows(&text);
    let all = emulator.recordings(0, 2000);
    assert!(came.len() < all.len());
    assert_eq!(came, all[..came.len()]);
    let said = json(&told(&output));
    assert_eq!(said["incomplete"], true);
    assert_eq!(said["rows"], came.len());
    // What the hint says lists the rest.
    emulator.set_faults(Vec::new());
    let hint = said["hint"].as_str().unwrap();
    let to = hint.split('"').nth(1).unwrap();
    let rest = list(
        &emulator,
        &["--from", "2011-01-01", "--to", to, "--rate", "2000"],
    );
    let rest = rows(std::str::from_utf8(&rest.stdout).unwrap());
    assert_eq!(rest, all[came.len() - 1..]);
}

#[test]
fn an_array_that_broke_off_is_no_json() {
    let emulator = start_with("", slow());
    let mut child = command(&emulator, &["list", "--all", "--output", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    for _ in 0..10 {
        out.read_line(&mut text).unwrap();
    }
    emulator.set_faults(vec!["403".parse().unwrap()]);
    out.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(serde_json::from_str::<Value>(&text).is_err());
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_at_once() {
    let options = Options {
        recordings: 20_000,
        latency: Duration::from_millis(300),
        ..Options::default()
    };
    let emulator = start_with("", options);
    let mut child = command(&emulator, &["list", "--all"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    // The pipe is closed now.
    let closed = Instant::now();
    let output = child.wait_with_output().unwrap();
    assert!(
        closed.elapsed() < Duration::from_secs(2),
        "{:?}",
        closed.elapsed()
    );
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(told(&output), "");
    assert_eq!(rows(&first)[0], emulator.recordings(0, 1)[0]);
    assert!(
        emulator.requests().len() < 40,
        "{}",
        emulator.requests().len()
    );
}

#[test]
fn an_interrupt_ends_it_at_once_even_while_nobody_reads() {
    for (read, signal, code) in [
        (false, Signal::INT, 130),
        (true, Signal::INT, 130),
        (true, Signal::TERM, 143),
    ] {
        let options = Options {
            recordings: 20_000,
            latency: Duration::from_millis(if read { 300 } else { 0 }),
            ..Options::default()
        };
        let emulator = start_with("", options);
        let mut child = command(&emulator, &["list", "--all", "--rate", "2000"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        out.read_line(&mut text).unwrap();
        if !read {
            // So many rows are more than the pipe and what waits for it hold.
            requests_until(&emulator, 60);
        }
        // Not by the program `kill`: a bare machine has none.
        kill_process(Pid::from_child(&child), signal).unwrap();
        let since = Instant::now();
        if read {
            out.read_to_string(&mut text).unwrap();
        }
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert!(since.elapsed() < Duration::from_secs(3));
        out.read_to_string(&mut text).unwrap();
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        let said = json(&said);
        assert_eq!(said["code"], code);
        let told = said["message"].as_str().unwrap();
        let told = told.strip_prefix("incomplete: interrupted after ").unwrap();
        let told: usize = told
            .split(' ')
            .next()
            .unwrap()
            .replace(',', "")
            .parse()
            .unwrap();
        // A reader got all that it was told of; one that does not read finds no less in the pipe.
        let came = text.lines().filter(|line| line.ends_with('}')).count();
        match read {
            true => assert_eq!(told, came),
            false => assert!((1..=came).contains(&told), "{told} {came}"),
        }
    }
}

#[test]
fn progress_is_told_where_it_is_wanted() {
    let emulator = start_with("", slow());
    let quiet = list(&emulator, &["--limit", "40"]);
    assert_eq!(told(&quiet), "");
    let wanted = list(&emulator, &["--from", "-60d", "--progress", "always"]);
    let said = told(&wanted);
    let lines: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        lines[0]["range"]["from"].as_str().unwrap().ends_with("Z"),
        "{said}"
    );
    let words = list(
        &emulator,
        &[
            "--limit",
            "40",
            "--progress",
            "always",
            "--output",
            "csv",
            "--format",
            "mp3",
        ],
    );
    let said = told(&words);
    assert!(
        said.contains("UTC · all calls · chosen here: format mp3"),
        "{said}"
    );
}

#[test]
fn a_clock_that_is_behind_is_told_where_it_hides_the_newest() {
    let ahead = start_with(
        "",
        Options {
            now: chrono::Utc::now() + chrono::TimeDelta::hours(2),
            ..Options::default()
        },
    );
    let words = "this machine's clock is 2 h 00 behind the API's";
    let output = list(&ahead, &["--output", "csv"]);
    assert!(
        output.status.success() && told(&output).contains(words),
        "{}",
        told(&output)
    );
    let said = json(&told(&list(&ahead, &["--output", "ndjson"])));
    let behind = said["warning"]["clock_behind_seconds"].as_u64().unwrap();
    assert!(behind.abs_diff(7_200) < 60, "{said}");
    let output = command(&ahead, &["stats"]).output().unwrap();
    assert!(told(&output).contains(words), "{output:?}");
    // What ends before now hides nothing.
    let range = ["--from", "-2d", "--to", "-1d", "--output", "csv"];
    assert_eq!(told(&list(&ahead, &range)), "");
    assert_eq!(told(&list(&start(""), &["--output", "csv"])), "");
}
