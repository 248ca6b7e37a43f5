//! Deletes what a plan says, one after the other.

use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use crate::archive::blocking;
use crate::audit::deed::Answer;
use crate::audit::{self, Audit, Deed, Entry, Head};
use crate::plivo::{Client, Deleted, Error, Priority, RecordingId};

use super::plan::{Plan, Target};
use super::receipt::{About, Outcome, Receipts, Whole};

/// How often one deletion is asked for.
const TRIES: u32 = 4;
/// The wait before it is asked for again; it doubles from there.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Why a recording is neither deleted nor looked for.
const NO_ADDRESS: &str = "its id cannot be named to the API";

/// What became of one recording, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub id: RecordingId,
    pub outcome: Outcome,
    /// What the API said, where it is not deleted.
    pub why: Option<String>,
}

/// What a run tells while it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A deletion that an earlier run had begun is settled.
    Settled(Done),
    Done(Done),
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub deleted: u64,
    /// Were gone already.
    pub gone: u64,
    /// Are still there.
    pub kept: u64,
    pub held: u64,
}

impl Totals {
    /// Counts one.
    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Deleted => self.deleted += 1,
            Outcome::Gone => self.gone += 1,
            Outcome::Kept => self.kept += 1,
            Outcome::Held => self.held += 1,
        }
    }
}

/// Why a run ended before its end. The next one goes on.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The API does not take any more.
    #[error(transparent)]
    Api(#[from] Error),
    /// Without receipts nothing is deleted.
    #[error("the receipts cannot be written: {0}")]
    Disk(#[from] io::Error),
    /// Nothing is deleted that cannot be logged.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// Somebody said so.
    #[error("stopped")]
    Told,
}

/// A run.
#[derive(Debug)]
pub struct Run {
    client: Client,
    receipts: Arc<Mutex<Receipts>>,
    audit: Option<Audit>,
    /// The run's name in the receipts.
    name: String,
}

impl Run {
    /// `audit`: where it is logged, if it is.
    pub fn new(client: Client, receipts: Receipts, audit: Option<Audit>) -> Self {
        Self {
            client,
            audit,
            name: receipts.run().to_owned(),
            receipts: Arc::new(Mutex::new(receipts)),
        }
    }

    /// Finds out what became of deletions that an earlier run had begun, and writes their receipts. Gives those that are
    /// deleted.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn settle(
        &self,
        unsettled: Vec<About>,
        on_event: &(dyn Fn(Event) + Sync),
    ) -> Result<HashSet<String>, Stopped> {
        let mut deleted = HashSet::new();
        self.look_at_log().await?;
        for about in unsettled {
            let id = RecordingId::new(about.id.clone());
            let mut about = About {
                why: Some("an earlier run ended before its answer came".to_owned()),
                ..about
            };
            self.look(&id, &mut about).await?;
            let outcome = match about.check {
                Some(404) => Outcome::Deleted,
                _ => Outcome::Kept,
            };
            if outcome.is_done() {
                deleted.insert(id.to_string());
            }
            on_event(Event::Settled(self.finish(id, about, outcome).await?));
        }
        Ok(deleted)
    }

    /// Deletes what is planned, until `stop` says true; the deletion that is under way then is finished first.
    ///
    /// # Errors
    /// [`Stopped`]; what was told of by then is deleted, and has its receipt.
    pub async fn delete(
        &self,
        plan: &Plan,
        whole: Whole,
        stop: &watch::Receiver<bool>,
        on_event: &(dyn Fn(Event) + Sync),
    ) -> Result<(), Stopped> {
        self.look_at_log().await?;
        self.write(move |receipts| receipts.begin_run(&whole))
            .await?;
        for held in &plan.held {
            let id = held.target.id.clone();
            let done = self.receipt(id, About::held(held), Outcome::Held).await?;
            on_event(Event::Done(done));
        }
        for target in &plan.targets {
            if *stop.borrow() {
                return Err(Stopped::Told);
            }
            let about = About::of(target);
            let proof = target.clone();
            if let Err(flaw) = blocking(move || Ok(proof.prove())).await? {
                let about = About {
                    why: Some(format!("its archived files do not verify any more: {flaw}")),
                    ..about
                };
                let done = self
                    .receipt(target.id.clone(), about, Outcome::Kept)
                    .await?;
                on_event(Event::Done(done));
                continue;
            }
            let run = self.name.clone();
            self.log(&about, Deed::Deleting { run }).await?;
            self.write(move |receipts| receipts.begin(about)).await?;
            on_event(Event::Done(self.one(target).await?));
        }
        self.write(Receipts::end_run).await
    }

    async fn one(&self, target: &Target) -> Result<Done, Stopped> {
        let (id, mut about) = (&target.id, About::of(target));
        if !id.has_address() {
            about.why = Some(NO_ADDRESS.to_owned());
            return self.finish(id.clone(), about, Outcome::Kept).await;
        }
        let (mut tries, mut unsure) = (0, false);
        let outcome = loop {
            tries += 1;
            match self.client.delete_answered(id).await {
                Ok(Deleted { status, api_id }) => {
                    (about.status, about.api_id) = (Some(status), api_id);
                    break self.check(id, &mut about, tries).await?;
                }
                Err(Error::NotFound { api_id, .. }) => {
                    (about.status, about.check) = (Some(404), Some(404));
                    about.check_api_id.clone_from(&api_id);
                    about.api_id = api_id;
                    // What was lost may have been the answer of the try before.
                    break match unsure {
                        true => Outcome::Deleted,
                        false => Outcome::Gone,
                    };
                }
                Err(error) => {
                    note(&mut about, &error);
                    unsure |= may_be_done(&error);
                    match self.after(id, &mut about, error, (tries, unsure)).await? {
                        Some(outcome) => break outcome,
                        None => wait(tries).await,
                    }
                }
            }
        };
        self.finish(id.clone(), about, outcome).await
    }

    /// What a deletion that failed has come to; `None` to ask for it again. `unsure`: one of its tries may have been carried out.
    async fn after(
        &self,
        id: &RecordingId,
        about: &mut About,
        error: Error,
        (tries, unsure): (u32, bool),
    ) -> Result<Option<Outcome>, Stopped> {
        match error {
            // The deletion stays begun: the next run settles it.
            Error::Unauthorized { .. } if unsure => Err(error.into()),
            Error::RateLimited { .. } | Error::Unreachable { .. } if unsure && tries >= TRIES => {
                Err(error.into())
            }
            // Nothing was done, and nothing will be.
            Error::Unauthorized { .. } => {
                self.finish(id.clone(), about.clone(), Outcome::Kept)
                    .await?;
                Err(error.into())
            }
            // Refused, so that it was not done; the gate waits as long as it takes.
            Error::RateLimited { .. } if tries < TRIES => Ok(None),
            Error::Unreachable { .. } if tries < TRIES => Ok(None),
            Error::RateLimited { .. } | Error::Unreachable { .. } => {
                self.finish(id.clone(), about.clone(), Outcome::Kept)
                    .await?;
                Err(error.into())
            }
            error if may_be_done(&error) => {
                self.look(id, about).await?;
                Ok(match about.check {
                    Some(404) => Some(Outcome::Deleted),
                    _ if tries < TRIES => None,
                    _ => Some(Outcome::Kept),
                })
            }
            _ if unsure => {
                self.look(id, about).await?;
                Ok(Some(match about.check {
                    Some(404) => Outcome::Deleted,
                    _ => Outcome::Kept,
                }))
            }
            _ => Ok(Some(Outcome::Kept)),
        }
    }

    /// After a deletion that was carried out: whether it is gone. Some servers need a moment.
    async fn check(
        &self,
        id: &RecordingId,
        about: &mut About,
        tries: u32,
    ) -> Result<Outcome, Stopped> {
        for again in tries..tries + TRIES {
            self.look(id, about).await?;
            if about.check == Some(404) {
                about.why = None;
                return Ok(Outcome::Deleted);
            }
            if again + 1 < tries + TRIES {
                wait(again).await;
            }
        }
        about.why = Some("the server said that it is deleted, and still has it".to_owned());
        Ok(Outcome::Kept)
    }

    /// Asks whether a recording is there.
    async fn look(&self, id: &RecordingId, about: &mut About) -> Result<(), Stopped> {
        if !id.has_address() {
            // Nobody was asked, so that this says nothing of the recording.
            (about.check, about.why) = (None, Some(NO_ADDRESS.to_owned()));
            return Ok(());
        }
        match self.client.get(id, Priority::Visible).await {
            Ok(recording) => {
                about.check = Some(200);
                let api_id = recording.raw.get("api_id").and_then(|id| id.as_str());
                about.check_api_id = api_id.map(str::to_owned);
                Ok(())
            }
            Err(Error::NotFound { api_id, .. }) => {
                (about.check, about.check_api_id) = (Some(404), api_id);
                Ok(())
            }
            // The deletion stays begun: the next run settles it.
            Err(error) => Err(error.into()),
        }
    }

    /// Logs what became of a deletion that was begun, and writes its receipt.
    async fn finish(
        &self,
        id: RecordingId,
        about: About,
        outcome: Outcome,
    ) -> Result<Done, Stopped> {
        let answer = Answer {
            run: self.name.clone(),
            status: about.status,
            api_id: about.api_id.clone(),
            check: about.check,
        };
        let deed = match outcome {
            Outcome::Deleted => Deed::Deleted(answer),
            Outcome::Gone | Outcome::Kept | Outcome::Held => Deed::NotDeleted(answer),
        };
        self.log(&about, deed).await?;
        self.receipt(id, about, outcome).await
    }

    async fn receipt(
        &self,
        id: RecordingId,
        about: About,
        outcome: Outcome,
    ) -> Result<Done, Stopped> {
        let about = About {
            outcome: Some(outcome),
            ..about
        };
        let why = about.why.clone();
        self.write(move |receipts| receipts.receipt(about)).await?;
        Ok(Done { id, outcome, why })
    }

    /// Finds out whether it can be logged, before anything is done.
    async fn look_at_log(&self) -> Result<(), Stopped> {
        if let Some(audit) = &self.audit {
            self.hold(audit.ready_beside().await?);
        }
        Ok(())
    }

    /// Logs what is done, or about to be; the lines of receipts that follow hold the log's new head.
    async fn log(&self, about: &About, deed: Deed) -> Result<(), Stopped> {
        let Some(audit) = &self.audit else {
            return Ok(());
        };
        let entry = Entry {
            recording: RecordingId::new(about.id.clone()),
            added: about.added(),
            deed,
        };
        self.hold(audit.append_beside(entry).await?);
        Ok(())
    }

    fn hold(&self, head: Head) {
        let receipts = self.receipts.lock();
        receipts.unwrap_or_else(PoisonError::into_inner).hold(head);
    }

    async fn write(
        &self,
        line: impl FnOnce(&mut Receipts) -> io::Result<()> + Send + 'static,
    ) -> Result<(), Stopped> {
        let receipts = Arc::clone(&self.receipts);
        let written =
            blocking(move || line(&mut receipts.lock().unwrap_or_else(PoisonError::into_inner)));
        Ok(written.await?)
    }
}

/// Whether nobody knows if a deletion that failed so was done.
fn may_be_done(error: &Error) -> bool {
    matches!(
        error,
        Error::TimedOut { .. } | Error::Cut { .. } | Error::Malformed { .. } | Error::Server { .. }
    )
}

/// What the API said, for the receipt.
fn note(about: &mut About, error: &Error) {
    about.status = error.status();
    about.api_id = error.api_id().map(str::to_owned);
    about.why = Some(error.to_string());
}

async fn wait(tries: u32) {
    let longest = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1).min(5)));
    sleep(longest.mul_f64(0.5 + 0.5 * fastrand::f64())).await;
}
