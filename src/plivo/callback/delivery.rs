//! An answer as it was delivered.

use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::plivo::CallbackMethod;

/// What a callback brought: the answer to an asynchronous call.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// When it had come whole, by this machine's clock.
    pub time: DateTime<Utc>,
    /// The call that it answers: the id under which the API accepted it.
    pub api_id: String,
    pub method: CallbackMethod,
    pub signature: Signature,
    /// True when an answer with this id was handed on before.
    pub duplicate: bool,
    /// What a synchronous call would have been answered with, errors too. From outside: nothing in it is sure.
    pub answer: Map<String, Value>,
}

/// How far a delivery's origin is known. One with a wrong signature never becomes a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signature {
    /// Signed with the account's token.
    Signed,
    /// It has no signature, though one could have been checked.
    Unsigned,
    /// Signed or not: no token is known to check with.
    Unchecked,
}

impl Signature {
    pub fn words(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Unsigned => "unsigned",
            Self::Unchecked => "unchecked",
        }
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
