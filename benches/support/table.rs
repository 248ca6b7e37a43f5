//! Figures in rows: what, ours, what it is held against, the ratio, and who wins.
//!
//! With `CALLREEL_BENCH_ROWS=FILE` each row is also appended to that file, its cells between tabs, behind `lost` or `kept`:
//! `scripts/bench` makes one table of all benches from it.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;

/// What a number counts. Of all of them, less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Microseconds,
    Milliseconds,
    Seconds,
    /// Of one core, or of what the row names.
    Percent,
    Bytes,
    BytesPerSecond,
    Megabytes,
    Requests,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Microseconds => "µs",
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
            Self::Percent => "%",
            Self::Bytes => "B",
            Self::BytesPerSecond => "B/s",
            Self::Megabytes => "MB",
            Self::Requests => "requests",
        }
    }

    fn text(self, value: f64) -> String {
        let digits = match value.abs() {
            _ if matches!(self, Self::Bytes | Self::Requests) => 0,
            small if small == 0.0 || small >= 100.0 => 0,
            small if small >= 10.0 => 1,
            small if small >= 1.0 => 2,
            _ => 3,
        };
        format!("{value:.digits$} {}", self.name())
    }
}

/// A row's first half; [`Row::limit`] and the others print it.
#[must_use]
pub struct Row<'a> {
    table: &'a mut Table,
    what: String,
    ours: Option<f64>,
    unit: Unit,
}

/// A table that prints itself as it grows, so that a long run is not silent.
pub struct Table {
    missed: Vec<String>,
    goals: usize,
    rows: Option<File>,
}

const WIDTHS: [usize; 4] = [67, 11, 37, 7];

impl Table {
    pub fn new(title: &str) -> Self {
        say(&format!("\n{title}\n"));
        let table = Self {
            missed: Vec::new(),
            goals: 0,
            rows: std::env::var_os("CALLREEL_BENCH_ROWS").map(|path| {
                let file = File::options().create(true).append(true).open(path);
                file.expect("the file for the rows")
            }),
        };
        table.line(["what", "callreel", "held against", "ratio", "verdict"]);
        table
    }

    /// `ours` is `None` when it never came to an end in the time given.
    pub fn row(&mut self, what: impl Into<String>, ours: Option<f64>, unit: Unit) -> Row<'_> {
        Row {
            table: self,
            what: what.into(),
            ours: ours.filter(|value| value.is_finite()),
            unit,
        }
    }

    /// Words below the table's last row.
    pub fn note(&self, words: &str) {
        say(&format!("  ({words})"));
    }

    /// Says which goals were missed.
    pub fn close(self) {
        let met = self.goals - self.missed.len();
        say(&format!("{met} of {} goals met", self.goals));
        for missed in self.missed {
            say(&format!("  missed: {missed}"));
        }
    }

    fn line(&self, cells: [&str; 5]) {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(WIDTHS) {
            let _ = write!(line, "{cell:<width$} ");
        }
        line.push_str(cells[4]);
        say(line.trim_end());
    }

    fn judge(&mut self, what: &str, met: bool) {
        self.goals += 1;
        if !met {
            self.missed.push(what.to_owned());
        }
    }
}

impl Row<'_> {
    /// It should not exceed `limit`; the ratio is ours to the limit.
    pub fn limit(self, limit: f64) {
        let against = format!("limit {}", self.unit.text(limit));
        self.limited(limit, &against);
    }

    /// The same, with what something else took in the same run printed beside it.
    pub fn limit_beside(self, limit: f64, name: &str, theirs: f64) {
        let (limited, theirs) = (self.unit.text(limit), self.unit.text(theirs));
        let against = format!("limit {limited}; {name} {theirs}");
        self.limited(limit, &against);
    }

    fn limited(self, limit: f64, against: &str) {
        let ratio = self
            .ours
            .map(|ours| if limit > 0.0 { ours / limit } else { ours });
        let met = self.ours.is_some_and(|ours| ours <= limit);
        let verdict = if met { "within" } else { "MISSED" };
        // A limit of nothing has no ratio.
        let ratio = ratio.filter(|_| limit > 0.0);
        self.finish(against, ratio, verdict, Some(met));
    }

    /// Another program did the same in `theirs` (`None`: not within `patience`); the ratio is theirs to ours, so that
    /// above 1 we are ahead. With a goal it must reach that.
    pub fn peer(self, name: &str, theirs: Option<f64>, patience: f64, goal: Option<f64>) {
        let theirs = theirs.filter(|value| value.is_finite());
        let against = match theirs {
            Some(theirs) => format!("{name} {}", self.unit.text(theirs)),
            None => format!("{name} none in {}", self.unit.text(patience)),
        };
        let ratio = self
            .ours
            .map(|ours| theirs.unwrap_or(patience) / ours.max(f64::MIN_POSITIVE));
        let ahead = ratio.unwrap_or(0.0);
        let more = if theirs.is_none() { "more than " } else { "" };
        let lead = if ahead >= 1.0 {
            format!("callreel {more}{ahead:.1}x ahead")
        } else if ahead > 0.0 {
            format!("{name} {:.1}x ahead", 1.0 / ahead)
        } else {
            format!("{name} ahead")
        };
        let met = goal.map(|goal| ahead >= goal);
        let verdict = match (goal, met) {
            (Some(goal), Some(true)) => format!("{lead} (goal {goal}x: met)"),
            (Some(goal), _) => format!("{lead} (goal {goal}x: MISSED)"),
            (None, _) => lead,
        };
        self.finish(&against, ratio, &verdict, met);
    }

    /// Something of the same run to compare with, where nobody wins.
    pub fn beside(self, name: &str, theirs: f64) {
        let ratio = self.ours.map(|ours| ours / theirs);
        let against = format!("{name} {}", self.unit.text(theirs));
        self.finish(&against, ratio, "beside", None);
    }

    fn finish(self, against: &str, ratio: Option<f64>, verdict: &str, met: Option<bool>) {
        let ours = match self.ours {
            Some(ours) => self.unit.text(ours),
            None => "none".to_owned(),
        };
        let ratio = ratio.map_or(String::new(), |ratio| match ratio {
            small if small < 0.1 => format!("{small:.3}x"),
            large if large >= 10.0 => format!("{large:.0}x"),
            _ => format!("{ratio:.2}x"),
        });
        let cells = [&self.what, &ours, against, &ratio, verdict];
        self.table.line(cells);
        if let Some(file) = &mut self.table.rows {
            let lost = met == Some(false)
                || verdict.ends_with(" ahead") && !verdict.starts_with("callreel");
            let kind = if lost { "lost" } else { "kept" };
            writeln!(file, "{kind}\t{}", cells.join("\t")).expect("the file for the rows");
        }
        if let Some(met) = met {
            let what = format!("{}: {ours}, {against}", self.what);
            self.table.judge(&what, met);
        }
    }
}

fn say(line: &str) {
    // A closed pipe is no one's concern any more.
    let _ = writeln!(std::io::stdout(), "{line}");
}
