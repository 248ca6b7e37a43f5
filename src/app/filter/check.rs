//! What the form's texts mean just now: a note for each field, the range, and the line that is sent.

use chrono::{DateTime, Utc};

use crate::app::criteria::{Bounds, Field, FieldError};
use crate::app::mask::Mask;
use crate::app::when::End;
use crate::app::zone::Zone;
use crate::plivo::{Bound, TimeRange};

use super::Form;

/// What stands beside a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// What is wrong, with an example.
    Mistake(String),
    /// What was understood.
    Understood(String),
}

/// The whole form, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    mistakes: Vec<FieldError>,
    understood: Vec<(Field, String)>,
    /// The range as typed, as far as the two times can be read.
    pub range: Option<TimeRange>,
    /// What is sent when the form is applied; `None` while there is a mistake.
    pub sent: Option<String>,
}

impl Check {
    pub fn note(&self, field: Field) -> Option<Note> {
        if let Some(mistake) = self.mistakes.iter().find(|mistake| mistake.field == field) {
            return Some(Note::Mistake(format!(
                "{}; for example {}",
                mistake.message, mistake.example
            )));
        }
        let (_, understood) = self.understood.iter().find(|(other, _)| *other == field)?;
        Some(Note::Understood(understood.clone()))
    }

    /// How many fields have a mistake in them.
    pub fn mistakes(&self) -> usize {
        self.mistakes.len()
    }

    /// Is this end sent as inclusive? As typed, but a whole day as upper end never is.
    pub fn inclusive(&self, end: End) -> Option<bool> {
        let range = self.range?;
        Some(match end {
            End::From => range.from().inclusive,
            End::To => range.to().inclusive,
        })
    }
}

impl Form {
    /// Reads every field. Numbers and names in what comes back are masked.
    pub fn check(&self, zone: &Zone, now: DateTime<Utc>, mask: &Mask) -> Check {
        let mut check = Check {
            mistakes: Vec::new(),
            understood: Vec::new(),
            range: None,
            sent: None,
        };
        for field in Field::ALL {
            let text = self.line(field).text();
            match field.read(text) {
                Ok(None) => {}
                Ok(Some(understood)) => {
                    let shown = match field {
                        Field::Conference => mask.name(&understood.value),
                        Field::Subaccount => mask.account(&understood.value),
                        Field::CallUuid => understood.value.clone(),
                        _ => mask.number(&understood.value),
                    };
                    let note = match understood.note {
                        Some(note) if mask.on || understood.value != text => {
                            format!("{shown}, {note}")
                        }
                        Some(note) => note.into(),
                        None if shown != text.trim() => shown,
                        None => continue,
                    };
                    check.understood.push((field, note));
                }
                Err(mistake) => check.mistakes.push(mistake.at(field)),
            }
        }
        let (from, to) = self.edges();
        match Bounds::read(&from, &to, zone, now) {
            Ok(bounds) => {
                check.range = Some(bounds.range);
                check.understood.extend(ends(&bounds, zone, now));
                if let Err(mistakes) = bounds.pinned(now) {
                    check.mistakes.extend(mistakes);
                }
            }
            Err(mistakes) => check.mistakes.extend(mistakes),
        }
        if let Some(conflict) = self
            .criteria()
            .ok()
            .and_then(|criteria| criteria.conflict())
        {
            check.mistakes.push(conflict);
        }
        if check.mistakes.is_empty() {
            check.sent = self
                .criteria()
                .and_then(|criteria| criteria.sent(zone, now, mask))
                .ok();
        }
        check
    }
}

/// The two ends on the zone's clock, with what is odd about them.
fn ends(bounds: &Bounds, zone: &Zone, now: DateTime<Utc>) -> [(Field, String); 2] {
    let label = zone.label();
    let shown = |bound: Bound| format!("{} {label}", zone.format_exact(bound.at));
    let said = |words: String, note: &Option<String>| match note {
        Some(note) => format!("{words} ({note})"),
        None => words,
    };
    let (from, to) = (bounds.range.from(), bounds.range.to());
    let lower = if from.inclusive {
        shown(from)
    } else {
        format!("after {}", shown(from))
    };
    let upper = if to.inclusive {
        shown(to)
    } else {
        format!("before {}", shown(to))
    };
    let upper = if bounds.around {
        format!("{upper} (set by From)")
    } else if to.at > now {
        format!("{upper} (until now)")
    } else {
        upper
    };
    [
        (Field::From, said(lower, &bounds.from_note)),
        (Field::To, said(upper, &bounds.to_note)),
    ]
}
