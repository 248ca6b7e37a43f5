//! The task that keeps the right request running.

use std::time::Duration;

use reqwest::Response;
use tokio::time::{Instant, sleep_until, timeout};

use super::FetchEvent;
use super::answer::{Answer, Validator};
use super::ask::{Asked, Question, REDIRECTS};
use super::backoff::Backoff;
use super::http::Http;
use super::link::{Hop, Rule};
use crate::audio::buffer::{Feed, Gap, HEADROOM};
use crate::audio::event::{Error, Request};

/// From the request to the answer's first line: five seconds to connect, and some to think.
const ANSWER_LIMIT: Duration = Duration::from_secs(8);
/// Between two jumps, so that a held key does not open a connection for each step.
const JUMP_EVERY: Duration = Duration::from_millis(50);
type OnEvent = Box<dyn Fn(FetchEvent) + Send + Sync>;

/// Fetches `request` into `feed` until every byte is there, nothing more will come, or nobody wants it.
pub(super) async fn run(http: Http, request: Request, feed: Feed, on_event: OnEvent) {
    let failed = match Rule::new(&request) {
        Ok(rule) => Task::new(http, request, rule, &feed, &on_event).run().await,
        Err(error) => Err(error),
    };
    match failed {
        Ok(()) if feed.is_complete() => on_event(FetchEvent::Complete),
        Ok(()) => {}
        Err(error) => {
            feed.fail(error.clone());
            on_event(FetchEvent::Failed(error));
        }
    }
}

/// How a request ended that was no final failure.
pub(super) enum Outcome {
    /// The part asked for is here, or as much of it as the server gave.
    Done,
    /// The play head needs something else, or nobody needs anything.
    Dropped,
    Failed {
        error: Error,
        wait: Option<Duration>,
    },
}

pub(super) struct Task<'a> {
    pub(super) http: Http,
    pub(super) request: Request,
    pub(super) rule: Rule,
    pub(super) feed: &'a Feed,
    pub(super) on_event: &'a OnEvent,
    /// Where the last redirect led: asked first, since it saves a round trip with every jump.
    pub(super) target: Option<Hop>,
    pub(super) validator: Option<Validator>,
    /// The server sends parts; otherwise the file from its start only.
    ranges: bool,
    /// The server does not take a range that starts at 0.
    pub(super) bare: bool,
    /// There is no byte here or after, where the length is not known.
    beyond: u64,
    pub(super) backoff: Backoff,
    jumped: Option<Instant>,
    /// From the last request to its answer.
    latency: Duration,
    pub(super) reported: Option<Instant>,
    pub(super) unreported: bool,
}

impl<'a> Task<'a> {
    fn new(
        http: Http,
        request: Request,
        rule: Rule,
        feed: &'a Feed,
        on_event: &'a OnEvent,
    ) -> Self {
        Self {
            http,
            request,
            rule,
            feed,
            on_event,
            target: None,
            validator: None,
            ranges: true,
            bare: false,
            beyond: u64::MAX,
            backoff: Backoff::default(),
            jumped: None,
            latency: Duration::from_millis(100),
            reported: None,
            unreported: false,
        }
    }

    async fn run(mut self) -> Result<(), Error> {
        while !self.feed.is_over() {
            if self.feed.is_held() {
                self.feed.head_moved().await;
                continue;
            }
            let Some(gap) = self.next_gap() else {
                return Ok(());
            };
            if let Outcome::Failed { error, wait } = self.load(gap).await? {
                let now = Instant::now();
                let Some((attempt, wait)) =
                    self.backoff.failed(now, wait, self.validator.is_some())
                else {
                    return Err(error);
                };
                let detail = match error {
                    Error::Unreachable(detail) => detail,
                    error => error.to_string(),
                };
                (self.on_event)(FetchEvent::Retrying { detail, attempt });
                self.pause(wait).await;
            }
        }
        Ok(())
    }

    /// Waits, unless nobody wants the bytes any more.
    async fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait;
        while !self.feed.is_over() {
            tokio::select! {
                () = self.feed.head_moved() => {}
                () = sleep_until(until) => return,
            }
        }
    }

    /// What to ask for next: the start of the file first, then what the play head misses, then the rest.
    fn next_gap(&self) -> Option<Gap> {
        let head = if self.validator.is_none() || !self.ranges {
            0
        } else {
            self.feed.head()
        };
        let gap = self.feed.gap_from(head);
        gap.filter(|gap| gap.start < self.beyond)
            .or_else(|| self.feed.gap_from(0))
    }

    /// The play head misses a byte that the request at `at`, which runs to `stop`, does not bring soon.
    pub(super) fn wants_elsewhere(&self, at: u64, stop: Option<u64>, ahead: u64) -> bool {
        if !self.ranges || self.validator.is_none() {
            return false;
        }
        let head = self.feed.head();
        let there = self.feed.contiguous_from(head);
        let needed = head.saturating_add(there);
        let ends = self.feed.len().is_some_and(|len| needed >= len) || needed >= self.beyond;
        if ends || there >= HEADROOM {
            return false;
        }
        let comes = needed >= at && needed - at <= ahead && stop.is_none_or(|stop| needed < stop);
        !comes
    }

    /// Asks for `gap` and takes what comes.
    async fn load(&mut self, gap: Gap) -> Result<Outcome, Error> {
        let asked = Instant::now();
        let answered = tokio::select! {
            biased;
            () = self.needless(gap.start, gap.loaded_at) => None,
            answered = timeout(ANSWER_LIMIT, self.ask(gap)) => Some(answered),
        };
        let (response, answer) = match answered {
            None => return self.dropped().await,
            Some(Err(_)) => return Ok(unreachable("no answer in time".to_owned())),
            Some(Ok(asked)) => match asked? {
                Ok(Asked {
                    response,
                    answer,
                    target,
                }) => {
                    self.target = target;
                    (response, answer)
                }
                Err(detail) => return Ok(unreachable(detail)),
            },
        };
        self.latency = asked.elapsed();
        match answer {
            Answer::Part { end, total } => {
                self.check(&response, total)?;
                self.opened(&response, total, true);
                self.body(response, gap.start, gap.loaded_at, Some(end))
                    .await
            }
            Answer::Whole { total, ranges } => {
                self.check(&response, total)?;
                // Asked for a later byte, the server has shown that it does not send parts, whatever it says.
                let ranges = ranges && gap.start == 0;
                self.opened(&response, total, ranges);
                self.body(response, 0, self.feed.most(), total).await
            }
            Answer::Beyond { total } => self.beyond(gap.start, total),
            Answer::Busy { error, wait } => Ok(Outcome::Failed { error, wait }),
            Answer::Fatal(error) => Err(error),
            Answer::Elsewhere(_) => Err(Error::Refused(format!(
                "it redirects more than {REDIRECTS} times"
            ))),
        }
    }

    /// Asks for what is missing there.
    async fn ask(&self, gap: Gap) -> Result<Result<Asked, String>, Error> {
        let question = Question {
            http: &self.http,
            rule: &self.rule,
            target: self.target.as_ref(),
            authorization: self.request.authorization.as_ref(),
            from: gap.start,
            to: gap.loaded_at,
            bare: self.bare && gap.start == 0,
            validator: self.validator.as_ref(),
        };
        question.ask().await
    }

    /// Ends when the request at `at` is not the one that is needed.
    async fn needless(&self, at: u64, stop: Option<u64>) {
        while !self.feed.is_over() && !self.wants_elsewhere(at, stop, self.ahead(None)) {
            self.feed.head_moved().await;
        }
    }

    /// After a request was dropped: the next follows at once, but not sooner than [`JUMP_EVERY`] after the last jump.
    pub(super) async fn dropped(&mut self) -> Result<Outcome, Error> {
        if let Some(jumped) = self.jumped {
            sleep_until(jumped + JUMP_EVERY).await;
        }
        self.jumped = Some(Instant::now());
        Ok(Outcome::Dropped)
    }

    /// How far behind the running request a byte may be and still come sooner than by a new one, at `rate` bytes a second.
    pub(super) fn ahead(&self, rate: Option<f64>) -> u64 {
        let bytes = rate.map_or(64 << 10, |rate| {
            (rate * self.latency.as_secs_f64() * 1.5) as u64
        });
        bytes.clamp(16 << 10, HEADROOM)
    }

    /// The answer must speak of the same file as the ones before.
    fn check(&self, response: &Response, total: Option<u64>) -> Result<(), Error> {
        let validator = Validator::of(response.headers());
        let other = self.validator.as_ref();
        let changed = other.is_some_and(|known| known.contradicts(&validator));
        let (total, len) = (total.unwrap_or(0), self.feed.len().unwrap_or(0));
        if changed || total > 0 && len > 0 && total != len {
            return Err(Error::Changed);
        }
        Ok(())
    }

    fn opened(&mut self, response: &Response, total: Option<u64>, ranges: bool) {
        let first = self.validator.is_none();
        if first {
            self.validator = Some(Validator::of(response.headers()));
        }
        self.ranges = ranges && self.ranges;
        if let Some(total) = total {
            self.feed.set_len(total);
        }
        if first {
            (self.on_event)(FetchEvent::Opened { len: total, ranges });
        }
    }

    /// The server says that it has nothing at `at`.
    fn beyond(&mut self, at: u64, total: Option<u64>) -> Result<Outcome, Error> {
        match (at, total, self.feed.len()) {
            (0, Some(0), _) => Err(Error::Empty),
            (0, _, _) if !self.bare => {
                self.bare = true;
                Ok(Outcome::Dropped)
            }
            (_, Some(total), Some(len)) if total != len => Err(Error::Changed),
            (0, _, _) | (_, _, Some(_)) => Err(Error::Status(416)),
            (_, Some(total), None) if self.feed.contiguous_from(0) <= total => {
                self.feed.set_len(total);
                Ok(Outcome::Done)
            }
            (_, _, None) => {
                self.beyond = at;
                if self.feed.contiguous_from(0) >= at {
                    self.feed.set_len(at);
                }
                Ok(Outcome::Done)
            }
        }
    }
}

pub(super) fn unreachable(detail: String) -> Outcome {
    Outcome::Failed {
        error: Error::Unreachable(detail),
        wait: None,
    }
}
