//! Recordings for good, by the engine of `callreel delete`: planned, confirmed, then carried out exactly so.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use futures_util::StreamExt;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::{Desk, Places, end, recordings};
use crate::app::criteria;
use crate::app::jobs::{Came, End, Gone, How, Planned, Told};
use crate::app::mask::Mask;
use crate::app::picks::Chosen;
use crate::app::zone::Zone;
use crate::archive::blocking;
use crate::audit::Audit;
use crate::deletion::{
    Earlier, Event, Hold, Outcome, Plan, RECEIPTS, Receipts, Run, Stopped, Totals, Who, Whole,
    in_words,
};
use crate::plivo::Client;

/// Where the receipts go.
#[derive(Debug)]
pub(super) enum Place {
    Folder {
        folder: PathBuf,
        shown: String,
    },
    /// Nothing of the embedded account is kept.
    Nowhere,
    /// There is no folder, and without receipts nothing is deleted.
    Missing,
}

impl Place {
    pub(super) fn of(places: Places, demo: bool) -> Self {
        match &places.state {
            _ if demo => Self::Nowhere,
            Some(folder) => Self::Folder {
                shown: places.shown(&folder.join(RECEIPTS)),
                folder: folder.clone(),
            },
            None => Self::Missing,
        }
    }
}

/// A plan that is shown, and where its receipts go.
struct Ready {
    plan: Plan,
    earlier: Earlier,
    source: String,
    folder: PathBuf,
    /// Gone with it.
    _temporary: Option<TempDir>,
}

/// `None`: it was given up before it was confirmed.
pub(super) async fn run(
    desk: &Desk,
    (client, audit): (Client, Option<Audit>),
    chosen: Chosen,
    place: Place,
    confirmed: oneshot::Receiver<()>,
) -> Option<End> {
    let nothing = |why| {
        Some(end(
            came(&Totals::default()),
            String::new(),
            How::Failed(why),
        ))
    };
    let (folder, shown, temporary) = match open_place(place).await {
        Ok(place) => place,
        Err(why) => return nothing(why),
    };
    let looking = desk.watch(|| None, plan(desk, &client, chosen, folder));
    let ready = tokio::select! {
        biased;
        () = desk.stop() => return None,
        ready = looking => match ready {
            Ok(ready) => Ready { _temporary: temporary, ..ready },
            Err(why) => return nothing(why),
        },
    };
    let planned = planned(&ready, shown.clone());
    desk.tell(Told::Planned(Box::new(planned))).await;
    tokio::select! {
        biased;
        () = desk.stop() => return None,
        go = confirmed => go.ok()?,
    }
    *desk.far() = Default::default();
    Some(carry_out(desk, (client, audit), ready, shown).await)
}

/// The folder of the receipts, and how it is called on the screen.
async fn open_place(place: Place) -> Result<(PathBuf, String, Option<TempDir>), String> {
    match place {
        Place::Folder { folder, shown } => Ok((folder, shown, None)),
        Place::Nowhere => {
            let made = blocking(tempfile::tempdir).await;
            let made = made.map_err(|error| format!("no receipt can be written: {error}"))?;
            let words = "none are kept of the demo account".to_owned();
            Ok((made.path().to_owned(), words, Some(made)))
        }
        Place::Missing => Err(
            "HOME is not set, so that there is no place for receipts, and without them nothing is deleted"
                .to_owned(),
        ),
    }
}

/// Finds out what is meant, exactly.
async fn plan(
    desk: &Desk,
    client: &Client,
    chosen: Chosen,
    folder: PathBuf,
) -> Result<Ready, String> {
    let source = source(&chosen);
    let account = client.credentials().id().as_str().to_owned();
    let (at, name) = (folder.clone(), account.clone());
    let earlier = blocking(move || Receipts::look(&at, RECEIPTS, &name))
        .await
        .map_err(|error| unreadable(&error))?;
    let mut plan = Plan::default();
    let hold = Hold::default();
    let mut rows = recordings(client.clone(), chosen, &desk.far);
    while let Some(row) = rows.next().await {
        let row = row.map_err(|stopped| {
            format!("how many there are is not known exactly, since the list broke off: {stopped}")
        })?;
        plan.add(&row, &hold);
        desk.far().done += 1;
    }
    plan.without(&earlier.done);
    Ok(Ready {
        plan,
        earlier,
        source,
        folder,
        _temporary: None,
    })
}

/// What was chosen, in words, for the receipts.
fn source(chosen: &Chosen) -> String {
    let (plan, but) = match chosen {
        Chosen::Rows(rows) => {
            let ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
            return in_words(&ids, "marked");
        }
        Chosen::All { plan, but, .. } => (plan, but),
    };
    // Receipts are for auditors: nothing is hidden in them.
    let open = Mask::new(false, 0);
    let range = criteria::range_label(&plan.range, &Zone::utc());
    let calls = criteria::calls(&plan.filter, plan.either.as_deref(), &open);
    let words = format!("{range} · {calls}");
    if but.is_empty() {
        return words;
    }
    let left_out: Vec<_> = but.iter().cloned().collect();
    format!("{words} · but {}", in_words(&left_out, "left out"))
}

fn planned(ready: &Ready, receipts: String) -> Planned {
    let plan = &ready.plan;
    let (length, unknown) = plan.length();
    let span = plan.span();
    Planned {
        count: plan.count(),
        length,
        unknown,
        oldest: span.map(|(oldest, _)| oldest),
        newest: span.map(|(_, newest)| newest),
        done: plan.done,
        unsettled: ready.earlier.unsettled.len() as u64,
        unnamed: plan.unnamed,
        takes: plan.takes(),
        receipts,
    }
}

/// Deletes what was confirmed. What is under way when it is stopped comes to its receipt first.
async fn carry_out(
    desk: &Desk,
    (client, audit): (Client, Option<Audit>),
    ready: Ready,
    shown: String,
) -> End {
    let totals = Mutex::new(Totals::default());
    let locked = || totals.lock().unwrap_or_else(PoisonError::into_inner);
    let gone: Mutex<Vec<Gone>> = Mutex::default();
    let gone_now = || std::mem::take(&mut *gone.lock().unwrap_or_else(PoisonError::into_inner));
    let targets = ready.plan.targets.iter();
    let times: HashMap<_, _> = targets
        .map(|target| (target.id.clone(), target.added))
        .collect();
    let on_event = |event: Event| {
        let (done, settled) = match event {
            Event::Settled(done) => (done, true),
            Event::Done(done) => (done, false),
        };
        if !settled {
            locked().count(done.outcome);
            desk.far().done += 1;
        }
        match done.outcome {
            Outcome::Deleted | Outcome::Gone => {
                let added = times.get(&done.id).copied().flatten();
                let mut gone = gone.lock().unwrap_or_else(PoisonError::into_inner);
                gone.push((done.id, added));
            }
            Outcome::Kept => {
                let why = done.why.unwrap_or_default();
                desk.failed(&done.id, "not deleted", why);
            }
            Outcome::Held => {}
        }
    };
    let work = async {
        let who = Who::here(None, client.credentials().id());
        let folder = ready.folder.clone();
        let opened = blocking(move || Receipts::open(&folder, RECEIPTS, who)).await;
        let (receipts, earlier) = opened.map_err(|error| How::Failed(unreadable(&error)))?;
        if earlier != ready.earlier {
            let why = "another run has deleted recordings meanwhile: look again";
            return Err(How::Failed(why.to_owned()));
        }
        let run = Run::new(client, receipts, audit);
        let settled = run.settle(earlier.unsettled, &on_event).await;
        let settled: HashSet<String> = settled.map_err(how)?;
        let mut plan = ready.plan.clone();
        plan.without(&settled);
        let whole = Whole {
            source: ready.source.clone(),
            // Its recordings are named one by one: no time is in that.
            asked: chrono::Utc::now(),
            count: ready.plan.count(),
            before: ready.plan.count() - plan.count(),
        };
        desk.far().of = Some((plan.count(), true));
        let ended = run.delete(&plan, whole, &desk.stopped, &on_event).await;
        ended.map_err(how)
    };
    let also = || {
        Some(gone_now())
            .filter(|gone| !gone.is_empty())
            .map(Told::Gone)
    };
    let ended = desk.watch(also, work).await;
    let totals = *locked();
    let how = ended.err().unwrap_or(How::Complete);
    end(came(&totals), format!("receipts: {shown}"), how)
}

fn how(stopped: Stopped) -> How {
    match stopped {
        Stopped::Told => How::Stopped,
        Stopped::Api(_) | Stopped::Disk(_) | Stopped::Audit(_) => How::Failed(stopped.to_string()),
    }
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::WouldBlock => {
            "another run is deleting by the same receipts: wait until it has ended".to_owned()
        }
        _ => format!("the receipts cannot be used, and without them nothing is deleted: {error}"),
    }
}

fn came(totals: &Totals) -> Came {
    Came::Deleted {
        deleted: totals.deleted,
        gone: totals.gone,
        kept: totals.kept,
    }
}
