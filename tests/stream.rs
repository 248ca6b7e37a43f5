//! Fetching against a server that does exactly what each test says, byte by byte.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "stream/script.rs"]
mod script;
#[path = "stream/server.rs"]
mod server;

use std::io::{ErrorKind, Read};
use std::time::Duration;

use callreel::audio::buffer::{Cancel, failure};
use callreel::audio::event::{Error, Request, Secret};
use callreel::audio::fetch::FetchEvent;
use tokio::time::Instant;

use script::{Fetch, file, opened, request, script, skip};
use server::{Exchange, Server};

#[test]
fn one_request_brings_a_whole_file() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(300_000));
        let mut fetch = Fetch::of(&server);
        let mut get = server.next().await;
        assert_eq!(get.line(), "GET /a.mp3 HTTP/1.1");
        assert_eq!(get.header("range"), Some("bytes=0-"));
        assert_eq!(get.header("accept-encoding"), Some("identity"));
        assert_eq!(get.header("if-range"), None);
        assert_eq!(get.header("authorization"), None);
        let agent = get.header("user-agent").unwrap();
        assert!(agent.starts_with("callreel/"), "{agent}");
        get.part(&file, 0.., "").await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.complete(&file).await;
        assert_eq!(server.count(), 1);
    });
}

#[test]
fn bytes_are_there_before_the_next_ones_come() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(1000));
        let fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.part_head(&file, 0.., "").await;
        let mut sent = 64;
        get.send(&file[..sent]).await;
        while sent < file.len() {
            fetch.loaded(0, sent as u64).await;
            get.send(&file[sent..sent + 1]).await;
            sent += 1;
        }
        fetch.loaded(0, 1000).await;
    });
}

#[test]
fn a_cut_connection_goes_on_from_the_missing_byte() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(300_000));
        let mut fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.part_head(&file, 0.., "ETag: \"one\"\r\n").await;
        get.send(&file[..100_001]).await;
        get.cut().await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.retry().await;
        let mut get = server.next().await;
        assert_eq!(get.header("range"), Some("bytes=100001-"));
        assert_eq!(get.header("if-range"), Some("\"one\""));
        get.part(&file, 100_001.., "ETag: \"one\"\r\n").await;
        fetch.complete(&file).await;
    });
}

#[test]
fn a_server_that_is_away_for_a_minute_is_waited_for() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(200_000));
        let mut fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.part_head(&file, 0.., "").await;
        get.send(&file[..50_000]).await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.loaded(0, 50_000).await;
        server.go_away().await;
        get.cut().await;
        let gone = Instant::now();
        let mut attempts = 0;
        while gone.elapsed() < Duration::from_secs(60) {
            let FetchEvent::Retrying { attempt, .. } = fetch.event().await else {
                panic!("it gave up after {:?}", gone.elapsed());
            };
            attempts += 1;
            assert_eq!(attempt, attempts);
            skip(Duration::from_secs(8)).await;
        }
        server.come_back().await;
        let mut get = loop {
            tokio::select! {
                get = server.next() => break get,
                event = fetch.event() => {
                    assert!(matches!(event, FetchEvent::Retrying { .. }), "{event:?}");
                    skip(Duration::from_secs(8)).await;
                }
            }
        };
        assert_eq!(get.header("range"), Some("bytes=50000-"));
        get.part(&file, 50_000.., "").await;
        fetch.complete(&file).await;
    });
}

#[test]
fn only_the_beginning_is_asked_for_until_the_rest_is_wanted() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(300_000));
        let mut fetch = Fetch::of_most(request(&server.url("/a.mp3")), Some(100_000));
        let mut get = server.next().await;
        assert_eq!(get.header("range"), Some("bytes=0-99999"));
        get.part(&file, 0..100_000, "").await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.loaded(0, 100_000).await;
        // Nothing happens for a while.
        skip(Duration::from_secs(60)).await;
        assert_eq!(server.count(), 1);
        fetch.buffer.release();
        let mut get = server.next().await;
        assert_eq!(get.header("range"), Some("bytes=100000-"));
        get.part(&file, 100_000.., "").await;
        fetch.complete(&file).await;
    });
}

#[test]
fn what_is_wanted_while_its_beginning_comes_goes_on_and_a_short_file_is_complete() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(300_000));
        let mut fetch = Fetch::of_most(request(&server.url("/a.mp3")), Some(100_000));
        let mut get = server.next().await;
        get.part_head(&file, 0..100_000, "").await;
        get.send(&file[..50_000]).await;
        fetch.loaded(0, 50_000).await;
        fetch.buffer.release();
        get.send(&file[50_000..100_000]).await;
        let mut get = server.next().await;
        get.part(&file, 100_000.., "").await;
        fetch.complete(&file).await;
        let mut fetch = Fetch::of_most(request(&server.url("/a.mp3")), Some(400_000));
        let mut get = server.next().await;
        get.part(&file, 0.., "").await;
        fetch.complete(&file).await;
    });
}

#[test]
fn a_server_that_was_never_there_is_given_up() {
    script(|| async {
        let mut server = Server::start().await;
        server.go_away().await;
        let mut fetch = Fetch::of(&server);
        for _ in 0..4 {
            fetch.retry().await;
        }
        let error = fetch.error().await;
        assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
        let cause = error.to_string();
        assert!(!cause.contains("a.mp3"), "{cause}");
    });
}

#[test]
fn without_content_length_a_cut_is_no_end() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(100_000));
        let mut fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.send(
            b"HTTP/1.1 206 OK\r\nConnection: close\r\nContent-Range: bytes 0-99999/100000\r\n\r\n",
        )
        .await;
        get.send(&file[..40_000]).await;
        get.cut().await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.retry().await;
        let mut get = server.next().await;
        assert_eq!(get.header("range"), Some("bytes=40000-"));
        get.part(&file, 40_000.., "").await;
        fetch.complete(&file).await;
    });
}

#[test]
fn a_chunked_file_of_unknown_length_ends_where_it_ends_well() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(50_000));
        let mut fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await;
        get.chunk(&file[..30_000]).await;
        let (len, ranges) = (None, false);
        assert_eq!(fetch.event().await, FetchEvent::Opened { len, ranges });
        fetch.loaded(0, 30_000).await;
        assert_eq!(fetch.buffer.len(), None);
        get.cut().await;
        fetch.retry().await;
        let mut get = server.next().await;
        assert_eq!(get.header("range"), Some("bytes=30000-"));
        get.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await;
        get.chunk(&file).await;
        get.chunk(b"").await;
        fetch.complete(&file).await;
        assert_eq!(fetch.buffer.len(), Some(50_000));
    });
}

#[test]
fn parts_of_an_unknown_total_are_asked_for_until_there_are_no_more() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(30_000));
        let mut fetch = Fetch::of(&server);
        for (start, end) in [(0, 20_000), (20_000, 30_000)] {
            let mut get = server.next().await;
            assert_eq!(
                get.header("range"),
                Some(format!("bytes={start}-").as_str())
            );
            let (len, last) = (end - start, end - 1);
            let head = format!(
                "HTTP/1.1 206 OK\r\nContent-Length: {len}\r\nContent-Range: bytes {start}-{last}/*\r\n\r\n"
            );
            get.send(head.as_bytes()).await;
            get.send(&file[start..end]).await;
        }
        let mut get = server.next().await;
        assert_eq!(get.header("range"), Some("bytes=30000-"));
        get.send(b"HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n")
            .await;
        let (len, ranges) = (None, true);
        assert_eq!(fetch.event().await, FetchEvent::Opened { len, ranges });
        fetch.complete(&file).await;
    });
}

#[test]
fn a_stall_is_noticed_after_six_seconds() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(100_000));
        let mut fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.part_head(&file, 0.., "").await;
        get.send(&file[..30_000]).await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.loaded(0, 30_000).await;
        skip(Duration::from_millis(6_100)).await;
        let detail = fetch.retry().await;
        assert!(detail.contains("nothing came"), "{detail}");
        get.closed().await;
        let mut get = server.next().await;
        assert_eq!(get.header("range"), Some("bytes=30000-"));
        get.part(&file, 30_000.., "").await;
        fetch.complete(&file).await;
    });
}

#[test]
fn a_server_that_does_not_answer_is_asked_again() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(10_000));
        let mut fetch = Fetch::of(&server);
        let get = server.next().await;
        skip(Duration::from_millis(8_100)).await;
        fetch.retry().await;
        get.closed().await;
        server.next().await.part(&file, 0.., "").await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.complete(&file).await;
    });
}

#[test]
fn where_ranges_are_ignored_a_jump_waits_and_gets_the_right_bytes() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(3_000_000));
        let mut fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.send(b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n")
            .await;
        get.send(&file[..100_000]).await;
        let (len, ranges) = (Some(3_000_000), false);
        assert_eq!(fetch.event().await, FetchEvent::Opened { len, ranges });
        fetch.loaded(0, 100_000).await;
        fetch.buffer.want(2_500_000);
        get.send(&file[100_000..]).await;
        fetch.complete(&file).await;
        assert_eq!(server.count(), 1);
    });
}

#[test]
fn a_server_that_stops_sending_parts_never_puts_its_start_elsewhere() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(3_000_000));
        let mut fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.part_head(&file, 0.., "").await;
        get.send(&file[..100_000]).await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.loaded(0, 100_000).await;
        fetch.buffer.want(2_500_000);
        let mut get = server.next().await;
        assert_eq!(get.header("range"), Some("bytes=2500000-"));
        get.send(b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\nAccept-Ranges: bytes\r\n\r\n")
            .await;
        get.send(&file).await;
        fetch.complete(&file).await;
        assert_eq!(server.count(), 2);
    });
}

#[test]
fn a_jump_asks_for_its_byte_at_once_and_not_for_what_lies_between() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(4 << 20));
        let (len, far) = (file.len() as u64, 3 << 20);
        let mut fetch = Fetch::of(&server);
        let mut slow = server.next().await;
        slow.part_head(&file, 0.., "").await;
        slow.send(&file[..65_536]).await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.loaded(0, 65_536).await;

        fetch.buffer.want(far as u64);
        let mut get = server.next().await;
        assert_eq!(get.header("range"), Some("bytes=3145728-"));
        slow.closed().await;
        get.part_head(&file, far.., "").await;
        get.send(&file[far..far + 1000]).await;
        fetch.loaded(far as u64, 1000).await;
        let far_end = far as u64 + 1000;
        assert_eq!(fetch.buffer.have(), [0..65_536, far as u64..far_end]);
        get.send(&file[far + 1000..]).await;

        // Then the gap, and no more than the gap.
        let mut get = server.next().await;
        assert_eq!(fetch.buffer.have(), [0..65_536, far as u64..len]);
        assert_eq!(get.header("range"), Some("bytes=65536-3145727"));
        get.part(&file, 65_536..far, "").await;
        fetch.complete(&file).await;
        assert_eq!(server.count(), 3);
    });
}

#[test]
fn gaps_are_filled_the_next_after_the_play_head_first() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(4 << 20));
        let mib = 1_usize << 20;
        let fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.part_head(&file, 0.., "").await;
        get.send(&file[..1000]).await;
        fetch.loaded(0, 1000).await;
        for jump in [3 * mib, mib] {
            fetch.buffer.want(jump as u64);
            let mut get = server.next().await;
            get.part_head(&file, jump.., "").await;
            get.send(&file[jump..jump + 1000]).await;
            fetch.loaded(jump as u64, 1000).await;
        }
        // Back at the start, which runs short after 1000 bytes.
        fetch.buffer.want(0);
        let mut get = server.next().await;
        assert_eq!(get.header("range"), Some("bytes=1000-1048575"));
        get.part(&file, 1000..mib, "").await;
        let mut get = server.next().await;
        assert_eq!(get.header("range"), Some("bytes=1049576-3145727"));
        get.part(&file, mib + 1000..3 * mib, "").await;
        let get = server.next().await;
        assert_eq!(get.header("range"), Some("bytes=3146728-"));
    });
}

#[test]
fn a_byte_that_comes_soon_anyway_is_waited_for() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(1 << 20));
        let mut fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.part_head(&file, 0.., "").await;
        get.send(&file[..1000]).await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.loaded(0, 1000).await;
        fetch.buffer.want(9000);
        fetch.loaded(0, 1000).await;
        get.send(&file[1000..]).await;
        fetch.complete(&file).await;
        assert_eq!(server.count(), 1);
    });
}

#[test]
fn a_jump_while_a_jump_is_on_its_way_goes_to_the_newest_place() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(4 << 20));
        let fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.part_head(&file, 0.., "").await;
        get.send(&file[..1000]).await;
        fetch.loaded(0, 1000).await;
        fetch.buffer.want(2 << 20);
        let first = server.next().await;
        assert_eq!(first.header("range"), Some("bytes=2097152-"));
        fetch.buffer.want(1 << 20);
        let mut second = server.next().await;
        assert_eq!(second.header("range"), Some("bytes=1048576-"));
        first.closed().await;
        second.part(&file, 1 << 20.., "").await;
        fetch.loaded(1 << 20, 3 << 20).await;
    });
}

fn authorized(url: &str) -> Request {
    Request {
        authorization: Some(Secret("Basic c2VjcmV0".to_owned())),
        ..request(url)
    }
}

/// The request holds neither the credentials, in whatever place, nor where it comes from.
fn tells_nothing(get: &Exchange) {
    for header in ["authorization", "referer", "cookie", "origin", "from"] {
        assert_eq!(get.header(header), None, "{header}");
    }
    for secret in ["c2VjcmV0", "secret", "Basic"] {
        assert!(!get.head().contains(secret), "{}", get.head());
    }
}

#[test]
fn credentials_do_not_follow_to_another_server() {
    script(|| async {
        let (mut api, mut store) = (Server::start().await, Server::start().await);
        let file = file(50_000);
        // No redirect leads to this machine but to the user's own server, which is the other one here.
        let mut fetch = Fetch::start(Request {
            own_origin: Some(store.url("")),
            ..authorized(&api.url("/media"))
        });
        let mut get = api.next().await;
        assert_eq!(get.header("authorization"), Some("Basic c2VjcmV0"));
        get.redirect("/signed").await;
        let mut get = api.next().await;
        assert_eq!(get.line(), "GET /signed HTTP/1.1");
        assert_eq!(get.header("authorization"), Some("Basic c2VjcmV0"));
        get.redirect(&store.url("/object")).await;
        let mut get = store.next().await;
        assert_eq!(get.header("range"), Some("bytes=0-"));
        tells_nothing(&get);
        get.part_head(&file, 0.., "").await;
        get.send(&file[..20_000]).await;
        get.cut().await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.retry().await;

        // The place is known by now; when it has run out, the way is gone again from its start.
        let mut get = store.next().await;
        tells_nothing(&get);
        get.send(b"HTTP/1.1 403 Expired\r\nContent-Length: 0\r\n\r\n")
            .await;
        let mut get = api.next().await;
        assert_eq!(get.line(), "GET /media HTTP/1.1");
        assert_eq!(get.header("authorization"), Some("Basic c2VjcmV0"));
        get.redirect(&store.url("/other")).await;
        let mut get = store.next().await;
        assert_eq!(get.line(), "GET /other HTTP/1.1");
        tells_nothing(&get);
        get.redirect(&api.url("/back")).await;
        let mut get = api.next().await;
        tells_nothing(&get);
        get.part(&file, 20_000.., "").await;
        fetch.complete(&file).await;
    });
}

#[test]
fn redirects_end() {
    script(|| async {
        let mut server = Server::start().await;
        let mut fetch = Fetch::of(&server);
        for _ in 0..6 {
            server.next().await.redirect("/again").await;
        }
        assert!(matches!(fetch.error().await, Error::Refused(_)));
        assert_eq!(server.count(), 6);
    });
}

#[test]
fn links_that_are_not_safe_are_not_asked() {
    script(|| async {
        for url in [
            "http://media.example/a",
            "https://user@127.0.0.1/",
            "gopher://a/",
        ] {
            let mut fetch = Fetch::start(request(url));
            assert!(matches!(fetch.error().await, Error::Refused(_)), "{url}");
        }
        assert_eq!(Fetch::start(request("")).error().await, Error::NoUrl);
        let mut server = Server::start().await;
        let mut fetch = Fetch::of(&server);
        server
            .next()
            .await
            .redirect("https://169.254.169.254/")
            .await;
        assert!(matches!(fetch.error().await, Error::Refused(_)));
    });
}

#[test]
fn another_server_on_this_machine_is_not_asked() {
    script(|| async {
        let (mut api, other) = (Server::start().await, Server::start().await);
        let own = Request {
            own_origin: Some(api.url("")),
            ..authorized(&api.url("/media"))
        };
        for to in [
            other.url("/"),
            other.url("/").replace("127.0.0.1", "localhost"),
        ] {
            let mut fetch = Fetch::start(own.clone());
            api.next().await.redirect(&to).await;
            assert!(matches!(fetch.error().await, Error::Refused(_)), "{to}");
        }
        assert_eq!(other.count(), 0);
    });
}

/// What a fetch fails with whose first answer is `answer`; it must not ask again.
async fn fails_at_once(answer: &[u8]) -> Error {
    let mut server = Server::start().await;
    let mut fetch = Fetch::of(&server);
    let mut get = server.next().await;
    get.send(answer).await;
    let error = fetch.error().await;
    assert_eq!(server.count(), 1);
    error
}

#[test]
fn refusals_are_final_and_have_their_names() {
    script(|| async {
        for (status, error) in [
            (401, Error::Unauthorized),
            (403, Error::Forbidden),
            (404, Error::NotFound),
            (400, Error::Status(400)),
            (204, Error::Empty),
        ] {
            let answer = format!("HTTP/1.1 {status} No\r\nConnection: close\r\n\r\n");
            assert_eq!(fails_at_once(answer.as_bytes()).await, error);
        }
    });
}

#[test]
fn what_is_no_sound_is_told_by_its_bytes() {
    script(|| async {
        let page = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 300\r\n\r\n\
            <!doctype html><html><head><title>Sign in</title></head><body>and some words more</body>";
        let error = fails_at_once(page).await;
        assert_eq!(error, Error::NotAudio("a web page (“Sign in”)".to_owned()));
        let json = b"HTTP/1.1 206 OK\r\nContent-Range: bytes 0-14/15\r\nContent-Length: 15\r\n\r\n\
            {\"error\": true}";
        assert!(matches!(fails_at_once(json).await, Error::NotAudio(_)));
        for empty in [
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 416 No\r\nContent-Range: bytes */0\r\nContent-Length: 0\r\n\r\n",
        ] {
            assert_eq!(
                fails_at_once(empty.as_bytes()).await,
                Error::Empty,
                "{empty}"
            );
        }
        let mut header =
            b"HTTP/1.1 206 OK\r\nContent-Range: bytes 0-43/44\r\nContent-Length: 44\r\n\r\n\
            RIFF\x24\0\0\0WAVEfmt "
                .to_vec();
        header.resize(header.len() + 28, 0);
        assert_eq!(fails_at_once(&header).await, Error::HeaderOnly);
    });
}

#[test]
fn a_server_that_takes_no_range_from_the_start_is_asked_without() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(5000));
        let mut fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.send(b"HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n")
            .await;
        let mut get = server.next().await;
        assert_eq!(get.header("range"), None);
        get.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
            .await;
        get.send(&file).await;
        let (len, ranges) = (Some(5000), false);
        assert_eq!(fetch.event().await, FetchEvent::Opened { len, ranges });
        fetch.complete(&file).await;
    });
}

#[test]
fn the_wrong_part_is_an_error_and_no_sound() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(2_000_000));
        let mut fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.part_head(&file, 0.., "").await;
        get.send(&file[..1000]).await;
        fetch.loaded(0, 1000).await;
        fetch.buffer.want(1_500_000);
        server.next().await.part(&file, 0.., "").await;
        let error = fetch.error().await;
        assert!(matches!(error, Error::Protocol(_)), "{error:?}");
        assert_eq!(fetch.buffer.have().len(), 1);
        assert_eq!(fetch.buffer.contiguous_from(0), 1000);
    });
}

/// What a fetch fails with when its second answer, for the bytes after 1000, is `second`.
async fn changes(file: &[u8], second: impl AsyncFnOnce(&mut Exchange)) -> Error {
    let mut server = Server::start().await;
    let mut fetch = Fetch::of(&server);
    let mut get = server.next().await;
    get.part_head(file, 0.., "ETag: \"one\"\r\n").await;
    get.send(&file[..1000]).await;
    get.cut().await;
    assert_eq!(fetch.event().await, opened(file));
    fetch.retry().await;
    second(&mut server.next().await).await;
    fetch.error().await
}

#[test]
fn a_file_that_changed_is_noticed() {
    script(|| async {
        let file = file(5000);
        let mut other = file.clone();
        other[500] ^= 1;
        let tag = changes(&file, async |get| {
            get.part(&file, 1000.., "ETag: \"two\"\r\n").await;
        });
        assert_eq!(tag.await, Error::Changed);
        let length = changes(&file, async |get| {
            get.part(&file[..4000], 1000.., "").await;
        });
        assert_eq!(length.await, Error::Changed);
        let bytes = changes(&file, async |get| {
            get.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
                .await;
            get.send(&other).await;
        });
        assert_eq!(bytes.await, Error::Changed);
        let shorter = changes(&file, async |get| {
            get.send(b"HTTP/1.1 416 No\r\nContent-Length: 0\r\nContent-Range: bytes */900\r\n\r\n")
                .await;
        });
        assert_eq!(shorter.await, Error::Changed);
    });
}

#[test]
fn a_busy_server_is_asked_again_when_it_says_so() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(5000));
        let mut fetch = Fetch::of(&server);
        let mut get = server.next().await;
        get.send(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
            .await;
        fetch.retry().await;
        let mut get = server.next().await;
        get.send(b"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\nRetry-After: 30\r\n\r\n")
            .await;
        let detail = fetch.retry().await;
        assert!(detail.contains("429"), "{detail}");
        skip(Duration::from_secs(21)).await;
        assert_eq!(server.count(), 2, "asked again before its time");
        skip(Duration::from_secs(2)).await;
        server.next().await.part(&file, 0.., "").await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.complete(&file).await;
    });
}

#[test]
fn lies_about_the_length_cost_nothing() {
    script(|| async {
        let most = u64::MAX / 2;
        for claim in [
            format!("200 OK\r\nContent-Length: {most}"),
            format!("206 OK\r\nContent-Range: bytes 0-99/{most}\r\nContent-Length: 100"),
            format!("206 OK\r\nContent-Range: bytes 0-{most}/*\r\nContent-Length: 100"),
        ] {
            let error = fails_at_once(format!("HTTP/1.1 {claim}\r\n\r\n").as_bytes()).await;
            assert!(matches!(error, Error::Protocol(_)), "{claim}: {error:?}");
        }
        let mut longer = b"HTTP/1.1 206 OK\r\nContent-Range: bytes 0-99/100\r\n\
            Transfer-Encoding: chunked\r\n\r\n3e8\r\n"
            .to_vec();
        longer.extend(file(1000));
        let error = fails_at_once(&longer).await;
        assert!(matches!(error, Error::Protocol(_)), "{error:?}");
    });
}

#[test]
fn a_reader_learns_why_its_bytes_do_not_come() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(5000));
        let mut fetch = Fetch::of(&server);
        let mut reader = fetch.buffer.reader(Cancel::never());
        let reading = tokio::task::spawn_blocking(move || reader.read_to_end(&mut Vec::new()));
        let mut get = server.next().await;
        get.part_head(&file, 0.., "").await;
        get.send(&file[..1000]).await;
        get.cut().await;
        assert_eq!(fetch.event().await, opened(&file));
        fetch.retry().await;
        let mut get = server.next().await;
        get.send(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
            .await;
        let error = reading.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionAborted);
        assert_eq!(failure(&error), Some(&Error::NotFound));
    });
}

#[test]
fn cancelling_and_dropping_end_the_connection() {
    script(|| async {
        for cancels in [true, false] {
            let (mut server, file) = (Server::start().await, file(5000));
            let Fetch { buffer, mut events } = Fetch::of(&server);
            let mut get = server.next().await;
            get.part_head(&file, 0.., "").await;
            get.send(&file[..1000]).await;
            assert!(events.recv().await.is_some());
            let kept = cancels.then(|| {
                buffer.cancel();
                buffer.clone()
            });
            drop(buffer);
            get.closed().await;
            while let Some(event) = events.recv().await {
                assert!(matches!(event, FetchEvent::Progress { .. }), "{event:?}");
            }
            assert!(kept.is_none_or(|buffer| buffer.failed().is_none()));
        }
    });
}

#[test]
fn progress_is_told_at_once_and_then_ten_times_a_second_at_most() {
    script(|| async {
        let (mut server, file) = (Server::start().await, file(5000));
        let mut fetch = Fetch::of(&server);
        let started = Instant::now();
        let mut get = server.next().await;
        get.part_head(&file, 0.., "").await;
        for sent in (0..5000).step_by(100) {
            get.send(&file[sent..sent + 100]).await;
            fetch.loaded(0, sent as u64 + 100).await;
        }
        let (mut reports, mut last) = (0, 0);
        loop {
            match fetch.events.recv().await.unwrap() {
                FetchEvent::Progress { loaded } => {
                    assert!(loaded > last);
                    last = loaded;
                    reports += 1;
                }
                FetchEvent::Complete => break,
                _ => {}
            }
        }
        let most = 2 + started.elapsed().as_millis() / 100;
        assert!((1..=most).contains(&reports), "{reports} reports");
    });
}
