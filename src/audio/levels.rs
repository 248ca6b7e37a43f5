//! The level of every 20 ms of a recording: little enough to keep for hours, fine enough for turns of talk and a close look.

use std::sync::Arc;
use std::time::Duration;

/// A level below full scale in steps of half a decibel, down to −100 dBFS, which stands for digital silence too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(u8);

impl Level {
    pub const SILENT: Self = Self(0);
    /// Steps from silence to full scale.
    pub const STEPS: usize = 201;

    /// Of an amplitude, 1.0 being full scale. What is louder counts as full scale.
    pub fn of(amplitude: f32) -> Self {
        // A saturating cast: what is no number is silent.
        Self(((f32::max(amplitude, 1e-5).log10() * 20.0 + 100.0) * 2.0).clamp(0.0, 200.0) as u8)
    }

    /// dBFS, −100 to 0.
    pub fn db(self) -> f32 {
        f32::from(self.0) / 2.0 - 100.0
    }

    /// 0.0 to 1.0; silence is 0.
    pub fn amplitude(self) -> f32 {
        match self {
            Self::SILENT => 0.0,
            level => 10.0_f32.powf(level.db() / 20.0),
        }
    }

    /// Which step it is, 0 to 200.
    pub fn step(self) -> usize {
        usize::from(self.0)
    }

    /// The level so many decibels away.
    pub fn by(self, db: f32) -> Self {
        Self((f32::from(self.0) + db * 2.0).clamp(0.0, 200.0) as u8)
    }
}

/// 20 ms of one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub peak: Level,
    pub rms: Level,
}

/// Blocks in a part that is copied as one: a minute.
const PART: usize = 3_000;

/// What is longer is measured up to here: a day takes 9 MB a channel.
const MOST: usize = 24 * 60 * PART;

/// The blocks of one channel from its start, as far as they are known. Copies share what has not changed since.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Levels {
    parts: Vec<Arc<Vec<Option<Block>>>>,
    len: usize,
}

impl Levels {
    /// Blocks a second; a block spans this fraction of the rate, rounded down to whole frames.
    pub const A_SECOND: u32 = 50;

    /// Whole blocks in `time`.
    pub(super) const fn blocks(time: Duration) -> u64 {
        time.as_millis() as u64 * Self::A_SECOND as u64 / 1_000
    }

    /// Up to the last one that is known.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn get(&self, at: usize) -> Option<Block> {
        *self.parts.get(at / PART)?.get(at % PART)?
    }

    /// All up to the last one that is known, in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<Block>> + '_ {
        self.parts
            .iter()
            .flat_map(|part| part.iter().copied())
            .take(self.len)
    }

    /// Puts a block in its place; beyond a day nothing is kept.
    pub(super) fn set(&mut self, at: usize, block: Block) {
        if at >= MOST {
            return;
        }
        while self.parts.len() <= at / PART {
            self.parts.push(Arc::new(vec![None; PART]));
        }
        let part = self.parts.get_mut(at / PART).map(Arc::make_mut);
        if let Some(place) = part.and_then(|part| part.get_mut(at % PART)) {
            *place = Some(block);
            self.len = self.len.max(at + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_decibels_of_full_scale() {
        for (amplitude, db) in [(1.0, 0.0), (0.5, -6.5), (0.001, -60.0), (0.0, -100.0)] {
            let level = Level::of(amplitude);
            assert!(
                (level.db() - db).abs() <= 0.5,
                "{amplitude}: {}",
                level.db()
            );
            assert!((level.amplitude() - amplitude).abs() <= amplitude * 0.06);
        }
        assert_eq!(Level::of(7.0).db(), 0.0);
        assert_eq!(Level::of(f32::NAN), Level::SILENT);
        assert_eq!(Level::of(0.5).by(-10.0).db(), Level::of(0.5).db() - 10.0);
    }

    #[test]
    fn blocks_stay_where_they_are_put_and_a_copy_is_a_moment() {
        let block = |peak| Block {
            peak: Level::of(peak),
            rms: Level::SILENT,
        };
        let mut levels = Levels::default();
        levels.set(PART + 2, block(0.5));
        let before = levels.clone();
        levels.set(1, block(0.25));
        levels.set(MOST, block(1.0));
        assert_eq!((before.get(1), before.len()), (None, PART + 3));
        assert_eq!(levels.get(1), Some(block(0.25)));
        assert_eq!(levels.iter().count(), PART + 3);
        assert_eq!(levels.iter().flatten().count(), 2);
        assert!(Arc::ptr_eq(&levels.parts[1], &before.parts[1]));
    }
}
