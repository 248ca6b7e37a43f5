//! The calls themselves: list, get, delete.

mod exchange;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;
use url::Url;

use super::answer::Failure;
use super::base::ApiBase;
use super::credentials::Credentials;
use super::error::Error;
use super::limit::{Limiter, Pause, Permit, Priority, Rate};
use super::media::{self, MediaRefused, MediaRequest};
use super::page::{Page, PageRequest};
use super::recording::{NoId, Recording, RecordingId};
use super::retry::{Retries, RetryPolicy};
use exchange::Exchange;

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

    /// The stop that the server has asked for, if any, for a countdown.
    pub fn throttle(&self) -> watch::Receiver<Option<Pause>> {
        self.shared.limiter.throttle()
    }

    /// Fetches one page. Dropping the future takes the request out of the queue, or breaks it off.
    ///
    /// # Errors
    /// The last error, after the retries.
    pub async fn list(&self, request: &PageRequest, priority: Priority) -> Result<Page, Error> {
        let mut url = self.address(None)?;
        url.query_pairs_mut().extend_pairs(request.pairs());
        Page::from_json(self.fetch(url, priority).await?)
    }

    /// Fetches one recording.
    ///
    /// # Errors
    /// The last error, after the retries; [`Error::NotFound`] at once for an id that no address can hold.
    pub async fn get(&self, id: &RecordingId, priority: Priority) -> Result<Recording, Error> {
        let malformed = |detail: &str| Error::Malformed {
            detail: detail.to_owned(),
        };
        let url = self.address(Some(id))?;
        let Value::Object(fields) = self.fetch(url, priority).await? else {
            return Err(malformed("a recording is a JSON object"));
        };
        match Recording::from_json(fields) {
            Ok(recording) if recording.id == *id => Ok(recording),
            Ok(_) => Err(malformed("it describes another recording")),
            Err(NoId(_)) => Err(malformed("it has no `recording_id`")),
        }
    }

    /// Deletes one recording, for good. Tried once only: after [`Error::TimedOut`] or [`Error::Cut`] it may or may not be
    /// gone.
    ///
    /// # Errors
    /// What the API answered; [`Error::NotFound`] at once for an id that no address can hold.
    pub async fn delete(&self, id: &RecordingId) -> Result<(), Error> {
        let url = self.address(Some(id))?;
        let limiter = &self.shared.limiter;
        let permit = limiter.enter(limiter.turn(Priority::Visible)).await;
        let sent = self.shared.exchange.send(Method::DELETE, url).await;
        let outcome = sent
            .map_err(Failure::from)
            .and_then(|answer| answer.success());
        self.learn(&permit, outcome.as_ref().err());
        outcome.map(drop).map_err(|failure| failure.error)
    }

    /// The address of the list, or of one recording.
    fn address(&self, id: Option<&RecordingId>) -> Result<Url, Error> {
        let account = self.shared.credentials.id().as_str();
        let mut segments = vec!["v1", "Account", account, "Recording"];
        segments.extend(id.map(RecordingId::as_str));
        let known = id.is_none_or(|id| !id.is_stand_in());
        let url = self.shared.base.under(&segments).filter(|_| known);
        url.ok_or_else(|| Error::NotFound {
            message: "it came without an id that can be asked for".to_owned(),
            api_id: None,
        })
    }

    /// GETs JSON, in turn and with retries.
    async fn fetch(&self, url: Url, priority: Priority) -> Result<Value, Error> {
        let limiter = &self.shared.limiter;
        let turn = limiter.turn(priority);
        let mut retries = Retries::new(self.shared.retry);
        loop {
            let permit = limiter.enter(turn).await;
            retries.begin(Instant::now());
            let failure = match self.try_fetch(url.clone()).await {
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

    async fn try_fetch(&self, url: Url) -> Result<Value, Failure> {
        let answer = self.shared.exchange.send(Method::GET, url).await?;
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
