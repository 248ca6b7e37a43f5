//! What comes by callback: to `listen`, where anybody can send, and to a call that waits for its answer.

use serde_json::{Value, json};

use super::program::{checked, command};
use super::server::{Content, NOBODY, Server};
use crate::running::Program;
use crate::sender::{Sender, TOKEN, ask, form, get, post, signed_form};
use crate::words::{all_pieces, only_text};

/// A target whose query has this field and this value.
fn query(name: &str, value: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("api_id", value).append_pair(name, value);
    format!("/{}?{}", encoded(value).replace('?', "%3F"), query.finish())
}

#[tokio::test]
async fn what_is_delivered_is_printed_as_text_and_what_is_refused_is_not_quoted() {
    let texts = all_pieces();
    let count = (4 * texts.len()).to_string();
    let arguments = ["listen", "--addr", "127.0.0.1:0", "--count", &count];
    let listen = Program::start(&arguments, Some(TOKEN));
    let addr = listen.addr();
    for (at, text) in texts.iter().enumerate() {
        let answer = |way: &str| {
            let row = json!({ "recording_id": text, text.clone(): [text, { text.clone(): text }] });
            json!({ "api_id": format!("{way}{at}{text}"), "error": text, "objects": [row] })
        };
        let signed = answer("a").to_string();
        let member = json!({ "response": answer("b"), text.clone(): text }).to_string();
        // Nobody waits for these, and nothing of them is quoted.
        for request in [
            post("", text),
            post("", &format!("{{\"{text}\"")),
            post(
                "X-Plivo-Signature-V3: \u{9b}2J\r\nX-Plivo-Signature-V3-Nonce: \u{9b}\r\n",
                &form(&signed),
            ),
            get(&encoded(&format!("/{text}"))),
            "\u{9b}2J / HTTP/1.1\r\nHost: \u{9b}\r\n\r\n".to_owned(),
        ] {
            let mut sender = Sender::connect(addr).await;
            assert!(sender.write(request).await);
            // Refused, or only closed.
            let answer = sender.answer().await;
            assert!(answer.is_none_or(|answer| answer.status >= 400), "{text:?}");
        }
        let headers =
            "X-Plivo-Note: \u{9b}2J\u{202e}\r\nContent-Type: text/html; charset=\u{9b}\r\n";
        for request in [
            post(&signed_form(TOKEN, &signed), &form(&signed)),
            post("", &member),
            post(headers, &answer("c").to_string()),
            get(&query(text, &format!("d{at}{text}"))),
        ] {
            assert_eq!(ask(addr, request).await.status, 200, "{text:?}");
        }
    }
    let end = listen.end();
    assert!(end.status.success(), "{end:?}");
    assert_eq!(end.lines.len(), 4 * texts.len(), "{end:?}");
    for line in end.lines.iter().chain(&end.told) {
        only_text("listen", line.as_bytes());
    }
    let printed = end.lines.iter();
    let printed: Vec<Value> = printed
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for (at, text) in texts.iter().enumerate() {
        let id = |way: &str| format!("{way}{at}{text}");
        for way in ["a", "b", "c", "d"] {
            assert!(
                printed.iter().any(|line| line["api_id"] == id(way)),
                "{text:?}"
            );
        }
    }
}

/// Everything that a request's first line cannot hold percent-encoded.
fn encoded(target: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_graphic();
    let bytes = target.bytes().map(|byte| match plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    bytes.collect()
}

#[test]
fn an_answer_that_is_waited_for_is_text_however_it_is_printed() {
    let server = Server::of_all_pieces();
    let home = tempfile::tempdir().unwrap();
    let run = |form: &str, more: &[&str]| {
        let page = [
            "list",
            "--from",
            "2026-11-01",
            "--to",
            "2026-11-30",
            "--output",
            form,
        ];
        checked(command(&server.url, home.path(), &[]).args([&page[..], more].concat()))
    };
    let here = ["--wait", "--callback-listen", "127.0.0.1:0"];
    let nobody = format!("http://127.0.0.1:{NOBODY}/\u{202e}");
    let elsewhere = ["--callback-url", &nobody];
    for form in ["table", "json", "ndjson", "csv", "tsv"] {
        let output = run(form, &here);
        assert!(
            output.status.success() && !output.stdout.is_empty(),
            "{output:?}"
        );
        // Only that the call was taken is told, and as what.
        let output = run(form, &elsewhere);
        assert!(
            output.status.success() && !output.stdout.is_empty(),
            "{output:?}"
        );
    }
    server.says(Content {
        texts: all_pieces(),
        error: Some(400),
        ..Content::default()
    });
    for form in ["table", "json"] {
        assert!(!run(form, &here).status.success());
        // It never comes.
        let late = ["--callback-timeout", "1", "--callback-url", &nobody];
        let late = [&here[..], &late].concat();
        assert!(!run(form, &late).status.success());
    }
}
