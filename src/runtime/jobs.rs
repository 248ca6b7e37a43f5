//! Jobs: exports, downloads and deletions, each a task beside the loop. How they go is told a few times a second, and only when it
//! changed.

mod delete;
mod download;
mod export;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, BoxStream, StreamExt};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::app::jobs::{Came, End, Far, How, Told, Work};
use crate::app::picks::Chosen;
use crate::app::{JobId, Message};
use crate::plivo::{Asking, Client, Extent, Priority, Recording, Stopped, Sweep};

use super::account::Account;
use super::log::Log;

/// Between two tellings of how far a job is.
const AT_MOST_EVERY: Duration = Duration::from_millis(250);
/// How long the program's end waits for what a job has under way. A deletion that is cut short is settled by the next one.
const LAST_WORK: Duration = Duration::from_secs(10);

/// Where jobs may put what they keep.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// What `~/` stands for.
    pub home: Option<PathBuf>,
    /// The folder of receipts.
    pub state: Option<PathBuf>,
}

/// The jobs under way.
#[derive(Debug)]
pub struct Jobs {
    tell: mpsc::Sender<Message>,
    log: Log,
    places: Places,
    tasks: HashMap<JobId, Task>,
}

#[derive(Debug)]
struct Task {
    stop: watch::Sender<bool>,
    /// For a deletion that is still to be confirmed.
    go: Option<oneshot::Sender<()>>,
    work: JoinHandle<()>,
}

impl Jobs {
    pub fn new(tell: mpsc::Sender<Message>, log: Log) -> Self {
        Self {
            tell,
            log,
            places: Places::default(),
            tasks: HashMap::new(),
        }
    }

    pub fn keep_in(&mut self, places: Places) {
        self.places = places;
    }

    pub fn begin(&mut self, job: JobId, work: Work, account: &Account) {
        let (stop, stopped) = watch::channel(false);
        let (go, confirmed) = oneshot::channel();
        let desk = Desk {
            job,
            tell: self.tell.clone(),
            log: self.log.clone(),
            far: Arc::default(),
            stopped,
        };
        let client = account.client.clone();
        let audit = account.audit.clone();
        let places = self.places.clone();
        let demo = account.is_demo();
        let work = tokio::spawn(async move {
            let end = match work {
                Work::Export {
                    chosen,
                    to,
                    form,
                    replace,
                } => {
                    let path = places.path(&to);
                    export::run(&desk, client, chosen, (path, form, replace)).await
                }
                Work::Download { chosen, to } => {
                    Some(download::run(&desk, (client, audit), chosen, places.path(&to)).await)
                }
                Work::Delete { chosen } => {
                    let place = delete::Place::of(places, demo);
                    delete::run(&desk, (client, audit), chosen, place, confirmed).await
                }
            };
            if let Some(end) = end {
                desk.tell(Told::Ended(end)).await;
            }
        });
        let go = Some(go);
        self.tasks.insert(job, Task { stop, go, work });
    }

    /// The deletion that was planned is carried out.
    pub fn confirm(&mut self, job: JobId) {
        if let Some(go) = self.tasks.get_mut(&job).and_then(|task| task.go.take()) {
            // The task may have ended by itself.
            let _ = go.send(());
        }
    }

    /// The job stops after what is under way.
    pub fn stop(&mut self, job: JobId) {
        if let Some(task) = self.tasks.get(&job) {
            task.stop.send_replace(true);
        }
    }

    /// The app was told of this.
    pub fn told(&mut self, message: &Message) {
        if let Message::Job(job, Told::Ended(_) | Told::Exists) = message {
            self.tasks.remove(job);
        }
    }

    /// Another account is browsed from now on, and nobody looks at these any more.
    pub fn stop_all(&mut self) {
        for task in self.tasks.values() {
            task.stop.send_replace(true);
        }
        self.tasks.clear();
    }

    /// The program ends: what is under way comes to its end, as far as there is time.
    pub async fn end(&mut self) {
        let tasks: Vec<_> = self.tasks.drain().map(|(_, task)| task).collect();
        for task in &tasks {
            task.stop.send_replace(true);
        }
        let all = async {
            for task in tasks {
                // What panicked has ended too.
                let _ = task.work.await;
            }
        };
        let _ = tokio::time::timeout(LAST_WORK, all).await;
    }
}

impl Places {
    /// A place as it was typed.
    fn path(&self, typed: &str) -> PathBuf {
        let below = typed.strip_prefix("~/").or((typed == "~").then_some(""));
        match (below, &self.home) {
            (Some(below), Some(home)) => home.join(below),
            _ => PathBuf::from(typed),
        }
    }

    /// A place as people write it.
    fn shown(&self, path: &Path) -> String {
        let home = self.home.as_deref();
        match home.and_then(|home| path.strip_prefix(home).ok()) {
            Some(below) => format!("~/{}", below.display()),
            None => path.display().to_string(),
        }
    }
}

/// What a task tells by, and what it is told.
#[derive(Debug)]
struct Desk {
    job: JobId,
    tell: mpsc::Sender<Message>,
    log: Log,
    far: Arc<Mutex<Far>>,
    stopped: watch::Receiver<bool>,
}

impl Desk {
    async fn tell(&self, told: Told) {
        // Nobody listens when the loop has ended.
        let _ = self.tell.send(Message::Job(self.job, told)).await;
    }

    fn far(&self) -> MutexGuard<'_, Far> {
        self.far.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One recording failed: it is named in the log, the last one on the screen.
    fn failed(&self, recording: &crate::plivo::RecordingId, what: &str, why: String) {
        self.log.line(&format!("{what} {recording}: {why}"));
        let mut far = self.far();
        far.failed += 1;
        far.trouble = Some((recording.clone(), why));
    }

    /// Waits until somebody wants the job to stop.
    async fn stop(&self) {
        let mut stopped = self.stopped.clone();
        if stopped.wait_for(|stopped| *stopped).await.is_err() {
            // The program's end drops the sender after it has sent.
            std::future::pending::<()>().await;
        }
    }

    /// Does the work, telling meanwhile how far it is; `also` is told with it.
    async fn watch<T>(&self, also: impl Fn() -> Option<Told>, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let mut ticks = tokio::time::interval(AT_MOST_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = Far::default();
        let done = loop {
            tokio::select! {
                biased;
                done = &mut work => break done,
                _ = ticks.tick() => self.tell_far(&mut last, &also).await,
            }
        };
        self.tell_far(&mut last, &also).await;
        done
    }

    async fn tell_far(&self, last: &mut Far, also: &impl Fn() -> Option<Told>) {
        if let Some(told) = also() {
            self.tell(told).await;
        }
        let far = self.far().clone();
        if far != *last {
            last.clone_from(&far);
            self.tell(Told::Far(far)).await;
        }
    }
}

/// The chosen recordings, newest first; how many there may be is told as it becomes known.
fn recordings(
    client: Client,
    chosen: Chosen,
    far: &Arc<Mutex<Far>>,
) -> BoxStream<'static, Result<Arc<Recording>, Stopped>> {
    let far = Arc::clone(far);
    let expect = move |of| far.lock().unwrap_or_else(PoisonError::into_inner).of = of;
    let (plan, but, counted) = match chosen {
        Chosen::Rows(rows) => {
            expect(Some((rows.len() as u64, true)));
            return stream::iter(rows).map(Ok).boxed();
        }
        Chosen::All { plan, but, counted } => (plan, but, counted),
    };
    let filters = match &plan.either {
        Some(number) => plan.filter.either_number(number).into(),
        None => vec![plan.filter.clone()],
    };
    let pages = Asking {
        client,
        priority: Priority::Count,
    };
    let left_out = but.len() as u64;
    let sweep = Sweep::over(pages, filters, Extent::Added(plan.range), None);
    expect(counted.map(|rows| (rows, false)));
    let rows = sweep.stream(move |progress| {
        // What the list has counted is better than what its pages let expect.
        if counted.is_none() {
            let expected = progress.expected();
            expect(expected.map(|rows| (rows.saturating_sub(left_out), false)));
        }
    });
    let wanted = move |row: &Result<Arc<Recording>, Stopped>| {
        std::future::ready(row.as_ref().map_or(true, |row| !but.contains(&row.id)))
    };
    rows.filter(wanted).boxed()
}

fn end(came: Came, place: String, how: How) -> End {
    End { came, place, how }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_written_short_and_read_back() {
        let places = Places {
            home: Some("/home/me".into()),
            state: None,
        };
        for (typed, path, shown) in [
            ("~/calls", "/home/me/calls", "~/calls"),
            ("/tmp/x", "/tmp/x", "/tmp/x"),
            ("calls", "calls", "calls"),
            ("~me/x", "~me/x", "~me/x"),
        ] {
            assert_eq!(places.path(typed), PathBuf::from(path));
            assert_eq!(places.shown(Path::new(path)), shown);
        }
        assert_eq!(Places::default().path("~/x"), PathBuf::from("~/x"));
    }

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

    #[tokio::test]
    async fn a_job_that_is_told_to_stop_hears_it_and_no_other_way() {
        let (desk, _told, stop) = desk();
        let never = tokio::time::timeout(Duration::ZERO, desk.stop()).await;
        assert!(never.is_err());
        stop.send_replace(true);
        desk.stop().await;
    }
}
