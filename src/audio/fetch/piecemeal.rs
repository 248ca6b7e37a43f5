//! Fetches a recording from its first byte to its last, for whoever keeps it as it comes and decides what to do about a failure.
//! The same links are followed, and the same answers believed, as for what is played.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use reqwest::header::{self, HeaderMap};
use tokio::time::timeout;

use super::answer::{Answer, Validator};
use super::ask::{Asked, Question, REDIRECTS};
use super::http::{Http, describe};
use super::link::{Hop, Rule};
use super::sniff;
use crate::audio::buffer::{LARGEST, too_large};
use crate::audio::event::{Error, Request};

/// From the request to the answer's first line.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// Between two pieces of a body.
const STALL_LIMIT: Duration = Duration::from_secs(30);

/// What is known of the file that is being fetched, and tells whether the next answer speaks of the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    pub validator: Validator,
    /// Bytes in the whole file.
    pub total: Option<u64>,
}

impl Known {
    /// Whether bytes that an earlier run kept can be gone on from: the server has named this state of the file. Its length alone
    /// does not tell it from another.
    pub fn is_named(&self) -> bool {
        let weak = self.validator.etag.is_some() || self.validator.modified.is_some();
        self.validator.if_range().is_some() || weak && self.total.is_some()
    }
}

/// Why a request brought nothing, or no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It may succeed in a moment: a cut, an outage, a status of 5xx.
    Passing(Error),
    /// The server asks for fewer requests (429), and may say how long to wait.
    TooMany(Option<Duration>),
    /// The file is another one than before: begin again at its first byte.
    Changed,
    Final(Error),
}

/// One recording's address.
#[derive(Debug)]
pub struct Piecemeal {
    http: Http,
    request: Request,
    rule: Rule,
    target: Option<Hop>,
    /// The server does not take a range that starts at 0.
    bare: bool,
}

/// An answer whose body follows.
#[derive(Debug)]
pub struct Opened {
    /// The byte of the file with which the body begins: the one asked for, or 0.
    pub from: u64,
    pub known: Known,
    pub body: Body,
}

/// The bytes of one answer.
#[derive(Debug)]
pub struct Body {
    response: Response,
    at: u64,
    /// Where it should end.
    end: Option<u64>,
}

impl Piecemeal {
    /// Sends nothing yet.
    ///
    /// # Errors
    /// [`Error::NoUrl`] and [`Error::Refused`], for links that must not be followed.
    pub fn new(http: Http, request: Request) -> Result<Self, Error> {
        Ok(Self {
            rule: Rule::new(&request)?,
            http,
            request,
            target: None,
            bare: false,
        })
    }

    /// Asks for the file from the byte `at` on, of which `known` is known. Dropping the future breaks it off.
    ///
    /// # Errors
    /// [`Failure`]; [`Error::Empty`] for a file without a byte.
    pub async fn open(&mut self, at: u64, known: &Known) -> Result<Opened, Failure> {
        let Asked {
            response, answer, ..
        } = self.ask(at, known).await?;
        let now = Validator::of(response.headers());
        let (from, end, total) = match answer {
            // Where such a file ends is never told: asked for as a whole, it may be.
            Answer::Part { total: None, .. } if known.total.is_none() => {
                let bare = std::mem::replace(&mut self.bare, true);
                return Err(match (bare, at) {
                    (_, 1..) => Failure::Changed,
                    (false, 0) => Failure::Passing(no_end("a part of the file")),
                    (true, 0) => Failure::Final(no_end("a part of the file")),
                });
            }
            Answer::Whole { total: None, .. } if !is_chunked(response.headers()) => {
                return Err(Failure::Final(no_end("the file")));
            }
            Answer::Part { end, total } => (at, Some(end), total),
            Answer::Whole { total, .. } => (0, total, total),
            Answer::Beyond { total: Some(0) } => return Err(Failure::Final(Error::Empty)),
            // Some servers take no range at all of a file that they cannot size.
            Answer::Beyond { .. } if at == 0 && !self.bare => {
                self.bare = true;
                return Err(Failure::Passing(Error::Status(416)));
            }
            Answer::Beyond { .. } if at > 0 => return Err(Failure::Changed),
            Answer::Beyond { .. } => return Err(Failure::Final(Error::Status(416))),
            Answer::Busy {
                error: Error::Status(429),
                wait,
            } => return Err(Failure::TooMany(wait)),
            Answer::Busy { error, .. } => return Err(Failure::Passing(error)),
            Answer::Fatal(error) => return Err(Failure::Final(error)),
            Answer::Elsewhere(_) => {
                let many = format!("it redirects more than {REDIRECTS} times");
                return Err(Failure::Final(Error::Refused(many)));
            }
        };
        let other_total = matches!((total, known.total), (Some(now), Some(then)) if now != then);
        if from > 0 && (other_total || known.validator.contradicts(&now)) {
            return Err(Failure::Changed);
        }
        let first = from == 0;
        Ok(Opened {
            from,
            known: Known {
                validator: if first { now } else { known.validator.clone() },
                total: total.or(known.total.filter(|_| !first)),
            },
            body: Body {
                response,
                at: from,
                end,
            },
        })
    }

    async fn ask(&mut self, at: u64, known: &Known) -> Result<Asked, Failure> {
        let question = Question {
            http: &self.http,
            rule: &self.rule,
            target: self.target.as_ref(),
            authorization: self.request.authorization.as_ref(),
            from: at,
            to: None,
            bare: self.bare && at == 0,
            validator: (at > 0).then_some(&known.validator),
        };
        let asked = timeout(ANSWER_LIMIT, question.ask())
            .await
            .unwrap_or_else(|_| Ok(Err("no answer in time".to_owned())))
            .map_err(Failure::Final)?
            .map_err(|detail| Failure::Passing(Error::Unreachable(detail)))?;
        self.target.clone_from(&asked.target);
        Ok(asked)
    }
}

/// An answer that a cut would not show in.
fn no_end(sent: &str) -> Error {
    Error::Protocol(format!("it sent {sent} without saying where the file ends"))
}

/// Whether the end of the body is marked in it. Without that and without a length it ends with the connection (RFC 9112, 6.3).
fn is_chunked(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let last = codings
        .next_back()
        .and_then(|codings| codings.to_str().ok());
    last.and_then(|codings| codings.rsplit(',').next())
        .is_some_and(|coding| coding.trim().eq_ignore_ascii_case("chunked"))
}

impl Body {
    /// The next bytes; `None` at the end. The first piece of a file is long enough to be told from a web page. Dropping the
    /// future loses nothing but what had just come.
    ///
    /// # Errors
    /// [`Failure::Passing`] for a cut or a stall, [`Failure::Final`] for what is no sound.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        let Some(mut piece) = self.piece().await? else {
            return self.ended();
        };
        if self.at == 0 {
            while piece.len() < sniff::ENOUGH {
                match self.piece().await? {
                    Some(more) => piece = [piece, more].concat().into(),
                    None => break,
                }
            }
            match sniff::refuse(&piece, self.end) {
                // Sound of another kind than callreel plays is still what was recorded.
                None | Some(Error::Decode(_)) => {}
                Some(error) => return Err(Failure::Final(error)),
            }
        }
        let bytes = piece.len() as u64;
        if self
            .end
            .is_some_and(|end| bytes > end.saturating_sub(self.at))
        {
            let more = "it sent more bytes than the file has".to_owned();
            return Err(Failure::Final(Error::Protocol(more)));
        }
        let at = self.at.saturating_add(bytes);
        if at > LARGEST {
            return Err(Failure::Final(too_large(at)));
        }
        self.at = at;
        Ok(Some(piece))
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        let passing = |detail| Failure::Passing(Error::Unreachable(detail));
        match timeout(STALL_LIMIT, self.response.chunk()).await {
            Ok(piece) => piece.map_err(|error| passing(describe(error))),
            Err(_) => Err(passing(format!(
                "nothing came for {} s",
                STALL_LIMIT.as_secs()
            ))),
        }
    }

    fn ended(&self) -> Result<Option<Bytes>, Failure> {
        match self.end {
            Some(end) if self.at < end => {
                let cut = "the connection was cut".to_owned();
                Err(Failure::Passing(Error::Unreachable(cut)))
            }
            None if self.at == 0 => Err(Failure::Final(Error::Empty)),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_of_unknown_length_is_not_endless() {
        let mut body = Body {
            response: Response::from(axum::http::Response::new(vec![0x81_u8; 20])),
            at: LARGEST - 20,
            end: None,
        };
        assert_eq!(body.next().await.unwrap().unwrap().len(), 20);
        let mut body = Body {
            response: Response::from(axum::http::Response::new(vec![0x81_u8; 20])),
            at: LARGEST - 19,
            end: None,
        };
        assert_eq!(
            body.next().await,
            Err(Failure::Final(too_large(LARGEST + 1)))
        );
    }
}
