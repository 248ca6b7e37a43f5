//! Recordings into an archive, by the engine of `callreel download`.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use futures_util::StreamExt;

use super::{Desk, end, recordings};
use crate::app::jobs::{Came, End, How};
use crate::app::picks::Chosen;
use crate::archive::{
    Download, Event, Options, Outcome, Stopped, Totals, Wanted, blocking, in_use,
};
use crate::audio::fetch::Http;
use crate::audit::Audit;
use crate::plivo::{self, Client};

pub(super) async fn run(
    desk: &Desk,
    (client, audit): (Client, Option<Audit>),
    chosen: Chosen,
    folder: PathBuf,
) -> End {
    let shown = std::path::absolute(&folder).unwrap_or_else(|_| folder.clone());
    let shown = shown.display().to_string();
    let nothing = |why: String| end(came(&Totals::default()), shown.clone(), How::Failed(why));
    let options = Options::to(folder.clone());
    let http = match Http::new() {
        Ok(http) => http,
        Err(error) => return nothing(error.to_string()),
    };
    let sender = client.clone();
    let download = match blocking(move || Download::open(sender, http, options, audit)).await {
        Ok(download) => download,
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => return nothing(in_use(&folder)),
        Err(error) => {
            return nothing(format!("the archive {shown} cannot be opened: {error}"));
        }
    };
    let totals = Mutex::new(Totals::default());
    let locked = || totals.lock().unwrap_or_else(PoisonError::into_inner);
    let on_event = |event: Event| {
        locked().count(&event);
        match event {
            Event::Listed => {}
            Event::Fetched(bytes) => desk.far().bytes += bytes,
            Event::Done { id, outcome } => {
                desk.far().done += 1;
                if let Outcome::Failed(reason) = outcome {
                    desk.failed(&id, "download", reason.to_string());
                }
            }
            Event::Notice(notice) => desk.log.line(&notice.words(&folder)),
        }
    };
    let wanted = recordings(client, chosen, &desk.far).map(|row| row.map(Wanted::Listed));
    let work = async {
        tokio::select! {
            biased;
            // What has come stays, and the next download goes on with it.
            () = desk.stop() => How::Stopped,
            ended = download.run(wanted, &on_event) => how(ended),
        }
    };
    let how = desk.watch(|| None, work).await;
    end(came(&locked()), shown, how)
}

fn how(ended: Result<(), Stopped<plivo::Stopped>>) -> How {
    match ended {
        Ok(()) => How::Complete,
        Err(stopped) => How::Failed(stopped.to_string()),
    }
}

fn came(totals: &Totals) -> Came {
    Came::Downloaded {
        archived: totals.archived,
        present: totals.present,
        no_audio: totals.no_audio,
        failed: totals.failed,
    }
}
