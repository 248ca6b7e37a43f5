//! The output's end of the ring: it runs inside the audio callback, so it never waits, allocates or ends.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::shelf::{Shelf, Stand};
use super::{Block, FRAMES, Frame, Shared, Stage};

/// How long sound takes to fade in and out around pauses and jumps: under what is heard as a fade, over what clicks.
const FADE: Duration = Duration::from_millis(4);

/// How long a change of volume takes.
const GLIDE: Duration = Duration::from_millis(12);

/// Nanoseconds between the end of a block and the next one's beginning that are more than rounding.
const JUMP: u64 = 1_000_000;

/// Takes blocks out of the ring and makes the frames that are heard.
pub struct Renderer {
    blocks: Shelf,
    shared: Arc<Shared>,
    rate: u32,
    at: At,
    told: (u32, Stage),
    asked: bool,
    /// The recording went on elsewhere within the epoch: the player hears of it at once.
    jumped: bool,
    /// The last calls, oldest first, for an output that can take frames back.
    calls: VecDeque<Call>,
    /// How many stay.
    most_calls: usize,
}

/// Where the rendering stands.
#[derive(Clone, Copy)]
struct At {
    /// The frame of the current block that comes next.
    next: usize,
    /// The epoch of what came last out of the ring.
    epoch: Option<u32>,
    /// The epoch that came to its end.
    finished: Option<u32>,
    /// Nanoseconds into the recording of the frame that comes next.
    position: u64,
    /// 0.0 (silent) to 1.0: the fade around pauses and jumps.
    fade: f32,
    volume: f32,
    /// The volume that the block was made for.
    most: f32,
}

/// What one call began with.
struct Call {
    frames: usize,
    at: At,
    stand: Stand,
}

/// One reading of the orders, good for one call.
#[derive(Clone, Copy)]
struct Now {
    epoch: u32,
    running: bool,
    volume: f32,
    fade_step: f32,
    volume_step: f32,
}

impl Renderer {
    pub(super) fn new(blocks: rtrb::Consumer<Block>, shared: Arc<Shared>, rate: u32) -> Self {
        Self {
            blocks: Shelf::new(blocks),
            shared,
            rate,
            at: At {
                next: 0,
                epoch: None,
                finished: None,
                position: 0,
                fade: 0.0,
                volume: 1.0,
                most: 1.0,
            },
            told: (0, Stage::Waiting),
            asked: false,
            jumped: false,
            calls: VecDeque::new(),
            most_calls: 0,
        }
    }

    /// Keeps what the last `frames` were made of, for [`Self::take_back`]; `grain` frames are made with each call.
    pub fn with_memory(mut self, frames: usize, grain: usize) -> Self {
        // A jump empties the whole ring at once.
        let (_, ring) = self.blocks.waiting();
        self.blocks = self.blocks.keeping(ring + frames.div_ceil(FRAMES) + 2);
        self.most_calls = frames.div_ceil(grain.max(1));
        self.calls.reserve_exact(self.most_calls);
        self
    }

    /// Goes back before the last calls that made up to `frames` frames together, as if they had not been: what they took comes
    /// again, by the orders of then. How many frames were taken back.
    pub fn take_back(&mut self, frames: usize) -> usize {
        let mut taken = 0;
        while let Some(call) = self.calls.pop_back_if(|call| taken + call.frames <= frames) {
            if !self.blocks.back_to(call.stand) {
                self.calls.clear();
                break;
            }
            self.at = call.at;
            taken += call.frames;
        }
        self.shared
            .pulled
            .fetch_sub(taken as u64, Ordering::Relaxed);
        taken
    }

    /// Before each call.
    fn remember(&mut self, frames: usize) {
        if self.most_calls == 0 {
            return;
        }
        if self.calls.len() == self.most_calls {
            self.calls.pop_front();
        }
        self.calls.push_back(Call {
            frames,
            at: self.at,
            stand: self.blocks.stand(),
        });
    }

    /// Fills `out`, whose first frame will be heard at `at`. Whatever is missing is silence.
    pub fn render(&mut self, out: &mut [Frame], at: Instant) {
        self.remember(out.len());
        let now = self.now();
        for frame in out.iter_mut() {
            *frame = self.frame(now).unwrap_or_default();
        }
        self.pulled(out.len(), now, at);
    }

    /// Takes as long as `out` is, and leaves silence out: how many frames of `out`, from its first on, are of the recording.
    pub fn gather(&mut self, out: &mut [Frame], at: Instant) -> usize {
        self.remember(out.len());
        let now = self.now();
        let mut gathered = 0;
        for _ in 0..out.len() {
            if let Some(frame) = self.frame(now)
                && let Some(place) = out.get_mut(gathered)
            {
                *place = frame;
                gathered += 1;
            }
        }
        self.pulled(out.len(), now, at);
        gathered
    }

    fn now(&self) -> Now {
        let orders = &self.shared.orders;
        let step = |time: Duration| 1.0 / (time.as_secs_f32() * self.rate as f32).max(1.0);
        Now {
            epoch: orders.epoch.load(Ordering::Acquire),
            running: orders.running.load(Ordering::Acquire),
            volume: f32::from_bits(orders.volume.load(Ordering::Relaxed)),
            fade_step: step(FADE),
            volume_step: step(GLIDE),
        }
    }

    /// `frames` frames were taken, the first of them to be heard at `at`.
    fn pulled(&mut self, frames: usize, now: Now, at: Instant) {
        self.shared
            .pulled
            .fetch_add(frames as u64, Ordering::Relaxed);
        self.tell(now, at + span(frames, self.rate));
        self.ask();
    }

    /// The next frame; `None` where there is nothing but silence.
    fn frame(&mut self, now: Now) -> Option<Frame> {
        let fresh = self.load(now.epoch);
        let goal = if fresh && now.running { 1.0 } else { 0.0 };
        self.at.fade = towards(self.at.fade, goal, now.fade_step);
        if let Some(block) = self.blocks.current() {
            self.at.most = block.gain.max(1.0);
        }
        let volume = now.volume.min(self.at.most);
        self.at.volume = towards(self.at.volume, volume, now.volume_step);
        if self.at.fade == 0.0 {
            return None;
        }
        let gain = self.at.fade * (self.at.volume / self.at.most).min(1.0);
        match self.take() {
            Some(frame) => Some(frame.map(|sample| sample * gain)),
            None => {
                self.at.fade = 0.0;
                None
            }
        }
    }

    /// Brings the next frame to hand. True when it is one of `epoch`; a frame of an older epoch stays at hand only while it
    /// fades.
    fn load(&mut self, epoch: u32) -> bool {
        loop {
            match self.blocks.current() {
                Some(block) if self.at.next < block.len => {
                    if block.epoch == epoch {
                        return true;
                    }
                    if self.at.fade > 0.0 {
                        return false;
                    }
                    self.blocks.leave();
                }
                Some(block) => {
                    if block.last {
                        self.at.finished = Some(block.epoch);
                    }
                    self.at.position = block.position.saturating_add(block.span);
                    self.blocks.leave();
                }
                None => {
                    let Some(block) = self.blocks.advance() else {
                        return false;
                    };
                    if block.epoch != epoch && self.at.fade == 0.0 {
                        // Never heard, so it does not move the position.
                        self.blocks.leave();
                        continue;
                    }
                    if self.at.epoch != Some(block.epoch) {
                        // Whatever faded has no more to give: the new epoch fades in from nothing.
                        self.at.fade = 0.0;
                    } else if block.position.abs_diff(self.at.position) > JUMP {
                        self.jumped = true;
                    }
                    self.at.epoch = Some(block.epoch);
                    self.at.position = block.position;
                    self.at.next = 0;
                }
            }
        }
    }

    fn take(&mut self) -> Option<Frame> {
        let block = self.blocks.current()?;
        let frame = block.frames.get(self.at.next).copied()?;
        self.at.next += 1;
        self.at.position = block.position_of(self.at.next);
        Some(frame)
    }

    fn tell(&mut self, now: Now, at: Instant) {
        let fresh = self.at.epoch == Some(now.epoch);
        let stage = match () {
            () if self.at.finished == Some(now.epoch) => Stage::Finished,
            () if !fresh => Stage::Waiting,
            () if !now.running && self.at.fade == 0.0 => Stage::Hushed,
            () if self.at.fade == 0.0 && self.blocks.current().is_none() => Stage::Dry,
            () => Stage::Sounding,
        };
        if stage == Stage::Finished && self.told == (now.epoch, stage) {
            // The end stays at the moment it was heard, however long the silence after it.
            return;
        }
        let since = at.saturating_duration_since(self.shared.began).as_nanos();
        let at = u64::try_from(since).unwrap_or(u64::MAX);
        let report = &self.shared.report;
        report.write(now.epoch, stage, self.at.position, at);
        if self.told != (now.epoch, stage) || std::mem::take(&mut self.jumped) {
            self.told = (now.epoch, stage);
            self.shared.filler.unpark();
        }
    }

    /// Wakes the filler when the ring is half empty, once each time.
    fn ask(&mut self) {
        let (waiting, most) = self.blocks.waiting();
        let low = waiting * 2 < most;
        if low && !self.asked {
            self.shared.filler.unpark();
        }
        self.asked = low;
    }

    /// Blocks that wait in the ring.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.blocks.waiting().0
    }

    /// Frames a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }
}

fn towards(value: f32, goal: f32, step: f32) -> f32 {
    if value < goal {
        (value + step).min(goal)
    } else {
        (value - step).max(goal)
    }
}

/// How long `frames` last at `rate`.
pub(in crate::audio) fn span(frames: usize, rate: u32) -> Duration {
    Duration::from_nanos(frames as u64 * 1_000_000_000 / u64::from(rate.max(1)))
}
