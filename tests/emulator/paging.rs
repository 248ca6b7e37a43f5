//! Paging in the three modes, and what arrives meanwhile.

use std::time::Duration;

use callreel::emulator::{Era, Options, Paging};

use super::client::*;

#[tokio::test]
async fn the_seeds_own_example_of_an_offset_holds() {
    let account = start(Options {
        era: Era::Legacy,
        recordings: 1_000,
        ..options()
    })
    .await;
    let all = account.emulator.recordings(0, 1_000);
    let page = account.rows(&[("limit", "10"), ("offset", "705")]).await;
    assert_eq!(page, all[705..715]);
    let (_, past) = account.list(&[("offset", "1000")]).await;
    assert!(objects(&past).is_empty() && past["meta"]["next"].is_null());
    let (status, past) = account.list(&[("offset", "18446744073709551615")]).await;
    assert_eq!((status, &past["meta"]["total_count"]), (200, &1_000.into()));
    assert!(objects(&past).is_empty() && past["meta"]["next"].is_null());
}

#[tokio::test]
async fn four_hundred_days_come_once_each_in_every_mode() {
    for paging in [Paging::Offset, Paging::Cursor, Paging::Hybrid] {
        for no_total in [false, true] {
            for same_time in [None, Some(45)] {
                let account = start(Options {
                    paging: Some(paging),
                    no_total,
                    same_time,
                    ..options()
                })
                .await;
                let rows = account.windows(401, now()).await;
                assert_eq!(rows.len(), 1_204, "{paging:?} {no_total} {same_time:?}");
                assert_orderly(&rows);
                let (_, body) = account.list(&[]).await;
                assert_eq!(body["meta"].get("total_count").is_none(), no_total);
            }
        }
    }
}

#[tokio::test]
async fn arrivals_do_not_disturb_a_walk_by_cursor() {
    for paging in [Paging::Cursor, Paging::Hybrid] {
        let account = start(Options {
            paging: Some(paging),
            era: Era::Legacy,
            recordings: 300,
            ..options()
        })
        .await;
        let before = ids(&account.emulator.recordings(0, 300));
        let (_, mut body) = account.list(&[]).await;
        let mut rows = ids(&objects(&body));
        while let Some(next) = body["meta"]["next"].as_str() {
            account.emulator.arrive(3);
            body = answer(account.get(&format!("{}{next}", account.emulator.url())))
                .await
                .1;
            rows.extend(ids(&objects(&body)));
        }
        assert_eq!(rows, before);
    }
}

#[tokio::test]
async fn each_mode_treats_offset_and_cursor_its_own_way() {
    let first = |rows: &[Row]| id(&rows[0]);
    for paging in [Paging::Offset, Paging::Cursor, Paging::Hybrid] {
        let account = start(Options {
            paging: Some(paging),
            era: Era::Legacy,
            ..options()
        })
        .await;
        let all = ids(&account.emulator.recordings(0, 200));
        let (_, page) = account.list(&[("offset", "40")]).await;
        let obeyed = paging != Paging::Cursor;
        assert_eq!(first(&objects(&page)), all[if obeyed { 40 } else { 0 }]);
        assert_eq!(page["meta"]["offset"], if obeyed { 40 } else { 0 });

        let next = page["meta"]["next"].as_str().unwrap();
        if paging == Paging::Offset {
            assert!(next.ends_with("limit=20&offset=60"), "{next}");
            let ignored = account.rows(&[("cursor", "anything")]).await;
            assert_eq!(first(&ignored), all[0]);
            continue;
        }
        assert!(!next.contains("offset="), "{next}");
        let cursor = next.split_once("cursor=").unwrap().1;
        let (_, both) = account.list(&[("cursor", cursor), ("offset", "0")]).await;
        let expected = if paging == Paging::Hybrid { 0 } else { 20 };
        assert_eq!(first(&objects(&both)), all[expected], "{paging:?}");
    }
}

#[tokio::test]
async fn previous_leads_back_the_same_way() {
    for paging in [Paging::Offset, Paging::Cursor, Paging::Hybrid] {
        let account = start(Options {
            paging: Some(paging),
            recordings: 3_000,
            ..options()
        })
        .await;
        // One selection is a range, in the other every recording is looked at.
        for query in [
            vec![("limit", "7")],
            vec![("limit", "3"), ("conference_name", "noname")],
        ] {
            let (_, mut body) = account.list(&query).await;
            assert!(body["meta"]["previous"].is_null());
            let mut there = vec![ids(&objects(&body))];
            while let Some(next) = body["meta"]["next"].as_str() {
                body = answer(account.get(&format!("{}{next}", account.emulator.url())))
                    .await
                    .1;
                there.push(ids(&objects(&body)));
            }
            assert!(there.len() > 3);
            let mut back = vec![there.last().unwrap().clone()];
            while let Some(previous) = body["meta"]["previous"].as_str() {
                body = answer(account.get(&format!("{}{previous}", account.emulator.url())))
                    .await
                    .1;
                back.push(ids(&objects(&body)));
            }
            back.reverse();
            assert_eq!(back, there, "{paging:?}");
        }
    }
}

#[tokio::test]
async fn recordings_arrive_by_the_clock() {
    let account = start(Options {
        arrive_every: Some(Duration::from_millis(20)),
        same_time: Some(2),
        recordings: 100,
        ..options()
    })
    .await;
    let before = ids(&account
        .emulator
        .recordings(account.emulator.count() - 100, 100));
    while account.emulator.count() < 106 {
        account.rows(&[]).await;
    }
    let rows = account.emulator.recordings(0, 106);
    let extra = account.emulator.count() as usize;
    assert_orderly(&rows);
    assert_eq!(
        added(&rows[0]),
        added(&rows[1]),
        "they come in groups of two"
    );
    let after = account.emulator.recordings(0, extra + 50);
    assert_eq!(ids(&after[after.len() - 100..]), before);
}
