//! Finding text among the rows that are loaded.

use crate::plivo::Recording;

use super::mask::Mask;
use super::zone::Zone;

/// What is looked for, in small letters. Empty text finds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle(String);

impl Needle {
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_lowercase()))
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    /// In anything that the row or its details show. While numbers are masked their aliases are found too.
    pub fn is_in(&self, recording: &Recording, zone: &Zone, mask: &Mask) -> bool {
        let has = |text: &str| text.to_lowercase().contains(&self.0);
        let plain = [
            &recording.call_uuid,
            &recording.conference_uuid,
            &recording.mpc_uuid,
            &recording.kind,
            &recording.format,
        ];
        let numbers = [&recording.from_number, &recording.to_number];
        let names = [&recording.conference_name, &recording.mpc_name];
        has(recording.id.as_str())
            || plain.into_iter().flatten().any(|text| has(text))
            || numbers
                .into_iter()
                .flatten()
                .any(|text| has(text) || (mask.on && has(&mask.number(text))))
            || names
                .into_iter()
                .flatten()
                .any(|text| has(text) || (mask.on && has(&mask.name(text))))
            || recording
                .added
                .is_some_and(|added| has(&zone.format(added)))
    }
}

/// The matches of a search, by row, ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matches {
    pub rows: Vec<usize>,
    /// How many rows were looked through.
    pub loaded: usize,
}

impl Matches {
    /// The first match after `row`, going round; with `here`, `row` itself counts.
    pub fn after(&self, row: usize, here: bool) -> Option<usize> {
        let fits = |found: &&usize| if here { **found >= row } else { **found > row };
        self.rows.iter().find(fits).or(self.rows.first()).copied()
    }

    pub fn before(&self, row: usize) -> Option<usize> {
        self.rows
            .iter()
            .rev()
            .find(|found| **found < row)
            .or(self.rows.last())
            .copied()
    }

    /// Which match a row is, from 1.
    pub fn number(&self, row: usize) -> Option<usize> {
        self.rows.binary_search(&row).ok().map(|at| at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches() -> Matches {
        Matches {
            rows: vec![2, 5, 9],
            loaded: 20,
        }
    }

    #[test]
    fn the_next_match_goes_round_the_end() {
        assert_eq!(matches().after(5, false), Some(9));
        assert_eq!(matches().after(9, false), Some(2));
        assert_eq!(matches().after(5, true), Some(5));
        assert_eq!(matches().before(2), Some(9));
        assert_eq!(matches().before(6), Some(5));
        assert_eq!(Matches::default().after(0, true), None);
    }

    #[test]
    fn empty_text_is_no_search() {
        assert_eq!(Needle::new("  "), None);
        assert_eq!(Needle::new(" ABC ").unwrap().text(), "abc");
    }
}
