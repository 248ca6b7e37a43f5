//! How a page is printed.

use std::io::{self, Write};

use serde_json::Value;

use crate::app::text::{cut_start, safe, width};
use crate::app::words;
use crate::cli::json;
use crate::plivo::{Accepted, Callback, Page};

/// The forms of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// Columns for people
    Table,
    /// A line of JSON for each recording, as the API gave it
    Ndjson,
    /// The API's whole answer
    Json,
}

/// Columns of the table: its head, and how wide it is.
const COLUMNS: [(&str, usize); 5] = [
    ("Added (UTC)", 20),
    ("Length", 8),
    ("From", 24),
    ("To", 24),
    ("Recording", 36),
];

/// Prints a page that was read already.
pub(super) fn page(answer: &Value, form: Form) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match form {
        Form::Json => writeln!(out, "{}", json::line(answer))?,
        Form::Ndjson => {
            let rows = answer.get("objects").and_then(Value::as_array);
            for row in rows.into_iter().flatten() {
                writeln!(out, "{}", json::line(row))?;
            }
        }
        Form::Table => out.write_all(table(answer).as_bytes())?,
    }
    out.flush()
}

/// Prints the receipt of a call whose answer goes elsewhere.
pub(super) fn accepted(accepted: &Accepted, callback: &Callback, form: Form) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match form {
        Form::Table => writeln!(
            out,
            "accepted as {}\nits answer goes to {} by {}",
            safe(&accepted.api_id),
            callback.shown(),
            callback.method
        )?,
        Form::Json | Form::Ndjson => {
            let line =
                serde_json::json!({ "api_id": accepted.api_id, "message": accepted.message });
            writeln!(out, "{}", json::line(&line))?;
        }
    }
    out.flush()
}

fn table(answer: &Value) -> String {
    let Ok(page) = Page::from_json(answer.clone()) else {
        return String::new();
    };
    let mut table = row(COLUMNS.map(|(name, _)| name.to_owned()));
    for recording in &page.recordings {
        let added = recording
            .added
            .map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string());
        table.push_str(&row([
            added.unwrap_or_default(),
            recording.duration.map(words::length).unwrap_or_default(),
            recording.from_number.clone().unwrap_or_default(),
            recording.to_number.clone().unwrap_or_default(),
            recording.id.to_string(),
        ]));
    }
    table
}

/// The last column may be longer than it should: an id is worth nothing when it is cut.
fn row(cells: [String; COLUMNS.len()]) -> String {
    let mut line = String::new();
    for (at, (cell, (_, wide))) in cells.iter().zip(COLUMNS).enumerate() {
        let cell = safe(cell);
        if at + 1 == COLUMNS.len() {
            line.push_str(&cell);
        } else {
            // Numbers differ at their end.
            let cell = cut_start(&cell, wide);
            line.push_str(&cell);
            line.push_str(&" ".repeat(wide + 2 - width(&cell)));
        }
    }
    line.push('\n');
    line
}
