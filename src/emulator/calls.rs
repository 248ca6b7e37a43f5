//! The API's calls: what each answers, apart from how its answer travels.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::Server;
use super::answer::Answer;
use super::fault::FaultKind;
use super::filter::{Filter, Refusal};
use super::log::Entry;
use super::page::{Page, Turn};
use super::render;

/// A call that may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Call {
    /// A page of the list; holds the query's pairs.
    List(Vec<(String, String)>),
    Get(String),
    Delete(String),
}

/// What a call says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub(super) status: StatusCode,
    /// What is delivered; of 204 nothing is sent at once.
    pub(super) body: Value,
}

impl Said {
    pub(super) fn error(status: StatusCode, api_id: &str, text: &str) -> Self {
        Self {
            status,
            body: render::error(api_id, text),
        }
    }

    /// As the synchronous answer.
    pub(super) fn at_once(&self) -> Answer {
        if self.status == StatusCode::NO_CONTENT {
            Answer::nothing(self.status)
        } else {
            Answer::json(self.status, &self.body)
        }
    }
}

impl Server {
    /// Carries a call out; what goes wrong on demand is noted in the entry.
    pub(super) fn carry_out(
        &self,
        call: &Call,
        faults: &[FaultKind],
        entry: &Entry,
        api_id: &str,
    ) -> Said {
        match call {
            Call::List(pairs) => match self.page(pairs, faults, entry, api_id) {
                Ok(body) => Said {
                    status: StatusCode::OK,
                    body,
                },
                Err(Refusal(text)) => Said::error(StatusCode::BAD_REQUEST, api_id, &text),
            },
            Call::Get(id) => self.one(id, api_id),
            Call::Delete(id) => self.delete(id, api_id),
        }
    }

    fn page(
        &self,
        pairs: &[(String, String)],
        faults: &[FaultKind],
        entry: &Entry,
        api_id: &str,
    ) -> Result<Value, Refusal> {
        let view = self.account.view();
        let ids = view.catalogue().ids;
        let filter = Filter::read(self.options.era, pairs, view.now)?;
        let turn = Turn::read(self.paging, pairs, ids)?;
        let selection = filter.select(&view, &self.subaccounts);
        let lies = faults.contains(&FaultKind::OffsetLies);
        let found = if lies { turn.at_the_start() } else { turn };
        if found != turn {
            entry.hit(FaultKind::OffsetLies);
        }
        let mut page = Page::find(&view, &selection, found);
        let frame = self.frame();
        let (next, previous) = page.links(self.paging, turn, &frame.list_path(), pairs, ids);

        for fault in faults {
            let middle = page.ordinals.len() / 2;
            let spoilt = match (fault, page.ordinals.get(middle)) {
                (FaultKind::DuplicateRow, Some(&row)) => {
                    page.ordinals.insert(middle, row);
                    true
                }
                (FaultKind::MissingRow, Some(_)) => {
                    page.ordinals.remove(middle);
                    true
                }
                (FaultKind::TotalsDrift, _) => {
                    let drift = self.answers.load(Ordering::Relaxed) % 7;
                    page.total += drift;
                    drift > 0 && !self.options.no_total
                }
                _ => false,
            };
            if spoilt {
                entry.hit(*fault);
            }
        }

        let mut meta = Map::new();
        meta.insert("previous".to_owned(), previous.into());
        if !self.options.no_total {
            meta.insert("total_count".to_owned(), page.total.into());
        }
        meta.insert("offset".to_owned(), turn.offset.into());
        meta.insert("limit".to_owned(), turn.limit.into());
        meta.insert("next".to_owned(), next.into());
        let objects: Vec<Value> = page
            .ordinals
            .iter()
            .map(|&ordinal| Value::Object(frame.recording(&view, ordinal)))
            .collect();
        Ok(json!({ "meta": meta, "api_id": api_id, "objects": objects }))
    }

    fn one(&self, id: &str, api_id: &str) -> Said {
        let view = self.account.view();
        let Some(ordinal) = view.find(id) else {
            return no_such(id, api_id);
        };
        let mut body = self.frame().recording(&view, ordinal);
        body.insert("api_id".to_owned(), api_id.into());
        Said {
            status: StatusCode::OK,
            body: body.into(),
        }
    }

    fn delete(&self, id: &str, api_id: &str) -> Said {
        if !self.account.delete(id) {
            return no_such(id, api_id);
        }
        Said {
            status: StatusCode::NO_CONTENT,
            body: json!({ "api_id": api_id, "message": "deleted" }),
        }
    }
}

fn no_such(id: &str, api_id: &str) -> Said {
    Said::error(
        StatusCode::NOT_FOUND,
        api_id,
        &format!("no recording with id {id}"),
    )
}
