//! `callreel download`: recordings into an archive.

mod show;

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, anyhow};
use chrono::Utc;
use futures_util::future::ready;
use futures_util::stream::{self, BoxStream, StreamExt};

use super::account::Api;
use super::report::{Form, Report};
use super::selection::{Selected, Selection, Speed};
use super::stop::Stop;
use super::{Failure, clock, login, told};
use crate::archive::{DEFAULT_TEMPLATE, Download, Options, Stopped, Template, Wanted, in_use};
use crate::audio::fetch::Http;
use crate::audit;
use crate::plivo::{Client, Priority, RecordingId};
use show::{Expected, Show};

/// Download recordings into an archive: each with a sidecar of what the API knows, all in a manifest with their SHA-256.
///
/// Run again, it goes on where it stopped: what is there is proven and not fetched, and of a file that was begun only the rest is.
/// Files are readable to their owner alone. `callreel verify` proves the archive later.
#[derive(Debug, Clone, clap::Args)]
// --to is where the files go, so that the newer end of the dates needs another name here.
#[command(mut_arg("to", |to| to.long("until")))]
#[command(after_help = "Examples:\n  \
    callreel download --all --to ~/calls\n  \
    callreel download --from 2026-11-01 --to-number +14155550100 --to ~/calls\n  \
    callreel download 8e688ba5-2f43-11f0-9d5c-0242ac110002 --to ~/calls\n\n\
    Exit codes:\n  \
    0  everything that has sound is in the archive\n  \
    1  a flag or a value is wrong, or the archive cannot be written\n  \
    2  the credentials are wrong\n  \
    3  the network or the server failed\n  \
    4  the account's rate limit is used up\n  \
    7  some recordings could not be had: each is named on standard output\n  \
    130  ended by Ctrl-c, 143 by SIGTERM; the next run goes on")]
pub struct Args {
    /// These recordings; - reads ids from standard input, one on each line [default: those of the dates and filters]
    #[arg(value_name = "ID", conflicts_with_all = ["Selection", "Filter", "Local", "all", "limit"])]
    ids: Vec<String>,

    #[command(flatten)]
    api: Api,

    #[command(flatten)]
    selection: Selection,

    /// Without --from and --until: of all time, not of the last 30 days alone
    #[arg(long, help_heading = "How many", conflicts_with = "storage_days")]
    all: bool,

    /// Only the newest N
    #[arg(long, value_name = "N", help_heading = "How many", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,

    /// The archive's folder; it is made where it is missing
    #[arg(long = "to", value_name = "DIR", help_heading = "The archive")]
    folder: PathBuf,

    /// Names of files, by fields: {year} {month} {day} {add_time} {id} {call_uuid} {from} {to} {type} {conference} {ext}
    #[arg(
        long,
        value_name = "TEMPLATE",
        default_value = DEFAULT_TEMPLATE,
        help_heading = "The archive"
    )]
    name: Template,

    /// Believe the manifest and a file's length, instead of reading every file that is there
    #[arg(long, help_heading = "The archive")]
    skip_existing: bool,

    /// Recordings under way at a time
    #[arg(long, value_name = "N", default_value = "4", value_parser = parallel, help_heading = "The archive")]
    parallel: NonZeroUsize,

    #[command(flatten)]
    speed: Speed,

    /// How to print what became of them
    #[arg(
        long,
        value_enum,
        value_name = "FORM",
        default_value_t,
        help_heading = "Output"
    )]
    output: Form,
}

/// The most at a time: each holds files open, and the API lets no more requests be under way.
const MOST_PARALLEL: usize = 16;

fn parallel(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .ok()
        .filter(|number: &NonZeroUsize| number.get() <= MOST_PARALLEL)
        .ok_or_else(|| format!("a number from 1 to {MOST_PARALLEL} is needed"))
}

/// Downloads until everything is there, or Ctrl-c or SIGTERM.
///
/// # Errors
/// Wrong flags or credentials, an archive that cannot be written, or a listing that ended too early; what came is in the archive.
/// In JSON it was printed already, and its code is what is given back.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    match download(&args).await {
        Err(failure) if args.output == Form::Ndjson => Ok(told::print_json(&failure)),
        ended => ended,
    }
}

async fn download(args: &Args) -> Result<ExitCode, Failure> {
    let mut stop = Stop::listen().context("cannot listen for Ctrl-c and SIGTERM")?;
    let client = login::client(&args.api, |base| args.speed.options(base))?;
    let mut report = Report::new(args.output);
    let Wanting {
        wanted,
        expected,
        selected,
    } = wanting(args, &client, &mut report)?;
    let options = Options {
        folder: args.folder.clone(),
        template: args.name.clone(),
        skip_existing: args.skip_existing,
        parallel: args.parallel,
    };
    let http = Http::new()?;
    let audit = args.api.audit(None, client.credentials().id())?;
    if let Some(audit) = &audit {
        audit.ready_beside().await.map_err(unlogged)?;
    }
    let asked = client.clone();
    let opened = tokio::task::spawn_blocking(move || Download::open(asked, http, options, audit));
    let download = opened
        .await
        .context("the archive could not be opened")?
        .map_err(|error| not_opened(error, &args.folder))?;
    let show = Mutex::new(Show::new(report, &args.folder, expected));
    let on_event = |event| locked(&show).event(event);
    let ended = {
        let mut work = pin!(download.run(wanted, &on_event));
        let mut ticks = Report::ticks();
        loop {
            tokio::select! {
                biased;
                ending = stop.told() => break Err(ending),
                ended = &mut work => break Ok(ended),
                _ = ticks.tick() => locked(&show).progress(),
            }
        }
    };
    let mut show = show.into_inner().unwrap_or_else(PoisonError::into_inner);
    match ended {
        Err(ending) => {
            show.finish(false)?;
            Ok(ExitCode::from(ending.exit_code()))
        }
        Ok(Ok(())) => {
            show.finish(true)?;
            if let Some(selected) = &selected {
                clock::beyond(&client, selected, args.output == Form::Ndjson);
            }
            Ok(ExitCode::from(show.code()))
        }
        Ok(Err(stopped)) => {
            show.finish(false)?;
            Err(failure(stopped, &args.folder))
        }
    }
}

fn locked<'a>(show: &'a Mutex<Show>) -> MutexGuard<'a, Show> {
    show.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Wanting {
    wanted: BoxStream<'static, Result<Wanted, Failure>>,
    expected: Expected,
    /// `None`: it was said by ids.
    selected: Option<Selected>,
}

/// What is to be downloaded, and how many that may be.
fn wanting(args: &Args, client: &Client, report: &mut Report) -> Result<Wanting, Failure> {
    if !args.ids.is_empty() {
        let ids = ids(&args.ids, io::stdin())?;
        let expected = Expected::Exactly(ids.len() as u64);
        let wanted = stream::iter(ids).map(|id| Ok(Wanted::Id(id)));
        return Ok(Wanting {
            wanted: wanted.boxed(),
            expected,
            selected: None,
        });
    }
    let selected = args.selection.at_until(args.all, Utc::now(), UNTIL)?;
    if !report.is_json() {
        report.say(&selected.words());
    }
    let about = Arc::new(AtomicU64::new(0));
    let sweep = selected.sweep(client.clone(), Priority::Count, args.limit);
    let most = args.limit.map_or(usize::MAX, |most| most as usize);
    let expected = Arc::clone(&about);
    let rows = sweep.stream(move |progress| {
        expected.store(progress.expected().unwrap_or(0), Ordering::Relaxed);
    });
    let local = selected.local.clone();
    let wanted = rows.filter_map(move |row| {
        ready(match row {
            Ok(row) => local.admits(&row).then_some(Ok(Wanted::Listed(row))),
            Err(stopped) => Some(Err(told::stopped_until(stopped, UNTIL))),
        })
    });
    Ok(Wanting {
        wanted: wanted.take(most).boxed(),
        expected: Expected::About(about),
        selected: Some(selected),
    })
}

/// The ids of the command line, or of standard input where that is asked for; each once.
///
/// # Errors
/// When there are none, or one cannot be an id.
pub(super) fn ids(named: &[String], input: impl Read) -> Result<Vec<RecordingId>, Failure> {
    let read = match named {
        [dash] if dash == "-" => {
            let mut text = String::new();
            let mut input = input.take(LONGEST_INPUT + 1);
            input
                .read_to_string(&mut text)
                .context("standard input is no text")?;
            if text.len() as u64 > LONGEST_INPUT {
                return Err(anyhow!("standard input is too long to be a list of ids").into());
            }
            text.lines().map(str::to_owned).collect()
        }
        named => named.to_vec(),
    };
    let mut seen = std::collections::HashSet::new();
    let mut ids = Vec::new();
    for id in read {
        let id = id.trim();
        if id.is_empty() || !seen.insert(id.to_owned()) {
            continue;
        }
        let named = RecordingId::new(id);
        if id.contains(|c: char| c.is_whitespace() || c.is_control()) || !named.has_address() {
            return Err(anyhow!("{id:?} is no recording's id").into());
        }
        ids.push(named);
    }
    match ids.is_empty() {
        true => Err(anyhow!("no recording is named").into()),
        false => Ok(ids),
    }
}

/// What `--to` is to the other commands: here that is the folder.
const UNTIL: &str = "--until";

/// A million ids of the usual length.
const LONGEST_INPUT: u64 = 64 << 20;

fn not_opened(error: io::Error, folder: &std::path::Path) -> Failure {
    match error.kind() {
        io::ErrorKind::WouldBlock => anyhow!(in_use(folder)),
        _ => anyhow!(error).context(format!("the archive {} cannot be opened", folder.display())),
    }
    .into()
}

fn unlogged(error: audit::Error) -> Failure {
    anyhow!(error)
        .context("nothing more is downloaded, since it cannot be logged")
        .into()
}

fn failure(stopped: Stopped<Failure>, folder: &std::path::Path) -> Failure {
    match stopped {
        Stopped::Listing(failure) => failure,
        Stopped::Api(error) => told::failure(error),
        Stopped::Audit(error) => unlogged(error),
        Stopped::Disk(error) => anyhow!(error)
            .context(format!(
                "the archive {} cannot be written; what has come stays, and the next run goes on",
                folder.display()
            ))
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_the_line_or_from_standard_input_each_once() {
        let texts = |named: &[&str], input: &str| {
            let named: Vec<_> = named.iter().map(|id| (*id).to_owned()).collect();
            let ids = ids(&named, input.as_bytes()).map_err(|failure| failure.error.to_string());
            ids.map(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(texts(&["a", "b", "a"], "x").unwrap(), ["a", "b"]);
        assert_eq!(texts(&["-"], "\na\r\n b \na").unwrap(), ["a", "b"]);
        assert!(texts(&["-"], " \n").is_err());
        assert!(texts(&[], "x").is_err());
        assert!(texts(&["a", ".."], "").is_err());
        assert!(
            texts(&["a b"], "")
                .unwrap_err()
                .contains("no recording's id")
        );
    }
}
