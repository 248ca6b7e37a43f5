//! What each recording of the account is, computed from its ordinal: who called whom, what the file holds.

use super::asset::{self, Asset};
use super::content::Content;
use super::ident::{Ids, Kind, mix, unit};

/// The parties of a call, as small values that a filter can compare a million times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    Caller(u16),
    /// One of the account's own numbers.
    Line(u8),
    Sip(u8),
    /// The hostile row's texts.
    HostileFrom,
    HostileTo,
}

const CALLERS: u16 = 270;
const LINES: u8 = 8;
const SIP: [&str; 12] = [
    "reception",
    "desk-12",
    "desk-31",
    "warehouse",
    "night-line",
    "billing",
    "returns",
    "kitchen",
    "lab.east",
    "front_door",
    "on-call",
    "studio",
];

impl Party {
    /// The API's text for it: E.164 in ranges reserved for fiction, or a SIP address.
    pub(super) fn text(self) -> String {
        match self {
            Self::Caller(n) => match n % 3 {
                0 => format!("+14155550{:03}", 100 + n / 3),
                1 => format!("+12125550{:03}", 100 + n / 3),
                _ => format!("+4420794600{:02}", n / 3),
            },
            Self::Line(n) if n % 2 == 0 => format!("+141555501{:02}", 90 + n),
            Self::Line(n) => format!("+121255501{:02}", 90 + n),
            Self::Sip(n) => {
                let name = SIP.get(usize::from(n)).copied().unwrap_or("desk-0");
                format!("sip:{name}@voice.example.net")
            }
            Self::HostileFrom => super::hostile::from_number(),
            Self::HostileTo => super::hostile::to_number(),
        }
    }

    /// The party a filter names, if the account knows it.
    pub(super) fn named(text: &str) -> Option<Self> {
        (0..CALLERS)
            .map(Self::Caller)
            .chain((0..LINES).map(Self::Line))
            .chain((0..SIP.len() as u8).map(Self::Sip))
            .chain([Self::HostileFrom, Self::HostileTo])
            .find(|party| party.text() == text)
    }
}

/// Rows among the newest that show one thing each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// The embedded file with this name, byte for byte.
    Whole(&'static str),
    /// One hour of the embedded file with this name.
    Hour(&'static str),
    /// A conference of several parties.
    Conference,
    /// A multi-party call.
    MultiParty,
    /// Listed, but its file answers 404.
    NotReady,
    /// A file of no bytes.
    Empty,
    /// A wav of 44 bytes.
    HeaderOnly,
    /// Control codes and very long texts in every field that a caller chooses.
    Hostile,
    /// Its duration is -1, as while a call is still being recorded.
    Running,
    /// SIP endpoints on both sides.
    Sip,
    /// `recording_duration_ms` is null.
    NullDuration,
    /// `recording_duration_ms` is a JSON number.
    NumberDuration,
    /// `recording_duration_ms` is absent.
    NoDuration,
    /// A field that no documentation names, with an object inside.
    ExtraField,
}

/// The newest rows of a fresh account, newest first.
pub const NEWEST: [Special; 22] = [
    Special::Whole("support-stereo-cbr32"),
    Special::Whole("invoice-stereo-vbr"),
    Special::Hour("support-stereo-cbr32"),
    Special::Whole("booking-mono-cbr16"),
    Special::Whole("handover-stereo-pcm16"),
    Special::Conference,
    Special::Whole("reminder-mono-ulaw"),
    Special::NotReady,
    Special::Hostile,
    Special::Empty,
    Special::HeaderOnly,
    Special::Whole("voicemail-quiet-id3"),
    Special::Whole("booking-mono-vbr-notag"),
    Special::Whole("survey-mono16k-cbr24"),
    Special::Sip,
    Special::Hour("reminder-mono-ulaw"),
    Special::MultiParty,
    Special::NullDuration,
    Special::NumberDuration,
    Special::NoDuration,
    Special::Running,
    Special::ExtraField,
];

/// Whether a recording's file can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileState {
    Ready,
    NotReady,
    Empty,
    HeaderOnly,
}

/// What a recording's file holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sound {
    pub(super) asset: &'static Asset,
    pub(super) units: u64,
    pub(super) state: FileState,
}

impl Sound {
    pub(super) fn milliseconds(self) -> f64 {
        match self.state {
            FileState::Empty | FileState::HeaderOnly => 0.0,
            FileState::Ready | FileState::NotReady => self.asset.milliseconds(self.units),
        }
    }

    /// The file's bytes; `None` while it is not ready.
    pub(super) fn content(self) -> Option<Content> {
        match self.state {
            FileState::NotReady => None,
            FileState::Empty => Some(Content::empty()),
            FileState::HeaderOnly => Some(Content::header_only(self.asset)),
            FileState::Ready if self.units == self.asset.units() => {
                Some(Content::whole(self.asset))
            }
            FileState::Ready => Some(Content::repeated(self.asset, self.units)),
        }
    }
}

const CONFERENCES: [&str; 8] = [
    "Monday stand-up",
    "Support escalation",
    "board call",
    "Lieferanten-Runde",
    "standup-emea",
    "Q3 planning",
    "Réunion équipe",
    "朝会",
];
const QUEUES: [&str; 4] = ["queue-support", "queue-sales", "queue-billing", "overflow"];

/// Recordings this close together that are conferences at all belong to one conference.
const GATHERING: u64 = 64;

/// A conference or multi-party call that a recording belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    Conference(u64),
    MultiParty(u64),
    HostileConference,
}

/// The facts of an account, whatever its size, in a few words of memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Catalogue {
    pub(super) seed: u64,
    pub(super) ids: Ids,
    /// Recordings there at the start; later ones have ordinals from here on.
    pub(super) count: u64,
}

impl Catalogue {
    pub(super) fn new(seed: u64, count: u64) -> Self {
        Self {
            seed,
            ids: Ids::new(seed),
            count,
        }
    }

    pub(super) fn hash(&self, salt: u64, ordinal: u64) -> u64 {
        mix(self.seed, salt, ordinal)
    }

    pub(super) fn special(&self, ordinal: u64) -> Option<Special> {
        let rank = self.count.checked_sub(ordinal.checked_add(1)?)?;
        NEWEST.get(usize::try_from(rank).ok()?).copied()
    }

    /// The ordinal of the row that shows `special`.
    pub(super) fn find(&self, special: Special) -> Option<u64> {
        let rank = NEWEST.iter().position(|&s| s == special)? as u64;
        self.count.checked_sub(rank + 1)
    }

    /// Who called, and whom.
    pub(super) fn parties(&self, ordinal: u64) -> (Party, Party) {
        let hash = self.hash(0xCA11, ordinal);
        // Few call often, many call once.
        let often = unit(hash).powi(2);
        let outside = if hash.is_multiple_of(9) {
            Party::Sip(((hash >> 8) % SIP.len() as u64) as u8)
        } else {
            Party::Caller((often * f64::from(CALLERS)) as u16)
        };
        let line = Party::Line(((hash >> 20) % u64::from(LINES)) as u8);
        match self.special(ordinal) {
            Some(Special::Hostile) => (Party::HostileFrom, Party::HostileTo),
            Some(Special::Sip) => (Party::Sip(1), Party::Sip(8)),
            _ if hash & (1 << 40) == 0 => (outside, line),
            _ => (line, outside),
        }
    }

    /// The call a recording belongs to: now and then two recordings share one.
    pub(super) fn call(&self, ordinal: u64) -> u64 {
        if ordinal % 17 == 12 {
            ordinal - 1
        } else {
            ordinal
        }
    }

    pub(super) fn meeting(&self, ordinal: u64) -> Option<Meeting> {
        let gathering = ordinal / GATHERING;
        match self.special(ordinal) {
            Some(Special::Conference) => Some(Meeting::Conference(gathering)),
            Some(Special::MultiParty) => Some(Meeting::MultiParty(gathering)),
            Some(Special::Hostile) => Some(Meeting::HostileConference),
            Some(_) => None,
            None => match self.hash(0x3EE7, ordinal) % 100 {
                0..=3 => Some(Meeting::Conference(gathering)),
                4..=6 => Some(Meeting::MultiParty(gathering)),
                _ => None,
            },
        }
    }

    pub(super) fn conference_name(&self, gathering: u64) -> &'static str {
        pick(&CONFERENCES, self.hash(0x4A3E, gathering))
    }

    /// The name as the account writes it, if any of its conferences bears it.
    pub(super) fn known_conference_name(name: &str) -> Option<&'static str> {
        CONFERENCES.into_iter().find(|known| *known == name)
    }

    pub(super) fn known_mpc_name(name: &str) -> Option<&'static str> {
        QUEUES.into_iter().find(|known| *known == name)
    }

    /// The ordinals among which a gathering's recordings lie.
    pub(super) fn gathering_range(gathering: u64) -> (u64, u64) {
        let low = gathering.saturating_mul(GATHERING);
        (low, low.saturating_add(GATHERING))
    }

    pub(super) fn mpc_name(&self, gathering: u64) -> &'static str {
        pick(&QUEUES, self.hash(0x3BC0, gathering))
    }

    pub(super) fn meeting_uuid(&self, meeting: Meeting) -> String {
        match meeting {
            Meeting::Conference(gathering) => self.ids.uuid(Kind::Conference, gathering),
            Meeting::MultiParty(gathering) => self.ids.uuid(Kind::MultiParty, gathering),
            Meeting::HostileConference => self.ids.uuid(Kind::Conference, u64::MAX),
        }
    }

    /// Which of the account's two subaccounts a recording is tied to, if any.
    pub(super) fn subaccount(&self, ordinal: u64) -> Option<u8> {
        match self.hash(0x5B, ordinal) % 10 {
            0..=1 => Some(0),
            2 => Some(1),
            _ => None,
        }
    }

    pub(super) fn sound(&self, ordinal: u64) -> Option<Sound> {
        let ready = |asset: &'static Asset, units: u64| Sound {
            asset,
            units,
            state: FileState::Ready,
        };
        let state = match self.special(ordinal) {
            Some(Special::Whole(name)) => {
                return asset::named(name).map(|asset| ready(asset, asset.units()));
            }
            Some(Special::Hour(name)) => {
                return asset::named(name).map(|asset| ready(asset, asset.units_in(3600.0)));
            }
            Some(Special::HeaderOnly) => {
                return asset::named("handover").map(|asset| Sound {
                    state: FileState::HeaderOnly,
                    ..ready(asset, 0)
                });
            }
            Some(Special::NotReady) => FileState::NotReady,
            Some(Special::Empty) => FileState::Empty,
            _ => FileState::Ready,
        };
        let all = asset::all();
        let hash = self.hash(0x50D, ordinal);
        let asset = all.get((hash % all.len().max(1) as u64) as usize)?;
        let units = if (hash >> 8).is_multiple_of(6) {
            asset.units()
        } else {
            // From 3 s to an hour, short ones more often.
            asset.units_in(3.0 * 1_200f64.powf(unit(self.hash(0x1E46, ordinal))))
        };
        Some(Sound {
            asset,
            units,
            state,
        })
    }
}

fn pick(names: &'static [&'static str], hash: u64) -> &'static str {
    names
        .get((hash % names.len().max(1) as u64) as usize)
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_party_is_found_by_its_own_text_and_no_two_share_one() {
        let mut seen = std::collections::HashSet::new();
        let all = (0..CALLERS)
            .map(Party::Caller)
            .chain((0..LINES).map(Party::Line))
            .chain((0..SIP.len() as u8).map(Party::Sip));
        for party in all {
            assert_eq!(Party::named(&party.text()), Some(party));
            assert!(seen.insert(party.text()), "{}", party.text());
        }
        assert_eq!(Party::named("+15005550006"), None);
    }

    #[test]
    fn lengths_run_from_seconds_to_an_hour_in_both_formats() {
        let catalogue = Catalogue::new(1, 5_000);
        let sounds: Vec<_> = (0..4_900).filter_map(|k| catalogue.sound(k)).collect();
        let (mut least, mut most) = (f64::MAX, 0f64);
        for sound in &sounds {
            least = least.min(sound.milliseconds());
            most = most.max(sound.milliseconds());
        }
        assert!((2_900.0..6_000.0).contains(&least), "{least}");
        assert!((3_000_000.0..3_600_100.0).contains(&most), "{most}");
        assert!(sounds.iter().any(|s| s.asset.format == asset::Format::Wav));
        assert!(sounds.iter().any(|s| s.asset.channels == 2));
    }

    #[test]
    fn special_rows_are_where_they_are_said_to_be() {
        let catalogue = Catalogue::new(1, 1_204);
        assert_eq!(catalogue.find(NEWEST[0]), Some(1_203));
        for special in NEWEST {
            let ordinal = catalogue.find(special).unwrap();
            assert_eq!(catalogue.special(ordinal), Some(special));
        }
        assert_eq!(Catalogue::new(1, 3).find(Special::Hostile), None);
        let empty = catalogue
            .sound(catalogue.find(Special::Empty).unwrap())
            .unwrap();
        assert_eq!(empty.content().unwrap().length(), 0);
        let header = catalogue
            .sound(catalogue.find(Special::HeaderOnly).unwrap())
            .unwrap();
        assert_eq!(header.content().unwrap().length(), 44);
    }
}
