//! What is refused, with which words, and what becomes of the connection.

use callreel::plivo::callback::{Limits, Options};

use super::receiver::{SHORT, counts_until, options, patient, to_desk};
use crate::sender::{Sender, TOKEN, answer, ask, form, get, post, signed_form};

const MIB: usize = 1 << 20;
const HALF_A_BODY: &str = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc";

#[tokio::test]
async fn methods_other_than_get_and_post() {
    let (receiver, _desk) = to_desk(options(), patient()).await;
    for method in ["PUT", "DELETE", "HEAD", "OPTIONS", "BREW"] {
        let mut sender = Sender::connect(receiver.addr()).await;
        let request = format!("{method} / HTTP/1.1\r\nHost: h\r\n\r\n");
        assert!(sender.write(request).await);
        let said = sender.closed().await.to_lowercase();
        assert!(
            said.starts_with("http/1.1 405 ") && said.contains("allow: get, post"),
            "{said}"
        );
    }
    assert_eq!(receiver.counts().borrow().other_method, 5);
}

#[tokio::test]
async fn what_is_no_answer() {
    let (receiver, _desk) = to_desk(options(), patient()).await;
    let mut sender = Sender::connect(receiver.addr()).await;
    let mut refused = 0;
    for (request, words) in [
        (post("", ""), "there is no answer in it"),
        (get("/"), "there is no answer in it"),
        (post("", "{"), "the body is not JSON: EOF"),
        (post("", "[1]"), "not an object"),
        (post("", "response=%7B%7D"), "it has no api_id"),
        (get("/favicon.ico?v=1"), "it has no api_id"),
        (post("", &"[".repeat(100_000)), "more than 16384 values"),
    ] {
        let answer = sender.ask(&request).await;
        assert_eq!(answer.status, 400, "{}", answer.head);
        assert!(
            answer.body.contains(words) && answer.body.ends_with('\n'),
            "{}",
            answer.body
        );
        assert!(
            answer
                .head
                .to_lowercase()
                .contains("content-type: text/plain"),
            "{}",
            answer.head
        );
        refused += 1;
        assert_eq!(receiver.counts().borrow().broken, refused);
    }
    // The connection is as good as before.
    assert_eq!(sender.ask(post("", &form(&answer("a")))).await.status, 200);
}

#[tokio::test]
async fn what_is_not_signed_where_it_has_to_be() {
    let strict = Options {
        token: Some(TOKEN.into()),
        require_signature: true,
        ..options()
    };
    let (receiver, desk) = to_desk(strict, patient()).await;
    let text = answer("a");
    let mut sender = Sender::connect(receiver.addr()).await;
    let unsigned = sender.ask(post("", &form(&text))).await;
    assert_eq!(
        (unsigned.status, unsigned.body.contains("have to be signed")),
        (403, true)
    );
    let wrong = sender
        .ask(post(&signed_form("x", &text), &form(&text)))
        .await;
    assert_eq!(wrong.status, 403);
    // A signature is of one answer.
    let other = sender
        .ask(post(&signed_form(TOKEN, &text), &form(&answer("b"))))
        .await;
    assert_eq!(other.status, 403);
    let right = sender
        .ask(post(&signed_form(TOKEN, &text), &form(&text)))
        .await;
    assert_eq!(right.status, 200);
    let counts = *receiver.counts().borrow();
    assert_eq!(
        (counts.unsigned, counts.wrong_signature, counts.unknown),
        (1, 2, 1)
    );
    drop(desk);
}

#[tokio::test]
async fn bodies_that_are_too_long() {
    let (receiver, _desk) = to_desk(options(), patient()).await;
    // Exactly as much as is allowed.
    let text = format!(r#"{{"api_id": "a", "x": "{}"}}"#, "x".repeat(MIB - 24));
    assert_eq!(text.len(), MIB);
    assert_eq!(ask(receiver.addr(), post("", &text)).await.status, 200);

    // One that is announced is refused before it is sent.
    let mut sender = Sender::connect(receiver.addr()).await;
    let head = format!(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n",
        MIB + 1
    );
    assert!(sender.write(head).await);
    let said = sender.closed().await;
    assert!(said.starts_with("HTTP/1.1 413 "), "{said}");
    assert!(
        said.contains("the body is longer than 1048576 bytes"),
        "{said}"
    );

    // One that is not is read as far as it may be long.
    let mut sender = Sender::connect(receiver.addr()).await;
    assert!(
        sender
            .write("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await
    );
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let mut sent = 0;
    while sent <= 64 * MIB && sender.write(&chunk).await {
        sent += 0x10000;
    }
    assert!(sent <= 64 * MIB, "it reads on and on");
    sender.closed().await;
    assert_eq!(receiver.counts().borrow().too_long, 2);
}

#[tokio::test]
async fn heads_that_are_too_long() {
    let (receiver, _desk) = to_desk(options(), patient()).await;
    for (request, status) in [
        (
            post(&format!("X: {}\r\n", "x".repeat(128 << 10)), "a=b"),
            "431",
        ),
        (post(&"X: x\r\n".repeat(101), "a=b"), "431"),
        (get(&format!("/?api_id={}", "x".repeat(70 << 10))), "414"),
    ] {
        let mut sender = Sender::connect(receiver.addr()).await;
        // It may be closed before all was written.
        sender.write(&request).await;
        let said = sender.closed().await;
        assert!(
            said.is_empty() || said.starts_with(&format!("HTTP/1.1 {status} ")),
            "{said}"
        );
    }
    counts_until(&receiver, |counts| counts.cut == 3).await;
}

#[tokio::test]
async fn heads_that_come_too_slowly() {
    let limits = Limits {
        head: SHORT,
        ..patient()
    };
    let (receiver, _desk) = to_desk(options(), limits).await;
    let mut sender = Sender::connect(receiver.addr()).await;
    assert!(sender.write("POST / HTTP/1.1\r\nHost: h\r\nContent-").await);
    assert_eq!(sender.closed().await, "");
    counts_until(&receiver, |counts| counts.cut == 1).await;
}

#[tokio::test]
async fn bodies_that_come_too_slowly() {
    let limits = Limits {
        body: SHORT,
        ..patient()
    };
    let (receiver, _desk) = to_desk(options(), limits).await;
    let mut sender = Sender::connect(receiver.addr()).await;
    assert!(sender.write(HALF_A_BODY).await);
    let said = sender.closed().await;
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    assert!(
        said.contains("the body did not come within 500ms"),
        "{said}"
    );
    let counts = *receiver.counts().borrow();
    assert_eq!((counts.cut, counts.too_slow), (0, 1));
}

#[tokio::test]
async fn connections_that_say_nothing_are_closed_and_not_counted_as_cut() {
    let limits = Limits {
        head: SHORT,
        ..patient()
    };
    let (receiver, _desk) = to_desk(options(), limits).await;
    let mut sender = Sender::connect(receiver.addr()).await;
    assert_eq!(sender.ask(post("", &form(&answer("a")))).await.status, 200);
    assert_eq!(sender.closed().await, "");
    // One that leaves by itself is none either, and one that leaves in the midst of a body is.
    drop(Sender::connect(receiver.addr()).await);
    let mut sender = Sender::connect(receiver.addr()).await;
    assert!(sender.write(HALF_A_BODY).await);
    drop(sender);
    let counts = counts_until(&receiver, |counts| counts.cut + counts.too_slow > 0).await;
    assert_eq!((counts.cut, counts.too_slow, counts.broken), (1, 0, 0));
}
