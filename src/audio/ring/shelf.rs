//! The blocks that come out of the ring, the last of which stay at hand for an output that can take back what it has handed over.

use std::collections::VecDeque;

use super::Block;

/// A place in the order of all blocks, counted from the first that came out of the ring.
pub(super) type Place = u64;

pub(super) struct Shelf {
    ring: rtrb::Consumer<Block>,
    /// The last blocks that came out, oldest first.
    kept: VecDeque<Block>,
    /// How many stay.
    most: usize,
    /// The place of the oldest one kept.
    oldest: Place,
    /// The place of the block that comes next.
    next: Place,
    current: Option<Place>,
}

/// Where a shelf stood.
#[derive(Clone, Copy)]
pub(super) struct Stand {
    next: Place,
    current: Option<Place>,
}

impl Shelf {
    /// Keeps the current block alone.
    pub(super) fn new(ring: rtrb::Consumer<Block>) -> Self {
        Self {
            ring,
            kept: VecDeque::with_capacity(1),
            most: 1,
            oldest: 0,
            next: 0,
            current: None,
        }
    }

    /// Keeps the last `most` blocks, the current one among them.
    pub(super) fn keeping(mut self, most: usize) -> Self {
        self.most = most.max(1);
        self.kept.reserve_exact(self.most);
        self
    }

    /// The block at hand.
    pub(super) fn current(&self) -> Option<&Block> {
        let index = self.current?.checked_sub(self.oldest)?;
        self.kept.get(usize::try_from(index).ok()?)
    }

    /// Brings the next block to hand: one that was put back, or a new one. `None`: there is none yet.
    pub(super) fn advance(&mut self) -> Option<&Block> {
        let end = self.oldest + self.kept.len() as Place;
        if self.next >= end {
            let block = self.ring.pop().ok()?;
            if self.kept.len() == self.most {
                self.kept.pop_front();
                self.oldest += 1;
            }
            self.kept.push_back(block);
        }
        self.current = Some(self.next);
        self.next += 1;
        self.current()
    }

    /// Nothing is at hand any more.
    pub(super) fn leave(&mut self) {
        self.current = None;
    }

    pub(super) fn stand(&self) -> Stand {
        Stand {
            next: self.next,
            current: self.current,
        }
    }

    /// Puts back what came since `stand`. False, and nothing changes, when some of it is no longer kept.
    pub(super) fn back_to(&mut self, stand: Stand) -> bool {
        let needed = stand.current.unwrap_or(stand.next);
        let is_kept = needed >= self.oldest;
        if is_kept {
            (self.next, self.current) = (stand.next, stand.current);
        }
        is_kept
    }

    /// Blocks that wait in the ring, and how many it can hold.
    pub(super) fn waiting(&self) -> (usize, usize) {
        (self.ring.slots(), self.ring.buffer().capacity())
    }
}
