//! What the user asked to see: bounds as typed, and the filters.
//!
//! The two times stay as text, so that `-7d` means seven days before the next refresh too; the filters are kept as
//! the API takes them ([`Field::read`] makes them so, [`Field::write`] gives back what can be edited).

mod flags;
mod mistake;
mod number;
mod preset;
mod range;
mod value;
mod words;

pub use flags::Flags;
pub use mistake::{FieldError, Mistake};
pub use preset::Preset;
pub use range::Bounds;
pub use value::Understood;
pub use words::{calls, range_label};

use chrono::{DateTime, Utc};

use crate::plivo::{Filter, TimeRange};

use super::history::Plan;
use super::mask::Mask;
use super::when::whole_second;
use super::zone::Zone;

/// One end of the range as it was typed. Blank is an open end: 2011-01-01, or now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub text: String,
    /// For an instant. A whole day, month or year as the upper end always holds its last moment.
    pub inclusive: bool,
}

impl Edge {
    pub fn inclusive(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            inclusive: true,
        }
    }
}

/// What is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criteria {
    pub from: Edge,
    pub to: Edge,
    pub filter: Filter,
    /// Either party: two queries, merged, since the API has no such filter.
    pub either: Option<String>,
}

/// The fields that hold text, in the form's order.
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

impl Field {
    pub const ALL: [Self; 8] = [
        Self::From,
        Self::To,
        Self::CallUuid,
        Self::Subaccount,
        Self::FromNumber,
        Self::ToNumber,
        Self::EitherNumber,
        Self::Conference,
    ];

    /// What the form calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::From => "From",
            Self::To => "To",
            Self::CallUuid => "Call UUID",
            Self::Subaccount => "Subaccount",
            Self::FromNumber => "From number",
            Self::ToNumber => "To number",
            Self::EitherNumber => "Either number",
            Self::Conference => "Conference",
        }
    }

    /// Does it tell who called whom, or whose account this is?
    pub fn is_private(self) -> bool {
        match self {
            Self::From | Self::To | Self::CallUuid => false,
            Self::Subaccount
            | Self::FromNumber
            | Self::ToNumber
            | Self::EitherNumber
            | Self::Conference => true,
        }
    }
}

impl Criteria {
    /// The first screen: every call of the last 30 days.
    pub fn last_30_days() -> Self {
        let (from, to) = Preset::Last30Days.edges();
        Self {
            from,
            to,
            filter: Filter::default(),
            either: None,
        }
    }

    /// Every call of so many days until now.
    pub fn last_days(days: u32) -> Self {
        let mut criteria = Self::last_30_days();
        criteria.from.text = format!("-{days}d");
        criteria
    }

    /// From 2011-01-01, before which there was no recording, to now.
    pub fn all_time() -> Self {
        let (from, to) = Preset::AllTime.edges();
        Self {
            from,
            to,
            ..Self::last_30_days()
        }
    }

    /// The texts of the command line, read as the form reads them. With neither bound: the last 30 days.
    /// The two times are checked by [`Criteria::plan`], which knows the zone.
    pub fn from_flags(flags: &Flags) -> Result<Self, Vec<FieldError>> {
        flags.criteria()
    }

    /// This, but for what the texts of the command line say otherwise.
    ///
    /// # Errors
    /// As [`from_flags`](Self::from_flags).
    pub fn with_flags(self, flags: &Flags) -> Result<Self, Vec<FieldError>> {
        flags.over(self)
    }

    /// A filter as the API takes it. The two times are not filters.
    pub fn value(&self, field: Field) -> Option<&str> {
        match field {
            Field::From | Field::To => None,
            Field::CallUuid => self.filter.call_uuid.as_deref(),
            Field::Subaccount => self.filter.subaccount.as_deref(),
            Field::FromNumber => self.filter.from_number.as_deref(),
            Field::ToNumber => self.filter.to_number.as_deref(),
            Field::EitherNumber => self.either.as_deref(),
            Field::Conference => self.filter.conference_name.as_deref(),
        }
    }

    pub(crate) fn set_value(&mut self, field: Field, value: Option<String>) {
        match field {
            Field::From | Field::To => {}
            Field::CallUuid => self.filter.call_uuid = value,
            Field::Subaccount => self.filter.subaccount = value,
            Field::FromNumber => self.filter.from_number = value,
            Field::ToNumber => self.filter.to_number = value,
            Field::EitherNumber => self.either = value,
            Field::Conference => self.filter.conference_name = value,
        }
    }

    /// One number on either side, and another that is fixed to one side, is a question that the two queries of *Either
    /// number* cannot ask.
    pub(crate) fn conflict(&self) -> Option<FieldError> {
        let fixed = self.filter.from_number.is_some() || self.filter.to_number.is_some();
        let mistake = Mistake::new(
            "stands alone: for a call between two numbers use From number and To number",
            "either this field, or those two",
        );
        (fixed && self.either.is_some()).then(|| mistake.at(Field::EitherNumber))
    }

    /// Are any filters beside the range in effect?
    pub fn is_filtered(&self) -> bool {
        self.filter != Filter::default() || self.either.is_some()
    }

    /// The range that the two texts mean at `now`, which may reach into the future.
    pub fn resolve(&self, zone: &Zone, now: DateTime<Utc>) -> Result<TimeRange, Vec<FieldError>> {
        Ok(Bounds::read(&self.from, &self.to, zone, now)?.range)
    }

    /// What is listed: the range, its upper end pinned at `now` (to the second) when it lies later.
    pub fn plan(&self, zone: &Zone, now: DateTime<Utc>) -> Result<Plan, Vec<FieldError>> {
        let bounds = Bounds::read(&self.from, &self.to, zone, now)?;
        if let Some(conflict) = self.conflict() {
            return Err(vec![conflict]);
        }
        Ok(Plan {
            range: bounds.pinned(now)?,
            filter: self.filter.clone(),
            either: self.either.clone(),
            live: bounds.range.to().at >= whole_second(now),
        })
    }

    /// For the header: `2026-10-24 → 2026-11-23 UTC · all calls`.
    pub fn summary(&self, zone: &Zone, now: DateTime<Utc>, mask: &Mask) -> String {
        let range = match self.plan(zone, now) {
            Ok(plan) => range_label(&plan.range, zone),
            Err(_) => format!("{} → {}", self.from.text, self.to.text),
        };
        format!(
            "{range} · {}",
            calls(&self.filter, self.either.as_deref(), mask)
        )
    }

    /// The line that says what is requested: `add_time__gte=… · add_time__lte=… · 1 request window`.
    pub fn sent(
        &self,
        zone: &Zone,
        now: DateTime<Utc>,
        mask: &Mask,
    ) -> Result<String, Vec<FieldError>> {
        Ok(words::sent(&self.plan(zone, now)?, mask))
    }
}

#[cfg(test)]
mod tests;
