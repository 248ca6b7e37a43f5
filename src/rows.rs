//! Recordings in the forms that are printed and exported.

pub(crate) mod csv;
mod delimited;
mod object;
mod table;

use std::io::{self, IsTerminal};

use crate::plivo::Recording;

pub(crate) use object::with_ours;

/// The forms of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// Columns for people
    Table,
    /// An array of JSON objects
    Json,
    /// A line of JSON for each recording
    Ndjson,
    /// Comma-separated, for spreadsheets
    Csv,
    /// Tab-separated, for spreadsheets
    Tsv,
}

impl Form {
    /// The form that was asked for, else a table for people and lines of JSON for programs.
    pub(crate) fn or_usual(asked: Option<Self>) -> Self {
        asked.unwrap_or(match io::stdout().is_terminal() {
            true => Self::Table,
            false => Self::Ndjson,
        })
    }

    /// Whether standard output gets cells as they came, if that is `wanted`.
    ///
    /// # Errors
    /// When there are no cells, or whoever called could put there what a terminal obeys.
    pub(crate) fn raw(self, wanted: bool) -> Result<bool, NotRaw> {
        match (wanted, self) {
            (false, _) => Ok(false),
            (true, Self::Csv | Self::Tsv) if io::stdout().is_terminal() => Err(NotRaw::Terminal),
            (true, Self::Csv | Self::Tsv) => Ok(true),
            (true, Self::Table | Self::Json | Self::Ndjson) => Err(NotRaw::NoCells),
        }
    }

    /// Whether a program reads it that wants its errors as JSON too.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

/// Why cells are not printed as they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotRaw {
    #[error("--csv-raw does nothing without --output csv or tsv")]
    NoCells,
    #[error(
        "--csv-raw leaves in what a terminal obeys, and standard output is one: pipe it or write it to a file, or leave out --csv-raw"
    )]
    Terminal,
}

/// Writes recordings one after the other.
#[derive(Debug)]
pub(crate) struct Writer {
    form: Form,
    /// CSV and TSV as they are, for programs that run no formulas.
    raw: bool,
    rows: u64,
}

impl Writer {
    pub(crate) fn new(form: Form, raw: bool) -> Self {
        Self { form, raw, rows: 0 }
    }

    /// One row, and above the first what stands above it: a list that fails at once leaves nothing behind.
    pub(crate) fn row(&mut self, recording: &Recording, out: &mut Vec<u8>) {
        if self.rows == 0 {
            self.head(out);
        }
        match self.form {
            Form::Table => out.extend_from_slice(table::row(recording).as_bytes()),
            Form::Csv => delimited::row(recording, delimited::Sign::Comma, self.raw, out),
            Form::Tsv => delimited::row(recording, delimited::Sign::Tab, self.raw, out),
            Form::Json => {
                out.extend_from_slice(if self.rows > 0 { b",\n" } else { b"\n" });
                out.extend_from_slice(object::text(recording).as_bytes());
            }
            Form::Ndjson => {
                out.extend_from_slice(object::text(recording).as_bytes());
                out.push(b'\n');
            }
        }
        self.rows += 1;
    }

    /// What stands below the last row. Where a list broke off, it is left out: an array without its end is no JSON, so that no
    /// program takes a part for the whole.
    pub(crate) fn foot(&self, out: &mut Vec<u8>) {
        if self.rows == 0 {
            self.head(out);
        }
        if self.form == Form::Json {
            out.extend_from_slice(if self.rows > 0 { b"\n]\n" } else { b"]\n" });
        }
    }

    fn head(&self, out: &mut Vec<u8>) {
        match self.form {
            Form::Table => out.extend_from_slice(table::head().as_bytes()),
            Form::Csv => delimited::head(delimited::Sign::Comma, out),
            Form::Tsv => delimited::head(delimited::Sign::Tab, out),
            Form::Json => out.push(b'['),
            Form::Ndjson => {}
        }
    }
}
