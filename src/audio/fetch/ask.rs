//! Sending one request, through redirects, to its answer.

use reqwest::Response;
use reqwest::header::{self, HeaderValue};

use super::answer::{self, Answer, Validator};
use super::http::{self, Http, describe};
use super::link::{Hop, Rule};
use super::names;
use crate::audio::event::{Error, Secret};

pub(super) const REDIRECTS: usize = 5;

/// An answer that is no redirect to follow.
pub(super) struct Asked {
    pub(super) response: Response,
    pub(super) answer: Answer,
    /// Where it came from, when that was not the first place to ask.
    pub(super) target: Option<Hop>,
}

/// What is asked for, and in whose name.
pub(super) struct Question<'a> {
    pub(super) http: &'a Http,
    pub(super) rule: &'a Rule,
    /// Where the last answer came from: asked first.
    pub(super) target: Option<&'a Hop>,
    pub(super) authorization: Option<&'a Secret>,
    /// From which byte on.
    pub(super) from: u64,
    /// The byte at which it may end.
    pub(super) to: Option<u64>,
    /// Asks without naming a range.
    pub(super) bare: bool,
    pub(super) validator: Option<&'a Validator>,
}

impl Question<'_> {
    /// Sends the request and follows redirects. The inner error is one that may pass.
    pub(super) async fn ask(&self) -> Result<Result<Asked, String>, Error> {
        let start = self.rule.start();
        let mut hop = self.target.unwrap_or(&start).clone();
        let mut cached = self.target.is_some();
        let mut redirects = 0;
        loop {
            let client = self.http.client_for(&hop.url, self.rule.is_own(&hop.url))?;
            let response = match self.send(client, &hop).await {
                Ok(response) => response,
                Err(error) => {
                    let distrust = http::distrust(&error);
                    if distrust.is_some() && cached {
                        (hop, cached) = (start.clone(), false);
                        continue;
                    }
                    let lasting = names::refusal(&error).or(distrust);
                    return lasting.map_or_else(|| Ok(Err(describe(error))), Err);
                }
            };
            let answer = answer::read(response.status(), response.headers(), self.from);
            match &answer {
                // The link that a redirect gave may have run out: ask for a new one.
                Answer::Fatal(_) if cached => (hop, cached) = (start.clone(), false),
                Answer::Elsewhere(location) if redirects < REDIRECTS => {
                    hop = self.rule.follow(&hop, location)?;
                    redirects += 1;
                }
                _ => {
                    let target = (hop != start).then_some(hop);
                    return Ok(Ok(Asked {
                        response,
                        answer,
                        target,
                    }));
                }
            }
        }
    }

    async fn send(&self, client: &reqwest::Client, hop: &Hop) -> Result<Response, reqwest::Error> {
        let mut request = client.get(hop.url.clone());
        if !self.bare {
            // With an end the connection is free for the next request, without one the length need not be known.
            let start = self.from;
            let range = match self.to {
                Some(end) => format!("bytes={start}-{}", end.saturating_sub(1)),
                None => format!("bytes={start}-"),
            };
            request = request.header(header::RANGE, range);
            if let Some(validator) = self.validator.and_then(Validator::if_range) {
                request = request.header(header::IF_RANGE, validator);
            }
        }
        if let Some(secret) = self.authorization.filter(|_| hop.authorized)
            && let Ok(mut value) = HeaderValue::from_str(&secret.0)
        {
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        request.send().await
    }
}
