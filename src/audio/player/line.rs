//! The way to the output: closed, being opened, or open; and how it fails.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::inbox::Inbox;
use crate::audio::output::{Open, Output};
use crate::audio::ring::Writer;

/// A sound server that hangs is given up after this.
const OPENING: Duration = Duration::from_secs(4);

/// A device that takes no frame for this long is as good as gone. Some sleep for two seconds before they wake.
const STALL: Duration = Duration::from_secs(4);

/// Frames that a device may take ahead of the clock, in seconds. ALSA's `null` takes thousands.
const AHEAD: f64 = 1.5;

/// Between two tries after a device was lost. After the last, only the user tries.
const RETRIES: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
];

enum State {
    Closed,
    Opening { until: Instant },
    Open(Live),
}

struct Live {
    writer: Writer,
    /// Dropping it closes the output.
    _hold: Box<dyn Any + Send>,
    since: Instant,
    pulled: u64,
    pulled_at: Instant,
    checked_at: Instant,
}

/// One way to the output.
pub(super) struct Line {
    output: Box<dyn Output>,
    inbox: Arc<Inbox>,
    state: State,
    attempt: u64,
    volume: f32,
    /// The next try after a loss, and how many there were.
    retry: Option<(Instant, usize)>,
}

impl Line {
    pub(super) fn new(output: Box<dyn Output>, inbox: Arc<Inbox>) -> Self {
        Self {
            output,
            inbox,
            state: State::Closed,
            attempt: 0,
            volume: 1.0,
            retry: None,
        }
    }

    /// Begins to open, unless it is open or being opened.
    pub(super) fn open(&mut self, now: Instant) {
        if !matches!(self.state, State::Closed) {
            return;
        }
        self.attempt += 1;
        self.state = State::Opening {
            until: now + OPENING,
        };
        let (inbox, attempt) = (Arc::clone(&self.inbox), self.attempt);
        let answer = Box::new(move |outcome| inbox.opened(attempt, outcome));
        self.output.open(std::thread::current(), answer);
    }

    pub(super) fn close(&mut self) {
        self.state = State::Closed;
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    pub(super) fn writer(&mut self) -> Option<&mut Writer> {
        match &mut self.state {
            State::Open(live) => Some(&mut live.writer),
            State::Closed | State::Opening { .. } => None,
        }
    }

    pub(super) fn set_volume(&mut self, volume: f32) {
        self.volume = volume;
        if let Some(writer) = self.writer() {
            writer.set_volume(volume);
        }
    }

    /// Takes the outcome of an opening; `None` when nobody waits for it any more (what was opened is closed again).
    pub(super) fn answered(
        &mut self,
        attempt: u64,
        outcome: Result<Open, String>,
        now: Instant,
    ) -> Option<Result<(), String>> {
        if attempt != self.attempt || !matches!(self.state, State::Opening { .. }) {
            return None;
        }
        match outcome {
            Ok(open) => {
                open.writer.set_volume(self.volume);
                self.retry = None;
                self.state = State::Open(Live {
                    pulled: open.writer.pulled(),
                    pulled_at: now,
                    checked_at: now,
                    since: now,
                    writer: open.writer,
                    _hold: open.hold,
                });
                Some(Ok(()))
            }
            Err(reason) => {
                self.state = State::Closed;
                self.put_off(now);
                Some(Err(reason))
            }
        }
    }

    /// Looks whether the output has failed, and closes it then. `sounding` says whether frames should be moving.
    pub(super) fn check(&mut self, now: Instant, sounding: bool) -> Option<Failure> {
        match &mut self.state {
            State::Closed => None,
            State::Opening { until } if now < *until => None,
            State::Opening { .. } => {
                self.state = State::Closed;
                self.put_off(now);
                Some(Failure::Unopened(format!(
                    "{} does not answer",
                    self.output.name()
                )))
            }
            State::Open(live) => {
                let reason = live.fault(now, sounding, self.output.name())?;
                let hopeless = live.races(now) || !self.output.may_return();
                self.state = State::Closed;
                self.retry = (!hopeless).then_some((now, 0));
                self.put_off(now);
                Some(Failure::Lost(reason))
            }
        }
    }

    /// Opens again when the time has come after a loss.
    pub(super) fn retry(&mut self, now: Instant) {
        if self.retry.is_some_and(|(at, _)| now >= at) && matches!(self.state, State::Closed) {
            self.open(now);
        }
    }

    /// No more tries of its own.
    pub(super) fn give_up(&mut self) {
        self.retry = None;
    }

    /// Sets the next try, if the output was lost and tries are left.
    fn put_off(&mut self, now: Instant) {
        self.retry = self.retry.and_then(|(_, tries)| {
            let wait = RETRIES.get(tries)?;
            Some((now + *wait, tries + 1))
        });
    }

    /// When this must be looked at again; `sounding` says whether frames should be moving.
    pub(super) fn deadline(&self, sounding: bool) -> Option<Instant> {
        match &self.state {
            State::Closed => self.retry.map(|(at, _)| at),
            State::Opening { until } => Some(*until),
            State::Open(live) => sounding.then_some(live.pulled_at + STALL),
        }
    }
}

/// How an output failed; the reason is for people.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Unopened(String),
    Lost(String),
}

impl Live {
    /// Why it has failed, if it has; `name` is what people call the output.
    fn fault(&mut self, now: Instant, sounding: bool, name: &str) -> Option<String> {
        let pulled = self.writer.pulled();
        // When nobody looked for as long, the whole program was stopped (Ctrl-Z), and not the device.
        let was_stopped = now > self.checked_at + 2 * STALL;
        self.checked_at = now;
        if pulled != self.pulled || !sounding || was_stopped {
            (self.pulled, self.pulled_at) = (pulled, now);
        }
        if self.writer.is_faulty() {
            let known = self.writer.fault().map(str::to_owned);
            return Some(known.unwrap_or_else(|| format!("{name} went away")));
        }
        if self.races(now) {
            return Some(format!(
                "{name} swallows sound faster than it can be heard (ALSA type null?)"
            ));
        }
        (now > self.pulled_at + STALL).then(|| format!("{name} has stopped taking sound"))
    }

    fn races(&self, now: Instant) -> bool {
        let seconds = now.saturating_duration_since(self.since).as_secs_f64();
        self.writer.pulled() as f64 > f64::from(self.writer.rate()) * (seconds * 2.0 + AHEAD)
    }
}
