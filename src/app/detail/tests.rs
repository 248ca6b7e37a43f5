use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::*;
use crate::app::mask::Mask;
use crate::app::text::{is_safe, width};
use crate::app::zone::Zone;
use crate::audio::Media;

fn now() -> Now {
    let wall: DateTime<Utc> = "2012-02-05T23:33:08Z".parse().unwrap();
    Now {
        mono: Instant::now(),
        wall,
    }
}

fn recording(fields: Value) -> Recording {
    let Value::Object(fields) = fields else {
        panic!("an object")
    };
    Recording::from_json(fields).unwrap()
}

/// Fields as `label: text`, the parts of long ones joined again.
fn read(recording: &Recording, media: Option<&Media>, columns: usize) -> Vec<String> {
    let mask = Mask::new(false, 1);
    let reading = Reading {
        zone: &Zone::Utc,
        mask: &mask,
        now: now().wall,
        media,
        sound: &[],
        marked: Marked::default(),
    };
    let mut out: Vec<String> = Vec::new();
    for line in lines(recording, false, reading, columns) {
        match line {
            Line::Field { label, text } if label.is_empty() => {
                out.last_mut().unwrap().push_str(&text);
            }
            Line::Field { label, text } => out.push(format!("{label}: {text}")),
            Line::Name(name) => out.push(format!("{name}: ")),
            Line::Text(text) => out.last_mut().unwrap().push_str(text.trim_start()),
            Line::Heading(text) => out.push(text.into()),
            Line::Json(_) => panic!("fields were asked for"),
        }
    }
    out
}

#[test]
fn a_recording_of_2012_is_read_field_by_field() {
    let recording = recording(json!({
        "add_time": "2012-02-04T23:33:08.079231",
        "call_uuid": "84c638ab",
        "conference_name": "noname",
        "recording_duration_ms": "345100.00000",
        "recording_id": "8d5cd396",
        "recording_type": "mp3",
    }));
    assert_eq!(
        read(&recording, None, 80),
        [
            "Id: 8d5cd396",
            "Call: 84c638ab",
            "Added: 2012-02-04 23:33:08.079231 UTC (23\u{a0}h\u{a0}ago)",
            "Length: 5:45 (345.100 s)",
            "Conference: none",
            "Type: mp3",
        ]
    );
}

#[test]
fn what_was_not_understood_is_shown_as_it_came() {
    let recording = recording(json!({
        "recording_id": "a",
        "add_time": "last Tuesday",
        "recording_duration_ms": "soon",
        "rounded_recording_duration": "many",
    }));
    assert_eq!(
        read(&recording, None, 80),
        [
            "Id: a",
            "Added: last Tuesday",
            "Length: soon",
            "Billed: many"
        ]
    );
}

#[test]
fn fields_nobody_has_named_come_last_and_whole() {
    let recording = recording(json!({
        "recording_id": "a",
        "mood": {"calm": true},
        "a_name_too_long_for_its_place": 7,
        "gone": null,
    }));
    assert_eq!(
        read(&recording, None, 40),
        [
            "Id: a",
            "Other fields",
            "mood: {\"calm\":true}",
            "a_name_too_long_for_its_place: 7",
            "gone: null",
        ]
    );
}

#[test]
fn the_file_knows_its_format_better_than_the_api() {
    let recording = recording(json!({"recording_id": "a", "recording_format": "mp3"}));
    let media = Media {
        format: "wav",
        sample_rate: 8000,
        channels: 1,
        bit_rate: None,
        variable: false,
        bytes: None,
    };
    assert_eq!(
        read(&recording, Some(&media), 80)[1],
        "Format: wav · mono · 8 kHz"
    );
}

#[test]
fn no_line_is_wider_than_the_pane_or_unsafe() {
    let recording = recording(json!({
        "recording_id": "x".repeat(300),
        "recording_url": format!("https://media.plivo.com/{}", "东京\u{202e}".repeat(50)),
        "a_long_name_\u{1b}[31m_with_colour": "one\r\ntwo\tthree ".repeat(20),
        "nested": {"list": [1, 2, {"deep": "y".repeat(99)}]},
    }));
    let mask = Mask::new(false, 1);
    for raw in [false, true] {
        for columns in 2..100 {
            let reading = Reading {
                zone: &Zone::Utc,
                mask: &mask,
                now: now().wall,
                media: None,
                sound: &[],
                marked: Marked::default(),
            };
            for line in lines(&recording, raw, reading, columns) {
                let (text, room) = match &line {
                    Line::Field { text, .. } => (text.as_str(), columns - Line::LABEL),
                    Line::Name(text) | Line::Text(text) | Line::Json(text) => {
                        (text.as_str(), columns)
                    }
                    Line::Heading(text) => (*text, usize::MAX),
                };
                assert!(width(text) <= room, "{text:?} in {columns}");
                assert!(is_safe(text));
            }
        }
    }
}

#[test]
fn only_the_awaited_answer_counts() {
    let mut detail = Detail::default();
    let mut ids = Ids::default();
    let first = RecordingId::new("first");
    let timer = match detail.follow(Some(&first), &mut ids, now()).as_slice() {
        [Effect::Timer { timer, .. }] => *timer,
        other => panic!("{other:?}"),
    };
    let asked = match detail.rested(timer, &mut ids, now()).as_slice() {
        [Effect::FetchRecording { request, recording }] if *recording == first => *request,
        other => panic!("{other:?}"),
    };
    let second = RecordingId::new("second");
    let effects = detail.follow(Some(&second), &mut ids, now());
    assert_eq!(effects[0], Effect::Cancel(asked));
    let answer = Arc::new(recording(json!({"recording_id": "first"})));
    assert!(
        !detail.answered(asked, Ok(answer)),
        "it is no longer wanted"
    );
    assert_eq!(detail.full(), None);
    assert_eq!(
        detail.rested(timer, &mut ids, now()),
        [],
        "an old timer asks for nothing"
    );
}

#[test]
fn a_row_without_an_id_is_not_asked_for() {
    let mut detail = Detail::default();
    let mut ids = Ids::default();
    let row = Recording::from_row(json!({"call_uuid": "c"}));
    assert_eq!(detail.follow(Some(&row.id), &mut ids, now()), []);
}
