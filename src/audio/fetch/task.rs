//! The task that keeps the right request running.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::{self, HeaderValue};
use tokio::time::{Instant, sleep_until, timeout};

use super::answer::{self, Answer, Validator};
use super::backoff::Backoff;
use super::http::{Http, describe};
use super::link::{Hop, Rule};
use super::{FetchEvent, sniff};
use crate::audio::buffer::{Feed, Gap, HEADROOM};
use crate::audio::event::{Error, Request};

/// From the request to the answer's first line: five seconds to connect, and some to think.
const ANSWER_LIMIT: Duration = Duration::from_secs(8);
/// Between two pieces of a body.
const STALL_LIMIT: Duration = Duration::from_secs(6);
const REDIRECTS: usize = 5;
/// Between two reports of progress.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// Between two jumps, so that a held key does not open a connection for each step.
const JUMP_EVERY: Duration = Duration::from_millis(50);
/// Bytes after which a request counts as one that works.
const WORKS: u64 = 4096;

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
enum Outcome {
    /// The part asked for is here, or as much of it as the server gave.
    Done,
    /// The play head needs something else, or nobody needs anything.
    Dropped,
    Failed {
        error: Error,
        wait: Option<Duration>,
    },
}

/// Which parts of the file the server sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ranges {
    Unknown,
    Any,
    /// It sends the file from its start only.
    None,
}

struct Task<'a> {
    http: Http,
    request: Request,
    rule: Rule,
    feed: &'a Feed,
    on_event: &'a OnEvent,
    /// Where the last redirect led: asked first, since it saves a round trip with every jump.
    target: Option<Hop>,
    validator: Option<Validator>,
    ranges: Ranges,
    /// The server does not take a range that starts at 0.
    bare: bool,
    /// There is no byte here or after, where the length is not known.
    beyond: u64,
    backoff: Backoff,
    jumped: Option<Instant>,
    /// From the last request to its answer.
    latency: Duration,
    reported: Option<Instant>,
    unreported: bool,
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
            ranges: Ranges::Unknown,
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
        let head = if self.validator.is_none() || self.ranges == Ranges::None {
            0
        } else {
            self.feed.head()
        };
        let gap = self.feed.gap_from(head);
        gap.filter(|gap| gap.start < self.beyond)
            .or_else(|| self.feed.gap_from(0))
    }

    /// The play head misses a byte that the request at `at`, which runs to `stop`, does not bring soon.
    fn wants_elsewhere(&self, at: u64, stop: Option<u64>, ahead: u64) -> bool {
        if self.ranges == Ranges::None || self.validator.is_none() {
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
                Ok((response, answer, target)) => {
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
                self.opened(&response, total, Ranges::Any);
                self.body(response, gap.start, gap.loaded_at, Some(end))
                    .await
            }
            Answer::Whole { total, ranges } => {
                self.check(&response, total)?;
                // Asked for a later byte, the server has shown that it does not send parts, whatever it says.
                let ranges = if ranges && gap.start == 0 {
                    Ranges::Any
                } else {
                    Ranges::None
                };
                self.opened(&response, total, ranges);
                self.body(response, 0, None, total).await
            }
            Answer::Beyond { total } => self.beyond(gap.start, total),
            Answer::Busy { error, wait } => Ok(Outcome::Failed { error, wait }),
            Answer::Fatal(error) => Err(error),
            Answer::Elsewhere(_) => Err(Error::Refused(format!(
                "it redirects more than {REDIRECTS} times"
            ))),
        }
    }

    /// Ends when the request at `at` is not the one that is needed.
    async fn needless(&self, at: u64, stop: Option<u64>) {
        while !self.feed.is_over() && !self.wants_elsewhere(at, stop, self.ahead(None)) {
            self.feed.head_moved().await;
        }
    }

    /// After a request was dropped: the next follows at once, but not sooner than [`JUMP_EVERY`] after the last jump.
    async fn dropped(&mut self) -> Result<Outcome, Error> {
        if let Some(jumped) = self.jumped {
            sleep_until(jumped + JUMP_EVERY).await;
        }
        self.jumped = Some(Instant::now());
        Ok(Outcome::Dropped)
    }

    /// How far behind the running request a byte may be and still come sooner than by a new one, at `rate` bytes a second.
    fn ahead(&self, rate: Option<f64>) -> u64 {
        let bytes = rate.map_or(64 << 10, |rate| {
            (rate * self.latency.as_secs_f64() * 1.5) as u64
        });
        bytes.clamp(16 << 10, HEADROOM)
    }

    /// Sends the request and follows redirects. The inner error is one that may pass.
    #[expect(clippy::type_complexity, reason = "used once, right above")]
    async fn ask(
        &self,
        gap: Gap,
    ) -> Result<Result<(Response, Answer, Option<Hop>), String>, Error> {
        let start = self.rule.start();
        let mut hop = self.target.clone().unwrap_or_else(|| start.clone());
        let mut cached = self.target.is_some();
        let mut redirects = 0;
        loop {
            let response = match self.send(&hop, gap).await {
                Ok(response) => response,
                Err(error) => return Ok(Err(describe(error))),
            };
            let answer = answer::read(response.status(), response.headers(), gap.start);
            match &answer {
                // The link that a redirect gave may have run out: ask for a new one.
                Answer::Fatal(_) if cached => {
                    hop = start.clone();
                    cached = false;
                }
                Answer::Elsewhere(location) if redirects < REDIRECTS => {
                    hop = self.rule.follow(&hop, location)?;
                    redirects += 1;
                }
                _ => {
                    let target = (hop != start).then_some(hop);
                    return Ok(Ok((response, answer, target)));
                }
            }
        }
    }

    async fn send(&self, hop: &Hop, gap: Gap) -> Result<Response, reqwest::Error> {
        let mut request = self.http.client_for(&hop.url).get(hop.url.clone());
        if !(self.bare && gap.start == 0) {
            // With an end the connection is free for the next request, without one the length need not be known.
            let range = match gap.loaded_at {
                Some(end) => format!("bytes={}-{}", gap.start, end - 1),
                None => format!("bytes={}-", gap.start),
            };
            request = request.header(header::RANGE, range);
            if let Some(validator) = self.validator.as_ref().and_then(Validator::if_range) {
                request = request.header(header::IF_RANGE, validator);
            }
        }
        if let Some(secret) = self
            .request
            .authorization
            .as_ref()
            .filter(|_| hop.authorized)
            && let Ok(mut value) = HeaderValue::from_str(&secret.0)
        {
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        request.send().await
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

    fn opened(&mut self, response: &Response, total: Option<u64>, ranges: Ranges) {
        let first = self.validator.is_none();
        if first {
            self.validator = Some(Validator::of(response.headers()));
        }
        if first || ranges == Ranges::None {
            self.ranges = ranges;
        }
        if let Some(total) = total {
            self.feed.set_len(total);
        }
        if first {
            (self.on_event)(FetchEvent::Opened {
                len: total,
                ranges: ranges == Ranges::Any,
            });
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

    /// Takes the body, whose first byte belongs at `at`, up to `stop`, where bytes are loaded. `end` is where it should end.
    async fn body(
        &mut self,
        mut response: Response,
        mut at: u64,
        stop: Option<u64>,
        end: Option<u64>,
    ) -> Result<Outcome, Error> {
        let (start, started) = (at, Instant::now());
        let mut first: Vec<u8> = Vec::new();
        let mut stalls = Instant::now() + STALL_LIMIT;
        loop {
            let elapsed = started.elapsed().as_secs_f64();
            let rate = (elapsed > 0.1).then(|| (at - start) as f64 / elapsed);
            if self.feed.is_over() {
                return Ok(Outcome::Done);
            }
            if self.wants_elsewhere(at, stop, self.ahead(rate)) {
                return self.dropped().await;
            }
            let report_at = self.reported.map(|reported| reported + REPORT_EVERY);
            let chunk = tokio::select! {
                biased;
                () = self.feed.head_moved() => continue,
                chunk = response.chunk() => chunk,
                () = sleep_until(report_at.unwrap_or(stalls)), if self.unreported => {
                    self.report();
                    continue;
                }
                () = sleep_until(stalls) => {
                    return Ok(unreachable(format!("nothing came for {} s", STALL_LIMIT.as_secs())));
                }
            };
            stalls = Instant::now() + STALL_LIMIT;
            match chunk {
                Err(error) => return Ok(unreachable(describe(error))),
                Ok(None) => return self.body_ended(at, first, end),
                Ok(Some(bytes)) if at == 0 && self.feed.is_empty() => {
                    first.extend_from_slice(&bytes);
                    if first.len() < sniff::ENOUGH {
                        continue;
                    }
                    at = self.take_first(&std::mem::take(&mut first), self.feed.len())?;
                }
                Ok(Some(bytes)) => at = self.take(at, &bytes, stop)?,
            }
            if at - start >= WORKS {
                self.backoff.succeeded();
            }
            self.unreported = true;
            if report_at.is_none_or(|at| at <= Instant::now()) {
                self.report();
            }
            if stop.is_some_and(|stop| at >= stop) || self.feed.is_complete() {
                self.backoff.succeeded();
                return Ok(Outcome::Done);
            }
        }
    }

    /// Looks at the first bytes of the file before anybody sees them.
    fn take_first(&self, bytes: &[u8], total: Option<u64>) -> Result<u64, Error> {
        if let Some(error) = sniff::refuse(bytes, total) {
            return Err(error);
        }
        self.take(0, bytes, None)
    }

    /// Keeps `bytes` at `at`, up to `stop`. Where a server starts over, what is here already must be the same.
    fn take(&self, at: u64, bytes: &[u8], stop: Option<u64>) -> Result<u64, Error> {
        let room = stop.map_or(u64::MAX, |stop| stop.saturating_sub(at));
        let bytes = match usize::try_from(room) {
            Ok(room) => bytes.get(..room).unwrap_or(bytes),
            Err(_) => bytes,
        };
        if !self.feed.agrees(at, bytes) {
            return Err(Error::Changed);
        }
        self.feed.write(at, bytes)?;
        Ok(at + bytes.len() as u64)
    }

    /// The server closed the body in good order.
    fn body_ended(&mut self, at: u64, first: Vec<u8>, end: Option<u64>) -> Result<Outcome, Error> {
        let mut at = at;
        if !first.is_empty() {
            let whole = first.len() as u64;
            at = self.take_first(&first, self.feed.len().or(Some(whole)))?;
        }
        match end {
            Some(end) if at < end => {
                return Ok(unreachable("the connection was cut".to_owned()));
            }
            Some(_) => {}
            None if at == 0 => return Err(Error::Empty),
            None => self.feed.set_len(at),
        }
        self.backoff.succeeded();
        self.unreported = true;
        self.report();
        Ok(Outcome::Done)
    }

    fn report(&mut self) {
        self.reported = Some(Instant::now());
        self.unreported = false;
        let loaded = self.feed.loaded();
        (self.on_event)(FetchEvent::Progress { loaded });
    }
}

fn unreachable(detail: String) -> Outcome {
    Outcome::Failed {
        error: Error::Unreachable(detail),
        wait: None,
    }
}
