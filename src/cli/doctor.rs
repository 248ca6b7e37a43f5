//! `callreel doctor`: looks at what browsing and playing need, and says what is wrong and what to do.
//!
//! Each check is a file of its own: a function that gives a `Section`, and its line in `look`.

mod account;
mod certificate;
mod files;
mod network;
mod remote;
mod report;
mod sound;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use tokio::sync::oneshot;

use super::account::{Api, forbid_core_dumps};
use super::output::print;
use super::settings::Flags;
use super::sink::To;
use super::{CREDENTIALS, FAILED, Failure, NETWORK, json, stop};
use crate::runtime::signals::Signals;
use crate::runtime::terminal as terminal_state;
use report::Section;

/// Look for what is wrong with network, account, files, terminal and sound, and say what to do.
///
/// Everything is tried at the same time, and nothing is changed. The token is never shown.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Exit codes, that of the first problem:\n  \
    0  no problem, at most warnings\n  \
    1  a flag or a value is wrong, or something on this machine is\n  \
    2  the credentials are missing, malformed or refused\n  \
    3  the network or the server failed\n  \
    4  the account's rate limit is used up")]
pub struct Args {
    #[command(flatten)]
    api: Api,

    /// A folder of `callreel download`, whose modes are looked at too
    #[arg(long, value_name = "DIR")]
    archive: Vec<PathBuf>,

    #[command(flatten)]
    sound: To,

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

/// For a connection to stand: a network that is dead is known as such after this.
const CONNECT: Duration = Duration::from_secs(5);

/// Looks at everything and prints it.
///
/// # Errors
/// Wrong flags; mistakes in the configuration; standard output cannot be written. What is wrong with the machine is no error of this
/// command, and the exit code.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let mut signals = Signals::new()?;
    let sections = tokio::select! {
        sections = look(&args) => sections?,
        ending = stop::ending(&mut signals) => {
            // It may be in the middle of being asked.
            terminal_state::leave();
            return Ok(ExitCode::from(ending.exit_code()));
        }
    };
    let text = match args.output {
        Form::Text => report::text(&sections),
        Form::Json => json::line(&report::json(&sections)) + "\n",
    };
    print(text)?;
    Ok(ExitCode::from(report::code(&sections).unwrap_or(0)))
}

/// Every check, in the order in which they are told.
async fn look(args: &Args) -> Result<Vec<Section>, Failure> {
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let flags = Flags {
        sound: args.sound.clone(),
        ..Flags::default()
    };
    forbid_core_dumps()?;
    let ready = args.api.read(&flags, &env)?;
    let settings = ready.settings.clone();
    // One that cannot be used is among what is found.
    let sink = args.sound.or(&settings)?.unchecked_beside_output()?;
    let (network, account, files, terminal, sound) = tokio::join!(
        network::look(&settings.api_url.value),
        account::look(&ready),
        files::look(&ready, &args.archive, &env),
        terminal::look(&settings, &env),
        sound::look(&sink, &settings.sink.source, env),
    );
    Ok(vec![
        network,
        account,
        files,
        terminal,
        sound,
        remote::look(&sink, env),
    ])
}

/// Runs `work` on a thread of its own: what hangs must not hold the program up. `silent` is what is said when the time is over.
async fn within<T: Send + 'static>(
    patience: Duration,
    silent: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let (tell, told) = oneshot::channel();
    std::thread::Builder::new()
        .name("callreel-doctor".to_owned())
        .spawn(move || {
            // Nobody listens when it came too late.
            let _ = tell.send(work());
        })
        .map_err(|error| error.to_string())?;
    match tokio::time::timeout(patience, told).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(_)) => Err("it failed without a word".to_owned()),
        Err(_) => Err(silent.to_owned()),
    }
}
