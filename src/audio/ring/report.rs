//! What the output tells of itself, in one piece, without a lock.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
use std::time::{Duration, Instant};

/// What becomes of the epoch that the player ordered last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// Not a frame of it has come.
    #[default]
    Waiting,
    /// It is heard.
    Sounding,
    /// It was heard and the ring ran out.
    Dry,
    /// Hushed, the fade is over.
    Hushed,
    /// Its last frame was taken.
    Finished,
}

impl Stage {
    fn from_bits(bits: u32) -> Self {
        match bits {
            1 => Self::Sounding,
            2 => Self::Dry,
            3 => Self::Hushed,
            4 => Self::Finished,
            _ => Self::Waiting,
        }
    }

    fn to_bits(self) -> u32 {
        match self {
            Self::Waiting => 0,
            Self::Sounding => 1,
            Self::Dry => 2,
            Self::Hushed => 3,
            Self::Finished => 4,
        }
    }
}

/// One report: at `at`, the ear stands at `position` of the recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    pub epoch: u32,
    pub stage: Stage,
    pub position: Duration,
    pub at: Instant,
}

/// A sequence lock: one writer that never waits, a reader that tries again when it was in the way.
#[derive(Default)]
pub(super) struct Report {
    sequence: AtomicU32,
    epoch: AtomicU32,
    stage: AtomicU32,
    position: AtomicU64,
    at: AtomicU64,
}

impl Report {
    /// Only ever called by the one renderer. `at` is nanoseconds after the ring began.
    pub(super) fn write(&self, epoch: u32, stage: Stage, position: u64, at: u64) {
        let sequence = self.sequence.load(Ordering::Relaxed);
        self.sequence
            .store(sequence.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        self.epoch.store(epoch, Ordering::Relaxed);
        self.stage.store(stage.to_bits(), Ordering::Relaxed);
        self.position.store(position, Ordering::Relaxed);
        self.at.store(at, Ordering::Relaxed);
        self.sequence
            .store(sequence.wrapping_add(2), Ordering::Release);
    }

    pub(super) fn read(&self, began: Instant) -> Heard {
        loop {
            let before = self.sequence.load(Ordering::Acquire);
            let heard = Heard {
                epoch: self.epoch.load(Ordering::Relaxed),
                stage: Stage::from_bits(self.stage.load(Ordering::Relaxed)),
                position: Duration::from_nanos(self.position.load(Ordering::Relaxed)),
                at: began + Duration::from_nanos(self.at.load(Ordering::Relaxed)),
            };
            fence(Ordering::Acquire);
            if before.is_multiple_of(2) && before == self.sequence.load(Ordering::Relaxed) {
                return heard;
            }
            // The writer was put to sleep in the middle of five stores; let it finish.
            std::thread::yield_now();
        }
    }
}
