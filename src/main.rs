//! Parses the command line, runs one command, and turns its failure into a line and an exit code.

use std::io::Write;
use std::process::ExitCode;

use callreel::cli::{self, Cli};
use callreel::runtime::{panic, sys};
use clap::Parser;

fn main() -> ExitCode {
    sys::give_back_memory();
    panic::install_hook();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return cli::usage(&error, std::env::args_os()),
    };
    match cli::run(cli) {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "callreel: {failure}");
            ExitCode::from(failure.code)
        }
    }
}
