//! Whose recordings: where the credentials come from, whether the API takes them, and how it pages.

use serde_json::json;
use tokio::task;

use super::report::{Finding, Section, State};
use super::{CONNECT, CREDENTIALS, FAILED};
use crate::app::Criteria;
use crate::app::zone::Zone;
use crate::cli::account::Ready;
use crate::cli::told;
use crate::config::credentials::{self, Account, Found};
use crate::plivo::{
    self, Client, Error, Evidence, Limit, Page, PageRequest, Paging, Priority, RecordingQuery,
    RetryPolicy, Span, Start,
};
use crate::runtime::account::shorten;

/// How far back recordings are looked for: as far as one request can.
const DAYS: u32 = 30;

/// Finds the credentials, and asks for a recording or two.
pub(super) async fn look(ready: &Ready) -> Section {
    let ready = ready.clone();
    // A token_command may take its time.
    let found = task::spawn_blocking(move || ready.find(&|name| std::env::var(name).ok())).await;
    let mut findings = Vec::new();
    match found {
        Ok(Ok(Found::Account(account))) => {
            findings.push(source(&account));
            if let Some(told) = &account.told {
                findings.push(Finding::new(State::Note, told.clone()));
            }
            findings.extend(ask(&account).await);
        }
        Ok(Ok(Found::Missing(why))) => findings.push(
            Finding::new(State::Problem(CREDENTIALS), format!("no account: {why}")).advice(
                "`callreel auth add NAME` asks for id and token, which stand on the console's overview page",
            ),
        ),
        Ok(Err(error)) => findings.push(unusable(&error)),
        Err(error) => findings.push(Finding::new(
            State::Problem(FAILED),
            format!("the credentials could not be read: {error}"),
        )),
    }
    Section {
        name: "account",
        findings,
    }
}

/// What of the credentials may be shown.
fn source(account: &Account) -> Finding {
    let id = account.credentials.id();
    let kind = if id.is_subaccount() {
        "the subaccount "
    } else {
        ""
    };
    let whose = match &account.profile {
        Some(name) => format!("profile {name}"),
        None => "no profile".to_owned(),
    };
    let words = format!(
        "{kind}{} ({whose}), its token from {}",
        shorten(id.as_str()),
        account.from
    );
    Finding::new(State::Good, words).data(json!({
        "auth_id": id.as_str(),
        "profile": account.profile.as_ref().map(|name| name.as_str()),
        "token": account.from.to_string(),
    }))
}

/// Told before anything is sent: the API answers the same to a malformed id as to a wrong token.
fn unusable(error: &credentials::Error) -> Finding {
    Finding::new(State::Problem(CREDENTIALS), error.to_string())
        .data(json!({ "malformed": error.is_mistaken() }))
}

async fn ask(account: &Account) -> Vec<Finding> {
    let options = plivo::Options {
        connect_timeout: CONNECT,
        // A page of a real account takes 1.3 s.
        answer_timeout: std::time::Duration::from_secs(15),
        retry: RetryPolicy {
            attempts: 1,
            ..RetryPolicy::default()
        },
        ..plivo::Options::default()
    };
    let client = Client::new(account.credentials.clone(), account.base.clone(), options);
    let (Ok(client), Some(query)) = (client, query()) else {
        // The network's checks tell why.
        return vec![Finding::new(State::Note, "the API was not asked")];
    };
    let first = PageRequest::count(query.clone());
    let page = match client.list(&first, Priority::Visible).await {
        Ok(page) => page,
        Err(error) => return vec![refused(&error)],
    };
    let taken = "the API takes them";
    let mut findings = vec![Finding::new(State::Good, taken)];
    let mut evidence = Evidence::default();
    evidence.observe(&first, &page, None);
    if evidence.paging().is_none() && page.meta.next.is_some() {
        let second = PageRequest {
            query,
            start: Start::Offset(1),
            limit: Limit::ONE,
        };
        let ids: Vec<_> = page.ids().cloned().collect();
        match client.list(&second, Priority::Visible).await {
            Ok(page) => evidence.observe(&second, &page, Some(&ids)),
            Err(error) => findings.push(refused(&error)),
        }
    }
    findings.push(pages(&page, evidence.paging()));
    findings
}

fn query() -> Option<RecordingQuery> {
    let plan = Criteria::last_days(DAYS).plan(&Zone::utc(), chrono::Utc::now());
    let plan = plan.ok()?;
    Some(RecordingQuery {
        span: Span::Added(plan.range.newest_first().next()?),
        filter: plan.filter,
    })
}

/// What the API made of the credentials, where it did not give a page.
fn refused(error: &Error) -> Finding {
    let state = State::Problem(told::code(error));
    let found = match error {
        // The network's checks say what to do.
        Error::Unreachable { .. } | Error::TimedOut { .. } | Error::Cut { .. } => {
            let words = format!("whether the API takes them is not known: {error}");
            Finding::new(state, words)
        }
        _ => Finding::new(state, error.to_string()).advice(error.advice()),
    };
    found.data(json!({ "status": error.status(), "api_id": error.api_id() }))
}

/// Which of the API's ages answers (api.md, rule 3).
fn pages(page: &Page, paging: Option<Paging>) -> Finding {
    let total = match page.meta.total {
        Some(_) => "it tells totals",
        None => "it tells no totals, so that lists are counted as they come",
    };
    let (word, words) = match paging {
        Some(Paging::Offset) => ("offset", "the API pages by offsets"),
        Some(Paging::Hybrid) => (
            "hybrid",
            "the API pages by cursors, and offsets still count",
        ),
        Some(Paging::Cursor) => (
            "cursor",
            "the API pages by cursors alone: a far row is reached by its time",
        ),
        None => {
            let words =
                format!("how the API pages shows with two recordings in {DAYS} days; {total}");
            return Finding::new(State::Note, words)
                .data(json!({ "paging": null, "total": page.meta.total }));
        }
    };
    Finding::new(State::Good, format!("{words}; {total}"))
        .data(json!({ "paging": word, "total": page.meta.total }))
}
