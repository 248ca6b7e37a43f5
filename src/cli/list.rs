//! `callreel list`: the recordings of a range, all of them as they come, or one page as the API gives it.

mod all;
mod page;

use std::io::Write;
use std::process::ExitCode;

use anyhow::anyhow;

use crate::app::views::ViewName;
use crate::plivo::{ApiBase, Client};
use crate::rows::Form;

use super::account::Api;
use super::callbacks::{Callbacks, Way};
use super::progress::When;
use super::selection::{Selection, Speed};
use super::{Failure, told};

/// List recordings, newest first: all of the last 30 days, or of the dates and filters that are given.
///
/// Every field of the API passes as it came. In JSON a `callreel` object stands beside them: `seconds` is a number, `added` and
/// `started` are UTC.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Exit codes:\n  \
    0  all was listed, or the reader has seen enough\n  \
    1  a flag or a value is wrong\n  \
    2  the credentials are wrong, or not allowed this\n  \
    3  the network or the server failed; `incomplete` tells that part of the list came before, and where it stopped\n  \
    4  the account's rate limit is used up\n  \
    130  ended by Ctrl-c, 143 by SIGTERM")]
pub struct Args {
    #[command(flatten)]
    api: Api,

    #[command(flatten)]
    selection: Selection,

    /// What this saved view lists (V), where no flag says otherwise; its order and columns are the screen's alone
    #[arg(long, value_name = "NAME", help_heading = "Which recordings", conflicts_with_all = ["all", "storage_days"])]
    view: Option<ViewName>,

    /// Without --from and --to: of all time, not of the last 30 days alone
    #[arg(long, help_heading = "How many", conflicts_with = "storage_days")]
    all: bool,

    /// Only the newest N
    #[arg(long, value_name = "N", help_heading = "How many", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,

    #[command(flatten)]
    speed: Speed,

    /// One page of at most 20, as the API gives it
    #[arg(long, value_name = "N", help_heading = "One page", value_parser = clap::value_parser!(u8).range(1..=20), conflicts_with_all = ["all", "limit"])]
    page_size: Option<u8>,

    /// One page, of which so many recordings are left out at the top
    #[arg(long, value_name = "N", help_heading = "One page", conflicts_with_all = ["all", "limit"])]
    offset: Option<u64>,

    /// How to print it [default: a table on a terminal, else ndjson]
    #[arg(long, value_enum, value_name = "FORM", help_heading = "Output")]
    output: Option<Form>,

    /// csv and tsv for programs: cells exactly as they are, even where a spreadsheet would take them for formulas. Not on a terminal,
    /// which would obey them
    #[arg(long, help_heading = "Output")]
    csv_raw: bool,

    /// Tell on standard error what is listed and how far it is, in the JSON forms as lines of JSON
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        help_heading = "Output",
        default_value_t
    )]
    progress: When,

    #[command(flatten)]
    callbacks: Callbacks,

    /// Wait until the answer has come by callback to --callback-listen, and print it
    #[arg(long, help_heading = "Answers by callback")]
    wait: bool,
}

/// Lists, and prints what comes.
///
/// # Errors
/// Wrong flags or credentials, what the API says, or no callback in time: one line, with what to do. In the JSON forms it was
/// printed already, and its code is what is given back.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let form = Form::or_usual(args.output);
    match list(args, form).await {
        Err(failure) if form.is_json() => Ok(told::print_json(&failure)),
        outcome => outcome,
    }
}

async fn list(mut args: Args, form: Form) -> Result<ExitCode, Failure> {
    let (credentials, base) = args.api.account()?;
    if let Some(name) = &args.view {
        let view = args.api.view(name)?;
        args.selection = args.selection.over(view.criteria);
    }
    args.csv_raw = form.raw(args.csv_raw)?;
    let way = args.way();
    args.check_callbacks(&way, &base)?;
    for risk in args.callbacks.risks(&base, &way) {
        // Nobody may be looking.
        let _ = writeln!(std::io::stderr(), "callreel: {risk}");
    }
    let client = Client::new(credentials, base.clone(), args.speed.options(&base)?)?;
    match args.wants_one_page() {
        true => page::run(&args, client, form).await,
        false => all::run(&args, client, form).await,
    }
}

impl Args {
    fn way(&self) -> Way {
        match (self.wait, &self.callbacks.callback_url) {
            (true, _) => Way::Here,
            (false, Some(_)) => Way::Elsewhere,
            (false, None) => Way::AtOnce {
                unless: "--callback-url",
            },
        }
    }

    /// Flags that would do nothing are more likely a mistake than a wish.
    fn check_callbacks(&self, way: &Way, base: &ApiBase) -> Result<(), Failure> {
        let flags = &self.callbacks;
        if flags.listens_by_flag() && !self.wait {
            return Err(anyhow!("--callback-listen does nothing without --wait").into());
        }
        if self.wait && flags.callback_listen.is_none() {
            return Err(anyhow!(
                "--wait needs --callback-listen ADDR:PORT: the answer has to arrive somewhere, for example at 127.0.0.1:8099"
            )
            .into());
        }
        flags.check(way)?;
        flags.check_reach(base)
    }

    fn wants_one_page(&self) -> bool {
        self.page_size.is_some()
            || self.offset.is_some()
            || self.wait
            || self.callbacks.callback_url.is_some()
    }
}
