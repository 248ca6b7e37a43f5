//! Aliases for numbers and names on a screen that others see.
//!
//! An alias is a keyed hash: the same caller has the same alias all through a run, and another one in the next. It is
//! spelled in consonants, so that it can hold neither a number nor, by chance, a word.

mod json;
mod link;
mod shape;
mod text;

use std::hash::{DefaultHasher, Hasher};

use serde_json::{Map, Value};

/// Hides who called whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mask {
    /// Off: everything passes as it is.
    pub on: bool,
    salt: u64,
}

const LETTERS: &[u8; 19] = b"bcdfghjkmnpqrstvwxz";

impl Mask {
    /// `salt` should differ from run to run, so that aliases tell nothing.
    pub fn new(on: bool, salt: u64) -> Self {
        Self { on, salt }
    }

    /// `+14155550100` → `caller-hxkqd`, and the same with or without the plus. A sip address too.
    pub fn number(&self, number: &str) -> String {
        self.alias_of("caller", number, &shape::same_number(number))
    }

    /// A conference's or multi-party call's name → `name-wzdfb`. `noname` is the API's word for none and stays.
    pub fn name(&self, name: &str) -> String {
        if name == "noname" {
            return name.to_owned();
        }
        self.alias_of("name", name, name)
    }

    /// The account's label, or an auth id → `account-rtgmc`.
    pub fn account(&self, label: &str) -> String {
        self.alias_of("account", label, label)
    }

    /// A link whose host and known parts stay; auth ids, credentials, numbers and whatever else may be a name do not.
    pub fn url(&self, url: &str) -> String {
        if self.on {
            link::masked(self, url)
        } else {
            url.to_owned()
        }
    }

    /// Free text (an error's message, a note) without numbers, sip addresses, links and auth ids. Which of its words
    /// are names cannot be known.
    pub fn text(&self, text: &str) -> String {
        if self.on {
            text::masked(self, text)
        } else {
            text.to_owned()
        }
    }

    /// A recording's raw fields. What a field is known to hold decides; unknown fields keep only what cannot be a
    /// number or a name: ids, times, short figures.
    pub fn json(&self, fields: &Map<String, Value>) -> Map<String, Value> {
        if self.on {
            json::masked(self, fields)
        } else {
            fields.clone()
        }
    }

    fn alias_of(&self, kind: &str, shown: &str, key: &str) -> String {
        if !self.on || shown.trim().is_empty() {
            return shown.to_owned();
        }
        self.alias(kind, key)
    }

    fn alias(&self, kind: &str, key: &str) -> String {
        // `DefaultHasher::new` is SipHash with fixed keys: the salt comes first instead.
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(self.salt);
        hasher.write(kind.as_bytes());
        hasher.write_u8(0);
        hasher.write(key.as_bytes());
        let mut rest = hasher.finish();
        let mut alias = format!("{kind}-");
        for _ in 0..5 {
            let letter = usize::try_from(rest % 19).unwrap_or(0);
            rest /= 19;
            alias.push(char::from(LETTERS.get(letter).copied().unwrap_or(b'x')));
        }
        alias
    }
}

#[cfg(test)]
mod tests;
