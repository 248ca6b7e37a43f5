//! A set of bytes as ranges.

use std::ops::Range;

/// Ascending, disjoint, never touching, never empty.
#[derive(Debug, Default)]
pub(super) struct Ranges(Vec<Range<u64>>);

impl Ranges {
    pub(super) fn insert(&mut self, new: Range<u64>) {
        if new.is_empty() {
            return;
        }
        let first = self.0.partition_point(|range| range.end < new.start);
        let last = self.0.partition_point(|range| range.start <= new.end);
        let touched = self.0.get(first..last).unwrap_or_default();
        let start = touched
            .first()
            .map_or(new.start, |range| range.start.min(new.start));
        let end = touched
            .last()
            .map_or(new.end, |range| range.end.max(new.end));
        self.0
            .splice(first..last.max(first), std::iter::once(start..end));
    }

    /// How many bytes from `at` on are in the set without a gap.
    pub(super) fn contiguous_from(&self, at: u64) -> u64 {
        let after = self.0.partition_point(|range| range.end <= at);
        match self.0.get(after) {
            Some(range) if range.contains(&at) => range.end - at,
            _ => 0,
        }
    }

    /// The first start of a range after `at`.
    pub(super) fn next_start(&self, at: u64) -> Option<u64> {
        let after = self.0.partition_point(|range| range.start <= at);
        self.0.get(after).map(|range| range.start)
    }

    pub(super) fn total(&self) -> u64 {
        self.0.iter().map(|range| range.end - range.start).sum()
    }

    pub(super) fn to_vec(&self) -> Vec<Range<u64>> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_same_set_as_one_flag_a_byte(inserts in prop::collection::vec((0_u64..64, 0_u64..16), 0..24)) {
            let mut ranges = Ranges::default();
            let mut flags = [false; 96];
            for (start, len) in inserts {
                ranges.insert(start..start + len);
                for at in start..start + len {
                    flags[at as usize] = true;
                }
            }
            for pair in ranges.0.windows(2) {
                prop_assert!(pair[0].end < pair[1].start);
            }
            prop_assert_eq!(ranges.total(), flags.iter().filter(|flag| **flag).count() as u64);
            for at in 0..80 {
                let run = flags[at..].iter().take_while(|flag| **flag).count();
                prop_assert_eq!(ranges.contiguous_from(at as u64), run as u64);
                let next = (at + 1..96).find(|&next| flags[next] && !flags[next - 1]);
                prop_assert_eq!(ranges.next_start(at as u64), next.map(|next| next as u64));
            }
        }
    }
}
