//! Every form in which an answer may come.

use callreel::plivo::CallbackMethod;
use callreel::plivo::callback::{Delivery, Limits, Signature};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::receiver::{options, to_reader};
use crate::sender::{Sender, TOKEN, answer, ask, form, get, post, signed_form};

async fn next(reader: &mut mpsc::Receiver<Delivery>) -> Delivery {
    reader.recv().await.unwrap()
}

/// With and without a type, and with a wrong one.
fn posts(body: &str) -> Vec<String> {
    [
        "",
        "Content-Type: application/json\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: text/plain; charset=nonsense\r\n",
    ]
    .map(|headers| post(headers, body))
    .to_vec()
}

#[tokio::test]
async fn every_form_is_taken_whatever_its_type_is_said_to_be() {
    let (receiver, mut reader) = to_reader(options(), Limits::default(), 8).await;
    let addr = receiver.addr();
    let expected = |n: usize| json!({"api_id": n.to_string(), "error": "not found"});
    let mut requests: Vec<(CallbackMethod, String)> = Vec::new();
    let mut number = 0;
    let mut fresh = || {
        number += 1;
        answer(&number.to_string())
    };
    // As many ids as there are requests, so that none is a duplicate.
    for kind in 0..4 {
        for header in 0..4 {
            let text = fresh();
            let body = match kind {
                0 => form(&text),
                1 => json!({"response": text}).to_string(),
                2 => format!(r#"{{"response": {text}}}"#),
                _ => text,
            };
            requests.push((CallbackMethod::Post, posts(&body)[header].clone()));
        }
    }
    let text = fresh();
    requests.push((
        CallbackMethod::Get,
        get(&format!("/any/path?{}", form(&text))),
    ));
    drop(text);
    let flat = fresh();
    let flat: Value = serde_json::from_str(&flat).unwrap();
    let target = format!(
        "/?api_id={}&error=not+found",
        flat["api_id"].as_str().unwrap()
    );
    requests.push((CallbackMethod::Get, get(&target)));

    for (n, (method, request)) in (1..).zip(requests) {
        let answered = ask(addr, &request).await;
        assert_eq!(
            (answered.status, answered.body.as_str()),
            (200, "taken\n"),
            "{request}"
        );
        let delivery = next(&mut reader).await;
        assert_eq!(Value::Object(delivery.answer), expected(n), "{request}");
        assert_eq!(delivery.api_id, n.to_string());
        assert_eq!(
            (delivery.method, delivery.signature, delivery.duplicate),
            (method, Signature::Unchecked, false)
        );
    }
    assert_eq!(receiver.url(), format!("http://{addr}/"));
}

#[tokio::test]
async fn one_connection_brings_many_and_also_at_once() {
    let (receiver, mut reader) = to_reader(options(), Limits::default(), 64).await;
    let mut sender = Sender::connect(receiver.addr()).await;
    let all: String = (0..20)
        .map(|n| post("", &form(&answer(&n.to_string()))))
        .collect();
    assert!(sender.write(all).await);
    for n in 0..20 {
        assert_eq!(sender.answer().await.unwrap().status, 200);
        assert_eq!(next(&mut reader).await.api_id, n.to_string());
    }
}

#[tokio::test]
async fn bodies_come_in_pieces_and_after_being_asked_for() {
    let (receiver, mut reader) = to_reader(options(), Limits::default(), 8).await;
    let body = form(&answer("a"));
    let (first, second) = body.split_at(10);
    let chunked = format!(
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len()
    );
    assert_eq!(ask(receiver.addr(), chunked).await.status, 200);
    assert_eq!(next(&mut reader).await.api_id, "a");

    let body = form(&answer("b"));
    let request = post("Expect: 100-continue\r\n", &body);
    let head = request.strip_suffix(&body).unwrap();
    let mut sender = Sender::connect(receiver.addr()).await;
    assert_eq!(sender.ask(head).await.status, 100);
    assert_eq!(sender.ask(&body).await.status, 200);
    assert_eq!(next(&mut reader).await.api_id, "b");

    // Such clients are old, but they are there.
    let old = format!(
        "POST / HTTP/1.0\r\nContent-Length: {}\r\n\r\n{}",
        11, "api_id=c&x="
    );
    assert_eq!(ask(receiver.addr(), old).await.status, 200);
    assert_eq!(next(&mut reader).await.api_id, "c");
}

#[tokio::test]
async fn a_whole_page_fits_into_a_query() {
    let (receiver, mut reader) = to_reader(options(), Limits::default(), 8).await;
    let page = json!({"api_id": "a", "objects": vec![json!({"recording_url": "https://media.example.net/x".repeat(60)}); 20]});
    let target = format!("/?{}", form(&page.to_string()));
    assert!(target.len() > 32 << 10, "{}", target.len());
    assert_eq!(ask(receiver.addr(), get(&target)).await.status, 200);
    assert_eq!(Value::Object(next(&mut reader).await.answer), page);
}

#[tokio::test]
async fn signatures_are_told_apart() {
    let token = Some(TOKEN.into());
    let checking = super::receiver::options();
    let checking = callreel::plivo::callback::Options { token, ..checking };
    let (receiver, mut reader) = to_reader(checking, Limits::default(), 8).await;
    let text = answer("a");
    let signed = post(&signed_form(TOKEN, &text), &form(&text));
    assert_eq!(ask(receiver.addr(), signed).await.status, 200);
    assert_eq!(next(&mut reader).await.signature, Signature::Signed);

    let unsigned = post("", &form(&answer("b")));
    assert_eq!(ask(receiver.addr(), unsigned).await.status, 200);
    assert_eq!(next(&mut reader).await.signature, Signature::Unsigned);

    let text = answer("c");
    let wrong = post(&signed_form("another", &text), &form(&text));
    let refused = ask(receiver.addr(), wrong).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused
            .body
            .contains("another auth token, or over another URL"),
        "{}",
        refused.body
    );
    let counts = *receiver.counts().borrow();
    assert_eq!((counts.taken, counts.wrong_signature), (2, 1));
    assert!(reader.try_recv().is_err(), "it is not handed on");
    // It does not stand in the way of the right one.
    let right = post(&signed_form(TOKEN, &text), &form(&text));
    assert_eq!(ask(receiver.addr(), right).await.status, 200);
    assert!(!next(&mut reader).await.duplicate);
}
