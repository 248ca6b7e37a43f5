//! One page, as the API pages: at once, or by callback.

use std::io::Write;
use std::process::ExitCode;

use anyhow::anyhow;
use chrono::Utc;
use serde_json::{Map, Value, json};

use crate::app::text::safe;
use crate::cli::output::Output;
use crate::cli::told::{self, failure};
use crate::cli::{Failure, json};
use crate::plivo::callback::Receiver;
use crate::plivo::{
    self, Accepted, Call, Callback, Client, Extent, Limit, Page, PageRequest, Priority,
    RecordingId, RecordingQuery, Reply, Span, Start, Verb, offset_honoured, query,
};
use crate::rows::{Form, Writer, with_ours};
use crate::runtime::account::Account;

use super::Args;

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
/// Wrong flags, what the API says, or no callback in time.
pub(super) async fn run(args: &Args, client: Client, form: Form) -> Result<ExitCode, Failure> {
    let call = Verbatim(args.request()?);
    let receiving = match args.wait {
        true => args.callbacks.for_receiving(client.base())?,
        false => None,
    };
    let answer = match (receiving, args.callbacks.callback()) {
        (Some(callbacks), _) => {
            let account = Account::real(client.clone(), None)
                .answered_by(callbacks)
                .await?;
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
                    return print(receipt(&accepted, &call.callback, form)).await;
                }
            }
        }
        (None, None) => client
            .send(&call, Priority::Visible)
            .await
            .map_err(failure)?,
    };
    check_offset(&client, &call.0, &answer).await?;
    print(printed(answer, form, args.csv_raw)?).await
}

async fn print(text: Vec<u8>) -> Result<ExitCode, Failure> {
    let mut output = Output::start();
    match output.write(text).await {
        Ok(()) => output.finish().await.code(),
        Err(end) => end.code(),
    }
}

/// The answer in one of the forms; as JSON it stays whole, `meta` and all.
fn printed(mut answer: Value, form: Form, raw: bool) -> Result<Vec<u8>, Failure> {
    let page = Page::from_json(answer.clone()).map_err(failure)?;
    let mut out = Vec::new();
    if form == Form::Json {
        let rows = page.recordings.iter();
        let rows = rows.map(|row| Value::Object(with_ours(row))).collect();
        if let Some(objects) = answer.get_mut("objects") {
            *objects = Value::Array(rows);
        }
        out.extend_from_slice(json::line(&answer).as_bytes());
        out.push(b'\n');
        return Ok(out);
    }
    let mut writer = Writer::new(form, raw);
    for recording in &page.recordings {
        writer.row(recording, &mut out);
    }
    writer.foot(&mut out);
    Ok(out)
}

/// The receipt of a call whose answer goes elsewhere.
fn receipt(accepted: &Accepted, callback: &Callback, form: Form) -> Vec<u8> {
    let text = match form.is_json() {
        true => {
            let line = json!({ "api_id": accepted.api_id, "message": accepted.message });
            json::line(&line)
        }
        false => format!(
            "accepted as {}\nits answer goes to {} by {}",
            safe(&accepted.api_id),
            callback.shown(),
            callback.method
        ),
    };
    format!("{text}\n").into_bytes()
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
        safe(&accepted.api_id),
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
        false => told::not_delivered(error, refused.join(", ")),
    }
}

impl Args {
    fn request(&self) -> Result<PageRequest, Failure> {
        let selected = self.selection.at(false, Utc::now())?;
        if !selected.local.is_empty() {
            return Err(anyhow!(
                "one page holds what the API chose: leave out --page-size, --offset and callbacks to choose by {}",
                selected.local.words()
            )
            .into());
        }
        let [filter] = selected.filters.as_slice() else {
            return Err(anyhow!(
                "--either-number is two lists of the API: ask for --from-number and --to-number, one after the other"
            )
            .into());
        };
        let span = match selected.extent {
            Extent::Stored(days) => Span::Stored(days),
            Extent::Added(range) => {
                let windows = range.windows();
                let [window] = windows.as_slice() else {
                    return Err(anyhow!(
                        "a page comes out of at most 30 days, and this range would take {} requests: narrow it by --from and --to, or leave out --page-size and --offset",
                        windows.len()
                    )
                    .into());
                };
                Span::Added(*window)
            }
        };
        Ok(PageRequest {
            query: RecordingQuery {
                filter: filter.clone(),
                span,
            },
            start: Start::Offset(self.offset.unwrap_or(0)),
            limit: self.page_size.and_then(Limit::new).unwrap_or(Limit::MOST),
        })
    }
}
