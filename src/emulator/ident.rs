//! Identifiers that look random and yet lead straight back to the recording they name.
//!
//! An account of a million recordings has no index in memory: an id carries the recording's ordinal under a keyed
//! permutation, so that a single get costs the same whatever the size of the account.

/// A deterministic 64-bit hash of `n`, apart for each `salt` and `seed` (the finaliser of splitmix64).
pub(super) fn mix(seed: u64, salt: u64, n: u64) -> u64 {
    let mut z = seed
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(salt.wrapping_mul(0xD1B5_4A32_D192_ED03))
        .wrapping_add(n.wrapping_mul(0x8CB9_2BA7_2F3D_8DD7));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The hash as a fraction in `0.0..1.0`.
pub(super) fn unit(hash: u64) -> f64 {
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

/// What an identifier names. Each kind has its own permutation, so one kind's id is never another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Recording = 1,
    Call = 2,
    Conference = 3,
    MultiParty = 4,
    Answer = 5,
    Cursor = 6,
}

/// Makes and reads identifiers under one seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids {
    seed: u64,
}

const ROUNDS: u64 = 4;
const ODD_END: &str = "-rec_1";

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    fn round(self, kind: Kind, round: u64, half: u32) -> u32 {
        (mix(
            self.seed,
            0x1D00 + (kind as u64) * 16 + round,
            u64::from(half),
        ) >> 32) as u32
    }

    /// A permutation of the 64-bit numbers (a Feistel network).
    fn scramble(self, kind: Kind, n: u64) -> u64 {
        let (mut left, mut right) = ((n >> 32) as u32, n as u32);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ self.round(kind, round, right));
        }
        (u64::from(left) << 32) | u64::from(right)
    }

    fn unscramble(self, kind: Kind, n: u64) -> u64 {
        let (mut left, mut right) = ((n >> 32) as u32, n as u32);
        for round in (0..ROUNDS).rev() {
            (left, right) = (right ^ self.round(kind, round, left), left);
        }
        (u64::from(left) << 32) | u64::from(right)
    }

    /// A UUID in the usual lower-case form.
    pub(super) fn uuid(self, kind: Kind, n: u64) -> String {
        let hidden = self.scramble(kind, n);
        let check = mix(self.seed, 0xC4EC + kind as u64, n);
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:04x}{:08x}",
            hidden >> 32,
            (check >> 48) & 0xffff,
            (check >> 36) & 0xfff,
            0x8000 | ((check >> 22) & 0x3fff),
            check & 0xffff,
            hidden & 0xffff_ffff,
        )
    }

    /// The number that [`Ids::uuid`] was given, or `None` for any text it never made.
    pub(super) fn read_uuid(self, kind: Kind, text: &str) -> Option<u64> {
        let bytes = text.as_bytes();
        if bytes.len() != 36 {
            return None;
        }
        let high = u64::from_str_radix(text.get(..8)?, 16).ok()?;
        let low = u64::from_str_radix(text.get(28..)?, 16).ok()?;
        let n = self.unscramble(kind, (high << 32) | low);
        (self.uuid(kind, n) == text).then_some(n)
    }

    /// A recording's id. Most are UUIDs; one in some two hundred is short and ends oddly, as on real accounts (api.md).
    pub(super) fn recording(self, ordinal: u64) -> String {
        if mix(self.seed, 0x0DD, ordinal).is_multiple_of(211) {
            format!("{:016x}{ODD_END}", self.scramble(Kind::Recording, ordinal))
        } else {
            self.uuid(Kind::Recording, ordinal)
        }
    }

    /// The ordinal behind a recording's id.
    pub(super) fn read_recording(self, text: &str) -> Option<u64> {
        let ordinal = match text.strip_suffix(ODD_END) {
            Some(hex) if hex.len() == 16 => {
                self.unscramble(Kind::Recording, u64::from_str_radix(hex, 16).ok()?)
            }
            _ => self.read_uuid(Kind::Recording, text)?,
        };
        (self.recording(ordinal) == text).then_some(ordinal)
    }

    /// Text of `length` characters out of `A-Z0-9`: the shape of auth ids.
    pub(super) fn capitals(self, salt: u64, length: u64) -> String {
        const ALPHABET: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        (0..length)
            .filter_map(|n| ALPHABET.get((mix(self.seed, salt, n) % 36) as usize))
            .map(|&byte| char::from(byte))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_leads_back_to_its_ordinal() {
        let ids = Ids::new(7);
        let mut odd = 0;
        for ordinal in (0..2_000).chain([999_999, u64::from(u32::MAX) + 5]) {
            let id = ids.recording(ordinal);
            odd += u32::from(id.ends_with(ODD_END));
            assert_eq!(ids.read_recording(&id), Some(ordinal));
        }
        assert!(odd > 2, "some ids should be no UUIDs");
    }

    #[test]
    fn foreign_ids_lead_nowhere() {
        let ids = Ids::new(7);
        let id = ids.uuid(Kind::Recording, 12);
        assert_eq!(Ids::new(8).read_uuid(Kind::Recording, &id), None);
        assert_eq!(ids.read_uuid(Kind::Call, &id), None);
        assert_eq!(ids.read_recording(&id.to_uppercase()), None);
        assert_eq!(
            ids.read_recording("é3456789-1234-1234-1234-12345678901"),
            None
        );
        assert_eq!(ids.read_recording(""), None);
    }
}
