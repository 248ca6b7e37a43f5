//! A server that answers whatever it is asked with text that somebody chose.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What is in every answer.
#[derive(Debug, Clone)]
pub struct Content {
    /// Texts for the fields of each row, in turn.
    pub texts: Vec<String>,
    /// An error of this status instead of rows.
    pub error: Option<u16>,
    /// The bytes of every recording.
    pub sound: &'static [u8],
}

/// A running server. Its thread ends with the test.
pub struct Server {
    pub url: String,
    content: Arc<Mutex<(Content, String)>>,
}

impl Server {
    pub fn start(content: Content) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let content = Arc::new(Mutex::new((content, url.clone())));
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&content));
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
        Self { url, content }
    }

    pub fn says(&self, content: Content) {
        self.content.lock().unwrap().0 = content;
    }
}

async fn answer(State(state): State<Arc<Mutex<(Content, String)>>>, request: Request) -> Response {
    let (content, url) = state.lock().unwrap().clone();
    let path = request.uri().path();
    if path.ends_with(".mp3") {
        return content.sound.into_response();
    }
    if let Some(status) = content.error {
        let body = json!({ "api_id": content.texts[0], "error": content.texts[1] });
        let status = StatusCode::from_u16(status).unwrap();
        return (
            status,
            [("content-type", "application/json")],
            body.to_string(),
        )
            .into_response();
    }
    let answer = match path.trim_end_matches('/').rsplit('/').next() {
        Some("Recording") => page(&content.texts, &url),
        id => {
            let mut row = row(&content.texts, 0, &url);
            row["recording_id"] = json!(id);
            row
        }
    };
    ([("content-type", "application/json")], answer.to_string()).into_response()
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
