//! Answers that are no rows: errors in every form that a server or a gateway before it sends, with heads that try what HTTP lets
//! through, and what it does not.

use std::path::Path;
use std::process::Output;

use serde_json::json;

use super::program::{checked, command, in_terminal};
use super::terminal::{all_of, drawn};
use crate::scripted;

const ID: &str = "8d5cd396-4f88-11e1-829f-5b9cbd2c7acd";

/// What is said everywhere. The word shows that it was told at all.
const SAID: &str = "owned \u{1b}]0;x\u{7}\u{1b}[2J\u{9b}31m\u{202e}\u{2066}y\u{200b}\u{e0041}\u{7f}\u{85}\u{2028}\0z";

/// The same without control codes, which are no part of what is taken for text and quoted.
const WORDS: &str = "owned \u{202e}\u{2066}y\u{200b}\u{e0041}\u{feff}z";

/// Bytes above ASCII, which a reason and a header may hold: a C1 code alone, and as UTF-8 one and what turns the line.
const ABOVE: &[u8] = b"\x9b31m\xff \xc2\x9b2J \xe2\x80\xae";

/// Header lines that an answer may have. Of those that are read as text two are text, with the one control code that HTTP lets through.
fn headers() -> Vec<u8> {
    let names = [
        "Server",
        "Date",
        "Content-Disposition",
        "ETag",
        "Last-Modified",
        "WWW-Authenticate",
        "Content-Range",
        "Content-Language",
        "X-Plivo-Note",
    ];
    let lines = names.map(|name| [name.as_bytes(), b": a\t", ABOVE, b"\r\n"].concat());
    let text = b"X-Request-ID: a\tb\r\nLocation: /a\tb%1b[2J\r\n";
    [&lines.concat()[..], text].concat()
}

fn answer(head: &[&[u8]], body: &[u8]) -> Vec<u8> {
    let length = format!(
        "Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [b"HTTP/1.1 ", &head.concat()[..], length.as_bytes(), body].concat()
}

/// An answer of this status whose reason, headers and body are hostile; the body in that many forms.
fn answers(status: u16, wait: &[u8]) -> Vec<Vec<u8>> {
    let said = SAID.to_owned();
    let bodies: [(&[u8], Vec<u8>); 7] = [
        (
            b"application/json",
            json!({ "api_id": said, "error": said, said.clone(): said })
                .to_string()
                .into(),
        ),
        (
            b"application/json",
            json!({ "error": { "error": said }, "api_id": [said] })
                .to_string()
                .into(),
        ),
        (b"application/json", json!(said).to_string().into()),
        (
            b"text/html",
            format!("<!DOCTYPE html><html><title>{SAID}</title>{SAID}").into(),
        ),
        (ABOVE, SAID.into()),
        (b"audio/mpeg", WORDS.into()),
        (
            b"text/plain; charset=\x9b",
            [SAID.as_bytes(), b"\xff\xfe\x9b2J\x80"].concat(),
        ),
    ];
    let status = status.to_string();
    let every = bodies.iter().map(|(kind, body)| {
        let head = [
            status.as_bytes(),
            b" ",
            ABOVE,
            b"\r\nContent-Type: ",
            kind,
            b"\r\nRetry-After: ",
            wait,
            b"\r\n",
            &headers(),
        ];
        answer(&head, body)
    });
    every.collect()
}

/// Answers that no client can read: control codes where HTTP allows none, and lengths that are none.
fn broken() -> Vec<Vec<u8>> {
    let ok = b"200 OK\r\n";
    vec![
        answer(&[b"400 \x1b]0;owned\x07\x7f\r\n"], SAID.as_bytes()),
        answer(&[ok, b"X-\x1b[2J: a\r\n"], b"{}"),
        answer(&[ok, b"X-Request-ID: \x1b[2J\x07\x08\x7f\x00\r\n"], b"{}"),
        answer(&[ok, b"Transfer-Encoding: \x9b2J\r\n"], b"{}"),
        answer(&[ok, b"Content-Length: \x9b2J\r\n"], b"{}"),
        b"\x1b]0;owned\x07\x9b2J\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\x1b[2J\r\n{}".to_vec(),
    ]
}

/// A server on this machine, and what it gives to requests for rows and for sound.
struct Giving {
    url: String,
    serving: tokio::task::JoinHandle<()>,
}

impl Giving {
    /// `rows` is told the server's own address.
    async fn start(rows: impl FnOnce(&str) -> Vec<u8>, sound: Vec<u8>) -> Self {
        let mut server = scripted::Server::start().await;
        let url = server.url("");
        let rows = rows(&url);
        let serving = tokio::spawn(async move {
            loop {
                let mut exchange = server.next().await;
                let is_sound = exchange.line().contains(".mp3");
                exchange.send(if is_sound { &sound } else { &rows }).await;
                exchange.cut().await;
            }
        });
        Self { url, serving }
    }

    /// Runs it to its end beside the server.
    async fn run(&self, home: &Path, line: &str) -> Output {
        let mut command = command(&self.url, home, &[]);
        command.args(line.split(' '));
        let done = tokio::task::spawn_blocking(move || checked(&mut command));
        done.await.unwrap()
    }
}

impl Drop for Giving {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn told(output: &Output) -> bool {
    let owned = |bytes: &[u8]| bytes.windows(5).any(|word| word == b"owned");
    owned(&output.stdout) || owned(&output.stderr)
}

/// Every status with every body, and commands in turn beside the one.
#[tokio::test]
async fn no_error_is_obeyed_whatever_its_form() {
    let home = tempfile::tempdir().unwrap();
    for status in [200, 302, 400, 401, 402, 403, 404, 418, 422, 429, 500, 503] {
        for (form, answer) in answers(status, b"0").into_iter().enumerate() {
            let giving = Giving::start(|_| answer, Vec::new()).await;
            let get = giving.run(home.path(), &format!("get {ID}")).await;
            assert!(!get.status.success(), "{status} {form}: {get:?}");
            // What says it all goes without the server's words, and of a redirect only its place is told.
            let is_told = !matches!(status, 200 | 302 | 401 | 429);
            assert!(!is_told || told(&get), "{status} {form}: {get:?}");
            // In a pipe the first one printed JSON.
            let lines = [
                format!("get {ID} --output table"),
                "list --output table".to_owned(),
                "stats".to_owned(),
                format!("play --sink null {ID}"),
                format!("clip {ID}@0-1 -o none.wav"),
                format!("download --to calls {ID}"),
                format!("delete {ID}"),
            ];
            let line = &lines[(usize::from(status) + form) % lines.len()];
            giving.run(home.path(), line).await;
        }
    }
}

/// The doctor asks once, whatever it is told to wait.
#[tokio::test]
async fn no_time_to_wait_is_obeyed_by_a_terminal() {
    let home = tempfile::tempdir().unwrap();
    for wait in [
        ABOVE,
        b"99999999999999999999",
        b"-1\t",
        b"Thu, 26 Nov 2026 \x9b2J GMT",
    ] {
        for status in [429, 503] {
            let answer = answers(status, wait).swap_remove(0);
            let giving = Giving::start(|_| answer, Vec::new()).await;
            // Only of the other one the server's words are told.
            let form = if status == 429 { "json" } else { "text" };
            let line = format!("doctor --sink null --output {form}");
            let output = giving.run(home.path(), &line).await;
            assert!(!output.status.success(), "{output:?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_http_is_told_and_not_quoted() {
    let home = tempfile::tempdir().unwrap();
    for (at, answer) in broken().into_iter().enumerate() {
        let giving = Giving::start(|_| answer, Vec::new()).await;
        let form = ["text", "json"][at % 2];
        let line = format!("doctor --sink null --output {form}");
        let output = giving.run(home.path(), &line).await;
        assert!(!output.status.success(), "{output:?}");
    }
}

/// A row whose sound is at this server.
fn row(url: &str) -> Vec<u8> {
    let row = json!({
        "recording_id": ID, "add_time": "2026-11-20 14:02:11.000001+00:00", "recording_duration_ms": "42000",
        "recording_format": "mp3", "recording_url": format!("{url}/0.mp3"),
    });
    answer(
        &[b"200 OK\r\nContent-Type: application/json\r\n"],
        row.to_string().as_bytes(),
    )
}

#[tokio::test]
async fn no_answer_in_the_place_of_sound_is_obeyed() {
    let home = tempfile::tempdir().unwrap();
    let run = async |sound: &[u8], line: &str| {
        let giving = Giving::start(row, sound.to_vec()).await;
        let output = giving.run(home.path(), line).await;
        // An archive takes what it does not know for sound.
        let fails = line.starts_with("download") || !output.status.success();
        assert!(fails, "{line}: {output:?}");
        told(&output)
    };
    let commands = |folder: usize| {
        [
            format!("play --sink null {ID}"),
            format!("clip {ID}@0-1 -o none.wav"),
            format!("download --to calls{folder} {ID}"),
            format!("download --to calls{folder} {ID} --output ndjson"),
        ]
    };
    // Of a page and of a text it is told how they begin.
    let mut quoted = 0;
    for (form, sound) in answers(200, b"0").iter().enumerate() {
        for line in commands(form) {
            quoted += usize::from(run(sound, &line).await);
        }
    }
    assert!(quoted >= 8, "{quoted}");
    let refused =
        [206, 302, 401, 403, 404, 416, 418].map(|status| answers(status, b"0").swap_remove(0));
    let places = [
        b"https://[\x9b2J".as_slice(),
        b"javascript:\x9b",
        b"//\xe2\x80\xae.example.invalid/\xc2\x9b",
        b"https://me\tow:\xe2\x80\xae@127.0.0.1/",
        b"/%1b%5b2J%c2%9b\t.html",
    ];
    let led = places.map(|place| {
        answer(
            &[b"302 Found\r\nLocation: ", place, b"\r\n"],
            SAID.as_bytes(),
        )
    });
    for (at, sound) in refused.iter().chain(&led).enumerate() {
        let line = &commands(100 + at)[at % 4];
        run(sound, line).await;
    }
}

/// What the sound's server says meanwhile stands in the place of the line.
#[tokio::test]
async fn what_is_tried_again_is_told_in_the_line_of_play() {
    let home = tempfile::tempdir().unwrap();
    let busy = answers(503, ABOVE).swap_remove(0);
    let giving = Giving::start(row, busy).await;
    let (url, home) = (giving.url.clone(), home.path().to_owned());
    let played = tokio::task::spawn_blocking(move || {
        let mut program = in_terminal(&url, &home, &["play", "--sink", "null", ID]).spawn();
        program.wait_for("! ");
        program.keys("q");
        drawn(&all_of(&program, 0))
    });
    let drawings = played.await.unwrap();
    assert!(
        drawings.iter().any(|line| line.contains("503")),
        "{drawings:#?}"
    );
}
