//! An account on loopback that speaks the Recording API, for demos, for tests and for trying any client offline.
//!
//! It shares no code with `plivo`, so that each checks the other. Nothing is stored: what a recording is and when it was
//! added follows from a seed, from its ordinal (0 is the oldest) and from the "now" of the start.
//!
//! ```text
//! routes ─▶ calls ─▶ filter, page ─▶ account (which, when: timeline) ─▶ catalogue (what) ─▶ render (as JSON)
//!    │                                                             └─▶ asset, content ─▶ media (as bytes)
//!    ├─▶ answer (pace, breaks) ─▶ wire (loopback, counts) ─▶ log            fault: what goes wrong on demand
//!    └─▶ callback (deliveries of asynchronous calls) ────────▶ log
//! ```

mod account;
mod answer;
mod asset;
mod auth;
mod callback;
mod calls;
mod catalogue;
mod content;
mod fault;
mod filter;
mod hostile;
mod ident;
mod log;
mod media;
mod mpeg;
mod page;
mod render;
mod routes;
mod timeline;
mod wire;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tokio::runtime::Runtime;

pub use asset::{Asset, Format, all as assets, named as asset_named};
pub use callback::{AcceptStatus, Callbacks, Form as CallbackForm, Signing};
pub use catalogue::{NEWEST, Special};
pub use fault::{CallbackFault, Fault, FaultKind, NAMES as FAULT_NAMES, Scope, UnknownFault};
pub use log::{Delivery, LogEntry, Outcome as DeliveryOutcome};
pub use page::Paging;

use account::{Account, Plan};
use auth::Credentials;
use callback::Outbox;
use fault::Faults;
use log::Log;
use render::Frame;
use wire::{Door, WireInfo};

/// Which age of the API is spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Era {
    /// Today's: 7 days by default, ranges of at most 30 days, all fields.
    #[default]
    Current,
    /// The first documentation's: no such rules, eight fields, times without a zone.
    Legacy,
}

/// What the media host says to those who do not prove who they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum MediaAuth {
    /// Nothing: media are public.
    #[default]
    Off,
    #[value(name = "401")]
    Unauthorized,
    #[value(name = "403")]
    Forbidden,
}

/// How the account looks and how the server behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// Recordings there at the start, spread over the last 400 days.
    pub recordings: u64,
    pub seed: u64,
    /// The account's clock starts here and runs at the usual speed.
    pub now: DateTime<Utc>,
    pub era: Era,
    /// `None` is hybrid in the current era, by offset in the legacy one.
    pub paging: Option<Paging>,
    /// Leaves `total_count` out.
    pub no_total: bool,
    pub media_auth: MediaAuth,
    /// A new recording (with `same_time`, that many) appears at the top this often.
    pub arrive_every: Option<Duration>,
    /// Recordings come in groups of so many that share one `add_time`.
    pub same_time: Option<u32>,
    /// Before each answer.
    pub latency: Duration,
    /// Bytes a second of each media answer.
    pub bandwidth: Option<u64>,
    pub faults: Vec<Fault>,
    pub callbacks: Callbacks,
    /// A line of JSON for each request, and for each delivery of an asynchronous call, goes to this file (mode 0600).
    pub log: Option<PathBuf>,
    /// The account's token; one that starts with `stk_` is taken as Bearer too. `None` makes one from the seed.
    pub auth_token: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            recordings: 1_204,
            seed: 1,
            now: Utc::now(),
            era: Era::default(),
            paging: None,
            no_total: false,
            media_auth: MediaAuth::default(),
            arrive_every: None,
            same_time: None,
            latency: Duration::ZERO,
            bandwidth: None,
            faults: Vec::new(),
            callbacks: Callbacks::default(),
            log: None,
            auth_token: None,
        }
    }
}

/// What all requests share.
#[derive(Debug)]
struct Server {
    options: Options,
    url: String,
    paging: Paging,
    credentials: Credentials,
    subaccounts: Vec<String>,
    account: Account,
    faults: RwLock<Arc<Faults>>,
    log: Arc<Log>,
    outbox: Arc<Outbox>,
    /// Answers given, from which each gets its `api_id`.
    answers: AtomicU64,
}

impl Server {
    fn faults(&self) -> Arc<Faults> {
        Arc::clone(&self.faults.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn frame(&self) -> Frame<'_> {
        Frame {
            era: self.options.era,
            url: &self.url,
            auth_id: &self.credentials.auth_id,
        }
    }
}

/// A running emulator. Dropping it closes its port and all its connections.
#[derive(Debug)]
pub struct Emulator {
    server: Arc<Server>,
    /// Its own, so that neither a busy program nor a test's paused clock changes its pace.
    runtime: Option<Runtime>,
}

/// Starts an emulator on loopback; it serves when this returns.
///
/// # Errors
/// If the port is taken, the log file cannot be written, or no HTTP client can be made.
pub fn start(options: Options) -> io::Result<Emulator> {
    let listener = Door::bind(options.port).map_err(|error| {
        let words = format!("127.0.0.1:{} cannot be used: {error}", options.port);
        io::Error::new(error.kind(), words)
    })?;
    let url = format!("http://{}", listener.local_addr()?);
    let log = Log::open(options.log.as_deref()).map_err(|error| {
        let path = options.log.as_deref().unwrap_or(Path::new("")).display();
        let words = format!("the log {path} cannot be written: {error}");
        io::Error::new(error.kind(), words)
    })?;
    let log = Arc::new(log);
    let account = Account::new(&Plan {
        seed: options.seed,
        recordings: options.recordings,
        now: options.now,
        arrive_every: options.arrive_every,
        same_time: options.same_time,
    });
    let ids = account.catalogue.ids;
    let credentials = Credentials {
        auth_id: format!("MA{}", ids.capitals(0xA1, 18)),
        auth_token: options
            .auth_token
            .clone()
            .unwrap_or_else(|| ids.capitals(0xA2, 40).to_lowercase()),
    };
    let outbox = Arc::new(Outbox::new(
        options.callbacks.clone(),
        credentials.auth_token.clone(),
        options.seed,
        Arc::clone(&log),
    )?);
    let server = Arc::new(Server {
        url,
        paging: options.paging.unwrap_or(match options.era {
            Era::Current => Paging::Hybrid,
            Era::Legacy => Paging::Offset,
        }),
        credentials,
        subaccounts: (0..2)
            .map(|n| format!("SA{}", ids.capitals(0xB0 + n, 18)))
            .collect(),
        account,
        faults: RwLock::new(Arc::new(Faults::new(options.faults.clone()))),
        log: Arc::clone(&log),
        outbox,
        answers: AtomicU64::new(0),
        options,
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(4)
        .thread_name("emulator")
        .enable_all()
        .build()?;
    let door = {
        let _inside = runtime.enter();
        Door::new(listener, log)?
    };
    let app = Router::new()
        .fallback(routes::handle)
        .with_state(Arc::clone(&server))
        .into_make_service_with_connect_info::<WireInfo>();
    runtime.spawn(async move {
        // It only ends with the runtime.
        let _ = axum::serve(door, app).await;
    });
    Ok(Emulator {
        server,
        runtime: Some(runtime),
    })
}

impl Emulator {
    /// Its origin, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.server.url
    }

    pub fn auth_id(&self) -> &str {
        &self.server.credentials.auth_id
    }

    pub fn auth_token(&self) -> &str {
        &self.server.credentials.auth_token
    }

    /// The auth ids of the account's subaccounts.
    pub fn subaccounts(&self) -> &[String] {
        &self.server.subaccounts
    }

    /// The requests so far, oldest first; of very many only the last 20,000.
    pub fn requests(&self) -> Vec<LogEntry> {
        self.server.log.entries()
    }

    /// Waits until the requests satisfy a condition, and gives them back.
    pub async fn requests_until(&self, enough: impl Fn(&[LogEntry]) -> bool) -> Vec<LogEntry> {
        let mut changes = self.server.log.watch();
        loop {
            let entries = self.requests();
            if enough(&entries) || changes.changed().await.is_err() {
                return entries;
            }
        }
    }

    /// The deliveries of asynchronous calls so far, each once it was answered or given up, in that order; of very many only
    /// the last 20,000.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.server.log.deliveries()
    }

    /// Waits until the deliveries satisfy a condition, and gives them back.
    pub async fn deliveries_until(&self, enough: impl Fn(&[Delivery]) -> bool) -> Vec<Delivery> {
        let mut changes = self.server.log.watch();
        loop {
            let deliveries = self.deliveries();
            if enough(&deliveries) || changes.changed().await.is_err() {
                return deliveries;
            }
        }
    }

    /// How many recordings the account has now.
    pub fn count(&self) -> u64 {
        let view = self.server.account.view();
        view.count(0, view.end())
    }

    /// Recordings as the list call would show them, newest first: `many` of them after `skip`.
    pub fn recordings(&self, skip: u64, many: usize) -> Vec<Map<String, Value>> {
        let view = self.server.account.view();
        let frame = self.server.frame();
        let top = view.skip_down(0, view.end(), skip);
        (0..top)
            .rev()
            .filter(|&ordinal| view.exists(ordinal))
            .take(many)
            .map(|ordinal| frame.recording(&view, ordinal))
            .collect()
    }

    /// The row that shows `special`, unless the account is too small for it or it was deleted.
    pub fn special(&self, special: Special) -> Option<Map<String, Value>> {
        let view = self.server.account.view();
        let ordinal = view.catalogue().find(special).filter(|&o| view.exists(o))?;
        Some(self.server.frame().recording(&view, ordinal))
    }

    /// The whole file of a recording, gathered; `None` if there is no such recording or its file is not ready.
    pub fn file(&self, recording_id: &str) -> Option<Vec<u8>> {
        let view = self.server.account.view();
        let content = view
            .catalogue()
            .sound(view.find(recording_id)?)?
            .content()?;
        Some(content.gather(0, content.length()))
    }

    /// The embedded call that a recording is made of.
    pub fn asset(&self, recording_id: &str) -> Option<&'static Asset> {
        let view = self.server.account.view();
        let sound = view.catalogue().sound(view.find(recording_id)?)?;
        Some(sound.asset)
    }

    /// Adds so many recordings at the top.
    pub fn arrive(&self, recordings: u64) {
        self.server.account.arrive(recordings);
    }

    /// Deletes a recording as another user of the account would; false if there is none.
    pub fn delete(&self, recording_id: &str) -> bool {
        self.server.account.delete(recording_id)
    }

    /// Replaces all faults; counts start anew.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        let mut current = self
            .server
            .faults
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(Faults::new(faults));
    }

    /// Stops it and waits until its port is closed.
    pub async fn stop(mut self) {
        if let Some(runtime) = self.runtime.take() {
            let closing = tokio::task::spawn_blocking(move || {
                runtime.shutdown_timeout(Duration::from_secs(5));
            });
            let _ = closing.await;
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
