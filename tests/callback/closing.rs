//! How a receiver ends.

use std::net::SocketAddr;

use callreel::plivo::callback::Limits;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::receiver::{options, patient, to_desk, to_reader};
use crate::sender::{PATIENCE, Sender, answer, form, post};

/// Waits until nobody listens there.
async fn nobody_listens(addr: SocketAddr) {
    // Another test may be given the same port: then it is not ours any more, either.
    let refused = async {
        while TcpStream::connect(addr).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, refused).await.unwrap();
}

#[tokio::test]
async fn dropping_it_closes_the_port_and_all_connections() {
    let (receiver, _desk) = to_desk(options(), patient()).await;
    let addr = receiver.addr();
    let mut idle = Sender::connect(addr).await;
    assert_eq!(idle.ask(post("", &form(&answer("a")))).await.status, 200);
    let mut busy = Sender::connect(addr).await;
    assert!(
        busy.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc")
            .await
    );
    drop(receiver);
    assert_eq!(idle.closed().await, "");
    assert_eq!(busy.closed().await, "");
    nobody_listens(addr).await;
}

#[tokio::test]
async fn closing_it_answers_what_is_under_way() {
    let (receiver, mut reader) = to_reader(options(), patient(), 1).await;
    let addr = receiver.addr();
    let mut idle = Sender::connect(addr).await;
    assert_eq!(idle.ask(post("", &form(&answer("a")))).await.status, 200);
    // This one is read already, and the queue is full.
    let body = form(&answer("b"));
    let request = post("Expect: 100-continue\r\n", &body);
    let mut busy = Sender::connect(addr).await;
    let head = request.strip_suffix(&body).unwrap();
    assert_eq!(busy.ask(head).await.status, 100);
    let mut counts = receiver.counts();
    let closing = tokio::spawn(receiver.close());
    assert_eq!(
        idle.closed().await,
        "",
        "nobody waits for what may never come"
    );
    nobody_listens(addr).await;
    assert!(busy.write(body).await);
    assert_eq!(reader.recv().await.unwrap().api_id, "a");
    assert_eq!(busy.answer().await.unwrap().status, 200);
    assert_eq!(reader.recv().await.unwrap().api_id, "b");
    closing.await.unwrap();
    assert!(reader.recv().await.is_none());
    assert_eq!(counts.borrow_and_update().taken, 2);
}

#[tokio::test]
async fn closing_it_does_not_wait_for_ever() {
    let limits = Limits {
        closing: std::time::Duration::from_millis(50),
        ..patient()
    };
    let (receiver, _desk) = to_desk(options(), limits).await;
    let mut stuck = Sender::connect(receiver.addr()).await;
    assert!(
        stuck
            .write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc")
            .await
    );
    receiver.close().await;
    assert_eq!(stuck.closed().await, "");
}
