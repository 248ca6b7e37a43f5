//! What was said while nobody could be told: the newest lines in memory, and in a file when the user asks for one.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;

/// The most lines kept in memory.
pub const LINES: usize = 500;
/// The longest line kept, in bytes; the rest of it is cut off.
pub const LONGEST: usize = 1024;

/// The log. Clones write to the same one.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    lines: VecDeque<String>,
    file: Option<File>,
}

impl Log {
    /// A log that is also written to a file only its owner can read. Lines are added to one that exists.
    pub fn with_file(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)?;
        // The mode above counts for a new file only. What is no plain file (a terminal, a pipe) keeps its own.
        if file.metadata()?.is_file() {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        Ok(Self(Arc::new(Mutex::new(Inner {
            lines: VecDeque::new(),
            file: Some(file),
        }))))
    }

    /// Adds a line, with the time before it.
    pub fn line(&self, text: &str) {
        let cut = text
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take_while(|end| *end <= LONGEST)
            .last()
            .unwrap_or(0);
        let text = text.get(..cut).unwrap_or_default();
        // What the API says is in it, and the file is read in a terminal.
        let text = crate::app::text::safe(text);
        let line = format!("{} {text}", Utc::now().format("%Y-%m-%dT%H:%M:%S%.3fZ"));
        let mut inner = self.inner();
        if let Some(file) = &mut inner.file {
            // A full disk must not end the listening; the line is still in memory.
            let _ = writeln!(file, "{line}");
        }
        if inner.lines.len() == LINES {
            inner.lines.pop_front();
        }
        inner.lines.push_back(line);
    }

    /// The lines in memory, oldest first.
    pub fn lines(&self) -> Vec<String> {
        self.inner().lines.iter().cloned().collect()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_newest_lines_are_kept_and_long_ones_are_cut_between_characters() {
        let log = Log::default();
        for number in 0..LINES + 3 {
            log.line(&format!("line {number}"));
        }
        log.line(&"é".repeat(LONGEST));
        let lines = log.lines();
        assert_eq!(lines.len(), LINES);
        assert!(lines.first().unwrap().ends_with(" line 4"));
        assert!(lines.last().unwrap().ends_with(&"é".repeat(LONGEST / 2)));
        assert!(!lines.last().unwrap().contains(&"é".repeat(LONGEST / 2 + 1)));
    }

    #[test]
    fn the_file_is_its_owners_alone_even_if_it_was_there() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "before\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let log = Log::with_file(&path).unwrap();
        log.line("after");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.starts_with("before\n") && text.ends_with("Z after\n"),
            "{text:?}"
        );
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
