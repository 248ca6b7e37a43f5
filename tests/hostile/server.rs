//! A server that answers whatever it is asked with text that somebody chose.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::watch;
use url::Url;

use crate::sender;
use crate::words::all_pieces;

pub const SOUND: &[u8] = include_bytes!("../../assets/calls/booking-mono-cbr16.mp3");

/// What is in every answer.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// Texts for the fields of each row, in turn.
    pub texts: Vec<String>,
    /// An error of this status instead of rows.
    pub error: Option<u16>,
    /// Deletions are not allowed.
    pub refuses: bool,
    /// The bytes of every recording.
    pub sound: &'static [u8],
}

/// A running server. Its thread ends with the test.
pub struct Server {
    pub url: String,
    account: Arc<Account>,
}

struct Account {
    url: String,
    now: Mutex<Now>,
    /// No page is given meanwhile.
    held: watch::Sender<bool>,
}

struct Now {
    content: Content,
    /// The ids of recordings that were deleted.
    deleted: HashSet<String>,
}

impl Account {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap()
    }
}

impl Server {
    pub fn start(content: Content) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let account = Arc::new(Account {
            url: url.clone(),
            now: Mutex::new(Now {
                content,
                deleted: HashSet::new(),
            }),
            held: watch::Sender::new(false),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&account));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        Self { url, account }
    }

    pub fn says(&self, content: Content) {
        self.account.now().content = content;
    }

    /// The account of the tests of one command after the other: each piece is in some field of some row.
    pub fn of_all_pieces() -> Self {
        Self::start(Content {
            texts: all_pieces(),
            sound: SOUND,
            ..Content::default()
        })
    }

    /// From now on pages are waited for, or not.
    pub fn hold(&self, held: bool) {
        self.account.held.send_replace(held);
    }
}

async fn answer(State(account): State<Arc<Account>>, request: Request) -> Response {
    let content = account.now().content.clone();
    let path = request.uri().path();
    if path.ends_with(".mp3") {
        return content.sound.into_response();
    }
    let segment = path.trim_end_matches('/').rsplit('/').next();
    let id = segment.filter(|last| *last != "Recording").map(decoded);
    if id.is_none() {
        let mut held = account.held.subscribe();
        let _ = held.wait_for(|held| !held).await;
    }
    let (status, body) = said(&account, &content, request.method(), id);
    match query(request.uri(), "callback_url") {
        Some(url) => delivered(&content, &url, body),
        None => as_json(status, &body),
    }
}

/// What it says to a request for the recording of this id, or for a page.
fn said(account: &Account, content: &Content, method: &Method, id: Option<String>) -> (u16, Value) {
    let texts = &content.texts;
    let text = |place: usize| &texts[place % texts.len()];
    let error = json!({ "api_id": text(0), "error": text(1) });
    if let Some(status) = content.error {
        return (status, error);
    }
    let Some(id) = id else {
        return (200, page(texts, &account.url));
    };
    let is_delete = *method == Method::DELETE;
    if is_delete && content.refuses {
        return (403, error);
    }
    let deleted = &mut account.now().deleted;
    if is_delete && deleted.insert(id.clone()) {
        return (204, Value::Null);
    }
    if deleted.contains(&id) {
        return (404, error);
    }
    let mut row = row(texts, 0, &account.url);
    row["recording_id"] = id.into();
    row["api_id"] = text(2).clone().into();
    (200, row)
}

fn as_json(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    (status, [("content-type", "application/json")], body).into_response()
}

/// Takes the call, and sends its answer to the callback URL, unless nobody could be listening there.
fn delivered(content: &Content, url: &str, mut body: Value) -> Response {
    let url: Url = url.parse().unwrap();
    let api_id = content.texts[0].clone();
    body["api_id"] = api_id.clone().into();
    if let Some(port) = url.port().filter(|port| *port != NOBODY) {
        let delivery = sender::post("", &sender::form(&body.to_string()));
        tokio::spawn(sender::ask(([127, 0, 0, 1], port).into(), delivery));
    }
    as_json(
        202,
        &json!({ "api_id": api_id, "message": content.texts[2] }),
    )
}

/// Where a callback URL leads to no one.
pub const NOBODY: u16 = 9;

fn query(uri: &Uri, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(uri.query()?.as_bytes());
    let mut pairs = pairs.into_owned().filter(|(named, _)| named == name);
    pairs.next().map(|(_, value)| value)
}

/// A segment of a path, in which the program writes a plus as `%2B`.
fn decoded(segment: &str) -> String {
    let pairs = url::form_urlencoded::parse(segment.as_bytes());
    pairs.map(|(name, _)| name.into_owned()).collect()
}

/// Rows of the documented shape, whose every text is one of `texts`.
fn page(texts: &[String], url: &str) -> Value {
    let rows: Vec<Value> = (0..texts.len())
        .map(|row_number| row(texts, row_number, url))
        .collect();
    json!({
        "api_id": texts[0],
        "meta": { "limit": 20, "offset": 0, "next": null, "previous": null, "total_count": rows.len() },
        "objects": rows,
    })
}

fn row(texts: &[String], number: usize, url: &str) -> Value {
    let text = |place: usize| &texts[(number + place) % texts.len()];
    json!({
        "recording_id": format!("{}{number}", text(0)),
        "add_time": "2026-11-20 14:02:11.000001+00:00",
        "call_uuid": text(1),
        "conference_name": text(2),
        "from_number": text(3),
        "to_number": text(4),
        "recording_duration_ms": "42000.00000",
        "recording_start_ms": text(5),
        "recording_end_ms": text(6),
        "recording_format": text(7),
        "recording_type": text(8),
        "recording_url": format!("{url}/{number}.mp3"),
        "resource_uri": text(9),
        "rounded_recording_duration": 60,
        "monthly_recording_storage_amount": 0.0004,
        "recording_storage_duration": text(10),
        "recording_storage_rate": 0.0004,
        (text(11).clone()): text(12),
    })
}
