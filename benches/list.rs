//! Long lists: how soon they are there, beside a walk by the official SDK on the same server; how many requests a second that
//! takes; how much memory; and how soon a list ends of which enough was seen.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code
)]

#[path = "../tests/support/pty.rs"]
mod pty;
mod support;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;
use support::figures::milliseconds;
use support::process::memory_while_it_runs;
use support::quick;
use support::server::Server;
use support::table::{Table, Unit};

/// So many times as fast as the SDK.
const AHEAD: f64 = 5.0;
/// The default of `--rate`, a third of what an account has.
const RATE: f64 = 20.0;
const MEMORY: f64 = 60.0;
/// Requests a second where nobody is disturbed by them.
const UNBRAKED: f64 = 2_000.0;
/// A page of a real account takes longer still.
const LATENCY: &str = "600";
/// The account's age in days.
const DAYS: &str = "400";

fn main() {
    let mut table = Table::new("list: 2,000 recordings of 400 days, 600 ms before each answer");
    for mode in ["offset", "cursor", "hybrid"] {
        against_the_sdk(&mut table, mode);
        if quick() {
            break;
        }
    }
    unbraked(&mut table);
    enough(&mut table);
    million(&mut table);
    table.close();
}

fn list(server: &Server, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callreel"));
    command.arg("list").args(arguments).stdin(Stdio::null());
    server.asked_by(&mut command);
    command
}

fn against_the_sdk(table: &mut Table, mode: &str) {
    let recordings = ["--recordings", "2000", "--latency", LATENCY];
    let server =
        Server::start(&[&recordings[..], &["--era", "current", "--paging", mode]].concat());
    let theirs = sdk(&server);
    // The SDK was the first to ask.
    let before = server.call_times().len();
    let begun = Instant::now();
    let from = format!("-{DAYS}d");
    let output = list(&server, &["--all", "--from", &from, "--output", "ndjson"])
        .output()
        .unwrap();
    let ours = begun.elapsed().as_secs_f64();
    assert!(output.status.success(), "{output:?}");
    let ids: Vec<_> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["recording_id"].clone())
        .collect();
    let times = server.call_times().split_off(before);
    let what = format!("listing 2,000 recordings, paged by {mode}");
    match theirs {
        Some((seconds, theirs)) => {
            // Some of the oldest drop out of a range that moves with the clock.
            assert!(theirs.len().abs_diff(ids.len()) < 20);
            assert!(ids.iter().zip(&theirs).all(|(a, b)| a == b), "{mode}");
            table.row(&what, Some(ours), Unit::Seconds).peer(
                "official SDK",
                Some(seconds),
                f64::INFINITY,
                Some(AHEAD),
            );
            table
                .row(
                    format!("{what}: requests"),
                    Some(times.len() as f64),
                    Unit::Requests,
                )
                .beside("official SDK", before as f64);
        }
        None => table.note("the official SDK is not installed: `make deps` brings it"),
    }
    table
        .row(
            format!("{what}: most requests in a second"),
            Some(busiest(&times)),
            Unit::Requests,
        )
        .limit(RATE);
}

/// Seconds and ids of a walk by the SDK; `None` where it is not installed.
fn sdk(server: &Server) -> Option<(f64, Vec<Value>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join(".venv/bin/python");
    if !python.exists() {
        return None;
    }
    let (id, token) = server.credentials();
    let output = Command::new(python)
        .arg("-B")
        .arg(root.join("benches/support/sdk_walk.py"))
        .args([&server.url, id, token, DAYS])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    Some((said["seconds"].as_f64()?, said["ids"].as_array()?.clone()))
}

/// The most requests that came within any one second.
fn busiest(times: &[i64]) -> f64 {
    let within = |first: &i64| {
        let later = times
            .iter()
            .filter(|time| (*first..*first + 1_000_000).contains(time));
        later.count()
    };
    times.iter().map(within).max().unwrap_or(0) as f64
}

/// Where answers come at once, nothing but the rate limit holds it back.
fn unbraked(table: &mut Table) {
    let server = Server::start(&["--recordings", "2000"]);
    let output = list(&server, &["--all"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let times = server.call_times();
    let seconds = (times[times.len() - 1] - times[0]) as f64 / 1e6;
    // A second's worth may leave at once in the beginning. What arrives within a single second tells little here: a request that
    // is late falls into the next one's.
    let rate = (times.len() as f64 - RATE) / seconds;
    let what = "listing, answers at once: requests a second after the first burst";
    table.row(what, Some(rate), Unit::Requests).limit(RATE);
}

fn enough(table: &mut Table) {
    let server = Server::start(&["--recordings", "200000", "--latency", LATENCY]);
    let begun = Instant::now();
    let mut child = list(&server, &["--all"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut first).unwrap();
    let row = milliseconds(begun.elapsed());
    table
        .row(
            "callreel list | head -1: start to the first row",
            Some(row),
            Unit::Milliseconds,
        )
        .limit(2.0 * LATENCY.parse::<f64>().unwrap());
    let closed = Instant::now();
    drop(out);
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(0));
    let end = milliseconds(closed.elapsed());
    table
        .row(
            "callreel list | head -1: from the row to the end",
            Some(end),
            Unit::Milliseconds,
        )
        .limit(100.0);
}

fn million(table: &mut Table) {
    let recordings = if quick() { "100000" } else { "1000000" };
    let server = Server::start(&["--recordings", recordings]);
    let begun = Instant::now();
    let mut child = list(&server, &["--all", "--rate", &UNBRAKED.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = i32::try_from(child.id()).unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let (mut rows, mut early, mut peak) = (0_u64, 0.0, 0.0);
    let mut line = Vec::new();
    while out.read_until(b'\n', &mut line).unwrap() > 0 {
        line.clear();
        rows += 1;
        if rows.is_multiple_of(1000) {
            // With its last rows it may have ended already.
            peak = memory_while_it_runs(pid).map_or(peak, |(_, most)| most);
        }
        if rows == 20_000 {
            early = peak;
        }
    }
    assert!(child.wait().unwrap().success());
    assert_eq!(rows.to_string(), recordings);
    let what = format!("listing {recordings} recordings: most memory");
    table
        .row(what, Some(peak), Unit::Megabytes)
        .limit_beside(MEMORY, "after 20,000", early);
    let what = format!("listing {recordings} recordings: time");
    let seconds = begun.elapsed().as_secs_f64();
    // Whoever asks so often, and waits for nothing else.
    let pages = rows as f64 / 20.0;
    table
        .row(what, Some(seconds), Unit::Seconds)
        .beside("its pages at that rate", pages / UNBRAKED);
}
