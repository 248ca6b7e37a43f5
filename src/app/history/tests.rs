mod odds;
mod sample;

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::app::effect::Priority;
use crate::plivo::{Bound, Cursor, Meta, PageRequest, Span, Start};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paging {
    Offset,
    Cursor,
    Hybrid,
}

const PAGINGS: [Paging; 3] = [Paging::Offset, Paging::Cursor, Paging::Hybrid];

/// The API as `api.md` describes it, in memory: recordings newest first.
struct Server {
    rows: Vec<(DateTime<Utc>, RecordingId)>,
    paging: Paging,
    totals: bool,
    requests: usize,
    longest_range: TimeDelta,
    /// Each page lacks the row in its middle, which is counted all the same.
    withholds: bool,
}

impl Server {
    fn new(times: impl IntoIterator<Item = DateTime<Utc>>, paging: Paging, totals: bool) -> Self {
        let mut rows: Vec<_> = times
            .into_iter()
            .enumerate()
            .map(|(i, at)| (at, RecordingId::new(format!("r{i}"))))
            .collect();
        rows.sort_by(|a, b| b.cmp(a));
        Self {
            rows,
            paging,
            totals,
            requests: 0,
            longest_range: TimeDelta::zero(),
            withholds: false,
        }
    }

    fn ids(&self, range: TimeRange) -> Vec<RecordingId> {
        self.rows
            .iter()
            .filter(|(at, _)| range.contains(*at))
            .map(|(_, id)| id.clone())
            .collect()
    }

    fn answer(&mut self, request: &PageRequest) -> Page {
        self.requests += 1;
        let Span::Added(window) = request.query.span else {
            panic!("the list always sends bounds")
        };
        let range = window.range();
        self.longest_range = self.longest_range.max(range.to().at - range.from().at);
        let start = self.rows.partition_point(|(at, _)| {
            *at > range.to().at || (!range.to().inclusive && *at == range.to().at)
        });
        let end = self.rows.partition_point(|(at, _)| {
            *at > range.from().at || (range.from().inclusive && *at == range.from().at)
        });
        let rows = &self.rows[start..end.max(start)];
        let (used, counts) = match (&request.start, self.paging) {
            (Start::Offset(_), Paging::Cursor) => (0, false),
            (Start::Offset(offset), _) => (usize::try_from(*offset).unwrap(), true),
            (Start::Cursor(cursor), _) => (cursor.as_str().parse().unwrap(), false),
        };
        let used = used.min(rows.len());
        let limit = usize::from(request.limit.get());
        let end = (used + limit).min(rows.len());
        let next = (end < rows.len()).then(|| match self.paging {
            Paging::Offset => Start::Offset(end as u64),
            Paging::Cursor | Paging::Hybrid => Start::Cursor(Cursor::new(end.to_string())),
        });
        let withheld = (self.withholds && used + 1 < end).then_some((used + end) / 2);
        let recordings = (used..end)
            .filter(|place| Some(*place) != withheld)
            .map(|place| Arc::new(recording(&rows[place].1, rows[place].0)))
            .collect();
        let meta = Meta {
            total: self.totals.then_some(rows.len() as u64),
            offset: counts.then_some(used as u64),
            limit: Some(20),
            next,
        };
        Page {
            meta,
            recordings,
            api_id: None,
        }
    }
}

fn recording(id: &RecordingId, at: DateTime<Utc>) -> Recording {
    Recording {
        id: id.clone(),
        call_uuid: None,
        conference_name: None,
        conference_uuid: None,
        mpc_name: None,
        mpc_uuid: None,
        from_number: None,
        to_number: None,
        kind: None,
        format: None,
        url: None,
        resource_uri: None,
        added: Some(at),
        duration: None,
        started: None,
        ended: None,
        raw: Default::default(),
    }
}

fn end() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn days(days: i64) -> Plan {
    let from = Bound {
        at: end() - TimeDelta::days(days),
        inclusive: true,
    };
    let to = Bound {
        at: end(),
        inclusive: true,
    };
    Plan {
        range: TimeRange::new(from, to).unwrap(),
        filter: Filter::default(),
        either: None,
        live: true,
    }
}

fn now() -> Now {
    Now {
        mono: Instant::now(),
        wall: end(),
    }
}

/// A reader with a screen of 30 rows, and requests that are answered in the order of their urgency.
struct Reader {
    history: History,
    ids: Ids,
    queue: Vec<(RequestId, PageRequest, Priority)>,
    reached: Option<usize>,
    now: Now,
    shifts: usize,
}

impl Reader {
    fn new(plan: Plan) -> Self {
        Self {
            history: History::new(plan),
            ids: Ids::default(),
            queue: Vec::new(),
            reached: None,
            now: now(),
            shifts: 0,
        }
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::FetchPage {
                    request,
                    page,
                    priority,
                } => self.queue.push((request, page, priority)),
                Effect::Cancel(gone) => self.queue.retain(|(request, ..)| *request != gone),
                other => panic!("the list asked for {other:?}"),
            }
        }
    }

    fn look(&mut self, top: usize) {
        let look = Look {
            top,
            height: 30,
            cursor: top,
        };
        let effects = self.history.look(look, &mut self.ids, self.now);
        self.carry_out(effects);
    }

    fn aim(&mut self, goal: Goal) {
        let (reached, effects) = self.history.aim(goal, &mut self.ids, self.now);
        self.reached = reached;
        self.carry_out(effects);
    }

    fn answered(&mut self, request: RequestId, answer: Page) -> (Outcome, Vec<Effect>) {
        let (ids, now) = (&mut self.ids, self.now);
        self.history.answered(request, Ok(answer), ids, now)
    }

    /// One answer; false when nothing is on its way.
    fn step(&mut self, server: &mut Server) -> bool {
        let Some(first) = (0..self.queue.len()).min_by_key(|&i| (self.queue[i].2, self.queue[i].0))
        else {
            return false;
        };
        let (request, page, _) = self.queue.remove(first);
        let (outcome, effects) = self.answered(request, server.answer(&page));
        self.shifts += usize::from(outcome.shifted);
        if let Some(row) = outcome.reached {
            self.reached = Some(row);
            self.carry_out(effects);
            self.look(row.saturating_sub(29));
        } else {
            self.carry_out(effects);
        }
        true
    }

    fn settle(&mut self, server: &mut Server) {
        for _ in 0..200_000 {
            if !self.step(server) {
                return;
            }
        }
        panic!("the list never stops asking: {:?}", self.queue);
    }

    /// Until the rows on the screen are there (not until everything around is).
    fn shown(&mut self, server: &mut Server) {
        loop {
            let top = self.history.look.top;
            let last = (top + 30).min(self.history.len());
            let ready = last > top
                && (top..last).all(|row| matches!(self.history.row(row), Some(Row::Ready(_))));
            if ready && self.history.goal().is_none() || !self.step(server) {
                return;
            }
        }
    }

    /// Scroll from the newest to the oldest, a screen at a time, and note every row as it is passed.
    fn scroll(&mut self, server: &mut Server) -> Vec<RecordingId> {
        let mut seen = Vec::new();
        loop {
            self.look(seen.len());
            self.settle(server);
            let before = seen.len();
            for row in before..self.history.len().min(before + 30) {
                match self.history.row(row) {
                    Some(Row::Ready(recording)) => seen.push(recording.id.clone()),
                    other => panic!("row {row} is {other:?} with nothing on its way"),
                }
            }
            if seen.len() == before {
                return seen;
            }
        }
    }
}

fn spread(count: usize, over_days: i64, same: usize) -> Vec<DateTime<Utc>> {
    let span = TimeDelta::days(over_days).num_microseconds().unwrap();
    (0..count)
        .map(|i| {
            let group = i / same * same;
            // Busy days and quiet nights: a quarter of each day holds its calls.
            let linear = span as i128 * group as i128 / count as i128;
            let day = linear / 86_400_000_000;
            let within = (linear % 86_400_000_000) / 4;
            end() - TimeDelta::microseconds((day * 86_400_000_000 + within + 1) as i64)
        })
        .collect()
}

#[test]
fn every_recording_is_shown_once_and_in_order_in_every_paging_mode() {
    for paging in PAGINGS {
        for totals in [true, false] {
            for same in [1, 7, 45] {
                let mut server = Server::new(spread(1204, 400, same), paging, totals);
                let mut reader = Reader::new(days(401));
                let seen = reader.scroll(&mut server);
                assert_eq!(
                    seen,
                    server.ids(days(401).range),
                    "{paging:?}, totals {totals}, {same} share an instant"
                );
                assert_eq!(
                    reader.history.total(),
                    Total {
                        known: 1204,
                        exact: true
                    }
                );
                assert!(server.longest_range <= TimeDelta::days(30));
                assert_eq!(reader.shifts, 0, "{paging:?} {totals} {same}");
            }
        }
    }
}

#[test]
fn the_oldest_row_and_back_in_every_paging_mode() {
    for paging in PAGINGS {
        for totals in [true, false] {
            let mut server = Server::new(spread(1204, 400, 3), paging, totals);
            let mut reader = Reader::new(days(401));
            reader.look(0);
            reader.shown(&mut server);
            reader.aim(Goal::End);
            reader.shown(&mut server);
            assert_eq!(reader.reached, Some(1203), "{paging:?} {totals}");
            let ids = server.ids(days(401).range);
            let Some(Row::Ready(last)) = reader.history.row(1203) else {
                panic!("{paging:?} {totals}: not shown")
            };
            assert_eq!(last.id, ids[1203]);
            for top in (0..1174).rev().step_by(25) {
                reader.look(top);
                reader.shown(&mut server);
                for (row, id) in ids.iter().enumerate().skip(top).take(30) {
                    let Some(Row::Ready(shown)) = reader.history.row(row) else {
                        panic!("{paging:?} {totals}: row {row}")
                    };
                    assert_eq!(shown.id, *id, "{paging:?} {totals}: row {row}");
                }
            }
        }
    }
}

#[test]
fn a_million_rows_are_crossed_in_few_requests() {
    for same in [1, 60] {
        let times = spread(1_000_000, 400, same);
        for paging in PAGINGS {
            let mut server = Server::new(times.iter().copied(), paging, true);
            let mut reader = Reader::new(days(400));
            reader.look(0);
            reader.shown(&mut server);
            reader.aim(Goal::End);
            reader.shown(&mut server);
            assert_eq!(reader.reached, Some(999_999));
            assert!(
                server.requests <= 30,
                "{paging:?}: the oldest rows took {} requests",
                server.requests
            );
            let before = server.requests;
            reader.aim(Goal::Row(500_000));
            assert_eq!(reader.reached, Some(500_000));
            reader.look(500_000 - 29);
            reader.shown(&mut server);
            let Some(Row::Ready(row)) = reader.history.row(500_000) else {
                panic!("not shown")
            };
            assert_eq!(row.id, server.rows[500_000].1);
            assert!(
                server.requests - before <= 20,
                "{paging:?} {same}: {} requests",
                server.requests - before
            );
        }
    }
}

#[test]
fn memory_is_bounded_by_pages_not_by_rows() {
    let mut server = Server::new(spread(20_000, 30, 1), Paging::Cursor, true);
    let mut reader = Reader::new(days(30));
    reader.scroll(&mut server);
    assert!(reader.history.loaded().count() <= 256 * 20);
}

#[test]
fn a_deletion_by_others_is_noticed_and_mended() {
    let mut server = Server::new(spread(300, 20, 1), Paging::Offset, true);
    let mut reader = Reader::new(days(30));
    reader.look(0);
    reader.settle(&mut server);
    server.rows.remove(10);
    let seen = reader.scroll(&mut server);
    assert!(reader.shifts > 0, "the list did not say that rows moved");
    assert_eq!(seen.last(), server.ids(days(30).range).last());
    reader.look(0);
    reader.settle(&mut server);
    assert_eq!(reader.history.total().known, 299);
    let shown: Vec<_> = reader
        .history
        .loaded()
        .take(30)
        .map(|(_, row)| row.id.clone())
        .collect();
    assert_eq!(shown, server.ids(days(30).range)[..30]);
}

#[test]
fn a_refresh_keeps_the_rows_and_finds_the_selection_again() {
    for paging in PAGINGS {
        let mut server = Server::new(spread(900, 90, 1), paging, true);
        let mut reader = Reader::new(days(90));
        reader.look(0);
        reader.settle(&mut server);
        reader.aim(Goal::Row(500));
        reader.look(490);
        reader.settle(&mut server);
        let look = Look {
            top: 490,
            height: 30,
            cursor: 500,
        };
        let effects = reader.history.look(look, &mut reader.ids, reader.now);
        reader.carry_out(effects);
        for i in 0..3 {
            server.rows.insert(
                0,
                (
                    end() + TimeDelta::seconds(i),
                    RecordingId::new(format!("new{i}")),
                ),
            );
        }
        let selected = server.rows[503].1.clone();
        let later = Bound {
            at: end() + TimeDelta::minutes(1),
            inclusive: true,
        };
        let range = TimeRange::new(days(90).range.from(), later).unwrap();
        let effects =
            reader
                .history
                .replan(Plan { range, ..days(90) }, &mut reader.ids, reader.now);
        assert!(
            reader.history.stale(),
            "the rows disappeared while the new ones load"
        );
        assert!(matches!(reader.history.row(500), Some(Row::Ready(_))));
        reader.reached = None;
        reader.carry_out(effects);
        reader.settle(&mut server);
        assert_eq!(reader.reached, Some(503), "{paging:?}");
        assert!(!reader.history.stale());
        assert_eq!(reader.history.position_of(&selected), Some(503));
    }
}

#[test]
fn new_arrivals_are_counted_once_a_minute_and_only_beside_a_page() {
    let mut server = Server::new(spread(300, 20, 1), Paging::Hybrid, true);
    let mut reader = Reader::new(days(30));
    reader.look(0);
    reader.settle(&mut server);
    server
        .rows
        .insert(0, (end() + TimeDelta::seconds(30), RecordingId::new("new")));
    reader.now.mono += Duration::from_secs(61);
    reader.now.wall += TimeDelta::seconds(61);
    let requests = server.requests;
    reader.look(0);
    reader.settle(&mut server);
    assert_eq!(
        (server.requests, reader.history.arrivals()),
        (requests, 0),
        "idle must ask nothing"
    );
    reader.look(100);
    reader.settle(&mut server);
    assert_eq!(reader.history.arrivals(), 1);
}

#[test]
fn a_failure_keeps_the_rows_and_retry_goes_on() {
    let mut server = Server::new(spread(300, 20, 1), Paging::Hybrid, true);
    let mut reader = Reader::new(days(30));
    reader.look(0);
    reader.settle(&mut server);
    reader.look(100);
    let (request, ..) = reader.queue.remove(0);
    let error = plivo::Error::Malformed {
        detail: "html".into(),
    };
    reader
        .history
        .answered(request, Err(error.clone()), &mut reader.ids, reader.now);
    assert_eq!(reader.history.error(), Some(&error));
    assert!(matches!(reader.history.row(0), Some(Row::Ready(_))));
    let effects = reader.history.retry(&mut reader.ids, reader.now);
    reader.carry_out(effects);
    reader.shown(&mut server);
    assert_eq!(reader.history.error(), None);
    assert!(matches!(reader.history.row(100), Some(Row::Ready(_))));
}

#[test]
fn a_stale_answer_changes_nothing() {
    let mut server = Server::new(spread(300, 20, 1), Paging::Hybrid, true);
    let mut reader = Reader::new(days(30));
    reader.look(0);
    let (request, page, _) = reader.queue[0].clone();
    reader.history.replan(
        Plan {
            live: false,
            ..days(29)
        },
        &mut reader.ids,
        reader.now,
    );
    let before = reader.history.clone();
    let answer = server.answer(&page);
    let (outcome, effects) = reader.answered(request, answer);
    assert_eq!((outcome, effects), (Outcome::default(), Vec::new()));
    assert_eq!(reader.history, before);
}

#[test]
fn either_number_merges_two_queries() {
    struct Two(Server, Server);
    let all = spread(200, 50, 1);
    for totals in [true, false] {
        let from = all.iter().copied().enumerate().filter(|(i, _)| i % 3 != 0);
        let to = all
            .iter()
            .copied()
            .enumerate()
            .filter(|(i, _)| i % 4 == 0 || i % 3 == 0);
        let named = |rows: Vec<(usize, DateTime<Utc>)>| {
            let mut server = Server::new([], Paging::Cursor, totals);
            server.rows = rows
                .into_iter()
                .map(|(i, at)| (at, RecordingId::new(format!("r{i}"))))
                .collect();
            server
        };
        let mut both = Two(named(from.collect()), named(to.collect()));
        let mut reader = Reader::new(Plan {
            either: Some("+1".into()),
            ..days(60)
        });
        let mut seen: Vec<RecordingId> = Vec::new();
        loop {
            reader.look(seen.len());
            while !reader.queue.is_empty() {
                let (request, page, _) = reader.queue.remove(0);
                let side = if page.query.filter.from_number.is_some() {
                    &mut both.0
                } else {
                    &mut both.1
                };
                let answer = side.answer(&page);
                let (_, effects) = reader.answered(request, answer);
                reader.carry_out(effects);
            }
            let before = seen.len();
            for row in before..reader.history.len().min(before + 30) {
                let Some(Row::Ready(row)) = reader.history.row(row) else {
                    panic!("row {row}")
                };
                seen.push(row.id.clone());
            }
            if seen.len() == before {
                break;
            }
        }
        let expected: Vec<_> = (0..200)
            .map(|i| RecordingId::new(format!("r{i}")))
            .collect();
        assert_eq!(seen, expected);
        assert_eq!(
            reader.history.total(),
            Total {
                known: 200,
                exact: true
            }
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is looked at, in whatever order: a row that is shown is the right one, and asking comes to an end.
    #[test]
    fn jumps_show_the_right_rows(
        count in 1_usize..900,
        same in 1_usize..60,
        mode in 0_usize..3,
        totals: bool,
        jumps in prop::collection::vec(0_usize..900, 1..12),
    ) {
        let mut server = Server::new(spread(count, 100, same), PAGINGS[mode], totals);
        let ids = server.ids(days(101).range);
        let mut reader = Reader::new(days(101));
        reader.look(0);
        for (i, jump) in jumps.into_iter().enumerate() {
            if i % 2 == 0 {
                reader.step(&mut server);
            } else {
                reader.settle(&mut server);
            }
            reader.aim(if jump == 0 { Goal::End } else { Goal::Row(jump) });
            reader.settle(&mut server);
            let row = reader.reached.unwrap();
            let wanted = if jump == 0 { count - 1 } else { jump.min(count - 1) };
            prop_assert_eq!(row, wanted);
            reader.look(row.saturating_sub(10));
            reader.settle(&mut server);
            let Some(Row::Ready(shown)) = reader.history.row(row) else { panic!("row {row} is not shown") };
            prop_assert_eq!(&shown.id, &ids[row]);
        }
        prop_assert_eq!(reader.shifts, 0);
    }
}
