use super::*;
use proptest::prelude::*;
use serde_json::json;

fn read(value: Value) -> Recording {
    let Value::Object(fields) = value else {
        panic!("an object is wanted");
    };
    Recording::from_json(fields).unwrap()
}

fn with(field: &str, value: Value) -> Recording {
    let mut fields = Map::from_iter([("recording_id".to_owned(), json!("r"))]);
    fields.insert(field.to_owned(), value);
    read(Value::Object(fields))
}

fn micros(text: &str) -> i64 {
    crate::plivo::time::parse(text).unwrap().timestamp_micros()
}

#[test]
fn the_documented_answer_is_read_whole() {
    let golden: Value =
        serde_json::from_str(include_str!("../../../tests/golden/get.json")).unwrap();
    let recording = read(golden.clone());
    assert_eq!(
        recording.id.as_str(),
        "c7b71d14-58be-11e1-b7e1-ffca7d3abcc0"
    );
    assert_eq!(
        recording.call_uuid.as_deref(),
        Some("1f2ca11c-ec69-4599-89b8-4a14fba3ccd6")
    );
    assert_eq!(recording.conference_name, None);
    assert_eq!(recording.kind.as_deref(), Some("mp3"));
    assert_eq!(recording.format.as_deref(), Some("mp3"));
    assert_eq!(
        recording.added.unwrap().timestamp_micros(),
        micros("2012-02-16 16:53:56.574859")
    );
    assert_eq!(
        (recording.duration, recording.started, recording.ended),
        (None, None, None)
    );
    assert_eq!(recording.unknown_fields().count(), 0);
    assert_eq!(Value::Object(recording.raw), golden);
}

#[test]
fn no_conference_is_said_in_three_ways() {
    for none in [json!(""), json!("noname"), json!(null), json!("  ")] {
        assert_eq!(
            with("conference_name", none.clone()).conference_name,
            None,
            "{none}"
        );
    }
    assert_eq!(with("other", json!(1)).conference_name, None);
    assert_eq!(
        with("conference_name", json!("Standup"))
            .conference_name
            .as_deref(),
        Some("Standup")
    );
}

#[test]
fn lengths_come_as_text_or_numbers() {
    for (value, ms) in [
        (json!("345100.00000"), Some(345_100)),
        (json!(345_100), Some(345_100)),
        (json!(345_100.0), Some(345_100)),
        (json!(" 20 "), Some(20)),
        (json!("0"), Some(0)),
        (json!(null), None),
        (json!(-1), None),
        (json!("-1.00000"), None),
        (json!("NaN"), None),
        (json!("inf"), None),
        (json!("1e308"), None),
        (json!(1e308), None),
        (json!(u64::MAX), None),
        (json!("soon"), None),
        (json!([345_100]), None),
        (json!({"ms": 1}), None),
        (json!(true), None),
    ] {
        let recording = with("recording_duration_ms", value.clone());
        assert_eq!(recording.duration, ms.map(Duration::from_millis), "{value}");
        assert_eq!(recording.raw.get("recording_duration_ms"), Some(&value));
    }
    assert_eq!(
        with("recording_duration_ms", json!("0.1257")).duration,
        Some(Duration::from_micros(126))
    );
}

#[test]
fn a_negative_length_means_that_it_still_records() {
    assert!(with("recording_duration_ms", json!("-1.00000")).is_still_recording());
    assert!(with("recording_duration_ms", json!(-1)).is_still_recording());
    for over in [json!("1.0"), json!(null), json!("NaN")] {
        assert!(!with("recording_duration_ms", over).is_still_recording());
    }
}

#[test]
fn starts_and_ends_are_instants() {
    let recording = with("recording_start_ms", json!("1407235515852.05900"));
    assert_eq!(
        recording.started.unwrap().timestamp_micros(),
        micros("2014-08-05 10:45:15.852059")
    );
    for none in [
        json!(-1),
        json!(0),
        json!("1e30"),
        json!(31_556_952_000_000_000_000_000.0),
        json!(""),
    ] {
        assert_eq!(with("recording_end_ms", none.clone()).ended, None, "{none}");
    }
}

#[test]
fn unreadable_times_are_none_and_stay_in_raw() {
    for time in [
        json!("1000000000-01-01 00:00"),
        json!("yesterday"),
        json!(17),
        json!(null),
        json!("2012-02-30 00:00"),
    ] {
        let recording = with("add_time", time.clone());
        assert_eq!(recording.added, None, "{time}");
        assert_eq!(recording.raw.get("add_time"), Some(&time));
    }
}

#[test]
fn counts_and_prices_come_as_text_or_numbers() {
    for days in [json!(12), json!("12"), json!(12.0)] {
        assert_eq!(
            with("recording_storage_duration", days).storage_days(),
            Some(12)
        );
    }
    assert_eq!(
        with("recording_storage_duration", json!(-3)).storage_days(),
        None
    );
    assert_eq!(
        with("recording_storage_duration", json!(1e12)).storage_days(),
        None
    );
    assert_eq!(
        with("rounded_recording_duration", json!("360")).billed(),
        Some(Duration::from_secs(360))
    );
    assert_eq!(
        with("rounded_recording_duration", json!(1e308)).billed(),
        None
    );
    assert_eq!(
        with("recording_storage_rate", json!("0.0004")).storage_rate(),
        Some(0.0004)
    );
    assert_eq!(
        with("monthly_recording_storage_amount", json!(0.0012)).monthly_storage_amount(),
        Some(0.0012)
    );
}

#[test]
fn unknown_fields_are_kept_in_their_order() {
    let row = json!({
        "zeta": {"nested": [1, null]}, "recording_id": "r", "alpha": "\u{1b}[2J", "call_uuid": 7, "mid": null,
    });
    let recording = read(row.clone());
    let names: Vec<_> = recording.unknown_fields().map(|(name, _)| name).collect();
    assert_eq!(names, ["zeta", "alpha", "mid"]);
    assert_eq!(recording.call_uuid.as_deref(), Some("7"));
    assert_eq!(
        serde_json::to_string(&recording.raw).unwrap(),
        serde_json::to_string(&row).unwrap()
    );
}

#[test]
fn ids_need_not_be_uuids_but_must_say_something() {
    assert_eq!(
        read(json!({"recording_id": "a~7/.."})).id.as_str(),
        "a~7/.."
    );
    assert_eq!(read(json!({"recording_id": 42})).id, RecordingId::new("42"));
    for id in [json!(""), json!(" \n"), json!(null), json!([]), json!({})] {
        let fields = Map::from_iter([("recording_id".to_owned(), id)]);
        assert_eq!(Recording::from_json(fields.clone()), Err(NoId(fields)));
    }
}

#[test]
fn rows_without_an_id_are_kept() {
    let named = Recording::from_row(
        json!({"resource_uri": "/v1/Account/MA/Recording/r-1/", "recording_id": null}),
    );
    assert_eq!(named.id, RecordingId::new("r-1"));

    let hostile = Recording::from_row(json!({"resource_uri": "/v1/Account/MA/Recording/../"}));
    assert!(hostile.id.is_stand_in());

    let row = json!({"call_uuid": "c", "add_time": "2012-02-16T16:53:56.574859"});
    let stand_in = Recording::from_row(row.clone());
    assert!(stand_in.id.is_stand_in());
    assert_eq!(stand_in.id, Recording::from_row(row).id);
    assert_ne!(
        stand_in.id,
        Recording::from_row(json!({"call_uuid": "d"})).id
    );
    assert_ne!(stand_in.id, RecordingId::new(stand_in.id.as_str()));
    assert_eq!(stand_in.call_uuid.as_deref(), Some("c"));

    for row in [json!(null), json!("text"), json!([1]), json!(3)] {
        let kept = Recording::from_row(row.clone());
        assert!(kept.id.is_stand_in());
        assert_eq!(kept.raw.get("row"), Some(&row));
    }
}

#[test]
fn either_party_is_found_however_the_number_is_written() {
    let recording = read(json!({
        "recording_id": "r", "from_number": "+14155550100", "to_number": "sip:Desk@phone.example.com",
    }));
    for number in [
        "+1 (415) 555-0100",
        "14155550100",
        "sip:desk@phone.example.com",
    ] {
        assert!(recording.has_party(number), "{number}");
    }
    for number in ["5550100", "", "+", "sip:desk@phone.example.org"] {
        assert!(!recording.has_party(number), "{number}");
    }
    assert!(!with("from_number", json!(null)).has_party(""));
}

#[test]
fn numbers_keep_every_digit() {
    let row = r#"{"recording_id":123456789012345678901234567890,"rate":0.0048000000000000004,"far":1e999,"zero":1.50}"#;
    let recording = read(serde_json::from_str(row).unwrap());
    assert_eq!(recording.id.as_str(), "123456789012345678901234567890");
    assert_eq!(
        serde_json::to_string(&recording.raw).unwrap(),
        row.replace("1e999", "1e+999")
    );
}

/// Any JSON value, up to five levels deep.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,30}".prop_map(Value::from),
        "-?[0-9]{1,30}(\\.[0-9]{1,9})?(e[0-9]{1,4})?".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-z_]{0,12}", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_row_is_read_and_kept(fields in prop::collection::vec((prop::sample::select(&KNOWN[..]), values()), 0..21)) {
        let row: Map<_, _> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let recording = Recording::from_row(Value::Object(row.clone()));
        prop_assert_eq!(&recording.raw, &row);
        prop_assert!(recording.duration.is_none_or(|length| length <= Duration::from_secs(366 * 86_400)));
        let _ = (recording.billed(), recording.storage_days(), recording.storage_rate());
        let _ = (recording.has_party("1"), recording.is_still_recording(), recording.unknown_fields().count());
    }
}
