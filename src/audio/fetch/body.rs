//! Taking the body of an answer, while the play head may move.

use std::time::Duration;

use reqwest::Response;
use tokio::time::{Instant, sleep_until};

use super::http::describe;
use super::task::{Outcome, Task, unreachable};
use super::{FetchEvent, sniff};
use crate::audio::event::Error;

/// Between two pieces of a body.
const STALL_LIMIT: Duration = Duration::from_secs(6);
/// Between two reports of progress.
const REPORT_EVERY: Duration = Duration::from_millis(100);
/// Bytes after which a request counts as one that works.
const WORKS: u64 = 4096;

impl Task<'_> {
    /// Takes the body, whose first byte belongs at `at`, up to `stop`, where bytes are loaded. `end` is where it should end.
    pub(super) async fn body(
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
