//! Each fault, as a client meets it.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use callreel::emulator::{Era, Options, Special};
use reqwest::header;
use serde_json::Value;

use super::client::*;

async fn with(faults: &str) -> Account {
    start(Options {
        faults: faults
            .split(',')
            .map(|fault| fault.parse().unwrap())
            .collect(),
        ..options()
    })
    .await
}

fn media_url(account: &Account) -> String {
    let row = account
        .emulator
        .special(Special::Whole("voicemail-quiet-id3"))
        .unwrap();
    row["recording_url"].as_str().unwrap().to_owned()
}

fn file(account: &Account) -> Vec<u8> {
    let row = account
        .emulator
        .special(Special::Whole("voicemail-quiet-id3"))
        .unwrap();
    account.emulator.file(&id(&row)).unwrap()
}

/// Everything that comes over a bare socket, and how it ended.
fn raw(account: &Account, url: &str, headers: &str) -> (Vec<u8>, std::io::Result<usize>) {
    let host = account.emulator.url().strip_prefix("http://").unwrap();
    let path = format!("/{}", url.splitn(4, '/').nth(3).unwrap());
    let mut socket = TcpStream::connect(host).unwrap();
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n"
    )
    .unwrap();
    let mut all = Vec::new();
    let end = socket.read_to_end(&mut all);
    (all, end)
}

fn body(answer: &[u8]) -> &[u8] {
    &answer[answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4..]
}

fn head(answer: &[u8]) -> String {
    String::from_utf8_lossy(&answer[..answer.len() - body(answer).len()]).to_lowercase()
}

#[tokio::test]
async fn rate_limits_come_with_and_without_advice() {
    let account = with("429=7*1,429-bare*2").await;
    let get = || account.get(&account.list_url()).send();
    let first = get().await.unwrap();
    assert_eq!(
        (
            first.status().as_u16(),
            &first.headers()[header::RETRY_AFTER]
        ),
        (429, &"7".parse().unwrap())
    );
    let second = get().await.unwrap();
    assert_eq!(second.status(), 429);
    assert!(!second.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(get().await.unwrap().status(), 200);
}

#[tokio::test]
async fn statuses_fail_so_often_and_then_heal() {
    let account = with("500=2").await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(account.list(&[]).await.0);
    }
    assert_eq!(seen, [500, 500, 200]);
    account
        .emulator
        .set_faults(vec!["503".parse().unwrap(), "media-404".parse().unwrap()]);
    for _ in 0..3 {
        let (status, body) = account.list(&[]).await;
        assert_eq!(status, 503);
        assert!(body["error"].is_string());
    }
    assert_eq!(
        account
            .http
            .get(media_url(&account))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    account.emulator.set_faults(Vec::new());
    assert_eq!(account.list(&[]).await.0, 200);
    assert_eq!(
        account
            .http
            .get(media_url(&account))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}

#[tokio::test]
async fn a_web_page_stands_in_the_way() {
    let account = with("html,media-html=503").await;
    let response = account.get(&account.list_url()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(
        response.headers()[header::CONTENT_TYPE]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert!(response.text().await.unwrap().contains("<html>"));
    let media = account.http.get(media_url(&account)).send().await.unwrap();
    assert_eq!(media.status(), 503);
    assert!(media.text().await.unwrap().contains("<html>"));
}

#[tokio::test]
async fn truncated_json_is_whole_http_and_half_a_text() {
    let account = with("truncated-json").await;
    let response = account.get(&account.list_url()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let body = response.bytes().await.unwrap();
    assert!(body.starts_with(b"{"));
    assert!(serde_json::from_slice::<Value>(&body).is_err());
}

#[tokio::test]
async fn cuts_come_at_the_byte_that_was_asked_for() {
    let account = with("cut=5000,api:cut").await;
    let (answer, end) = raw(&account, &media_url(&account), "");
    assert!(end.is_ok(), "a cut is a close, not a reset: {end:?}");
    assert_eq!(body(&answer), &file(&account)[..5_000]);
    assert!(head(&answer).contains(&format!("content-length: {}", file(&account).len())));
    let error = account
        .get(&account.list_url())
        .send()
        .await
        .unwrap()
        .bytes()
        .await;
    assert!(error.is_err());
    let requests = account
        .emulator
        .requests_until(|r| r.iter().all(|r| r.finished))
        .await;
    assert_eq!(requests[0].bytes, 5_000);

    account.emulator.set_faults(vec!["cut=0".parse().unwrap()]);
    let (answer, _) = raw(&account, &media_url(&account), "Range: bytes=100-\r\n");
    assert!(head(&answer).starts_with("http/1.1 206"));
    assert!(body(&answer).is_empty());
}

#[tokio::test]
async fn resets_are_resets() {
    let account = with("reset=3000*1,reset*1").await;
    account
        .emulator
        .set_faults(vec!["reset=3000".parse().unwrap()]);
    let (answer, end) = raw(&account, &media_url(&account), "");
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(body(&answer), &file(&account)[..3_000]);

    account
        .emulator
        .set_faults(vec!["reset".parse().unwrap(), "api:reset".parse().unwrap()]);
    let (answer, end) = raw(&account, &media_url(&account), "");
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(answer.is_empty());
    assert!(account.get(&account.list_url()).send().await.is_err());
    let requests = account
        .emulator
        .requests_until(|r| r.iter().all(|r| r.finished))
        .await;
    assert_eq!(
        requests.iter().map(|r| r.bytes).collect::<Vec<_>>(),
        [3_000, 0, 0]
    );
}

#[tokio::test]
async fn a_stall_ends_only_when_the_client_hangs_up() {
    let account = with("stall=4000").await;
    let mut response = account.http.get(media_url(&account)).send().await.unwrap();
    let mut got = 0;
    while got < 4_000 {
        got += response.chunk().await.unwrap().unwrap().len();
    }
    assert_eq!(got, 4_000);
    let waiting = tokio::time::timeout(std::time::Duration::from_millis(150), response.chunk());
    assert!(waiting.await.is_err(), "something came after the stall");
    assert!(!account.emulator.requests()[0].finished);
    drop(response);
    let requests = account
        .emulator
        .requests_until(|r| r.iter().all(|r| r.finished))
        .await;
    assert_eq!(requests[0].bytes, 4_000);
}

#[tokio::test]
async fn ranges_can_be_ignored() {
    let account = with("no-range").await;
    let response = account
        .http
        .get(media_url(&account))
        .header(header::RANGE, "bytes=100-")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert!(!response.headers().contains_key(header::ACCEPT_RANGES));
    assert_eq!(response.bytes().await.unwrap(), file(&account));
}

#[tokio::test]
async fn lengths_can_be_left_out() {
    let account = with("chunked,api:chunked").await;
    let response = account.http.get(media_url(&account)).send().await.unwrap();
    assert_eq!(response.headers()[header::TRANSFER_ENCODING], "chunked");
    assert_eq!(response.content_length(), None);
    assert_eq!(response.bytes().await.unwrap(), file(&account));
    assert!(!account.rows(&[]).await.is_empty());
    let requests = account
        .emulator
        .requests_until(|r| r.iter().all(|r| r.finished))
        .await;
    assert_eq!(requests[0].bytes, file(&account).len() as u64);
}

#[tokio::test]
async fn lengths_can_be_wrong_both_ways() {
    let account = with("wrong-length=1000").await;
    let length = file(&account).len();
    let (answer, _) = raw(&account, &media_url(&account), "Connection: close\r\n");
    assert!(head(&answer).contains(&format!("content-length: {}", length + 1_000)));
    assert_eq!(body(&answer), file(&account));
    let (answer, _) = raw(
        &account,
        &media_url(&account),
        "Connection: close\r\nRange: bytes=10-\r\n",
    );
    let range = format!(
        "content-range: bytes 10-{}/{}",
        length + 999,
        length + 1_000
    );
    assert!(head(&answer).contains(&range), "{}", head(&answer));

    account
        .emulator
        .set_faults(vec!["wrong-length=-1000".parse().unwrap()]);
    let response = account.http.get(media_url(&account)).send().await.unwrap();
    assert_eq!(response.content_length(), Some(length as u64 - 1_000));
    assert_eq!(
        response.bytes().await.unwrap(),
        file(&account)[..length - 1_000]
    );
}

#[tokio::test]
async fn a_server_can_lie_about_the_offset() {
    let account = start(Options {
        era: Era::Legacy,
        faults: vec!["offset-lies".parse().unwrap()],
        ..options()
    })
    .await;
    let (_, page) = account.list(&[("offset", "100")]).await;
    assert_eq!(page["meta"]["offset"], 100);
    assert_eq!(
        ids(&objects(&page)),
        ids(&account.emulator.recordings(0, 20))
    );
}

#[tokio::test]
async fn rows_and_totals_can_be_wrong() {
    let account = with("duplicate-row*1,missing-row*1,totals-drift").await;
    account
        .emulator
        .set_faults(vec!["duplicate-row".parse().unwrap()]);
    let rows = ids(&account.rows(&[]).await);
    let mut once = rows.clone();
    once.dedup();
    assert_eq!((rows.len(), once.len()), (21, 20));
    account
        .emulator
        .set_faults(vec!["missing-row".parse().unwrap()]);
    assert_eq!(account.rows(&[]).await.len(), 19);
    account
        .emulator
        .set_faults(vec!["totals-drift".parse().unwrap()]);
    let mut totals = Vec::new();
    for _ in 0..5 {
        totals.push(
            account.list(&[]).await.1["meta"]["total_count"]
                .as_u64()
                .unwrap(),
        );
    }
    totals.dedup();
    assert!(totals.len() > 1, "{totals:?}");
}

#[tokio::test]
async fn answers_can_be_late_and_bodies_slow() {
    let account = with("latency=300,slow=40000").await;
    let asked = Instant::now();
    account.list(&[]).await;
    assert!(asked.elapsed() >= Duration::from_millis(300));

    let (asked, length) = (Instant::now(), file(&account).len());
    let response = account.http.get(media_url(&account)).send().await.unwrap();
    assert_eq!(response.bytes().await.unwrap(), file(&account));
    let least = Duration::from_secs_f64(length as f64 / 40_000.0)
        .saturating_sub(Duration::from_millis(150));
    assert!(
        asked.elapsed() >= least,
        "{length} bytes in {:?}",
        asked.elapsed()
    );
}

#[tokio::test]
async fn answers_tell_the_accounts_own_time() {
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let account = start(Options { now, ..options() }).await;
    let response = account.get(&account.list_url()).send().await.unwrap();
    let date = response.headers()[header::DATE].to_str().unwrap();
    assert!(date.starts_with("Sun, 01 Mar 2026 12:00:"), "{date}");
}
