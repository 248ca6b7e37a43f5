//! `callreel get`: single recordings by their ids.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::anyhow;

use super::account::Whose;
use super::output::Output;
use super::{Failure, SOME_FAILED, json, recording, stop, told};
use crate::plivo::RecordingId;
use crate::rows::{Form, Writer};
use crate::runtime::signals::Signals;

/// Print recordings by their ids, in that order, as `list` prints them.
///
/// Those that cannot be had are told on standard error, and the others are printed all the same.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Exit codes:\n  \
    0  all were printed, or the reader has seen enough\n  \
    1  a flag or a value is wrong; the only one asked for does not exist\n  \
    2  the credentials are wrong, or not allowed this\n  \
    3  the network or the server failed\n  \
    4  the account's rate limit is used up\n  \
    7  some could not be had\n  \
    130  ended by Ctrl-c, 143 by SIGTERM")]
pub struct Args {
    /// Recordings' ids
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,

    #[command(flatten)]
    whose: Whose,

    /// How to print it [default: a table on a terminal, else ndjson]
    #[arg(long, value_enum, value_name = "FORM")]
    output: Option<Form>,

    /// csv and tsv for programs: cells exactly as they are, even where a spreadsheet would take them for formulas. Not on a terminal,
    /// which would obey them
    #[arg(long)]
    csv_raw: bool,
}

/// Asks for each and prints it as it comes.
///
/// # Errors
/// Wrong flags or credentials, and what the API says where one recording alone is asked for.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let form = Form::or_usual(args.output);
    let mut signals = Signals::new()?;
    let printed = tokio::select! {
        printed = print(&args, form) => printed,
        ending = stop::ending(&mut signals) => Err(stop::interrupted(ending)),
    };
    match printed {
        Err(failure) if form.is_json() => Ok(told::print_json(&failure)),
        printed => printed,
    }
}

async fn print(args: &Args, form: Form) -> Result<ExitCode, Failure> {
    let raw = form.raw(args.csv_raw)?;
    let account = args.whose.open().await?;
    let mut output = Output::start();
    let mut writer = Writer::new(form, raw);
    let mut failed = 0;
    let mut printed = 0;
    let mut broken = None;
    for id in &args.ids {
        match recording::get(&account, &RecordingId::new(id)).await {
            Ok(recording) => {
                let mut block = Vec::new();
                writer.row(&recording, &mut block);
                if let Err(end) = output.write(block).await {
                    return end.code();
                }
                printed += 1;
            }
            // What would fail for every other one too is said once.
            Err(failure) if args.ids.len() == 1 || told::is_of_all(&failure) => {
                broken = Some(failure);
                break;
            }
            Err(failure) => {
                tell(id, &failure, form);
                failed += 1;
            }
        }
    }
    if printed > 0 {
        let mut foot = Vec::new();
        writer.foot(&mut foot);
        if let Err(end) = output.write(foot).await {
            return end.code();
        }
    }
    let written = output.finish().await.code();
    match (written, broken, failed) {
        (Ok(_), Some(broken), _) => Err(broken),
        (Ok(_), None, 1..) => Err(Failure {
            error: anyhow!("{failed} of {} could not be had", args.ids.len()),
            code: SOME_FAILED,
        }),
        (written, ..) => written,
    }
}

/// One line on standard error for a recording that could not be had.
fn tell(id: &str, failure: &Failure, form: Form) {
    let line = match form.is_json() {
        true => {
            let mut object = told::as_json(failure);
            if let Some(object) = object.as_object_mut() {
                object.insert("recording_id".to_owned(), id.into());
            }
            json::line(&object)
        }
        false => {
            let words = format!("callreel: {id}: {:#}", failure.error);
            crate::app::text::safe(&words).into_owned()
        }
    };
    // Nobody may be looking.
    let _ = writeln!(io::stderr(), "{line}");
}
