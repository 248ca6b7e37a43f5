//! The player thread: obeys orders, keeps the ring full, and tells what is heard. It waits for nothing but to be woken.

mod remake;

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::ahead::Ahead;
use super::inbox::{Inbox, Load, Orders};
use super::line::{Failure, Line};
use super::playback::{Phase, Playback};
use super::stream::{Fill, Stream};
use super::{Events, Fetch};
use crate::audio::event::{Anchor, Error, Event};
use crate::audio::guard;
use crate::audio::ring::{Heard, Stage};
use crate::audio::speech::Speech;
use crate::audio::statistics::Thresholds;

/// Sound in the ring with which a recording starts, and with which it goes on after it ran out of bytes.
const START: Duration = Duration::from_millis(45);
const RESTART: Duration = Duration::from_millis(120);

/// The loudest that [`Command::Volume`](crate::audio::Command::Volume) makes it.
const LOUDEST: f32 = 2.0;

/// The output is closed after so long without sound.
const IDLE: Duration = Duration::from_secs(5);

/// A pause is told after this even when the output does not say that it is silent.
const SETTLE: Duration = Duration::from_millis(150);

/// What is heard may stand so far from what was told before it is told anew: device clocks and the computer's drift.
const DRIFT: Duration = Duration::from_millis(30);

pub(super) struct Transport {
    inbox: Arc<Inbox>,
    events: Events,
    fetch: Box<dyn Fetch>,
    line: Line,
    playback: Option<Playback>,
    ahead: Ahead,
    epoch: u32,
    volume: f32,
    mute: bool,
    speech: Speech,
    thresholds: Thresholds,
    /// Since when nothing is to be heard.
    idle_since: Option<Instant>,
    /// What was told of the output's failure; it has not worked since.
    told_failure: Option<String>,
}

impl Transport {
    pub(super) fn new(
        inbox: Arc<Inbox>,
        events: Events,
        fetch: Box<dyn Fetch>,
        line: Line,
    ) -> Self {
        Self {
            inbox,
            events,
            fetch,
            line,
            playback: None,
            ahead: Ahead::default(),
            epoch: 0,
            volume: 1.0,
            mute: false,
            speech: Speech::default(),
            thresholds: Thresholds::default(),
            idle_since: None,
            told_failure: None,
        }
    }

    /// Runs until it is told to shut down.
    pub(super) fn run(mut self) {
        loop {
            let mail = self.inbox.take();
            if mail.shut_down {
                return;
            }
            let now = Instant::now();
            if let Some((attempt, outcome)) = mail.opened {
                match self.line.answered(attempt, outcome, now) {
                    Some(Ok(())) => self.output_works(),
                    Some(Err(reason)) => self.output_failed(reason),
                    None => {}
                }
            }
            self.obey(mail.orders, now);
            if let Some(failure) = self.check_output(now) {
                self.output_failed(failure);
            }
            self.line.retry(now);
            let more = self.pump();
            let now = Instant::now();
            let heard_at = self.observe(now);
            let publish_at = self.playback.as_mut().and_then(|play| play.publish(now));
            let close_at = self.rest(now);
            if more {
                continue;
            }
            let sounding = self.playback.as_ref().is_some_and(Playback::wants_sound);
            let line_at = self.line.deadline(sounding);
            let deadlines = [heard_at, publish_at, close_at, line_at];
            match deadlines.into_iter().flatten().min() {
                Some(at) => std::thread::park_timeout(at.saturating_duration_since(Instant::now())),
                None => std::thread::park(),
            }
        }
    }

    fn obey(&mut self, orders: Orders, now: Instant) {
        if orders.volume.is_some() || orders.mute.is_some() {
            let volume = orders.volume.filter(|volume| volume.is_finite());
            self.volume = volume.unwrap_or(self.volume).clamp(0.0, LOUDEST);
            self.mute = orders.mute.unwrap_or(self.mute);
            self.line
                .set_volume(if self.mute { 0.0 } else { self.volume });
        }
        if let Some(thresholds) = orders.thresholds {
            self.thresholds = thresholds;
        }
        if let Some(speech) = orders.speech {
            self.set_speech(speech);
        }
        match orders.load {
            Some(Load::Nothing) => {
                self.unload();
                self.ahead.give_up();
            }
            Some(Load::Play {
                play,
                request,
                at,
                expected,
            }) => {
                self.unload();
                let buffer = self.ahead.take(&request, play).unwrap_or_else(|| {
                    let events = self.events.clone();
                    let retrying = Box::new(move |detail, attempt| {
                        events.tell(play, Event::Retrying { detail, attempt });
                    });
                    self.fetch.begin(request, None, retrying)
                });
                self.line.open(now);
                self.playback = Some(Playback::new(
                    play,
                    buffer,
                    at,
                    expected,
                    self.thresholds,
                    self.events.clone(),
                ));
            }
            None => {}
        }
        if let Some((part, play)) = orders.repeat.zip(self.playback.as_mut()) {
            play.repeat(part);
        }
        if let Some(to) = orders.seek {
            self.seek(to, now);
        }
        if let Some(request) = orders.ahead {
            self.ahead.begin(request, &mut *self.fetch, &self.events);
        }
        match orders.paused {
            Some(true) => self.pause(now),
            Some(false) => self.resume(now),
            None => {}
        }
    }

    /// Silence, and nothing loaded.
    fn unload(&mut self) {
        self.silence();
        self.playback = None;
    }

    /// Drops what is in the ring, after a fade.
    fn silence(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        if let Some(writer) = self.line.writer() {
            writer.set_epoch(self.epoch);
            writer.set_running(false);
        }
    }

    fn seek(&mut self, to: Duration, now: Instant) {
        self.silence();
        let Some(play) = &mut self.playback else {
            return;
        };
        play.stream = None;
        play.failing = None;
        play.told_waiting = false;
        let paused = match play.phase {
            Phase::Paused | Phase::Pausing { .. } => true,
            Phase::Ended { paused } => paused,
            Phase::Opening | Phase::Buffering | Phase::Playing => false,
        };
        if let Some(length) = play.exact_length().filter(|length| to >= *length) {
            play.phase = Phase::Ended { paused };
            play.tell_still(length, Event::Ended);
            return;
        }
        if let Err(error) = play.move_decoder(to) {
            self.fail(error);
            return;
        }
        play.position = to;
        play.phase = match play.decoder {
            _ if paused => Phase::Paused,
            Some(_) => Phase::Buffering,
            None => Phase::Opening,
        };
        if paused {
            play.tell_still(to, Event::Paused);
        } else {
            self.line.open(now);
        }
    }

    fn pause(&mut self, now: Instant) {
        let Some(play) = &mut self.playback else {
            return;
        };
        if let Some(writer) = self.line.writer() {
            writer.set_running(false);
        }
        match play.phase {
            Phase::Playing => play.phase = Phase::Pausing { by: now + SETTLE },
            Phase::Opening | Phase::Buffering => {
                play.phase = Phase::Paused;
                play.tell_still(play.position, Event::Paused);
            }
            Phase::Pausing { .. } | Phase::Paused | Phase::Ended { .. } => {}
        }
    }

    fn resume(&mut self, now: Instant) {
        let Some(play) = &mut self.playback else {
            return;
        };
        match play.phase {
            Phase::Paused | Phase::Pausing { .. } => {
                play.told_waiting = false;
                play.phase = match play.decoder {
                    Some(_) => Phase::Buffering,
                    None => Phase::Opening,
                };
                self.line.open(now);
            }
            Phase::Ended { .. } => {
                play.phase = Phase::Ended { paused: false };
                self.seek(Duration::ZERO, now);
            }
            Phase::Opening | Phase::Buffering | Phase::Playing => {}
        }
    }

    /// Nothing more comes of this playback.
    fn fail(&mut self, error: Error) {
        if let Some(play) = &self.playback {
            play.tell(Event::Failed(error));
        }
        self.unload();
    }

    /// Decodes into the ring for a turn. True when there is more to do at once.
    fn pump(&mut self) -> bool {
        match self.fill() {
            Ok(more) => more,
            Err(error) => {
                match &mut self.playback {
                    // What was decoded before is heard first.
                    Some(play) if play.phase == Phase::Playing => play.failing = Some(error),
                    _ => self.fail(error),
                }
                false
            }
        }
    }

    fn fill(&mut self) -> Result<bool, Error> {
        let Some(play) = &mut self.playback else {
            return Ok(false);
        };
        if matches!(play.phase, Phase::Ended { .. }) || play.failing.is_some() || !play.open()? {
            return Ok(false);
        }
        let Some(writer) = self.line.writer() else {
            return Ok(false);
        };
        if play.stream.is_none() {
            play.move_decoder(play.position)?;
            play.dry_at = Duration::ZERO;
        }
        let Some(decoder) = &mut play.decoder else {
            return Ok(false);
        };
        let stream = match &mut play.stream {
            Some(stream) => stream,
            none => {
                self.epoch = self.epoch.wrapping_add(1);
                writer.set_epoch(self.epoch);
                writer.set_running(false);
                none.insert(Stream::new(
                    self.epoch,
                    play.position,
                    &**decoder,
                    self.speech,
                    writer.rate(),
                )?)
            }
        };
        stream.set_gain(self.volume.max(1.0));
        let filled =
            guard::catch(|| stream.fill(&mut **decoder, writer)).map_err(Error::Decode)??;
        let need = if play.dry_at.is_zero() {
            START
        } else {
            RESTART
        };
        let enough = stream.is_finished()
            || filled == Fill::Full
            || stream.given().saturating_sub(play.dry_at) >= need;
        if play.phase == Phase::Buffering {
            if enough {
                writer.set_running(true);
            } else if filled == Fill::Starved && !play.told_waiting {
                play.told_waiting = true;
                play.tell_still(play.position, Event::Buffering);
            }
        }
        play.set_urgent(filled == Fill::Starved);
        Ok(filled == Fill::More)
    }

    /// Turns the output's reports into events; the moment at which to look again.
    fn observe(&mut self, now: Instant) -> Option<Instant> {
        let heard = self.line.writer().map(|writer| writer.heard());
        let play = self.playback.as_mut()?;
        let by = match play.phase {
            Phase::Pausing { by } => Some(by),
            _ => None,
        };
        let current = heard.filter(|heard| {
            let stream = play.stream.as_ref();
            stream.is_some_and(|stream| stream.epoch() == heard.epoch)
        });
        let Some(heard) = current else {
            if by.is_some() {
                play.phase = Phase::Paused;
                play.tell_still(play.position, Event::Paused);
            }
            return None;
        };
        let mut speed = 1.0;
        if let Some(stream) = &mut play.stream {
            speed = stream.speed();
            let skipped = stream.skipped_until(heard.position);
            play.tell_skipped(skipped);
        }
        match (play.phase, heard.stage) {
            (Phase::Buffering, Stage::Sounding) => {
                play.phase = Phase::Playing;
                play.tell_anchor(moving(heard, speed), Event::Playing);
            }
            (Phase::Playing, Stage::Sounding) => {
                play.position = heard.position;
                let told = play.told.map(|told| told.position_at(heard.at));
                if told.is_none_or(|told| told.abs_diff(heard.position) > DRIFT) {
                    play.tell_anchor(moving(heard, speed), Event::Playing);
                }
            }
            (Phase::Playing, Stage::Dry) => {
                let takes_back = self.line.writer().is_some_and(|writer| writer.takes_back());
                if takes_back && now < heard.at {
                    // It may yet be filled, and what is on its way is to be heard.
                    return Some(heard.at);
                }
                if let Some(error) = play.failing.take() {
                    self.fail(error);
                    return None;
                }
                play.phase = Phase::Buffering;
                play.told_waiting = true;
                play.dry_at = play.stream.as_ref().map_or(Duration::ZERO, Stream::given);
                play.tell_still(heard.position, Event::Buffering);
                if let Some(writer) = self.line.writer() {
                    writer.set_running(false);
                }
            }
            (Phase::Playing | Phase::Buffering, Stage::Finished) => {
                if now < heard.at {
                    return Some(heard.at);
                }
                play.phase = Phase::Ended { paused: false };
                let end = play.exact_length().unwrap_or(heard.position);
                play.tell_still(end, Event::Ended);
            }
            (Phase::Pausing { by }, Stage::Sounding | Stage::Finished) if now < by => {
                return Some(by);
            }
            (Phase::Pausing { .. }, _) => {
                play.phase = Phase::Paused;
                play.tell_still(heard.position, Event::Paused);
            }
            (Phase::Paused, Stage::Hushed) if play.position.abs_diff(heard.position) > DRIFT => {
                play.tell_still(heard.position, Event::Paused);
            }
            _ => {}
        }
        None
    }

    /// Closes the output when it was not needed for a while; the moment at which that will be.
    fn rest(&mut self, now: Instant) -> Option<Instant> {
        let wanted = self
            .playback
            .as_ref()
            .is_some_and(|play| play.wants_sound() || matches!(play.phase, Phase::Pausing { .. }));
        if wanted || !self.line.is_open() {
            self.idle_since = None;
            return None;
        }
        let since = *self.idle_since.get_or_insert(now);
        if now < since + IDLE {
            return Some(since + IDLE);
        }
        self.let_go();
        self.line.close();
        None
    }

    /// Whatever is in the ring will be decoded again from where it stands.
    fn let_go(&mut self) {
        if let Some(play) = &mut self.playback {
            play.stream = None;
        }
    }

    fn check_output(&mut self, now: Instant) -> Option<String> {
        // Read before the line is gone: this is where it will go on.
        if let (Some(play), Some(writer)) = (&mut self.playback, self.line.writer()) {
            let speed = play.stream.as_ref().map_or(1.0, Stream::speed);
            let heard = writer.heard_until(now, speed);
            let current = play.stream.as_ref().map(Stream::epoch) == Some(heard.epoch);
            if play.phase == Phase::Playing && current && heard.stage != Stage::Waiting {
                play.position = play.within_stream(heard.position);
            }
        }
        let sounding = self.playback.as_ref().is_some_and(Playback::wants_sound);
        let reason = match self.line.check(now, sounding)? {
            Failure::Unopened(reason) | Failure::Lost(reason) => reason,
        };
        Some(reason)
    }

    fn output_works(&mut self) {
        if self.told_failure.take().is_some()
            && let Some(play) = &self.playback
        {
            play.tell(Event::Device(None));
        }
    }

    /// The playback stays, paused where it was; everything but the sound goes on.
    fn output_failed(&mut self, reason: String) {
        let Some(play) = &mut self.playback else {
            self.line.give_up();
            return;
        };
        play.stream = None;
        let attended = play.wants_sound() || matches!(play.phase, Phase::Pausing { .. });
        if attended || self.told_failure.as_ref() != Some(&reason) {
            play.tell(Event::Device(Some(reason.clone())));
        }
        self.told_failure = Some(reason);
        if attended {
            play.phase = Phase::Paused;
            play.tell_still(play.position, Event::Paused);
        }
    }
}

fn moving(heard: Heard, speed: f64) -> Anchor {
    Anchor {
        position: heard.position,
        at: heard.at,
        speed,
    }
}
