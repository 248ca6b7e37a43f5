//! How marks are printed: an object for each, or a row.

use std::borrow::Cow;
use std::io::{self, Write};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::cli::json;
use crate::rows::csv;
use crate::store::{AccountKey, Kept};

/// The forms of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// A line of JSON for each thing that is kept
    Ndjson,
    /// One JSON array of the same
    Json,
    /// A row for each, under names of columns
    Csv,
}

/// The columns of CSV.
const COLUMNS: &str = "account,kind,recording,time,position_ms,text";

/// Prints one account after the other.
pub(super) struct Printer<W> {
    out: W,
    form: Form,
    /// Something stands in the array.
    begun: bool,
}

impl<W: Write> Printer<W> {
    pub fn new(mut out: W, form: Form) -> io::Result<Self> {
        match form {
            Form::Ndjson => {}
            Form::Json => out.write_all(b"[")?,
            Form::Csv => write!(out, "{COLUMNS}\r\n")?,
        }
        Ok(Self {
            out,
            form,
            begun: false,
        })
    }

    pub fn account(&mut self, account: &AccountKey, kept: &Kept) -> io::Result<()> {
        match self.form {
            Form::Csv => rows(kept).try_for_each(|row| self.row(account, row)),
            Form::Json | Form::Ndjson => objects(kept).try_for_each(|mut object| {
                if let Value::Object(fields) = &mut object {
                    fields.shift_insert(0, "account".into(), account.as_str().into());
                }
                self.object(&object)
            }),
        }
    }

    pub fn end(mut self) -> io::Result<()> {
        if self.form == Form::Json {
            let end: &[u8] = if self.begun { b"\n]\n" } else { b"]\n" };
            self.out.write_all(end)?;
        }
        self.out.flush()
    }

    fn object(&mut self, object: &Value) -> io::Result<()> {
        let line = json::line(object);
        match self.form {
            Form::Json => {
                let before = if self.begun { ",\n" } else { "\n" };
                self.begun = true;
                write!(self.out, "{before}{line}")
            }
            _ => writeln!(self.out, "{line}"),
        }
    }

    fn row(&mut self, account: &AccountKey, row: Row) -> io::Result<()> {
        let time = row.time.map(moment).unwrap_or_default();
        let at = row.at.map(|at| at.as_millis().to_string());
        let cells = [
            account.as_str().into(),
            row.kind.into(),
            row.recording.into(),
            time.into(),
            at.unwrap_or_default().into(),
            row.text,
        ];
        let mut line = Vec::new();
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                line.push(b',');
            }
            csv::quoted(&csv::harmless(cell), &mut line);
        }
        line.extend_from_slice(b"\r\n");
        self.out.write_all(&line)
    }
}

/// `2026-11-23T12:00:00.123Z`.
fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn millis(at: Duration) -> u64 {
    u64::try_from(at.as_millis()).unwrap_or(u64::MAX)
}

fn objects(kept: &Kept) -> impl Iterator<Item = Value> {
    let reviewed = kept.reviewed.iter().map(|one| {
        json!({ "kind": "reviewed", "recording": one.recording.as_str(), "at": moment(one.at) })
    });
    let moments = kept.moments.iter().map(|one| {
        json!({
            "kind": "moment",
            "recording": one.recording.as_str(),
            "position_ms": millis(one.at),
            "note": one.note,
            "created": moment(one.created),
        })
    });
    let positions = kept.positions.iter().map(|one| {
        json!({
            "kind": "position",
            "recording": one.recording.as_str(),
            "position_ms": millis(one.at),
            "left": moment(one.left),
        })
    });
    let choices = kept
        .choices
        .iter()
        .map(|one| json!({ "kind": "choice", "name": one.name, "value": one.value }));
    let queues = kept.queues.iter().map(|one| {
        let rows = one.rows.iter();
        let rows = rows.map(|row| json!({ "recording": row.recording.as_str(), "done": row.done }));
        json!({
            "kind": "queue",
            "seed": one.key.seed,
            "size": one.key.size,
            "filter": one.key.filter,
            "created": moment(one.created),
            "recordings": rows.collect::<Vec<_>>(),
        })
    });
    reviewed
        .chain(moments)
        .chain(positions)
        .chain(choices)
        .chain(queues)
}

/// One row of CSV.
struct Row<'a> {
    kind: &'static str,
    recording: &'a str,
    time: Option<DateTime<Utc>>,
    at: Option<Duration>,
    text: Cow<'a, str>,
}

fn rows(kept: &Kept) -> impl Iterator<Item = Row<'_>> {
    let reviewed = kept.reviewed.iter().map(|one| Row {
        kind: "reviewed",
        recording: one.recording.as_str(),
        time: Some(one.at),
        at: None,
        text: "".into(),
    });
    let moments = kept.moments.iter().map(|one| Row {
        kind: "moment",
        recording: one.recording.as_str(),
        time: Some(one.created),
        at: Some(one.at),
        text: one.note.as_str().into(),
    });
    let positions = kept.positions.iter().map(|one| Row {
        kind: "position",
        recording: one.recording.as_str(),
        time: Some(one.left),
        at: Some(one.at),
        text: "".into(),
    });
    let choices = kept.choices.iter().map(|one| Row {
        kind: "choice",
        recording: "",
        time: None,
        at: None,
        text: format!("{}={}", one.name, one.value).into(),
    });
    let queues = kept.queues.iter().flat_map(|one| {
        one.rows.iter().map(|row| Row {
            kind: "queue",
            recording: row.recording.as_str(),
            time: Some(one.created),
            at: None,
            text: format!(
                "{} · sample {} · seed {} · {}",
                if row.done { "done" } else { "open" },
                one.key.size,
                one.key.seed,
                one.key.filter
            )
            .into(),
        })
    });
    reviewed
        .chain(moments)
        .chain(positions)
        .chain(choices)
        .chain(queues)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plivo::RecordingId;
    use crate::store::{Choice, Moment, Position, Queue, QueueKey, QueueRow, Reviewed};

    fn kept() -> Kept {
        let at = DateTime::from_timestamp_millis(1_700_000_000_123).unwrap();
        let recording = RecordingId::new("8d5cd396");
        Kept {
            reviewed: vec![Reviewed {
                recording: recording.clone(),
                at,
            }],
            moments: vec![Moment {
                recording: recording.clone(),
                at: Duration::from_millis(61_234),
                note: "=says \"no\", \u{9b}31mthen\u{202e} yes".into(),
                created: at,
            }],
            positions: vec![Position {
                recording: recording.clone(),
                at: Duration::from_secs(723),
                left: at,
            }],
            choices: vec![Choice {
                name: "speed".into(),
                value: "1.5".into(),
            }],
            queues: vec![Queue {
                key: QueueKey {
                    seed: u64::MAX,
                    size: 50,
                    filter: "from_number=14155550100".into(),
                },
                created: at,
                rows: vec![QueueRow {
                    recording,
                    done: true,
                }],
            }],
        }
    }

    fn printed(form: Form, kept: &[Kept]) -> String {
        let mut out = Vec::new();
        let mut printer = Printer::new(&mut out, form).unwrap();
        for kept in kept {
            printer
                .account(&AccountKey::new("MA0123456789ABCDEFGH", None), kept)
                .unwrap();
        }
        printer.end().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_line_of_ndjson_is_one_thing_and_safe() {
        insta::assert_snapshot!(printed(Form::Ndjson, &[kept()]));
    }

    #[test]
    fn an_array_holds_the_same() {
        let array = printed(Form::Json, &[kept(), kept()]);
        let array: Vec<Value> = serde_json::from_str(&array).unwrap();
        let lines = printed(Form::Ndjson, &[kept(), kept()]);
        let lines: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(array, lines);
        assert_eq!(array[1]["note"], kept().moments[0].note.as_str());
        assert_eq!(printed(Form::Json, &[]), "[]\n");
    }

    #[test]
    fn csv_quotes_what_it_must_and_is_no_formula() {
        insta::assert_snapshot!(printed(Form::Csv, &[kept()]).replace('\r', "␍"));
    }

    #[test]
    fn a_note_is_no_formula_where_a_semicolon_cuts_the_line() {
        let mut kept = kept();
        kept.moments[0].note = "late; =1+1".into();
        let csv = printed(Form::Csv, &[kept]);
        assert!(csv.contains(",\"late; '=1+1\"\r\n"), "{csv}");
    }
}
