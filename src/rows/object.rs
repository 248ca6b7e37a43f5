//! A recording as a JSON object: the API's fields as they came, and beside them `callreel`, which scripts can trust.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::app::text::json;
use crate::plivo::Recording;

/// The name under which ours stands; the API has no such field.
const OURS: &str = "callreel";

/// The fields as they came, unknown ones too, and ours.
pub(crate) fn with_ours(recording: &Recording) -> Map<String, Value> {
    let mut object = recording.raw.clone();
    // Whatever came under this name is not ours.
    object.shift_remove(OURS);
    object.insert(OURS.to_owned(), ours(recording));
    object
}

/// One line, without its end.
pub(super) fn text(recording: &Recording) -> String {
    // Writing the fields as they are spares a copy of each of them.
    let mut text = String::from("{");
    for (name, value) in recording.raw.iter().filter(|(name, _)| *name != OURS) {
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        text.push_str(&value.to_string());
        text.push(',');
    }
    text.push_str(&format!("\"{OURS}\":{}}}", ours(recording)));
    json::escaped(&text)
}

/// Length in seconds as a number, and times in UTC; null where they are not known.
fn ours(recording: &Recording) -> Value {
    json!({
        "seconds": recording.duration.map(|length| length.as_secs_f64()),
        "added": recording.added.map(utc),
        "started": recording.started.map(utc),
    })
}

/// To the microsecond, the API's own precision.
pub(super) fn utc(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::text::is_safe;

    fn recording(row: &str) -> Recording {
        Recording::from_row(serde_json::from_str(row).unwrap())
    }

    #[test]
    fn fields_pass_as_they_came_and_ours_stands_beside_them() {
        let row = r#"{"recording_id":"r1","add_time":"2014-08-05 16:15:15.852059+05:30","recording_duration_ms":"345100.00000","recording_start_ms":1407235515852.0,"rate":0.00040000000000000001,"new":{"b":[null],"a":"x\\"}}"#;
        let text = text(&recording(row));
        let (theirs, _) = text.split_once(",\"callreel\"").unwrap();
        assert_eq!(format!("{theirs}}}"), row);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            value["callreel"],
            json!({
                "seconds": 345.1,
                "added": "2014-08-05T10:45:15.852059Z",
                "started": "2014-08-05T10:45:15.852000Z",
            })
        );
        assert_eq!(Value::from(with_ours(&recording(row))), value);
    }

    #[test]
    fn what_is_not_known_is_null_and_a_field_of_our_name_is_not_believed() {
        let row = r#"{"recording_id":"r1","callreel":{"seconds":1},"recording_duration_ms":"-1"}"#;
        let value: Value = serde_json::from_str(&text(&recording(row))).unwrap();
        assert_eq!(
            value["callreel"],
            json!({"seconds": null, "added": null, "started": null})
        );
        assert_eq!(Value::from(with_ours(&recording(row))), value);
    }

    #[test]
    fn nothing_in_a_line_could_steer_a_terminal() {
        let row = json!({"recording_id": "r", "\u{9b}": "\u{7f}\u{202e}\u{1b}]0;x\u{7}\u{2066}\n"});
        let text = text(&Recording::from_row(row.clone()));
        assert!(is_safe(&text), "{text:?}");
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["\u{9b}"], row["\u{9b}"]);
    }
}
