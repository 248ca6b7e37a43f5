//! The calls of the API as values: what goes out, and what kind of answer comes of it.
//!
//! Any of them becomes asynchronous by a `callback_url` (seed document, "Asynchronous Mode"): [`ByCallback`] is such a call, and its
//! answer's type says that the real one may come later, by another way.

use std::fmt;

use serde_json::{Map, Value};
use url::Url;

use super::answer;
use super::error::Error;
use super::page::{Page, PageRequest};
use super::query::Pair;
use super::recording::{NoId, Recording, RecordingId};

/// What a call does to the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Changes nothing, so it is tried again after a failure.
    Get,
    /// For good, and tried once only: after a cut or a time-out nobody knows whether it was done.
    Delete,
}

/// One call of the API.
pub trait Call: Send + Sync {
    type Answer: Send;

    fn verb(&self) -> Verb;

    /// The recording it is about; `None` for the list.
    fn recording(&self) -> Option<&RecordingId>;

    /// Its parameters, not yet percent-encoded.
    fn pairs(&self) -> Vec<Pair>;

    /// Whether this is the real answer of such a call, as opposed to an error or to the receipt of an asynchronous one.
    fn is_answer(&self, body: &Map<String, Value>) -> bool;

    /// Reads the body of a 2xx answer; `None` when there was none.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not what the API answers to this call.
    fn read(&self, body: Option<Value>) -> Result<Self::Answer, Error>;

    /// Reads what was delivered to a callback URL. There is no status there: whether it is an error, the body alone tells.
    ///
    /// # Errors
    /// [`Error::Reported`] when the API says that the call failed; [`Error::Malformed`] as in [`Call::read`].
    fn read_delivered(&self, body: Map<String, Value>) -> Result<Self::Answer, Error> {
        if !self.is_answer(&body)
            && let Some(message) = answer::reported(&body)
        {
            return Err(Error::Reported {
                message,
                api_id: answer::api_id(&body),
            });
        }
        self.read(Some(Value::Object(body)))
    }
}

fn malformed<T>(detail: &str) -> Result<T, Error> {
    Err(Error::Malformed {
        detail: detail.to_owned(),
    })
}

impl Call for PageRequest {
    type Answer = Page;

    fn verb(&self) -> Verb {
        Verb::Get
    }

    fn recording(&self) -> Option<&RecordingId> {
        None
    }

    fn pairs(&self) -> Vec<Pair> {
        Self::pairs(self)
    }

    fn is_answer(&self, body: &Map<String, Value>) -> bool {
        body.contains_key("objects")
    }

    fn read(&self, body: Option<Value>) -> Result<Page, Error> {
        match body {
            Some(body) => Page::from_json(body),
            None => malformed("it is empty"),
        }
    }
}

/// Fetches one recording.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Get(pub RecordingId);

impl Call for Get {
    type Answer = Recording;

    fn verb(&self) -> Verb {
        Verb::Get
    }

    fn recording(&self) -> Option<&RecordingId> {
        Some(&self.0)
    }

    fn pairs(&self) -> Vec<Pair> {
        Vec::new()
    }

    fn is_answer(&self, body: &Map<String, Value>) -> bool {
        body.contains_key("recording_id")
    }

    fn read(&self, body: Option<Value>) -> Result<Recording, Error> {
        let fields = match body {
            Some(Value::Object(fields)) => fields,
            Some(_) => return malformed("a recording is a JSON object"),
            None => return malformed("it is empty"),
        };
        match Recording::from_json(fields) {
            Ok(recording) if recording.id == self.0 => Ok(recording),
            Ok(_) => malformed("it describes another recording"),
            Err(NoId(_)) => malformed("it has no `recording_id`"),
        }
    }
}

/// Deletes one recording, for good.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Delete(pub RecordingId);

impl Call for Delete {
    type Answer = ();

    fn verb(&self) -> Verb {
        Verb::Delete
    }

    fn recording(&self) -> Option<&RecordingId> {
        Some(&self.0)
    }

    fn pairs(&self) -> Vec<Pair> {
        Vec::new()
    }

    /// Its answer is an empty body (api.md).
    fn is_answer(&self, _body: &Map<String, Value>) -> bool {
        false
    }

    fn read(&self, _body: Option<Value>) -> Result<(), Error> {
        Ok(())
    }
}

/// How an answer is brought to the callback URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CallbackMethod {
    Get,
    /// The API's default.
    #[default]
    Post,
}

impl CallbackMethod {
    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

impl fmt::Display for CallbackMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where an answer is to be sent. The URL is the API's to reach: it checks nothing here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Callback {
    pub url: Url,
    pub method: CallbackMethod,
}

impl Callback {
    /// Where the answer goes, for people: what stands behind the path may be a secret between the sender and the receiver.
    pub fn shown(&self) -> String {
        format!(
            "{}{}",
            self.url.origin().ascii_serialization(),
            self.url.path()
        )
    }

    /// The parameters that make a call asynchronous.
    pub fn pairs(&self) -> [Pair; 2] {
        [
            ("callback_url", self.url.to_string()),
            ("callback_method", self.method.as_str().to_owned()),
        ]
    }
}

/// What an asynchronous call is answered with at once: the real answer follows under the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub api_id: String,
    /// Today `async api spawned`.
    pub message: Option<String>,
}

/// The answer of an asynchronous call.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply<T> {
    /// The usual: the real answer goes to the callback URL.
    Accepted(Accepted),
    /// The server took no notice of the callback URL and answered as ever.
    Immediate(T),
}

/// A call whose answer goes to a callback URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ByCallback<C> {
    pub call: C,
    pub callback: Callback,
}

impl<C: Call> Call for ByCallback<C> {
    type Answer = Reply<C::Answer>;

    fn verb(&self) -> Verb {
        self.call.verb()
    }

    fn recording(&self) -> Option<&RecordingId> {
        self.call.recording()
    }

    fn pairs(&self) -> Vec<Pair> {
        let mut pairs = self.call.pairs();
        pairs.extend(self.callback.pairs());
        pairs
    }

    fn is_answer(&self, body: &Map<String, Value>) -> bool {
        self.call.is_answer(body) || answer::api_id(body).is_some()
    }

    /// The status may be 200, 201 or 202 (api.md), so the body alone decides which of the two it is.
    fn read(&self, body: Option<Value>) -> Result<Self::Answer, Error> {
        if let Some(Value::Object(fields)) = &body
            && !self.call.is_answer(fields)
        {
            let api_id = answer::api_id(fields);
            if let Some(message) = answer::reported(fields) {
                return Err(Error::Reported { message, api_id });
            }
            if let Some(api_id) = api_id {
                let message = fields.get("message").and_then(Value::as_str);
                return Ok(Reply::Accepted(Accepted {
                    api_id,
                    message: message.map(str::to_owned),
                }));
            }
        }
        self.call.read(body).map(Reply::Immediate)
    }
}

#[cfg(test)]
mod tests;
