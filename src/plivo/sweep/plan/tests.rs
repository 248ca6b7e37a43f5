use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::plivo::time;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn range(from: i64, to: i64) -> TimeRange {
    TimeRange::new(Bound::including(at(from)), Bound::excluding(at(to))).unwrap()
}

fn rows(times: &[DateTime<Utc>]) -> Vec<Arc<Recording>> {
    let row = |at: &DateTime<Utc>| {
        let row = json!({ "recording_id": "x", "add_time": time::write(*at) });
        Arc::new(Recording::from_row(row))
    };
    times.iter().map(row).collect()
}

const DAY: i64 = 86_400;

/// Walks a list as the tasks do, one slice after the other: the rows given, and how many each slice asked for.
fn walked(
    range: TimeRange,
    list: &[DateTime<Utc>],
    totals: bool,
) -> (Vec<DateTime<Utc>>, Vec<usize>) {
    let (mut given, mut asked) = (Vec::new(), Vec::new());
    let mut pending = vec![Pending::new(range)];
    while let Some(next) = pending.pop() {
        let (window, rest) = next.take().unwrap();
        pending.extend(rest);
        let mut slice = Slice::new(window);
        let within: Vec<_> = list
            .iter()
            .filter(|at| window.range().contains(**at))
            .copied()
            .collect();
        let mut count = 0;
        for (number, page) in within.chunks(20).enumerate() {
            let page = rows(page);
            let over = (number + 1) * 20 >= within.len();
            if let Some(found) = slice.took(&page, totals.then_some(within.len() as u64), over) {
                match (found.rest, pending.last_mut()) {
                    (Some(rest), _) => pending.push(rest),
                    (None, Some(next)) => next.follow(found.density),
                    (None, None) => {}
                }
            }
            count += page.len();
            given.extend(
                page.iter()
                    .filter(|row| slice.holds(row))
                    .filter_map(|row| row.added),
            );
            if !slice.holds(page.last().unwrap()) {
                break;
            }
        }
        asked.push(count);
    }
    (given, asked)
}

/// Times in bursts: some list of clusters, each a start, a step in milliseconds and a count.
fn lists() -> impl Strategy<Value = Vec<DateTime<Utc>>> {
    let cluster = (0..100 * DAY, 0_i64..200_000, 0_usize..700);
    prop::collection::vec(cluster, 0..6).prop_map(|clusters| {
        let mut list = Vec::new();
        for (start, step, count) in clusters {
            let times = (0..count as i64).map(|n| at(start) + TimeDelta::milliseconds(n * step));
            list.extend(times.filter(|time| *time < at(100 * DAY)));
        }
        list.sort_unstable();
        list.reverse();
        list
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn slices_give_each_row_once_in_order_however_they_lie(list in lists(), totals: bool) {
        let (given, _) = walked(range(0, 100 * DAY), &list, totals);
        prop_assert_eq!(given, list);
    }

    #[test]
    fn taking_leaves_nothing_out(from in 0..DAY, length in 1..90 * DAY, density in prop::option::of(0.0_f64..50.0)) {
        let whole = range(from, from + length);
        let (window, rest) = Pending { range: whole, density }.take().unwrap();
        prop_assert_eq!(window.range().to(), whole.to());
        match rest {
            None => prop_assert_eq!(window.range().from(), whole.from()),
            Some(rest) => {
                prop_assert_eq!(rest.range.from(), whole.from());
                prop_assert_eq!(rest.range.to().at, window.range().from().at);
                prop_assert_ne!(rest.range.to().inclusive, window.range().from().inclusive);
            }
        }
    }
}

#[test]
fn an_even_month_is_cut_into_slices_of_ten_pages() {
    let list: Vec<_> = (0..6000).rev().map(|n| at(n * 432)).collect();
    for totals in [true, false] {
        let (given, asked) = walked(range(0, 30 * DAY), &list, totals);
        assert_eq!(given.len(), list.len());
        assert!((27..=33).contains(&asked.len()), "{asked:?}");
        assert!(asked.iter().sum::<usize>() < 6900, "{asked:?}");
    }
}

#[test]
fn a_burst_that_no_average_told_is_shared_out_all_the_same() {
    // A month of 5,000 recordings, all of them in its first hour and three in its last.
    let mut list: Vec<_> = (0..3).map(|n| at(30 * DAY - 1 - n)).collect();
    list.extend(
        (0..5000)
            .rev()
            .map(|n| at(0) + TimeDelta::milliseconds(n * 700)),
    );
    for totals in [true, false] {
        let (given, asked) = walked(range(0, 30 * DAY), &list, totals);
        assert_eq!(given.len(), list.len());
        assert!(asked.iter().all(|asked| *asked <= 460), "{asked:?}");
        assert!(asked.len() < 90, "{}", asked.len());
    }
}

#[test]
fn recordings_of_one_instant_stay_in_one_slice() {
    let list = vec![at(DAY); 1000];
    let (given, asked) = walked(range(0, 30 * DAY), &list, true);
    assert_eq!(given.len(), 1000);
    assert!(asked.contains(&1000), "{asked:?}");
}

#[test]
fn rows_that_tell_no_time_are_walked_in_one_slice() {
    let window = Pending::new(range(0, 30 * DAY)).take().unwrap().0;
    let row = json!({ "recording_id": "x", "add_time": "once upon a time" });
    let row = Arc::new(Recording::from_row(row));
    let page: Vec<_> = std::iter::repeat_n(row, 20).collect();
    let mut slice = Slice::new(window);
    let found = slice.took(&page, Some(5_000), false).unwrap();
    assert_eq!((found.rows, found.rest), (5_000, None));
    for _ in 0..100 {
        assert_eq!(slice.took(&page, Some(5_000), false), None);
    }
    assert!(slice.holds(&page[0]));
}

#[test]
fn a_row_that_shows_a_time_outside_of_its_window_is_held_and_ends_nothing() {
    let window = Pending::new(range(10 * DAY, 40 * DAY)).take().unwrap().0;
    let page = rows(&[at(40 * DAY - 1), at(40 * DAY - 2), at(DAY)]);
    let mut slice = Slice::new(window);
    let found = slice.took(&page, Some(5_000), false).unwrap();
    assert!(found.rest.is_some());
    for row in page.iter().chain(&rows(&[at(50 * DAY)])) {
        assert!(slice.holds(row), "{:?}", row.added);
    }
    // What lies below the cut is the next slice's as ever.
    assert!(!slice.holds(&rows(&[at(10 * DAY)])[0]));
}
