//! Jobs: exports, downloads and deletions, each a task beside the loop. How they go is told a few times a second, and only when it
//! changed.

mod delete;
mod desk;
mod download;
mod export;
mod places;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{self, BoxStream, StreamExt};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::app::jobs::{Came, End, Far, How, Told, Work};
use crate::app::picks::Chosen;
use crate::app::{JobId, Message};
use crate::archive::Totals;
use crate::plivo::{Asking, Client, Extent, Priority, Recording, Stopped, Sweep};

use super::account::Account;
use super::log::Log;

use desk::Desk;
pub use places::Places;

/// How long the program's end waits for what a job has under way. A deletion that is cut short is settled by the next one.
const LAST_WORK: Duration = Duration::from_secs(10);

/// The jobs under way.
#[derive(Debug)]
pub struct Jobs {
    tell: mpsc::Sender<Message>,
    log: Log,
    places: Places,
    tasks: HashMap<JobId, Task>,
    /// Told to stop when another account was opened: they finish what they have under way.
    left: Vec<JoinHandle<()>>,
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
            left: Vec::new(),
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
                } => match places.path(&to) {
                    Ok(path) => export::run(&desk, client, chosen, (path, form, replace)).await,
                    Err(why) => {
                        let came = Came::Exported { rows: 0 };
                        Some(end(came, String::new(), How::Failed(why)))
                    }
                },
                Work::Download { chosen, to } => Some(match places.path(&to) {
                    Ok(path) => download::run(&desk, (client, audit), chosen, path).await,
                    Err(why) => {
                        let came = download::came(&Totals::default());
                        end(came, String::new(), How::Failed(why))
                    }
                }),
                Work::Delete { chosen, seen } => {
                    let place = delete::Place::of(places, demo);
                    let chosen = (chosen, seen);
                    Some(delete::run(&desk, (client, audit), chosen, place, confirmed).await)
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
        self.left.retain(|work| !work.is_finished());
        for (_, task) in self.tasks.drain() {
            task.stop.send_replace(true);
            self.left.push(task.work);
        }
    }

    /// The program ends: what is under way comes to its end, as far as there is time.
    pub async fn end(&mut self) {
        self.stop_all();
        let left = std::mem::take(&mut self.left);
        let all = async {
            for work in left {
                // What panicked has ended too.
                let _ = work.await;
            }
        };
        let _ = tokio::time::timeout(LAST_WORK, all).await;
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
