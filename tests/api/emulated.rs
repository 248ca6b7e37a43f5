//! The client and its walks against the emulator, which shares no code with them.

use std::collections::{BTreeMap, BTreeSet};
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use callreel::emulator::{self, Emulator, Era, Paging as Mode};
use callreel::plivo::{
    self, ApiBase, Asking, Bound, Client, Credentials, Error, Evidence, Filter, Options,
    PageRequest, Paging, Priority, Rate, RecordingId, RecordingQuery, Span, Start, TimeRange, Walk,
    WalkError, Window, time,
};
use chrono::{DateTime, TimeDelta, Utc};

use super::scripted::quick;

const MODES: [Mode; 3] = [Mode::Offset, Mode::Cursor, Mode::Hybrid];

async fn start(options: emulator::Options) -> (Emulator, Client) {
    let emulator = emulator::start(options).unwrap();
    let credentials = Credentials::new(emulator.auth_id(), emulator.auth_token()).unwrap();
    let fast = Options {
        rate: Rate {
            per_second: NonZeroU32::new(10_000).unwrap(),
            in_flight: NonZeroUsize::new(8).unwrap(),
        },
        ..quick()
    };
    let client = Client::new(credentials, ApiBase::parse(emulator.url()).unwrap(), fast).unwrap();
    (emulator, client)
}

fn days(now: DateTime<Utc>, from: i64, to: i64) -> TimeRange {
    let bound = |days| Bound::including(now + TimeDelta::days(days));
    TimeRange::new(bound(from), bound(to)).unwrap()
}

fn walk(client: &Client, range: TimeRange) -> Walk<Asking> {
    let asking = Asking {
        client: client.clone(),
        priority: Priority::Visible,
    };
    Walk::added(asking, Filter::default(), range)
}

async fn ids(mut walk: Walk<Asking>) -> Vec<String> {
    let mut ids = Vec::new();
    while let Some(recording) = walk.next().await {
        ids.push(recording.unwrap().id.to_string());
    }
    ids
}

/// What the account has, newest first, by the emulator's own account.
fn all(emulator: &Emulator) -> Vec<String> {
    let rows = emulator.recordings(0, usize::MAX).into_iter();
    rows.map(|row| row["recording_id"].as_str().unwrap().to_owned())
        .collect()
}

fn window(range: TimeRange) -> RecordingQuery {
    RecordingQuery {
        filter: Filter::default(),
        span: Span::Added(range.windows()[0]),
    }
}

#[tokio::test]
async fn four_hundred_days_come_whole_and_in_order_in_every_mode() {
    for paging in MODES {
        for no_total in [false, true] {
            for same_time in [None, Some(45)] {
                let options = emulator::Options {
                    paging: Some(paging),
                    no_total,
                    same_time,
                    ..emulator::Options::default()
                };
                let range = days(options.now, -401, 1);
                let (emulator, client) = start(options).await;
                let came = ids(walk(&client, range)).await;
                assert_eq!(came, all(&emulator), "{paging:?} {no_total} {same_time:?}");
                assert_eq!(came.len(), 1204);
            }
        }
    }
}

#[tokio::test]
async fn arrivals_during_a_walk_change_nothing_below_a_pinned_end() {
    for paging in MODES {
        let options = emulator::Options {
            paging: Some(paging),
            recordings: 300,
            ..emulator::Options::default()
        };
        let range = days(options.now, -401, 0);
        let (emulator, client) = start(options).await;
        let before = all(&emulator);
        let mut walk = walk(&client, range);
        let mut came = Vec::new();
        while let Some(recording) = walk.next().await {
            came.push(recording.unwrap().id.to_string());
            emulator.arrive(1);
        }
        assert_eq!(came, before, "{paging:?}");
        assert_eq!(emulator.count(), 600);
    }
}

#[tokio::test]
async fn arrivals_within_the_range_double_nothing() {
    for paging in MODES {
        let options = emulator::Options {
            paging: Some(paging),
            recordings: 2000,
            same_time: Some(3),
            ..emulator::Options::default()
        };
        // All of it in one window, whose top is open to what arrives.
        let range = days(options.now, -28, 1);
        let (emulator, client) = start(options).await;
        let before: BTreeSet<_> = {
            let newest = time::write(range.from().at).replace(' ', "T");
            let rows = emulator.recordings(0, usize::MAX).into_iter();
            let added = |row: &serde_json::Map<_, _>| {
                time::parse(row["add_time"].as_str().unwrap()).unwrap()
            };
            rows.filter(|row| added(row) >= time::parse(&newest).unwrap())
                .map(|row| row["recording_id"].as_str().unwrap().to_owned())
                .collect()
        };
        assert!(before.len() > 100);
        let mut walk = walk(&client, range);
        let mut came = Vec::new();
        while let Some(recording) = walk.next().await {
            came.push(recording.unwrap().id.to_string());
            emulator.arrive(1);
        }
        let unique: BTreeSet<_> = came.iter().cloned().collect();
        assert_eq!(unique.len(), came.len(), "{paging:?}");
        assert!(unique.is_superset(&before), "{paging:?}");
    }
}

#[tokio::test]
async fn deletions_during_a_walk_hide_nothing() {
    for paging in MODES {
        for same_time in [None, Some(30)] {
            let options = emulator::Options {
                paging: Some(paging),
                recordings: 600,
                same_time,
                ..emulator::Options::default()
            };
            let range = days(options.now, -401, 1);
            let (emulator, client) = start(options).await;
            let mut walk = walk(&client, range);
            let mut came = Vec::new();
            while let Some(recording) = walk.next().await {
                let id = recording.unwrap().id.clone();
                // Every second one goes once it was seen, so that the rows below move up.
                if came.len() % 2 == 0 {
                    client.delete(&id).await.unwrap();
                }
                came.push(id.to_string());
            }
            assert_eq!(
                (came.len(), emulator.count()),
                (600, 300),
                "{paging:?} {same_time:?}"
            );
        }
    }
}

#[tokio::test]
async fn paging_is_told_apart_by_what_comes() {
    for (mode, paging, lands) in [
        (Mode::Offset, Paging::Offset, true),
        (Mode::Cursor, Paging::Cursor, false),
        (Mode::Hybrid, Paging::Hybrid, true),
    ] {
        for no_total in [false, true] {
            let options = emulator::Options {
                paging: Some(mode),
                recordings: 2000,
                no_total,
                ..emulator::Options::default()
            };
            let query = window(days(options.now, -20, 0));
            let (emulator, client) = start(options).await;
            let first = PageRequest::first(query.clone());
            let page = client.list(&first, Priority::Visible).await.unwrap();
            assert_eq!(page.meta.total.is_none(), no_total);
            let ids: Vec<RecordingId> = page.ids().cloned().collect();
            let mut evidence = Evidence::default();
            evidence.observe(&first, &page, Some(&ids));
            let jump = PageRequest {
                start: Start::Offset(60),
                ..first
            };
            let far = client.list(&jump, Priority::Visible).await.unwrap();
            evidence.observe(&jump, &far, Some(&ids));
            assert_eq!(
                (evidence.paging(), evidence.may_jump()),
                (Some(paging), lands)
            );
            let there = all(&emulator)[60] == far.recordings[0].id.as_str();
            assert_eq!(there, lands, "{mode:?}");
        }
    }
}

#[tokio::test]
async fn a_lie_about_the_offset_is_seen_through() {
    let options = emulator::Options {
        paging: Some(Mode::Offset),
        faults: vec!["offset-lies".parse().unwrap()],
        ..emulator::Options::default()
    };
    let range = days(options.now, -20, 0);
    let (_emulator, client) = start(options).await;
    let first = PageRequest::first(window(range));
    let page = client.list(&first, Priority::Visible).await.unwrap();
    let ids: Vec<RecordingId> = page.ids().cloned().collect();
    let jump = PageRequest {
        start: Start::Offset(40),
        ..first
    };
    let far = client.list(&jump, Priority::Visible).await.unwrap();
    assert_eq!(plivo::offset_honoured(&jump, &far, &ids), Some(false));

    let mut walk = walk(&client, range);
    let mut rows = 0;
    let error = loop {
        match walk.next().await.unwrap() {
            Ok(_) => rows += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error, WalkError::GoesRound { rows });
    assert!(walk.next().await.is_none());
}

#[tokio::test]
async fn any_place_is_reached_by_time() {
    for paging in MODES {
        let options = emulator::Options {
            paging: Some(paging),
            same_time: Some(4),
            recordings: 3000,
            ..emulator::Options::default()
        };
        let range = days(options.now, -28, 0);
        let (emulator, client) = start(options).await;
        let listed = all(&emulator);
        let whole = range.windows()[0];
        let list = async |window: Window| {
            let query = RecordingQuery {
                filter: Filter::default(),
                span: Span::Added(window),
            };
            client
                .list(&PageRequest::first(query), Priority::Visible)
                .await
                .unwrap()
        };
        let total = list(whole).await.meta.total.unwrap();
        let middle = whole.middle().unwrap();
        let (older, newer) = (
            whole.until(middle, true).unwrap(),
            whole.since(middle, false).unwrap(),
        );
        let (older, above) = (list(older).await, list(newer).await.meta.total.unwrap());
        assert_eq!(older.meta.total.unwrap() + above, total);
        assert_eq!(older.recordings[0].id.as_str(), listed[above as usize]);
        // The time of a row, taken to the microsecond, finds all that share it.
        let at = older.recordings[0].added.unwrap();
        let same = list(whole.until(at, true).unwrap().since(at, true).unwrap()).await;
        assert_eq!(same.meta.total, Some(4));
    }
}

#[tokio::test]
async fn every_recording_of_a_page_can_be_fetched_and_means_the_same() {
    for era in [Era::Current, Era::Legacy] {
        let options = emulator::Options {
            era,
            ..emulator::Options::default()
        };
        let query = window(days(options.now, -20, 0));
        let (emulator, client) = start(options).await;
        for start in [0, 20] {
            let request = PageRequest {
                start: Start::Offset(start),
                ..PageRequest::first(query.clone())
            };
            let page = client.list(&request, Priority::Visible).await.unwrap();
            let expected = emulator.recordings(start, 20);
            assert_eq!(page.recordings.len(), 20);
            for (recording, row) in page.recordings.iter().zip(expected) {
                assert_eq!(recording.raw, row, "nothing is lost or changed");
                assert!(recording.added.is_some());
                assert!(
                    client
                        .media(recording.url.as_deref().unwrap())
                        .unwrap()
                        .authorization
                        .is_some()
                );
                let mut one = client.get(&recording.id, Priority::Detail).await.unwrap();
                one.raw.shift_remove("api_id");
                assert_eq!(one, **recording);
            }
        }
    }
}

#[tokio::test]
async fn each_filter_lets_through_what_it_names() {
    let (emulator, client) = start(emulator::Options::default()).await;
    let rows = emulator.recordings(0, 400);
    let mut values: BTreeMap<&str, String> = BTreeMap::new();
    for name in [
        "call_uuid",
        "from_number",
        "to_number",
        "conference_name",
        "conference_uuid",
        "mpc_name",
        "mpc_uuid",
    ] {
        let found = rows.iter().find_map(|row| {
            row.get(name)?
                .as_str()
                .filter(|text| text.len() > 8 && text.len() < 60)
        });
        values.insert(
            name,
            found
                .unwrap_or_else(|| panic!("no row has a {name}"))
                .to_owned(),
        );
    }
    let value = |name| Some(values[name].clone());
    let none = Filter::default;
    let filters = [
        (
            "call_uuid",
            Filter {
                call_uuid: value("call_uuid"),
                ..none()
            },
        ),
        (
            "from_number",
            Filter {
                from_number: value("from_number"),
                ..none()
            },
        ),
        (
            "to_number",
            Filter {
                to_number: value("to_number"),
                ..none()
            },
        ),
        (
            "conference_name",
            Filter {
                conference_name: value("conference_name"),
                ..none()
            },
        ),
        (
            "conference_uuid",
            Filter {
                conference_uuid: value("conference_uuid"),
                ..none()
            },
        ),
        (
            "mpc_name",
            Filter {
                mpc_name: value("mpc_name"),
                ..none()
            },
        ),
        (
            "mpc_uuid",
            Filter {
                mpc_uuid: value("mpc_uuid"),
                ..none()
            },
        ),
    ];
    let now = Utc::now();
    for (name, filter) in filters {
        let asking = Asking {
            client: client.clone(),
            priority: Priority::Visible,
        };
        let mut walk = Walk::added(asking, filter, days(now, -401, 1));
        let mut found = 0;
        while let Some(recording) = walk.next().await {
            assert_eq!(
                recording.unwrap().raw[name].as_str(),
                Some(values[name].as_str())
            );
            found += 1;
        }
        let expected = emulator.recordings(0, usize::MAX);
        let expected = expected
            .iter()
            .filter(|row| row.get(name).and_then(|v| v.as_str()) == Some(&values[name]));
        assert_eq!(found, expected.count(), "{name}");
        assert!(found > 0);
    }
    let mut of_all = 0;
    let mut seen = BTreeSet::new();
    for subaccount in emulator.subaccounts() {
        let query = RecordingQuery {
            filter: Filter {
                subaccount: Some(subaccount.clone()),
                ..none()
            },
            ..window(days(now, -29, 0))
        };
        let page = client
            .list(&PageRequest::first(query), Priority::Visible)
            .await
            .unwrap();
        assert!(!page.recordings.is_empty());
        of_all += page.recordings.len();
        seen.extend(page.ids().cloned());
    }
    assert_eq!(seen.len(), of_all, "each is of one subaccount");
}

#[tokio::test]
async fn storage_days_are_walked_without_a_window() {
    for paging in MODES {
        let options = emulator::Options {
            paging: Some(paging),
            ..emulator::Options::default()
        };
        let (_emulator, client) = start(options).await;
        let asking = Asking {
            client,
            priority: Priority::Visible,
        };
        let bounds = plivo::DayBounds::between(Some(100), Some(160)).unwrap();
        let mut walk = Walk::stored(asking, Filter::default(), bounds);
        let mut rows = BTreeSet::new();
        while let Some(recording) = walk.next().await {
            let recording = recording.unwrap();
            assert!((100..=160).contains(&recording.storage_days().unwrap()));
            assert!(rows.insert(recording.id.clone()));
        }
        assert!(rows.len() > 100, "{}", rows.len());
    }
}

#[tokio::test]
async fn wrong_credentials_are_told_at_once() {
    let (emulator, _) = start(emulator::Options::default()).await;
    let credentials = Credentials::new(emulator.auth_id(), "0123456789abcdef").unwrap();
    let client = Client::new(
        credentials,
        ApiBase::parse(emulator.url()).unwrap(),
        quick(),
    )
    .unwrap();
    let query = window(days(Utc::now(), -20, 0));
    let error = client
        .list(&PageRequest::first(query), Priority::Visible)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error:?}");
    assert_eq!(emulator.requests().len(), 1);
}

#[tokio::test]
async fn a_walk_survives_the_faults_that_heal() {
    for fault in [
        "500=2",
        "429=0*2",
        "truncated-json*2",
        "api:cut*2",
        "api:reset*2",
        "duplicate-row",
        "totals-drift",
    ] {
        for paging in [Mode::Offset, Mode::Cursor] {
            let options = emulator::Options {
                paging: Some(paging),
                recordings: 150,
                same_time: Some(25),
                faults: vec![fault.parse().unwrap()],
                ..emulator::Options::default()
            };
            let range = days(options.now, -401, 1);
            let (emulator, client) = start(options).await;
            let came = tokio::time::timeout(Duration::from_secs(30), ids(walk(&client, range)));
            assert_eq!(came.await.unwrap(), all(&emulator), "{fault} {paging:?}");
        }
    }
}
