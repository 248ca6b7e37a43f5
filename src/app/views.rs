//! Saved views: a name for what is listed, in which order, with which columns.
//!
//! The times stay as they were typed, so that `-7d` is the last week whenever the view is opened. Views stand in the configuration
//! file; [`View::section`] is how one is written there.

mod choose;
mod save;

pub use choose::Choosing;
pub use save::Saving;

use std::fmt;
use std::str::FromStr;

use super::columns::Columns;
use super::criteria::{Criteria, Field};
use super::mask::Mask;
use super::sort;
use super::toml::quoted;

/// A view's name: 1 to 40 letters a-z, digits, `-` and `_`, so that it needs no quotes anywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ViewName(String);

impl ViewName {
    pub const LONGEST: usize = 40;

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What somebody types: blanks become hyphens. `None`: it is no name.
    pub fn typed(text: &str) -> Option<Self> {
        let words: Vec<_> = text.split_whitespace().collect();
        words.join("-").parse().ok()
    }
}

/// A text that is no name for a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a view's name of 1 to {} letters a-z, digits, - and _ is needed",
    ViewName::LONGEST
)]
pub struct NoName;

impl FromStr for ViewName {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Self, NoName> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let fits = !text.is_empty() && text.len() <= Self::LONGEST && text.chars().all(plain);
        fits.then(|| Self(text.to_owned())).ok_or(NoName)
    }
}

impl fmt::Display for ViewName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One saved view.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    pub name: ViewName,
    pub criteria: Criteria,
    /// `None`: the API's own order, newest first. The other: whether it is turned round.
    pub order: Option<(sort::Column, bool)>,
    /// `None`: the columns there are anyway.
    pub columns: Option<Columns>,
}

/// The name of a text's key in the file.
pub fn key_of(field: Field) -> &'static str {
    match field {
        Field::From => "from",
        Field::To => "to",
        Field::CallUuid => "call_uuid",
        Field::Subaccount => "subaccount",
        Field::FromNumber => "from_number",
        Field::ToNumber => "to_number",
        Field::EitherNumber => "either_number",
        Field::Conference => "conference",
    }
}

impl View {
    /// Its keys and values as they stand in the file.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let criteria = &self.criteria;
        let mut lines = vec![("from", quoted(&criteria.from.text))];
        if !criteria.from.inclusive {
            lines.push(("from_exclusive", "true".to_owned()));
        }
        lines.push(("to", quoted(&criteria.to.text)));
        if !criteria.to.inclusive {
            lines.push(("to_exclusive", "true".to_owned()));
        }
        for field in Field::ALL {
            if let Some(value) = criteria.value(field) {
                lines.push((key_of(field), quoted(&field.write(value))));
            }
        }
        if let Some((column, reversed)) = self.order {
            lines.push(("sort", quoted(column.name())));
            if reversed {
                lines.push(("reverse", "true".to_owned()));
            }
        }
        if let Some(columns) = &self.columns {
            lines.push(("columns", columns.written()));
        }
        lines
    }

    /// Its section line by line for the screen, where numbers and names may be hidden.
    pub fn shown(&self, mask: &Mask) -> Vec<String> {
        let private = |key: &str| {
            let mut fields = Field::ALL.into_iter();
            fields.any(|field| field.is_private() && key_of(field) == key)
        };
        let line = |(key, value): (&str, String)| match mask.on && private(key) {
            true => format!("{key} = (hidden)"),
            false => format!("{key} = {value}"),
        };
        let head = mask.text(&format!("[views.{}]", self.name));
        let lines = self.lines().into_iter().map(line);
        [head].into_iter().chain(lines).collect()
    }

    /// The section of the file that says it, its last line ended too.
    pub fn section(&self) -> String {
        let mut section = format!("[views.{}]\n", self.name);
        for (key, value) in self.lines() {
            section.push_str(&format!("{key} = {value}\n"));
        }
        section
    }
}

#[cfg(test)]
pub(in crate::app) mod tests {
    use super::*;

    pub(in crate::app) fn view(name: &str) -> View {
        View {
            name: name.parse().unwrap(),
            criteria: Criteria::last_days(7),
            order: None,
            columns: None,
        }
    }

    #[test]
    fn names_need_no_quotes() {
        for name in ["a", "long-calls", "Week_2"] {
            assert_eq!(name.parse::<ViewName>().unwrap().as_str(), name);
        }
        let long = "a".repeat(41);
        for name in ["", "a b", "é", "a.b", "../x", "\"", &long] {
            assert!(name.parse::<ViewName>().is_err(), "{name}");
        }
        let typed = ViewName::typed("  long calls ").unwrap();
        assert_eq!(typed.as_str(), "long-calls");
    }

    #[test]
    fn the_section_says_what_was_typed() {
        let mut view = view("long-calls");
        assert_eq!(
            view.section(),
            "[views.long-calls]\nfrom = \"-7d\"\nto = \"now\"\n"
        );
        view.criteria.to.inclusive = false;
        view.criteria.filter.conference_name = Some("a \"b\"\\\u{7f}".into());
        view.order = Some((sort::Column::Length, true));
        view.columns = Columns::new(["to", "id"]);
        assert_eq!(
            view.section(),
            "[views.long-calls]\nfrom = \"-7d\"\nto = \"now\"\nto_exclusive = true\n\
             conference = \"\\\"a \\\"b\\\"\\\\\\u007F\\\"\"\nsort = \"length\"\nreverse = true\n\
             columns = [\"to\", \"id\"]\n"
        );
    }
}
