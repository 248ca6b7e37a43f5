//! When a failed GET is worth another try, and after how long. A DELETE never is: nobody can tell whether it was done.

use std::time::Duration;

use tokio::time::Instant;

use super::error::Error;

/// How stubborn the client is about one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries in all, the first one too.
    pub attempts: u32,
    /// No try begins later than this after the first.
    pub total: Duration,
    /// The wait before the second try; it doubles from there. What is waited is between half of it and all of it.
    pub first: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            total: Duration::from_secs(60),
            first: Duration::from_millis(500),
        }
    }
}

/// The tries of one request.
#[derive(Debug)]
pub(super) struct Retries {
    policy: RetryPolicy,
    made: u32,
    first: Option<Instant>,
}

impl Retries {
    pub(super) fn new(policy: RetryPolicy) -> Self {
        Self {
            policy,
            made: 0,
            first: None,
        }
    }

    /// A try begins now. Waiting in the queue before the first one does not count.
    pub(super) fn begin(&mut self, now: Instant) {
        self.first.get_or_insert(now);
        self.made = self.made.saturating_add(1);
    }

    /// How long to wait before trying again after `error`; `named` is the time that the server asked for. `None` to give up.
    pub(super) fn after(
        &self,
        error: &Error,
        named: Option<Duration>,
        now: Instant,
    ) -> Option<Duration> {
        if !is_transient(error) {
            return None;
        }
        let wait = named.unwrap_or_else(|| self.backoff());
        self.allows(wait, now).then_some(wait)
    }

    /// Whether one more try may begin after this wait.
    pub(super) fn allows(&self, wait: Duration, now: Instant) -> bool {
        let spent = self
            .first
            .map_or(Duration::ZERO, |first| now.saturating_duration_since(first));
        self.made < self.policy.attempts && spent.saturating_add(wait) <= self.policy.total
    }

    fn backoff(&self) -> Duration {
        let doublings = 2_u32.saturating_pow(self.made.saturating_sub(1));
        let longest = self.policy.first.saturating_mul(doublings);
        longest
            .min(self.policy.total)
            .mul_f64(0.5 + 0.5 * fastrand::f64())
    }
}

/// Whether the same request may well succeed in a moment.
fn is_transient(error: &Error) -> bool {
    matches!(
        error,
        Error::RateLimited { .. }
            | Error::Server { .. }
            | Error::TimedOut { .. }
            | Error::Cut { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut() -> Error {
        Error::Cut {
            host: "h".into(),
            detail: "d".into(),
        }
    }

    /// The waits until it gives up, if every try fails at once.
    fn waits(policy: RetryPolicy, error: &Error, named: Option<Duration>) -> Vec<Duration> {
        let mut retries = Retries::new(policy);
        let mut now = Instant::now();
        let mut waits = Vec::new();
        loop {
            retries.begin(now);
            match retries.after(error, named, now) {
                Some(wait) => waits.push(wait),
                None => return waits,
            }
            now += waits[waits.len() - 1];
        }
    }

    #[tokio::test(start_paused = true)]
    async fn waits_double_with_chance_and_tries_are_bounded() {
        for _ in 0..50 {
            let waits = waits(RetryPolicy::default(), &cut(), None);
            assert_eq!(waits.len(), 3);
            for (wait, most) in waits.iter().zip([500, 1000, 2000]) {
                assert!((most / 2..=most).contains(&wait.as_millis()), "{waits:?}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_try_begins_after_the_total() {
        let policy = RetryPolicy {
            attempts: u32::MAX,
            ..RetryPolicy::default()
        };
        let waited: Duration = waits(policy, &cut(), None).iter().sum();
        assert!(
            waited <= policy.total && waited > policy.total / 4,
            "{waited:?}"
        );
        assert_eq!(
            waits(policy, &cut(), Some(Duration::from_secs(25))).len(),
            2
        );
        assert!(waits(policy, &cut(), Some(Duration::MAX)).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_may_heal_is_tried_again() {
        let message = String::new;
        for error in [
            Error::BadRequest {
                message: message(),
                api_id: None,
            },
            Error::Unauthorized {
                message: message(),
                api_id: None,
            },
            Error::Forbidden {
                status: 403,
                message: message(),
                api_id: None,
            },
            Error::NotFound {
                message: message(),
                api_id: None,
            },
            Error::Status {
                status: 302,
                message: message(),
                api_id: None,
            },
            Error::Malformed { detail: message() },
            Error::Unreachable {
                host: message(),
                detail: message(),
            },
        ] {
            assert!(
                waits(RetryPolicy::default(), &error, None).is_empty(),
                "{error:?}"
            );
        }
        for error in [
            cut(),
            Error::Server {
                status: 503,
                message: message(),
                api_id: None,
            },
            Error::TimedOut {
                host: message(),
                after: Duration::ZERO,
            },
            Error::RateLimited {
                retry_after: None,
                message: message(),
                api_id: None,
            },
        ] {
            assert_eq!(
                waits(RetryPolicy::default(), &error, None).len(),
                3,
                "{error:?}"
            );
        }
    }
}
