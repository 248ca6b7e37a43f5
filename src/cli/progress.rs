//! What a long command says while it works: on standard error, a line that is written over, or lines of JSON.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::app::words::{count, counted, time};
use crate::plivo::Progress;

use super::json;

/// When to tell of progress.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum When {
    /// When standard error is a terminal
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Silent,
    /// A terminal: one line, written over.
    Line,
    /// A file or a pipe.
    Lines,
    Json,
}

/// Tells of progress, where somebody looks. Nothing is said about an error of standard error.
#[derive(Debug)]
pub(super) struct Notes {
    form: Form,
    /// Whether a line stands on the terminal that is to be written over.
    shown: bool,
}

impl Notes {
    /// `json`: the command's output is JSON, and so is this.
    pub(super) fn new(when: When, json: bool) -> Self {
        let terminal = io::stderr().is_terminal();
        let form = match (when, terminal, json) {
            (When::Never, ..) | (When::Auto, false, _) => Form::Silent,
            (_, _, true) => Form::Json,
            (_, true, false) => Form::Line,
            (_, false, false) => Form::Lines,
        };
        Self { form, shown: false }
    }

    /// Ticks when it is time to tell of progress again.
    pub(super) fn ticks(&self) -> Interval {
        let every = match self.form {
            Form::Line => Duration::from_millis(250),
            Form::Json => Duration::from_secs(1),
            Form::Lines => Duration::from_secs(5),
            Form::Silent => Duration::from_secs(3600),
        };
        let mut ticks = tokio::time::interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    }

    /// Says something that stays.
    pub(super) fn say(&mut self, words: &str, object: impl FnOnce() -> Value) {
        let text = match self.form {
            Form::Silent => return,
            Form::Json => json::line(&object()),
            Form::Line | Form::Lines => words.to_owned(),
        };
        self.clear();
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Says how far it is, over what it said last.
    pub(super) fn progress(&mut self, progress: &Progress) {
        let words = words(progress);
        match self.form {
            Form::Silent | Form::Json | Form::Lines => self.say(&words, || as_json(progress)),
            Form::Line => {
                let _ = write!(io::stderr(), "\r{words}\u{1b}[K");
                self.shown = true;
            }
        }
    }

    /// Takes the line away that would be written over, so that others can write to the same terminal.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        self.clear();
    }
}

/// `page 212 of ~4,000 · 14 min left`.
pub(super) fn words(progress: &Progress) -> String {
    let mut words = format!("page {}", count(progress.pages));
    if let Some(of) = progress.of {
        words.push_str(&format!(" of ~{}", count(of)));
    }
    if let Some(left) = progress.left {
        words.push_str(&format!(" · {} left", time(left)));
    }
    words
}

fn as_json(progress: &Progress) -> Value {
    json!({ "progress": {
        "recordings": progress.rows,
        "pages": progress.pages,
        "pages_estimated": progress.of,
        "seconds_left": progress.left.map(|left| left.as_secs()),
    }})
}

/// `1,204 recordings`.
pub(super) fn recordings(rows: u64) -> String {
    counted(rows, "recording", "recordings")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_reads_as_a_sentence() {
        let mut progress = Progress {
            rows: 4240,
            more: Some(75_760),
            pages: 212,
            of: Some(4000),
            left: Some(Duration::from_secs(850)),
        };
        assert_eq!(words(&progress), "page 212 of ~4,000 · 14 min left");
        assert_eq!(
            as_json(&progress),
            json!({"progress": {"recordings": 4240, "pages": 212, "pages_estimated": 4000, "seconds_left": 850}})
        );
        (progress.of, progress.left) = (None, None);
        assert_eq!(words(&progress), "page 212");
    }
}
