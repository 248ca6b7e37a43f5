//! `callreel completions` and `callreel man`: made from the command line's own description, so that they never lag behind it.

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::output::print;
use super::{Cli, Failure};

/// Print what a shell needs to complete callreel's commands and flags.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  \
    callreel completions bash > ~/.local/share/bash-completion/completions/callreel\n  \
    callreel completions zsh > ~/.zfunc/_callreel\n  \
    callreel completions fish > ~/.config/fish/completions/callreel.fish")]
pub struct Completions {
    /// Which shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Print the manual page, or that of a command.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  \
    callreel man | man -l -\n  \
    callreel man list > callreel-list.1")]
pub struct Manual {
    /// A command, and one of its own: config init
    #[arg(value_name = "COMMAND")]
    commands: Vec<String>,
}

/// Prints the completions.
///
/// # Errors
/// Standard output fails.
pub fn completions(args: &Completions) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "callreel", &mut script);
    print(script)
}

/// Prints the manual page.
///
/// # Errors
/// There is no such command, or standard output fails.
pub fn manual(args: &Manual) -> Result<(), Failure> {
    let mut command = Cli::command();
    command.build();
    for name in &args.commands {
        let below = command.find_subcommand(name).cloned();
        command = below.ok_or_else(|| {
            anyhow::anyhow!("there is no command {name}: `callreel help` lists them")
        })?;
    }
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    print(page)
}
