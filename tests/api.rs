//! The real client against servers on loopback that answer with exact bytes, right and wrong ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "api/emulated.rs"]
mod emulated;
#[path = "api/scripted.rs"]
mod scripted;
#[path = "api/surroundings.rs"]
mod surroundings;

use std::time::{Duration, Instant};

use callreel::plivo::{
    Cursor, Error, Options, PageRequest, Priority, RecordingId, RetryPolicy, Start,
};
use scripted::{ID, Reply, Server, quick, request};

const LIST: &str = include_str!("golden/list.json");
const GET: &str = include_str!("golden/get.json");
const EMPTY: &str = r#"{"api_id": "a", "meta": {}, "objects": []}"#;

async fn list(server: &Server) -> Result<callreel::plivo::Page, Error> {
    server.client().list(&request(), Priority::Visible).await
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (named, value) = line.split_once(": ")?;
        named.eq_ignore_ascii_case(name).then_some(value)
    })
}

#[tokio::test]
async fn the_documented_list_is_asked_for_and_read() {
    let server = Server::start([Reply::json(LIST)]).await;
    let page = list(&server).await.unwrap();
    assert_eq!((page.meta.total, page.recordings.len()), (Some(2), 2));
    assert_eq!(
        page.recordings[1]
            .added
            .map(callreel::plivo::time::write)
            .as_deref(),
        Some("2012-02-16 16:53:56.574859")
    );
    let requests = server.requests();
    assert_eq!(
        requests[0].lines().next(),
        Some(
            "GET /v1/Account/MAGWNTM3ZTK1M2YZMDUU/Recording/?from_number=%2B14155550100\
             &to_number=sip%3Aa%26b%40example.com&add_time__gte=2012-02-16+00%3A00%3A00.000000\
             &add_time__lt=2012-02-18+00%3A00%3A00.500000&limit=20 HTTP/1.1"
        )
    );
    assert_eq!(
        header(&requests[0], "authorization"),
        Some("Basic TUFHV05UTTNaVEsxTTJZWk1EVVU6aHVudGVyMjJodW50ZXIyMg==")
    );
    let agent = concat!("callreel/", env!("CARGO_PKG_VERSION"));
    assert_eq!(header(&requests[0], "user-agent"), Some(agent));
}

#[tokio::test]
async fn a_page_is_asked_for_by_cursor_or_by_offset() {
    let server = Server::start([Reply::json(EMPTY)]).await;
    for (start, sent) in [
        (Start::Offset(705), "&limit=20&offset=705 "),
        (
            Start::Cursor(Cursor::new("a+b=&offset=1")),
            "&limit=20&cursor=a%2Bb%3D%26offset%3D1 ",
        ),
    ] {
        let request = PageRequest { start, ..request() };
        server
            .client()
            .list(&request, Priority::Count)
            .await
            .unwrap();
        assert!(server.requests().last().unwrap().contains(sent), "{sent}");
    }
}

#[tokio::test]
async fn the_documented_recording_is_asked_for_and_read() {
    let server = Server::start([Reply::json(GET)]).await;
    let id = RecordingId::new("c7b71d14-58be-11e1-b7e1-ffca7d3abcc0");
    let recording = server.client().get(&id, Priority::Detail).await.unwrap();
    assert_eq!(recording.id, id);
    assert!(recording.raw.contains_key("api_id"));
    assert!(server.requests()[0].starts_with(&format!(
        "GET /v1/Account/{ID}/Recording/{id}/ HTTP/1.1\r\n"
    )));

    let other = server
        .client()
        .get(&RecordingId::new("other"), Priority::Detail)
        .await;
    assert!(matches!(other, Err(Error::Malformed { .. })));
}

#[tokio::test]
async fn a_deletion_is_one_request() {
    let server = Server::start([Reply::raw(
        "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
    )])
    .await;
    server
        .client()
        .delete(&RecordingId::new("r-1"))
        .await
        .unwrap();
    assert!(server.requests()[0].starts_with(&format!(
        "DELETE /v1/Account/{ID}/Recording/r-1/ HTTP/1.1\r\n"
    )));
}

#[tokio::test]
async fn a_deletion_is_never_tried_twice() {
    for reply in [
        Reply::of("500 Oops", "", "{}"),
        Reply::of("429 Slow", "Retry-After: 0\r\n", "{}"),
        Reply::raw(""),
        Reply::Hang(Vec::new()),
    ] {
        let server = Server::start([reply]).await;
        let options = Options {
            answer_timeout: Duration::from_millis(100),
            ..quick()
        };
        server
            .client_with(options)
            .delete(&RecordingId::new("r"))
            .await
            .unwrap_err();
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_login_page_has_deleted_nothing() {
    let page = "<!DOCTYPE html><title>Please sign in</title>";
    let server = Server::start([Reply::of("200 OK", "Content-Type: text/html\r\n", page)]).await;
    let told = server.client().delete(&RecordingId::new("r")).await;
    assert!(
        matches!(&told, Err(Error::Malformed { detail }) if detail.contains("sign in")),
        "{told:?}"
    );
}

#[tokio::test]
async fn hostile_ids_stay_in_their_place() {
    let server = Server::start([Reply::of("404 Not Found", "", "{}")]).await;
    let sent = [
        ("../../x", "..%2F..%2Fx"),
        ("a?b#c", "a%3Fb%23c"),
        ("r\r\nX: y", "r%0D%0AX%3A%20y"),
    ];
    for (id, _) in sent {
        let id = RecordingId::new(id);
        assert!(matches!(
            server.client().delete(&id).await,
            Err(Error::NotFound { .. })
        ));
    }
    for id in ["", ".", ".."] {
        let id = RecordingId::new(id);
        assert!(matches!(
            server.client().delete(&id).await,
            Err(Error::NotFound { .. })
        ));
        assert!(matches!(
            server.client().get(&id, Priority::Detail).await,
            Err(Error::NotFound { .. })
        ));
    }
    let requests = server.requests();
    assert_eq!(
        requests.len(),
        sent.len(),
        "those that no address can hold are not sent"
    );
    for (request, (_, encoded)) in requests.iter().zip(sent) {
        assert!(
            request.starts_with(&format!("DELETE /v1/Account/{ID}/Recording/{encoded}/ ")),
            "{request}"
        );
    }
}

#[tokio::test]
async fn errors_keep_what_the_api_said() {
    let server = Server::start([
        Reply::of(
            "400 Bad",
            "",
            r#"{"api_id": "id-1", "error": "range over 30 days"}"#,
        ),
        Reply::of(
            "401 No",
            "X-Request-ID: id-2\r\n",
            "Could not verify your access level",
        ),
        Reply::of("403 No", "", r#"{"error": {"error": "inner"}}"#),
        Reply::raw("HTTP/1.1 404 Gone\r\nContent-Length: 500\r\n\r\n{\"message\": \"cut"),
    ])
    .await;
    let message = |text: &str| text.to_owned();
    let id = |text: &str| Some(text.to_owned());
    let expected = [
        Error::BadRequest {
            message: message("range over 30 days"),
            api_id: id("id-1"),
        },
        Error::Unauthorized {
            message: message("Could not verify your access level"),
            api_id: id("id-2"),
        },
        Error::Forbidden {
            status: 403,
            message: message("inner"),
            api_id: None,
        },
        Error::NotFound {
            message: message("{\"message\": \"cut"),
            api_id: None,
        },
    ];
    for error in expected {
        assert_eq!(list(&server).await, Err(error));
    }
    assert_eq!(server.requests().len(), 4, "none of them is tried again");
}

#[tokio::test]
async fn a_refusal_with_a_time_pauses_everyone_and_heals() {
    let refusal = Reply::of(
        "429 Slow",
        "Retry-After: 1\r\n",
        r#"{"error": "slow down"}"#,
    );
    let server = Server::start([refusal, Reply::json(EMPTY)]).await;
    let client = server.client();
    let mut throttle = client.throttle();
    let began = Instant::now();
    let other = client.clone();
    let one = tokio::spawn(async move { other.list(&request(), Priority::Prefetch).await });
    throttle.changed().await.unwrap();
    let pause = throttle.borrow_and_update().unwrap();
    assert!(pause.named && pause.until > Instant::now());
    // A second request, more urgent and sent only now, waits as well.
    client.list(&request(), Priority::Visible).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    one.await.unwrap().unwrap();
    assert_eq!(*throttle.borrow_and_update(), None);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_refusal_without_a_time_heals_after_a_pause_of_our_own() {
    let server = Server::start([Reply::of("429 Slow", "", "Too many"), Reply::json(EMPTY)]).await;
    let began = Instant::now();
    list(&server).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(500));
}

#[tokio::test]
async fn a_refusal_for_too_long_is_told_at_once() {
    let server = Server::start([Reply::of("429 Slow", "Retry-After: 3600\r\n", "{}")]).await;
    let client = server.client();
    let error = client
        .list(&request(), Priority::Visible)
        .await
        .unwrap_err();
    let hour = Some(Duration::from_secs(3600));
    assert!(matches!(error, Error::RateLimited { retry_after, .. } if retry_after == hour));
    assert!(client.throttle().borrow().is_some());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn what_heals_is_tried_again() {
    let trouble = [
        Reply::of("500 Oops", "", ""),
        Reply::of("502 Bad Gateway", "", "<html><title>502</title>"),
        Reply::of("503 Busy", "Retry-After: 0\r\n", "{}"),
        Reply::raw(""),
        Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"objects\": ["),
        Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"obj\r\n"),
        Reply::raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"objects\": ["),
    ];
    for reply in trouble {
        let server = Server::start([reply.clone(), reply.clone(), Reply::json(EMPTY)]).await;
        list(&server)
            .await
            .unwrap_or_else(|error| panic!("{reply:?}: {error}"));
        assert_eq!(server.requests().len(), 3);
    }
}

#[tokio::test]
async fn tries_lie_apart_and_the_server_may_say_how_far() {
    let waits = [("", 150), ("Retry-After: 1\r\n", 1000)];
    for (header, least) in waits {
        let server = Server::start([Reply::of("503 Busy", header, ""), Reply::json(EMPTY)]).await;
        let options = Options {
            retry: RetryPolicy {
                first: Duration::from_millis(300),
                ..RetryPolicy::default()
            },
            ..quick()
        };
        let client = server.client_with(options);
        let began = Instant::now();
        client.list(&request(), Priority::Visible).await.unwrap();
        assert!(began.elapsed() >= Duration::from_millis(least), "{header}");
    }
}

#[tokio::test]
async fn what_does_not_heal_is_told_after_four_tries() {
    let server = Server::start([Reply::of("500 Oops", "", r#"{"error": "e"}"#)]).await;
    assert!(
        matches!(list(&server).await, Err(Error::Server { status: 500, message, .. }) if message == "e")
    );
    assert_eq!(server.requests().len(), 4);

    let server = Server::start([Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")]).await;
    let host = server.url.strip_prefix("http://").unwrap().to_owned();
    assert!(matches!(list(&server).await, Err(Error::Cut { host: named, .. }) if named == host));
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn what_is_no_list_is_told_at_once() {
    let wrong = [
        ("<!DOCTYPE html><title>Log in</title>", "Log in"),
        (
            r#"{"api_id": "a", "message": "async api spawned"}"#,
            "objects",
        ),
        (r#"{"objects": {}}"#, "objects"),
        (
            r#"{"objects": [], "meta": {"next": "/v1/nowhere"}}"#,
            "next",
        ),
        ("[1, 2", "ends"),
        ("", "empty"),
        ("\"text\"", "object"),
        ("{]", "JSON"),
    ];
    for (body, word) in wrong {
        let server = Server::start([Reply::json(body)]).await;
        let error = list(&server).await.unwrap_err();
        assert!(error.to_string().contains(word), "{body}: {error}");
        let tries = if matches!(error, Error::Cut { .. }) {
            4
        } else {
            1
        };
        assert_eq!(server.requests().len(), tries, "{body}");
    }
}

#[tokio::test]
async fn wrong_types_in_rows_cost_no_row() {
    let rows = r#"{"objects": [
        {"recording_id": "a", "recording_duration_ms": {"x": []}, "add_time": 5, "from_number": [1], "new": [[]]},
        {"recording_id": 7, "recording_duration_ms": -1, "conference_name": null},
        {"no": "id"}, 3, null
    ], "meta": {"total_count": "5"}}"#;
    let server = Server::start([Reply::json(rows)]).await;
    let page = list(&server).await.unwrap();
    assert_eq!((page.recordings.len(), page.meta.total), (5, Some(5)));
    // A row that came without an id cannot be asked for, and asking sends nothing.
    let nameless = &page.recordings[2].id;
    let client = server.client();
    assert!(matches!(
        client.get(nameless, Priority::Detail).await,
        Err(Error::NotFound { .. })
    ));
    assert!(matches!(
        client.delete(nameless).await,
        Err(Error::NotFound { .. })
    ));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let elsewhere = Server::start([Reply::json(EMPTY)]).await;
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let location = format!("Location: {}/v1/\r\n", elsewhere.url);
        let server = Server::start([Reply::of(status, &location, "")]).await;
        let error = list(&server).await.unwrap_err();
        assert!(
            matches!(
                error,
                Error::Status {
                    status: 301..=308,
                    ..
                }
            ),
            "{error:?}"
        );
        assert!(error.to_string().contains(&elsewhere.url), "{error}");
        assert_eq!(server.requests().len(), 1);
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_timed_out() {
    let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    for reply in [
        Reply::Hang(Vec::new()),
        Reply::Hang(head.clone()),
        Reply::Drip(head),
    ] {
        let server = Server::start([reply]).await;
        let options = Options {
            answer_timeout: Duration::from_millis(80),
            retry: RetryPolicy {
                attempts: 2,
                ..quick().retry
            },
            ..quick()
        };
        let client = server.client_with(options);
        let error = client
            .list(&request(), Priority::Visible)
            .await
            .unwrap_err();
        assert!(
            matches!(error, Error::TimedOut { after, .. } if after == options.answer_timeout),
            "{error:?}"
        );
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_flood_is_broken_off() {
    let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[".to_vec();
    let server = Server::start([Reply::Flood(head, 64 << 20)]).await;
    let error = list(&server).await.unwrap_err();
    assert!(error.to_string().contains("8 MiB"), "{error}");

    let head = b"HTTP/1.1 400 Bad\r\nConnection: close\r\n\r\n".to_vec();
    let server = Server::start([Reply::Flood(head, 64 << 20)]).await;
    let error = list(&server).await.unwrap_err();
    assert!(matches!(error, Error::BadRequest { message, .. } if message.len() < 1000));
}

#[tokio::test]
async fn a_host_that_is_not_there_is_told_at_once() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let client = scripted::client(&format!("http://127.0.0.1:{port}"), Options::default());
    let began = Instant::now();
    let error = client
        .list(&request(), Priority::Visible)
        .await
        .unwrap_err();
    let host = format!("127.0.0.1:{port}");
    assert!(
        matches!(&error, Error::Unreachable { host: named, .. } if *named == host),
        "{error:?}"
    );
    assert!(
        began.elapsed() < Duration::from_millis(400),
        "no second try"
    );
}

#[tokio::test]
async fn localhost_is_this_machine() {
    let server = Server::start([Reply::json(EMPTY)]).await;
    let url = server.url.replace("127.0.0.1", "localhost");
    let client = scripted::client(&url, quick());
    client.list(&request(), Priority::Visible).await.unwrap();
}

#[tokio::test]
async fn a_base_with_a_path_is_kept() {
    let server = Server::start([Reply::json(EMPTY)]).await;
    let client = scripted::client(&format!("{}/gate/", server.url), quick());
    client.list(&request(), Priority::Visible).await.unwrap();
    assert!(server.requests()[0].starts_with("GET /gate/v1/Account/"));
}

#[tokio::test]
async fn what_is_shown_never_holds_the_token() {
    let server = Server::start([Reply::of("401 No", "", "{}")]).await;
    let client = server.client();
    let error = client
        .list(&request(), Priority::Visible)
        .await
        .unwrap_err();
    let shown = format!("{client:?} {error:?} {error} {}", error.advice());
    assert!(
        !shown.contains(scripted::TOKEN) && !shown.contains("TUFHV05"),
        "{shown}"
    );
}
