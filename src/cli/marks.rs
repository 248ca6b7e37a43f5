//! `callreel marks`: what reviewing has left on this machine, handed out or removed.

mod print;

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::anyhow;

use crate::app::text::safe;
use crate::app::words;
use crate::config::Paths;
use crate::store::{self, Error, Kept, Store, file};

use super::Failure;
use super::output::{print_path, shown};
use print::Form;

/// What reviewing keeps on this machine: reviewed recordings, moments, notes, positions, queues.
///
/// It is one file, which only you can read. callreel makes it when you have said so, at the first mark.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum Command {
    /// Print everything, of every account
    Export {
        /// How to print it
        #[arg(long, value_enum, value_name = "FORM", default_value_t = Form::Ndjson)]
        output: Form,
    },
    /// Remove the file, and all that is in it
    Forget {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Print where the file lies, or would lie
    Path,
}

/// Does what was asked for.
///
/// # Errors
/// A file that is missing, damaged or not ours; a question that nobody can answer.
pub fn run(args: Args) -> Result<ExitCode, Failure> {
    let path = store::place::file(Paths::of_this_user(None).state.as_deref())?;
    let done = match args.command {
        Command::Export { output } => export(&path, output),
        Command::Forget { yes } => forget(&path, yes),
        Command::Path => print_path(&path),
    };
    match done {
        // Whoever read it has seen enough.
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        done => done.map(|()| ExitCode::SUCCESS),
    }
}

fn is_broken_pipe(failure: &Failure) -> bool {
    let error = failure.error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn export(path: &Path, form: Form) -> Result<(), Failure> {
    let store = Store::open(path)?;
    let mut out = print::Printer::new(io::stdout().lock(), form)?;
    for account in store.accounts()? {
        out.account(&account, &store.kept(&account, u32::MAX)?)?;
    }
    Ok(out.end()?)
}

fn forget(path: &Path, yes: bool) -> Result<(), Failure> {
    let mut told = io::stderr().lock();
    let place = shown(path);
    let what = match Store::open(path).and_then(|store| contents(&store)) {
        Ok(what) => what,
        Err(Error::Missing(_)) => {
            writeln!(told, "callreel: {place} is not there")?;
            return Ok(());
        }
        // It can be removed all the same; what is lost with it cannot be said.
        Err(error) => error.to_string(),
    };
    if !yes {
        if !io::stdin().is_terminal() {
            return Err(anyhow!("nobody can be asked here: --yes removes {place}").into());
        }
        write!(told, "{place}: {}\nRemove it? [y/N] ", safe(&what))?;
        told.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        if !matches!(answer.trim(), "y" | "Y" | "yes") {
            writeln!(told, "Nothing was removed.")?;
            return Ok(());
        }
    }
    file::remove(path)?;
    writeln!(told, "callreel: {place} was removed ({})", safe(&what))?;
    Ok(())
}

/// What the file at `path` holds, or why that cannot be said, in words.
pub(super) fn held(path: &Path) -> String {
    match Store::open(path).and_then(|store| contents(&store)) {
        Ok(what) => format!("marks: {what}"),
        Err(error) => error.to_string(),
    }
}

/// What the file holds, in words.
fn contents(store: &Store) -> Result<String, Error> {
    let (mut reviewed, mut moments, mut positions, mut queues) = (0, 0, 0, 0);
    for account in store.accounts()? {
        let kept: Kept = store.kept(&account, u32::MAX)?;
        reviewed += kept.reviewed.len();
        moments += kept.moments.len();
        positions += kept.positions.len();
        queues += kept.queues.len();
    }
    let count = |number: usize, one, many| words::counted(number as u64, one, many);
    Ok(format!(
        "{} reviewed, {}, {}, {}",
        words::count(reviewed as u64),
        count(moments, "moment", "moments"),
        count(positions, "position", "positions"),
        count(queues, "queue", "queues"),
    ))
}
