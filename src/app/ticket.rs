//! What is said of a moment in a ticket: short lines that read well to people who have no callreel.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::link::Link;
use super::mask::Mask;
use super::text::safe;
use super::words;
use super::zone::Zone;
use crate::plivo::Recording;

/// A moment of a recording, and how it is told.
#[derive(Debug, Clone, Copy)]
pub struct Ticket<'a> {
    pub recording: &'a Recording,
    /// From the start.
    pub at: Duration,
    /// As the file has it, where that is known better than the API tells it.
    pub length: Option<Duration>,
    /// The zone that the screen shows.
    pub zone: &'a Zone,
    /// Hides numbers and names as the screen does.
    pub mask: &'a Mask,
    /// The made-up account.
    pub demo: bool,
}

impl Ticket<'_> {
    /// The lines, each safe to print. What the API did not tell is left out.
    pub fn text(&self) -> String {
        let recording = self.recording;
        let id = Some(recording.id.as_str()).filter(|_| !recording.id.is_stand_in());
        let number = |number: &Option<String>| Some(self.mask.number(number.as_deref()?));
        let name = |name: &Option<String>| Some(self.mask.name(name.as_deref()?));
        let length = self.length.or(recording.duration);
        let link = Link::new(recording.id.clone(), self.at);
        [
            ("Recording", id.map(str::to_owned)),
            ("Call", recording.call_uuid.clone()),
            ("From", number(&recording.from_number)),
            ("To", number(&recording.to_number)),
            ("Conference", name(&recording.conference_name)),
            ("Added", recording.added.map(|at| self.time(at))),
            ("Length", length.map(words::clock)),
            ("Moment", Some(self.moment())),
            ("Listen", id.map(|_| link.command(self.demo))),
        ]
        .into_iter()
        .filter_map(|(label, text)| {
            let text = text.filter(|text| !text.trim().is_empty())?;
            Some(format!("{:<12}{}\n", format!("{label}:"), safe(&text)))
        })
        .collect()
    }

    /// From the start, and what clocks showed then, where the API tells when the recording began.
    fn moment(&self) -> String {
        let from_start = words::clock(self.at);
        let passed = TimeDelta::from_std(self.at).ok();
        let began = self.recording.started;
        let said_at = began
            .zip(passed)
            .and_then(|(began, passed)| began.checked_add_signed(passed));
        match said_at {
            Some(at) => format!("{from_start} from its start, {}", self.time(at)),
            None => format!("{from_start} from its start"),
        }
    }

    /// By the clock of the zone shown and its name, and in UTC where that is another.
    fn time(&self, at: DateTime<Utc>) -> String {
        let shown = format!("{} {}", self.zone.format(at), self.zone.name());
        match self.zone.name() {
            "UTC" => shown,
            _ => format!("{shown} ({} UTC)", Zone::utc().format(at)),
        }
    }
}
