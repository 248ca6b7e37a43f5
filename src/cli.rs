//! The command line: one file for each command. Data goes to standard output, words for people to standard error.

pub mod browse;
pub mod emulator;

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
    Emulator(emulator::Args),
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
        Some(Command::Emulator(args)) => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()?;
            runtime.block_on(emulator::run(args))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
