//! A Unix socket at which listeners come and go: the sound in real time, and silence while nothing plays.
//!
//! With nobody there and nothing to play, its thread sleeps. A listener that does not keep up misses sound; it holds up neither
//! the player nor the others, and nothing is kept for it.

mod listener;
mod place;

use std::os::fd::AsFd;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::{Duration, Instant};

use super::feed::{Death, Fed, Live, Orders};
use super::pace::Pace;
use super::wait::{Want, ready};
use crate::audio::ring::Frame;
use crate::audio::sink::Format;

use listener::Listener;
use place::Place;

pub(super) use place::check;

/// Who hears the sound at once. More are turned away.
const LISTENERS: usize = 4;

/// How long nobody is let in after the system had no descriptor left.
const DEAF: Duration = Duration::from_secs(1);

/// Sound goes to whoever connects to the socket at `path`, which is there from now on and gone when this is dropped.
pub(super) fn output(path: &Path, format: Format) -> Fed {
    let path = path.to_owned();
    let fed = Fed::new("the socket", format.rate, move |orders| {
        let failed = |reason| Death {
            reason,
            playing: None,
            remains: Box::new(()),
        };
        let (listener, _place) = Place::take(&path).map_err(failed)?;
        let mut server = Server::new(format);
        server.serve(&listener, orders).map_err(|error| Death {
            reason: format!("the socket failed: {error}"),
            playing: server.playing.map(|live| live.fault),
            remains: Box::new(()),
        })
    });
    fed.begun()
}

struct Server {
    format: Format,
    playing: Option<Live>,
    listeners: Vec<Listener>,
    pace: Pace,
    frames: Vec<Frame>,
    /// One period, as the listeners get it.
    bytes: Vec<u8>,
    deaf_until: Option<Instant>,
}

impl Server {
    fn new(format: Format) -> Self {
        let pace = Pace::new(format.rate, Instant::now());
        Self {
            playing: None,
            listeners: Vec::new(),
            frames: vec![[0.0; 2]; pace.frames()],
            pace,
            bytes: Vec::new(),
            deaf_until: None,
            format,
        }
    }

    /// Ends when it is told to.
    fn serve(&mut self, listener: &UnixListener, orders: &Orders) -> std::io::Result<()> {
        loop {
            let rested = !self.is_needed();
            if orders.obey(&mut self.playing).is_none() {
                return Ok(());
            }
            self.admit(listener);
            if rested {
                self.pace = Pace::new(self.format.rate, Instant::now());
            }
            if self.is_needed() {
                self.send();
            }
            let want = match self.deaf_until {
                None => Want::Read,
                Some(_) => Want::Nothing,
            };
            let due = self.is_needed().then(|| self.pace.due());
            let until = [due, self.deaf_until].into_iter().flatten().min();
            ready(
                [(orders.alarm.as_fd(), Want::Read), (listener.as_fd(), want)],
                until,
            )?;
        }
    }

    /// Time goes by for somebody.
    fn is_needed(&self) -> bool {
        self.playing.is_some() || !self.listeners.is_empty()
    }

    /// Lets in who waits at the door.
    fn admit(&mut self, listener: &UnixListener) {
        if self.deaf_until.is_some_and(|until| Instant::now() < until) {
            return;
        }
        self.deaf_until = None;
        loop {
            match listener.accept() {
                Ok((stream, _)) if self.listeners.len() < LISTENERS => {
                    if let Ok(listener) = Listener::new(stream, &self.format) {
                        self.listeners.push(listener);
                    }
                }
                Ok(_) => {}
                Err(error) => match error.kind() {
                    std::io::ErrorKind::WouldBlock => return,
                    std::io::ErrorKind::Interrupted | std::io::ErrorKind::ConnectionAborted => {}
                    // They would be there again at once, and again.
                    _ => {
                        self.deaf_until = Some(Instant::now() + DEAF);
                        return;
                    }
                },
            }
        }
    }

    /// Sends a period once it is due. Whoever is gone is forgotten.
    fn send(&mut self) {
        let (now, due) = (Instant::now(), self.pace.due());
        if now < due {
            return;
        }
        match &mut self.playing {
            Some(live) => live.renderer.render(&mut self.frames, due),
            None => self.frames.fill([0.0; 2]),
        }
        self.bytes.clear();
        self.format.encode(&self.frames, &mut self.bytes);
        self.listeners
            .retain_mut(|listener| listener.hear(&self.bytes));
        self.pace.taken(now);
    }
}
