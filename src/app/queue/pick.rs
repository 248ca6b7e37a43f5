//! Which rows a sample takes: those with the smallest keys, where a row's key follows from the seed and the row's number.
//!
//! So every set of rows is as likely as any other, no row is taken twice, and the choice is the same whether the length of the list is
//! known from the start or only at its end. A larger sample begins with the smaller ones of its seed.

use std::collections::BTreeMap;

/// The rows with the smallest keys among those that were offered.
#[derive(Debug, Clone, PartialEq)]
pub struct Reservoir<T> {
    seed: u64,
    size: usize,
    kept: BTreeMap<(u64, usize), T>,
}

impl<T> Reservoir<T> {
    /// Keeps at most `size` rows.
    pub fn new(seed: u64, size: usize) -> Self {
        Self {
            seed,
            size,
            kept: BTreeMap::new(),
        }
    }

    /// Each row is offered once, in any order. `item` is asked for only if it is kept, for now at least.
    pub fn offer(&mut self, row: usize, item: impl FnOnce() -> T) {
        let key = (key(self.seed, row), row);
        if self.kept.len() >= self.size {
            match self.kept.last_key_value() {
                Some((last, _)) if key < *last => self.kept.pop_last(),
                _ => return,
            };
        }
        self.kept.insert(key, item());
    }

    /// The order of the queue: by key, which is as random as the choice.
    pub fn into_order(self) -> Vec<(usize, T)> {
        let in_order = self.kept.into_iter();
        in_order.map(|((_, row), item)| (row, item)).collect()
    }
}

/// The rows that a sample of `size` takes out of `total`, in the order of the queue.
pub fn picks(seed: u64, size: usize, total: usize) -> Vec<usize> {
    let mut reservoir = Reservoir::new(seed, size);
    for row in 0..total {
        reservoir.offer(row, || ());
    }
    let order = reservoir.into_order();
    order.into_iter().map(|(row, ())| row).collect()
}

/// The number that decides on a row: the row's place in the seed's SplitMix64 sequence.
fn key(seed: u64, row: usize) -> u64 {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    // Mixed once more, or the sequences of neighbouring seeds would be the same one from different places.
    let start = mix(seed ^ GOLDEN);
    mix(start.wrapping_add(GOLDEN.wrapping_mul((row as u64).wrapping_add(1))))
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_sample_holds_no_row_twice_and_all_where_it_is_large_enough(seed: u64, size in 0_usize..60, total in 0_usize..200) {
            let picks = picks(seed, size, total);
            let once: BTreeSet<_> = picks.iter().collect();
            prop_assert_eq!(once.len(), picks.len());
            prop_assert_eq!(picks.len(), size.min(total));
            prop_assert!(picks.iter().all(|row| *row < total));
        }

        #[test]
        fn rows_may_be_offered_in_any_order(seed: u64, size in 1_usize..20, order in Just((0_usize..90).collect::<Vec<_>>()).prop_shuffle()) {
            let mut reservoir = Reservoir::new(seed, size);
            for row in order {
                reservoir.offer(row, || row);
            }
            let kept: Vec<_> = reservoir.into_order().into_iter().map(|(_, row)| row).collect();
            prop_assert_eq!(kept, picks(seed, size, 90));
        }

        #[test]
        fn a_larger_sample_begins_with_the_smaller_one(seed: u64, size in 0_usize..40) {
            let larger = picks(seed, size + 10, 500);
            prop_assert_eq!(&larger[..size], &picks(seed, size, 500)[..]);
        }
    }

    /// Chi-squared of counts that should all be equal, divided by their degrees of freedom: near 1 for a fair choice.
    fn unevenness(counts: &[u32]) -> f64 {
        let mean = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
        let squares = counts
            .iter()
            .map(|count| (f64::from(*count) - mean).powi(2) / mean);
        squares.sum::<f64>() / (counts.len() - 1) as f64
    }

    #[test]
    fn every_row_and_every_pair_is_as_likely_as_any_other() {
        let (mut rows, mut firsts, mut pairs) = ([0_u32; 20], [0_u32; 20], [0_u32; 400]);
        // Small seeds, as people type them.
        for seed in 0..20_000 {
            let picks = picks(seed, 5, 20);
            firsts[picks[0]] += 1;
            for pick in &picks {
                rows[*pick] += 1;
            }
            let (a, b) = (picks[0].min(picks[1]), picks[0].max(picks[1]));
            pairs[a * 20 + b] += 1;
        }
        let pairs: Vec<u32> = pairs.into_iter().filter(|count| *count > 0).collect();
        assert_eq!(pairs.len(), 190);
        // Choosing without replacement is more even than chance.
        assert!(unevenness(&rows) < 1.8, "{rows:?}");
        assert!((0.3..1.8).contains(&unevenness(&firsts)), "{firsts:?}");
        assert!((0.7..1.35).contains(&unevenness(&pairs)), "{pairs:?}");
    }

    #[test]
    fn the_same_seed_will_always_take_the_same_rows() {
        // Queues are repeated by their seed years later: these numbers must never change.
        assert_eq!(picks(7, 8, 1_204), PINNED);
    }

    const PINNED: [usize; 8] = [45, 94, 271, 318, 578, 1088, 997, 416];
}
