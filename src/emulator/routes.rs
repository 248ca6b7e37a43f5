//! From a request to its answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::answer::{Answer, Sending};
use super::content::Content;
use super::fault::{FaultKind, Scope};
use super::filter::{Filter, Refusal};
use super::log::{Entry, LogEntry};
use super::page::{Page, Turn};
use super::wire::WireInfo;
use super::{MediaAuth, Server, media, render};

/// Bytes of a request's body that are read.
const LONGEST_BODY: usize = 64 * 1024;

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    /// An account's list.
    List {
        account: String,
    },
    /// One recording of an account.
    One {
        account: String,
        id: String,
    },
    /// A recording's file.
    Media {
        id: String,
    },
    Nothing,
}

impl Target {
    fn read(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["", "v1", "Account", account, "Recording", ""] => Self::List {
                account: (*account).to_owned(),
            },
            ["", "v1", "Account", account, "Recording", id, ""] if !id.is_empty() => Self::One {
                account: (*account).to_owned(),
                id: (*id).to_owned(),
            },
            ["", "media", file] => match file.rsplit_once('.') {
                Some((id, "mp3" | "wav")) => Self::Media { id: id.to_owned() },
                _ => Self::Nothing,
            },
            _ => Self::Nothing,
        }
    }

    fn scope(&self) -> Scope {
        match self {
            Self::Media { .. } => Scope::Media,
            _ => Scope::Api,
        }
    }
}

/// Answers every request.
pub(super) async fn handle(
    State(server): State<Arc<Server>>,
    ConnectInfo(WireInfo(wire)): ConnectInfo<WireInfo>,
    request: Request,
) -> Response<Body> {
    let (request, body) = request.into_parts();
    let path = request.uri.path();
    let entry = Arc::new(Entry::new(LogEntry {
        time: Utc::now(),
        connection: wire.number,
        method: request.method.to_string(),
        path: path.to_owned(),
        query: request.uri.query().map(str::to_owned),
        range: request
            .headers
            .get(header::RANGE)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        status: 0,
        bytes: 0,
        finished: false,
    }));
    wire.begin(Arc::clone(&entry));
    // The official SDK sends a JSON body with DELETE. What is left unread would end the connection under the next request;
    // nothing in it counts, and one that is too long may end it.
    let _ = axum::body::to_bytes(body, LONGEST_BODY).await;
    if !server.options.latency.is_zero() {
        tokio::time::sleep(server.options.latency).await;
    }

    let target = Target::read(path);
    let faults = server.faults().draw(target.scope());
    let query = request.uri.query().unwrap_or_default().to_owned();
    let bandwidth = match target {
        Target::Media { .. } => server.options.bandwidth,
        _ => None,
    };
    let asked = Asked {
        target,
        method: request.method.clone(),
        headers: request.headers,
        query,
        faults: faults.clone(),
    };
    // Some filters look at every recording there is, which must not hold up the media of others.
    let worker = Arc::clone(&server);
    let answer = tokio::task::spawn_blocking(move || worker.answer(&asked))
        .await
        .unwrap_or_else(|_| Answer::nothing(StatusCode::INTERNAL_SERVER_ERROR));
    let sending = Sending {
        entry,
        wire,
        log: Arc::clone(&server.log),
        bandwidth,
    };
    sending.response(answer, &request.method, &faults)
}

/// A request, taken apart.
#[derive(Debug)]
struct Asked {
    target: Target,
    method: Method,
    headers: HeaderMap,
    query: String,
    faults: Vec<FaultKind>,
}

impl Server {
    fn answer(&self, asked: &Asked) -> Answer {
        for fault in &asked.faults {
            match *fault {
                FaultKind::Status(status) => {
                    let status =
                        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                    let reason = status.canonical_reason().unwrap_or("fault").to_lowercase();
                    return self.error(status, &reason);
                }
                FaultKind::RateLimited(retry_after) => {
                    let answer = self.error(StatusCode::TOO_MANY_REQUESTS, "too many requests");
                    return match retry_after {
                        Some(s) => answer.with(header::RETRY_AFTER, &s.to_string()),
                        None => answer,
                    };
                }
                FaultKind::Html(status) => return Answer::html(status),
                _ => {}
            }
        }
        match &asked.target {
            Target::Nothing => self.error(
                StatusCode::NOT_FOUND,
                "not found (API paths end with a slash)",
            ),
            Target::Media { id } => self.media(asked, id),
            Target::List { account } | Target::One { account, .. }
                if !self.credentials.admit(&asked.headers)
                    || *account != self.credentials.auth_id =>
            {
                unauthorized()
            }
            Target::List { .. } if is_read(&asked.method) => self.list(asked),
            Target::One { id, .. } if is_read(&asked.method) => self.one(id),
            Target::One { id, .. } if asked.method == Method::DELETE => self.delete(id),
            Target::List { .. } => self.not_allowed("GET, HEAD"),
            Target::One { .. } => self.not_allowed("GET, HEAD, DELETE"),
        }
    }

    fn error(&self, status: StatusCode, text: &str) -> Answer {
        Answer::json(status, &render::error(&self.api_id(), text))
    }

    fn not_allowed(&self, allowed: &str) -> Answer {
        self.error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed")
            .with(header::ALLOW, allowed)
    }

    fn api_id(&self) -> String {
        let n = self.answers.fetch_add(1, Ordering::Relaxed);
        render::api_id(&self.account.catalogue, n)
    }

    fn list(&self, asked: &Asked) -> Answer {
        match self.page(asked) {
            Ok(body) => Answer::json(StatusCode::OK, &body),
            Err(Refusal(text)) => self.error(StatusCode::BAD_REQUEST, &text),
        }
    }

    fn page(&self, asked: &Asked) -> Result<Value, Refusal> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(asked.query.as_bytes())
            .into_owned()
            .collect();
        let view = self.account.view();
        let ids = view.catalogue().ids;
        let filter = Filter::read(self.options.era, &pairs, view.now)?;
        let turn = Turn::read(self.paging, &pairs, ids)?;
        let selection = filter.select(&view, &self.subaccounts);
        let lies = asked.faults.contains(&FaultKind::OffsetLies);
        let found = if lies { turn.at_the_start() } else { turn };
        let mut page = Page::find(&view, &selection, found);
        let frame = self.frame();
        let (next, previous) = page.links(self.paging, turn, &frame.list_path(), &pairs, ids);

        let api_id = self.api_id();
        for fault in &asked.faults {
            let middle = page.ordinals.len() / 2;
            match fault {
                FaultKind::DuplicateRow => {
                    if let Some(&row) = page.ordinals.get(middle) {
                        page.ordinals.insert(middle, row);
                    }
                }
                FaultKind::MissingRow if !page.ordinals.is_empty() => {
                    page.ordinals.remove(middle);
                }
                FaultKind::TotalsDrift => {
                    page.total += self.answers.load(Ordering::Relaxed) % 7;
                }
                _ => {}
            }
        }

        let mut meta = Map::new();
        meta.insert("previous".to_owned(), previous.into());
        if !self.options.no_total {
            meta.insert("total_count".to_owned(), page.total.into());
        }
        meta.insert("offset".to_owned(), turn.offset.into());
        meta.insert("limit".to_owned(), turn.limit.into());
        meta.insert("next".to_owned(), next.into());
        let objects: Vec<Value> = page
            .ordinals
            .iter()
            .map(|&ordinal| Value::Object(frame.recording(&view, ordinal)))
            .collect();
        Ok(json!({ "meta": meta, "api_id": api_id, "objects": objects }))
    }

    fn no_such(&self, id: &str) -> Answer {
        self.error(StatusCode::NOT_FOUND, &format!("no recording with id {id}"))
    }

    fn one(&self, id: &str) -> Answer {
        let view = self.account.view();
        let Some(ordinal) = view.find(id) else {
            return self.no_such(id);
        };
        let mut body = self.frame().recording(&view, ordinal);
        body.insert("api_id".to_owned(), self.api_id().into());
        Answer::json(StatusCode::OK, &Value::Object(body))
    }

    fn delete(&self, id: &str) -> Answer {
        if self.account.delete(id) {
            Answer::nothing(StatusCode::NO_CONTENT)
        } else {
            self.no_such(id)
        }
    }

    fn media(&self, asked: &Asked, id: &str) -> Answer {
        if !is_read(&asked.method) {
            return self.not_allowed("GET, HEAD");
        }
        if !self.credentials.admit(&asked.headers) {
            match self.options.media_auth {
                MediaAuth::Off => {}
                MediaAuth::Unauthorized => return unauthorized(),
                MediaAuth::Forbidden => return self.error(StatusCode::FORBIDDEN, "forbidden"),
            }
        }
        let view = self.account.view();
        let found = view.find(id).and_then(|ordinal| {
            let sound = view.catalogue().sound(ordinal)?;
            Some((ordinal, sound, sound.content()?))
        });
        let Some((ordinal, sound, content)) = found else {
            return self.error(StatusCode::NOT_FOUND, "no such file");
        };
        let added = DateTime::from_timestamp_micros(view.time(ordinal)).unwrap_or_default();
        let etag = format!(
            "\"{:x}-{:x}\"",
            view.catalogue().hash(0xE7A6, ordinal),
            content.length()
        );
        let kind = sound.asset.format.content_type();
        media::serve(content, kind, &etag, added, &asked.headers, &asked.faults)
    }
}

/// Plain text, as the real one must be: the official Python SDK fails on a list whose 401 is a JSON object.
fn unauthorized() -> Answer {
    const TEXT: &[u8] = b"Authentication failed: wrong auth id or auth token.\n";
    Answer::new(
        StatusCode::UNAUTHORIZED,
        "text/plain; charset=utf-8",
        Content::plain(Bytes::from_static(TEXT)),
    )
    .with(header::WWW_AUTHENTICATE, "Basic realm=\"Recording API\"")
}

fn is_read(method: &Method) -> bool {
    *method == Method::GET || *method == Method::HEAD
}
