//! Deliveries to one reader of all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use callreel::plivo::callback::Limits;
use tokio::task::JoinSet;

use super::receiver::{options, to_reader};
use crate::sender::{answer, ask, form, post};

#[tokio::test]
async fn what_was_answered_is_with_the_reader_or_in_its_queue() {
    let (receiver, mut reader) = to_reader(options(), Limits::default(), 1).await;
    let answered = Arc::new(AtomicUsize::new(0));
    let mut senders = JoinSet::new();
    for n in 0..50 {
        let (addr, answered) = (receiver.addr(), Arc::clone(&answered));
        senders.spawn(async move {
            let answer = ask(addr, post("", &form(&answer(&n.to_string())))).await;
            assert_eq!(answer.status, 200);
            answered.fetch_add(1, Ordering::SeqCst);
        });
    }
    for received in 0..50 {
        let before = answered.load(Ordering::SeqCst);
        assert!(
            before <= received + 1,
            "{before} were answered when {received} were read"
        );
        reader.recv().await.unwrap();
    }
    while let Some(sent) = senders.join_next().await {
        sent.unwrap();
    }
    assert_eq!(receiver.counts().borrow().taken, 50);
}

#[tokio::test]
async fn a_second_delivery_is_marked() {
    let (receiver, mut reader) = to_reader(options(), Limits::default(), 8).await;
    for (n, duplicate) in [false, true, true].into_iter().enumerate() {
        let body = format!(r#"{{"api_id": "a", "n": {n}}}"#);
        assert_eq!(ask(receiver.addr(), post("", &body)).await.status, 200);
        let delivery = reader.recv().await.unwrap();
        assert_eq!(
            (delivery.duplicate, &delivery.answer["n"]),
            (duplicate, &n.into())
        );
    }
    let counts = *receiver.counts().borrow();
    assert_eq!((counts.taken, counts.duplicate), (1, 2));
}

#[tokio::test]
async fn without_a_reader_nothing_is_taken() {
    let (receiver, reader) = to_reader(options(), Limits::default(), 1).await;
    drop(reader);
    let refused = ask(receiver.addr(), post("", &form(&answer("a")))).await;
    assert_eq!(refused.status, 503);
    assert!(refused.head.to_lowercase().contains("connection: close"));
    assert_eq!(receiver.counts().borrow().taken, 0);
}
