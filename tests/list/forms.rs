//! The forms of output.

use callreel::emulator::Special;
use serde_json::Value;

use super::ran::{list, out, rows, start};

const TEN: [&str; 2] = ["--limit", "10"];

#[test]
fn json_is_one_array_of_what_ndjson_has_in_lines() {
    let emulator = start("");
    let lines = out(&list(&emulator, &TEN));
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let array = out(&list(
        &emulator,
        &[&TEN[..], &["--output", "json"]].concat(),
    ));
    assert_eq!(serde_json::from_str::<Vec<Value>>(&array).unwrap(), lines);
    for row in &lines {
        let ours = &row["callreel"];
        assert!(ours["seconds"].is_number() || ours["seconds"].is_null());
        assert!(ours["added"].as_str().unwrap().ends_with('Z'));
    }
    let none = ["--from-number", "+19995550123", "--output", "json"];
    assert_eq!(out(&list(&emulator, &none)), "[]\n");
}

#[test]
fn csv_has_a_head_and_a_line_for_each() {
    let emulator = start("");
    for (form, sign) in [("csv", ','), ("tsv", '\t')] {
        let text = out(&list(&emulator, &[&TEN[..], &["--output", form]].concat()));
        let mut lines = text.lines();
        let head: Vec<_> = lines.next().unwrap().split(sign).collect();
        assert_eq!(head[..4], ["added", "seconds", "started", "recording_id"]);
        assert_eq!(lines.count(), 10);
        let wanted = rows(&out(&list(&emulator, &TEN)));
        let number = wanted[0]["from_number"].as_str().unwrap();
        assert!(text.contains(&format!("{sign}{number}{sign}")), "{text}");
    }
}

#[test]
fn what_a_caller_put_into_a_name_runs_nowhere() {
    let emulator = start("");
    let hostile = emulator.special(Special::Hostile).unwrap();
    let id = hostile["recording_id"].as_str().unwrap();
    for form in ["csv", "tsv", "json", "ndjson", "table"] {
        let text = out(&list(
            &emulator,
            &["--all", "--rate", "2000", "--output", form],
        ));
        assert!(text.contains(id), "{form}");
        let harmless = |c: char| {
            c == '\n'
                || (c == '\t' && form == "tsv")
                || callreel::app::text::is_safe(c.encode_utf8(&mut [0; 4]))
        };
        let odd: Vec<_> = text.chars().filter(|c| !harmless(*c)).collect();
        assert!(odd.is_empty(), "{form}: {odd:?}");
    }
}

#[test]
fn a_table_has_columns_of_one_width() {
    let emulator = start("");
    let text = out(&list(
        &emulator,
        &["--all", "--rate", "2000", "--output", "table"],
    ));
    let head = text.lines().next().unwrap();
    let column = head.find("Recording").unwrap();
    for (line, row) in text.lines().skip(1).zip(emulator.recordings(0, 2000)) {
        let id = callreel::app::text::safe(row["recording_id"].as_str().unwrap()).into_owned();
        let before = line.strip_suffix(&id).unwrap();
        assert_eq!(callreel::app::text::width(before), column, "{line}");
    }
}

#[test]
fn csv_raw_is_for_csv() {
    let emulator = start("");
    let said = list(&emulator, &["--csv-raw", "--output", "table"]);
    assert_eq!(said.status.code(), Some(1));
    out(&list(
        &emulator,
        &["--csv-raw", "--output", "csv", "--limit", "3"],
    ));
}
