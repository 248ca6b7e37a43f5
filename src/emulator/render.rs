//! Recordings and answers as JSON, in the forms of both eras.

use chrono::{DateTime, FixedOffset, Utc};
use serde_json::{Map, Value, json};

use super::Era;
use super::account::View;
use super::catalogue::{Catalogue, Meeting, Special};
use super::filter::days_stored;
use super::hostile;
use super::ident::{Kind, mix, unit};

/// What a row needs beside the account's facts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) era: Era,
    /// The server's own origin.
    pub(super) url: &'a str,
    pub(super) auth_id: &'a str,
}

impl Frame<'_> {
    /// The list call's path.
    pub(super) fn list_path(&self) -> String {
        format!("/v1/Account/{}/Recording/", self.auth_id)
    }

    /// One recording, as a list's `objects` hold it.
    pub(super) fn recording(&self, view: &View<'_>, ordinal: u64) -> Map<String, Value> {
        let catalogue = view.catalogue();
        let mut row = Map::new();
        let mut put = |name: &str, value: Value| {
            row.insert(name.to_owned(), value);
        };
        let id = catalogue.ids.recording(ordinal);
        let special = catalogue.special(ordinal);
        let meeting = catalogue.meeting(ordinal);
        let time = view.time(ordinal);
        let format = catalogue
            .sound(ordinal)
            .map_or("mp3", |sound| sound.asset.format.name());
        put(
            "call_uuid",
            catalogue
                .ids
                .uuid(Kind::Call, catalogue.call(ordinal))
                .into(),
        );
        put("recording_id", id.clone().into());
        put(
            "recording_type",
            self.recording_type(catalogue, ordinal, format),
        );
        put("recording_format", format.into());
        put("conference_name", self.conference_name(catalogue, ordinal));
        put(
            "recording_url",
            format!("{}/media/{id}.{format}", self.url).into(),
        );
        put("resource_uri", format!("{}{id}/", self.list_path()).into());
        put("add_time", self.add_time(catalogue, ordinal, time).into());
        if self.era == Era::Legacy {
            return row;
        }

        let (from, to) = catalogue.parties(ordinal);
        put("from_number", from.text().into());
        put("to_number", to.text().into());
        if let Some(meeting @ (Meeting::Conference(_) | Meeting::HostileConference)) = meeting {
            put("conference_uuid", catalogue.meeting_uuid(meeting).into());
        }
        if let Some(meeting @ Meeting::MultiParty(gathering)) = meeting {
            put("mpc_name", catalogue.mpc_name(gathering).into());
            put("mpc_uuid", catalogue.meeting_uuid(meeting).into());
        }
        let style = catalogue.hash(0x57E1, ordinal);
        let milliseconds = catalogue
            .sound(ordinal)
            .map_or(0.0, |sound| sound.milliseconds());
        for (name, value) in durations(special, style, milliseconds, time) {
            put(name, value);
        }
        let days = days_stored(view.now, time).max(0);
        put(
            "recording_storage_duration",
            if style.is_multiple_of(23) {
                days.to_string().into()
            } else {
                days.into()
            },
        );
        let rate = 0.0004;
        let amount = (milliseconds / 60_000.0).ceil() * rate;
        let text = style.is_multiple_of(19);
        put(
            "recording_storage_rate",
            if text {
                rate.to_string().into()
            } else {
                rate.into()
            },
        );
        put(
            "monthly_recording_storage_amount",
            if text {
                format!("{amount:.5}").into()
            } else {
                amount.into()
            },
        );
        if special == Some(Special::Hostile) {
            let (name, value) = hostile::extra_field();
            put(&name, value.into());
        }
        if special == Some(Special::ExtraField) || style.is_multiple_of(37) {
            put(
                "transcription",
                json!({ "status": "completed", "words": style % 900, "languages": ["en-GB"] }),
            );
        }
        row
    }

    fn recording_type(&self, catalogue: &Catalogue, ordinal: u64, format: &str) -> Value {
        if self.era == Era::Legacy {
            return format.into();
        }
        match catalogue.meeting(ordinal) {
            Some(Meeting::HostileConference) => hostile::recording_type().into(),
            Some(Meeting::Conference(_)) => "conference".into(),
            _ if catalogue.hash(0x7193, ordinal).is_multiple_of(5) => "normal".into(),
            _ => "call".into(),
        }
    }

    fn conference_name(&self, catalogue: &Catalogue, ordinal: u64) -> Value {
        match catalogue.meeting(ordinal) {
            Some(Meeting::HostileConference) => hostile::conference_name().into(),
            Some(Meeting::Conference(gathering)) => catalogue.conference_name(gathering).into(),
            _ if self.era == Era::Legacy => "".into(),
            _ => match catalogue.nameless(ordinal) {
                Nameless::Empty => "".into(),
                Nameless::Noname => "noname".into(),
                Nameless::Null => Value::Null,
            },
        }
    }

    /// The time in one of the forms seen in the wild; always exact to the microsecond.
    fn add_time(&self, catalogue: &Catalogue, ordinal: u64, time_us: i64) -> String {
        let time = DateTime::<Utc>::from_timestamp_micros(time_us).unwrap_or_default();
        let micros = time_us.rem_euclid(1_000_000);
        if self.era == Era::Legacy {
            let form = if micros == 0 {
                "%Y-%m-%dT%H:%M:%S"
            } else {
                "%Y-%m-%dT%H:%M:%S%.6f"
            };
            return time.format(form).to_string();
        }
        let offset = match catalogue.hash(0x20E, ordinal) % 12 {
            0 => 19_800,
            1 => -14_400,
            _ => 0,
        };
        let form = match micros {
            0 => "%Y-%m-%d %H:%M:%S%:z",
            _ if micros % 1_000 == 0 => "%Y-%m-%d %H:%M:%S%.3f%:z",
            _ => "%Y-%m-%d %H:%M:%S%.6f%:z",
        };
        match FixedOffset::east_opt(offset) {
            Some(zone) => time.with_timezone(&zone).format(form).to_string(),
            None => time.format(form).to_string(),
        }
    }
}

/// The three ways in which the API says that there is no conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nameless {
    Empty,
    Noname,
    Null,
}

/// The fields about a recording's length, in the types seen in the wild.
fn durations(
    special: Option<Special>,
    style: u64,
    milliseconds: f64,
    time_us: i64,
) -> Vec<(&'static str, Value)> {
    let text = |value: f64| Value::from(format!("{value:.5}"));
    let end = time_us as f64 / 1000.0 - 1_000.0 - (style % 4_000) as f64;
    let length = match (special, style % 100) {
        (Some(Special::NullDuration), _) => Some(Value::Null),
        (Some(Special::NoDuration), _) => None,
        (Some(Special::NumberDuration), _) => Some(milliseconds.into()),
        (Some(Special::Running), _) => Some((-1).into()),
        (Some(_), _) | (None, 0..=84) => Some(text(milliseconds)),
        (None, 85..=92) => Some(milliseconds.round().into()),
        (None, 93..=96) => Some(format!("{milliseconds:.0}").into()),
        (None, 97..=98) => Some(Value::Null),
        (None, _) => None,
    };
    let rounded = (milliseconds / 60_000.0).ceil() as i64 * 60;
    let mut fields = Vec::with_capacity(4);
    if let Some(length) = length {
        fields.push(("recording_duration_ms", length));
    }
    if special == Some(Special::Running) {
        fields.push(("recording_start_ms", text(end)));
        fields.push(("recording_end_ms", (-1).into()));
        fields.push(("rounded_recording_duration", (-1).into()));
    } else {
        fields.push(("recording_start_ms", text(end - milliseconds)));
        fields.push(("recording_end_ms", text(end)));
        let rounded = if style.is_multiple_of(29) {
            rounded.to_string().into()
        } else {
            Value::from(rounded)
        };
        fields.push(("rounded_recording_duration", rounded));
    }
    fields
}

/// A new `api_id` for the `n`th answer.
pub(super) fn api_id(catalogue: &Catalogue, n: u64) -> String {
    catalogue.ids.uuid(Kind::Answer, n)
}

/// An error's body.
pub(super) fn error(api_id: &str, text: &str) -> Value {
    json!({ "api_id": api_id, "error": text })
}

impl Catalogue {
    /// How a recording without a conference says so.
    pub(super) fn nameless(&self, ordinal: u64) -> Nameless {
        match unit(mix(self.seed, 0x2A3E, ordinal)) {
            share if share < 0.5 => Nameless::Empty,
            share if share < 0.8 => Nameless::Noname,
            _ => Nameless::Null,
        }
    }
}
