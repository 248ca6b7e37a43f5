//! Parses the command line, runs one command, and turns its failure into a line and an exit code.

use std::io::Write;
use std::process::ExitCode;

use callreel::cli::{self, Cli};
use clap::Parser;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` come this way too. A closed pipe is no one's concern any more.
            let _ = error.print();
            let mistaken = error.use_stderr();
            return ExitCode::from(if mistaken { cli::FAILED } else { 0 });
        }
    };
    match cli::run(cli) {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "callreel: {:#}", failure.error);
            ExitCode::from(failure.code)
        }
    }
}
