//! What it costs to listen as reviewers do: twice as fast, levelled, without the silence, while the waveform is drawn. Beside mpv with
//! its own tempo filter, which does none of the rest.
//!
//! Both play the same mono 16 kHz mp3 in real time into nothing; the first seconds, in which all of it is fetched and drawn, count for
//! ours.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    dead_code
)]

#[path = "../tests/sound/media.rs"]
mod media;
#[path = "../tests/support/pty.rs"]
mod pty;
#[path = "../tests/support/pulse.rs"]
mod pulse;
mod support;

use std::io::Write;
use std::process::{Command as Process, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use callreel::audio::fetch::Http;
use callreel::audio::speech::{Skip, Speech, Speed};
use callreel::audio::{Command, Event, PlayId, Player, Request, Sink};
use support::process::{cpu, installed};
use support::span;
use support::table::{Table, Unit};

const CALL: &[u8] = include_bytes!("../assets/calls/survey-mono16k-cbr24.mp3");

/// Copies of the call, 37 s each, none of which leans on the one before (assets/calls/README.md): a quarter of an hour.
const COPIES: usize = 25;

/// Per cent of one core.
const LIMIT: f64 = 10.0;

fn main() {
    let mut table = Table::new("speech: a quarter of an hour of mono 16 kHz mp3, into nothing");
    let file = CALL.repeat(COPIES);
    let plain = ours(&file, Speech::default());
    table
        .row(
            "playing speech: CPU, as it was recorded",
            Some(plain),
            Unit::Percent,
        )
        .limit(LIMIT);
    let all = ours(
        &file,
        Speech {
            speed: Speed::from_tenths(20),
            skip: Skip::Mild,
            level: true,
            ..Speech::default()
        },
    );
    let what = "playing speech: CPU at 2.0×, levelled, silence skipped, waveform drawn";
    table.row(what, Some(all), Unit::Percent).limit(LIMIT);
    if installed("mpv").is_some() {
        let theirs = mpv(&file);
        table.row(what, Some(all), Unit::Percent).peer(
            "mpv at 2×, scaletempo2 alone",
            Some(theirs),
            0.0,
            None,
        );
    } else {
        table.note("mpv is not installed: `scripts/deps bench` brings it");
    }
    table.close();
}

/// Per cent of a core that this process takes while it plays.
fn ours(file: &[u8], speech: Speech) -> f64 {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let url = media::serve(file.to_vec(), Duration::ZERO, None);
    let (told, events) = channel();
    let player = Player::spawn(
        runtime.handle().clone(),
        Http::new().unwrap(),
        Sink::Null,
        move |_, event| drop(told.send(event)),
    );
    let used = usage(std::process::id(), || {
        player.send(Command::Speech(speech));
        player.send(Command::Play {
            play: PlayId(1),
            request: Request {
                url,
                authorization: None,
                own_origin: None,
            },
            at: Duration::ZERO,
            expected: None,
        });
    });
    let events: Vec<Event> = events.try_iter().collect();
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Event::Playing(_)))
    );
    assert!(!events.iter().any(|event| matches!(event, Event::Failed(_))));
    player.shutdown();
    used
}

fn mpv(file: &[u8]) -> f64 {
    let mut held = tempfile::Builder::new().suffix(".mp3").tempfile().unwrap();
    held.write_all(file).unwrap();
    let mut process = Process::new("mpv")
        .args(["--no-config", "--no-terminal", "--no-video", "--ao=null"])
        .args(["--speed=2", "--af=scaletempo2"])
        .arg(held.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let used = usage(process.id(), || {});
    let _ = process.kill();
    let _ = process.wait();
    used
}

/// Per cent of a core that a process takes from `begin` on.
fn usage(pid: u32, begin: impl FnOnce()) -> f64 {
    let pid = i32::try_from(pid).unwrap();
    let (begun, before) = (Instant::now(), cpu(pid));
    begin();
    std::thread::sleep(span(30));
    let used = cpu(pid) - before;
    used.as_secs_f64() / begun.elapsed().as_secs_f64() * 100.0
}
