//! How soon a reviewer's keys are heard: the next recording, and another speed. The real program, a throttled account, and the monitor
//! of a sound server's null sink.

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

use std::path::PathBuf;
use std::time::{Duration, Instant};

use pty::{Program, Start};
use pulse::Pulse;
use support::ears::{Ears, Moment, RATE};
use support::figures::{median, milliseconds};
use support::process::installed;
use support::reference::{Reference, has_gap};
use support::screen::{heard_by, settle};
use support::server::Server;
use support::table::{Table, Unit};
use support::times;

/// The hour-long mp3's row among the newest, from 0, and the call of the row below it: one without a tag, so that its first frame is the
/// first that is heard.
const HOUR: usize = 2;
const BELOW: &str = "assets/calls/booking-mono-cbr16.mp3";
/// Bytes of the row below that are fetched ahead: all of it, since it is smaller than the 256 KiB that are at most.
const AHEAD: u64 = 86_112;

/// The row whose speed is changed.
const NEWEST: usize = 0;

/// Milliseconds.
const HEARD: f64 = 100.0;

/// What is not heard by then counts as never.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() {
    let mut table = Table::new("review: keys and what is heard of them");
    let Some(pulse) = Pulse::start() else {
        table.note("no PulseAudio: nothing can be heard");
        return;
    };
    if installed("ffmpeg").is_none() {
        table.note("ffmpeg is not installed: `scripts/deps bench` brings it");
        return;
    }
    let bench = Bench {
        environment: pulse.environment(),
        ears: Ears::open(&pulse.environment()),
    };
    next_row(&bench, &mut table);
    speed(&bench, &mut table);
    table.close();
}

struct Bench {
    environment: Vec<(&'static str, String)>,
    ears: Ears,
}

impl Bench {
    /// callreel with its cursor on a row.
    fn callreel(&self, server: &Server, row: usize) -> Program {
        let start = Start::callreel(&["--no-mouse"]).size(140, 40);
        let start = server.browsed_by(heard_by(start, &self.environment));
        let mut program = start.spawn();
        settle(&mut program, row);
        program
    }

    fn hush(&self) {
        let silence = self.ears.silence(Instant::now(), PATIENCE);
        silence.expect("silence");
    }

    /// Plays the row under the cursor; its first sound.
    fn play(&self, program: &mut Program) -> Moment {
        let begun = Instant::now();
        program.keys("\r");
        self.ears.sound(begun, PATIENCE).expect("it plays")
    }
}

/// From `J` to the first frame of the row below, whose beginning was fetched while the row above played.
fn next_row(bench: &Bench, table: &mut Table) {
    let runs = times(10);
    let server = Server::start(&["--bandwidth", "65536", "--latency", "50"]);
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), BELOW].iter().collect();
    let call = Reference::decode(&file);
    let lead = lead(bench, &server, &call);
    let mut heard = Vec::new();
    for run in 0..runs {
        bench.hush();
        let before = server.downloads().len();
        let mut program = bench.callreel(&server, HOUR);
        bench.play(&mut program);
        fetched_ahead(&server, before);
        beat(run);
        let begun = Instant::now();
        program.keys("J");
        heard.extend(begins(bench, &call, begun, lead));
    }
    row(
        table,
        format!("64 KiB/s, 50 ms: J to the next recording's sound, median of {runs}"),
        &heard,
        runs,
    );
    table.note(&format!(
        "its first sound is {:.0} ms after the call's first sample as ffmpeg decodes it, which is counted in",
        lead as f64 / RATE as f64 * 1e3
    ));
}

/// How many frames after the call's first sample its first sound comes, heard after silence.
fn lead(bench: &Bench, server: &Server, call: &Reference) -> isize {
    bench.hush();
    let mut program = bench.callreel(server, HOUR + 1);
    let first = bench.play(&mut program);
    let sample = first_sample(bench, call, first.at).expect("the call is heard");
    first.frame as isize - sample
}

/// Waits until the beginning of the row below has come.
fn fetched_ahead(server: &Server, before: usize) {
    let begun = Instant::now();
    loop {
        let since = server.downloads().split_off(before);
        if since.iter().any(|download| download.bytes == AHEAD) {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(40),
            "nothing is fetched ahead: {since:?}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Milliseconds from `begun` to the first sound of `call`.
fn begins(bench: &Bench, call: &Reference, begun: Instant, lead: isize) -> Option<f64> {
    let first = first_sample(bench, call, begun)? + lead;
    let at = bench.ears.time_of(usize::try_from(first).ok()?)?;
    (at >= begun).then(|| milliseconds(at.duration_since(begun)))
}

/// The frame at which the first sample of `call` was due, counted back from a place where its sound is known. A gap on the way there
/// would count as time that was waited.
fn first_sample(bench: &Bench, call: &Reference, begun: Instant) -> Option<isize> {
    let window = RATE * 2 / 5;
    let mut looked = begun;
    while looked.duration_since(begun) < PATIENCE {
        looked += Duration::from_millis(700);
        let (start, frames) = bench.ears.between(begun, looked);
        let Some(from) = frames.len().checked_sub(window) else {
            continue;
        };
        if has_gap(&frames[from..]) {
            continue;
        }
        let after = looked.duration_since(begun).as_secs_f64();
        let Some(place) = call.place(&frames[from..], after, 2.0) else {
            continue;
        };
        let before = (place.seconds * RATE as f64) as isize;
        return Some((start + from) as isize - before);
    }
    None
}

/// From a speed key to the first frame that is not what it would have been without it.
fn speed(bench: &Bench, table: &mut Table) {
    let server = Server::start(&[]);
    bench.hush();
    let mut program = bench.callreel(&server, NEWEST);
    let first = bench.play(&mut program);
    let (_, plain) = bench
        .ears
        .between(first.at, first.at + Duration::from_secs(8));
    drop(program);
    for (keys, what) in [("]", "0.1 faster"), ("\\", "1.5×"), ("[", "0.1 slower")] {
        let runs = times(10);
        let mut heard = Vec::new();
        for run in 0..runs {
            bench.hush();
            let mut program = bench.callreel(&server, NEWEST);
            let first = bench.play(&mut program);
            std::thread::sleep(Duration::from_secs(2));
            beat(run);
            let begun = Instant::now();
            program.keys(keys);
            heard.extend(differs(bench, &plain, first, begun));
        }
        row(
            table,
            format!("a key to its speed ({what}), median of {runs}"),
            &heard,
            runs,
        );
    }
}

/// Milliseconds from `begun` to the first frame that is another than in `plain`, which began as what is heard since `first` did.
fn differs(bench: &Bench, plain: &[[f32; 2]], first: Moment, begun: Instant) -> Option<f64> {
    let (start, frames) = bench
        .ears
        .between(first.at, begun + Duration::from_millis(600));
    let lag = lag(&frames, plain)?;
    let other = |at: usize| {
        let plain = plain.get(at.checked_add_signed(lag)?)?;
        let [left, right] = [0, 1].map(|side| (frames[at][side] - plain[side]).abs());
        Some(left.max(right) > ANOTHER)
    };
    let before = RATE * 3 / 2;
    let place = (before..frames.len()).find(|at| other(*at) == Some(true))?;
    let at = bench.ears.time_of(start + place)?;
    (at >= begun).then(|| milliseconds(at.duration_since(begun)))
}

/// Samples of the same sound are the same to the rounding of floats.
const ANOTHER: f32 = 1e-3;

/// How many frames later in `plain` the same sound stands as in `frames`: told by what came last before any key was pressed, since a
/// device that ran dry at the start would have moved all that follows.
fn lag(frames: &[[f32; 2]], plain: &[[f32; 2]]) -> Option<isize> {
    let here = RATE * 3 / 2;
    let piece = frames.get(here..here + RATE / 20)?;
    let most = RATE as isize / 2;
    let near = (0..most).flat_map(|lag| [lag, -lag]);
    near.into_iter().find(|lag| {
        let there = here.checked_add_signed(*lag);
        there
            .and_then(|there| plain.get(there..))
            .is_some_and(|plain| {
                piece
                    .iter()
                    .zip(plain)
                    .all(|(a, b)| (a[0] - b[0]).abs() < 1e-4 && (a[1] - b[1]).abs() < 1e-4)
            })
    })
}

/// A key is never pressed on the sound server's own beat, where it would always be lucky, or never.
fn beat(run: usize) {
    std::thread::sleep(Duration::from_millis(run as u64 * 13 % 40));
}

/// The median against the goal; a run that was not heard counts as never.
fn row(table: &mut Table, what: String, heard: &[f64], runs: usize) {
    let mut all = heard.to_vec();
    all.resize(runs.max(heard.len()), f64::INFINITY);
    table
        .row(&what, Some(median(&all)), Unit::Milliseconds)
        .limit(HEARD);
    let least = heard.iter().copied().fold(f64::INFINITY, f64::min);
    let most = heard.iter().copied().fold(0.0, f64::max);
    table.note(&format!(
        "{what}: {least:.0} to {most:.0} ms, told in {} of {runs} runs",
        heard.len()
    ));
}
