//! `callreel stats` beside the sums of what `callreel list` gives.

use serde_json::Value;

use super::ran::{command, failure, list, out, start, told};

#[test]
fn sums_are_those_of_the_list() {
    let emulator = start("");
    let fast = ["--all", "--rate", "2000"];
    let lines = out(&list(&emulator, &fast));
    let rows: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let stats = command(&emulator, &[&["stats"], &fast[..]].concat())
        .output()
        .unwrap();
    let stats: Value = serde_json::from_str(&out(&stats)).unwrap();
    assert_eq!(stats["recordings"], rows.len());
    let number = |value: &Value| {
        value
            .as_f64()
            .or_else(|| value.as_str()?.parse().ok())
            .unwrap_or(0.0)
    };
    // What is still being recorded has -1 for a length.
    let sum = |field: &str| {
        rows.iter()
            .map(|row| number(&row[field]).max(0.0))
            .sum::<f64>()
    };
    let near = |field: &str, wanted: f64| {
        let is = stats[field].as_f64().unwrap();
        assert!((is - wanted).abs() < 1e-3, "{field}: {is} {wanted}");
    };
    let seconds = rows
        .iter()
        .map(|row| number(&row["callreel"]["seconds"]))
        .sum::<f64>();
    near("seconds", seconds);
    near("billed_seconds", sum("rounded_recording_duration"));
    near("storage_days", sum("recording_storage_duration"));
    near(
        "monthly_storage_amount",
        sum("monthly_recording_storage_amount"),
    );
    near(
        "deleting_saves_a_month",
        sum("monthly_recording_storage_amount"),
    );
    let by_day = stats["days"].as_array().unwrap();
    let days: u64 = by_day
        .iter()
        .map(|day| day["recordings"].as_u64().unwrap())
        .sum();
    assert_eq!(days, rows.len() as u64);
    let calls = rows
        .iter()
        .filter(|row| row["recording_type"] == "call")
        .count();
    let types = stats["types"]["top"].as_array().unwrap();
    let call = types.iter().find(|kind| kind["name"] == "call").unwrap();
    assert_eq!(call["recordings"], calls);
}

#[test]
fn the_table_says_what_was_counted() {
    let emulator = start("");
    let arguments = [
        "stats", "--output", "table", "--format", "wav", "--top", "3",
    ];
    let table = out(&command(&emulator, &arguments).output().unwrap());
    assert!(
        table
            .lines()
            .next()
            .unwrap()
            .ends_with("UTC · all calls · chosen here: format wav"),
        "{table}"
    );
    for part in [
        "Recordings ",
        "Storage costs ",
        "Deleting saves ",
        "By day (UTC)",
        "By number",
        " others ",
        "By type",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
}

#[test]
fn half_a_sum_is_no_sum() {
    let emulator = start("");
    emulator.set_faults(vec!["403".parse().unwrap()]);
    let output = command(&emulator, &["stats"]).output().unwrap();
    let said: Value = serde_json::from_str(&failure(&output, 2)).unwrap();
    assert_eq!(said["status"], 403);
    let words = command(&emulator, &["stats", "--output", "table"])
        .output()
        .unwrap();
    assert_eq!(words.status.code(), Some(2));
    assert!(told(&words).starts_with("callreel: "));
}
