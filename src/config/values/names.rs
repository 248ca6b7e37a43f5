//! The names that a configuration gives: of profiles, and of files.

use std::path::{Path, PathBuf};

use crate::app::text::is_safe;
use crate::app::toml::quoted;
use crate::config::slot::{Form, Value};

/// The name of a profile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProfileName(String);

impl ProfileName {
    const LONGEST: usize = 40;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A file is named after it, so it is made of letters that every file system takes.
impl Value for ProfileName {
    const FORMS: &'static [Form] = &[Form::Text];

    fn parse(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let text = text.trim();
        let fits = !text.is_empty() && text.len() <= Self::LONGEST && text.chars().all(plain);
        fits.then(|| Self(text.to_owned()))
    }

    fn write(&self) -> String {
        quoted(&self.0)
    }

    fn range() -> String {
        format!(
            "a profile's name of 1 to {} letters a-z, digits, - and _",
            Self::LONGEST
        )
    }
}

impl std::fmt::Display for ProfileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A file by its full path, or below the home folder: it is the same one wherever callreel is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPath(String);

impl LogPath {
    /// The file; `None` where it is below a home folder that nobody knows.
    pub fn at(&self, home: Option<&Path>) -> Option<PathBuf> {
        match self.0.strip_prefix("~/") {
            Some(rest) => Some(home?.join(rest)),
            None => Some(PathBuf::from(&self.0)),
        }
    }
}

impl Value for LogPath {
    const FORMS: &'static [Form] = &[Form::Text];

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let below = text.strip_prefix("~/").or_else(|| text.strip_prefix('/'))?;
        // Two files whose names look the same are not told apart in a log's own place.
        let plain = is_safe(text);
        let named = !below.is_empty() && !below.ends_with('/');
        let inside = !below.split('/').any(|part| matches!(part, "." | ".."));
        (plain && named && inside).then(|| Self(text.to_owned()))
    }

    fn write(&self) -> String {
        quoted(&self.0)
    }

    fn range() -> String {
        "the full path of a file, or one that begins with ~/, in letters that can be seen,"
            .to_owned()
    }
}
