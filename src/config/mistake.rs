//! What is wrong with a configuration, and where.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::app::text::safe;

/// One mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong, and what is needed instead; safe to print.
    pub what: String,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{} cannot be read: {why}", path.display())]
    Unreadable { path: PathBuf, why: io::Error },
    #[error("{} is larger than a configuration can be ({MOST} bytes)", .0.display())]
    TooLarge(PathBuf),
    #[error("{}", lines(path, mistakes))]
    Mistaken {
        path: PathBuf,
        /// In the order of their lines; at least one.
        mistakes: Vec<Mistake>,
    },
    /// A variable of the environment.
    #[error("{variable}: {what}")]
    Environment {
        variable: &'static str,
        what: String,
    },
}

/// A file that is larger was not written by hand.
pub(super) const MOST: u64 = 256 << 10;

fn lines(path: &Path, mistakes: &[Mistake]) -> String {
    // What ends a line here is ours.
    let path = path.display().to_string();
    let path = safe(&path);
    let lines: Vec<_> = mistakes
        .iter()
        .map(|mistake| format!("{path}:{}: {}", mistake.line, mistake.what))
        .collect();
    lines.join("\n")
}

impl Error {
    /// In one line, the file by its name alone.
    pub fn brief(&self) -> String {
        let Self::Mistaken { path, mistakes } = self else {
            return self.to_string();
        };
        let name = path.file_name().unwrap_or(path.as_os_str()).display();
        let more = match mistakes.len() {
            0 | 1 => String::new(),
            all => format!(" (and {} more)", all - 1),
        };
        match mistakes.first() {
            Some(Mistake { line, what }) => format!("{name}:{line}: {what}{more}"),
            None => name.to_string(),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}
