//! A memory of bounded size for what came last.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, Hash, RandomState};

/// Which values came lately. Only their hashes are kept, since the server chooses how long its ids and cursors are; that two
/// of some thousands have the same is once in 10^12 walks.
#[derive(Debug)]
pub(in crate::plivo) struct Recent {
    order: VecDeque<u64>,
    hashes: HashSet<u64>,
    hasher: RandomState,
    most: usize,
}

impl Recent {
    pub(in crate::plivo) fn new(most: usize) -> Self {
        Self {
            order: VecDeque::new(),
            hashes: HashSet::new(),
            hasher: RandomState::new(),
            most,
        }
    }

    /// True when the value is not among the latest; from then on it is.
    pub(in crate::plivo) fn insert(&mut self, value: &impl Hash) -> bool {
        let hash = self.hasher.hash_one(value);
        if !self.hashes.insert(hash) {
            return false;
        }
        self.order.push_back(hash);
        if self.order.len() > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.hashes.remove(&oldest);
        }
        true
    }

    pub(in crate::plivo) fn len(&self) -> usize {
        self.order.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten_first() {
        let mut recent = Recent::new(3);
        assert!((1..=3).all(|value| recent.insert(&value)));
        assert!(!recent.insert(&1));
        assert!(recent.insert(&4));
        assert!(!recent.insert(&2));
        assert!(recent.insert(&1));
        assert_eq!((recent.len(), recent.hashes.len()), (3, 3));
    }
}
