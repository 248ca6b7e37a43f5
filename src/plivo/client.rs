//! Sends the calls: list, get, delete, and any of them by callback.

mod exchange;
mod greet;

use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use reqwest::Method;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;
use url::Url;

use super::answer::{Answer, Failure};
use super::base::ApiBase;
use super::call::{Call, Delete, Get, Verb};
use super::clock::Clock;
use super::credentials::Credentials;
use super::error::Error;
use super::limit::{Limiter, Pause, Permit, Priority, Rate};
use super::media::{self, MediaRefused, MediaRequest};
use super::page::{Page, PageRequest};
use super::recording::{Recording, RecordingId};
use super::retry::{Retries, RetryPolicy};
use exchange::Exchange;
pub use greet::{Greeting, NotGreeted, greet, proxy};

/// How the client behaves. The default is right for a real account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    pub rate: Rate,
    pub retry: RetryPolicy,
    /// For a connection to stand, TLS included.
    pub connect_timeout: Duration,
    /// For a whole answer, from the moment a request leaves the queue. A page of a real account takes 1.3 s.
    pub answer_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rate: Rate::default(),
            retry: RetryPolicy::default(),
            connect_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(30),
        }
    }
}

/// What the server said to a DELETE that it carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// 204, or another of 2xx.
    pub status: u16,
    /// The id of the request; an empty answer has it in a header, if at all.
    pub api_id: Option<String>,
}

/// Why no client could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientMistake {
    /// Usually: this system has no certificates.
    #[error(
        "secure connections are not possible: {0}; install your system's ca-certificates, or name a file of them in SSL_CERT_FILE"
    )]
    Tls(String),
}

/// One account's API. Clones are cheap and share one gate, so that the limits hold for the whole program.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    credentials: Credentials,
    base: ApiBase,
    exchange: Exchange,
    limiter: Limiter,
    retry: RetryPolicy,
    clock: Clock,
}

impl Client {
    /// Sends nothing yet. Reads `HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE` and their like now; they do not count for an API on
    /// this machine.
    ///
    /// # Errors
    /// [`ClientMistake`] when this system cannot make secure connections.
    pub fn new(
        credentials: Credentials,
        base: ApiBase,
        options: Options,
    ) -> Result<Self, ClientMistake> {
        let exchange = Exchange::new(&credentials, &base, &options)?;
        Ok(Self {
            shared: Arc::new(Shared {
                credentials,
                base,
                exchange,
                limiter: Limiter::new(options.rate),
                retry: options.retry,
                clock: Clock::new(),
            }),
        })
    }

    pub fn credentials(&self) -> &Credentials {
        &self.shared.credentials
    }

    pub fn base(&self) -> &ApiBase {
        &self.shared.base
    }

    /// How a recording's sound is fetched with this account's credentials; see [`media::authorize`].
    ///
    /// # Errors
    /// As there.
    pub fn media(&self, url: &str) -> Result<MediaRequest, MediaRefused> {
        media::authorize(url, &self.shared.credentials, &self.shared.base)
    }

    /// The gate through which every request of the program goes, for requests that this client does not send itself.
    pub fn limiter(&self) -> &Limiter {
        &self.shared.limiter
    }

    /// The stop that the server has asked for, if any, for a countdown.
    pub fn throttle(&self) -> watch::Receiver<Option<Pause>> {
        self.shared.limiter.throttle()
    }

    /// What the API's clock shows more than this machine's, as its answers tell; zero as long as they differ by seconds only.
    pub fn clock(&self) -> watch::Receiver<TimeDelta> {
        self.shared.clock.ahead()
    }

    /// Sends one call. Dropping the future takes the request out of the queue, or breaks it off. What changes nothing is tried
    /// again after a failure, by the client's [`RetryPolicy`].
    ///
    /// # Errors
    /// The last error, after the retries; [`Error::NotFound`] at once for an id that no address can hold. After a
    /// [`Error::TimedOut`] or [`Error::Cut`] a recording that was to be deleted may or may not be gone.
    pub async fn send<C: Call>(&self, call: &C, priority: Priority) -> Result<C::Answer, Error> {
        let mut url = self.address(call.recording())?;
        let pairs = call.pairs();
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        let body = match call.verb() {
            Verb::Get => self.fetch(url, priority).await?,
            Verb::Delete => self.delete_once(url, priority).await?,
        };
        call.read(body)
    }

    /// Fetches one page; see [`Client::send`].
    ///
    /// # Errors
    /// As there.
    pub async fn list(&self, request: &PageRequest, priority: Priority) -> Result<Page, Error> {
        self.send(request, priority).await
    }

    /// Fetches one recording; see [`Client::send`].
    ///
    /// # Errors
    /// As there.
    pub async fn get(&self, id: &RecordingId, priority: Priority) -> Result<Recording, Error> {
        self.send(&Get(id.clone()), priority).await
    }

    /// Deletes one recording, for good, before everything that waits; see [`Client::send`].
    ///
    /// # Errors
    /// As there.
    pub async fn delete(&self, id: &RecordingId) -> Result<(), Error> {
        self.send(&Delete(id.clone()), Priority::Visible).await
    }

    /// Deletes one recording as [`Client::delete`] does, and tells what the server said.
    ///
    /// # Errors
    /// As there.
    pub async fn delete_answered(&self, id: &RecordingId) -> Result<Deleted, Error> {
        let url = self.address(Some(id))?;
        let limiter = &self.shared.limiter;
        let permit = limiter.enter(limiter.turn(Priority::Visible)).await;
        let sent = self.shared.exchange.send(Method::DELETE, url).await;
        let answer = sent.map_err(Failure::from).and_then(Answer::success);
        self.learn(&permit, answer.as_ref().err());
        let answer = answer.map_err(|failure| failure.error)?;
        let body = answer.json(&self.shared.base.host()).ok().flatten();
        Ok(Deleted {
            status: answer.status,
            api_id: answer.api_id(body.as_ref()),
        })
    }

    /// The address of the list, or of one recording.
    fn address(&self, id: Option<&RecordingId>) -> Result<Url, Error> {
        let account = self.shared.credentials.id().as_str();
        let mut segments = vec!["v1", "Account", account, "Recording"];
        segments.extend(id.map(RecordingId::as_str));
        let known = id.is_none_or(RecordingId::has_address);
        let url = self.shared.base.under(&segments).filter(|_| known);
        url.ok_or_else(|| Error::NotFound {
            message: "it came without an id that can be asked for".to_owned(),
            api_id: None,
        })
    }

    async fn delete_once(&self, url: Url, priority: Priority) -> Result<Option<Value>, Error> {
        let limiter = &self.shared.limiter;
        let permit = limiter.enter(limiter.turn(priority)).await;
        let outcome = self.exchange(Method::DELETE, url).await;
        self.learn(&permit, outcome.as_ref().err());
        outcome.map_err(|failure| failure.error)
    }

    /// GETs JSON, in turn and with retries.
    async fn fetch(&self, url: Url, priority: Priority) -> Result<Option<Value>, Error> {
        let limiter = &self.shared.limiter;
        let turn = limiter.turn(priority);
        let mut retries = Retries::new(self.shared.retry);
        loop {
            let permit = limiter.enter(turn).await;
            retries.begin(Instant::now());
            let failure = match self.exchange(Method::GET, url.clone()).await {
                Ok(json) => {
                    self.learn(&permit, None);
                    return Ok(json);
                }
                Err(failure) => failure,
            };
            let pause = self.learn(&permit, Some(&failure));
            drop(permit);
            let named = pause.or(failure.retry_after);
            let Some(wait) = retries.after(&failure.error, named, Instant::now()) else {
                return Err(failure.error);
            };
            // A pause is waited for at the gate, where more urgent requests can go first when it ends.
            if pause.is_none() {
                tokio::time::sleep(wait).await;
            }
        }
    }

    async fn exchange(&self, method: Method, url: Url) -> Result<Option<Value>, Failure> {
        let answer = self.shared.exchange.send(method, url).await?;
        self.shared.clock.heard(answer.date.as_deref(), Utc::now());
        Ok(answer.success()?.json(&self.shared.base.host())?)
    }

    /// Tells the gate how a request went; gives the pause that follows from a 429.
    fn learn(&self, permit: &Permit, failure: Option<&Failure>) -> Option<Duration> {
        match failure.map(|failure| (&failure.error, failure.retry_after)) {
            Some((Error::RateLimited { .. }, named)) => {
                Some(self.shared.limiter.refused(permit, named))
            }
            None => {
                self.shared.limiter.accepted(permit);
                None
            }
            Some(_) => None,
        }
    }
}
