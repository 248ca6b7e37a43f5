//! `callreel doctor`: looks at what playing needs, and says what is wrong and what to do.
//!
//! Each check is a file of its own: a function that gives a `Section`, and its line in `look`.

mod remote;
mod report;
mod sound;

use std::path::PathBuf;
use std::process::ExitCode;

use super::account::{Api, forbid_core_dumps};
use super::output::print;
use super::settings::Flags;
use super::sink::To;
use super::{FAILED, Failure, json};
use report::{Section, State};

/// Say whether the sound will be heard, where, and why; test it, and say what to do.
///
/// It ends with 1 when something is wrong.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    sound: To,

    /// Another configuration file than `callreel config path` tells
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// How to print what was found
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Form::Text)]
    output: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// For people
    Text,
    /// One line of JSON
    Json,
}

/// Looks at everything and prints it.
///
/// # Errors
/// Wrong flags; mistakes in the configuration; standard output cannot be written. What is wrong with the machine is no error of this command, and the exit code.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let sections = look(&args).await?;
    let text = match args.output {
        Form::Text => report::text(&sections),
        Form::Json => json::line(&report::json(&sections)) + "\n",
    };
    print(text)?;
    let states = sections.iter().flat_map(|section| &section.findings);
    let wrong = states.into_iter().any(|found| found.state == State::Wrong);
    Ok(ExitCode::from(if wrong { FAILED } else { 0 }))
}

/// Every check, in the order in which they are told.
async fn look(args: &Args) -> Result<Vec<Section>, Failure> {
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let flags = Flags {
        sound: args.sound.clone(),
        ..Flags::default()
    };
    forbid_core_dumps()?;
    let api = Api {
        config: args.config.clone(),
        ..Api::default()
    };
    let settings = api.read(&flags, &env)?.settings;
    // One that cannot be used is among what is found.
    let sink = args.sound.or(&settings)?.unchecked_beside_output()?;
    Ok(vec![
        sound::look(&sink, &settings.sink.source, env).await,
        remote::look(&sink, env),
    ])
}
