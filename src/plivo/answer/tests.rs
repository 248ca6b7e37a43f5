use super::*;
use proptest::prelude::*;

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        body: body.as_bytes().to_vec(),
        ..Answer::default()
    }
}

fn error(status: u16, body: &str) -> Error {
    answer(status, body).success().unwrap_err().error
}

fn message(body: &str) -> String {
    match error(400, body) {
        Error::BadRequest { message, .. } => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_first_text_among_the_known_places_is_the_message() {
    for (body, said) in [
        (
            r#"{"api_id": "a", "error": " limit is wrong "}"#,
            "limit is wrong",
        ),
        (r#"{"error": {"error": "inner"}, "message": "m"}"#, "inner"),
        (r#"{"Error": "capital", "message": "m"}"#, "capital"),
        (r#"{"error": {}, "Error": {}, "message": "m"}"#, "m"),
        (r#"{"error": "", "message": "m"}"#, "m"),
        (r#"{"error": {"message": "inner m"}}"#, "inner m"),
        (r#""just text""#, "just text"),
        ("  plain\n text ", "plain text"),
        ("{}", "{}"),
        (r#"{"error": {}}"#, r#"{"error": {}}"#),
        ("", ""),
    ] {
        assert_eq!(message(body), said, "{body}");
    }
}

#[test]
fn messages_are_bounded_and_on_one_line() {
    assert_eq!(message(&"é".repeat(5000)).chars().count(), 301);
    assert_eq!(message("a\r\n\tb"), "a b");
    assert_eq!(message(&" ".repeat(100_000)), "");
}

#[test]
fn statuses_have_their_errors() {
    type Is = fn(&Error) -> bool;
    let cases: [(u16, Is); 10] = [
        (400, |e| matches!(e, Error::BadRequest { .. })),
        (401, |e| matches!(e, Error::Unauthorized { .. })),
        (402, |e| matches!(e, Error::Forbidden { status: 402, .. })),
        (403, |e| matches!(e, Error::Forbidden { status: 403, .. })),
        (404, |e| matches!(e, Error::NotFound { .. })),
        (429, |e| matches!(e, Error::RateLimited { .. })),
        (500, |e| matches!(e, Error::Server { status: 500, .. })),
        (599, |e| matches!(e, Error::Server { status: 599, .. })),
        (302, |e| matches!(e, Error::Status { status: 302, .. })),
        (418, |e| matches!(e, Error::Status { status: 418, .. })),
    ];
    for (status, is) in cases {
        assert!(is(&error(status, "{}")), "{status}");
    }
    for status in [200, 202, 204] {
        assert!(answer(status, "").success().is_ok());
    }
}

#[test]
fn the_id_of_the_request_is_kept_from_wherever_it_is() {
    let id = |body: &str, header: Option<&str>| {
        let mut answer = answer(500, body);
        answer.request_id = header.map(str::to_owned);
        match answer.success().unwrap_err().error {
            Error::Server { api_id, .. } => api_id,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        id(r#"{"api_id": "body"}"#, Some("header")).as_deref(),
        Some("body")
    );
    assert_eq!(id("oops", Some("header")).as_deref(), Some("header"));
    assert_eq!(id("{}", None), None);
}

#[test]
fn html_is_summed_up() {
    assert_eq!(
        message("\u{feff}\n<!DOCTYPE html><html><head><TITLE lang=en>\n502 Bad\n Gateway</TITLE>"),
        "an HTML page (\"502 Bad Gateway\")"
    );
    assert_eq!(message("<html><title></title>"), "an HTML page");
    assert_eq!(message("<html><title>é"), "an HTML page");
    let mut typed = answer(200, "<center>Log in</center>");
    assert!(
        matches!(typed.json("h"), Err(Error::Malformed { detail }) if detail.contains("<center>"))
    );
    typed.content_type = Some("Text/HTML; charset=utf-8".into());
    assert!(
        matches!(typed.json("h"), Err(Error::Malformed { detail }) if detail.starts_with("an HTML page came"))
    );
}

#[test]
fn what_is_no_json_is_told_from_what_was_cut() {
    let json = |body: &str| answer(200, body).json("h");
    assert_eq!(json(" \n"), Ok(None));
    assert!(matches!(
        json(r#"{"objects": [{"recor"#),
        Err(Error::Cut { .. })
    ));
    assert!(matches!(
        json("{'objects': []}"),
        Err(Error::Malformed { .. })
    ));
    assert!(matches!(
        json(r#"{"a": NaN}"#),
        Err(Error::Malformed { .. })
    ));
    assert!(matches!(
        json(&"[".repeat(1_000_000)),
        Err(Error::Malformed { .. })
    ));
    assert!(json(r#"{"objects": [1e999]}"#).is_ok());
}

#[test]
fn redirects_name_the_place_without_its_query() {
    let mut redirect = answer(301, "<html><title>Moved</title>");
    redirect.location = Some("https://elsewhere.example/v1/?token=hunter22".into());
    let shown = redirect.success().unwrap_err().error.to_string();
    assert!(
        shown.contains("https://elsewhere.example/v1/") && !shown.contains("hunter22"),
        "{shown}"
    );
}

#[test]
fn waits_are_seconds_or_dates() {
    let now = crate::plivo::time::parse("1994-11-06 08:49:37").unwrap();
    let wait = |text: &str, date: Option<&str>| {
        let mut answer = answer(429, "");
        answer.retry_after = Some(text.to_owned());
        answer.date = date.map(str::to_owned);
        answer.wait(now).map(|wait| wait.as_secs())
    };
    assert_eq!(wait(" 12 ", None), Some(12));
    assert_eq!(wait("18446744073709551615", None), Some(u64::MAX));
    assert_eq!(wait("Sun, 06 Nov 1994 08:50:07 GMT", None), Some(30));
    assert_eq!(wait("Sun, 06 Nov 1994 08:49:00 GMT", None), Some(0));
    // The server's clock is an hour ahead of ours.
    assert_eq!(
        wait(
            "Sun, 06 Nov 1994 09:49:39 GMT",
            Some("Sun, 06 Nov 1994 09:49:37 GMT")
        ),
        Some(2)
    );
    for none in ["", "-1", "soon", "1.5", "99999999999999999999"] {
        assert_eq!(wait(none, None), None, "{none}");
    }
    assert_eq!(answer(429, "").wait(now), None);
}

proptest! {
    #[test]
    fn no_body_panics(status in 300_u16..600, body: Vec<u8>, html: bool, tail in "\\PC{0,40}") {
        let mut body = body;
        if html {
            body.splice(0..0, *b"<html><title>");
        }
        body.extend(tail.bytes());
        let answer = Answer { status, body, location: Some(tail.clone()), retry_after: Some(tail), ..Answer::default() };
        let _ = answer.json("h");
        let _ = answer.success();
    }
}
