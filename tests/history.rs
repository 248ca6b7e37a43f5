//! The list as the reader scrolls it, through the real client, against the emulator over HTTP.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use callreel::app::history::{Goal, Look, Plan, Row};
use callreel::app::{Effect, History, Ids, Now, RequestId};
use callreel::emulator::{self, Emulator, Paging};
use callreel::plivo::{
    ApiBase, Bound, Client, Credentials, Filter, Options, Page, Priority, Rate, Recording,
    TimeRange,
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::{AbortHandle, JoinSet};

const PAGINGS: [Paging; 3] = [Paging::Offset, Paging::Cursor, Paging::Hybrid];
/// Rows on this reader's screen.
const HEIGHT: usize = 30;

/// A reader who waits for the rows on the screen before turning to the next ones.
struct Reader {
    client: Client,
    history: History,
    ids: Ids,
    tasks: JoinSet<(RequestId, Result<Page, callreel::plivo::Error>)>,
    handles: Vec<(RequestId, AbortHandle)>,
    sent: usize,
    reached: Option<usize>,
}

impl Reader {
    fn new(emulator: &Emulator, plan: Plan) -> Self {
        let credentials = Credentials::new(emulator.auth_id(), emulator.auth_token()).unwrap();
        let base = ApiBase::parse(emulator.url()).unwrap();
        let options = Options {
            rate: Rate {
                per_second: 2_000.try_into().unwrap(),
                ..Rate::default()
            },
            ..Options::default()
        };
        Self {
            client: Client::new(credentials, base, options).unwrap(),
            history: History::new(plan),
            ids: Ids::default(),
            tasks: JoinSet::new(),
            handles: Vec::new(),
            sent: 0,
            reached: None,
        }
    }

    fn now() -> Now {
        Now {
            mono: Instant::now(),
            wall: Utc::now(),
        }
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::FetchPage { request, page, .. } => {
                    let client = self.client.clone();
                    self.sent += 1;
                    let task =
                        async move { (request, client.list(&page, Priority::Visible).await) };
                    self.handles.push((request, self.tasks.spawn(task)));
                }
                Effect::Cancel(gone) => {
                    self.handles
                        .iter()
                        .filter(|(id, _)| *id == gone)
                        .for_each(|(_, task)| task.abort());
                }
                other => panic!("the list asked for {other:?}"),
            }
        }
    }

    fn look(&mut self, top: usize) {
        let look = Look {
            top,
            height: HEIGHT,
            cursor: top,
        };
        let effects = self.history.look(look, &mut self.ids, Self::now());
        self.carry_out(effects);
    }

    fn aim(&mut self, goal: Goal) {
        let (reached, effects) = self.history.aim(goal, &mut self.ids, Self::now());
        self.reached = reached;
        self.carry_out(effects);
    }

    /// One answer; false when nothing is on its way.
    async fn step(&mut self) -> bool {
        let Some(answer) = self.tasks.join_next().await else {
            return false;
        };
        let Ok((request, result)) = answer else {
            return true;
        };
        if let Err(error) = &result {
            panic!("a request failed: {error}");
        }
        let (outcome, effects) = self
            .history
            .answered(request, result, &mut self.ids, Self::now());
        assert!(!outcome.shifted, "rows moved although the range is pinned");
        self.carry_out(effects);
        if let Some(row) = outcome.reached {
            self.reached = Some(row);
            self.look(row.saturating_sub(HEIGHT - 1));
        }
        true
    }

    fn shown(&self, rows: std::ops::Range<usize>) -> Option<Vec<Arc<Recording>>> {
        rows.map(|row| match self.history.row(row) {
            Some(Row::Ready(recording)) => Some(Arc::clone(recording)),
            _ => None,
        })
        .collect()
    }

    /// Until rows `top .. top + HEIGHT` (or the last ones) are on the screen.
    async fn read(&mut self, top: usize) -> Vec<Arc<Recording>> {
        self.look(top);
        loop {
            let exact = self.history.total().exact;
            let end = self.history.len().min(top + HEIGHT);
            if (end == top + HEIGHT || exact)
                && let Some(rows) = self.shown(top..end.max(top))
            {
                return rows;
            }
            if !self.step().await {
                panic!("row {top} never came: {:?}", self.history.total());
            }
        }
    }

    async fn scroll(&mut self) -> Vec<Arc<Recording>> {
        let mut seen = Vec::new();
        loop {
            let rows = self.read(seen.len()).await;
            if rows.is_empty() {
                return seen;
            }
            seen.extend(rows);
        }
    }
}

fn last_days(days: i64, now: DateTime<Utc>) -> Plan {
    let from = Bound {
        at: now - TimeDelta::days(days),
        inclusive: true,
    };
    let range = TimeRange::new(
        from,
        Bound {
            at: now,
            inclusive: true,
        },
    )
    .unwrap();
    Plan {
        range,
        filter: Filter::default(),
        either: None,
        live: true,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_of_400_days_shows_every_recording_once_in_every_paging_mode() {
    for paging in PAGINGS {
        for (no_total, same_time) in [
            (false, None),
            (true, None),
            (false, Some(30)),
            (true, Some(30)),
        ] {
            let options = emulator::Options {
                paging: Some(paging),
                no_total,
                same_time,
                arrive_every: Some(Duration::from_millis(50)),
                ..emulator::Options::default()
            };
            let emulator = emulator::start(options).unwrap();
            let mut reader = Reader::new(&emulator, last_days(401, Utc::now()));
            let seen = reader.scroll().await;
            let case = format!("{paging:?}, no_total {no_total}, same_time {same_time:?}");
            let expected: Vec<String> = emulator
                .recordings(0, 5_000)
                .iter()
                .map(|row| row["recording_id"].as_str().unwrap().to_owned())
                .collect();
            let seen: Vec<String> = seen.iter().map(|row| row.id.to_string()).collect();
            let first = expected.iter().position(|id| *id == seen[0]).unwrap();
            assert_eq!(seen, expected[first..], "{case}");
            assert!(seen.len() >= 1_204, "{case}: {}", seen.len());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_million_recordings_are_crossed_in_few_requests() {
    for paging in PAGINGS {
        let options = emulator::Options {
            paging: Some(paging),
            recordings: 1_000_000,
            ..emulator::Options::default()
        };
        let emulator = emulator::start(options).unwrap();
        let mut reader = Reader::new(&emulator, last_days(400, Utc::now()));
        reader.read(0).await;
        reader.aim(Goal::End);
        while reader.reached.is_none() {
            assert!(reader.step().await, "{paging:?}: the end was never reached");
        }
        let last = reader.reached.unwrap();
        let rows = reader.read(last + 1 - HEIGHT).await;
        let before = emulator.requests().len();
        assert!(
            before <= 30,
            "{paging:?}: the oldest rows took {before} requests"
        );
        let oldest = emulator.recordings(emulator.count() - 1, 1);
        let slack = emulator.count() as usize - 1 - last;
        assert!(slack < 10, "{paging:?}: row {last} of {}", emulator.count());
        if slack == 0 {
            assert_eq!(
                rows.last().unwrap().id.as_str(),
                oldest[0]["recording_id"].as_str().unwrap()
            );
        }
        reader.aim(Goal::Row(500_000));
        assert_eq!(reader.reached, Some(500_000));
        let rows = reader.read(500_000).await;
        let expected = emulator.recordings(500_000, 1);
        assert_eq!(
            rows[0].id.as_str(),
            expected[0]["recording_id"].as_str().unwrap(),
            "{paging:?}"
        );
        let jump = emulator.requests().len() - before;
        assert!(
            jump <= 20,
            "{paging:?}: row 500,000 took {jump} requests more"
        );
    }
}
