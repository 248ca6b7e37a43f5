use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn recording(fields: Value) -> Recording {
    let Value::Object(fields) = fields else {
        panic!("an object");
    };
    Recording::from_json(fields).unwrap()
}

fn usual() -> Recording {
    recording(json!({
        "recording_id": "8e688ba5-2f43-11f0-9d5c-0242ac110002",
        "add_time": "2026-11-20 14:02:33.5+05:30",
        "recording_format": "mp3",
        "recording_url": "https://media.plivo.com/r.wav?x=.exe",
        "from_number": "+14155550100",
        "to_number": "sip:desk-12@voice.example.net",
    }))
}

fn path(template: &str, recording: &Recording) -> String {
    let template: Template = template.parse().unwrap();
    template.place(recording).to_string()
}

#[test]
fn the_default_has_the_time_in_utc_the_id_and_no_number() {
    let made = "2026/11/20261120T083233Z_8e688ba5-2f43-11f0-9d5c-0242ac110002.mp3";
    assert_eq!(path(DEFAULT, &usual()), made);
    assert_eq!(Template::default(), DEFAULT.parse().unwrap());
    assert_eq!(Place::read(made).unwrap().to_string(), made);
    assert!(Place::read(made).unwrap().sidecar().ends_with("0002.json"));
}

#[test]
fn fields_stand_where_they_were_asked_for() {
    assert_eq!(
        path("calls/{from}_{to}/{day}-{type}.{ext}", &usual()),
        "calls/+14155550100_sip_desk-12@voice.example.net/20-none.mp3"
    );
    let bare = recording(json!({ "recording_id": "Ab", "recording_url": "x/y.WAV#t" }));
    let made = path(DEFAULT, &bare);
    assert!(made.starts_with("none/none/none_Ab~"), "{made}");
    assert!(made.ends_with(".wav"), "{made}");
    let unknown = recording(json!({ "recording_id": "a", "recording_format": "exe" }));
    assert_eq!(path("{id}.{ext}", &unknown), "a.bin");
}

#[test]
fn templates_that_lead_out_or_collide_are_refused() {
    for (text, mistake) in [
        ("{id}", TemplateMistake::Ending),
        ("{id}.mp3", TemplateMistake::Ending),
        ("{id}.{ext}.json", TemplateMistake::Ending),
        ("/{id}.{ext}", TemplateMistake::Part),
        ("../{id}.{ext}", TemplateMistake::Part),
        ("a//{id}.{ext}", TemplateMistake::Part),
        (".hidden/{id}.{ext}", TemplateMistake::Part),
        ("con/{id}.{ext}", TemplateMistake::Part),
        (".{ext}", TemplateMistake::Part),
        ("{id.{ext}", TemplateMistake::Field("id.{ext".into())),
        ("{id}}.{ext}", TemplateMistake::Brace),
        ("{number}.{ext}", TemplateMistake::Field("number".into())),
        ("a:b{id}.{ext}", TemplateMistake::Character(':')),
        ("a\\{id}.{ext}", TemplateMistake::Character('\\')),
        ("a/b/c/d/e/f/g/h/{id}.{ext}", TemplateMistake::TooDeep),
    ] {
        let found = text.parse::<Template>();
        match mistake {
            TemplateMistake::Field(_) => assert!(
                matches!(
                    found,
                    Err(TemplateMistake::Field(_) | TemplateMistake::Brace)
                ),
                "{text}: {found:?}"
            ),
            mistake => assert_eq!(found, Err(mistake), "{text}"),
        }
    }
}

#[test]
fn paths_of_a_changed_manifest_are_not_believed() {
    for path in [
        "../x.mp3",
        "/etc/passwd.mp3",
        "a/../../x.mp3",
        "a\\b.mp3",
        "x.json",
        "x.mp3/",
        "a//x.mp3",
        ".x.mp3",
        "nul.mp3",
        "x",
        "",
    ] {
        assert_eq!(Place::read(path), None, "{path:?}");
    }
}

#[test]
fn recordings_that_would_share_a_name_are_put_apart() {
    let template: Template = "{day}.{ext}".parse().unwrap();
    let place = template.place(&usual());
    let apart = place.apart("8e68");
    assert_ne!(place.folded(), apart.folded());
    assert_eq!(Place::read(&apart.to_string()), Some(apart));
}

/// What each system refuses in one part of a path.
fn is_legal(part: &str) -> bool {
    let lower = part.to_lowercase();
    let stem = lower.split('.').next().unwrap();
    let numbered = |device: &str| {
        let digit = stem.strip_prefix(device);
        digit.is_some_and(|d| "0 1 2 3 4 5 6 7 8 9 ¹ ² ³".split(' ').any(|n| n == d))
    };
    let device = ["con", "prn", "aux", "nul", "conin$", "conout$"].contains(&stem)
        || numbered("com")
        || numbered("lpt");
    let windows = !part.chars().any(|c| c < ' ' || "<>:\"/\\|?*".contains(c))
        && !part.ends_with(['.', ' '])
        && part.encode_utf16().count() <= 255
        && !device;
    let mac = !part.contains([':', '/', '\0']) && part.encode_utf16().count() <= 255;
    let linux = !part.contains(['/', '\0']) && part.len() <= 255;
    let shown = !part.chars().any(char::is_control)
        && !part.chars().any(|c| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'));
    windows && mac && linux && shown && !part.is_empty() && part != "." && part != ".."
}

fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("../".to_owned()),
        Just("..\\".to_owned()),
        Just("/".to_owned()),
        Just("CON".to_owned()),
        Just("com1.".to_owned()),
        Just("\u{202e}".to_owned()),
        Just("\u{1b}]0;x\u{7}".to_owned()),
        Just(". ".to_owned()),
        Just("\0".to_owned()),
        Just("漢字".repeat(60)),
        Just("x".repeat(300)),
        any::<char>().prop_map(String::from),
        "[a-zA-Z0-9.:~-]{0,8}",
    ];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn hostile_fields_stay_inside_and_are_legal_everywhere(
        id in hostile(), from in hostile(), to in hostile(), name in hostile(), time in hostile(), format in hostile(),
    ) {
        let row = recording(json!({
            "recording_id": format!("i{id}"), "from_number": from, "to_number": to, "conference_name": name,
            "add_time": time, "recording_format": format, "call_uuid": to, "recording_type": name,
            "recording_url": from,
        }));
        for template in [
            DEFAULT,
            "{from}/{to}/{conference}.{ext}",
            "{from}{to}{conference}{call_uuid}{type}{id}/{id}.{ext}",
            "{conference}/{year}{month}{day}.{ext}",
        ] {
            let template: Template = template.parse().unwrap();
            let place = template.place(&row);
            let path = place.to_string();
            for part in path.split('/') {
                prop_assert!(is_legal(part), "{:?}", path);
                prop_assert!(part.len() <= 200, "{:?}", path);
            }
            let apart = place.apart(row.id.as_str());
            for name in [place.sidecar(), format!("{}.part.json", place.file()), apart.file(), apart.sidecar()] {
                prop_assert!(is_legal(&name), "{:?}", name);
            }
            prop_assert!(!std::path::Path::new(&path).is_absolute());
            prop_assert_eq!(Place::read(&path), Some(place));
            prop_assert_eq!(Place::read(&apart.to_string()), Some(apart));
        }
    }

    #[test]
    fn no_template_and_no_path_panics(text in "\\PC{0,40}") {
        let _ = text.parse::<Template>();
        let _ = Place::read(&text);
    }
}
