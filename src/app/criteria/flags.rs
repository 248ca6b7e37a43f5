//! The filters as flags of the command line.

use super::{Criteria, Edge, Field, FieldError};

/// `--from`, `--to`, `--call-uuid` …: the same texts as in the form.
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

impl Flags {
    fn text(&self, field: Field) -> Option<&str> {
        match field {
            Field::From => self.from.as_deref(),
            Field::To => self.to.as_deref(),
            Field::CallUuid => self.call_uuid.as_deref(),
            Field::Subaccount => self.subaccount.as_deref(),
            Field::FromNumber => self.from_number.as_deref(),
            Field::ToNumber => self.to_number.as_deref(),
            Field::EitherNumber => self.either_number.as_deref(),
            Field::Conference => self.conference.as_deref(),
        }
    }

    pub(super) fn criteria(&self) -> Result<Criteria, Vec<FieldError>> {
        let mut usual = Criteria::last_30_days();
        if self.from.is_some() || self.to.is_some() {
            // An end that is not named is open: 2011-01-01, or now.
            (usual.from, usual.to) = (Edge::inclusive(""), Edge::inclusive("now"));
        }
        self.over(usual)
    }

    pub(super) fn over(&self, mut criteria: Criteria) -> Result<Criteria, Vec<FieldError>> {
        if let Some(from) = &self.from {
            criteria.from = Edge::inclusive(from.trim());
        }
        if let Some(to) = &self.to {
            criteria.to = Edge::inclusive(to.trim());
        }
        let mut mistakes = Vec::new();
        for field in Field::ALL {
            match self.text(field).map_or(Ok(None), |text| field.read(text)) {
                Ok(None) => {}
                Ok(Some(understood)) => criteria.set_value(field, Some(understood.value)),
                Err(mistake) => mistakes.push(mistake.at(field)),
            }
        }
        mistakes.extend(criteria.conflict());
        if mistakes.is_empty() {
            Ok(criteria)
        } else {
            Err(mistakes)
        }
    }
}
