//! Which recordings: the fields of the filter form as flags.

use chrono::Utc;

use crate::app::criteria::{Criteria, Field, FieldError, Flags};
use crate::app::zone::Zone;

use super::Failure;
use super::failure::Mistakes;

/// The fields of the filter form.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Which recordings")]
pub(super) struct Filter {
    /// Added since then: 2026-11-20, "2026-11-20 14:02", -7d, yesterday, … [default: 30 days ago]
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    pub(super) from: Option<String>,

    /// Added until then; a bare day is included [default: now]
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    pub(super) to: Option<String>,

    /// Of this call
    #[arg(long, value_name = "UUID")]
    pub(super) call_uuid: Option<String>,

    /// Of this subaccount
    #[arg(long, value_name = "AUTH_ID")]
    pub(super) subaccount: Option<String>,

    /// Of calls from this number or SIP address
    #[arg(long, value_name = "NUMBER")]
    pub(super) from_number: Option<String>,

    /// Of calls to this number or SIP address
    #[arg(long, value_name = "NUMBER")]
    pub(super) to_number: Option<String>,

    /// Of calls from or to this number: two lists, merged
    #[arg(long, value_name = "NUMBER")]
    pub(super) either_number: Option<String>,

    /// Of this conference
    #[arg(long, value_name = "NAME")]
    pub(super) conference: Option<String>,

    /// What a view lists, where no flag says another.
    #[arg(skip)]
    pub(super) view: Option<Criteria>,
}

impl Filter {
    /// Whether any flag was given.
    pub(super) fn is_given(&self) -> bool {
        [
            &self.from,
            &self.to,
            &self.call_uuid,
            &self.subaccount,
            &self.from_number,
            &self.to_number,
            &self.either_number,
            &self.conference,
        ]
        .iter()
        .any(|flag| flag.is_some())
    }

    /// What the flags ask for; dates are checked in `zone`.
    ///
    /// # Errors
    /// Every flag that cannot be read, each with an example.
    pub(super) fn criteria(&self, zone: &Zone) -> Result<Criteria, Failure> {
        self.criteria_until(zone, "--to")
    }

    /// [`criteria`](Self::criteria), where the flag of the newer end has the name `to`.
    ///
    /// # Errors
    /// As there.
    pub(super) fn criteria_until(&self, zone: &Zone, to: &str) -> Result<Criteria, Failure> {
        let flags = Flags {
            from: self.from.clone(),
            to: self.to.clone(),
            call_uuid: self.call_uuid.clone(),
            subaccount: self.subaccount.clone(),
            from_number: self.from_number.clone(),
            to_number: self.to_number.clone(),
            either_number: self.either_number.clone(),
            conference: self.conference.clone(),
        };
        let criteria = match self.view.clone() {
            Some(view) => view.with_flags(&flags),
            None => Criteria::from_flags(&flags),
        }
        .map_err(|mistakes| mistaken(&mistakes, to))?;
        // Dates mean something only in a zone, and at a time.
        criteria
            .plan(zone, Utc::now())
            .map_err(|mistakes| mistaken(&mistakes, to))?;
        Ok(criteria)
    }
}

fn mistaken(mistakes: &[FieldError], to: &str) -> Failure {
    let lines: Vec<_> = mistakes
        .iter()
        .map(|mistake| {
            let flag = match mistake.field {
                Field::To => to,
                field => flag_of(field),
            };
            let said = &mistake.message;
            format!("{flag}: {said}; for example {}", mistake.example)
        })
        .collect();
    let mut lines = lines.into_iter();
    let first = lines.next();
    // Under the first, which stands behind the program's name.
    let rest = lines.map(|line| format!("          {line}"));
    Mistakes(first.into_iter().chain(rest).collect()).into()
}

fn flag_of(field: Field) -> &'static str {
    match field {
        Field::From => "--from",
        Field::To => "--to",
        Field::CallUuid => "--call-uuid",
        Field::Subaccount => "--subaccount",
        Field::FromNumber => "--from-number",
        Field::ToNumber => "--to-number",
        Field::EitherNumber => "--either-number",
        Field::Conference => "--conference",
    }
}
