//! What stands between a job's task and the loop: how far it is goes out, that it should stop comes in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;

use crate::app::jobs::{Far, Told};
use crate::app::{JobId, Message};
use crate::plivo::RecordingId;
use crate::runtime::log::Log;

/// Between two tellings of how far a job is.
const AT_MOST_EVERY: Duration = Duration::from_millis(250);

/// What a task tells by, and what it is told.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) job: JobId,
    pub(super) tell: mpsc::Sender<Message>,
    pub(super) log: Log,
    pub(super) far: Arc<Mutex<Far>>,
    pub(super) stopped: watch::Receiver<bool>,
}

impl Desk {
    pub(super) async fn tell(&self, told: Told) {
        // Nobody listens when the loop has ended.
        let _ = self.tell.send(Message::Job(self.job, told)).await;
    }

    pub(super) fn far(&self) -> MutexGuard<'_, Far> {
        self.far.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One recording failed: it is named in the log, the last one on the screen.
    pub(super) fn failed(&self, recording: &RecordingId, what: &str, why: String) {
        self.log.line(&format!("{what} {recording}: {why}"));
        let mut far = self.far();
        far.failed += 1;
        far.trouble = Some((recording.clone(), why));
    }

    /// Waits until somebody wants the job to stop.
    pub(super) async fn stop(&self) {
        let mut stopped = self.stopped.clone();
        if stopped.wait_for(|stopped| *stopped).await.is_err() {
            // The program's end drops the sender after it has sent.
            std::future::pending::<()>().await;
        }
    }

    /// Does the work, telling meanwhile how far it is; `also` is told with it.
    pub(super) async fn watch<T>(
        &self,
        also: impl Fn() -> Option<Told>,
        work: impl Future<Output = T>,
    ) -> T {
        let mut work = std::pin::pin!(work);
        let mut ticks = tokio::time::interval(AT_MOST_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = Far::default();
        let done = loop {
            tokio::select! {
                biased;
                done = &mut work => break done,
                // Where there is no room, the next tick tells it: the work must not wait for the screen.
                _ = ticks.tick() => {
                    if let Ok(room) = self.tell.try_reserve()
                        && let Some(told) = also()
                    {
                        room.send(Message::Job(self.job, told));
                    }
                    if let Ok(room) = self.tell.try_reserve()
                        && let Some(far) = self.news(&mut last)
                    {
                        room.send(Message::Job(self.job, Told::Far(far)));
                    }
                }
            }
        };
        if let Some(told) = also() {
            self.tell(told).await;
        }
        if let Some(far) = self.news(&mut last) {
            self.tell(Told::Far(far)).await;
        }
        done
    }

    /// How far it is, where that changed since it was told `last`.
    fn news(&self, last: &mut Far) -> Option<Far> {
        let far = self.far().clone();
        let news = far != *last;
        last.clone_from(&far);
        news.then_some(far)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> (Desk, mpsc::Receiver<Message>, watch::Sender<bool>) {
        let (tell, told) = mpsc::channel(64);
        let (stop, stopped) = watch::channel(false);
        let desk = Desk {
            job: JobId(1),
            tell,
            log: Log::default(),
            far: Arc::default(),
            stopped,
        };
        (desk, told, stop)
    }

    #[tokio::test(start_paused = true)]
    async fn how_far_it_is_is_told_a_few_times_a_second_and_only_what_changed() {
        let (desk, mut told, _stop) = desk();
        let work = async {
            for _ in 0..1_000 {
                desk.far().done += 1;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            // Nothing changes for a minute.
            tokio::time::sleep(Duration::from_secs(60)).await;
        };
        desk.watch(|| None, work).await;
        drop(desk);
        let mut far = Vec::new();
        while let Some(Message::Job(_, Told::Far(told))) = told.recv().await {
            far.push(told.done);
        }
        assert!((4..=6).contains(&far.len()), "{far:?}");
        assert_eq!(far.last(), Some(&1_000));
    }

    #[tokio::test(start_paused = true)]
    async fn work_goes_on_while_the_screen_takes_nothing_and_nothing_is_lost() {
        let (desk, mut told, _stop) = desk();
        while desk
            .tell
            .try_send(Message::Job(JobId(9), Told::Exists))
            .is_ok()
        {}
        let (done, mut worked) = tokio::sync::oneshot::channel();
        let gone = Mutex::new(vec![(crate::plivo::RecordingId::new("a"), None)]);
        let also = || {
            let gone = std::mem::take(&mut *gone.lock().unwrap());
            (!gone.is_empty()).then_some(Told::Gone(gone))
        };
        let work = async {
            for _ in 0..10 {
                tokio::time::sleep(AT_MOST_EVERY).await;
                desk.far().done += 1;
            }
            done.send(()).unwrap();
        };
        let reads = async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            assert_eq!(worked.try_recv(), Ok(()));
            let mut own = Vec::new();
            while own.len() < 2 {
                match told.recv().await {
                    Some(Message::Job(JobId(1), told)) => own.push(told),
                    Some(_) => {}
                    None => break,
                }
            }
            own
        };
        let ((), own) = tokio::join!(desk.watch(also, work), reads);
        assert!(
            matches!(&own[..], [Told::Gone(gone), Told::Far(Far { done: 10, .. })] if gone.len() == 1),
            "{own:?}"
        );
    }

    #[tokio::test]
    async fn a_job_that_is_told_to_stop_hears_it_and_no_other_way() {
        let (desk, _told, stop) = desk();
        let never = tokio::time::timeout(Duration::ZERO, desk.stop()).await;
        assert!(never.is_err());
        stop.send_replace(true);
        desk.stop().await;
    }
}
