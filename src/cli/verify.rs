//! `callreel verify`: an archive, proven again.

use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, anyhow};
use serde_json::json;

use super::report::{Far, Form, Report};
use super::stop::Stop;
use super::{Failure, SOME_FAILED};
use crate::app::words::count;
use crate::archive::{Found, MANIFEST, Problem, verify};

/// Prove an archive again: every file of its manifest byte for byte, and that nothing else lies there.
///
/// Finds files that are missing, cut short or changed, sidecars too, files that are not in the manifest, parts of unfinished
/// downloads, and damaged lines of the manifest. Nothing is changed.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Exit codes:\n  \
    0  everything is as it was archived\n  \
    1  there is no archive, or a download is under way in it\n  \
    7  something is wrong: each is named on standard output\n  \
    130  ended by Ctrl-c, 143 by SIGTERM")]
pub struct Args {
    /// The folder of the archive: the one with manifest.ndjson
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// How to print what is wrong
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    output: Form,
}

#[derive(Default)]
struct Tally {
    total: u64,
    whole: u64,
    silent: u64,
    wrong: u64,
    bytes: u64,
}

/// Reads the archive and prints what is wrong with it.
///
/// # Errors
/// When there is none, somebody writes to it, or standard output fails.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let mut stop = Stop::listen().context("cannot listen for Ctrl-c and SIGTERM")?;
    let told = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&told);
    let folder = args.folder.clone();
    let mut work = tokio::task::spawn_blocking(move || look(&args, &seen));
    let (looked, ending) = tokio::select! {
        biased;
        looked = &mut work => (looked, None),
        ending = stop.told() => {
            told.store(true, Ordering::Relaxed);
            (work.await, Some(ending))
        }
    };
    let tally = looked.context("the reading broke down")?.map_err(|error| {
        let folder = folder.display();
        match error.kind() {
            io::ErrorKind::NotFound => anyhow!(
                "{folder} is no archive: there is no {MANIFEST} in it; name the folder that download was given by --to"
            ),
            io::ErrorKind::WouldBlock => {
                anyhow!("a download is under way in {folder}: try again when it has ended")
            }
            _ => anyhow!(error).context(format!("{folder} cannot be verified")),
        }
    })?;
    Ok(match (ending, tally.wrong) {
        (Some(ending), _) => ExitCode::from(ending.exit_code()),
        (None, 0) => ExitCode::SUCCESS,
        (None, _) => ExitCode::from(SOME_FAILED),
    })
}

fn look(args: &Args, told: &AtomicBool) -> io::Result<Tally> {
    let mut report = Report::new(args.output);
    let (mut tally, mut printed) = (Tally::default(), Ok(()));
    let mut last = std::time::Instant::now();
    verify(&args.folder, &mut |found| {
        match found {
            Found::Total(total) => tally.total = total,
            Found::Whole(bytes) => {
                tally.whole += 1;
                tally.bytes += bytes;
            }
            Found::Silent => tally.silent += 1,
            Found::Problem { path, problem } => {
                tally.wrong += 1;
                printed = print(&mut report, &path, &problem);
            }
        }
        if last.elapsed().as_millis() > 250 {
            last = std::time::Instant::now();
            report.progress(Far {
                done: tally.whole + tally.silent,
                of: Some((tally.total, true)),
                bytes: tally.bytes,
            });
        }
        match printed.is_err() || told.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })?;
    let complete = !told.load(Ordering::Relaxed);
    let ended = printed.and_then(|()| {
        let incomplete = if complete { "" } else { "incomplete: " };
        let words = format!(
            "{incomplete}proven {} · without sound {} · wrong {}",
            count(tally.whole),
            count(tally.silent),
            count(tally.wrong)
        );
        report.line(&words, || {
            json!({ "summary": {
                "recordings": tally.total,
                "proven": tally.whole,
                "no_audio": tally.silent,
                "wrong": tally.wrong,
                "bytes": tally.bytes,
                "complete": complete,
            }})
        })
    });
    match ended {
        // Whoever read it has seen enough; the exit code still tells what was found.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(tally),
    }
}

fn print(report: &mut Report, path: &str, problem: &Problem) -> io::Result<()> {
    report.line(&format!("{path}: {problem}"), || {
        let id = match problem {
            Problem::Flaw { id, .. } => Some(id),
            _ => None,
        };
        json!({ "path": path, "problem": problem.name(), "id": id, "message": problem.to_string() })
    })
}
