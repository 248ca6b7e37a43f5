//! `callreel purge`: what callreel keeps on this machine, listed and removed.

mod find;

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::anyhow;
use serde_json::json;

use super::account::Api;
use super::report::{Form, Report};
use super::settings::Flags;
use super::{Failure, REFUSED, SOME_FAILED};
use crate::app::words::{counted, size};
use find::{Item, Kind, Place};

/// List what callreel keeps on this machine, and remove it.
///
/// Marks and queues, receipts of deletions, with --audit the audit log, with --parts-in what unfinished downloads left in an archive. On
/// a terminal `purge` has to be typed; a script gives --yes. Archives, the configuration and accounts stay, whatever is typed.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Exit codes:\n  \
    0  everything that was listed to be removed is removed, or it was only listed\n  \
    1  the configuration has mistakes, or an archive cannot be read\n  \
    5  refused: nothing was removed\n  \
    7  something could not be removed: each is named on standard output")]
pub struct Args {
    #[command(flatten)]
    api: Api,

    /// The audit log too: it is never removed without this
    #[arg(long)]
    audit: bool,

    /// Parts of unfinished downloads in this archive too; callreel does not remember where archives are
    #[arg(long, value_name = "DIR")]
    parts_in: Vec<PathBuf>,

    /// Only list
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,

    /// Remove without asking
    #[arg(long)]
    yes: bool,

    /// How to print it
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    output: Form,
}

/// The word that has to be typed.
const WORD: &str = "purge";

/// Lists, and removes once that is confirmed.
///
/// # Errors
/// As its help says.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    let env = |name: &str| std::env::var(name).ok();
    let ready = args.api.read(&Flags::default(), &env)?;
    let audit = ready.audit_path()?;
    let place = Place {
        state: ready.paths.state.as_deref(),
        config: ready.paths.file(),
        audit: audit.as_deref(),
        with_audit: args.audit,
        archives: &args.parts_in,
    };
    let items = place.items()?;
    let mut report = Report::new(args.output);
    match carry_out(args, &items, &mut report) {
        // Whoever read it has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error.into()),
        Ok(Done::Refused) => Err(Failure {
            error: anyhow!("nothing was removed"),
            code: REFUSED,
        }),
        Ok(Done::Listed | Done::Removed { failed: 0 }) => Ok(ExitCode::SUCCESS),
        Ok(Done::Removed { .. }) => Ok(ExitCode::from(SOME_FAILED)),
    }
}

enum Done {
    Listed,
    Refused,
    Removed { failed: u64 },
}

fn carry_out(args: &Args, items: &[Item], report: &mut Report) -> io::Result<Done> {
    for item in items {
        let goes = matches!(item.kind, Kind::Goes);
        report.line(&words(item), || {
            json!({ "path": item.path.to_string_lossy(), "bytes": item.bytes, "what": item.what, "remove": goes, "in_use": item.in_use })
        })?;
    }
    let gone: Vec<_> = items
        .iter()
        .filter(|item| matches!(item.kind, Kind::Goes))
        .collect();
    let bytes = gone.iter().map(|item| item.bytes).sum();
    let things = counted(gone.len() as u64, "thing", "things");
    if gone.is_empty() {
        report.say("nothing is kept here that could be removed");
        return Ok(Done::Listed);
    }
    if args.dry_run || !args.yes && !io::stdin().is_terminal() {
        report.say(&format!(
            "would remove {things}, {}: --yes does",
            size(bytes)
        ));
        return Ok(Done::Listed);
    }
    if !args.yes && !confirmed(&format!("{things}, {}", size(bytes)))? {
        return Ok(Done::Refused);
    }
    let mut failed = 0;
    for item in gone {
        if let Err(why) = item.remove() {
            failed += 1;
            let words = format!("{}: not removed: {why}", item.path.display());
            report.line(
                &words,
                || json!({ "path": item.path.to_string_lossy(), "error": why.to_string() }),
            )?;
        }
    }
    report.say(&match failed {
        0 => format!("removed {things}, {}", size(bytes)),
        failed => format!("{failed} of {things} could not be removed"),
    });
    Ok(Done::Removed { failed })
}

fn confirmed(what: &str) -> io::Result<bool> {
    let mut told = io::stderr().lock();
    write!(told, "This removes {what}, for good. Type {WORD}: ")?;
    told.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == WORD)
}

fn words(item: &Item) -> String {
    let sign = match item.kind {
        Kind::Goes => "remove",
        Kind::Stays => "keep  ",
    };
    let used = match item.in_use {
        true => " · in use by a program that runs",
        false => "",
    };
    let path = shown(&item.path);
    format!("{sign} {path} · {} · {}{used}", size(item.bytes), item.what)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
