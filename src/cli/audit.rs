//! `callreel audit`: the log of who listened to, downloaded or deleted what, proven and found.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use serde_json::json;

use super::account::Api;
use super::output::{print, print_path};
use super::report::{Far, Form, Report};
use super::settings::Flags;
use super::{Failure, SOME_FAILED};
use crate::app::words::{count, counted};
use crate::audit::{Broken, Flaw, Head, Proven, verify};

/// The log of who listened to, downloaded, cut out or deleted what, where the configuration names one.
///
/// `audit = "~/…/audit.ndjson"` in the configuration, or CALLREEL_AUDIT, begins it. Each of its lines holds the hash of the line
/// before.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum Command {
    Verify(Verify),
    /// Print the hash of the last line: kept elsewhere, it proves all lines up to it
    Head(Which),
    /// Print where the log is
    Path {
        #[command(flatten)]
        api: Api,
    },
}

/// A log.
#[derive(Debug, Clone, clap::Args)]
struct Which {
    /// The log [default: the one of the configuration]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    #[command(flatten)]
    api: Api,
}

/// Prove the log, line by line: that none was changed, removed, inserted or swapped.
///
/// Whoever owns the file could have written all of it anew. A head that was kept elsewhere, in receipts or by `callreel audit head`,
/// rules that out for all lines up to it.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Exit codes:\n  \
    0  every line fits, and the head that was named is among them\n  \
    1  there is no log, or it cannot be read\n  \
    7  a line does not fit, or no line has the head that was named")]
struct Verify {
    #[command(flatten)]
    which: Which,

    /// A head that was kept elsewhere
    #[arg(long, value_name = "HASH")]
    head: Option<Head>,

    /// How to print what was found
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    output: Form,
}

/// Between two tellings of how far it is.
const EVERY: Duration = Duration::from_millis(250);

/// Does what was asked for.
///
/// # Errors
/// There is no log, or it cannot be read; `head` of a log that does not hold.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::Verify(args) => proven(args),
        Command::Head(which) => {
            let path = which.path()?;
            match look(&path, None, &mut |_| true)? {
                Ok(proven) => {
                    print(format!("{}\n", proven.head))?;
                    Ok(ExitCode::SUCCESS)
                }
                Err(broken) => Err(Failure {
                    error: anyhow!("{}: line {}: {}", path.display(), broken.line, broken.flaw),
                    code: SOME_FAILED,
                }),
            }
        }
        Command::Path { api } => {
            print_path(&configured(api)?)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl Which {
    fn path(&self) -> Result<PathBuf, Failure> {
        match &self.file {
            Some(file) => Ok(file.clone()),
            None => configured(&self.api),
        }
    }
}

fn configured(api: &Api) -> Result<PathBuf, Failure> {
    let env = |name: &str| std::env::var(name).ok();
    let ready = api.read(&Flags::default(), &env)?;
    let none = || {
        anyhow!(
            "no audit log is kept: `audit = \"~/.local/state/callreel/audit.ndjson\"` in the configuration begins one"
        )
    };
    Ok(ready.audit_path()?.ok_or_else(none)?)
}

type Looked = Result<Proven, Box<Broken>>;

fn look(
    path: &Path,
    sought: Option<&Head>,
    goes: &mut dyn FnMut(u64) -> bool,
) -> Result<Looked, Failure> {
    Ok(verify(path, sought, goes).map_err(|error| {
        let path = path.display();
        match error.kind() {
            io::ErrorKind::NotFound => anyhow!("{path} is not there: nothing was logged yet"),
            _ => anyhow!(error).context(format!("the audit log {path} cannot be read")),
        }
    })?)
}

fn proven(args: &Verify) -> Result<ExitCode, Failure> {
    let path = args.which.path()?;
    let mut report = Report::new(args.output);
    let mut last = Instant::now();
    let looked = look(&path, args.head.as_ref(), &mut |line| {
        if last.elapsed() > EVERY {
            last = Instant::now();
            report.progress(Far {
                done: line,
                ..Far::default()
            });
        }
        true
    })?;
    let (proven, broken) = match &looked {
        Ok(proven) => (proven, None),
        Err(broken) => (&broken.before, Some(broken.as_ref())),
    };
    let missing = args.head.is_some() && proven.found.is_none();
    let printed = tell(&mut report, args, proven, broken);
    match printed {
        // Whoever read it has seen enough; the exit code still tells what was found.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ if broken.is_some() || missing => Ok(ExitCode::from(SOME_FAILED)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn tell(
    report: &mut Report,
    args: &Verify,
    proven: &Proven,
    broken: Option<&Broken>,
) -> io::Result<()> {
    if let Some(Broken { line, flaw, .. }) = broken {
        report.line(
            &format!("line {}: {flaw}", count(*line)),
            || json!({ "line": line, "problem": name(*flaw), "message": flaw.to_string() }),
        )?;
    }
    if let (Some(head), false) = (&args.head, report.is_json()) {
        let words = match (proven.found, proven.lines) {
            (Some(at), lines) if at == lines => {
                "the head that was named is that of the last line".to_owned()
            }
            (Some(at), _) => format!(
                "the head that was named is that of line {}: all up to it is as it was then",
                count(at)
            ),
            (None, _) => format!(
                "no line has the head {head}: lines were removed, or the log was written anew"
            ),
        };
        report.line(&words, || json!(null))?;
    }
    report.line(&words(proven, broken.is_none()), || {
        let (first, last) = proven.span.clone().unzip();
        json!({ "summary": {
            "whole": broken.is_none(),
            "lines": proven.lines,
            "first": first,
            "last": last,
            "head": proven.head.as_str(),
            "mended": proven.mended,
            "sought": args.head.as_ref().map(Head::as_str),
            "found_at": proven.found,
        }})
    })
}

fn words(proven: &Proven, whole: bool) -> String {
    let lines = counted(proven.lines, "line", "lines");
    let mut words = match whole {
        true => format!("proven {lines}"),
        false => format!("before it {lines} fit"),
    };
    if let Some((first, last)) = &proven.span {
        words.push_str(&format!(" · {first} to {last}"));
    }
    if proven.mended > 0 {
        let torn = counted(proven.mended, "line", "lines");
        words.push_str(&format!(" · {torn} torn by a crash, and told"));
    }
    format!("{words} · head {}", proven.head)
}

/// For programs.
fn name(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Changed => "changed",
        Flaw::OutOfPlace => "out_of_place",
        Flaw::NoEnd => "no_end",
    }
}
