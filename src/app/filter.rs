//! The filter form: its fields, its keys, and what it would send.

use chrono::{DateTime, Utc};

use super::criteria::{Criteria, Field, Preset};
use super::key::Key;
use super::zone::Zone;

/// One end of the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    From,
    To,
}

/// What can be clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldId {
    Text(Field),
    /// Inclusive or exclusive.
    Switch(End),
    Preset(Preset),
}

/// What a key did.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Stay,
    /// Close it; everything stays as it was.
    Leave,
    /// Close it and list this.
    Apply(Criteria),
}

/// The open form.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    base: Criteria,
}

impl Form {
    /// The form with what is in effect filled in.
    pub fn open(criteria: &Criteria, _zone: &Zone, _now: DateTime<Utc>) -> Self {
        Self {
            base: criteria.clone(),
        }
    }

    pub fn key(&mut self, _key: Key, _zone: &Zone, _now: DateTime<Utc>) -> Outcome {
        Outcome::Stay
    }

    /// Pasted text goes into the field: line breaks and control codes become spaces, the length is bounded.
    pub fn paste(&mut self, _text: &str) {}

    pub fn click(&mut self, _field: FieldId) {}
}
