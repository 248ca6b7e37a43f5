//! What stands behind a callback URL: a server that keeps what is delivered to it and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use callreel::emulator::{CallbackForm, Callbacks, Options};
use ring::hmac;
use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot};

use super::client::{Account, options, start};

/// How a delivery is answered.
pub enum Step {
    Status(u16),
    /// A redirect to there.
    Moved(String),
    /// 200, but not before this comes.
    After(oneshot::Receiver<()>),
}

pub struct Receiver {
    /// Its origin and a path.
    pub url: String,
    came: mpsc::UnboundedReceiver<Delivered>,
}

#[derive(Debug)]
pub struct Delivered {
    pub method: String,
    /// With the query.
    pub url: String,
    pub headers: HeaderMap,
    pub body: String,
}

#[derive(Clone)]
struct Shared {
    origin: String,
    steps: Arc<Mutex<VecDeque<Step>>>,
    came: mpsc::UnboundedSender<Delivered>,
}

impl Receiver {
    /// Answers 200 to everything.
    pub async fn start() -> Self {
        Self::scripted([]).await
    }

    /// Answers as the steps say, then 200.
    pub async fn scripted(steps: impl IntoIterator<Item = Step>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (sender, came) = mpsc::unbounded_channel();
        let url = format!("{origin}/hook");
        let shared = Shared {
            origin,
            steps: Arc::new(Mutex::new(steps.into_iter().collect())),
            came: sender,
        };
        let app = axum::Router::new().fallback(take).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, came }
    }

    /// The next delivery, waited for.
    pub async fn next(&mut self) -> Delivered {
        self.came.recv().await.unwrap()
    }

    /// What has come and was not looked at.
    pub fn rest(&mut self) -> Vec<Delivered> {
        std::iter::from_fn(|| self.came.try_recv().ok()).collect()
    }
}

async fn take(State(shared): State<Shared>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let step = shared.steps.lock().unwrap().pop_front();
    shared
        .came
        .send(Delivered {
            method: head.method.to_string(),
            url: format!("{}{}", shared.origin, head.uri),
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        })
        .unwrap();
    let response = Response::builder();
    match step {
        None => response.status(200),
        Some(Step::Status(status)) => response.status(status),
        Some(Step::Moved(to)) => response.status(302).header("location", to),
        Some(Step::After(word)) => {
            let _ = word.await;
            response.status(200)
        }
    }
    .body(Body::empty())
    .unwrap()
}

impl Delivered {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn query(&self) -> Vec<(String, String)> {
        let url = url::Url::parse(&self.url).unwrap();
        url.query_pairs().into_owned().collect()
    }

    /// The only field of that name, in the body of a POST or in the query of a GET.
    pub fn field(&self, wanted: &str) -> String {
        let fields = match self.method.as_str() {
            "GET" => self.query(),
            _ => {
                let kind = self.header("content-type");
                assert_eq!(kind, Some("application/x-www-form-urlencoded"));
                url::form_urlencoded::parse(self.body.as_bytes())
                    .into_owned()
                    .collect()
            }
        };
        let mut fields = fields.into_iter().filter(|(name, _)| name == wanted);
        let value = fields.next().unwrap().1;
        assert!(fields.next().is_none());
        value
    }

    /// The answer, which must stand where the form has it.
    pub fn answer(&self, form: CallbackForm) -> Value {
        let get = self.method == "GET";
        match form {
            CallbackForm::Flat if get => {
                assert!(self.body.is_empty());
                let read = |text: String| serde_json::from_str(&text).unwrap_or(text.into());
                let fields = self.query().into_iter().map(|(name, v)| (name, read(v)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
            CallbackForm::Flat => self.json(),
            CallbackForm::Member if !get => self.json()["response"].clone(),
            CallbackForm::Text if !get => {
                serde_json::from_str(self.json()["response"].as_str().unwrap()).unwrap()
            }
            _ => serde_json::from_str(&self.field("response")).unwrap(),
        }
    }

    fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"));
        serde_json::from_str(&self.body).unwrap()
    }

    /// Whether the signature of a form field is the one that this token makes; `None` if there is none.
    pub fn is_signed_by(&self, token: &str) -> Option<bool> {
        let signature = self.header("x-plivo-signature-v3")?;
        let nonce = self.header("x-plivo-signature-v3-nonce").unwrap();
        assert_eq!(self.method, "POST");
        let text = format!("{}?response{}.{nonce}", self.url, self.field("response"));
        let key = hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes());
        let wanted = STANDARD.encode(hmac::sign(&key, text.as_bytes()));
        Some(signature == wanted)
    }
}

pub const FORMS: [CallbackForm; 4] = [
    CallbackForm::Field,
    CallbackForm::Member,
    CallbackForm::Text,
    CallbackForm::Flat,
];

pub fn quick() -> Callbacks {
    Callbacks {
        retry_pause: Duration::from_millis(1),
        ..Callbacks::default()
    }
}

pub async fn with_faults(faults: &str) -> Account {
    start(Options {
        callbacks: quick(),
        faults: faults
            .split(',')
            .map(|fault| fault.parse().unwrap())
            .collect(),
        ..options()
    })
    .await
}

pub async fn usual() -> Account {
    start(Options {
        callbacks: quick(),
        ..options()
    })
    .await
}

/// A list call that is to be answered there.
pub async fn list_to(account: &Account, url: &str) -> (u16, Value) {
    account.list(&[("limit", "2"), ("callback_url", url)]).await
}

/// The same, accepted: its `api_id`.
pub async fn accepted(account: &Account, url: &str) -> String {
    let (status, body) = list_to(account, url).await;
    assert_eq!(status, 202, "{body}");
    body["api_id"].as_str().unwrap().to_owned()
}

pub fn api_id(delivered: &Delivered) -> String {
    let answer = delivered.answer(CallbackForm::Field);
    answer["api_id"].as_str().unwrap().to_owned()
}
