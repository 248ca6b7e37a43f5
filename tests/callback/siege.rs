//! Hostile senders, and ordinary ones who must not notice them.

use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use callreel::plivo::callback::{Counts, Desk, Limits, Receiver};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::receiver::{SHORT, counts_until, options, patient, to_desk};
use crate::sender::{PATIENCE, Sender, answer, ask, form, post};

const HALF_A_HEAD: &str = "POST / HTTP/1.1\r\nHost: h\r\n";
const HEAD: &str = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";

/// Sends this, and then a byte now and then for as long as the receiver bears it.
async fn dribble(addr: SocketAddr, first: &'static str) {
    let dribbling = timeout(PATIENCE, dribble_on(addr, first)).await;
    dribbling.expect("the receiver bears it for ever");
}

async fn dribble_on(addr: SocketAddr, first: &'static str) {
    let mut sender = Sender::connect(addr).await;
    let mut borne = sender.write(first).await;
    while borne {
        tokio::time::sleep(Duration::from_millis(5)).await;
        borne = sender.write("x").await;
    }
}

async fn garbage(addr: SocketAddr) {
    let mut sender = Sender::connect(addr).await;
    let mut borne = true;
    while borne {
        borne = sender.write([0x16, 0x03, 0x01, 0xff, b'\n']).await;
    }
}

async fn flood(addr: SocketAddr) {
    let mut sender = Sender::connect(addr).await;
    let mut borne = sender
        .write("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
    while borne {
        borne = sender.write(&chunk).await;
    }
}

/// Ordinary deliveries, one after the other on connections of their own, each awaited and got.
async fn business(receiver: &Receiver, desk: &Desk, numbers: Range<usize>) {
    for n in numbers {
        let id = format!("business-{n}");
        let sent = ask(receiver.addr(), post("", &form(&answer(&id)))).await;
        assert_eq!(sent.status, 200);
        assert_eq!(desk.answer(&id, PATIENCE).await.unwrap().api_id, id);
    }
}

#[tokio::test]
async fn those_who_would_be_borne_for_hours_delay_nobody() {
    let (receiver, desk) = to_desk(options(), patient()).await;
    let mut hostile = JoinSet::new();
    for _ in 0..20 {
        hostile.spawn(dribble_on(receiver.addr(), HALF_A_HEAD));
        hostile.spawn(dribble_on(receiver.addr(), HEAD));
    }
    business(&receiver, &desk, 0..200).await;
    assert!(
        hostile.try_join_next().is_none(),
        "they are all there still"
    );
}

#[tokio::test]
async fn slow_and_senseless_senders_are_cut_off_and_delay_nobody() {
    let limits = Limits {
        head: SHORT,
        body: SHORT,
        ..patient()
    };
    let (receiver, desk) = to_desk(options(), limits).await;
    let addr = receiver.addr();
    let mut hostile = JoinSet::new();
    for _ in 0..10 {
        hostile.spawn(dribble(addr, HALF_A_HEAD));
        hostile.spawn(dribble(addr, HEAD));
        hostile.spawn(garbage(addr));
        hostile.spawn(flood(addr));
    }
    business(&receiver, &desk, 0..200).await;
    // Each of them sees its connection end.
    while let Some(ended) = hostile.join_next().await {
        ended.unwrap();
    }
    let refused = |counts: &Counts| counts.cut + counts.too_slow + counts.too_long;
    let counts = counts_until(&receiver, |counts| refused(counts) == 40).await;
    assert_eq!(counts.taken, 200);
    // Where the machine is busy, a flood may be too slow before it is too long.
    assert!(counts.cut >= 20 && counts.too_slow > 0, "{counts:?}");
}

/// However long the receiver would wait for each of them.
#[tokio::test]
async fn more_connections_than_there_may_be_make_room() {
    let limits = Limits {
        connections: 4,
        grace: Duration::from_millis(20),
        ..patient()
    };
    let (receiver, desk) = to_desk(options(), limits).await;
    let mut silent = Vec::new();
    for (n, first) in ["", HALF_A_HEAD, HEAD, "GET /"]
        .repeat(5)
        .into_iter()
        .enumerate()
    {
        let mut sender = Sender::connect(receiver.addr()).await;
        assert!(sender.write(first).await);
        silent.push(sender);
        business(&receiver, &desk, n..n + 1).await;
    }
    for sender in silent.iter_mut().take(16) {
        assert_eq!(sender.closed().await, "", "the oldest went without a word");
    }
}

/// As when an account's whole list comes at once.
#[tokio::test]
async fn a_rush_of_ordinary_senders_loses_nothing() {
    let limits = Limits {
        connections: 4,
        ..patient()
    };
    let (receiver, desk) = to_desk(options(), limits).await;
    let addr = receiver.addr();
    let mut senders = JoinSet::new();
    for n in 0..100 {
        senders.spawn(async move {
            ask(addr, post("", &form(&answer(&n.to_string()))))
                .await
                .status
        });
    }
    while let Some(status) = senders.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
    for n in 0..100 {
        desk.answer(&n.to_string(), PATIENCE).await.unwrap();
    }
    assert_eq!(receiver.counts().borrow().cut, 0);
}

#[tokio::test]
async fn the_busy_ones_are_let_end_before_one_more_is_served() {
    let limits = Limits {
        connections: 2,
        ..patient()
    };
    let (receiver, mut reader) = super::receiver::to_reader(options(), limits, 1).await;
    let addr = receiver.addr();
    // One is in the queue, two wait for room in it, and one more waits for a connection.
    let mut senders = JoinSet::new();
    for n in 0..4 {
        senders.spawn(async move {
            ask(addr, post("", &form(&answer(&n.to_string()))))
                .await
                .status
        });
    }
    for _ in 0..4 {
        reader.recv().await.unwrap();
    }
    while let Some(status) = senders.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
}

#[tokio::test]
async fn long_bodies_wait_for_each_other_and_short_ones_do_not() {
    let limits = Limits {
        small_body: 1_000,
        large_bodies: 1,
        ..patient()
    };
    let (receiver, desk) = to_desk(options(), limits).await;
    let long = |id: &str| {
        let text = format!(r#"{{"api_id": "{id}", "x": "{}"}}"#, "x".repeat(3_000));
        post("", &text)
    };
    // The first has its turn and does not end.
    let first = long("first");
    let (begin, end) = first.split_at(2_000);
    let mut holding = Sender::connect(receiver.addr()).await;
    assert!(holding.write(begin).await);
    let addr = receiver.addr();
    let second = tokio::spawn(async move { ask(addr, long("second")).await.status });
    business(&receiver, &desk, 0..20).await;
    assert_eq!(holding.ask(end).await.status, 200);
    assert_eq!(second.await.unwrap(), 200);
    for id in ["first", "second"] {
        assert_eq!(desk.answer(id, PATIENCE).await.unwrap().api_id, id);
    }
}

/// All who may send a long body at a time begin one, and do not go on.
#[tokio::test]
async fn long_bodies_that_stand_still_give_their_turn_away() {
    let limits = Limits {
        small_body: 1_000,
        large_bodies: 4,
        large_body: SHORT,
        ..patient()
    };
    let (receiver, desk) = to_desk(options(), limits).await;
    let mut holding = Vec::new();
    for _ in 0..4 {
        let mut sender = Sender::connect(receiver.addr()).await;
        assert!(sender.write(HEAD).await);
        assert!(sender.write("x".repeat(2_000)).await);
        holding.push(sender);
    }
    let text = format!(r#"{{"api_id": "a", "x": "{}"}}"#, "x".repeat(100_000));
    assert_eq!(ask(receiver.addr(), post("", &text)).await.status, 200);
    assert_eq!(desk.answer("a", PATIENCE).await.unwrap().api_id, "a");
    let counts = counts_until(&receiver, |counts| counts.too_slow == 4).await;
    assert_eq!(counts.taken, 1);
}
