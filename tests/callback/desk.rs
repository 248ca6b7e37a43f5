//! Deliveries to those who wait for them.

use callreel::plivo::callback::{Counts, Limits, NotDelivered};
use serde_json::Value;
use std::time::Duration;

use super::receiver::{counts_until, options, to_desk};
use crate::sender::{PATIENCE, answer, ask, form, post};

fn delivery(api_id: &str) -> String {
    post("", &form(&answer(api_id)))
}

#[tokio::test]
async fn answers_come_before_they_are_awaited_and_after_and_twice() {
    let (receiver, desk) = to_desk(options(), Limits::default()).await;
    let addr = receiver.addr();
    assert_eq!(ask(addr, delivery("early")).await.status, 200);
    assert_eq!(receiver.counts().borrow().unknown, 1);
    let early = desk.answer("early", PATIENCE).await.unwrap();
    assert_eq!(
        Value::Object(early.answer).to_string(),
        r#"{"api_id":"early","error":"not found"}"#
    );

    let waiting = tokio::spawn({
        let desk = desk.clone();
        async move { desk.answer("a", PATIENCE).await }
    });
    for _ in 0..2 {
        assert_eq!(ask(addr, delivery("a")).await.status, 200);
    }
    assert_eq!(waiting.await.unwrap().unwrap().api_id, "a");
    let counts = counts_until(&receiver, |counts| counts.taken == 2).await;
    assert_eq!((counts.duplicate, counts.unknown), (1, 0));
}

#[tokio::test]
async fn what_is_refused_does_not_disturb_what_is_awaited() {
    let (receiver, desk) = to_desk(options(), Limits::default()).await;
    let addr = receiver.addr();
    let waiting = tokio::spawn(async move { desk.answer("a", PATIENCE).await });
    for (request, status) in [
        (delivery("someone else's"), 200),
        (post("", r#"{"api_id": "a", "#), 400),
        (post("", "response=%7B%22api_id%22%3A%22a%22"), 400),
        (
            "DELETE /?api_id=a HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(),
            405,
        ),
        ("\x16\x03\x01\x02api_id=a\r\n\r\n".to_owned(), 400),
    ] {
        assert_eq!(ask(addr, &request).await.status, status, "{request:?}");
    }
    assert_eq!(ask(addr, delivery("a")).await.status, 200);
    assert_eq!(waiting.await.unwrap().unwrap().answer["error"], "not found");
    let counts = counts_until(&receiver, |counts| counts.cut == 1).await;
    let expected = Counts {
        taken: 1,
        unknown: 1,
        broken: 2,
        other_method: 1,
        cut: 1,
        // By chance the delivery may have come before it was asked for.
        early: counts.early,
        ..Counts::default()
    };
    assert_eq!(counts, expected);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_told() {
    let (_receiver, desk) = to_desk(options(), Limits::default()).await;
    let within = Duration::from_millis(1);
    let api_id = "a".to_owned();
    assert_eq!(
        desk.answer("a", within).await,
        Err(NotDelivered::TimedOut { api_id, within })
    );
}
