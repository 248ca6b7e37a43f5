//! `callreel stats`: what the recordings of a range come to.

mod print;
mod tally;

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::Context;
use chrono::Utc;

use crate::plivo::Client;

use super::account::Api;
use super::output::Output;
use super::progress::{Notes, When};
use super::selection::{Selection, Speed};
use super::stop::Stop;
use super::stream::{Came, Stream, broken_off};
use super::{Failure, clock, told};
use tally::Tally;

/// Add up the recordings of a range: how many, how long, of which days, numbers and types, and what storing them costs.
///
/// Days of storage and prices are the API's own fields, added up. What a month costs is also what deleting these recordings
/// would save a month.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    api: Api,

    #[command(flatten)]
    selection: Selection,

    /// Without --from and --to: of all time, not of the last 30 days alone
    #[arg(long, help_heading = "How many", conflicts_with = "storage_days")]
    all: bool,

    #[command(flatten)]
    speed: Speed,

    /// Numbers that are listed by themselves; the others are added up
    #[arg(
        long,
        value_name = "N",
        help_heading = "Output",
        default_value_t = 10,
        value_parser = clap::value_parser!(u16).range(..=1000)
    )]
    top: u16,

    /// How to print it [default: a table on a terminal, else json]
    #[arg(long, value_enum, value_name = "FORM", help_heading = "Output")]
    output: Option<Form>,

    /// Tell on standard error what is counted and how far it is, in JSON as lines of JSON
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        help_heading = "Output",
        default_value_t
    )]
    progress: When,
}

/// The forms of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// Columns for people
    Table,
    /// One JSON object
    Json,
}

/// Counts, and prints what came out.
///
/// # Errors
/// As [`list`](super::list::run).
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let form = args
        .output
        .unwrap_or(match std::io::stdout().is_terminal() {
            true => Form::Table,
            false => Form::Json,
        });
    match count(&args, form).await {
        Err(failure) if form == Form::Json => Ok(told::print_json(&failure)),
        outcome => outcome,
    }
}

async fn count(args: &Args, form: Form) -> Result<ExitCode, Failure> {
    let (credentials, base) = args.api.account()?;
    let client = Client::new(credentials, base.clone(), args.speed.options(&base)?)?;
    let selected = args.selection.at(args.all, Utc::now())?;
    let notes = Notes::new(args.progress, form == Form::Json);
    let stop = Stop::listen().context("cannot listen for Ctrl-c and SIGTERM")?;
    let mut stream = Stream::begin(client.clone(), selected.clone(), None, notes, stop);
    let mut tally = Tally::new();
    loop {
        match stream.next().await {
            Came::Row(row) => tally.add(&row),
            Came::Over => break,
            // Sums of a part would be taken for those of the whole.
            other => match broken_off(&stream, other) {
                Some(failure) => return Err(failure),
                None => break,
            },
        }
    }
    stream.finish();
    clock::beyond(&client, &selected, form == Form::Json);
    let top = usize::from(args.top);
    let text = match form {
        Form::Table => print::table(&tally, &selected.words(), top),
        Form::Json => print::json(&tally, selected.as_json(), top),
    };
    let mut output = Output::start();
    match output.write(text.into_bytes()).await {
        Ok(()) => output.finish().await.code(),
        Err(end) => end.code(),
    }
}
