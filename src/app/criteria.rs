//! What the user asked to see: bounds as typed, and the filters.

use chrono::{DateTime, Utc};

use crate::plivo::{Filter, TimeRange};

use super::history::Plan;
use super::mask::Mask;
use super::zone::Zone;

/// One end of the range as it was typed, so that `-7d` means seven days before the next refresh too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub text: String,
    pub inclusive: bool,
}

/// What is applied. `resolve` (zone, now) turns it into a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criteria {
    pub from: Edge,
    pub to: Edge,
    pub filter: Filter,
    /// Either party: two queries, merged, since the API has no such filter.
    pub either: Option<String>,
}

/// The fields that hold text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    From,
    To,
    CallUuid,
    Subaccount,
    FromNumber,
    ToNumber,
    EitherNumber,
    Conference,
}

/// A mistake in one field: what is wrong, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}; for example {example}")]
pub struct FieldError {
    pub field: Field,
    pub message: String,
    pub example: String,
}

/// The same texts as flags of the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    pub from: Option<String>,
    pub to: Option<String>,
    pub call_uuid: Option<String>,
    pub subaccount: Option<String>,
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    pub either_number: Option<String>,
    pub conference: Option<String>,
}

/// Ranges with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preset {
    Today,
    Yesterday,
    Last7Days,
    Last30Days,
    ThisMonth,
    LastMonth,
    AllTime,
}

impl Criteria {
    /// The first screen: every call of the last 30 days.
    pub fn last_30_days() -> Self {
        Self {
            from: Edge {
                text: "-30d".into(),
                inclusive: true,
            },
            to: Edge {
                text: "now".into(),
                inclusive: true,
            },
            filter: Filter::default(),
            either: None,
        }
    }

    /// From 2011-01-01, before which there was no recording, to now.
    pub fn all_time() -> Self {
        Self {
            from: Edge {
                text: "2011-01-01".into(),
                inclusive: true,
            },
            ..Self::last_30_days()
        }
    }

    /// The texts of the command line, checked as the form checks them. With neither bound: the last 30 days.
    pub fn from_flags(_flags: &Flags) -> Result<Self, Vec<FieldError>> {
        Ok(Self::last_30_days())
    }

    /// The range that the two texts mean at `now`.
    pub fn resolve(&self, _zone: &Zone, _now: DateTime<Utc>) -> Result<TimeRange, Vec<FieldError>> {
        Err(Vec::new())
    }

    /// What is listed: the range, its upper end pinned at `now` when it lies later.
    pub fn plan(&self, zone: &Zone, now: DateTime<Utc>) -> Result<Plan, Vec<FieldError>> {
        let range = self.resolve(zone, now)?;
        Ok(Plan {
            range,
            filter: self.filter.clone(),
            either: self.either.clone(),
        })
    }

    /// For the header: `2026-10-24 → 2026-11-23 UTC · all calls`.
    pub fn summary(&self, _zone: &Zone, _now: DateTime<Utc>, _mask: &Mask) -> String {
        String::new()
    }

    /// The line that says what is requested: `add_time__gte=… · add_time__lte=… · 1 request window`.
    pub fn sent(
        &self,
        _zone: &Zone,
        _now: DateTime<Utc>,
        _mask: &Mask,
    ) -> Result<String, Vec<FieldError>> {
        Ok(String::new())
    }
}
