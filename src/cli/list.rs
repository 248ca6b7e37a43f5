//! `callreel list`: one page of the list, at once or by callback.

mod print;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use chrono::Utc;
use serde_json::{Map, Value};

use crate::app::zone::Zone;
use crate::plivo::callback::Receiver;
use crate::plivo::{
    self, Call, Client, Limit, Page, PageRequest, Priority, RecordingId, RecordingQuery, Reply,
    Span, Start, Verb, offset_honoured, query,
};
use crate::runtime::account::Account;
use crate::runtime::sys;

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
        Found::Account(credentials, base) => {
            sys::forbid_core_dumps().context("core dumps could not be switched off")?;
            (credentials, base)
        }
        Found::Missing(why) => {
            return Err(Failure {
                error: anyhow!("{why}: the console's overview page has the id and the token"),
                code: CREDENTIALS,
            });
        }
    };
    args.check_callbacks()?;
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
            let account = Account::real(client.clone()).answered_by(callbacks).await?;
            await_callback(&account, &call).await?
        }
        (None, Some(callback)) => {
            let call = plivo::ByCallback {
                call: call.clone(),
                callback,
            };
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
    check_offset(&client, &call.0, &answer).await?;
    match print::page(&answer, form) {
        // Whoever read it has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        printed => Ok(printed.map(|()| ExitCode::SUCCESS)?),
    }
}

/// Some accounts ignore offsets and answer with the first page (api.md, rule 3), which must not be taken for another.
///
/// # Errors
/// When that has happened.
async fn check_offset(
    client: &Client,
    request: &PageRequest,
    answer: &Value,
) -> Result<(), Failure> {
    let Start::Offset(offset @ 1..) = request.start else {
        return Ok(());
    };
    let page = Page::from_json(answer.clone()).map_err(failure)?;
    let first = PageRequest {
        start: Start::FIRST,
        ..request.clone()
    };
    let first = client
        .list(&first, Priority::Visible)
        .await
        .map_err(failure)?;
    let ids: Vec<_> = first.ids().cloned().collect();
    match offset_honoured(request, &page, &ids) {
        Some(false) => Err(anyhow!(
            "this account ignores --offset {offset}: its lists are paged by cursor; name the place by --to instead"
        )
        .into()),
        _ => Ok(()),
    }
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
    let delivery = match way.asynchronous.delivery(&accepted).await {
        Ok(delivery) => delivery,
        Err(error) => return Err(not_delivered(error, &way.receiver)),
    };
    let _ = writeln!(
        std::io::stderr(),
        "callreel: it came {}",
        delivery.signature
    );
    call.read_delivered(delivery.answer).map_err(failure)
}

/// A time-out, and what was refused meanwhile: it may well have been the answer.
fn not_delivered(error: plivo::Error, receiver: &Receiver) -> Failure {
    let refused: Vec<_> = receiver
        .counts()
        .borrow()
        .refusals()
        .map(|(many, reason)| format!("{many} {}", reason.words()))
        .collect();
    match refused.is_empty() {
        true => failure(error),
        false => anyhow!(
            "{error}; refused meanwhile: {}: are the token and --callback-url those of the account that was asked?",
            refused.join(", ")
        )
        .into(),
    }
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
    /// Flags that would do nothing are more likely a mistake than a wish.
    fn check_callbacks(&self) -> Result<(), Failure> {
        let flags = &self.callbacks;
        if flags.listens_by_flag() && !self.wait {
            return Err(anyhow!("--callback-listen does nothing without --wait").into());
        }
        flags.check(self.wait || flags.callback_url.is_some())
    }

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
                "a page comes out of at most 30 days, and this range would take {} requests: narrow it by --from and --to",
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
