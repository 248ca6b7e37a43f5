//! How long one frame takes: everything drawn into a buffer and compared with what the terminal shows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    dead_code
)]

#[path = "../tests/tui/account.rs"]
mod account;
#[path = "support/figures.rs"]
mod figures;
#[path = "../tests/tui/sitting.rs"]
mod sitting;
#[path = "support/table.rs"]
mod table;

use std::sync::Arc;
use std::time::{Duration, Instant};

use callreel::app::{Effect, FrameMap, Message};
use callreel::audio::waveform::{Column, Waveform};
use callreel::audio::{Anchor, Event, Media, PlayId};
use callreel::ui;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use figures::{median, percentile};
use sitting::{Sitting, setup};
use table::{Table, Unit};

/// A whole frame of 60 in a second has 16 ms; drawing must not be felt in it.
const LIMIT: f64 = 1_000.0;
/// A frame that took so long would be one that is missed.
const LONGEST: f64 = 16_000.0;

const LENGTH: Duration = Duration::from_secs(3_600);

fn main() {
    let quick = std::env::var_os("CALLREEL_BENCH_QUICK").is_some();
    let frames = if quick { 100 } else { 1_000 };
    let mut table = Table::new(
        "draw: rows, details, and a stereo waveform that plays; each frame the cursor is in another row",
    );
    for (width, height) in [(80, 24), (140, 40), (200, 60), (300, 100)] {
        let (times, drawing) = drawn(width, height, frames);
        let what = format!("a frame at {width}x{height}, median of {frames}");
        table
            .row(what, Some(median(&times)), Unit::Microseconds)
            .limit_beside(LIMIT, "before the comparison", median(&drawing));
        let what = format!("a frame at {width}x{height}, p99");
        table
            .row(what, Some(percentile(&times, 99.0)), Unit::Microseconds)
            .limit(LONGEST);
    }
    table.close();
}

/// The microseconds that each of so many frames takes, and those of its drawing alone.
fn drawn(width: u16, height: u16, frames: usize) -> (Vec<f64>, Vec<f64>) {
    let mut sitting = playing(width, height);
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let (mut times, mut drawing) = (Vec::new(), Vec::new());
    for frame in 0..frames + 10 {
        sitting.keys(if frame % 2 == 0 { "j" } else { "k" });
        sitting.pass(Duration::from_millis(400));
        let now = sitting.now();
        let mut map = FrameMap::default();
        let begun = Instant::now();
        terminal
            .draw(|frame| {
                let begun = Instant::now();
                map = ui::draw(&sitting.app, now, frame);
                drawing.push(begun.elapsed().as_secs_f64() * 1e6);
            })
            .unwrap();
        times.push(begun.elapsed().as_secs_f64() * 1e6);
        sitting.app.set_map(map);
    }
    // The first frames fill caches, and the first of all changes every cell.
    (times.split_off(10), drawing.split_off(10))
}

/// More rows than fit, the detail pane open where there is room for it, and an hour that plays.
fn playing(width: u16, height: u16) -> Sitting {
    let mut sitting = Sitting::start(setup(width, height), account::Account::with(95));
    sitting.keys("<Enter>");
    let play = sitting
        .effects
        .iter()
        .find_map(|effect| match effect {
            Effect::Play { play, .. } => Some(*play),
            _ => None,
        })
        .expect("Enter plays");
    for event in events(&sitting) {
        tell(&mut sitting, play, event);
    }
    let text = sitting.text();
    assert!(text.contains("1:00:00"), "it does not play:\n{text}");
    assert!(width < 140 || text.contains("Call"), "no details:\n{text}");
    sitting
}

fn events(sitting: &Sitting) -> Vec<Event> {
    let column = |seed: usize| Column {
        peak: (seed * 37 % 200) as u8,
        rms: (seed * 37 % 90) as u8,
    };
    let channel = |many: usize| (0..3_600).map(|bin| Some(column(bin * many))).collect();
    vec![
        Event::Opened(Media {
            format: "mp3",
            sample_rate: 8_000,
            channels: 2,
            bit_rate: Some(32_000),
            variable: false,
            bytes: Some(14_400_000),
        }),
        Event::Length {
            length: LENGTH,
            exact: true,
        },
        Event::Buffered(Arc::from([0.0..0.7_f32])),
        Event::Waveform(Arc::new(Waveform {
            bin: Duration::from_secs(1),
            channels: vec![channel(1), channel(7)],
            ..Waveform::default()
        })),
        Event::Playing(Anchor {
            position: Duration::from_secs(1_200),
            at: sitting.now().mono,
            speed: 1.0,
        }),
    ]
}

fn tell(sitting: &mut Sitting, play: PlayId, event: Event) {
    sitting.send(Message::Player(play, event));
}
