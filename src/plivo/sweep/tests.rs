use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::plivo::error::Error;
use crate::plivo::page::{Page, PageRequest};
use crate::plivo::paging::Paging;
use crate::plivo::query::Span;
use crate::plivo::walk::fake::{DAY, Fake, at, every_mode, range, rows};

/// A fake whose pages take their time, and how many were on their way at once.
#[derive(Clone)]
struct Slow {
    fake: Arc<Fake>,
    chance: Arc<Mutex<fastrand::Rng>>,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Slow {
    fn new(fake: Fake) -> Self {
        Self {
            fake: Arc::new(fake),
            chance: Arc::new(Mutex::new(fastrand::Rng::with_seed(7))),
            now: Arc::default(),
            most: Arc::default(),
        }
    }
}

impl Pages for Slow {
    async fn page(&self, request: &PageRequest) -> Result<Page, Error> {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        // Later ones may come earlier.
        let takes = self.chance.lock().unwrap().u64(500..700);
        tokio::time::sleep(Duration::from_millis(takes)).await;
        let page = self.fake.page(request).await;
        self.now.fetch_sub(1, Ordering::Relaxed);
        page
    }
}

fn cut() -> Error {
    Error::Cut {
        host: "h".into(),
        detail: "d".into(),
    }
}

fn id(row: &Recording) -> u64 {
    row.id.as_str().parse().unwrap()
}

async fn all<P: Pages + Clone + Send + Sync + 'static>(mut sweep: Sweep<P>) -> Vec<u64> {
    let mut ids = Vec::new();
    while let Some(row) = sweep.next().await {
        ids.push(id(&row.unwrap()));
    }
    ids
}

fn added<P: Pages + Clone + Send + Sync + 'static>(pages: P, range: TimeRange) -> Sweep<P> {
    Sweep::new(pages, Filter::default(), Extent::Added(range))
}

#[tokio::test(start_paused = true)]
async fn every_recording_comes_once_in_order_in_every_mode_and_at_once() {
    // 700 of one time do not fit into any slice.
    for same in [1, 50, 700] {
        let list = rows(4200, 140 * same as i64, same);
        let expected: Vec<_> = list.iter().map(|(_, id)| *id).collect();
        for (paging, totals) in every_mode() {
            let slow = Slow::new(Fake::new(paging, totals, list.clone()));
            let began = Instant::now();
            let came = all(added(slow.clone(), range(0, 410 * DAY))).await;
            assert!(came == expected, "{paging:?} {totals} {same}");
            let most = slow.most.load(Ordering::Relaxed);
            assert!((7..=LANES).contains(&most), "{most}");
            if same == 1 {
                let alone = Duration::from_millis(600) * slow.fake.requests() as u32;
                let spent = began.elapsed();
                assert!(
                    spent * 5 < alone,
                    "{paging:?} {totals}: {spent:?} of {alone:?}"
                );
                // Slices' ends cost some pages more than the 210 that there are.
                assert!(slow.fake.requests() < 270, "{}", slow.fake.requests());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn recordings_that_arrive_or_vanish_meanwhile_neither_double_nor_hide_others() {
    let list = rows(2000, 20, 3);
    for (paging, totals) in every_mode() {
        let mut fake = Fake::new(paging, totals, list.clone());
        fake.change = |rows, number| {
            let minute = 10 * DAY + number as i64;
            rows.extend((0..2).map(|n| (at(minute), minute as u64 * 1000 + n)));
            if number % 4 == 0 {
                let middle = rows.len() / 2;
                rows.remove(middle);
            }
        };
        let slow = Slow::new(fake);
        let came = all(added(slow.clone(), range(0, 29 * DAY))).await;
        let mut unique = came.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), came.len(), "{paging:?}");
        let left = slow.fake.rows.lock().unwrap();
        let old = left.iter().filter(|(added, _)| *added < at(9 * DAY));
        for (_, id) in old {
            assert!(unique.binary_search(id).is_ok(), "{paging:?} {id}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_comes_after_all_rows_before_it_and_tells_what_is_left() {
    let list = rows(2000, 300, 1);
    let whole = range(0, 420 * DAY);
    let mut fake = Fake::new(Paging::Cursor, true, list.clone());
    fake.fails = (70..500).map(|number| (number, cut())).collect();
    let mut sweep = added(Slow::new(fake), whole);
    let mut came = Vec::new();
    let stopped = loop {
        match sweep.next().await.unwrap() {
            Ok(row) => came.push(id(&row)),
            Err(stopped) => break stopped,
        }
    };
    assert!(sweep.next().await.is_none());
    let rows = came.len();
    assert!((200..1400).contains(&rows), "{rows}");
    assert_eq!(
        came,
        list[..rows].iter().map(|row| row.1).collect::<Vec<_>>()
    );
    assert_eq!(stopped.rows, rows as u64);
    assert_eq!(stopped.reached, Some(list[rows - 1].0));
    assert_eq!(stopped.error, WalkError::Api(cut()));
    // What is left leads to the others; the last one comes again.
    let rest = stopped.rest.unwrap();
    let fake = Arc::new(Fake::new(Paging::Offset, true, list.clone()));
    let others = all(added(fake, rest)).await;
    assert_eq!(
        others,
        list[rows - 1..].iter().map(|row| row.1).collect::<Vec<_>>()
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_gives_the_same_tells_what_to_expect_and_ends_with_its_error() {
    let list = rows(2000, 300, 1);
    let mut fake = Fake::new(Paging::Cursor, true, list.clone());
    fake.fails = (70..500).map(|number| (number, cut())).collect();
    let mut expected = Vec::new();
    let sweep = added(Slow::new(fake), range(0, 420 * DAY));
    let stream = sweep.stream(|progress| expected.extend(progress.expected()));
    let came: Vec<_> = futures_util::StreamExt::collect(stream).await;
    let (last, rows) = came.split_last().unwrap();
    assert!(matches!(
        last,
        Err(Stopped {
            error: WalkError::Api(_),
            ..
        })
    ));
    let ids: Vec<_> = rows.iter().map(|row| id(row.as_ref().unwrap())).collect();
    let wanted: Vec<_> = list.iter().map(|row| row.1).take(ids.len()).collect();
    assert_eq!(ids, wanted);
    let last = expected.last().unwrap();
    assert!((1_000..4_000).contains(last), "{last}");
}

#[tokio::test(start_paused = true)]
async fn the_newest_few_cost_few_requests() {
    for (most, requests) in [(1, 1), (20, 1), (100, 12), (300, 32)] {
        let fake = Arc::new(Fake::new(Paging::Hybrid, true, rows(4000, 140, 1)));
        let extent = Extent::Added(range(0, 410 * DAY));
        let sweep = Sweep::over(
            Arc::clone(&fake),
            vec![Filter::default()],
            extent,
            Some(most),
        );
        assert_eq!(all(sweep).await.len() as u64, most);
        assert!(fake.requests() <= requests, "{most}: {}", fake.requests());
    }
}

#[tokio::test(start_paused = true)]
async fn two_queries_are_merged_and_what_both_have_comes_once() {
    /// Gives the even ids to the one filter, those that three divides to the other.
    #[derive(Clone)]
    struct Sides([Arc<Fake>; 2]);
    impl Pages for Sides {
        async fn page(&self, request: &PageRequest) -> Result<Page, Error> {
            let side = usize::from(request.query.filter.to_number.is_some());
            self.0[side].page(request).await
        }
    }
    let list = rows(3000, 60, 1);
    let fake = |part: u64| {
        let rows = list.iter().filter(|(_, id)| (id / 60_000) % part == 0);
        Arc::new(Fake::new(Paging::Offset, true, rows.copied().collect()))
    };
    let pages = Sides([fake(2), fake(3)]);
    let filters = Filter::default().either_number("+1");
    let extent = Extent::Added(range(0, 200 * DAY));
    let came = all(Sweep::over(pages, filters.into(), extent, None)).await;
    let expected = list.iter().map(|(_, id)| *id);
    let expected: Vec<_> = expected
        .filter(|id| (id / 60_000) % 2 == 0 || (id / 60_000) % 3 == 0)
        .collect();
    assert_eq!(came, expected);
}

#[tokio::test(start_paused = true)]
async fn what_is_held_does_not_grow_while_nobody_takes_it() {
    let slow = Slow::new(Fake::new(Paging::Offset, true, rows(60_000, 9, 1)));
    let mut sweep = added(slow.clone(), range(0, 400 * DAY));
    sweep.next().await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let asked = slow.fake.requests();
    assert!(asked as u64 * 20 < HELD_ROWS, "{asked}");
    // Dropped, it asks for nothing more.
    drop(sweep);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(slow.fake.requests(), asked);
}

#[tokio::test(start_paused = true)]
async fn progress_ends_at_what_it_said() {
    let list = rows(6000, 90, 1);
    let slow = Slow::new(Fake::new(Paging::Cursor, true, list));
    let mut sweep = added(slow.clone(), range(0, 375 * DAY));
    assert_eq!(sweep.progress().of, None);
    let mut halfway = None;
    while let Some(row) = sweep.next().await {
        row.unwrap();
        if sweep.progress().rows == 3000 {
            halfway = Some(sweep.progress());
        }
    }
    let (halfway, end) = (halfway.unwrap(), sweep.progress());
    assert_eq!((end.rows, end.pages), (6000, slow.fake.requests() as u64));
    assert_eq!((end.of, end.left), (Some(end.pages), Some(Duration::ZERO)));
    let said = halfway.of.unwrap();
    assert!(
        said.abs_diff(end.pages) * 5 < end.pages,
        "{said} {}",
        end.pages
    );
    let said = halfway.expected().unwrap();
    assert!(said.abs_diff(6000) * 5 < 6000, "{said}");
    assert_eq!(end.expected(), Some(6000));
}

#[tokio::test(start_paused = true)]
async fn rows_that_came_and_were_not_given_yet_are_expected() {
    let list = rows(92, 280, 1);
    let mut sweep = added(
        Slow::new(Fake::new(Paging::Hybrid, true, list)),
        range(0, 20 * DAY),
    );
    for given in 1..=92 {
        sweep.next().await.unwrap().unwrap();
        // Who takes them takes much longer than the listing.
        tokio::time::sleep(Duration::from_secs(60)).await;
        if given > 20 {
            assert_eq!(sweep.progress().expected(), Some(92), "after {given}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn storage_days_are_swept_without_windows() {
    let fake = Arc::new(Fake::new(Paging::Cursor, false, rows(300, 10 * DAY, 1)));
    let extent = Extent::Stored(DayBounds::Exactly(3));
    let sweep = Sweep::new(Arc::clone(&fake), Filter::default(), extent);
    assert_eq!(all(sweep).await.len(), 300);
    let asked = fake.requests.lock().unwrap();
    assert!(
        asked
            .iter()
            .all(|request| matches!(request.query.span, Span::Stored(_)))
    );
    assert_eq!(asked.len(), 15);
}

#[tokio::test(start_paused = true)]
async fn a_slice_that_panics_is_an_error_and_no_shorter_list() {
    #[derive(Clone)]
    struct Panics(Arc<Fake>);
    impl Pages for Panics {
        async fn page(&self, request: &PageRequest) -> Result<Page, Error> {
            assert!(self.0.requests() != 70, "as the test wants it");
            self.0.page(request).await
        }
    }
    let list = rows(2000, 300, 1);
    let fake = Arc::new(Fake::new(Paging::Cursor, true, list.clone()));
    let mut sweep = added(Panics(fake), range(0, 420 * DAY));
    let mut came = Vec::new();
    let stopped = loop {
        match sweep.next().await.expect("it stops before its end") {
            Ok(row) => came.push(id(&row)),
            Err(stopped) => break stopped,
        }
    };
    assert_eq!(stopped.error, WalkError::Panicked);
    assert_eq!(stopped.rows, came.len() as u64);
    let before = list.iter().take(came.len()).map(|row| row.1);
    assert_eq!(came, before.collect::<Vec<_>>());
    assert!(sweep.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn sums_of_what_a_server_says_it_holds_have_an_end() {
    /// Says that every window is full, and of no row when it was added, so that none can be cut.
    #[derive(Clone)]
    struct Boasts(Arc<Fake>);
    impl Pages for Boasts {
        async fn page(&self, request: &PageRequest) -> Result<Page, Error> {
            let mut page = self.0.page(request).await?;
            page.meta.total = Some(u64::MAX);
            for row in &mut page.recordings {
                let id = row.id.as_str();
                *row = Arc::new(Recording::from_row(
                    serde_json::json!({ "recording_id": id }),
                ));
            }
            Ok(page)
        }
    }
    let list = rows(900, DAY / 10, 1);
    let fake = Arc::new(Fake::new(Paging::Offset, true, list.clone()));
    let mut sweep = added(Boasts(fake), range(0, 90 * DAY));
    let mut came = Vec::new();
    while let Some(row) = sweep.next().await {
        came.push(id(&row.unwrap()));
        assert!(sweep.progress().of.is_none_or(|of| of > 0));
    }
    assert_eq!(came, list.iter().map(|row| row.1).collect::<Vec<_>>());
}
