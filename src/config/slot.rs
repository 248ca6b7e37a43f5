//! One setting: its name, its value, and who said so.

use std::fmt;
use std::path::PathBuf;

use crate::app::text::safe;

use super::nearest::meant;

/// Who said what a setting is. The later one in this list has the last word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Default,
    /// The account that is kept: see [`super::store::Stored`].
    Account,
    File {
        path: PathBuf,
        line: usize,
    },
    Environment(&'static str),
    Flag(&'static str),
    /// It was chosen while callreel runs.
    Chosen,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Account => f.write_str("the account that is kept"),
            Self::File { path, line } => {
                write!(f, "file {}:{line}", safe(&path.display().to_string()))
            }
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::Flag(flag) => write!(f, "flag {flag}"),
            Self::Chosen => f.write_str("chosen on the screen"),
        }
    }
}

/// How a value is written in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    Number,
    Truth,
    List,
}

impl Form {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Text => "text in quotes",
            Self::Number => "a number",
            Self::Truth => "true or false",
            Self::List => "a list in brackets",
        }
    }
}

/// What a setting can be.
pub trait Value: Sized {
    /// How it may be written in the file.
    const FORMS: &'static [Form];

    /// Reads it; lists come with commas between their parts. `None`: it is not in the range.
    fn parse(text: &str) -> Option<Self>;

    /// As it stands in the file.
    fn write(&self) -> String;

    /// What is needed: the range, or the choice.
    fn range() -> String;

    /// What is wrong with a text that is not taken, where that can be said better than by the range.
    fn why(_text: &str) -> Option<String> {
        None
    }

    /// The names it can have, to guess which one was meant.
    fn names() -> Vec<&'static str> {
        Vec::new()
    }
}

/// A setting that may be without a value.
impl<T: Value> Value for Option<T> {
    const FORMS: &'static [Form] = T::FORMS;

    fn parse(text: &str) -> Option<Self> {
        T::parse(text).map(Some)
    }

    fn write(&self) -> String {
        self.as_ref().map_or(String::new(), T::write)
    }

    fn range() -> String {
        T::range()
    }

    fn why(text: &str) -> Option<String> {
        T::why(text)
    }

    fn names() -> Vec<&'static str> {
        T::names()
    }
}

/// How a setting is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names {
    /// In the file: `player.speed`.
    pub key: &'static str,
    /// In the environment, where it can be said there.
    pub variable: Option<&'static str>,
}

/// A setting with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Set<T> {
    pub value: T,
    pub source: Source,
    names: Names,
}

impl<T> Set<T> {
    pub(super) const fn new(key: &'static str, variable: Option<&'static str>, value: T) -> Self {
        Self {
            value,
            source: Source::Default,
            names: Names { key, variable },
        }
    }

    /// Takes what was chosen while callreel runs.
    pub fn choose(&mut self, value: T) {
        self.value = value;
        self.source = Source::Chosen;
    }

    /// What a flag says, where it was given.
    pub fn flag(&mut self, flag: &'static str, value: Option<T>) {
        if let Some(value) = value {
            self.value = value;
            self.source = Source::Flag(flag);
        }
    }
}

/// A setting of whatever kind.
pub trait Slot {
    fn names(&self) -> Names;
    fn forms(&self) -> &'static [Form];
    fn source(&self) -> &Source;

    /// The value as it stands in the file; empty: it has none.
    fn write(&self) -> String;

    /// Takes what `source` says.
    ///
    /// # Errors
    /// What is needed instead.
    fn set(&mut self, text: &str, source: Source) -> Result<(), String>;
}

impl<T: Value> Slot for Set<T> {
    fn names(&self) -> Names {
        self.names
    }

    fn forms(&self) -> &'static [Form] {
        T::FORMS
    }

    fn source(&self) -> &Source {
        &self.source
    }

    fn write(&self) -> String {
        self.value.write()
    }

    fn set(&mut self, text: &str, source: Source) -> Result<(), String> {
        match T::parse(text) {
            Some(value) => {
                self.value = value;
                self.source = source;
                Ok(())
            }
            None => Err(T::why(text).unwrap_or_else(|| {
                let meant = meant(text, T::names());
                format!("{} is needed, not {}{meant}", T::range(), shown(text))
            })),
        }
    }
}

/// A text from outside, in quotes, safe and short.
pub(super) fn shown(text: &str) -> String {
    let start: String = text.chars().take(40).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    format!("\"{}{more}\"", safe(&start))
}
