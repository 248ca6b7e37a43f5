//! `callreel delete`: recordings, for good, with a receipt for each.

mod choose;
mod confirm;
mod plan;
mod show;

use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow};
use tokio::sync::watch;

use super::account::Api;
use super::report::{Form, Report};
use super::selection::{Selection, Speed};
use super::stop::Stop;
use crate::runtime::signals::Ending;

use super::{Failure, REFUSED, SOME_FAILED, login, told, value};
use crate::deletion::{Run, Stopped, Who};
use choose::Chosen;
use show::Show;

/// Delete recordings for good: no undo exists.
///
/// Without more it only says what would be deleted: how many, how long, the oldest, the newest, and how long it will take. On a
/// terminal it then asks for a sentence to be typed; a script gives --yes and the count that it expects. Each deletion is checked,
/// and has its receipt on the disk before the next is begun. Run again, it goes on where it stopped.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  \
    callreel download --all --to ~/calls && callreel delete --manifest ~/calls/manifest.ndjson --older-than 90d\n  \
    callreel delete --from-number +14155550100 --all --hold held.txt\n  \
    callreel delete --manifest ~/calls/manifest.ndjson --yes --expect 20114\n\n\
    Exit codes:\n  \
    0  all are deleted, or it was a dry run that was asked for\n  \
    1  a flag or a value is wrong, or the receipts or the audit log cannot be written\n  \
    2  the credentials are wrong\n  \
    3  the network or the server failed; run it again\n  \
    4  the account's rate limit is used up; run it again\n  \
    5  refused: nothing was deleted\n  \
    7  some are not deleted: each is named on standard output\n  \
    130  ended by Ctrl-c, 143 by SIGTERM; run it again")]
pub struct Args {
    /// These recordings; - reads ids from standard input, one on each line
    #[arg(value_name = "ID", conflicts_with_all = ["Selection", "Filter", "Local", "all", "manifest", "older_than"])]
    ids: Vec<String>,

    #[command(flatten)]
    api: Api,

    #[command(flatten)]
    selection: Selection,

    /// Without --from and --to: of all time, not of the last 30 days alone
    #[arg(long, help_heading = "How many", conflicts_with_all = ["storage_days", "manifest"])]
    all: bool,

    /// Those in this archive's manifest whose files are there, byte for byte
    #[arg(long, value_name = "FILE", help_heading = "From an archive", conflicts_with_all = ["Selection", "Filter", "Local"])]
    manifest: Option<PathBuf>,

    /// Those in the manifest that have no sound, too
    #[arg(long, help_heading = "From an archive", requires = "manifest")]
    include_empty: bool,

    /// Only those added longer ago: 90d, 12w, 36h
    #[arg(long, value_name = "AGE", help_heading = "How many", value_parser = value::age, conflicts_with_all = ["to", "storage_days"])]
    older_than: Option<Duration>,

    /// Leave out those whose id, call UUID or number is in this file, one on each line
    #[arg(long, value_name = "FILE", help_heading = "How many")]
    hold: Option<PathBuf>,

    /// Only say what would be deleted
    #[arg(long, help_heading = "Confirming", conflicts_with_all = ["yes", "expect"])]
    dry_run: bool,

    /// Delete without asking; needs --expect
    #[arg(long, help_heading = "Confirming")]
    yes: bool,

    /// How many that must be; another count is refused
    #[arg(long, value_name = "N", help_heading = "Confirming", requires = "yes")]
    expect: Option<u64>,

    /// Who is in the receipts [default: the user's name]
    #[arg(long, value_name = "NAME", value_parser = value::exact, help_heading = "Receipts")]
    operator: Option<String>,

    /// Where the receipts are [default: deletions.ndjson beside the manifest, else in callreel's folder for state]
    #[arg(long, value_name = "FILE", help_heading = "Receipts")]
    receipts: Option<PathBuf>,

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

/// Says what would be deleted, and deletes it once that is confirmed.
///
/// # Errors
/// As its help says. In JSON it was printed already, and its code is what is given back.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    match delete(&args).await {
        Err(failure) if args.output == Form::Ndjson => Ok(told::print_json(&failure)),
        ended => ended,
    }
}

/// Nothing was deleted, for this reason.
fn refused(error: anyhow::Error) -> Failure {
    Failure {
        error,
        code: REFUSED,
    }
}

async fn delete(args: &Args) -> Result<ExitCode, Failure> {
    if !args.chooses() {
        return Err(refused(anyhow!(
            "nothing was deleted: name ids, a filter, --all, --older-than or --manifest"
        )));
    }
    if args.yes && args.expect.is_none() {
        return Err(refused(anyhow!(
            "nothing was deleted: --yes needs --expect N, the count of a dry run"
        )));
    }
    let mut stop = Stop::listen().context("cannot listen for Ctrl-c and SIGTERM")?;
    let client = login::client(&args.api, |base| args.speed.options(base))?;
    let account = client.credentials().id().clone();
    let mut report = Report::new(args.output);
    let chosen = tokio::select! {
        biased;
        ending = stop.told() => return Ok(ExitCode::from(ending.exit_code())),
        chosen = choose::choose(args, &client, &mut report) => chosen?,
    };
    let mut show = Show::new(report);
    show.plan(&chosen, &account)?;
    if args.dry_run || chosen.is_nothing() {
        return Ok(ExitCode::from(match chosen.is_as_it_should_be() {
            true => 0,
            false => SOME_FAILED,
        }));
    }
    tokio::select! {
        biased;
        ending = stop.told() => return Ok(ExitCode::from(ending.exit_code())),
        confirmed = confirm::confirm(args, &chosen, &account) => confirmed.map_err(refused)?,
    }
    let audit = args.api.audit(args.operator.clone(), &account)?;
    let receipts = chosen.open_receipts(&Who::here(args.operator.clone(), &account))?;
    show.receipts(receipts.path());
    carry_out(Run::new(client, receipts, audit), &chosen, show, stop).await
}

/// Deletes what was confirmed, and prints what came of it.
async fn carry_out(
    run: Run,
    chosen: &Chosen,
    show: Show,
    mut stop: Stop,
) -> Result<ExitCode, Failure> {
    let show = Mutex::new(show);
    let on_event = |event| locked(&show).event(event);
    let (tell, told_to_stop) = watch::channel(false);
    let mut told = None;
    let ended = {
        let work = async {
            let unsettled = chosen.earlier.unsettled.clone();
            let settled = run.settle(unsettled, &on_event).await?;
            let mut plan = chosen.plan.clone();
            plan.without(&settled);
            let planned = chosen.plan.count() - plan.count();
            let whole = chosen.whole(settled.len() as u64, planned);
            locked(&show).planned(plan.count());
            run.delete(&plan, whole, &told_to_stop, &on_event).await
        };
        let mut work = pin!(work);
        let mut ticks = Report::ticks();
        loop {
            tokio::select! {
                biased;
                ended = &mut work => break ended,
                // What is under way comes to its receipt first.
                ending = stop.told(), if told.is_none() => {
                    told = Some(ending);
                    tell.send_replace(true);
                }
                _ = ticks.tick() => locked(&show).progress(),
            }
        }
    };
    let mut show = show.into_inner().unwrap_or_else(PoisonError::into_inner);
    show.finish(ended.is_ok())?;
    match ended {
        Ok(()) if show.all_deleted() && chosen.is_as_it_should_be() => Ok(ExitCode::SUCCESS),
        Ok(()) => Ok(ExitCode::from(SOME_FAILED)),
        Err(Stopped::Told) => {
            // Nothing else tells it.
            let ending = told.unwrap_or(Ending::Interrupt);
            Ok(ExitCode::from(ending.exit_code()))
        }
        Err(Stopped::Api(error)) => Err(told::failure(error)),
        Err(Stopped::Audit(error)) => Err(anyhow!(error)
            .context("nothing more is deleted, since it cannot be logged")
            .into()),
        Err(Stopped::Disk(error)) => Err(anyhow!(error)
            .context("the receipts cannot be written, and without them nothing is deleted")
            .into()),
    }
}

fn locked(show: &Mutex<Show>) -> MutexGuard<'_, Show> {
    show.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Args {
    /// Whether anything says which recordings are meant: all of the last 30 days are never meant by saying nothing.
    fn chooses(&self) -> bool {
        !self.ids.is_empty()
            || self.manifest.is_some()
            || self.all
            || self.older_than.is_some()
            || self.selection.is_given()
    }

    /// Whether another day may mean other recordings.
    fn depends_on_time(&self) -> bool {
        self.ids.is_empty() && (self.manifest.is_none() || self.older_than.is_some())
    }
}
