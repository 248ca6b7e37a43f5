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
use serde_json::json;
use support::figures::{median, milliseconds, percentile};
use support::mpv::Mpv;
use support::process::{cpu, installed, memory};
use support::screen::{arrived, demo, has_rows, heard_by, press, settle};
use support::server::Server;
use support::table::{Table, Unit};
use support::{quick, span, times};

/// What comes within this seems to be there at once.
const FIRST: f64 = 50.0;
const ROWS: f64 = 100.0;
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
    let pulse = Pulse::start();
    if pulse.is_none() {
        table.note("no PulseAudio: everything plays into the null sink");
    }
    keys(&mut table, pulse.as_ref());
    idle(&mut table);
    playing(&mut table, "null sink", None);
    if let Some(pulse) = &pulse {
        playing(&mut table, "sound server", Some(pulse));
        beside_mpv(&mut table, pulse);
    }
    million(&mut table);
    table.close();
}

/// The demo account with a sound server, or in real time into nothing.
fn sounding(arguments: &[&str], pulse: Option<&Pulse>) -> Start {
    match pulse {
        Some(pulse) => heard_by(demo(arguments), &pulse.environment()),
        None => demo(&[&["--sink", "null"], arguments].concat()),
    }
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
        .limit_beside(FIRST, "cat in the same pty", cat);
    let what = format!("start to first frame with rows, median of {runs}");
    table
        .row(what, Some(median(&rows)), Unit::Milliseconds)
        .limit_beside(ROWS, "cat in the same pty", cat);
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

fn keys(table: &mut Table, pulse: Option<&Pulse>) {
    let count = times(300);
    let echo = echo(count);
    for (what, arguments, playing) in [
        ("idle", SLOW, false),
        ("an hour plays, 64 KiB/s", SLOW, true),
        ("an hour plays, 1 MiB/s", FAST, true),
    ] {
        let mut program = sounding(&arguments, pulse).size(140, 40).spawn();
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
            let bare = percentile(&echo, percent);
            table
                .row(&what, Some(ours), Unit::Milliseconds)
                .limit_beside(limit, "bare pty echo", bare);
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
    // The same first minute as beside mpv.
    let (minute, time) = (span(60), span(30));
    let mut program = sounding(&[], pulse).spawn();
    settle(&mut program, HOUR);
    let before = cpu(program.pid());
    let begun = Instant::now();
    play(&mut program);
    // From the key on: fetching an hour, its waveform, and the demo account that sends it are in the first seconds.
    let _ = program.bytes_within(minute.saturating_sub(begun.elapsed()));
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
    let share = first.as_secs_f64() / minute.as_secs_f64() * 100.0;
    // In a hurry the hour's fetching and analysis would be held against a few seconds.
    if !quick() {
        row(
            &format!("CPU of the first {} s, waveform included", minute.as_secs()),
            share,
            Unit::Percent,
            5.0,
        );
    }
    let share = steady.as_secs_f64() / seconds * 100.0;
    row(
        &format!("CPU of the next {} s", time.as_secs()),
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

/// Callreel and mpv, one after the other, play the same hour from the same server into the same sound server. The first minute begins
/// with the order to play: both fetch the whole file in it, and callreel decodes all of it once more than mpv, for its waveform.
fn beside_mpv(table: &mut Table, pulse: &Pulse) {
    if installed("mpv").is_none() {
        table.note("mpv is not installed: `scripts/deps bench` brings it");
        return;
    }
    let (time, seconds) = (span(60), span(60).as_secs_f64());
    let server = Server::start(&[]);
    let callreel = heard_by(Start::callreel(&["--no-mouse"]), &pulse.environment());
    let mut program = server.browsed_by(callreel).spawn();
    settle(&mut program, HOUR);
    let before = cpu(program.pid());
    play(&mut program);
    let ours = spans(program.pid(), before, time);
    assert!(is_playing(&program.shown()), "it has stopped");
    let our_memory = memory(program.pid()).1;
    drop(program);
    let (mut mpv, _) = Mpv::start(&pulse.environment(), &["--idle"]);
    mpv.connect();
    let before = cpu(mpv.pid());
    mpv.command(&json!(["loadfile", server.link(HOUR)]));
    let theirs = spans(mpv.pid(), before, time);
    let words = [
        format!("the first {seconds:.0} s, waveform of the hour included"),
        format!("the next {seconds:.0} s"),
    ];
    for (index, words) in words.iter().enumerate() {
        let percent = |used: [Duration; 2]| used[index].as_secs_f64() / seconds * 100.0;
        let row = table.row(
            format!("an hour's mp3 plays, sound server: CPU of {words}"),
            Some(percent(ours)),
            Unit::Percent,
        );
        row.peer("mpv", Some(percent(theirs)), 0.0, None);
    }
    let what = "an hour's mp3 plays, sound server: memory, most so far";
    let row = table.row(what, Some(our_memory), Unit::Megabytes);
    row.peer("mpv", Some(memory(mpv.pid()).1), 0.0, None);
}

/// What a program uses in two spans of time, one after the other, when it had used `before` at the beginning.
fn spans(pid: i32, before: Duration, time: Duration) -> [Duration; 2] {
    std::thread::sleep(time);
    let middle = cpu(pid);
    std::thread::sleep(time);
    [middle - before, cpu(pid) - middle]
}

/// Whether the cursor's row has come, rather than its number alone.
fn is_loaded(shown: &Shown) -> bool {
    let screen = shown.screen();
    let (row, _) = screen.cursor_position();
    let (_, columns) = screen.size();
    let line = screen.contents_between(row, 0, row, columns.get());
    line.contains(" 202") && line.contains(':')
}

/// The account's whole life, and more than that: from before it had anything.
const WHOLE: &str = "--from=-400d";
const ALL_TIME: &str = "--from=2011-01-01";

fn million(table: &mut Table) {
    for (range, name) in [(WHOLE, "400 days"), (ALL_TIME, "all time")] {
        let arguments = ["--sink", "null", "--recordings", "1000000", range];
        let mut program = demo(&arguments).size(140, 40).spawn();
        settle(&mut program, 0);
        for (keys, row) in JUMPS {
            let took = jump(&mut program, keys, row);
            let (_, most) = memory(program.pid());
            let keys = keys.trim_end();
            table
                .row(
                    format!("a million recordings, {name}: {keys} to its rows"),
                    Some(took),
                    Unit::Milliseconds,
                )
                .limit(ROWS);
            table
                .row(
                    format!("a million recordings, {name}: memory after {keys}, most so far"),
                    Some(most),
                    Unit::Megabytes,
                )
                .limit(MEMORY);
        }
    }
    let server = Server::start(&["--recordings", "1000000"]);
    let callreel = Start::callreel(&["--sink", "null", WHOLE]).size(140, 40);
    let mut program = server.browsed_by(callreel).spawn();
    drop(program.wait("rows", has_rows));
    // The start's own requests count too: the user need not wait for them.
    let mut before = 0;
    for ((keys, row), limit) in JUMPS.into_iter().zip([30.0, 20.0]) {
        jump(&mut program, keys, row);
        program.wait_for_rest();
        let calls = server.calls();
        table
            .row(
                format!(
                    "a million recordings, 400 days: requests by {}",
                    keys.trim_end()
                ),
                Some((calls - before) as f64),
                Unit::Requests,
            )
            .limit(limit);
        before = calls;
    }
}

const JUMPS: [(&str, &str); 2] = [("G", "1,000,000"), (":500000\r", "500,000")];

/// Milliseconds from the keys until the row that they go to is there, and what it holds.
fn jump(program: &mut Program, keys: &str, row: &str) -> f64 {
    let begun = Instant::now();
    program.keys(keys);
    let wanted = format!(" {row} of 1,000,000 ");
    let shown = program.wait(&wanted, |shown| {
        shown.text().contains(&wanted) && is_loaded(shown)
    });
    milliseconds(arrived(&shown).duration_since(begun))
}
