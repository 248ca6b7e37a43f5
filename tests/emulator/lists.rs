//! Lists: eras, filters, validation, and the fields of their rows.

use callreel::emulator::{Era, Options, Special};
use chrono::TimeDelta;
use serde_json::Value;

use super::client::*;

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn shape(row: &Row) -> Vec<(String, &'static str)> {
    let mut shape: Vec<_> = row
        .iter()
        .map(|(name, value)| (name.clone(), kind(value)))
        .collect();
    shape.sort();
    shape
}

#[tokio::test]
async fn the_legacy_era_has_the_shape_of_the_documents_samples() {
    let list: Value = serde_json::from_str(include_str!("../golden/list.json")).unwrap();
    let one: Value = serde_json::from_str(include_str!("../golden/get.json")).unwrap();
    let account = start(Options {
        era: Era::Legacy,
        recordings: 2,
        ..options()
    })
    .await;
    let (_, body) = account.list(&[]).await;
    assert_eq!(
        shape(body.as_object().unwrap()),
        shape(list.as_object().unwrap())
    );
    let meta = |body: &Value| shape(body["meta"].as_object().unwrap());
    assert_eq!(meta(&body), meta(&list));
    assert_eq!(body["meta"], list["meta"]);
    let sample = &objects(&list)[0];
    for row in objects(&body) {
        assert_eq!(shape(&row), shape(sample));
        for name in ["recording_type", "recording_format", "conference_name"] {
            assert_eq!(row[name], sample[name], "{name}");
        }
        let time = row["add_time"].as_str().unwrap();
        let (date, clock) = time.split_once('T').unwrap();
        assert_eq!((date.len(), clock.len()), (10, 15), "{time}");
    }
    let url = format!("{}{}/", account.list_url(), id(&objects(&body)[0]));
    let (status, body) = answer(account.get(&url)).await;
    assert_eq!(status, 200);
    assert_eq!(
        shape(body.as_object().unwrap()),
        shape(one.as_object().unwrap())
    );
}

#[tokio::test]
async fn the_legacy_era_has_no_rules_about_ranges() {
    let account = start(Options {
        era: Era::Legacy,
        ..options()
    })
    .await;
    let (_, body) = account.list(&[]).await;
    assert_eq!(body["meta"]["total_count"], 1_204);
    assert_eq!(
        body["meta"]["next"]
            .as_str()
            .unwrap()
            .split_once('?')
            .unwrap()
            .1,
        "limit=20&offset=20"
    );
    let rows = account.walk(&[("add_time__gte", "2011-01-01 00:00")]).await;
    assert_eq!(rows.len(), 1_204);
    assert_orderly(&rows);
    // A filter that this era does not know changes nothing.
    let (_, body) = account
        .list(&[("from_number", "+1"), ("recording_storage_duration", "1")])
        .await;
    assert_eq!(body["meta"]["total_count"], 1_204);
}

#[tokio::test]
async fn without_a_range_today_lists_seven_days() {
    let account = start(options()).await;
    let rows = account.walk(&[]).await;
    let week = now() - TimeDelta::days(7);
    assert!(rows.iter().all(|row| added(row) >= week));
    let (_, body) = account
        .list(&[("add_time__gte", &stamp(week)), ("limit", "1")])
        .await;
    assert_eq!(body["meta"]["total_count"], rows.len());
    assert!((15..30).contains(&rows.len()), "{}", rows.len());
    let month = stamp(now() - TimeDelta::days(30) + TimeDelta::minutes(5));
    let (_, body) = account.list(&[("add_time__gte", &month)]).await;
    assert!((80..=100).contains(&body["meta"]["total_count"].as_u64().unwrap()));
}

#[tokio::test]
async fn wrong_parameters_are_answered_400_with_a_sentence() {
    let account = start(options()).await;
    for (name, value, word) in [
        ("limit", "0", "limit"),
        ("limit", "21", "1 to 20"),
        ("limit", "ten", "limit"),
        ("limit", "", "limit"),
        ("offset", "-1", "offset"),
        ("offset", "1.5", "offset"),
        ("cursor", "made-up", "cursor"),
        ("cursor", "0123456789abcdef0123456789abcdef", "cursor"),
        ("add_time__gt", "2026-11-20", "YYYY-MM-DD"),
        ("add_time__gte", "2026-11-20T10:00", "YYYY-MM-DD"),
        ("add_time__lt", "2026-11-20 10:00:00+00:00", "YYYY-MM-DD"),
        ("add_time__from", "2026-11-20 10:00", "add_time__from"),
        ("add_time__gte", "2026-01-01 00:00", "30 days"),
        ("recording_storage_duration__lt", "-3", "days"),
        ("subaccount", "SA123", "subaccount"),
    ] {
        let (status, body) = account.list(&[(name, value)]).await;
        assert_eq!(status, 400, "{name}={value}");
        assert!(body["error"].as_str().unwrap().contains(word), "{body}");
        assert_eq!(body["api_id"].as_str().unwrap().len(), 36);
    }
    let (status, _) = account
        .list(&[
            ("add_time__gt", "2026-11-20 10:00"),
            ("recording_storage_duration", "3"),
        ])
        .await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn bounds_are_exact_to_the_microsecond() {
    let account = start(options()).await;
    let rows = account.emulator.recordings(10, 11);
    let (newest, oldest) = (stamp(added(&rows[0])), stamp(added(&rows[10])));
    for (low, high, expected) in [
        ("add_time__gte", "add_time__lte", 0..11),
        ("add_time__gt", "add_time__lte", 0..10),
        ("add_time__gte", "add_time__lt", 1..11),
        ("add_time__gt", "add_time__lt", 1..10),
    ] {
        let found = account.rows(&[(low, &oldest), (high, &newest)]).await;
        assert_eq!(ids(&found), ids(&rows[expected]), "{low} {high}");
    }
    // Of two bounds on one side the stricter counts; the other way round nothing is left.
    let found = account
        .rows(&[
            ("add_time__gte", &oldest),
            ("add_time__gt", &oldest),
            ("add_time__lte", &newest),
        ])
        .await;
    assert_eq!(found.len(), 10);
    assert!(
        account
            .rows(&[("add_time__gte", &newest), ("add_time__lt", &oldest)])
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn every_filter_finds_what_it_names_and_nothing_else() {
    let account = start(Options {
        recordings: 6_000,
        ..options()
    })
    .await;
    let from = stamp(now() - TimeDelta::days(29));
    let range = ("add_time__gte", from.as_str());
    let all = account.walk(&[range]).await;
    assert!(all.len() > 150);
    for name in [
        "call_uuid",
        "from_number",
        "to_number",
        "conference_uuid",
        "conference_name",
        "mpc_name",
        "mpc_uuid",
    ] {
        let mut values: Vec<&str> = all
            .iter()
            .filter_map(|row| row.get(name)?.as_str())
            .filter(|value| !value.is_empty())
            .collect();
        values.sort_unstable();
        values.dedup();
        assert!(values.len() > 1, "{name} has no values to look for");
        for value in values.into_iter().take(25) {
            let expected: Vec<Row> = all
                .iter()
                .filter(|row| row.get(name).is_some_and(|v| v == value))
                .cloned()
                .collect();
            assert_eq!(
                ids(&account.walk(&[range, (name, value)]).await),
                ids(&expected),
                "{name}={value}"
            );
        }
        let unknown = account.rows(&[range, (name, "nobody")]).await;
        assert!(unknown.is_empty(), "{name}");
    }
    // Two recordings of one call exist.
    let mut calls: Vec<_> = all.iter().map(|row| row["call_uuid"].to_string()).collect();
    let before = calls.len();
    calls.sort();
    calls.dedup();
    assert!(calls.len() < before);
}

#[tokio::test]
async fn texts_of_the_hostile_row_can_be_searched_for() {
    let account = start(options()).await;
    let hostile = account.emulator.special(Special::Hostile).unwrap();
    for name in [
        "from_number",
        "to_number",
        "conference_name",
        "conference_uuid",
    ] {
        let found = account
            .rows(&[(name, hostile[name].as_str().unwrap())])
            .await;
        assert_eq!(ids(&found), [id(&hostile)], "{name}");
    }
    let name = hostile["conference_name"].as_str().unwrap();
    for nasty in ['\u{1b}', '\u{9b}', '\u{202e}', '\u{200b}', '\0', '\n'] {
        assert!(name.contains(nasty), "{nasty:?}");
    }
}

#[tokio::test]
async fn subaccounts_divide_the_account() {
    let account = start(options()).await;
    let from = stamp(now() - TimeDelta::days(29));
    let range = ("add_time__gte", from.as_str());
    let all = ids(&account.walk(&[range]).await);
    let mut parts = 0;
    for subaccount in account.emulator.subaccounts() {
        let part = account.walk(&[range, ("subaccount", subaccount)]).await;
        assert!(!part.is_empty() && ids(&part).iter().all(|id| all.contains(id)));
        parts += part.len();
    }
    assert!(parts < all.len());
    assert!(
        account
            .rows(&[("subaccount", "SAXXXXXXXXXXXXXXXXXX")])
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn storage_days_are_a_filter_without_windows() {
    let account = start(options()).await;
    let days = |row: &Row| match &row["recording_storage_duration"] {
        Value::String(text) => text.parse::<i64>().unwrap(),
        number => number.as_i64().unwrap(),
    };
    let all = account.emulator.recordings(0, 1_204);
    for (name, passes) in [
        (
            "recording_storage_duration",
            &(|d: i64| d == 100) as &dyn Fn(i64) -> bool,
        ),
        ("recording_storage_duration__gt", &|d| d > 100),
        ("recording_storage_duration__gte", &|d| d >= 100),
        ("recording_storage_duration__lt", &|d| d < 100),
        ("recording_storage_duration__lte", &|d| d <= 100),
    ] {
        let expected: Vec<Row> = all
            .iter()
            .filter(|row| passes(days(row)))
            .cloned()
            .collect();
        let found = account.walk(&[(name, "100")]).await;
        assert_eq!(ids(&found), ids(&expected), "{name}");
    }
}

#[tokio::test]
async fn lengths_come_in_every_type_seen_in_the_wild() {
    let account = start(options()).await;
    let rows = account.emulator.recordings(0, 1_204);
    let mut kinds: Vec<&str> = rows
        .iter()
        .map(|row| row.get("recording_duration_ms").map_or("missing", kind))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, ["missing", "null", "number", "string"]);
    let names: std::collections::HashSet<_> = rows
        .iter()
        .map(|row| row["conference_name"].to_string())
        .collect();
    for none in ["\"\"", "\"noname\"", "null"] {
        assert!(names.contains(none), "{none}");
    }
    assert!(rows.iter().any(|row| row.contains_key("transcription")));
    let zones = rows
        .iter()
        .filter(|r| r["add_time"].as_str().unwrap().ends_with("+05:30"));
    assert!(zones.count() > 10);
    let running = account.emulator.special(Special::Running).unwrap();
    assert_eq!(running["recording_duration_ms"], -1);
}

#[tokio::test]
async fn the_same_seed_and_now_make_the_same_account() {
    let plain = |account: &Account| -> Vec<String> {
        let port = account.emulator.url().to_owned();
        let rows = account.emulator.recordings(0, 500);
        rows.into_iter()
            .map(|row| Value::Object(row).to_string().replace(&port, ""))
            .collect()
    };
    let (one, two) = (start(options()).await, start(options()).await);
    assert_eq!(plain(&one), plain(&two));
    assert_eq!(one.emulator.auth_token(), two.emulator.auth_token());
    let other = start(Options {
        seed: 2,
        ..options()
    })
    .await;
    assert_ne!(plain(&one), plain(&other));
}
