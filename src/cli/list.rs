//! `callreel list`: one page of the list, at once or by callback.

mod print;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anyhow::anyhow;
use chrono::Utc;
use serde_json::{Map, Value};

use crate::app::zone::Zone;
use crate::plivo::{
    self, Call, Client, Limit, PageRequest, Priority, RecordingId, RecordingQuery, Reply, Span,
    Start, Verb, query,
};
use crate::runtime::account::Account;

use super::account::{Api, Found};
use super::callbacks::Callbacks;
use super::filter::Filter;
use super::{CREDENTIALS, Failure};
use print::Form;

/// Print one page of the list of recordings, as the API gives it.
///
/// With --callback-url the API answers with an api_id alone and sends the page to that URL; with --wait and --callback-listen it
/// is received here and printed as ever.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    api: Api,

    #[command(flatten)]
    filter: Filter,

    /// Recordings on the page, at most 20
    #[arg(long, value_name = "N", help_heading = "One page", default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=20))]
    page_size: u8,

    /// Leave out so many recordings at the top
    #[arg(long, value_name = "N", help_heading = "One page", default_value_t = 0)]
    offset: u64,

    /// How to print it [default: a table on a terminal, else ndjson]
    #[arg(long, value_enum, value_name = "FORM", help_heading = "One page")]
    output: Option<Form>,

    #[command(flatten)]
    callbacks: Callbacks,

    /// Wait until the answer has come by callback, and print it
    #[arg(
        long,
        requires = "callback_listen",
        help_heading = "Answers by callback"
    )]
    wait: bool,
}

/// A list call whose answer stays as it came.
#[derive(Debug, Clone)]
struct Verbatim(PageRequest);

impl Call for Verbatim {
    type Answer = Value;

    fn verb(&self) -> Verb {
        self.0.verb()
    }

    fn recording(&self) -> Option<&RecordingId> {
        None
    }

    fn pairs(&self) -> Vec<query::Pair> {
        self.0.pairs()
    }

    fn is_answer(&self, body: &Map<String, Value>) -> bool {
        self.0.is_answer(body)
    }

    fn read(&self, body: Option<Value>) -> Result<Value, plivo::Error> {
        // Checked as ever, printed as it came.
        self.0.read(body.clone())?;
        Ok(body.unwrap_or_default())
    }
}

/// Sends the call and prints what comes of it.
///
/// # Errors
/// Wrong flags or credentials, what the API says, or no callback in time: one line, with what to do.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let (credentials, base) = match args.api.find(|name| std::env::var(name).ok())? {
        Found::Account(credentials, base) => (credentials, base),
        Found::Missing(why) => {
            return Err(Failure {
                error: anyhow!("{why}: the console's overview page has the id and the token"),
                code: CREDENTIALS,
            });
        }
    };
    let call = Verbatim(args.request()?);
    let form = args
        .output
        .unwrap_or(match std::io::stdout().is_terminal() {
            true => Form::Table,
            false => Form::Ndjson,
        });
    let receiving = match args.wait {
        true => args.callbacks.for_receiving(&base)?,
        false => None,
    };
    let client = Client::new(credentials, base, plivo::Options::default())?;
    let answer = match (receiving, args.callbacks.callback()) {
        (Some(callbacks), _) => {
            let account = Account::real(client).answered_by(callbacks).await?;
            await_callback(&account, &call).await?
        }
        (None, Some(callback)) => {
            let call = plivo::ByCallback { call, callback };
            match client
                .send(&call, Priority::Visible)
                .await
                .map_err(failure)?
            {
                Reply::Immediate(answer) => answer,
                Reply::Accepted(accepted) => {
                    print::accepted(&accepted, &call.callback, form)?;
                    return Ok(ExitCode::SUCCESS);
                }
            }
        }
        (None, None) => client
            .send(&call, Priority::Visible)
            .await
            .map_err(failure)?,
    };
    print::page(&answer, form)?;
    Ok(ExitCode::SUCCESS)
}

async fn await_callback(account: &Account, call: &Verbatim) -> Result<Value, Failure> {
    let Some(way) = &account.by_callback else {
        return Err(anyhow!("there is no way for the answer to come by").into());
    };
    let accepted = match way.asynchronous.begin(call, Priority::Visible).await {
        Ok(Reply::Immediate(answer)) => return Ok(answer),
        Ok(Reply::Accepted(accepted)) => accepted,
        Err(error) => return Err(failure(error)),
    };
    // Nobody may be looking.
    let _ = writeln!(
        std::io::stderr(),
        "callreel: accepted as {}; waiting for it at {}",
        crate::app::text::safe(&accepted.api_id),
        way.receiver.addr()
    );
    let delivery = way
        .asynchronous
        .delivery(&accepted)
        .await
        .map_err(failure)?;
    call.read_delivered(delivery.answer).map_err(failure)
}

fn failure(error: plivo::Error) -> Failure {
    let code = match error {
        plivo::Error::Unauthorized { .. } => CREDENTIALS,
        _ => super::FAILED,
    };
    let said = format!("{error}: {}", error.advice());
    Failure {
        error: anyhow!("{}", crate::app::text::safe(&said)),
        code,
    }
}

impl Args {
    fn request(&self) -> Result<PageRequest, Failure> {
        let zone = Zone::utc();
        let plan = self
            .filter
            .criteria(&zone)?
            .plan(&zone, Utc::now())
            .map_err(|mistakes| {
                let words: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
                anyhow!(words.join(" · "))
            })?;
        if plan.either.is_some() {
            return Err(anyhow!(
                "--either-number is two lists of the API: ask for --from-number and --to-number, one after the other"
            )
            .into());
        }
        let windows = plan.range.windows();
        let [window] = windows.as_slice() else {
            return Err(anyhow!(
                "one page comes out of at most 30 days, and this range is {} times as long: narrow it by --from and --to",
                windows.len()
            )
            .into());
        };
        Ok(PageRequest {
            query: RecordingQuery {
                filter: plan.filter,
                span: Span::Added(*window),
            },
            start: Start::Offset(self.offset),
            limit: Limit::new(self.page_size).unwrap_or(Limit::MOST),
        })
    }
}
