//! A million recordings in a few words of memory.

use callreel::emulator::{Era, Options, Paging};
use chrono::TimeDelta;

use super::client::*;

async fn million(era: Era) -> Account {
    start(Options {
        era,
        paging: Some(Paging::Offset),
        recordings: 1_000_000,
        ..options()
    })
    .await
}

#[cfg(target_os = "linux")]
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn every_page_of_a_million_is_at_hand_and_costs_no_memory() {
    let account = million(Era::Legacy).await;
    account.rows(&[]).await;
    let before = resident_kib();
    let (_, body) = account.list(&[("offset", "999980")]).await;
    assert_eq!(body["meta"]["total_count"], 1_000_000);
    let last = objects(&body);
    assert_eq!(last.len(), 20);
    assert!(body["meta"]["next"].is_null());
    for offset in (0..1_000_000).step_by(20_011) {
        let rows = account.rows(&[("offset", &offset.to_string())]).await;
        assert_eq!(ids(&rows), ids(&account.emulator.recordings(offset, 20)));
    }
    // Getting one by its id is no search either.
    for row in &last {
        let url = format!("{}{}/", account.list_url(), id(row));
        assert_eq!(answer(account.get(&url)).await.0, 200);
    }
    let grown = resident_kib().saturating_sub(before);
    assert!(grown < 8_192, "{grown} KiB");
}

#[tokio::test]
async fn a_window_of_a_million_is_counted_and_entered_anywhere() {
    let account = million(Era::Current).await;
    let (from, to) = (
        stamp(now() - TimeDelta::days(230)),
        stamp(now() - TimeDelta::days(200)),
    );
    let range = [
        ("add_time__gte", from.as_str()),
        ("add_time__lt", to.as_str()),
    ];
    let (_, body) = account.list(&range).await;
    let total = body["meta"]["total_count"].as_u64().unwrap();
    assert!((70_000..80_000).contains(&total), "{total}");
    let offset = (total - 1).to_string();
    let rows = account
        .rows(&[range[0], range[1], ("offset", &offset)])
        .await;
    assert_eq!(rows.len(), 1);
    assert!(added(&rows[0]) >= now() - TimeDelta::days(230));
}

#[tokio::test]
async fn a_million_can_be_searched_by_call_and_by_number() {
    let account = million(Era::Current).await;
    let row = account.emulator.recordings(500_000, 1).remove(0);
    let at = added(&row);
    let (from, to) = (
        stamp(at - TimeDelta::days(20)),
        stamp(at + TimeDelta::days(10)),
    );
    for name in ["call_uuid", "from_number"] {
        let (_, body) = account
            .list(&[
                ("add_time__gte", &from),
                ("add_time__lt", &to),
                (name, row[name].as_str().unwrap()),
            ])
            .await;
        assert!(body["meta"]["total_count"].as_u64().unwrap() >= 1, "{name}");
    }
    // Days stored are searched without a window, over everything.
    let (_, body) = account
        .list(&[
            ("recording_storage_duration__gte", "0"),
            ("to_number", row["to_number"].as_str().unwrap()),
        ])
        .await;
    assert!(body["meta"]["total_count"].as_u64().unwrap() > 100);
}

#[tokio::test]
async fn small_and_empty_accounts_are_accounts_too() {
    for recordings in [0, 1, 5] {
        let account = start(Options {
            era: Era::Legacy,
            recordings,
            ..options()
        })
        .await;
        let (_, body) = account.list(&[]).await;
        assert_eq!(body["meta"]["total_count"], recordings);
        assert_eq!(objects(&body).len() as u64, recordings);
        account.emulator.arrive(2);
        assert_eq!(account.emulator.count(), recordings + 2);
        assert_orderly(&account.rows(&[]).await);
    }
}
