//! Real time into nothing: for machines without sound, ssh and tests.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::Thread;
use std::time::Instant;

use super::pace::Pace;
use super::{Answer, Open, Output};
use crate::audio::ring::{Renderer, ring};

const RATE: u32 = 48_000;

/// Takes frames at 48 kHz by the clock.
#[derive(Debug, Default)]
pub struct Null;

impl Output for Null {
    fn open(&mut self, filler: Thread, answer: Answer) {
        let (writer, renderer, _) = ring(RATE, filler);
        let (hold, released): (Sender<()>, _) = channel();
        let spawned = std::thread::Builder::new()
            .name("callreel-null".to_owned())
            .spawn(move || run(renderer, &released));
        answer(match spawned {
            Ok(_) => Ok(Open {
                writer,
                hold: Box::new(hold),
            }),
            Err(error) => Err(format!("no thread for the null output: {error}")),
        });
    }
}

/// Renders one period after the other, until the other end of `released` is gone.
fn run(mut renderer: Renderer, released: &Receiver<()>) {
    let mut pace = Pace::new(RATE, Instant::now());
    let mut frames = vec![[0.0; 2]; pace.frames()];
    loop {
        renderer.render(&mut frames, pace.due());
        let now = Instant::now();
        pace.taken(now);
        match released.recv_timeout(pace.due().saturating_duration_since(now)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
