//! Reads a configuration file: every mistake in it, each with its line.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::app::text::safe;

use super::keys;
use super::mistake::{Error, Mistake};
use super::nearest::meant;
use super::profile::{self, Profile};
use super::settings::Settings;
use super::slot::{Form, Source, shown};
use super::values::ProfileName;
use super::views;
use super::{Config, Said};

/// A file while it is read.
pub(super) struct Reader<'a> {
    text: &'a str,
    path: &'a Path,
    /// Stands before the names of settings in messages: `profiles.acme.`.
    within: String,
    mistakes: Vec<Mistake>,
}

pub(super) type Entry<'a> = Spanned<DeValue<'a>>;

impl Reader<'_> {
    /// Notes a mistake at the start of `span`.
    pub(super) fn mistake(&mut self, span: std::ops::Range<usize>, what: impl Into<String>) {
        self.mistake_at(self.line(span), what.into());
    }

    pub(super) fn mistake_at(&mut self, line: usize, what: String) {
        let what = safe(&what).into_owned();
        self.mistakes.push(Mistake { line, what });
    }

    pub(super) fn line(&self, span: std::ops::Range<usize>) -> usize {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    /// The settings of one table and those below it, by their full names.
    fn settings(&mut self, table: &DeTable, prefix: &str, skip: &[&str]) -> Vec<Said> {
        let mut said = Vec::new();
        for (key, value) in table {
            let name: &str = key.get_ref();
            if skip.contains(&name) {
                continue;
            }
            let full = join(prefix, name);
            match self.one(&full, value) {
                Found::Setting(one) => said.push(one),
                Found::Table(below) => said.extend(self.settings(below, &full, &[])),
                Found::Mistaken(what) => {
                    let span = value.span();
                    self.mistake(span, format!("{}{full}: {what}", self.within));
                }
                Found::Unknown => {
                    let below = below(prefix);
                    let names = below.iter().copied().chain(skip.iter().copied());
                    let meant = meant(name, names);
                    let what = match value.get_ref().is_table() {
                        true => format!("there is no table [{}{full}]{meant}", self.within),
                        false => format!("there is no setting {}{full}{meant}", self.within),
                    };
                    self.mistake(key.span(), what);
                }
            }
        }
        said
    }

    fn one<'t>(&self, full: &str, value: &'t Entry<'t>) -> Found<'t> {
        let mut settings = Settings::default();
        let mut slots = settings.slots();
        let Some(slot) = slots.iter_mut().find(|slot| slot.names().key == full) else {
            let start = format!("{full}.");
            let section = slots
                .iter()
                .any(|slot| slot.names().key.starts_with(&start));
            return match value.get_ref().as_table() {
                Some(table) if section => Found::Table(table),
                _ if section => Found::Mistaken("a table is needed here".to_owned()),
                _ => Found::Unknown,
            };
        };
        let text = match literal(value.get_ref(), slot.forms()) {
            Ok(text) => text,
            Err(what) => return Found::Mistaken(what),
        };
        let line = self.line(value.span());
        match slot.set(&text, Source::Default) {
            Ok(()) => Found::Setting(Said {
                key: slot.names().key,
                text,
                line,
            }),
            Err(what) => Found::Mistaken(what),
        }
    }
}

enum Found<'t> {
    Setting(Said),
    Table(&'t DeTable<'t>),
    Mistaken(String),
    Unknown,
}

/// The names that can follow a prefix.
fn below(prefix: &str) -> Vec<&'static str> {
    let start = match prefix {
        "" => String::new(),
        prefix => format!("{prefix}."),
    };
    let mut settings = Settings::default();
    let mut names: Vec<_> = settings
        .slots()
        .iter()
        .filter_map(|slot| slot.names().key.strip_prefix(&start))
        .map(|rest| rest.split('.').next().unwrap_or(rest))
        .collect();
    names.dedup();
    names
}

fn join(prefix: &str, name: &str) -> String {
    match prefix {
        "" => name.to_owned(),
        prefix => format!("{prefix}.{name}"),
    }
}

/// A value as a setting's parser takes it.
pub(super) fn literal(value: &DeValue, forms: &[Form]) -> Result<String, String> {
    let (form, text) = match value {
        DeValue::String(text) => (Some(Form::Text), text.to_string()),
        DeValue::Integer(number) => {
            let whole = i64::from_str_radix(number.as_str(), number.radix());
            (
                Some(Form::Number),
                whole.map_or(number.as_str().to_owned(), |n| n.to_string()),
            )
        }
        DeValue::Float(number) => (Some(Form::Number), number.as_str().to_owned()),
        DeValue::Boolean(truth) => (Some(Form::Truth), truth.to_string()),
        DeValue::Array(items) => {
            let items: Result<Vec<_>, _> = items
                .iter()
                .map(|item| literal(item.get_ref(), &[Form::Text, Form::Number]))
                .collect();
            (Some(Form::List), items?.join(","))
        }
        _ => (None, String::new()),
    };
    if form.is_some_and(|form| forms.contains(&form)) {
        return Ok(text);
    }
    let wanted: Vec<_> = forms.iter().map(|form| form.words()).collect();
    let given = match form {
        Some(Form::Text) => shown(&text),
        Some(Form::List) => "a list".to_owned(),
        Some(_) => text,
        None => match value.is_table() {
            true => "a table".to_owned(),
            false => "a date".to_owned(),
        },
    };
    Err(format!("{} is needed, not {given}", wanted.join(" or ")))
}

/// Reads `text`, which stands in the file `path`.
pub(super) fn read(path: &Path, text: &str) -> Result<Config, Error> {
    let mut reader = Reader {
        text,
        path,
        within: String::new(),
        mistakes: Vec::new(),
    };
    let (document, wrong) = DeTable::parse_recoverable(text);
    for error in &wrong {
        // Its words may hold a copy of the line, which could be anyone's token.
        let what = error.message().lines().next().unwrap_or_default();
        reader.mistake(error.span().unwrap_or_default(), what);
    }
    // What cannot be read as TOML says nothing that could be checked.
    if !wrong.is_empty() {
        return Err(reader.mistaken());
    }
    let document = document.get_ref();
    let said = reader.settings(document, "", &["keys", "profiles", "views"]);
    let keymap = keys::read(&mut reader, document.get("keys"));
    let profiles = profiles(&mut reader, document.get("profiles"));
    let views = views::read(&mut reader, document.get("views"));
    match keymap {
        Some(keymap) if reader.mistakes.is_empty() => Ok(Config {
            path: path.to_owned(),
            said,
            keymap,
            profiles,
            views,
        }),
        _ => Err(reader.mistaken()),
    }
}

fn profiles(reader: &mut Reader, entry: Option<&Entry>) -> BTreeMap<ProfileName, Profile> {
    let Some(entry) = entry else {
        return BTreeMap::new();
    };
    let Some(table) = entry.get_ref().as_table() else {
        reader.mistake(
            entry.span(),
            "profiles: tables are needed here, like [profiles.acme]",
        );
        return BTreeMap::new();
    };
    let mut profiles = BTreeMap::new();
    for (key, value) in table {
        match profile::read(reader, key, value) {
            Ok((name, profile)) => drop(profiles.insert(name, profile)),
            Err((span, what)) => reader.mistake(span, what),
        }
    }
    profiles
}

impl Reader<'_> {
    /// The settings of a profile: the same as in the file, but for its own keys.
    pub(super) fn profile_settings(
        &mut self,
        name: &ProfileName,
        table: &DeTable,
        own: &[&str],
    ) -> Vec<Said> {
        self.within = format!("profiles.{name}.");
        let said = self.settings(table, "", own);
        self.within.clear();
        if let Some(inner) = said.iter().find(|said| said.key == "profile") {
            let what = format!("profiles.{name}.profile: a profile cannot choose another");
            self.mistake_at(inner.line, what);
        }
        said
    }

    fn mistaken(mut self) -> Error {
        self.mistakes.sort_by_key(|mistake| mistake.line);
        Error::Mistaken {
            path: self.path.to_owned(),
            mistakes: self.mistakes,
        }
    }
}
