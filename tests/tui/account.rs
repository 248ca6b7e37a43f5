//! An account that answers at once, by offsets, with totals.

use std::sync::Arc;

use callreel::plivo::{Error, Meta, Page, PageRequest, Recording, RecordingId, Span, Start};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// What `now` is in these tests.
pub fn noon() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Newest first.
    pub recordings: Vec<Arc<Recording>>,
    /// What every request gets instead of its answer.
    pub fault: Option<Error>,
}

impl Account {
    /// So many recordings, one every seven and a half hours, the newest half an hour old.
    pub fn with(count: usize) -> Self {
        let recordings = (0..count)
            .map(|number| Arc::new(recording(number)))
            .collect();
        Self {
            recordings,
            fault: None,
        }
    }

    pub fn page(&self, request: &PageRequest) -> Result<Page, Error> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let Span::Added(window) = request.query.span else {
            panic!("the list asks by the time of adding");
        };
        let filter = &request.query.filter;
        let fits =
            |wanted: &Option<String>, has: &Option<String>| wanted.is_none() || wanted == has;
        let all: Vec<_> = self
            .recordings
            .iter()
            .filter(|row| {
                row.added
                    .is_some_and(|added| window.range().contains(added))
            })
            .filter(|row| fits(&filter.from_number, &row.from_number))
            .filter(|row| fits(&filter.to_number, &row.to_number))
            .filter(|row| fits(&filter.call_uuid, &row.call_uuid))
            .collect();
        let Start::Offset(offset) = request.start else {
            panic!("no cursor was ever given");
        };
        let limit = u64::from(request.limit.get());
        let recordings: Vec<_> = all
            .iter()
            .skip(offset as usize)
            .take(limit as usize)
            .map(|row| Arc::clone(row))
            .collect();
        let more = offset + limit < all.len() as u64;
        let meta = Meta {
            total: Some(all.len() as u64),
            offset: Some(offset),
            limit: Some(limit),
            next: more.then_some(Start::Offset(offset + limit)),
        };
        Ok(Page {
            meta,
            recordings,
            api_id: None,
        })
    }

    pub fn recording(&self, id: &RecordingId) -> Result<Arc<Recording>, Error> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let found = self.recordings.iter().find(|recording| recording.id == *id);
        found.cloned().ok_or(Error::NotFound {
            message: "not found".into(),
            api_id: None,
        })
    }

    /// The numbers and names that a masked screen must not show.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets = vec!["Acme".to_owned()];
        for row in &self.recordings {
            let all = [
                &row.from_number,
                &row.to_number,
                &row.conference_name,
                &row.mpc_name,
            ];
            secrets.extend(all.into_iter().flatten().cloned());
        }
        secrets
    }
}

pub fn added(number: usize) -> DateTime<Utc> {
    noon() - TimeDelta::minutes(30) - TimeDelta::minutes(450) * number as i32
}

/// The row with this number, always the same.
pub fn recording(number: usize) -> Recording {
    let seconds = (number * 37) % 400 + 3 + if number % 11 == 5 { 3700 } else { 0 };
    let at = added(number);
    let to = match number % 5 {
        3 => format!("sip:agent{}@phone.acme.example", number % 3),
        _ => format!("+44207946{:04}", (number * 7) % 40),
    };
    let mut fields = json!({
        "add_time": format!("{}", at.format("%Y-%m-%dT%H:%M:%S.079231")),
        "call_uuid": format!("84c638ab-f2f0-464a-a55d-{number:012}"),
        "conference_name": if number % 9 == 4 { "Weekly standup" } else { "noname" },
        "from_number": format!("+1415555{:04}", (number * 13) % 60),
        "to_number": to,
        "recording_duration_ms": format!("{seconds}400.00000"),
        "recording_start_ms": format!("{}.00000", (at - TimeDelta::seconds(seconds as i64 + 20)).timestamp_millis()),
        "recording_end_ms": format!("{}.00000", (at - TimeDelta::seconds(20)).timestamp_millis()),
        "recording_format": if number % 4 == 2 { "wav" } else { "mp3" },
        "recording_id": format!("8d5cd396-4f88-11e1-829f-{number:012}"),
        "recording_storage_duration": 3,
        "recording_storage_rate": 0.0004,
        "recording_type": if number % 9 == 4 { "conference" } else { "call" },
        "recording_url": format!("https://media.plivo.com/v1/Account/MAXXXXXXXXXXXXXXXXXX/Recording/{number}.mp3"),
        "resource_uri": format!("/v1/Account/MAXXXXXXXXXXXXXXXXXX/Recording/8d5cd396-4f88-11e1-829f-{number:012}/"),
        "rounded_recording_duration": seconds + 1,
        "transcription_state": "none",
    });
    if number % 17 == 6 {
        fields["region"] = json!("us\u{1b}[31m\u{202e}tsew\r\nhome");
    }
    let Value::Object(fields) = fields else {
        panic!("an object")
    };
    Recording::from_json(fields).unwrap()
}
