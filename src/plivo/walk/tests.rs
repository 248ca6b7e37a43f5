use super::fake::{DAY, Fake, at, every_mode, range, row, rows};
use super::place::STALE_PAGES;
use super::*;
use crate::plivo::page::{Cursor, Meta};
use crate::plivo::paging::Paging;
use crate::plivo::window::Bound;
use std::sync::Mutex;

async fn ids<P: Pages>(mut walk: Walk<P>) -> Vec<u64> {
    let mut ids = Vec::new();
    while let Some(recording) = walk.next().await {
        ids.push(recording.unwrap().id.as_str().parse().unwrap());
    }
    ids
}

#[tokio::test]
async fn a_long_range_is_walked_whole_in_every_mode() {
    // 50 that share one time are more than a page; some lie on the windows' edges.
    for same in [1, 50] {
        let all = rows(1204, 480 * same as i64, same);
        let end = all[0].0;
        let expected: Vec<_> = all.iter().map(|(_, id)| *id).collect();
        for (paging, totals) in every_mode() {
            for limit in [1, 7, 20] {
                let fake = Fake::new(paging, totals, all.clone());
                let to = TimeRange::new(Bound::including(at(0)), Bound::including(end)).unwrap();
                let walk = Walk::added(&fake, Filter::default(), to)
                    .with_limit(Limit::new(limit).unwrap());
                assert_eq!(
                    ids(walk).await,
                    expected,
                    "{paging:?} {totals} {same} {limit}"
                );
            }
        }
    }
}

#[tokio::test]
async fn recordings_that_arrive_meanwhile_double_none() {
    let all = rows(300, 60, 3);
    let expected: Vec<_> = all.iter().map(|(_, id)| *id).collect();
    for (paging, totals) in every_mode() {
        let mut fake = Fake::new(paging, totals, all.clone());
        // Nine new ones before each request, at the top of the range.
        fake.change = |rows, number| {
            let minute = 6 * DAY + number as i64;
            rows.extend((0..9).map(|n| (at(minute), minute as u64 * 1000 + n)));
        };
        let came = ids(Walk::added(&fake, Filter::default(), range(0, 29 * DAY))).await;
        let old: Vec<_> = came
            .iter()
            .filter(|id| **id < 6 * DAY as u64 * 1000)
            .copied()
            .collect();
        assert_eq!(old, expected, "{paging:?}");
        let mut unique = came.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), came.len());
    }
}

#[tokio::test]
async fn recordings_that_are_deleted_meanwhile_hide_no_others() {
    for same in [1, 30] {
        let all = rows(300, 60, same);
        for (paging, totals) in every_mode() {
            let mut fake = Fake::new(paging, totals, all.clone());
            // The three newest go before every third request: the walk has passed them.
            fake.change = |rows, number| {
                if number % 3 == 0 {
                    rows.drain(..3);
                }
            };
            let came = ids(Walk::added(&fake, Filter::default(), range(0, 29 * DAY))).await;
            let left = fake.rows.lock().unwrap().clone();
            for (_, id) in left {
                assert_eq!(
                    came.iter().filter(|seen| **seen == id).count(),
                    1,
                    "{paging:?} {same} {id}"
                );
            }
        }
    }
}

#[tokio::test]
async fn an_expired_cursor_is_replaced_by_the_time() {
    let all = rows(100, 60, 30);
    let expected: Vec<_> = all.iter().map(|(_, id)| *id).collect();
    let mut fake = Fake::new(Paging::Cursor, false, all);
    let expired = Error::BadRequest {
        message: "cursor expired".into(),
        api_id: None,
    };
    fake.fails = vec![(3, expired.clone()), (6, expired)];
    assert_eq!(
        ids(Walk::added(&fake, Filter::default(), range(0, DAY))).await,
        expected
    );
}

#[tokio::test]
async fn a_cursor_that_is_always_refused_is_reported() {
    let mut fake = Fake::new(Paging::Cursor, false, rows(100, 60, 100));
    let refused = Error::BadRequest {
        message: "no".into(),
        api_id: None,
    };
    // All of one time, so that time leads no further either.
    fake.fails = (1..50).map(|n| (2 * n, refused.clone())).collect();
    let mut walk = Walk::added(&fake, Filter::default(), range(0, DAY));
    for _ in 0..20 {
        assert!(walk.next().await.unwrap().is_ok());
    }
    assert_eq!(walk.next().await, Some(Err(WalkError::Api(refused))));
}

#[tokio::test]
async fn a_failed_page_is_asked_for_again() {
    for (paging, totals) in every_mode() {
        let all = rows(100, 60, 1);
        let mut fake = Fake::new(paging, totals, all.clone());
        let cut = Error::Cut {
            host: "h".into(),
            detail: "d".into(),
        };
        fake.fails = vec![(1, cut.clone()), (4, cut)];
        let mut walk = Walk::added(&fake, Filter::default(), range(0, 29 * DAY));
        let (mut rows, mut errors) = (0, 0);
        while let Some(came) = walk.next().await {
            match came {
                Ok(_) => rows += 1,
                Err(_) => errors += 1,
            }
        }
        // Without a total each page by offset begins with the last row of the one before.
        let requests = 7 + usize::from((paging, totals) == (Paging::Offset, false));
        assert_eq!((rows, errors, fake.requests()), (100, 2, requests));
    }
}

#[tokio::test]
async fn storage_days_are_walked_without_windows() {
    let fake = Fake::new(Paging::Hybrid, true, rows(100, 10 * DAY, 1));
    let walk = Walk::stored(&fake, Filter::default(), DayBounds::Exactly(3));
    assert_eq!(ids(walk).await.len(), 100);
    assert_eq!(fake.requests(), 5);
}

#[test]
fn a_walk_can_go_on_in_any_thread() {
    fn is_send<T: Send>(_: T) {}
    let fake = Fake::new(Paging::Offset, true, Vec::new());
    let mut walk = Walk::added(&fake, Filter::default(), range(0, DAY));
    is_send(walk.next());
}

#[tokio::test]
async fn an_empty_range_of_years_costs_one_request_a_window() {
    let fake = Fake::new(Paging::Offset, true, Vec::new());
    let walk = Walk::added(&fake, Filter::default(), range(0, 3650 * DAY));
    assert!(ids(walk).await.is_empty());
    assert_eq!(fake.requests(), 122);
}

/// Answers each request with twenty rows.
struct Script(Answers, Mutex<usize>);

/// From the number of a request to the first id and the next start.
type Answers = fn(usize) -> (u64, Start);

impl Pages for &Script {
    async fn page(&self, _: &PageRequest) -> Result<Page, Error> {
        let mut number = self.1.lock().unwrap();
        let (first, next) = (self.0)(*number);
        *number += 1;
        let rows = (first..first + 20).map(|id| row((at(id as i64), id)));
        Ok(Page {
            meta: Meta {
                next: Some(next),
                ..Meta::default()
            },
            recordings: rows.collect(),
            api_id: None,
        })
    }
}

#[tokio::test]
async fn pages_that_go_round_are_reported_after_their_rows() {
    let scripts: [(Answers, u64); 5] = [
        // The next page is this page, for ever, by offset and by cursor.
        (|_| (0, Start::Offset(20)), 20),
        (|_| (0, Start::Cursor(Cursor::new("same"))), 20),
        // Two pages that name each other.
        (
            |n| {
                (
                    (n % 2) as u64 * 20,
                    Start::Cursor(Cursor::new((n % 2).to_string())),
                )
            },
            40,
        ),
        // The same page by ever new cursors, as where offsets are counted but ignored.
        (|n| (0, Start::Cursor(Cursor::new(n.to_string()))), 20),
        (|n| (0, Start::Offset(20 * (n as u64 + 1))), 20),
    ];
    for (index, (script, rows)) in scripts.into_iter().enumerate() {
        let script = Script(script, Mutex::new(0));
        let mut walk = Walk::added(&script, Filter::default(), range(0, 90 * DAY));
        for _ in 0..rows {
            assert!(matches!(walk.next().await, Some(Ok(_))), "{index}");
        }
        assert_eq!(
            walk.next().await,
            Some(Err(WalkError::GoesRound { rows })),
            "{index}"
        );
        assert_eq!(walk.next().await, None);
        assert!(*script.1.lock().unwrap() <= 2 + STALE_PAGES, "{index}");
    }
}
