//! A player whose sound goes to the sink under test, and a recording for it to play.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use callreel::audio::fetch::Http;
use callreel::audio::{Anchor, Command, Event, PlayId, Player, Request, Sink};

use crate::media;

/// Only waited for when something is broken.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct Rig {
    pub player: Player,
    events: Receiver<Event>,
    _runtime: tokio::runtime::Runtime,
}

impl Rig {
    pub fn new(sink: Sink) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (tell, events) = channel();
        let http = Http::new().unwrap();
        let player = Player::spawn(runtime.handle().clone(), http, sink, move |_, event| {
            let _ = tell.send(event);
        });
        Self {
            player,
            events,
            _runtime: runtime,
        }
    }

    /// Plays `file` from its beginning.
    pub fn play(&self, file: Vec<u8>) {
        self.player.send(Command::Play {
            play: PlayId(1),
            request: Request {
                url: media::serve(file, Duration::ZERO, None),
                authorization: None,
                own_origin: None,
            },
            at: Duration::ZERO,
            expected: None,
        });
    }

    /// The next event that `pick` finds something in; what comes before it is passed over.
    pub fn until<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> T {
        let mut seen = Vec::new();
        let begun = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            match self.events.recv_timeout(left) {
                Ok(event) => match pick(&event) {
                    Some(found) => return found,
                    None if matches!(event, Event::Waveform(_) | Event::Statistics(_)) => {}
                    None => seen.push(event),
                },
                Err(error) => panic!("it did not come ({error}) after {seen:#?}"),
            }
        }
    }

    /// Ends the player, and with it the sink.
    pub fn end(self) {
        self.player.shutdown();
    }
}

pub fn playing(event: &Event) -> Option<Anchor> {
    match event {
        Event::Playing(anchor) => Some(*anchor),
        _ => None,
    }
}

pub fn paused(event: &Event) -> Option<Anchor> {
    match event {
        Event::Paused(anchor) => Some(*anchor),
        _ => None,
    }
}

pub fn ended(event: &Event) -> Option<Anchor> {
    match event {
        Event::Ended(anchor) => Some(*anchor),
        _ => None,
    }
}

pub fn lost(event: &Event) -> Option<String> {
    match event {
        Event::Device(reason) => reason.clone(),
        _ => None,
    }
}

/// Waits for what another process does.
pub fn wait_for<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what} did not happen");
        std::thread::yield_now();
    }
}
