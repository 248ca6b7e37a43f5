//! The real program in a real terminal: how soon it is there, how soon keys show, and what it costs while nobody types.
//!
//! The demo account runs inside the program here, so its work counts as the program's own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    dead_code
)]

#[path = "../tests/support/pty.rs"]
mod pty;
#[path = "../tests/support/pulse.rs"]
mod pulse;
mod support;

use std::time::{Duration, Instant};

use pty::{Program, Shown, Start};
use pulse::Pulse;
use support::figures::{median, milliseconds, percentile};
use support::process::{cpu, memory};
use support::screen::{arrived, demo, has_rows, press, settle};
use support::table::{Table, Unit};
use support::{quick, span, times};

const P50: f64 = 16.0;
const P99: f64 = 50.0;
const MEMORY: f64 = 60.0;

/// The hour-long mp3's row among the newest, from 0.
const HOUR: usize = 2;

const SLOW: [&str; 4] = ["--latency", "50", "--bandwidth", "65536"];
const FAST: [&str; 4] = ["--latency", "50", "--bandwidth", "1048576"];

fn main() {
    let mut table = Table::new("live: the real program in a pty");
    start(&mut table);
    keys(&mut table);
    idle(&mut table);
    let pulse = Pulse::start();
    if pulse.is_none() {
        table.note("no PulseAudio: playing aloud is not measured");
    }
    playing(&mut table, "null sink", None);
    if let Some(pulse) = &pulse {
        playing(&mut table, "sound server", Some(pulse));
    }
    million(&mut table);
    table.close();
}

fn with_sound(start: Start, pulse: Option<&Pulse>) -> Start {
    let Some(pulse) = pulse else { return start };
    pulse
        .environment()
        .iter()
        .fold(start, |start, (name, value)| start.env(name, value))
}

fn start(table: &mut Table) {
    let runs = times(10);
    let mut frames = Vec::new();
    let mut rows = Vec::new();
    let mut peers = Vec::new();
    for _ in 0..runs {
        peers.push(until(Start::command("cat", &["Cargo.toml"]), |_| true));
        frames.push(until(demo(&["--sink", "null"]), |shown| {
            shown.text().contains("callreel")
        }));
        rows.push(until(demo(&["--sink", "null"]), has_rows));
    }
    let cat = median(&peers);
    let what = format!("start to first frame, median of {runs}");
    table
        .row(what, Some(median(&frames)), Unit::Milliseconds)
        .beside("cat in the same pty", cat);
    let what = format!("start to first frame with rows, median of {runs}");
    table
        .row(what, Some(median(&rows)), Unit::Milliseconds)
        .beside("cat in the same pty", cat);
}

/// Milliseconds from the start of a program until its terminal shows what `state` looks for.
fn until(start: Start, state: impl Fn(&Shown) -> bool) -> f64 {
    let begun = Instant::now();
    let program = start.spawn();
    let shown = program.wait("its first frame", |shown| {
        !shown.bytes.is_empty() && state(shown)
    });
    milliseconds(arrived(&shown).duration_since(begun))
}

fn keys(table: &mut Table) {
    let count = times(300);
    let echo = echo(count);
    for (what, arguments, playing) in [
        ("idle", SLOW, false),
        ("an hour plays, 64 KiB/s", SLOW, true),
        ("an hour plays, 1 MiB/s", FAST, true),
    ] {
        let mut all = vec!["--sink", "null"];
        all.extend(arguments);
        let mut program = demo(&all).size(140, 40).spawn();
        settle(&mut program, HOUR);
        if playing {
            play(&mut program);
        }
        let keys = pressed(&mut program, count);
        if playing {
            assert!(is_playing(&program.shown()), "it has stopped");
        }
        for (name, percent, limit) in [("p50", 50.0, P50), ("p99", 99.0, P99)] {
            let what = format!("key to screen, {what}, {name} of {count}");
            let ours = percentile(&keys, percent);
            table
                .row(&what, Some(ours), Unit::Milliseconds)
                .limit(limit);
            table
                .row(&what, Some(ours), Unit::Milliseconds)
                .beside("bare pty echo", percentile(&echo, percent));
        }
    }
}

/// Milliseconds until the cursor is seen in its new row, for each of so many keys.
fn pressed(program: &mut Program, count: usize) -> Vec<f64> {
    (0..count)
        .map(|number| {
            pause(number);
            milliseconds(press(program, if number % 2 == 0 { "j" } else { "k" }))
        })
        .collect()
}

/// The same of a program that sends back each byte and does nothing else.
fn echo(count: usize) -> Vec<f64> {
    let script = "stty raw -echo; echo ready; exec cat";
    let mut program = Start::command("sh", &["-c", script]).spawn();
    program.wait_for("ready");
    program.wait_for_rest();
    (0..count)
        .map(|number| {
            pause(number);
            let before = program.shown().bytes.len();
            let begun = Instant::now();
            program.keys("x");
            let shown = program.wait("its echo", |shown| shown.bytes.len() > before);
            milliseconds(arrived(&shown).duration_since(begun))
        })
        .collect()
}

/// A key is pressed now and then, so that none meets the program always in the same state.
fn pause(number: usize) {
    std::thread::sleep(Duration::from_millis(10 + (number as u64 * 7) % 41));
}

fn is_playing(shown: &Shown) -> bool {
    shown.text().contains("▶ ")
}

fn play(program: &mut Program) {
    program.keys("\r");
    drop(program.wait("that it plays", is_playing));
}

fn idle(table: &mut Table) {
    let time = span(60);
    let mut program = demo(&["--sink", "null"]).spawn();
    settle(&mut program, 1);
    // The count of what is new and the last of the pages around the cursor are still on their way.
    let _ = program.bytes_within(Duration::from_secs(2));
    let before = cpu(program.pid());
    let bytes = program.bytes_within(time);
    let used = cpu(program.pid()) - before;
    let seconds = time.as_secs();
    table
        .row(
            format!("idle for {seconds} s: written to the terminal"),
            Some(bytes as f64),
            Unit::Bytes,
        )
        .limit(0.0);
    table
        .row(
            format!("idle for {seconds} s: CPU"),
            Some(used.as_secs_f64()),
            Unit::Seconds,
        )
        .limit(0.1);
    table
        .row(
            "idle: memory",
            Some(memory(program.pid()).0),
            Unit::Megabytes,
        )
        .limit(MEMORY);
}

fn playing(table: &mut Table, sink: &str, pulse: Option<&Pulse>) {
    let time = span(30);
    let arguments: &[&str] = if pulse.is_some() {
        &[]
    } else {
        &["--sink", "null"]
    };
    let mut program = with_sound(demo(arguments), pulse).spawn();
    settle(&mut program, HOUR);
    let before = cpu(program.pid());
    let begun = Instant::now();
    play(&mut program);
    // From the key on: fetching an hour, its waveform, and the demo account that sends it are in the first seconds.
    let _ = program.bytes_within(time.saturating_sub(begun.elapsed()));
    let first = cpu(program.pid()) - before;
    let (middle, since) = (cpu(program.pid()), Instant::now());
    let bytes = program.bytes_within(time);
    let seconds = since.elapsed().as_secs_f64();
    let steady = cpu(program.pid()) - middle;
    assert!(is_playing(&program.shown()), "it has stopped");
    let (now, most) = memory(program.pid());
    let mut row = |what: &str, ours: f64, unit, limit: f64| {
        let what = format!("an hour's mp3 plays, {sink}: {what}");
        table.row(what, Some(ours), unit).limit(limit);
    };
    let watched = time.as_secs();
    let share = first.as_secs_f64() / time.as_secs_f64() * 100.0;
    // In a hurry the hour's fetching and analysis would be held against a few seconds.
    if !quick() {
        row(
            &format!("CPU of the first {watched} s, fetching and waveform included"),
            share,
            Unit::Percent,
            5.0,
        );
    }
    let share = steady.as_secs_f64() / seconds * 100.0;
    row(
        &format!("CPU of the next {watched} s"),
        share,
        Unit::Percent,
        5.0,
    );
    row("memory", now, Unit::Megabytes, MEMORY);
    row("memory, most so far", most, Unit::Megabytes, MEMORY);
    row(
        "to the terminal, 80x24",
        bytes as f64 / seconds,
        Unit::BytesPerSecond,
        300.0,
    );
}

fn million(table: &mut Table) {
    let arguments = [
        "--sink",
        "null",
        "--recordings",
        "1000000",
        "--from",
        "2011-01-01",
    ];
    let mut program = demo(&arguments).size(140, 40).spawn();
    settle(&mut program, 0);
    for (keys, row) in [("G", "1,000,000"), (":500000\r", "500,000")] {
        let begun = Instant::now();
        program.keys(keys);
        let wanted = format!(" {row} of 1,000,000 ");
        let shown = program.wait(&wanted, |shown| shown.text().contains(&wanted));
        let took = arrived(&shown).duration_since(begun);
        drop(shown);
        program.wait_for_rest();
        let (now, most) = memory(program.pid());
        let keys = keys.trim_end();
        table
            .row(
                format!("a million recordings: {keys} to its rows"),
                Some(milliseconds(took)),
                Unit::Milliseconds,
            )
            .alone();
        table
            .row(
                format!("a million recordings: memory after {keys}"),
                Some(now),
                Unit::Megabytes,
            )
            .limit(MEMORY);
        table
            .row(
                format!("a million recordings: memory after {keys}, most so far"),
                Some(most),
                Unit::Megabytes,
            )
            .limit(MEMORY);
    }
}
