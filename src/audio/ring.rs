//! Between the player, which decodes, and the output, which must never wait: a lock-free ring of short blocks.
//!
//! Every block says which stretch of the recording it holds and which *epoch* it was made in. A jump begins a new epoch;
//! the output drops what is left of the old one by itself, after a fade too short to notice and long enough not to click.
//! Orders (run, hush, how loud) and the news of what is heard travel beside the ring in atomics.

mod render;
mod report;
mod shelf;

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::Thread;
use std::time::{Duration, Instant};

pub use render::Renderer;
pub(in crate::audio) use render::span;
pub use report::{Heard, Stage};

use report::Report;

/// Left and right.
pub type Frame = [f32; 2];

/// Frames in a full block: 5 ms at 48 kHz, the grain in which the ring is filled.
pub const FRAMES: usize = 256;

/// How much the ring holds. Enough to outlast a busy machine, little enough to keep memory and decoding ahead small.
const DEPTH: Duration = Duration::from_millis(180);

/// From an order to its being heard, where the output takes back what is on its way.
const SOON: Duration = Duration::from_millis(6);

/// A stretch of sound at the output's rate.
pub struct Block {
    pub epoch: u32,
    /// Nanoseconds into the recording at which the first frame stands.
    pub position: u64,
    /// Nanoseconds of the recording that the whole block covers.
    pub span: u64,
    /// Frames that count, at most [`FRAMES`].
    pub len: usize,
    /// Nothing follows in this epoch.
    pub last: bool,
    /// The volume that it was made for, at least 1.0: it can be heard quieter, and louder only when it is made again.
    pub gain: f32,
    pub frames: [Frame; FRAMES],
}

impl Block {
    pub fn empty(epoch: u32, position: u64) -> Self {
        Self {
            epoch,
            position,
            span: 0,
            len: 0,
            last: false,
            gain: 1.0,
            frames: [[0.0; 2]; FRAMES],
        }
    }

    /// Nanoseconds into the recording at which frame `index` stands.
    fn position_of(&self, index: usize) -> u64 {
        let part = u128::from(self.span) * index as u128 / self.len.max(1) as u128;
        self.position
            .saturating_add(u64::try_from(part).unwrap_or(u64::MAX))
    }
}

/// What the player orders and the output obeys at its next call.
struct Orders {
    epoch: AtomicU32,
    running: AtomicBool,
    volume: AtomicU32,
}

/// Everything that player and output share besides the blocks.
struct Shared {
    orders: Orders,
    report: Report,
    /// Frames that the output has asked for in its life, silence too.
    pulled: AtomicU64,
    /// Set once, when the device says that it will not go on.
    faulty: AtomicBool,
    /// Why, where that is known.
    reason: OnceLock<String>,
    /// The thread that fills the ring.
    filler: Thread,
    began: Instant,
}

/// The player's end.
pub struct Writer {
    blocks: rtrb::Producer<Block>,
    shared: Arc<Shared>,
    rate: u32,
    bell: Option<Box<dyn Fn() + Send>>,
}

/// A ring for an output that runs at `rate` Hz. `filler` is unparked when there is room, and at every change of stage.
pub fn ring(rate: u32, filler: Thread) -> (Writer, Renderer, Fault) {
    let frames = (u64::from(rate) * DEPTH.as_millis() as u64 / 1000) as usize;
    let (producer, consumer) = rtrb::RingBuffer::new(frames.div_ceil(FRAMES).max(4));
    let shared = Arc::new(Shared {
        orders: Orders {
            epoch: AtomicU32::new(0),
            running: AtomicBool::new(false),
            volume: AtomicU32::new(1.0_f32.to_bits()),
        },
        report: Report::default(),
        pulled: AtomicU64::new(0),
        faulty: AtomicBool::new(false),
        reason: OnceLock::new(),
        filler,
        began: Instant::now(),
    });
    let writer = Writer {
        blocks: producer,
        shared: Arc::clone(&shared),
        rate,
        bell: None,
    };
    let renderer = Renderer::new(consumer, Arc::clone(&shared), rate);
    (writer, renderer, Fault(shared))
}

impl Writer {
    /// Frames a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Blocks that fit now.
    pub fn free(&self) -> usize {
        self.blocks.slots()
    }

    /// False, and the block is gone, when the ring was full.
    pub fn push(&mut self, block: Block) -> bool {
        let is_in = self.blocks.push(block).is_ok();
        self.ordered(is_in && self.takes_back() && self.is_awaited());
        is_in
    }

    /// Silence is on its way where the next block should be.
    fn is_awaited(&self) -> bool {
        let is_running = self.shared.orders.running.load(Ordering::Relaxed);
        is_running && matches!(self.heard().stage, Stage::Waiting | Stage::Dry)
    }

    /// Has `bell` rung after each new order, for an output that can obey sooner than with its next frames.
    pub fn with_bell(mut self, bell: impl Fn() + Send + 'static) -> Self {
        self.bell = Some(Box::new(bell));
        self
    }

    fn ordered(&self, is_new: bool) {
        if is_new && let Some(bell) = &self.bell {
            bell();
        }
    }

    /// From here on only blocks of `epoch` sound.
    pub fn set_epoch(&self, epoch: u32) {
        let before = self.shared.orders.epoch.swap(epoch, Ordering::AcqRel);
        self.ordered(before != epoch);
    }

    /// Let it sound, or hush (nothing is lost: what is in the ring waits).
    pub fn set_running(&self, running: bool) {
        let orders = &self.shared.orders;
        let before = orders.running.swap(running, Ordering::AcqRel);
        self.ordered(before != running);
    }

    /// A factor on every sample.
    pub fn set_volume(&self, volume: f32) {
        let orders = &self.shared.orders;
        let before = orders.volume.swap(volume.to_bits(), Ordering::Relaxed);
        self.ordered(before != volume.to_bits());
    }

    /// What the output last said.
    pub fn heard(&self) -> Heard {
        self.shared.report.read(self.shared.began)
    }

    /// Where the ear will be when an order of `now` is obeyed, if it sounds at `speed`: an output with a bell takes back what is
    /// not heard by then, and what another has taken is heard first.
    pub fn heard_until(&self, now: Instant, speed: f64) -> Heard {
        let mut heard = self.heard();
        if self.takes_back() && heard.stage == Stage::Sounding {
            let early = heard.at.saturating_duration_since(now + SOON);
            heard.position = heard.position.saturating_sub(early.mul_f64(speed.max(0.0)));
            heard.at -= early;
        }
        heard
    }

    /// The output takes back what is on its way when there are new orders, or more blocks after the last.
    pub fn takes_back(&self) -> bool {
        self.bell.is_some()
    }

    /// Frames that the output has taken in its life.
    pub fn pulled(&self) -> u64 {
        self.shared.pulled.load(Ordering::Relaxed)
    }

    /// The device has said that it will not go on.
    pub fn is_faulty(&self) -> bool {
        self.shared.faulty.load(Ordering::Acquire)
    }

    /// Why it will not, for people, where that is known.
    pub fn fault(&self) -> Option<&str> {
        self.shared.reason.get().map(String::as_str)
    }
}

/// For the device's error callback: it may come a million times a second, so it does next to nothing.
#[derive(Clone)]
pub struct Fault(Arc<Shared>);

impl Fault {
    /// The device has not taken a frame yet, and was made less than `time` ago.
    pub fn is_settling(&self, time: Duration) -> bool {
        self.0.pulled.load(Ordering::Relaxed) == 0 && self.0.began.elapsed() < time
    }

    /// As [`Self::raise`], with words for people.
    pub fn raise_because(&self, reason: String) {
        // The first reason stays.
        let _ = self.0.reason.set(reason);
        self.raise();
    }

    pub fn raise(&self) {
        if !self.0.faulty.swap(true, Ordering::AcqRel) {
            self.0.filler.unpark();
        }
    }
}

#[cfg(test)]
mod tests;
