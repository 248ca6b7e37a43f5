//! `callreel listen`, the real program: what it prints, what it tells, how it ends.

// clippy.toml lets test functions off, and here what they share too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/program.rs"]
mod program;
#[path = "support/sender.rs"]
mod sender;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use program::Program;
use sender::{Sender, TOKEN, answer, ask, form, get, post, signed_form};
use serde_json::{Value, json};

const NOBODY_READS: &str =
    "callreel: the last deliveries are not printed: nobody reads standard output";

fn listen(flags: &str, token: Option<&str>) -> Program {
    Program::start(&arguments(flags), token)
}

fn arguments(flags: &str) -> Vec<&str> {
    let always = ["listen", "--addr", "127.0.0.1:0"];
    always.into_iter().chain(flags.split_whitespace()).collect()
}

fn json_of(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[tokio::test]
async fn a_delivery_is_a_line_at_once() {
    let listen = listen("", None);
    let addr = listen.addr();
    assert_eq!(
        listen.told().unwrap(),
        "signatures are not checked: PLIVO_AUTH_TOKEN is not set"
    );
    let before = Utc::now();
    assert_eq!(ask(addr, post("", &form(&answer("a-1")))).await.status, 200);
    let line = json_of(&listen.line().unwrap());
    let time: DateTime<Utc> = line["time"].as_str().unwrap().parse().unwrap();
    assert!(before <= time && time <= Utc::now(), "{time}");
    let mut names = line.as_object().unwrap().keys();
    assert!(
        names
            .by_ref()
            .eq(["time", "api_id", "method", "signature", "answer"])
    );
    assert_eq!(line["api_id"], "a-1");
    assert_eq!(
        (&line["method"], &line["signature"]),
        (&json!("POST"), &json!("unchecked"))
    );
    assert_eq!(
        line["answer"],
        json!({"api_id": "a-1", "error": "not found"})
    );

    assert_eq!(
        ask(addr, get("/hook?api_id=a-1&n=%1b%5b2J%7f%c2%9b"))
            .await
            .status,
        200
    );
    let line = listen.line().unwrap();
    assert!(line.contains(r#""n":"\u001b[2J\u007f\u009b""#), "{line}");
    let line = json_of(&line);
    assert_eq!(
        (&line["method"], &line["duplicate"]),
        (&json!("GET"), &json!(true))
    );
}

/// 5,000 pages of 20 recordings on 50 connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rush_loses_nothing_and_takes_little_memory() {
    const CONNECTIONS: usize = 50;
    const EACH: usize = 100;
    let listen = listen("", Some(TOKEN));
    let addr = listen.addr();
    let row = json!({
        "recording_id": "c7b71d14-58be-11e1-b7e1-ffca7d3abcc0", "call_uuid": "1f2ca11c-ec69-4599-89b8-4a14fba3ccd6",
        "recording_url": "https://media.plivo.com/v1/Account/MAGWNTM3ZTK1M2YZMDUU/Recording/c7b71d14.mp3",
        "add_time": "2012-02-16 16:53:56.574859+00:00", "recording_duration_ms": "345100.00000",
        "conference_name": "", "recording_type": "call", "recording_format": "mp3", "rounded_recording_duration": 360,
    });
    for connection in 0..CONNECTIONS {
        let rows = vec![row.clone(); 20];
        tokio::spawn(async move {
            let mut sender = Sender::connect(addr).await;
            for n in 0..EACH {
                let page =
                    json!({"api_id": format!("{connection}-{n}"), "objects": rows}).to_string();
                let request = post(&signed_form(TOKEN, &page), &form(&page));
                assert_eq!(sender.ask(request).await.status, 200);
            }
        });
    }
    let mut ids = HashSet::new();
    for _ in 0..CONNECTIONS * EACH {
        let line = json_of(&listen.line().unwrap());
        assert_eq!(line["signature"], "signed");
        assert_eq!(line["answer"]["objects"][19], row);
        assert!(ids.insert(line["api_id"].as_str().unwrap().to_owned()));
    }
    #[cfg(target_os = "linux")]
    {
        let most = listen.most_memory();
        assert!(most < 40 << 10, "{most} KiB");
    }
    listen.terminate();
    let end = listen.end();
    assert!(end.status.success() && end.lines.is_empty(), "{end:?}");
    assert_eq!(
        end.told.last().unwrap(),
        "taken: 5000; duplicates: 0; refused: 0"
    );
}

/// More than 256 of them, each with as much as it may send, and none with a whole request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_siege_takes_little_memory_too() {
    let listen = listen("", None);
    let addr = listen.addr();
    let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
    let half = format!("{head}{}", "[".repeat(900_000));
    let mut besiegers = Vec::new();
    for _ in 0..300 {
        let half = half.clone();
        besiegers.push(tokio::spawn(async move {
            let mut sender = Sender::connect(addr).await;
            sender.write(half).await;
            sender
        }));
    }
    assert_eq!(ask(addr, post("", &form(&answer("a")))).await.status, 200);
    assert_eq!(json_of(&listen.line().unwrap())["api_id"], "a");
    #[cfg(target_os = "linux")]
    {
        let most = listen.most_memory();
        // All that they sent would be some 300 MiB.
        assert!(most < 160 << 10, "{most} KiB");
    }
    listen.terminate();
    assert!(listen.end().status.success());
    drop(besiegers);
}

#[tokio::test]
async fn it_ends_after_as_many_as_were_asked_for() {
    let listen = listen("--count 2", None);
    let addr = listen.addr();
    for id in ["a", "a", "b"] {
        assert_eq!(ask(addr, post("", &form(&answer(id)))).await.status, 200);
    }
    let end = listen.end();
    assert_eq!(end.status.code(), Some(0));
    let ids: Vec<_> = end
        .lines
        .iter()
        .map(|line| json_of(line)["api_id"].clone())
        .collect();
    assert_eq!(ids, ["a", "a", "b"], "the duplicate does not count");
    assert_eq!(
        end.told.last().unwrap(),
        "taken: 2; duplicates: 1; refused: 0"
    );
}

#[tokio::test]
async fn too_few_in_time_is_a_failure() {
    let listen = listen("--count 2 --timeout 2", None);
    let addr = listen.addr();
    assert_eq!(ask(addr, post("", &form(&answer("a")))).await.status, 200);
    let end = listen.end();
    assert_eq!((end.status.code(), end.lines.len()), (Some(1), 1));
    let told: Vec<_> = end.told.iter().rev().take(2).collect();
    assert_eq!(told[1], "taken: 1; duplicates: 0; refused: 0");
    assert_eq!(told[0], "callreel: 1 of 2 deliveries came within 2s");
}

#[tokio::test]
async fn without_a_number_the_time_is_how_long_to_listen() {
    let listen = listen("--timeout 0.1", None);
    listen.addr();
    let end = listen.end();
    assert_eq!(end.status.code(), Some(0));
    assert_eq!(
        end.told.last().unwrap(),
        "taken: 0; duplicates: 0; refused: 0"
    );
}

#[tokio::test]
async fn what_is_not_signed_rightly_is_refused_and_told() {
    let listen = listen("--require-signature", Some(TOKEN));
    let addr = listen.addr();
    assert_eq!(
        listen.told().unwrap(),
        "only what is signed with PLIVO_AUTH_TOKEN is taken"
    );
    let text = answer("a");
    let wrong = post(&signed_form("another", &text), &form(&text));
    assert_eq!(ask(addr, &wrong).await.status, 403);
    assert!(
        listen
            .told()
            .unwrap()
            .starts_with("refused: wrong signature: is PLIVO_AUTH_TOKEN")
    );
    assert_eq!(ask(addr, post("", &form(&text))).await.status, 403);
    assert!(
        listen
            .told()
            .unwrap()
            .starts_with("refused: unsigned, and --require-signature")
    );
    // Told once, counted each time.
    assert_eq!(ask(addr, &wrong).await.status, 403);
    let right = post(&signed_form(TOKEN, &text), &form(&text));
    assert_eq!(ask(addr, right).await.status, 200);
    assert_eq!(json_of(&listen.line().unwrap())["signature"], "signed");
    listen.terminate();
    let end = listen.end();
    assert_eq!((end.status.code(), end.lines.len()), (Some(0), 0));
    assert_eq!(
        end.told,
        ["taken: 1; duplicates: 0; refused: 2 wrong signature, 1 unsigned"]
    );
}

#[tokio::test]
async fn behind_a_tunnel_the_url_that_was_given_is_checked() {
    // signed_form signs http://hooks.example.net/, which is not what a local Host header would say.
    let listen = listen("--public-url http://hooks.example.net", Some(TOKEN));
    let addr = listen.addr();
    assert_eq!(
        listen.told().unwrap(),
        "the callback URL is http://hooks.example.net/"
    );
    assert!(
        listen
            .told()
            .unwrap()
            .contains("--require-signature refuses it")
    );
    assert!(listen.told().unwrap().starts_with("beware: "));
    let text = answer("a");
    let request = post(&signed_form(TOKEN, &text), &form(&text));
    let forwarded = request.replace("hooks.example.net", &addr.to_string());
    assert_eq!(ask(addr, forwarded).await.status, 200);
    assert_eq!(json_of(&listen.line().unwrap())["signature"], "signed");
    assert_eq!(ask(addr, post("", &form(&answer("b")))).await.status, 200);
    assert_eq!(json_of(&listen.line().unwrap())["signature"], "unsigned");
}

#[tokio::test]
async fn a_reader_who_leaves_ends_it_quietly() {
    let mut listen = Program::start_unread(&arguments(""), None);
    let addr = listen.addr();
    listen.told().unwrap();
    listen.close_output();
    // It is noticed only when there is something to print.
    assert_eq!(ask(addr, post("", &form(&answer("a")))).await.status, 200);
    let end = listen.end();
    assert_eq!(end.status.code(), Some(0));
    assert!(end.told.is_empty(), "{:?}", end.told);
}

#[tokio::test]
async fn a_reader_who_sleeps_makes_senders_wait_and_does_not_hold_up_the_end() {
    let listen = Program::start_unread(&arguments(""), None);
    let addr = listen.addr();
    let mut sender = Sender::connect(addr).await;
    let delivery = |n: usize| {
        let body = format!(r#"{{"api_id": "{n}", "x": "{}"}}"#, "x".repeat(10_000));
        post("", &body)
    };
    // A pipe holds less than seven of them, and the queue sixteen.
    for n in 0..12 {
        assert_eq!(sender.ask(delivery(n)).await.status, 200);
    }
    let rest: String = (12..200).map(delivery).collect();
    let sending = tokio::spawn(async move {
        sender.write(rest).await;
        let mut answered = 12;
        while sender.answer().await.is_some() {
            answered += 1;
        }
        answered
    });
    assert_eq!(
        ask(addr, "PUT / HTTP/1.1\r\nHost: h\r\n\r\n").await.status,
        405
    );
    listen.terminate();
    let end = tokio::task::spawn_blocking(|| listen.end()).await.unwrap();
    assert_eq!(end.status.code(), Some(1));
    assert_eq!(end.told.last().unwrap(), NOBODY_READS);
    assert!(sending.await.unwrap() < 100);
}

#[test]
fn mistakes_are_told_before_it_listens() {
    let first = Program::start(&arguments(""), None);
    let taken = first.addr().to_string();
    for (args, token, code, words) in [
        (vec!["listen", "--addr", &taken], None, 1, "is taken"),
        (
            arguments("--require-signature"),
            None,
            2,
            "needs PLIVO_AUTH_TOKEN",
        ),
        (
            arguments(""),
            Some("your_auth_token"),
            2,
            "PLIVO_AUTH_TOKEN: the auth token is still a placeholder",
        ),
        (
            vec!["listen", "--addr", "8099"],
            None,
            1,
            "an address and a port are needed",
        ),
        (arguments("--count 0"), None, 1, "--count"),
        (
            arguments("--timeout 0"),
            None,
            1,
            "a number of seconds above 0",
        ),
        (
            arguments("--public-url hooks.example.net"),
            None,
            1,
            "a URL is needed",
        ),
    ] {
        let end = Program::start(&args, token).end();
        assert_eq!(end.status.code(), Some(code), "{args:?}");
        assert!(
            end.told.join("\n").contains(words),
            "{args:?}: {:?}",
            end.told
        );
        assert!(end.lines.is_empty());
    }
}

#[test]
fn its_help_reads_well() {
    let help = Program::start(&["listen", "-h"], None)
        .end()
        .lines
        .join("\n");
    insta::assert_snapshot!(help, @r"
    Print what the API sends to a callback URL, one line of JSON for each delivery

    Usage: callreel listen [OPTIONS]

    Options:
          --addr <ADDR:PORT>   Where to listen; port 0 takes a free one [default: 127.0.0.1:8099]
          --count <N>          End after so many deliveries; duplicates do not count
          --timeout <SECONDS>  End after so many seconds; with --count, fail if there are too few by then
          --require-signature  Refuse deliveries that are not signed with PLIVO_AUTH_TOKEN
          --public-url <URL>   The callback URL exactly as the API was given it, where a tunnel or a proxy leads here: signatures are made over it
      -h, --help               Print help (see more with '--help')

    Examples:
      callreel listen --count 1 --timeout 60 > answer.json
      callreel listen --public-url https://hooks.example.net/plivo --require-signature
    ");
}
