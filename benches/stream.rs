//! An hour-long recording from a slow server: when it is heard, beside mpv on the same server, file and sound server.
//!
//! Heard means: at the monitor of a sound server's null sink, where silence is exact zero. Which place of the recording is
//! heard is told by comparing the sound with the call that the hour repeats; so a jump counts from the key to the first
//! frame of the new place, however long the old one still sounds.

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
use serde_json::json;
use support::ears::{Ears, RATE};
use support::figures::{median, milliseconds};
use support::mpv::Mpv;
use support::process::installed;
use support::reference::{Beginning, Reference, has_gap};
use support::screen::{heard_by, settle};
use support::server::{Download, Server};
use support::table::{Table, Unit};
use support::times;

/// The hour-long mp3's row among the newest, from 0, the call that it repeats, and its length.
const HOUR: usize = 2;
const CALL: &str = "assets/calls/support-stereo-cbr32.mp3";
const SECONDS: f64 = 3_600.0;

/// Where `7` jumps to.
const FAR: f64 = 0.7;

/// What is not heard by then counts as never.
const PATIENCE: Duration = Duration::from_secs(25);

/// Before a jump or a pause: what plays has settled.
const SETTLED: Duration = Duration::from_millis(2_500);

const HEARD: f64 = 200.0;
const SILENT: f64 = 50.0;

fn main() {
    let mut table =
        Table::new("stream: an hour's mp3 from a throttled server, 50 ms before each answer");
    let Some(pulse) = Pulse::start() else {
        table.note("no PulseAudio: nothing can be heard");
        return;
    };
    for tool in ["mpv", "ffmpeg"] {
        if installed(tool).is_none() {
            table.note(&format!(
                "{tool} is not installed: `scripts/deps bench` brings it"
            ));
            return;
        }
    }
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), CALL].iter().collect();
    let bench = Bench {
        environment: pulse.environment(),
        ears: Ears::open(&pulse.environment()),
        call: Reference::decode(&file),
    };
    for (name, bandwidth) in [("64 KiB/s", 65_536), ("1 MiB/s", 1_048_576)] {
        let server = Server::start(&["--bandwidth", &bandwidth.to_string(), "--latency", "50"]);
        first_sound(&bench, &server, name, &mut table);
        far_jump(&bench, &server, name, bandwidth, &mut table);
    }
    table.close();
}

struct Bench {
    environment: Vec<(&'static str, String)>,
    ears: Ears,
    call: Reference,
}

/// A jump, as it was heard.
#[derive(Debug, Clone, Copy)]
struct Jump {
    /// Milliseconds to the new place's first frame.
    new: f64,
    /// The new place, in seconds within the call; not exact after a gap.
    place: f64,
    /// How often it fell silent again within a second.
    gaps: usize,
}

impl Bench {
    /// callreel with its cursor on the hour.
    fn callreel(&self, server: &Server) -> Program {
        let start = Start::callreel(&["--no-mouse"]).size(140, 40);
        let start = server.browsed_by(heard_by(start, &self.environment));
        let mut program = start.spawn();
        settle(&mut program, HOUR);
        program
    }

    /// Milliseconds from `begun` to the first sound.
    fn first(&self, begun: Instant) -> Option<f64> {
        let moment = self.ears.sound(begun, PATIENCE)?;
        Some(milliseconds(moment.at.duration_since(begun)))
    }

    /// Milliseconds from `begun` to silence.
    fn silent(&self, begun: Instant) -> Option<f64> {
        let moment = self.ears.silence(begun, PATIENCE)?;
        Some(milliseconds(moment.at.saturating_duration_since(begun)))
    }

    /// Waits for what another program left in the sound server to pass.
    fn hush(&self) {
        let since = Instant::now();
        self.ears.silence(since, PATIENCE).expect("silence");
    }

    /// Plays on until things have settled. Never for the same time: the moment that the sound was heard goes with the sound
    /// server's own beat, and a key that is pressed always on that beat would always be lucky, or never.
    fn settle(&self, run: usize) {
        let beat = Duration::from_millis(run as u64 * 13 % 40);
        std::thread::sleep(SETTLED + beat);
    }

    /// When the sound of the far place was heard after a jump asked for at `begun`.
    fn jump(&self, begun: Instant) -> Option<Jump> {
        let aim = (SECONDS * FAR).rem_euclid(self.call.length());
        let mut looked = begun;
        while looked.duration_since(begun) < PATIENCE {
            looked += Duration::from_millis(1_200);
            let (start, heard) = self.ears.between(begun, looked);
            // From behind, so that what is found is what sounds now.
            let window = RATE * 2 / 5;
            let Some(from) = heard.len().checked_sub(window) else {
                continue;
            };
            if has_gap(&heard[from..]) {
                continue;
            }
            let Some(place) = self.call.place(&heard[from..], aim + 2.0, 6.0) else {
                continue;
            };
            let Beginning { first, gaps } = self.call.begins(&heard, from, place);
            let at = self.ears.time_of(start + first)?;
            return Some(Jump {
                new: milliseconds(at.saturating_duration_since(begun)),
                place: place.seconds - (from - first) as f64 / RATE as f64,
                gaps,
            });
        }
        None
    }
}

fn first_sound(bench: &Bench, server: &Server, speed: &str, table: &mut Table) {
    let runs = times(10);
    let link = server.link(HOUR);
    let (mut ours, mut pauses, mut spawned, mut loaded) = (vec![], vec![], vec![], vec![]);
    let mut pauses_of_mpv = vec![];
    for run in 0..runs {
        bench.hush();
        let mut program = bench.callreel(server);
        let begun = Instant::now();
        program.keys("\r");
        ours.extend(bench.first(begun));
        bench.settle(run);
        let begun = Instant::now();
        program.keys(" ");
        pauses.extend(bench.silent(begun));
        drop(program);

        bench.hush();
        let (mpv, begun) = Mpv::start(&bench.environment, &[&link]);
        spawned.extend(bench.first(begun));
        drop(mpv);

        bench.hush();
        let (mut mpv, _) = Mpv::start(&bench.environment, &["--idle"]);
        mpv.connect();
        let begun = mpv.command(&json!(["loadfile", link]));
        loaded.extend(bench.first(begun));
        bench.settle(run);
        let begun = mpv.command(&json!(["set_property", "pause", true]));
        pauses_of_mpv.extend(bench.silent(begun));
    }
    let patience = milliseconds(PATIENCE);
    let what = format!("{speed}: Enter to first sound, median of {runs}");
    let heard = whole(&ours, runs);
    table.row(&what, heard, Unit::Milliseconds).limit(HEARD);
    for (name, theirs) in [("mpv from its start", &spawned), ("mpv loadfile", &loaded)] {
        table.row(&what, heard, Unit::Milliseconds).peer(
            name,
            whole(theirs, runs),
            patience,
            Some(1.5),
        );
    }
    note_range(table, &what, &ours);
    let what = format!("{speed}: pause to silence, median of {runs}");
    let silent = whole(&pauses, runs);
    table.row(&what, silent, Unit::Milliseconds).limit(SILENT);
    table.row(&what, silent, Unit::Milliseconds).peer(
        "mpv",
        whole(&pauses_of_mpv, runs),
        patience,
        None,
    );
}

fn far_jump(bench: &Bench, server: &Server, speed: &str, bandwidth: u32, table: &mut Table) {
    let runs = times(10);
    let mut jumps = Vec::new();
    let mut between = Vec::new();
    for run in 0..runs {
        bench.hush();
        let before = server.downloads().len();
        let mut program = bench.callreel(server);
        let begun = Instant::now();
        program.keys("\r");
        bench.first(begun).expect("it plays");
        bench.settle(run);
        let begun = Instant::now();
        program.keys("7");
        let jump = bench.jump(begun);
        // The log has a request when it has come to its end.
        drop(program);
        let downloads = server.downloads_at_least(before + 2);
        between.push(Between::of(&downloads[before..]));
        jumps.extend(jump);
    }
    let link = server.link(HOUR);
    let plain = mpv_jumps(bench, &link, &[], times(3));
    let fast = mpv_jumps(bench, &link, &["--demuxer-lavf-o=fflags=+fastseek"], runs);
    let what = format!("{speed}: jump to 70 % to its sound, median of {runs}");
    let times: Vec<f64> = jumps.iter().map(|jump| jump.new).collect();
    let heard = whole(&times, runs);
    let patience = milliseconds(PATIENCE);
    table.row(&what, heard, Unit::Milliseconds).limit(HEARD);
    table
        .row(&what, heard, Unit::Milliseconds)
        .peer("mpv", plain, patience, Some(10.0));
    table
        .row(&what, heard, Unit::Milliseconds)
        .peer("mpv fastseek", fast, patience, None);
    let aim = (SECONDS * FAR).rem_euclid(bench.call.length());
    let off: Vec<f64> = jumps.iter().map(|jump| (jump.place - aim) * 1e3).collect();
    let gaps = jumps.iter().filter(|jump| jump.gaps > 0).count();
    table.note(&format!(
        "{speed}: the sound after the jump is the call's at {:+.0} ms of 70 % (median), found by correlation; \
         it fell silent again within a second in {gaps} of {runs} runs",
        median(&off)
    ));
    note_range(table, &what, &times);
    Between::tell(&between, speed, bandwidth, table);
}

/// The median of mpv's jumps; `None` if the far place was not heard in most of them.
fn mpv_jumps(bench: &Bench, link: &str, arguments: &[&str], runs: usize) -> Option<f64> {
    let mut times = Vec::new();
    for run in 0..runs {
        bench.hush();
        let mut all = vec!["--idle"];
        all.extend(arguments);
        let (mut mpv, _) = Mpv::start(&bench.environment, &all);
        mpv.connect();
        let begun = mpv.command(&json!(["loadfile", link]));
        bench.first(begun).expect("mpv plays");
        bench.settle(run);
        let begun = mpv.command(&json!(["seek", FAR * 100.0, "absolute-percent"]));
        times.extend(bench.jump(begun).map(|jump| jump.new));
    }
    whole(&times, runs)
}

/// The median, unless half of the runs or more never came to an end.
fn whole(times: &[f64], runs: usize) -> Option<f64> {
    let mut all = times.to_vec();
    all.resize(runs.max(times.len()), f64::INFINITY);
    Some(median(&all)).filter(|median| median.is_finite())
}

fn note_range(table: &mut Table, what: &str, times: &[f64]) {
    let least = times.iter().copied().fold(f64::INFINITY, f64::min);
    let most = times.iter().copied().fold(0.0, f64::max);
    table.note(&format!("{what}: {least:.0} to {most:.0} ms"));
}

/// What the server's log says of the bytes before the far place.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Between {
    /// The byte that the jump asked for.
    target: u64,
    /// Bytes before it that were sent at all.
    sent: u64,
}

impl Between {
    fn of(downloads: &[Download]) -> Self {
        let target = downloads.iter().map(|download| download.from).max();
        let target = target.unwrap_or(0);
        let sent = downloads
            .iter()
            .map(|one| (one.from + one.bytes).min(target).saturating_sub(one.from))
            .sum();
        Self { target, sent }
    }

    fn tell(all: &[Self], speed: &str, bandwidth: u32, table: &mut Table) {
        let share = |bytes: f64, target: u64| bytes / target.max(1) as f64 * 100.0;
        let shares: Vec<f64> = all
            .iter()
            .map(|one| share(one.sent as f64, one.target))
            .collect();
        let target = all.iter().map(|one| one.target).min().unwrap_or(0);
        // What comes before the jump is sent, and it may take a little longer than planned; nothing more.
        let planned = f64::from(bandwidth) * SETTLED.as_secs_f64();
        table
            .row(
                format!("{speed}: of the bytes before 70 %, sent by the server"),
                Some(median(&shares)),
                Unit::Percent,
            )
            .limit(share(planned * 2.0, target));
        table.note(&format!(
            "{speed}: so the server's log; every jump began a request at byte {target} or later, after {:.1} s of play",
            SETTLED.as_secs_f64(),
        ));
    }
}
