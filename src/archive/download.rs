//! Downloads recordings into an archive, several at a time.

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, StreamExt};

use crate::audio::fetch::Http;
use crate::audio::{self};
use crate::audit::{self, Audit};
use crate::plivo::{self, Client, Priority, Recording, RecordingId, media};

use super::blocking;
use super::fetch::{Missed, fetch};
use super::part::Part;
use super::sealed::{Sealed, Unsealed};
use super::shelf::{Had, Notice, Shelf};
use super::template::Template;

/// What the API says is longer than this has sound.
const INSTANT: Duration = Duration::from_secs(1);

/// Where recordings go, and how.
#[derive(Debug, Clone)]
pub struct Options {
    pub folder: PathBuf,
    pub template: Template,
    /// Believe the manifest and a file's length, instead of reading every file that is there.
    pub skip_existing: bool,
    /// Recordings under way at a time.
    pub parallel: NonZeroUsize,
}

impl Options {
    /// Into `folder`, under the usual names, four at a time.
    pub fn to(folder: PathBuf) -> Self {
        Self {
            folder,
            template: Template::default(),
            skip_existing: false,
            parallel: NonZeroUsize::MIN.saturating_add(3),
        }
    }
}

/// A recording to download.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// As a list gave it.
    Listed(Arc<Recording>),
    /// Still to be asked for.
    Id(RecordingId),
}

impl Wanted {
    fn id(&self) -> &RecordingId {
        match self {
            Self::Listed(recording) => &recording.id,
            Self::Id(id) => id,
        }
    }
}

/// What became of one recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was fetched, or what was missing of it.
    Archived {
        bytes: u64,
    },
    /// It was there already.
    Present {
        bytes: u64,
    },
    /// There is no sound in it, for this reason. Its sidecar is in the archive.
    NoAudio(String),
    Failed(Reason),
}

/// Why one recording is not in the archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error(transparent)]
    Api(plivo::Error),
    #[error(transparent)]
    Media(audio::Error),
    #[error(transparent)]
    Link(media::MediaRefused),
    #[error("the media server asks for fewer requests (429), and went on doing so")]
    RateLimited,
    #[error("the call is still being recorded: download it when it has ended")]
    StillRecording,
    #[error(
        "its {bytes} bytes came, and no sound is found in them: they are kept in its .part file; remove that to fetch them anew"
    )]
    Unheard { bytes: u64 },
    #[error("its file, kept as .part, cannot be measured: {0}")]
    Broken(String),
    #[error("it cannot be put into the archive: {0}")]
    Place(String),
}

/// What a download tells while it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// One more recording is to be downloaded.
    Listed,
    /// Bytes have come to the disk.
    Fetched(u64),
    /// This recording is done with.
    Done {
        id: RecordingId,
        outcome: Outcome,
    },
    Notice(Notice),
}

/// What came of it all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Recordings that were to be downloaded.
    pub listed: u64,
    /// Recordings whose sound is in the archive now.
    pub archived: u64,
    /// Of these, those that were there before.
    pub present: u64,
    pub no_audio: u64,
    pub failed: u64,
    /// Bytes of the sound that is in the archive now.
    pub bytes: u64,
    /// Bytes that were fetched.
    pub fetched: u64,
}

impl Totals {
    /// Counts an event.
    pub fn count(&mut self, event: &Event) {
        match event {
            Event::Listed => self.listed += 1,
            Event::Fetched(bytes) => self.fetched += bytes,
            Event::Done { outcome, .. } => match outcome {
                Outcome::Archived { bytes } => {
                    self.archived += 1;
                    self.bytes += bytes;
                }
                Outcome::Present { bytes } => {
                    self.archived += 1;
                    self.present += 1;
                    self.bytes += bytes;
                }
                Outcome::NoAudio(_) => self.no_audio += 1,
                Outcome::Failed(_) => self.failed += 1,
            },
            Event::Notice(_) => {}
        }
    }
}

/// Why a download stopped before its end. What came is in the archive, and the next run goes on.
#[derive(Debug, thiserror::Error)]
pub enum Stopped<E> {
    /// What is to be downloaded could not be found out, as far as it goes.
    #[error(transparent)]
    Listing(E),
    /// The credentials were refused.
    #[error(transparent)]
    Api(plivo::Error),
    /// The archive cannot be written.
    #[error("the archive cannot be written: {0}")]
    Disk(io::Error),
    /// Nothing is downloaded that cannot be logged.
    #[error(transparent)]
    Audit(audit::Error),
}

/// An archive that is open for more. Clones are the same.
#[derive(Debug, Clone)]
pub struct Download {
    client: Client,
    http: Http,
    shelf: Arc<Shelf>,
    options: Options,
    audit: Option<Audit>,
}

impl Download {
    /// Opens the archive. Waits for the disk. `audit`: where it is logged what is downloaded, if it is.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when another program has it open, else as the system says.
    pub fn open(
        client: Client,
        http: Http,
        options: Options,
        audit: Option<Audit>,
    ) -> io::Result<Self> {
        let account = client.credentials().id().as_str();
        let shelf = Shelf::open(&options.folder, options.template.clone(), account)?;
        Ok(Self {
            shelf: Arc::new(shelf),
            client,
            http,
            options,
            audit,
        })
    }

    /// Downloads what `wanted` gives, several at a time, and tells `on_event` how it goes. Dropping the future breaks it off:
    /// what has come stays for the next run.
    ///
    /// # Errors
    /// [`Stopped`]. When the listing fails, all that was listed is downloaded first.
    pub async fn run<E>(
        &self,
        wanted: impl Stream<Item = Result<Wanted, E>>,
        on_event: &(dyn Fn(Event) + Sync),
    ) -> Result<(), Stopped<E>> {
        self.tell_notices(on_event);
        let work = wanted.map(|wanted| async {
            let wanted = wanted.map_err(Stopped::Listing)?;
            on_event(Event::Listed);
            let id = wanted.id().clone();
            let outcome = self
                .one(wanted, on_event)
                .await
                .map_err(|stop| match stop {
                    Stop::Api(error) => Stopped::Api(error),
                    Stop::Audit(error) => Stopped::Audit(error),
                    Stop::Disk(error) => Stopped::Disk(error),
                })?;
            self.tell_notices(on_event);
            on_event(Event::Done { id, outcome });
            Ok(())
        });
        let mut work = std::pin::pin!(work.buffer_unordered(self.options.parallel.get()));
        let mut listing = Ok(());
        while let Some(done) = work.next().await {
            match done {
                Err(stopped @ Stopped::Listing(_)) => listing = Err(stopped),
                done => done?,
            }
        }
        listing
    }

    fn tell_notices(&self, on_event: &(dyn Fn(Event) + Sync)) {
        for notice in self.shelf.take_notices() {
            on_event(Event::Notice(notice));
        }
    }

    async fn one(
        &self,
        wanted: Wanted,
        on_event: &(dyn Fn(Event) + Sync),
    ) -> Result<Outcome, Stop> {
        if self.options.skip_existing {
            let (shelf, id) = (Arc::clone(&self.shelf), wanted.id().clone());
            let here = blocking(move || Ok(shelf.seems_here(id.as_str()))).await?;
            match here {
                Some(Had::Here(bytes)) => return Ok(Outcome::Present { bytes }),
                Some(Had::Silent(why)) => return Ok(Outcome::NoAudio(why)),
                Some(Had::Missing(_)) | None => {}
            }
        }
        let recording = match wanted {
            Wanted::Listed(recording) => recording,
            Wanted::Id(id) => match self.client.get(&id, Priority::Detail).await {
                Ok(recording) => Arc::new(recording),
                Err(error @ plivo::Error::Unauthorized { .. }) => return Err(Stop::Api(error)),
                Err(error) => return Ok(Outcome::Failed(Reason::Api(error))),
            },
        };
        let (shelf, sought) = (Arc::clone(&self.shelf), Arc::clone(&recording));
        match blocking(move || shelf.look(&sought)).await {
            Ok(Had::Here(bytes)) => Ok(Outcome::Present { bytes }),
            Ok(Had::Silent(why)) => Ok(Outcome::NoAudio(why)),
            Ok(Had::Missing(part)) => self.fetch(recording, part, on_event).await,
            // A link or a file of somebody else stands in the way of this one alone.
            Err(error) if is_local(&error) => Ok(Outcome::Failed(Reason::Place(error.to_string()))),
            Err(error) => Err(Stop::Disk(error)),
        }
    }

    async fn fetch(
        &self,
        recording: Arc<Recording>,
        part: Box<Part>,
        on_event: &(dyn Fn(Event) + Sync),
    ) -> Result<Outcome, Stop> {
        // What is there by now is not what will be there.
        if recording.is_still_recording() {
            return Ok(Outcome::Failed(Reason::StillRecording));
        }
        let Some(url) = recording.url.as_deref() else {
            return self.silent(recording, audio::Error::NoUrl).await;
        };
        let media = match self.client.media(url) {
            Ok(media) => media,
            Err(refused) => return Ok(Outcome::Failed(Reason::Link(refused))),
        };
        if let Some(audit) = &self.audit {
            audit.ready_beside().await?;
        }
        let fetched = |bytes| on_event(Event::Fetched(bytes));
        let http = self.http.clone();
        let part = match fetch(http, media, self.client.limiter(), part, &fetched).await {
            Ok(part) => part,
            Err(Missed::Media(error @ (audio::Error::Empty | audio::Error::HeaderOnly))) => {
                return self.silent(recording, error).await;
            }
            Err(Missed::Media(error)) => return Ok(Outcome::Failed(Reason::Media(error))),
            Err(Missed::RateLimited) => return Ok(Outcome::Failed(Reason::RateLimited)),
            Err(Missed::Disk(error)) => return Err(Stop::Disk(error)),
        };
        let (shelf, kept) = (Arc::clone(&self.shelf), Arc::clone(&recording));
        let audit = self.audit.clone();
        let kept = blocking(move || match Sealed::of(*part)? {
            Ok(sealed) => shelf.keep(&kept, sealed, audit.as_ref()).map(Ok),
            Err(error) => Ok(Err(error)),
        });
        let kept = match kept.await? {
            Ok(kept) => Ok(kept?),
            Err(unsealed) => Err(unsealed),
        };
        match kept {
            Ok(bytes) => Ok(Outcome::Archived { bytes }),
            Err(Unsealed::Silent(error)) => self.silent(recording, error).await,
            Err(Unsealed::Unheard { bytes }) => Ok(Outcome::Failed(Reason::Unheard { bytes })),
            Err(Unsealed::Broken(words)) => Ok(Outcome::Failed(Reason::Broken(words))),
        }
    }

    /// There is no sound, which is what is archived where that can be.
    async fn silent(
        &self,
        recording: Arc<Recording>,
        error: audio::Error,
    ) -> Result<Outcome, Stop> {
        if recording.duration.is_some_and(|told| told > INSTANT) {
            return Ok(Outcome::Failed(Reason::Media(error)));
        }
        let shelf = Arc::clone(&self.shelf);
        let why = error.to_string();
        let said = why.clone();
        Ok(
            match blocking(move || shelf.keep_silent(&recording, &said)).await? {
                true => Outcome::NoAudio(why),
                false => Outcome::Failed(Reason::Media(error)),
            },
        )
    }
}

/// What ends a download as a whole.
enum Stop {
    Api(plivo::Error),
    Disk(io::Error),
    Audit(audit::Error),
}

impl From<audit::Error> for Stop {
    fn from(error: audit::Error) -> Self {
        Self::Audit(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Whether the trouble is with one name, not with the disk.
fn is_local(error: &io::Error) -> bool {
    use io::ErrorKind::{AlreadyExists, NotADirectory, Other};
    matches!(error.kind(), AlreadyExists | NotADirectory | Other)
}
