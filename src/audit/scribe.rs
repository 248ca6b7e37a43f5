//! Writes for those who must not wait for a disk. What cannot be written is told at once, kept, and tried again with the next line.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use super::{Audit, Entry, Error};
use crate::app::words::counted;

/// Lines that wait for the disk; a person makes some in a minute.
const QUEUE: usize = 256;
/// Lines that could not be written, and are tried again.
const MOST: usize = 1024;
/// How long the last lines may take: as long as another program may hold the log, and a little.
const LAST_WORDS: Duration = Duration::from_secs(11);

enum Order {
    Check,
    Write(Box<Entry>),
    Close,
}

/// The way to the thread.
#[derive(Debug)]
pub struct Scribe {
    orders: SyncSender<Order>,
    ended: Receiver<Option<String>>,
}

/// What is told: why lines are not in the log, in words; `None` once all are.
pub type Trouble = Option<String>;

impl Scribe {
    /// Starts the thread, and looks at once whether the log can be written. `tell` is called on it, and may wait.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn spawn(audit: Audit, tell: impl FnMut(Trouble) + Send + 'static) -> io::Result<Self> {
        let (orders, inbox) = sync_channel(QUEUE);
        let (end, ended) = sync_channel(1);
        thread::Builder::new().name("audit".into()).spawn(move || {
            let mut desk = Desk {
                audit,
                waiting: VecDeque::new(),
                lost: 0,
                trouble: None,
                tell,
            };
            desk.work(None);
            while let Ok(order) = inbox.recv() {
                match order {
                    Order::Check => desk.work(None),
                    Order::Write(entry) => desk.work(Some(*entry)),
                    Order::Close => break,
                }
            }
            // What could not be written may find its way now.
            desk.work(None);
            // Nobody waits any more where the disk hung.
            let _ = end.send(desk.left());
        })?;
        Ok(Self { orders, ended })
    }

    /// Looks whether the log can be written. Never waits.
    pub fn check(&self) {
        // A full queue will tell by itself.
        let _ = self.orders.try_send(Order::Check);
    }

    /// Has a line written. Never waits; false: the disk is so far behind that it cannot be.
    pub fn write(&self, entry: Entry) -> bool {
        self.orders.try_send(Order::Write(Box::new(entry))).is_ok()
    }

    /// Writes what waits. Gives, in words, what is not in the log.
    pub fn end(self) -> Trouble {
        let hangs = || Some("the audit log does not answer: its last lines may be lost".to_owned());
        if self.orders.try_send(Order::Close).is_err() {
            return hangs();
        }
        self.ended
            .recv_timeout(LAST_WORDS)
            .unwrap_or_else(|_| hangs())
    }
}

struct Desk<T> {
    audit: Audit,
    waiting: VecDeque<Entry>,
    lost: u64,
    trouble: Option<String>,
    tell: T,
}

impl<T: FnMut(Trouble)> Desk<T> {
    fn work(&mut self, entry: Option<Entry>) {
        if self.waiting.len() >= MOST && entry.is_some() {
            self.lost += 1;
        } else {
            self.waiting.extend(entry);
        }
        let done = self.write();
        let trouble = done.err().map(|error| error.to_string());
        if trouble != self.trouble {
            self.trouble.clone_from(&trouble);
            (self.tell)(trouble);
        }
    }

    fn write(&mut self) -> Result<(), Error> {
        if self.waiting.is_empty() {
            return self.audit.ready().map(drop);
        }
        while let Some(entry) = self.waiting.front() {
            self.audit.append(entry)?;
            self.waiting.pop_front();
        }
        Ok(())
    }

    fn left(&self) -> Trouble {
        let left = self.waiting.len() as u64 + self.lost;
        let why = self.trouble.clone().unwrap_or_default();
        (left > 0).then(|| {
            format!(
                "{} not in the audit log: {why}",
                counted(left, "playback is", "playbacks are")
            )
        })
    }
}
