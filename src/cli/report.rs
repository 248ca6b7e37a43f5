//! What the commands that work through many recordings print: results on standard output, and how far they are on standard error.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::app::pace::Pace;
use crate::app::text::safe;
use crate::app::words::{self, size, time};

use super::json;

/// The forms of the results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
    /// Lines for people
    #[default]
    Text,
    /// A line of JSON for each, and a last one with the totals
    #[value(alias = "json")]
    Ndjson,
}

/// How often the line is written over.
const EVERY: Duration = Duration::from_millis(250);

/// Standard output, and the line on standard error that is written over: on a terminal both are the same screen.
#[derive(Debug)]
pub(super) struct Report {
    form: Form,
    /// Whether somebody looks at the line.
    terminal: bool,
    shown: bool,
    pace: Pace,
}

/// How far a command is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Far {
    pub(super) done: u64,
    /// Of how many, and whether that is sure.
    pub(super) of: Option<(u64, bool)>,
    pub(super) bytes: u64,
}

impl Report {
    pub(super) fn new(form: Form) -> Self {
        Self {
            form,
            terminal: io::stderr().is_terminal(),
            shown: false,
            pace: Pace::default(),
        }
    }

    pub(super) fn is_json(&self) -> bool {
        self.form == Form::Ndjson
    }

    /// Ticks when it is time for [`Report::progress`].
    pub(super) fn ticks() -> Interval {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    }

    /// Prints one result.
    ///
    /// # Errors
    /// When standard output is closed or full.
    pub(super) fn line(&mut self, text: &str, object: impl FnOnce() -> Value) -> io::Result<()> {
        self.clear();
        let line = match self.form {
            Form::Text => safe(text).into_owned(),
            Form::Ndjson => json::line(&object()),
        };
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()
    }

    /// Says something to people that stays.
    pub(super) fn say(&mut self, text: &str) {
        self.clear();
        // A closed standard error is no one's concern any more.
        let _ = writeln!(io::stderr(), "{}", safe(text));
    }

    /// Says how far it is, on a terminal.
    pub(super) fn progress(&mut self, far: Far) {
        if !self.terminal {
            return;
        }
        let words = self.words(far, Instant::now());
        let _ = write!(io::stderr(), "\r{words}\u{1b}[K");
        self.shown = true;
    }

    /// `1,204 of ~20,000 · 312 MB · 4.1 MB/s · 14 min left`.
    fn words(&mut self, far: Far, now: Instant) -> String {
        self.pace.note(now.into_std(), far.done, far.bytes);
        let mut parts = vec![match far.of {
            Some((of, sure)) => {
                let about = if sure { "" } else { "~" };
                format!("{} of {about}{}", words::count(far.done), words::count(of))
            }
            None => words::count(far.done),
        }];
        if far.bytes > 0 {
            parts.push(size(far.bytes));
            let rate = self.pace.bytes_a_second();
            parts.extend(rate.map(|rate| format!("{}/s", size(rate))));
        }
        let left = far.of.and_then(|(of, _)| self.pace.left(of));
        if let Some(left) = left {
            parts.push(format!("{} left", time(left)));
        }
        parts.join(" · ")
    }

    /// Takes the line away that would be written over.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_speed_is_that_of_the_last_seconds() {
        let mut report = Report::new(Form::Text);
        let far = |done, bytes| Far {
            done,
            of: Some((1000, false)),
            bytes,
        };
        let start = Instant::now();
        assert_eq!(report.words(far(0, 0), start), "0 of ~1,000");
        // What was there already is passed over in no time.
        report.words(far(500, 0), start + Duration::from_secs(1));
        for second in 2..40_u64 {
            let words = report.words(
                far(500 + second, second * 1_000_000),
                start + Duration::from_secs(second),
            );
            if second > 20 {
                let left = time(Duration::from_secs(500 - second));
                assert!(
                    words.ends_with(&format!("· 1.0 MB/s · {left} left")),
                    "{words}"
                );
            }
        }
    }
}
