//! Requests whose answers come by callback: what became of each, in words.
//!
//! The app asks for pages and recordings as ever; whether the answer comes on the same connection or to a callback URL is the
//! runtime's concern. This only follows what was asked and what is told of it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::plivo::callback::{Counts, Signature};
use crate::plivo::{self, CallbackMethod};

use super::ids::RequestId;
use super::{App, Effect, Now, Priority, words};

mod lines;

pub use lines::Line;

/// Requests remembered, those under way counted.
const KEPT: usize = 200;

/// The way answers take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Where the API is told to send them, without the query, in which there may be secrets.
    pub shown: String,
    pub method: CallbackMethod,
    /// The address of this machine at which they arrive.
    pub listens: String,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Page,
    Recording,
}

impl What {
    fn words(&self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Recording => "recording",
        }
    }
}

/// What is told of a request on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The API took it, under this id.
    Accepted { api_id: String },
    /// Its answer has come to the callback URL.
    Delivered { signature: Signature },
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Sent,
    Waiting,
    Answered(Signature),
    /// The server took no notice of the callback URL.
    AnsweredAtOnce,
    TimedOut,
    Failed,
    /// Nobody wants it any more; what comes is dropped.
    Dropped,
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub struct Dispatch {
    request: RequestId,
    what: What,
    priority: Priority,
    at: DateTime<Utc>,
    since: Instant,
    api_id: Option<String>,
    state: State,
    /// From sending to the end.
    took: Option<Duration>,
}

impl Dispatch {
    fn is_over(&self) -> bool {
        self.took.is_some()
    }

    /// Its state in words.
    fn words(&self) -> String {
        let took = |words: &str| match self.took {
            Some(took) if took < Duration::from_secs(1) => {
                format!("{words} after {} ms", took.as_millis())
            }
            Some(took) => format!("{words} after {:.1} s", took.as_secs_f64()),
            None => words.to_owned(),
        };
        match self.state {
            State::Sent => "sent".to_owned(),
            State::Waiting => "accepted, waiting for its callback".to_owned(),
            State::Answered(signature) => {
                format!("{} · {signature}", took("answered"))
            }
            State::AnsweredAtOnce => took("answered at once"),
            State::TimedOut => took("timed out"),
            State::Failed => took("failed"),
            State::Dropped => took("no longer wanted"),
        }
    }
}

/// See the module's words.
#[derive(Debug, Clone, PartialEq)]
pub struct Deliveries {
    /// `None`: started without a callback URL.
    route: Option<Route>,
    on: bool,
    /// Oldest first.
    requests: VecDeque<Dispatch>,
    received: Counts,
}

impl Deliveries {
    pub(super) fn new(route: Option<Route>) -> Self {
        Self {
            on: route.is_some(),
            route,
            requests: VecDeque::new(),
            received: Counts::default(),
        }
    }

    /// Answers come by callback now.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// They could come by callback.
    pub fn is_possible(&self) -> bool {
        self.route.is_some()
    }

    /// Learns from the effects what is asked for, and what nobody wants any more.
    pub(super) fn follow(&mut self, effects: &[Effect], now: Now) {
        for effect in effects {
            match effect {
                Effect::Callbacks(on) => self.on = *on,
                Effect::FetchPage {
                    request, priority, ..
                } => self.sent(*request, What::Page, *priority, now),
                Effect::FetchRecording { request, .. } => {
                    self.sent(*request, What::Recording, Priority::Detail, now);
                }
                Effect::Cancel(request) => self.end(*request, State::Dropped, now),
                _ => {}
            }
        }
    }

    fn sent(&mut self, request: RequestId, what: What, priority: Priority, now: Now) {
        if !self.on {
            return;
        }
        if self.requests.len() >= KEPT {
            let over = self.requests.iter().position(Dispatch::is_over);
            self.requests.remove(over.unwrap_or(0));
        }
        self.requests.push_back(Dispatch {
            request,
            what,
            priority,
            at: now.wall,
            since: now.mono,
            api_id: None,
            state: State::Sent,
            took: None,
        });
    }

    pub(super) fn step(&mut self, request: RequestId, step: Step) {
        let Some(one) = self.open(request) else {
            return;
        };
        match step {
            Step::Accepted { api_id } => {
                one.api_id = Some(api_id);
                one.state = State::Waiting;
            }
            Step::Delivered { signature } => one.state = State::Answered(signature),
        }
    }

    /// The answer is here, or it is known that there will be none.
    pub(super) fn over(&mut self, request: RequestId, error: Option<&plivo::Error>, now: Now) {
        let Some(one) = self.open(request) else {
            return;
        };
        let state = match (error, one.state) {
            (Some(plivo::Error::NotDelivered { .. }), _) => State::TimedOut,
            (_, State::Answered(signature)) => State::Answered(signature),
            (Some(_), _) => State::Failed,
            (None, _) => State::AnsweredAtOnce,
        };
        self.end(request, state, now);
    }

    fn end(&mut self, request: RequestId, state: State, now: Now) {
        if let Some(one) = self.open(request) {
            one.state = state;
            one.took = Some(now.mono.saturating_duration_since(one.since));
        }
    }

    /// Takes the counts in; in words, when a delivery was refused for its signature for the first time. Strangers may send as many
    /// as they like: further ones are only counted.
    pub(super) fn received(&mut self, counts: Counts) -> Option<String> {
        let before = std::mem::replace(&mut self.received, counts);
        let first = |now: u64, before: u64| now > 0 && before == 0;
        let how = if first(counts.wrong_signature, before.wrong_signature) {
            "with a wrong signature"
        } else if first(counts.unsigned, before.unsigned) {
            "without a signature"
        } else {
            return None;
        };
        Some(format!(
            "a delivery {how} was refused; :deliveries counts them"
        ))
    }

    /// Where an answer that was not delivered should have gone, for those who must find out why; nothing for other failures.
    pub fn missed(&self, error: &plivo::Error) -> impl Iterator<Item = String> {
        let is_missed = matches!(error, plivo::Error::NotDelivered { .. });
        let route = self.route.as_ref().filter(|_| is_missed);
        route.into_iter().flat_map(|route| {
            [
                String::new(),
                format!("what is sent to {}", route.shown),
                format!("has to arrive at {}", route.listens),
                ":deliveries tells what came".to_owned(),
            ]
        })
    }

    fn open(&mut self, request: RequestId) -> Option<&mut Dispatch> {
        let mut requests = self.requests.iter_mut().rev();
        requests.find(|one| one.request == request && !one.is_over())
    }

    /// How far the request of that kind has come that the reader waits for, in words: of the most urgent ones the oldest.
    pub fn waiting(&self, what: &What) -> Option<String> {
        let open = || {
            let requests = self.requests.iter();
            requests.filter(|one| !one.is_over() && one.what == *what)
        };
        let first = open().min_by_key(|one| one.priority)?;
        let more = open().count() - 1;
        let id = first
            .api_id
            .as_deref()
            .map(|id| format!(" as {id}"))
            .unwrap_or_default();
        let state = match first.state {
            State::Waiting => format!("accepted{id}, waiting for its callback"),
            State::Answered(_) => "answered".to_owned(),
            _ => "sent".to_owned(),
        };
        let others = match more {
            0 => String::new(),
            more => format!(" · {} more", words::count(more as u64)),
        };
        Some(format!("{} {state}{others}", what.words()))
    }
}

impl App {
    /// From callbacks to answers at once, or back; what waits is asked for again the other way.
    pub(super) fn toggle_callbacks(&mut self, now: Now) -> Vec<Effect> {
        if !self.deliveries.is_possible() {
            self.notices.info(
                "every answer comes at once: --callback-url asks for callbacks",
                now.mono,
            );
            return Vec::new();
        }
        let on = !self.deliveries.is_on();
        let words = match on {
            true => "answers come by callback again",
            false => "going on without callbacks",
        };
        self.notices.clear();
        self.notices.info(words, now.mono);
        let mut effects = vec![Effect::Callbacks(on)];
        effects.extend(self.detail.ask_again(&mut self.ids, now));
        if let Some(history) = &mut self.history {
            effects.extend(history.ask_again(&mut self.ids, now));
        }
        if let Some(queue) = &mut self.queue {
            effects.extend(queue.ask_again());
        }
        self.looked = None;
        effects
    }
}

#[cfg(test)]
mod tests;
