//! What was asked of the emulator, how many bytes of the answer really left it, and what it delivered by itself.

mod delivery;

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::fault::FaultKind;

pub use delivery::{Delivery, Outcome};

/// Requests, and as many deliveries, kept in memory; older ones are forgotten.
const KEPT: usize = 20_000;

/// One request, as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When it came in.
    pub time: DateTime<Utc>,
    /// Which connection it came over, counted from 0.
    pub connection: u64,
    pub method: String,
    pub path: String,
    /// The query string as sent, without the question mark.
    pub query: Option<String>,
    /// The `Range` header as sent.
    pub range: Option<String>,
    /// Where the answer should be delivered, from the query string or the body as sent; `None` is a synchronous call.
    pub callback_url: Option<String>,
    /// 0 until the answer is known.
    pub status: u16,
    /// Bytes of the answer's body that the operating system took, so far.
    pub bytes: u64,
    /// Whether the answer is complete or its connection gone.
    pub finished: bool,
    /// What went wrong with it on demand, each from when it did: a fault that found nothing to spoil in it is not here.
    pub faults: Vec<FaultKind>,
    /// What the account's clock showed when the answer left, which is its `Date`; `None` until then.
    pub told: Option<DateTime<Utc>>,
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct Entry {
    asked: LogEntry,
    callback_url: OnceLock<String>,
    faults: Mutex<Vec<FaultKind>>,
    told: OnceLock<DateTime<Utc>>,
    status: AtomicU16,
    /// Body bytes given to the connection.
    handed: AtomicU64,
    /// Bytes behind the head that the socket took; in a chunked answer its framing counts too.
    written: AtomicU64,
    head_left: AtomicBool,
    /// Whether the last byte of the body was given to the connection.
    complete: AtomicBool,
    finished: AtomicBool,
}

impl Entry {
    /// A request that has just come in; `asked` holds what it said.
    pub(super) fn new(asked: LogEntry) -> Self {
        Self {
            asked,
            callback_url: OnceLock::new(),
            faults: Mutex::default(),
            told: OnceLock::new(),
            status: AtomicU16::new(0),
            handed: AtomicU64::new(0),
            written: AtomicU64::new(0),
            head_left: AtomicBool::new(false),
            complete: AtomicBool::new(false),
            finished: AtomicBool::new(false),
        }
    }

    /// The request is asynchronous.
    pub(super) fn calls_back(&self, url: &str) {
        let _ = self.callback_url.set(url.to_owned());
    }

    /// This fault spoils it now.
    pub(super) fn hit(&self, fault: FaultKind) {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }

    /// Its answer says that it is this time.
    pub(super) fn tells(&self, time: DateTime<Utc>) {
        let _ = self.told.set(time);
    }

    pub(super) fn answered(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    pub(super) fn hand(&self, bytes: u64) {
        self.handed.fetch_add(bytes, Ordering::AcqRel);
    }

    pub(super) fn complete(&self) {
        self.complete.store(true, Ordering::Release);
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Acquire)
    }

    pub(super) fn wrote(&self, bytes: u64) {
        self.written.fetch_add(bytes, Ordering::AcqRel);
    }

    /// The answer's head has left.
    pub(super) fn head_left(&self) {
        self.head_left.store(true, Ordering::Release);
    }

    /// Whether the head and everything that was given to the connection has left.
    pub(super) fn is_drained(&self) -> bool {
        self.head_left.load(Ordering::Acquire)
            && self.written.load(Ordering::Acquire) >= self.handed.load(Ordering::Acquire)
    }

    fn snapshot(&self) -> LogEntry {
        let handed = self.handed.load(Ordering::Acquire);
        LogEntry {
            callback_url: self.callback_url.get().cloned(),
            status: self.status.load(Ordering::Relaxed),
            bytes: self.written.load(Ordering::Acquire).min(handed),
            finished: self.finished.load(Ordering::Acquire),
            faults: self
                .faults
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
            told: self.told.get().copied(),
            ..self.asked.clone()
        }
    }
}

/// The requests and deliveries of one emulator, in memory and, if wanted, in a file.
#[derive(Debug)]
pub(super) struct Log {
    entries: Mutex<VecDeque<Arc<Entry>>>,
    deliveries: Mutex<VecDeque<Delivery>>,
    file: Option<Mutex<File>>,
    changed: watch::Sender<()>,
}

impl Log {
    /// Opens the log; a file is created with mode 0600, or emptied.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn open(path: Option<&Path>) -> io::Result<Self> {
        Ok(Self {
            entries: Mutex::default(),
            deliveries: Mutex::default(),
            file: path.map(private_file).transpose()?.map(Mutex::new),
            changed: watch::Sender::new(()),
        })
    }

    pub(super) fn begin(&self, entry: Arc<Entry>) {
        keep(&self.entries, entry);
        self.touch();
    }

    /// Writes the entry's line, once.
    pub(super) fn finish(&self, entry: &Entry) {
        if entry.finished.swap(true, Ordering::AcqRel) {
            return;
        }
        if self.file.is_some() {
            let done = entry.snapshot();
            self.write(&json!({
                "time": done.time.to_rfc3339_opts(SecondsFormat::Micros, true),
                "connection": done.connection,
                "method": done.method,
                "path": done.path,
                "query": done.query,
                "range": done.range,
                "callback_url": done.callback_url,
                "status": done.status,
                "bytes": done.bytes,
                "ms": (Utc::now() - done.time).num_milliseconds(),
            }));
        }
        self.touch();
    }

    /// A delivery was sent, or lost on purpose.
    pub(super) fn delivered(&self, delivery: Delivery) {
        self.write(&delivery.line());
        keep(&self.deliveries, delivery);
        self.touch();
    }

    fn write(&self, line: &Value) {
        if let Some(file) = &self.file {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            // A full disk must not stop the emulator.
            let _ = file.write_all(format!("{line}\n").as_bytes());
        }
    }

    /// Tells those who wait that an entry may have changed.
    pub(super) fn touch(&self) {
        self.changed.send_replace(());
    }

    pub(super) fn watch(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(super) fn entries(&self) -> Vec<LogEntry> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|entry| entry.snapshot()).collect()
    }

    pub(super) fn deliveries(&self) -> Vec<Delivery> {
        let deliveries = self.deliveries.lock();
        let deliveries = deliveries.unwrap_or_else(PoisonError::into_inner);
        deliveries.iter().cloned().collect()
    }
}

fn keep<T>(list: &Mutex<VecDeque<T>>, one: T) {
    let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
    if list.len() >= KEPT {
        list.pop_front();
    }
    list.push_back(one);
}

/// Opens a file that only its owner can read.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A file that was there before keeps its mode otherwise. Pipes and terminals have none to set.
        if file.metadata()?.is_file() {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(file)
}
