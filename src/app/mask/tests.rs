#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn mask() -> Mask {
    Mask::new(true, 42)
}

#[test]
fn off_means_as_it_is() {
    let mask = Mask::new(false, 42);
    assert_eq!(mask.number("+14155550100"), "+14155550100");
    assert_eq!(mask.text("call +14155550100"), "call +14155550100");
    assert_eq!(
        mask.url("https://x/MA0123456789ABCDEFGH"),
        "https://x/MA0123456789ABCDEFGH"
    );
}

#[test]
fn one_caller_has_one_alias_however_it_is_spelled() {
    let alias = mask().number("+14155550100");
    assert!(alias.starts_with("caller-") && alias.len() == 12, "{alias}");
    for spelling in [
        "14155550100",
        "+1 415 555 0100",
        "001 (415) 555-0100",
        " +14155550100 ",
    ] {
        assert_eq!(mask().number(spelling), alias, "{spelling}");
    }
    assert_ne!(mask().number("+14155550101"), alias);
    assert_eq!(
        mask().number("sip:Alice@x.example"),
        mask().number("sip:alice@x.example")
    );
    assert_ne!(
        Mask::new(true, 43).number("+14155550100"),
        alias,
        "another run, another alias"
    );
}

#[test]
fn none_stays_none() {
    assert_eq!(mask().number(""), "");
    assert_eq!(mask().name("noname"), "noname");
    assert_ne!(mask().name("board"), "board");
    assert!(mask().account("acme").starts_with("account-"));
}

#[test]
fn links_keep_their_host_and_their_recording() {
    let url = "https://user:secret@us-east.media.plivo.com/v1/Account/MA0123456789ABCDEFGH/Recording/\
               8d5cd396-4f88-11e1-829f-5b9cbd2c7acd.mp3?from=%2B14155550100&limit=20#top";
    let account = mask().account("MA0123456789ABCDEFGH");
    let value = mask().alias("value", "%2B14155550100");
    assert_eq!(
        mask().url(url),
        format!(
            "https://us-east.media.plivo.com/v1/Account/{account}/Recording/\
             8d5cd396-4f88-11e1-829f-5b9cbd2c7acd.mp3?from={value}&limit=20#…"
        )
    );
    assert_eq!(
        mask().url("http://s3.amazonaws.com/recordings_2013/48dfaf60-3b2a-11e3.mp3"),
        "http://s3.amazonaws.com/recordings_2013/48dfaf60-3b2a-11e3.mp3"
    );
    assert_eq!(
        mask().url("http://127.0.0.1:41234/v1/Account/"),
        "http://127.0.0.1:41234/v1/Account/"
    );
    let odd = mask().url("/v1/Account/MA0123456789ABCDEFGH/Recording/board-meeting.wav");
    assert!(odd.ends_with(".wav") && !odd.contains("board"), "{odd}");
}

#[test]
fn free_text_keeps_times_and_ids() {
    let kept = "add_time 2012-03-21 11:47:00.000001 of 8d5cd396-4f88-11e1-829f-5b9cbd2c7acd: 3 of 1,204 (404)";
    assert_eq!(mask().text(kept), kept);
    let alias = mask().number("+14155550100");
    for text in [
        "+14155550100",
        "(415) 555-0100".replacen("(415)", "1 (415)", 1).as_str(),
        "14155550100",
    ] {
        assert_eq!(
            mask().text(&format!("no route to {text}!")),
            format!("no route to {alias}!")
        );
    }
    let shown = mask().text(
        "user=sip:alice@x.example, to (sip:bob@y.example). MA0123456789ABCDEFGH x14155550100y",
    );
    for hidden in ["alice", "bob", "MA0123456789ABCDEFGH", "4155550100"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    assert_eq!(
        mask().text("2012-03-21-14155550100").find("4155550100"),
        None
    );
}

#[test]
fn fields_are_masked_by_what_they_hold() {
    let fields = json!({
        "recording_id": "8d5cd396-4f88-11e1-829f-5b9cbd2c7acd",
        "add_time": "2014-08-05 16:15:15.852059+05:30",
        "from_number": "+14155550100",
        "to_number": 442_079_460_000_u64,
        "conference_name": "board",
        "recording_duration_ms": "345100.00000",
        "recording_start_ms": "1407235508000.12",
        "recording_end_ms": 1_407_235_515_852_u64,
        "recording_type": "call",
        "recording_format": "for alice",
        "resource_uri": "/v1/Account/MA0123456789ABCDEFGH/Recording/8d5cd396-4f88-11e1-829f-5b9cbd2c7acd/",
        "seat": "alice",
        "agent_line": "415-555-0100",
        "nested": {"who": ["bob", 3, true, null, {"+14155550100": "+14155550100"}]},
        "price": "0.25",
    });
    let shown = Value::Object(mask().json(fields.as_object().unwrap()));
    let text = shown.to_string();
    for hidden in [
        "4155550100",
        "442079460000",
        "board",
        "alice",
        "bob",
        "415-555",
        "MA0123456789ABCDEFGH",
    ] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    for kept in [
        "recording_id",
        "add_time",
        "recording_duration_ms",
        "recording_start_ms",
        "recording_end_ms",
        "recording_type",
        "price",
    ] {
        assert_eq!(shown[kept], fields[kept], "{kept}");
    }
    assert_eq!(shown["from_number"], mask().number("+14155550100"));
    assert_eq!(shown["nested"]["who"][1], 3);
}

fn number() -> impl Strategy<Value = String> {
    ("[1-9][0-9]{6,14}", any::<bool>())
        .prop_map(|(digits, plus)| if plus { format!("+{digits}") } else { digits })
}

/// Longer than the words an alias is made of, and with a vowel, which no alias's own letters have.
fn name() -> impl Strategy<Value = String> {
    "[A-Z][aeiou][a-z]{8,12}"
}

proptest! {
    #[test]
    fn nothing_masked_holds_what_it_hides(salt in any::<u64>(), number in number(), name in name(), around in "[^0-9]{0,8}", key in "[a-z_]{1,12}") {
        let mask = Mask::new(true, salt);
        let digits = number.trim_start_matches('+');
        let hides = |shown: &str| !shown.contains(digits) && !shown.contains(&name);
        prop_assert!(hides(&mask.number(&number)));
        let address = format!("sip:{name}@host.example");
        prop_assert!(hides(&mask.number(&address)));
        prop_assert!(hides(&mask.name(&name)));
        prop_assert!(hides(&mask.account(&name)));
        let text = format!("{around}{number}{around} sip:{name}@x");
        prop_assert!(hides(&mask.text(&text)));
        let link = format!("https://h.example/{name}/{number}/{name}-{number}.mp3?{name}={number}&a={name}#{number}");
        prop_assert!(hides(&mask.url(&link)), "{}", mask.url(&link));
        let mut fields = Map::new();
        for (field, value) in [
            ("from_number", &number), ("conference_name", &name), ("add_time", &name), ("call_uuid", &name),
            ("recording_id", &number), ("recording_type", &name), ("recording_duration_ms", &name), (&key, &number), ("x", &name),
        ] {
            fields.insert(field.to_owned(), json!(value));
        }
        fields.insert("deep".into(), json!([{"": [number, name]}, digits.parse::<u64>().unwrap(), link]));
        let shown = Value::Object(mask.json(&fields)).to_string();
        prop_assert!(hides(&shown), "{shown}");
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let mask = mask();
        let _ = (mask.text(&text), mask.url(&text), mask.number(&text), mask.name(&text));
        let _ = mask.json(&Map::from_iter([(text.clone(), json!(text))]));
    }
}
