//! Whole ranges: every recording once, in order, as the filters choose.

use std::time::Duration;

use callreel::emulator::{Emulator, Era, Options, Paging};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::ran::{list, out, requests_until, rows, start, start_with};

fn every_mode() -> impl Iterator<Item = Options> {
    let modes = [Paging::Offset, Paging::Cursor, Paging::Hybrid];
    modes.into_iter().flat_map(|paging| {
        [true, false].map(|no_total| Options {
            paging: Some(paging),
            no_total,
            ..Options::default()
        })
    })
}

fn everything(emulator: &Emulator) -> Vec<Map<String, Value>> {
    emulator.recordings(0, usize::try_from(emulator.count()).unwrap())
}

fn ids(rows: &[Map<String, Value>]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["recording_id"].as_str().unwrap())
        .collect()
}

fn added(row: &Map<String, Value>) -> DateTime<Utc> {
    callreel::plivo::time::parse(row["add_time"].as_str().unwrap()).unwrap()
}

#[test]
fn all_is_every_recording_once_in_order_in_every_mode() {
    for options in every_mode() {
        let words = format!("{:?} {}", options.paging, options.no_total);
        let emulator = start_with("", options);
        let came = rows(&out(&list(&emulator, &["--all", "--rate", "2000"])));
        // Whole rows: every field as the API sent it.
        assert!(came == everything(&emulator), "{words}");
    }
}

#[test]
fn groups_of_one_time_and_the_first_era_are_listed_whole_too() {
    for (era, same_time) in [
        (Era::Current, Some(45)),
        (Era::Legacy, None),
        (Era::Legacy, Some(7)),
    ] {
        let options = Options {
            era,
            same_time,
            ..Options::default()
        };
        let emulator = start_with("", options);
        let came = rows(&out(&list(&emulator, &["--all", "--rate", "2000"])));
        assert_eq!(
            ids(&came),
            ids(&everything(&emulator)),
            "{era:?} {same_time:?}"
        );
    }
}

#[test]
fn bare_it_is_all_of_the_last_30_days() {
    let emulator = start("");
    let came = rows(&out(&list(&emulator, &[])));
    let since = Utc::now() - chrono::TimeDelta::days(30);
    let all = everything(&emulator);
    let wanted: Vec<_> = all.into_iter().filter(|row| added(row) >= since).collect();
    assert!(wanted.len() > 60);
    assert_eq!(ids(&came), ids(&wanted));
}

#[test]
fn ranges_limits_and_filters_choose() {
    let emulator = start("");
    let all = everything(&emulator);
    let chosen = |arguments: &[&str]| {
        let fast = [arguments, &["--rate", "2000"]].concat();
        rows(&out(&list(&emulator, &fast)))
    };
    let between = [added(&all[900]), added(&all[100])].map(|at| at.to_rfc3339());
    let came = chosen(&["--from", &between[0], "--to", &between[1]]);
    assert_eq!(ids(&came), ids(&all[100..=900]));
    assert_eq!(ids(&chosen(&["--all", "--limit", "333"])), ids(&all[..333]));
    assert_eq!(ids(&chosen(&["--limit", "1"])), ids(&all[..1]));

    let number = all[7]["from_number"].as_str().unwrap();
    let of = |row: &Map<String, Value>, name: &str| {
        row.get(name).and_then(Value::as_str) == Some(number)
    };
    let from: Vec<_> = all
        .iter()
        .filter(|row| of(row, "from_number"))
        .cloned()
        .collect();
    assert_eq!(
        ids(&chosen(&["--all", "--from-number", number])),
        ids(&from)
    );
    let either = all
        .iter()
        .filter(|row| of(row, "from_number") || of(row, "to_number"));
    let either: Vec<_> = either.cloned().collect();
    assert!(either.len() > from.len());
    assert_eq!(
        ids(&chosen(&["--all", "--either-number", number])),
        ids(&either)
    );

    let conference = |row: &&Map<String, Value>| {
        row.get("conference_uuid")
            .and_then(Value::as_str)
            .is_some_and(|id| !id.is_empty())
    };
    let id = all.iter().find(conference).unwrap()["conference_uuid"]
        .as_str()
        .unwrap();
    let came = chosen(&["--all", "--conference-uuid", id]);
    assert!(!came.is_empty() && came.iter().all(|row| row["conference_uuid"] == id));

    // Days that no clock's lead can move.
    let stored = chosen(&["--storage-days", "100..200"]);
    assert!(stored.len() > 200);
    assert!(
        stored
            .windows(2)
            .all(|pair| added(&pair[0]) >= added(&pair[1]))
    );
}

#[test]
fn local_filters_choose_here_and_the_limit_counts_what_they_let_through() {
    let emulator = start("");
    let all = everything(&emulator);
    let seconds = |row: &Map<String, Value>| {
        let ms = row.get("recording_duration_ms")?;
        let ms = ms.as_f64().or_else(|| ms.as_str()?.parse().ok())?;
        (ms >= 0.0).then_some(ms / 1000.0)
    };
    let chosen = |arguments: &[&str]| {
        let fast = [arguments, &["--all", "--rate", "2000"]].concat();
        rows(&out(&list(&emulator, &fast)))
    };
    let wav: Vec<_> = all
        .iter()
        .filter(|row| {
            row.get("recording_format")
                .is_some_and(|format| format == "wav")
        })
        .cloned()
        .collect();
    assert_eq!(ids(&chosen(&["--format", "wav"])), ids(&wav));
    assert_eq!(
        ids(&chosen(&["--format", "wav", "--limit", "5"])),
        ids(&wav[..5])
    );
    let long: Vec<_> = all
        .iter()
        .filter(|row| seconds(row).is_some_and(|seconds| (60.0..=1800.0).contains(&seconds)))
        .filter(|row| row.get("recording_type").is_some_and(|kind| kind == "call"))
        .cloned()
        .collect();
    assert!(!long.is_empty());
    let came = chosen(&[
        "--min-length",
        "1m",
        "--max-length",
        "30:00",
        "--type",
        "call",
    ]);
    assert_eq!(ids(&came), ids(&long));
}

#[test]
fn recordings_that_come_or_vanish_meanwhile_neither_double_nor_hide_others() {
    for paging in [Paging::Offset, Paging::Cursor, Paging::Hybrid] {
        let options = Options {
            paging: Some(paging),
            recordings: 2000,
            latency: Duration::from_millis(5),
            ..Options::default()
        };
        let emulator = start_with("", options);
        let all = everything(&emulator);
        // One in twenty goes while the list is under way, and new ones come.
        let gone: Vec<_> = all
            .iter()
            .step_by(20)
            .take(80)
            .map(|row| row["recording_id"].as_str().unwrap())
            .collect();
        let came = std::thread::scope(|scope| {
            let listing = scope.spawn(|| list(&emulator, &["--all", "--rate", "2000"]));
            for (number, id) in gone.iter().enumerate() {
                // 2000 rows are more pages than this.
                requests_until(&emulator, number);
                emulator.delete(id);
                emulator.arrive(1);
            }
            rows(&out(&listing.join().unwrap()))
        });
        let came = ids(&came);
        let mut unique = came.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), came.len(), "{paging:?}");
        for row in all
            .iter()
            .filter(|row| !gone.contains(&row["recording_id"].as_str().unwrap()))
        {
            let id = row["recording_id"].as_str().unwrap();
            assert!(unique.binary_search(&id).is_ok(), "{paging:?} {id}");
        }
    }
}

#[test]
fn no_second_has_more_requests_than_the_rate() {
    let options = Options {
        recordings: 4200,
        ..Options::default()
    };
    let emulator = start_with("", options);
    out(&list(&emulator, &["--all", "--rate", "40"]));
    let requests = emulator.requests();
    let times: Vec<_> = requests.iter().map(|request| request.time).collect();
    assert!(times.len() > 200);
    // The gate counts when a request leaves, the log when it arrives: where the machine stalls, those behind come at once.
    let windows: Vec<_> = times
        .iter()
        .zip(&times[40..])
        .map(|(a, b)| *b - *a)
        .collect();
    let short = windows
        .iter()
        .filter(|apart| apart.num_milliseconds() <= 500);
    assert!(short.count() * 4 < windows.len(), "{windows:?}");
    let all = times[times.len() - 1] - times[0];
    let least = (times.len() as i64 / 40 - 1) * 1000 - 500;
    assert!(all >= chrono::TimeDelta::milliseconds(least), "{all}");
}

#[test]
fn totals_that_drift_rows_that_come_twice_and_refusals_change_nothing() {
    let faults = "totals-drift,duplicate-row,429=0*3,502*2";
    for paging in [Paging::Offset, Paging::Cursor] {
        let options = Options {
            paging: Some(paging),
            ..Options::default()
        };
        let emulator = start_with(faults, options);
        let came = rows(&out(&list(&emulator, &["--all", "--rate", "2000"])));
        assert_eq!(ids(&came), ids(&everything(&emulator)), "{paging:?}");
    }
}

#[test]
fn all_of_time_is_asked_for_no_further_back_than_there_are_recordings() {
    for (era, asks) in [(Era::Current, 10..60), (Era::Legacy, 150..300)] {
        let options = Options {
            recordings: 60,
            era,
            ..Options::default()
        };
        let emulator = start_with("", options);
        let output = list(&emulator, &["--all", "--rate", "2000"]);
        let came = rows(&out(&output));
        assert_eq!(came, emulator.recordings(0, 60), "{era:?}");
        // 180 windows of 30 days since 2011; a server that does not know storage days is asked for all of them.
        let asked = emulator.requests().len();
        assert!(asks.contains(&asked), "{era:?}: {asked}");
    }
}
