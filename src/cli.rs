//! The command line: one file for each command. Data goes to standard output, words for people to standard error.

mod account;
mod api_url;
pub mod audit;
pub mod auth;
pub mod browse;
mod callbacks;
pub mod clip;
mod clock;
pub mod config;
pub mod delete;
pub mod doctor;
pub mod download;
pub mod emulator;
mod failure;
mod filter;
pub mod get;
pub mod list;
pub mod listen;
mod local;
mod login;
pub mod marks;
mod output;
pub mod play;
mod progress;
pub mod purge;
mod recording;
mod report;
mod selection;
mod settings;
mod shell;
mod sink;
pub mod stats;
mod stop;
mod stream;
mod told;
mod usage;
mod value;
pub mod verify;
mod zone;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::text::json;

pub use usage::usage;

/// Browse the call recordings of a Plivo account, and play them.
///
/// The account is taken from --profile, or from PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN; --demo needs none. Press ? inside for the keys.
#[derive(Debug, Parser)]
#[command(
    name = "callreel",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Environment:\n  \
        PLIVO_AUTH_ID, PLIVO_AUTH_TOKEN      whose recordings; never given as flags, which others could read\n  \
        HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE the way to the API\n  \
        PULSE_SERVER                         which sound server\n  \
        XDG_STATE_HOME                       where marks and accounts are kept, once you have said so\n  \
        NO_COLOR                             no colours\n  \
        CALLREEL_CONFIG                      another configuration file; `callreel config show` tells the rest"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    browse: browse::Args,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Args),
    Download(download::Args),
    Verify(verify::Args),
    Delete(delete::Args),
    Get(get::Args),
    Play(play::Args),
    Clip(clip::Args),
    Stats(stats::Args),
    Emulator(emulator::Args),
    Listen(listen::Args),
    Config(config::Args),
    Auth(auth::Args),
    Completions(shell::Completions),
    Man(shell::Manual),
    Marks(marks::Args),
    Audit(audit::Args),
    Purge(purge::Args),
    Doctor(doctor::Args),
}

/// A command that failed: one line for people, and the exit code.
#[derive(Debug)]
pub struct Failure {
    pub error: anyhow::Error,
    pub code: u8,
}

/// Exit code: something the user can put right, or the system refused.
pub const FAILED: u8 = 1;
/// Exit code: the credentials are wrong.
pub const CREDENTIALS: u8 = 2;
/// Exit code: the network or the server failed, or a list ended before it was complete.
pub const NETWORK: u8 = 3;
/// Exit code: the account's rate limit is used up.
pub const RATE_LIMIT: u8 = 4;
/// Exit code: nothing was deleted, since it was not confirmed.
pub const REFUSED: u8 = 5;
/// Exit code: some of the recordings failed, each of which was named.
pub const SOME_FAILED: u8 = 7;
/// Exit code: the program panicked.
const PANICKED: u8 = 101;

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            code: FAILED,
        }
    }
}

/// Runs the command that was asked for.
///
/// # Errors
/// What failed, in words, and the exit code that tells scripts which kind it was.
pub fn run(cli: Cli) -> Result<ExitCode, Failure> {
    match cli.command {
        None => browse::run(cli.browse),
        Some(Command::List(args)) => in_runtime(list::run(args)),
        Some(Command::Auth(args)) => in_runtime(auth::run(args)),
        Some(Command::Completions(args)) => {
            shell::completions(&args)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Man(args)) => {
            shell::manual(&args)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Config(args)) => {
            config::run(&args)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Download(args)) => in_runtime(download::run(args)),
        Some(Command::Verify(args)) => in_runtime(verify::run(args)),
        Some(Command::Delete(args)) => in_runtime(delete::run(args)),
        Some(Command::Get(args)) => in_runtime(get::run(args)),
        Some(Command::Play(args)) => in_runtime(play::run(args)),
        Some(Command::Clip(args)) => in_runtime(clip::run(args)),
        Some(Command::Stats(args)) => in_runtime(stats::run(args)),
        Some(Command::Marks(args)) => marks::run(args),
        Some(Command::Audit(args)) => audit::run(&args),
        Some(Command::Purge(args)) => purge::run(&args),
        Some(Command::Doctor(args)) => in_runtime(doctor::run(args)),
        Some(Command::Emulator(args)) => in_runtime(async {
            emulator::run(args).await?;
            Ok(ExitCode::SUCCESS)
        }),
        Some(Command::Listen(args)) => in_runtime(async {
            listen::run(args).await?;
            Ok(ExitCode::SUCCESS)
        }),
    }
}

/// Two threads do as much as a command has to do at once; each more would only keep memory of its own.
fn in_runtime(work: impl Future<Output = Result<ExitCode, Failure>>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let done = runtime.block_on(work);
    // A name server that does not answer holds a thread for long after Ctrl-c: it is not waited for.
    runtime.shutdown_background();
    done
}
