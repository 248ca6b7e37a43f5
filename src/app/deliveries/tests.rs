#![allow(clippy::unwrap_used)]

use std::time::Instant;

use super::*;
use crate::app::mask::Mask;
use crate::app::zone::Zone;
use crate::plivo::{DayBounds, Filter, PageRequest, Priority, RecordingId, RecordingQuery, Span};

fn route() -> Route {
    Route {
        shown: "https://hooks.example.net/plivo".into(),
        method: CallbackMethod::Post,
        listens: "127.0.0.1:8099".into(),
    }
}

struct Clock(Instant, DateTime<Utc>);

impl Clock {
    fn start() -> Self {
        Self(Instant::now(), "2026-11-23T14:02:11Z".parse().unwrap())
    }

    fn after(&self, millis: u64) -> Now {
        let passed = Duration::from_millis(millis);
        Now {
            mono: self.0 + passed,
            wall: self.1 + passed,
        }
    }
}

fn page(request: u64) -> Effect {
    Effect::FetchPage {
        request: RequestId(request),
        page: PageRequest::first(RecordingQuery {
            filter: Filter::default(),
            span: Span::Stored(DayBounds::Exactly(3)),
        }),
        priority: Priority::Visible,
    }
}

fn recording(request: u64) -> Effect {
    Effect::FetchRecording {
        request: RequestId(request),
        recording: RecordingId::new("r"),
    }
}

fn accepted(api_id: &str) -> Step {
    Step::Accepted {
        api_id: api_id.into(),
    }
}

fn delivered() -> Step {
    Step::Delivered {
        signature: Signature::Signed,
    }
}

fn undelivered() -> plivo::Error {
    plivo::Error::NotDelivered {
        api_id: "a".into(),
        within: Duration::from_secs(30),
    }
}

/// The requests as the overlay shows them, newest first.
fn shown(deliveries: &Deliveries) -> Vec<String> {
    let mask = Mask::new(false, 1);
    let lines = deliveries.lines(&Zone::utc(), &mask);
    let requests = lines.iter().filter_map(|line| match line {
        Line::Request {
            time,
            what,
            words,
            api_id,
            trouble,
        } => {
            let sign = if *trouble { "! " } else { "" };
            Some(format!("{time} {what}: {sign}{words} ({api_id})"))
        }
        _ => None,
    });
    requests.collect()
}

#[test]
fn a_request_is_followed_to_its_answer() {
    let clock = Clock::start();
    let mut deliveries = Deliveries::new(Some(route()));
    deliveries.follow(&[page(1), recording(2)], clock.after(0));
    assert_eq!(
        shown(&deliveries),
        ["14:02:11 recording: sent ()", "14:02:11 page: sent ()"]
    );
    deliveries.step(RequestId(1), accepted("a-1"));
    assert_eq!(
        deliveries.waiting(&What::Page).unwrap(),
        "page accepted as a-1, waiting for its callback"
    );
    assert_eq!(
        deliveries.waiting(&What::Recording).unwrap(),
        "recording sent"
    );
    deliveries.step(RequestId(1), delivered());
    deliveries.over(RequestId(1), None, clock.after(1300));
    assert_eq!(deliveries.waiting(&What::Page), None);
    assert_eq!(
        shown(&deliveries)[1],
        "14:02:11 page: answered after 1.3 s · signed (a-1)"
    );
}

#[test]
fn whatever_ends_a_request_is_said() {
    let clock = Clock::start();
    let mut deliveries = Deliveries::new(Some(route()));
    deliveries.follow(
        &[page(1), page(2), page(3), page(4), page(5)],
        clock.after(0),
    );
    for request in [1, 2, 5] {
        deliveries.step(RequestId(request), accepted("a"));
    }
    deliveries.over(RequestId(1), Some(&undelivered()), clock.after(30_000));
    deliveries.follow(&[Effect::Cancel(RequestId(2))], clock.after(100));
    let refused = plivo::Error::Reported {
        message: "no".into(),
        api_id: None,
    };
    deliveries.over(RequestId(3), Some(&refused), clock.after(200));
    deliveries.over(RequestId(4), None, clock.after(300));
    // The answer came, and says that it failed.
    deliveries.step(RequestId(5), delivered());
    deliveries.over(RequestId(5), Some(&refused), clock.after(400));
    assert_eq!(
        shown(&deliveries),
        [
            "14:02:11 page: answered after 400 ms · signed (a)",
            "14:02:11 page: answered at once after 300 ms ()",
            "14:02:11 page: ! failed after 200 ms ()",
            "14:02:11 page: no longer wanted after 100 ms (a)",
            "14:02:11 page: ! timed out after 30.0 s (a)",
        ]
    );
    // What comes later changes nothing.
    deliveries.step(RequestId(2), delivered());
    deliveries.over(RequestId(1), None, clock.after(40_000));
    assert!(shown(&deliveries)[3].contains("no longer wanted"));
    assert!(shown(&deliveries)[4].contains("timed out"));
}

#[test]
fn the_oldest_that_waits_is_told_and_the_others_counted() {
    let clock = Clock::start();
    let mut deliveries = Deliveries::new(Some(route()));
    deliveries.follow(&[page(1), page(2), page(3)], clock.after(0));
    deliveries.step(RequestId(2), accepted("second"));
    assert_eq!(
        deliveries.waiting(&What::Page).unwrap(),
        "page sent · 2 more"
    );
}

#[test]
fn nothing_is_followed_while_answers_come_at_once() {
    let clock = Clock::start();
    let mut deliveries = Deliveries::new(Some(route()));
    deliveries.follow(&[Effect::Callbacks(false), page(1)], clock.after(0));
    assert!(!deliveries.is_on() && deliveries.is_possible());
    assert_eq!(shown(&deliveries).len(), 0);
    deliveries.follow(&[Effect::Callbacks(true), page(2)], clock.after(0));
    assert_eq!(shown(&deliveries).len(), 1);

    let mut never = Deliveries::new(None);
    never.follow(&[page(1)], clock.after(0));
    assert!(!never.is_possible());
    let lines = never.lines(&Zone::utc(), &Mask::new(false, 1));
    assert!(matches!(lines.as_slice(), [Line::Note(_)]));
}

#[test]
fn only_so_many_are_remembered() {
    let clock = Clock::start();
    let mut deliveries = Deliveries::new(Some(route()));
    for request in 0..3 * KEPT as u64 {
        deliveries.follow(&[page(request)], clock.after(request));
    }
    assert_eq!(shown(&deliveries).len(), KEPT);
}

#[test]
fn refused_deliveries_are_told_once() {
    let mut deliveries = Deliveries::new(Some(route()));
    let counts = Counts {
        taken: 3,
        wrong_signature: 1,
        ..Counts::default()
    };
    assert_eq!(
        deliveries.received(counts).unwrap(),
        "a delivery with a wrong signature was refused; :deliveries counts them"
    );
    let flood = Counts {
        wrong_signature: 1_000,
        ..counts
    };
    assert_eq!(deliveries.received(flood), None);
    let counts = Counts {
        unsigned: 2,
        duplicate: 1,
        ..counts
    };
    assert_eq!(
        deliveries.received(counts).unwrap(),
        "a delivery without a signature was refused; :deliveries counts them"
    );
    let facts = deliveries.lines(&Zone::utc(), &Mask::new(false, 1));
    assert!(facts.contains(&Line::Fact("So far", "3 taken · 1 twice".into())));
    assert!(facts.contains(&Line::Fact(
        "Refused",
        "1 wrong signature · 2 unsigned".into()
    )));
}
