//! The log of requests, and what is bound.

use std::io::{Read, Write};
use std::net::TcpStream;

use callreel::emulator::{Fault, LogEntry, Options, Special};
use reqwest::header;
use serde_json::Value;

use super::client::*;

/// What follows an emulator's origin.
fn path(url: &str) -> String {
    format!("/{}", url.splitn(4, '/').nth(3).unwrap())
}

#[tokio::test]
async fn each_request_is_a_line_that_only_its_owner_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("requests.ndjson");
    std::fs::write(&file, "from before").unwrap();
    let account = start(Options {
        log: Some(file.clone()),
        ..options()
    })
    .await;
    account
        .rows(&[("limit", "3"), ("add_time__gt", "2026-11-20 10:00")])
        .await;
    let row = account
        .emulator
        .special(Special::Whole("invoice-stereo-vbr"))
        .unwrap();
    let url = row["recording_url"].as_str().unwrap();
    let part = account
        .http
        .get(url)
        .header(header::RANGE, "bytes=10-19")
        .send()
        .await
        .unwrap();
    assert_eq!(part.bytes().await.unwrap().len(), 10);
    account.http.head(url).send().await.unwrap();
    account
        .emulator
        .requests_until(|r| r.len() == 3 && r.iter().all(|r| r.finished))
        .await;

    let lines: Vec<Value> = std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["method"], "GET");
    assert_eq!(lines[0]["path"], path(&account.list_url()));
    assert_eq!(lines[0]["query"], "limit=3&add_time__gt=2026-11-20+10%3A00");
    assert_eq!(
        (lines[0]["status"].as_u64(), &lines[0]["range"]),
        (Some(200), &Value::Null)
    );
    assert!(lines[0]["bytes"].as_u64().unwrap() > 1_000);
    assert_eq!(lines[1]["range"], "bytes=10-19");
    assert_eq!(
        (&lines[1]["status"], &lines[1]["bytes"]),
        (&206.into(), &10.into())
    );
    assert_eq!(
        (&lines[2]["method"], &lines[2]["bytes"]),
        (&"HEAD".into(), &0.into())
    );
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains(account.emulator.auth_token()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_is_charged_for_what_left() {
    let account = start(Options {
        bandwidth: Some(200_000),
        ..options()
    })
    .await;
    let row = account
        .emulator
        .special(Special::Hour("support-stereo-cbr32"))
        .unwrap();
    let url = row["recording_url"].as_str().unwrap();
    let mut socket =
        TcpStream::connect(account.emulator.url().strip_prefix("http://").unwrap()).unwrap();
    write!(socket, "GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path(url)).unwrap();
    let mut first = vec![0; 20_000];
    socket.read_exact(&mut first).unwrap();
    let head = first.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    drop(socket);
    let requests = account
        .emulator
        .requests_until(|r| r.iter().all(|r| r.finished))
        .await;
    let bytes = requests[0].bytes;
    assert!(bytes >= (20_000 - head) as u64, "{bytes}");
    assert!(bytes < 2_000_000, "{bytes}");
}

#[tokio::test]
async fn a_running_answer_shows_in_the_log() {
    let account = start(Options {
        bandwidth: Some(50_000),
        ..options()
    })
    .await;
    let row = account
        .emulator
        .special(Special::Hour("support-stereo-cbr32"))
        .unwrap();
    let mut response = account
        .http
        .get(row["recording_url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    response.chunk().await.unwrap();
    let requests = account
        .emulator
        .requests_until(|r| r.iter().any(|r| r.bytes > 4_000))
        .await;
    assert!(!requests[0].finished && requests[0].status == 200);
}

#[tokio::test]
async fn requests_on_one_connection_are_told_apart() {
    let account = start(options()).await;
    for _ in 0..3 {
        account.rows(&[("limit", "1")]).await;
    }
    let requests = account
        .emulator
        .requests_until(|r| r.iter().all(|r| r.finished))
        .await;
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|r| r.connection == 0 && r.bytes > 300));
}

/// Whoever proves that a client outlives a fault has to know that the client met it.
#[tokio::test]
async fn a_fault_is_logged_with_the_request_that_it_spoilt_and_with_no_other() {
    let account = start(options()).await;
    let row = account
        .emulator
        .special(Special::Whole("voicemail-quiet-id3"))
        .unwrap();
    let media = row["recording_url"].as_str().unwrap();
    let (list, one) = (account.list_url(), account.one_url(&row));
    let head = || account.http.head(media);
    let whole = || account.http.get(media);
    let part = || whole().header(header::RANGE, "bytes=10-19");
    let at = |place: &'static str| account.get(&list).query(&[("offset", place)]);
    for (fault, spared, spoilt) in [
        ("offset-lies", account.get(&list), at("20")),
        ("missing-row", account.get(&one), account.get(&list)),
        ("duplicate-row", account.get(&one), account.get(&list)),
        ("truncated-json", whole(), account.get(&list)),
        ("no-range", whole(), part()),
        ("chunked", account.get(&list), whole()),
        ("slow=1000000", head(), whole()),
        ("cut=10", part(), whole()),
        ("reset=10", part(), whole()),
        ("wrong-length=-5", account.get(&list), whole()),
        ("media:503", account.get(&list), whole()),
        ("html", whole(), account.get(&one)),
        ("latency=1", whole(), account.get(&one)),
    ] {
        let switched: Fault = fault.parse().unwrap();
        account.emulator.set_faults(vec![switched]);
        for (request, hits) in [(spared, vec![]), (spoilt, vec![switched.kind])] {
            let before = account.emulator.requests().len();
            // What comes of it is another test's.
            if let Ok(answer) = request.send().await {
                let _ = answer.bytes().await;
            }
            let ended = |r: &[LogEntry]| r.len() > before && r.iter().all(|r| r.finished);
            let requests = account.emulator.requests_until(ended).await;
            let last = requests.last().unwrap();
            assert_eq!(last.faults, hits, "{fault}: {last:?}");
            let told = last.told.unwrap() - now();
            assert!(told.num_seconds() >= 0 && told.num_minutes() < 10, "{told}");
        }
    }
}

#[tokio::test]
async fn only_loopback_is_bound_and_stopping_closes_it() {
    let account = start(options()).await;
    let address = account
        .emulator
        .url()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let (host, port) = address.split_once(':').unwrap();
    assert_eq!(host, "127.0.0.1");
    #[cfg(target_os = "linux")]
    {
        let hex = format!(":{:04X} ", port.parse::<u16>().unwrap());
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            for line in std::fs::read_to_string(table).unwrap_or_default().lines() {
                let local = line.split_whitespace().nth(1).unwrap_or_default();
                if format!("{local} ").ends_with(&hex) {
                    assert!(local.starts_with("0100007F:"), "{local}");
                }
            }
        }
    }
    let _ = port;
    account.rows(&[]).await;
    account.emulator.stop().await;
    assert!(TcpStream::connect(&address).is_err());
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let account = start(options()).await;
    let port = account
        .emulator
        .url()
        .rsplit_once(':')
        .unwrap()
        .1
        .parse()
        .unwrap();
    let second = callreel::emulator::start(Options { port, ..options() });
    assert_eq!(second.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}
