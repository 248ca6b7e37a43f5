use std::fmt::Debug;

use super::*;
use crate::app::text::is_safe;

/// Taken, and written so that it is taken again.
fn taken<T: Value + Debug + PartialEq>(texts: &[&str]) {
    for text in texts {
        let value = T::parse(text).unwrap_or_else(|| panic!("{text}"));
        let plain = value.write().replace(['"', '[', ']'], "");
        assert_eq!(T::parse(&plain), Some(value), "{text} as {plain}");
    }
}

fn refused<T: Value + Debug>(texts: &[&str]) {
    for text in texts {
        assert!(T::parse(text).is_none(), "{text}");
    }
}

#[test]
fn what_is_taken_is_written_as_it_is_read() {
    taken::<Speed>(&["0.5", "1", "1.5", "4.0", "2x", "0,7", "3×"]);
    taken::<Whole<1, 60>>(&["1", "60"]);
    taken::<Seconds<0, 10_000>>(&["0", "0.6", "10"]);
    taken::<Skip>(&["off", "mild", "strong"]);
    taken::<SinkWord>(&[
        "device",
        "null",
        "device:USB",
        "command:aplay -q",
        "socket:/run/x",
    ]);
    taken::<Rewind>(&["0,2,5,10", "off"]);
    taken::<ZoneName>(&["utc", "local", "Europe/Lisbon"]);
    taken::<Color>(&["none", "cyan", "dark-gray", "#ff8800", "208", "light-red"]);
    taken::<Columns>(&["added,length,from,to", "to", "id,call,monthly"]);
    taken::<ApiBase>(&["https://api.plivo.com", "http://127.0.0.1:8080"]);
    taken::<ProfileName>(&["acme", "acme_2-eu"]);
    taken::<LogPath>(&["~/a/audit.ndjson", "/var/log/my calls.ndjson"]);
}

#[test]
fn what_is_written_is_toml_and_steers_no_terminal() {
    for text in [
        "command:a \"b\" \\ 'c'\n\td",
        "device:👩\u{200d}💻 \u{202e}x",
    ] {
        let written = SinkWord::parse(text).unwrap().write();
        assert!(is_safe(&written), "{written:?}");
        let table: toml::Table = format!("sink = {written}").parse().unwrap();
        assert_eq!(table["sink"].as_str(), Some(text));
    }
}

#[test]
fn what_is_out_of_range_is_not_taken() {
    refused::<Speed>(&["0.4", "4.1", "1.55", "fast", "NaN", "1e9", "-1"]);
    refused::<Whole<1, 60>>(&["0", "61", "1.5", "-1", "99999999999"]);
    refused::<Seconds<0, 10_000>>(&["-1", "10.1", "NaN", "inf"]);
    refused::<SinkWord>(&[
        "speaker",
        "stdout",
        "device:",
        "null:x",
        "command:\u{1b}]0;x\u{7}",
        "socket:/run/\u{9b}x",
    ]);
    refused::<Color>(&["kcyan", "#ff", "256", "#gggggg", ""]);
    refused::<Columns>(&["", "to,to", "to,colour"]);
    refused::<ApiBase>(&["http://example.com", "x"]);
    refused::<ProfileName>(&["", "../x", "a b", "é", "a/b", ".."]);
    refused::<LogPath>(&[
        "",
        "audit",
        "~",
        "~/",
        "/",
        "~/x/",
        "~/../x",
        "/a/./b",
        "~you/x",
        "/a\u{202e}x",
        "/a\u{200b}x",
        "/a\u{1b}x",
    ]);
}
