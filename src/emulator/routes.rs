//! From a request to its answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::json;
use url::form_urlencoded;

use super::answer::{Answer, Sending};
use super::callback::{self, Callback, Job, Plan, Wish};
use super::calls::{Call, Said};
use super::content::Content;
use super::fault::{FaultKind, Scope};
use super::filter::Refusal;
use super::log::{Entry, LogEntry};
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

    /// Whether such a request may be asynchronous.
    fn may_call_back(&self, method: &Method) -> bool {
        match self {
            Self::List { .. } => *method == Method::GET,
            Self::One { .. } => *method == Method::GET || *method == Method::DELETE,
            Self::Media { .. } | Self::Nothing => false,
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
        callback_url: None,
        status: 0,
        bytes: 0,
        finished: false,
        faults: Vec::new(),
        told: None,
    }));
    wire.begin(Arc::clone(&entry));
    // The official SDK sends a JSON body with DELETE. What is left unread would end the connection under the next request; of
    // one that is too long nothing counts, and it may end it.
    let body = axum::body::to_bytes(body, LONGEST_BODY)
        .await
        .unwrap_or_default();
    if !server.options.latency.is_zero() {
        tokio::time::sleep(server.options.latency).await;
    }

    let target = Target::read(path);
    let faults = server.faults().draw(target.scope());
    for fault in &faults {
        if let FaultKind::Latency(milliseconds) = fault {
            entry.hit(*fault);
            tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
        }
    }
    let slow = faults.iter().find_map(|fault| match fault {
        FaultKind::Slow(rate) => Some(*rate),
        _ => None,
    });
    let bandwidth = slow.or(match target {
        Target::Media { .. } => server.options.bandwidth,
        _ => None,
    });
    let query = request.uri.query().unwrap_or_default();
    let mut query: Vec<_> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let wish = target
        .may_call_back(&request.method)
        .then(|| Wish::read(&query, &request.headers, &body))
        .flatten();
    if let Some(wish) = &wish {
        entry.calls_back(&wish.url);
    }
    query.retain(|(name, _)| !callback::PARAMETERS.contains(&name.as_str()));
    let asked = Asked {
        target,
        method: request.method.clone(),
        headers: request.headers,
        query,
        wish,
        faults: faults.clone(),
        entry: Arc::clone(&entry),
    };
    // Some filters look at every recording there is, which must not hold up the media of others.
    let worker = Arc::clone(&server);
    let reply = tokio::task::spawn_blocking(move || worker.reply(asked))
        .await
        .unwrap_or_else(|_| Reply::Now(Answer::nothing(StatusCode::INTERNAL_SERVER_ERROR)));
    let answer = match reply {
        Reply::Now(answer) => answer,
        Reply::Later(job) => server.accept(job).await,
    };
    let sending = Sending {
        entry: Arc::clone(&entry),
        wire,
        log: Arc::clone(&server.log),
        bandwidth,
    };
    let mut response = sending.response(answer, &request.method, &faults);
    let now = server.account.now();
    entry.tells(now);
    let date = now.format("%a, %d %b %Y %H:%M:%S GMT");
    if let Ok(date) = HeaderValue::from_str(&date.to_string()) {
        // The account's clock, which need not be this machine's.
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// A request, taken apart.
#[derive(Debug)]
struct Asked {
    target: Target,
    method: Method,
    headers: HeaderMap,
    /// Without the parameters of asynchronous mode, so that no link of a page carries them on.
    query: Vec<(String, String)>,
    wish: Option<Wish>,
    faults: Vec<FaultKind>,
    entry: Arc<Entry>,
}

/// What a request gets.
enum Reply {
    Now(Answer),
    /// Its acceptance, and its answer by callback.
    Later(Job),
}

impl Server {
    fn reply(self: &Arc<Self>, asked: Asked) -> Reply {
        let failure = |fault: &FaultKind| Some((*fault, self.failure(*fault)?));
        if let Some((fault, answer)) = asked.faults.iter().find_map(failure) {
            asked.entry.hit(fault);
            return Reply::Now(answer);
        }
        Reply::Now(match &asked.target {
            Target::Nothing => self.error(
                StatusCode::NOT_FOUND,
                "not found (API paths end with a slash)",
            ),
            Target::Media { id } => self.media(&asked, id),
            Target::List { account } | Target::One { account, .. }
                if !self.credentials.admit(&asked.headers)
                    || *account != self.credentials.auth_id =>
            {
                unauthorized()
            }
            Target::List { .. } if is_read(&asked.method) => {
                return self.make(Call::List(asked.query.clone()), asked);
            }
            Target::One { id, .. } if is_read(&asked.method) => {
                return self.make(Call::Get(id.clone()), asked);
            }
            Target::One { id, .. } if asked.method == Method::DELETE => {
                return self.make(Call::Delete(id.clone()), asked);
            }
            Target::List { .. } => self.not_allowed("GET, HEAD"),
            Target::One { .. } => self.not_allowed("GET, HEAD, DELETE"),
        })
    }

    /// What stands in the way of any answer.
    fn failure(&self, fault: FaultKind) -> Option<Answer> {
        Some(match fault {
            FaultKind::Status(status) => {
                let status =
                    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let reason = status.canonical_reason().unwrap_or("fault").to_lowercase();
                self.error(status, &reason)
            }
            FaultKind::RateLimited(retry_after) => {
                let answer = self.error(StatusCode::TOO_MANY_REQUESTS, "too many requests");
                match retry_after {
                    Some(s) => answer.with(header::RETRY_AFTER, &s.to_string()),
                    None => answer,
                }
            }
            FaultKind::Html(status) => Answer::html(status),
            _ => return None,
        })
    }

    /// Makes a call now, or prepares it to be made and its answer to be delivered.
    fn make(self: &Arc<Self>, call: Call, asked: Asked) -> Reply {
        let api_id = self.api_id();
        let Some(wish) = &asked.wish else {
            let said = self.carry_out(&call, &asked.faults, &asked.entry, &api_id);
            return Reply::Now(said.at_once());
        };
        let callback = match Callback::check(wish) {
            Ok(callback) => callback,
            Err(Refusal(text)) => {
                let said = Said::error(StatusCode::BAD_REQUEST, &api_id, &text);
                return Reply::Now(said.at_once());
            }
        };
        let drawn = self.faults().draw(Scope::Callback);
        let plan = Plan::new(self.options.callbacks.signing, &drawn);
        let (server, id) = (Arc::clone(self), api_id.clone());
        Reply::Later(Job {
            api_id,
            callback,
            plan,
            work: Box::new(move || {
                server
                    .carry_out(&call, &asked.faults, &asked.entry, &id)
                    .body
            }),
        })
    }

    async fn accept(&self, job: Job) -> Answer {
        let api_id = job.api_id.clone();
        match self.outbox.take(job).await {
            Ok(()) => Answer::json(
                self.options.callbacks.accept.status(),
                &json!({ "api_id": api_id, "message": "async api spawned" }),
            ),
            Err(full) => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                Said::error(status, &api_id, &full.to_string()).at_once()
            }
        }
    }

    fn error(&self, status: StatusCode, text: &str) -> Answer {
        Said::error(status, &self.api_id(), text).at_once()
    }

    fn not_allowed(&self, allowed: &str) -> Answer {
        self.error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed")
            .with(header::ALLOW, allowed)
    }

    /// A new id for an answer.
    fn api_id(&self) -> String {
        let n = self.answers.fetch_add(1, Ordering::Relaxed);
        render::api_id(&self.account.catalogue, n)
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
        media::serve(
            content,
            kind,
            &etag,
            added,
            &asked.headers,
            (&asked.faults, &asked.entry),
        )
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
