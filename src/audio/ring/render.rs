//! The output's end of the ring: it runs inside the audio callback, so it never waits, allocates or ends.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::{Block, Frame, Shared, Stage};

/// How long sound takes to fade in and out around pauses and jumps: under what is heard as a fade, over what clicks.
const FADE: Duration = Duration::from_millis(4);

/// How long a change of volume takes.
const GLIDE: Duration = Duration::from_millis(12);

/// Nanoseconds between the end of a block and the next one's beginning that are more than rounding.
const JUMP: u64 = 1_000_000;

/// Takes blocks out of the ring and makes the frames that are heard.
pub struct Renderer {
    blocks: rtrb::Consumer<Block>,
    shared: Arc<Shared>,
    rate: u32,
    block: Option<Block>,
    /// The frame of `block` that comes next.
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
    told: (u32, Stage),
    asked: bool,
    /// The recording went on elsewhere within the epoch: the player hears of it at once.
    jumped: bool,
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
            blocks,
            shared,
            rate,
            block: None,
            next: 0,
            epoch: None,
            finished: None,
            position: 0,
            fade: 0.0,
            volume: 1.0,
            most: 1.0,
            told: (0, Stage::Waiting),
            asked: false,
            jumped: false,
        }
    }

    /// Fills `out`, whose first frame will be heard at `at`. Whatever is missing is silence.
    pub fn render(&mut self, out: &mut [Frame], at: Instant) {
        let now = self.now();
        for frame in out.iter_mut() {
            *frame = self.frame(now).unwrap_or_default();
        }
        self.pulled(out.len(), now, at);
    }

    /// Takes as long as `out` is, and leaves silence out: how many frames of `out`, from its first on, are of the recording.
    pub fn gather(&mut self, out: &mut [Frame], at: Instant) -> usize {
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
        self.fade = towards(self.fade, goal, now.fade_step);
        if let Some(block) = &self.block {
            self.most = block.gain.max(1.0);
        }
        self.volume = towards(self.volume, now.volume.min(self.most), now.volume_step);
        if self.fade == 0.0 {
            return None;
        }
        let gain = self.fade * (self.volume / self.most).min(1.0);
        match self.take() {
            Some(frame) => Some(frame.map(|sample| sample * gain)),
            None => {
                self.fade = 0.0;
                None
            }
        }
    }

    /// Brings the next frame to hand. True when it is one of `epoch`; a frame of an older epoch stays at hand only while it
    /// fades.
    fn load(&mut self, epoch: u32) -> bool {
        loop {
            match &self.block {
                Some(block) if self.next < block.len => {
                    if block.epoch == epoch {
                        return true;
                    }
                    if self.fade > 0.0 {
                        return false;
                    }
                    self.block = None;
                }
                Some(block) => {
                    if block.last {
                        self.finished = Some(block.epoch);
                    }
                    self.position = block.position.saturating_add(block.span);
                    self.block = None;
                }
                None => {
                    let Ok(block) = self.blocks.pop() else {
                        return false;
                    };
                    if block.epoch != epoch && self.fade == 0.0 {
                        // Never heard, so it does not move the position.
                        continue;
                    }
                    if self.epoch != Some(block.epoch) {
                        // Whatever faded has no more to give: the new epoch fades in from nothing.
                        self.fade = 0.0;
                    } else if block.position.abs_diff(self.position) > JUMP {
                        self.jumped = true;
                    }
                    self.epoch = Some(block.epoch);
                    self.position = block.position;
                    self.next = 0;
                    self.block = Some(block);
                }
            }
        }
    }

    fn take(&mut self) -> Option<Frame> {
        let block = self.block.as_ref()?;
        let frame = block.frames.get(self.next).copied()?;
        self.next += 1;
        self.position = block.position_of(self.next);
        Some(frame)
    }

    fn tell(&mut self, now: Now, at: Instant) {
        let fresh = self.epoch == Some(now.epoch);
        let stage = match () {
            () if self.finished == Some(now.epoch) => Stage::Finished,
            () if !fresh => Stage::Waiting,
            () if !now.running && self.fade == 0.0 => Stage::Hushed,
            () if self.fade == 0.0 && self.block.is_none() => Stage::Dry,
            () => Stage::Sounding,
        };
        if stage == Stage::Finished && self.told == (now.epoch, stage) {
            // The end stays at the moment it was heard, however long the silence after it.
            return;
        }
        let since = at.saturating_duration_since(self.shared.began).as_nanos();
        let at = u64::try_from(since).unwrap_or(u64::MAX);
        let report = &self.shared.report;
        report.write(now.epoch, stage, self.position, at);
        if self.told != (now.epoch, stage) || std::mem::take(&mut self.jumped) {
            self.told = (now.epoch, stage);
            self.shared.filler.unpark();
        }
    }

    /// Wakes the filler when the ring is half empty, once each time.
    fn ask(&mut self) {
        let low = self.blocks.slots() * 2 < self.blocks.buffer().capacity();
        if low && !self.asked {
            self.shared.filler.unpark();
        }
        self.asked = low;
    }

    /// Blocks that wait in the ring.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.blocks.slots()
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
