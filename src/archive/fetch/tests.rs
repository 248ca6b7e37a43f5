use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::super::folder::Folder;
use super::super::part::Promised;
use super::*;
use crate::plivo::limit::Rate;

/// The file that is served: no sound, and nothing that callreel takes for something else.
fn file() -> Vec<u8> {
    let bytes = (0..3_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8 | 0x80);
    bytes.collect()
}

/// What a server answers, from the first byte that is asked for and whether a range was.
type Answers = fn(usize, bool) -> (String, Vec<u8>);

/// Fetches what such a server has, each answer over a connection of its own that ends with it. Gives how often it was asked.
async fn fetched(answers: Answers) -> (Result<Vec<u8>, Missed>, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/a.mp3", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let server = tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            let (mut from, mut ranged) = (0, false);
            let mut lines = BufReader::new(&mut socket).lines();
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some(range) = line.strip_prefix("range: bytes=") {
                    (from, ranged) = (range.trim_end_matches('-').parse().unwrap(), true);
                }
                if line.is_empty() {
                    break;
                }
            }
            let (head, body) = answers(from, ranged);
            let head = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
            socket.write_all(head.as_bytes()).await.unwrap();
            socket.write_all(&body).await.unwrap();
            socket.shutdown().await.unwrap();
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let place = Folder::create(folder.path()).unwrap();
    let part = Part::open(place, "a.mp3".to_owned(), "a", Promised::default()).unwrap();
    let media = MediaRequest {
        url,
        authorization: None,
        own_origin: None,
    };
    let limiter = Limiter::new(Rate::default());
    let fetched = fetch(
        Http::new().unwrap(),
        media,
        &limiter,
        Box::new(part),
        &|_| (),
    )
    .await;
    server.abort();
    let bytes = fetched.map(|part| {
        assert!(part.is_whole());
        std::fs::read(folder.path().join("a.mp3.part")).unwrap()
    });
    (bytes, asked.load(Ordering::Relaxed))
}

fn piece(from: usize, most: usize, total: &str) -> (String, Vec<u8>) {
    let whole = file();
    let to = (from + most).min(whole.len());
    let body = whole.get(from..to).unwrap().to_vec();
    let head = format!(
        "206 Partial Content\r\nContent-Range: bytes {from}-{}/{total}\r\nContent-Length: {}",
        to - 1,
        body.len()
    );
    (head, body)
}

#[tokio::test]
async fn a_file_that_comes_in_pieces_is_asked_for_to_its_end() {
    let (bytes, asked) = fetched(|from, _| piece(from, 1_000, "3000")).await;
    assert!(bytes.unwrap() == file());
    assert_eq!(asked, 3);
}

#[tokio::test]
async fn a_part_of_a_file_of_unknown_length_is_no_whole() {
    let (bytes, asked) = fetched(|from, ranged| match ranged {
        true => piece(from, 1_000, "*"),
        false => ("200 OK\r\nContent-Length: 3000".to_owned(), file()),
    })
    .await;
    assert!(bytes.unwrap() == file());
    assert_eq!(asked, 2);
    let (bytes, asked) = fetched(|from, _| piece(from, 1_000, "*")).await;
    assert!(
        matches!(bytes, Err(Missed::Media(audio::Error::Protocol(_)))),
        "{bytes:?}"
    );
    assert_eq!(asked, 2);
}

#[tokio::test]
async fn a_file_that_ends_with_its_connection_is_refused() {
    let answers: [Answers; 2] = [
        |_, _| ("200 OK".to_owned(), file()),
        |_, _| ("200 OK\r\nTransfer-Encoding: identity".to_owned(), file()),
    ];
    for answers in answers {
        let (bytes, _) = fetched(answers).await;
        assert!(
            matches!(bytes, Err(Missed::Media(audio::Error::Protocol(_)))),
            "{bytes:?}"
        );
    }
}

#[tokio::test]
async fn a_file_without_a_length_whose_end_is_marked_is_whole() {
    let (bytes, _) = fetched(|_, _| {
        let whole = file();
        let mut body = format!("{:x}\r\n", whole.len()).into_bytes();
        body.extend(whole);
        body.extend(b"\r\n0\r\n\r\n");
        ("200 OK\r\nTransfer-Encoding: chunked".to_owned(), body)
    })
    .await;
    assert!(bytes.unwrap() == file());
}
