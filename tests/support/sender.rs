//! What sends to a callback URL, byte by byte: HTTP libraries are too polite for most of these tests.
//!
//! Every wait is for a state, with a generous limit after which the test fails.

#![allow(dead_code, reason = "each file of tests uses its own part of this")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what fails here fails the test"
)]

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a test waits for a state before it gives up: long, since machines under load are slow.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub const TOKEN: &str = "hunter22hunter22";
pub const NONCE: &str = "05429567804466091622";

/// A connection to a receiver.
pub struct Sender {
    stream: TcpStream,
    /// What came and was not asked for yet.
    rest: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Sender {
    pub async fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).await.unwrap();
        Self {
            stream,
            rest: Vec::new(),
        }
    }

    /// False when the other side does not take it any more.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let written = timeout(PATIENCE, self.stream.write_all(bytes.as_ref()));
        written
            .await
            .expect("the receiver neither reads nor closes")
            .is_ok()
    }

    /// The next answer; `None` when the connection ends instead.
    pub async fn answer(&mut self) -> Option<Answer> {
        loop {
            if let Some(answer) = self.whole_answer() {
                return Some(answer);
            }
            if !self.more().await {
                return None;
            }
        }
    }

    fn whole_answer(&mut self) -> Option<Answer> {
        let text = String::from_utf8_lossy(&self.rest).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length = head.to_ascii_lowercase().lines().find_map(|line| {
            line.strip_prefix("content-length: ")
                .map(|length| length.parse::<usize>().unwrap())
        });
        let body = body.get(..length.unwrap_or(0))?;
        let answer = Answer {
            status: head.split(' ').nth(1)?.parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        };
        self.rest.drain(..head.len() + 4 + body.len());
        Some(answer)
    }

    async fn more(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let read = timeout(PATIENCE, self.stream.read(&mut bytes));
        let read = read.await.expect("the receiver neither answers nor closes");
        match read {
            // A reset ends it as well.
            Ok(0) | Err(_) => false,
            Ok(length) => {
                self.rest.extend_from_slice(bytes.get(..length).unwrap());
                true
            }
        }
    }

    /// Waits until the other side has closed; gives what it said before.
    pub async fn closed(&mut self) -> String {
        while self.more().await {}
        String::from_utf8_lossy(&self.rest).into_owned()
    }

    /// Sends a request and waits for its answer.
    pub async fn ask(&mut self, request: impl AsRef<[u8]>) -> Answer {
        assert!(self.write(request).await, "the connection was closed");
        self.answer().await.expect("an answer, before it is closed")
    }
}

/// A request, and its answer, on a connection of their own.
pub async fn ask(addr: SocketAddr, request: impl AsRef<[u8]>) -> Answer {
    Sender::connect(addr).await.ask(request).await
}

/// A POST to `/` with these header lines (each with its end).
pub fn post(headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nHost: hooks.example.net\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
}

pub fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: hooks.example.net\r\n\r\n")
}

/// The form that is documented: the answer in the field `response`.
pub fn form(answer: &str) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("response", answer);
    form.finish()
}

/// The header lines that sign a form over `http://hooks.example.net/`.
pub fn signed_form(token: &str, answer: &str) -> String {
    let text = format!("http://hooks.example.net/?response{answer}.{NONCE}");
    let key = hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes());
    let signature = STANDARD.encode(hmac::sign(&key, text.as_bytes()));
    format!("X-Plivo-Signature-V3: {signature}\r\nX-Plivo-Signature-V3-Nonce: {NONCE}\r\n")
}

/// The answer of the API that the tests let be delivered.
pub fn answer(api_id: &str) -> String {
    format!(r#"{{"api_id": "{api_id}", "error": "not found"}}"#)
}
