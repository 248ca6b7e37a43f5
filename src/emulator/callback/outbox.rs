//! The deliveries that wait and those under way: bounded tasks, each with its delay, its place in the order and its repeats.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::Utc;
use serde_json::Value;
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep, timeout};

use super::courier::Courier;
use super::parcel::Parcel;
use super::plan::{Departure, Plan};
use super::signature::Seal;
use super::target::Callback;
use super::turns::Turns;
use super::{Callbacks, Signing};
use crate::emulator::ident::mix;
use crate::emulator::log::{Delivery, Log, Outcome};
use crate::emulator::render;

/// Calls that wait for their delivery; more are refused.
const MOST_WAITING: usize = 10_000;
/// Deliveries under way at once.
const MOST_UNDER_WAY: usize = 256;
/// Answers worked out at once, so that threads stay free for those who wait for theirs.
const MOST_WORKED_OUT: usize = 2;
/// How often a delivery is sent to a receiver that fails to take it.
const ATTEMPTS: u32 = 4;
/// How long a call's own answer waits for a delivery that is to come first: its receiver may be waiting for that answer.
const LONGEST_LEAD: Duration = Duration::from_secs(2);

/// An asynchronous call that was accepted.
pub(in crate::emulator) struct Job {
    pub(in crate::emulator) api_id: String,
    pub(in crate::emulator) callback: Callback,
    pub(in crate::emulator) plan: Plan,
    /// Carries the call out and gives its answer.
    pub(in crate::emulator) work: Box<dyn FnOnce() -> Value + Send>,
}

/// Too many calls wait for their delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{MOST_WAITING} asynchronous calls wait for their delivery: take some, then call again")]
pub(in crate::emulator) struct Full;

/// All deliveries of one emulator.
#[derive(Debug)]
pub(in crate::emulator) struct Outbox {
    options: Callbacks,
    /// The account's, with which deliveries are signed.
    token: String,
    seed: u64,
    log: Arc<Log>,
    courier: Courier,
    turns: Turns,
    nonces: AtomicU64,
    waiting: Arc<Semaphore>,
    under_way: Semaphore,
    worked_out: Semaphore,
}

impl Outbox {
    /// # Errors
    /// If no HTTP client can be made.
    pub(in crate::emulator) fn new(
        options: Callbacks,
        token: String,
        seed: u64,
        log: Arc<Log>,
    ) -> io::Result<Self> {
        Ok(Self {
            options,
            token,
            seed,
            log,
            courier: Courier::new()?,
            turns: Turns::default(),
            nonces: AtomicU64::new(0),
            waiting: Arc::new(Semaphore::new(MOST_WAITING)),
            under_way: Semaphore::new(MOST_UNDER_WAY),
            worked_out: Semaphore::new(MOST_WORKED_OUT),
        })
    }

    /// Takes a job on, in a task of the runtime it is called in. It returns at once, unless the delivery is to come before
    /// the call's own answer.
    ///
    /// # Errors
    /// If too many wait: then nothing is carried out.
    pub(in crate::emulator) async fn take(self: &Arc<Self>, job: Job) -> Result<(), Full> {
        let place = Arc::clone(&self.waiting)
            .try_acquire_owned()
            .map_err(|_| Full)?;
        let early = job.plan.departure == Departure::Early;
        let turn = self.turns.take();
        let left = Arc::new(Notify::new());
        let (outbox, leaving) = (Arc::clone(self), Arc::clone(&left));
        tokio::spawn(async move {
            outbox.hold(job.plan.departure, turn).await;
            outbox.deliver(job, turn, &leaving).await;
            drop(place);
        });
        if early {
            let _ = timeout(LONGEST_LEAD, left.notified()).await;
        }
        Ok(())
    }

    async fn hold(&self, departure: Departure, turn: u64) {
        if departure != Departure::Early {
            sleep(self.options.delay).await;
        }
        if departure == Departure::Held {
            self.turns.hold(turn).await;
        }
    }

    /// Carries the call out and sends its answer as planned.
    async fn deliver(&self, job: Job, turn: u64, left: &Notify) {
        let (callback, plan) = (job.callback, job.plan);
        let answer = self.work_out(job.work, &job.api_id).await;
        let slip = Delivery {
            time: Utc::now(),
            api_id: job.api_id,
            method: callback.method.name().to_owned(),
            url: callback.url.to_string(),
            attempt: 1,
            garbage: false,
            outcome: Outcome::Lost,
            took: Duration::ZERO,
        };
        if plan.departure == Departure::Never {
            self.log.delivered(slip);
            return;
        }
        if plan.garbage {
            let parcel = Parcel::garbage(&callback, self.options.form, &answer);
            let slip = Delivery {
                garbage: true,
                ..slip.clone()
            };
            self.send(slip, &parcel, plan.signing).await;
        }
        let parcel = Parcel::new(&callback, self.options.form, &answer);
        for _ in 0..plan.copies {
            let sent = || {
                self.turns.leave(turn);
                left.notify_one();
            };
            self.send_until_taken(&slip, &parcel, plan.signing, sent)
                .await;
        }
    }

    /// Sends a parcel, and again after growing pauses while the receiver fails to take it; tells each time that it was sent.
    async fn send_until_taken(
        &self,
        slip: &Delivery,
        parcel: &Parcel,
        signing: Signing,
        sent: impl Fn(),
    ) {
        let mut pause = self.options.retry_pause;
        for attempt in 1..=ATTEMPTS {
            if attempt > 1 {
                sleep(pause).await;
                pause = pause.saturating_mul(2);
            }
            let slip = Delivery {
                attempt,
                ..slip.clone()
            };
            let taken = self.send(slip, parcel, signing).await;
            sent();
            if taken {
                break;
            }
        }
    }

    async fn work_out(&self, work: Box<dyn FnOnce() -> Value + Send>, api_id: &str) -> Value {
        let _permit = self.worked_out.acquire().await;
        tokio::task::spawn_blocking(work)
            .await
            .unwrap_or_else(|_| render::error(api_id, "internal server error"))
    }

    /// Sends a parcel once and logs how it went; false if the receiver failed to take it.
    async fn send(&self, slip: Delivery, parcel: &Parcel, signing: Signing) -> bool {
        // Never closed, so the wait ends with a permit. Held for one try only: pauses between tries keep nobody waiting.
        let _permit = self.under_way.acquire().await;
        let seal = self.seal(parcel, signing);
        let time = Utc::now();
        let started = Instant::now();
        let outcome = self.courier.send(parcel, seal.as_ref()).await;
        let taken = outcome.is_taken();
        self.log.delivered(Delivery {
            time,
            outcome,
            took: started.elapsed(),
            ..slip
        });
        taken
    }

    fn seal(&self, parcel: &Parcel, signing: Signing) -> Option<Seal> {
        let token = match signing {
            Signing::Unsigned => return None,
            Signing::Signed => Cow::Borrowed(&self.token),
            Signing::Wrong => Cow::Owned(format!("not {}", self.token)),
        };
        let n = self.nonces.fetch_add(1, Ordering::Relaxed);
        let nonce = format!("{:020}", mix(self.seed, 0x5EA1, n));
        Some(Seal::new(&token, parcel, nonce))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::super::target::Wish;
    use super::*;

    fn outbox(delay: Duration) -> Arc<Outbox> {
        let options = Callbacks {
            delay,
            ..Callbacks::default()
        };
        let log = Arc::new(Log::open(None).unwrap());
        Arc::new(Outbox::new(options, "token".to_owned(), 1, log).unwrap())
    }

    fn job(made: &Arc<AtomicUsize>) -> Job {
        let query = [("callback_url".to_owned(), "http://127.0.0.1:1/".to_owned())];
        let wish = Wish::read(&query, &Default::default(), b"").unwrap();
        let made = Arc::clone(made);
        Job {
            api_id: "x".to_owned(),
            callback: Callback::check(&wish).unwrap(),
            plan: Plan::new(Signing::Signed, &[]),
            work: Box::new(move || {
                made.fetch_add(1, Ordering::Relaxed);
                Value::Null
            }),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_too_many_is_refused_and_not_made() {
        let outbox = outbox(Duration::from_secs(60));
        let made = Arc::new(AtomicUsize::new(0));
        for _ in 0..MOST_WAITING {
            outbox.take(job(&made)).await.unwrap();
        }
        assert_eq!(outbox.take(job(&made)).await, Err(Full));
        assert_eq!(made.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn an_answer_that_cannot_be_worked_out_is_an_error() {
        let outbox = outbox(Duration::ZERO);
        let work = Box::new(|| panic!("on purpose"));
        let answer = outbox.work_out(work, "x").await;
        assert_eq!(answer["api_id"], "x");
        assert!(answer["error"].is_string());
    }
}
