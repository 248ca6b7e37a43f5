//! The command line: one file for each command. Data goes to standard output, words for people to standard error.

mod account;
pub mod browse;
mod callbacks;
pub mod clip;
pub mod doctor;
pub mod emulator;
mod failure;
mod filter;
pub mod get;
mod json;
pub mod list;
pub mod listen;
mod local;
pub mod marks;
mod output;
pub mod play;
mod progress;
mod recording;
mod rows;
mod selection;
mod sink;
pub mod stats;
mod stop;
mod stream;
mod told;
mod value;
mod zone;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Browse the call recordings of a Plivo account, and play them.
///
/// The account is taken from PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN; --demo needs none. Press ? inside for the keys.
#[derive(Debug, Parser)]
#[command(
    name = "callreel",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Environment:\n  \
        PLIVO_AUTH_ID, PLIVO_AUTH_TOKEN      whose recordings; never given as flags, which others could read\n  \
        HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE the way to the API\n  \
        PULSE_SERVER                         which sound server\n  \
        XDG_STATE_HOME                       where marks are kept, once you have said so\n  \
        NO_COLOR                             no colours"
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
    Get(get::Args),
    Play(play::Args),
    Clip(clip::Args),
    Stats(stats::Args),
    Emulator(emulator::Args),
    Listen(listen::Args),
    Marks(marks::Args),
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
/// Exit code: some of several items failed; the output says which.
const SOME_FAILED: u8 = 7;
/// Exit code: ended by Ctrl-c or SIGTERM.
pub const INTERRUPTED: u8 = 130;
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
        Some(Command::Get(args)) => in_runtime(get::run(args)),
        Some(Command::Play(args)) => in_runtime(play::run(args)),
        Some(Command::Clip(args)) => in_runtime(clip::run(args)),
        Some(Command::Stats(args)) => in_runtime(stats::run(args)),
        Some(Command::Marks(args)) => marks::run(args),
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
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?
        .block_on(work)
}
