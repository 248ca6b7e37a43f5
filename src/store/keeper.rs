//! The thread that has the file. Whoever wants something kept hands it over and goes on; what came of it is told.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use super::{AccountKey, Change, Error, Kept, Store};

/// Orders that wait for the disk. A person makes a few in a minute; more wait only where the disk hangs.
const QUEUE: usize = 1024;
/// Of each kind so many are read for the screen, the newest: some tens of megabytes at most.
const MOST: u32 = 200_000;
/// How long the last orders may take when the program ends: as long as another callreel may hold the file, and a little.
const LAST_WORDS: Duration = Duration::from_secs(4);

/// What came of an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// The file is open; this is in it.
    Opened(Box<Kept>),
    /// The file cannot be opened, in words; nothing is kept.
    Failed(String),
    /// It could not be read again, in words; what was open still is.
    Unread(String),
    /// A change could not be carried out, in words; the file is as it was before.
    Unkept(String),
}

#[derive(Debug)]
enum Order {
    Open { create: bool, account: AccountKey },
    Change(Vec<Change>),
    Close,
}

/// The way to the thread. Nothing is read or written before [`Keeper::open`]. Dropped, it lets the last orders be carried out.
#[derive(Debug)]
pub struct Keeper {
    orders: SyncSender<Order>,
    ended: Receiver<()>,
}

impl Keeper {
    /// Starts the thread for the file at `path`. `tell` is called on it, and may wait.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn spawn(
        path: PathBuf,
        tell: impl FnMut(Told) + Send + 'static,
    ) -> Result<Self, std::io::Error> {
        let (orders, inbox) = sync_channel(QUEUE);
        let (end, ended) = sync_channel(0);
        thread::Builder::new().name("store".into()).spawn(move || {
            serve(path, &inbox, tell);
            drop(end);
        })?;
        Ok(Self { orders, ended })
    }

    /// Opens the file for an account; `create`: the user has said that it may be made. What is in it is told.
    ///
    /// # Errors
    /// As [`Keeper::change`].
    pub fn open(&self, account: AccountKey, create: bool) -> Result<(), Unheard> {
        self.order(Order::Open { create, account })
    }

    /// Has changes carried out, all or none, after what was handed over before. Never waits. While no file is open, nothing is done.
    ///
    /// # Errors
    /// [`Unheard`]: the thread does not keep up, or has ended.
    pub fn change(&self, changes: Vec<Change>) -> Result<(), Unheard> {
        self.order(Order::Change(changes))
    }

    fn order(&self, order: Order) -> Result<(), Unheard> {
        self.orders
            .try_send(order)
            .map_err(|refused| match refused {
                TrySendError::Full(_) | TrySendError::Disconnected(_) => Unheard,
            })
    }
}

/// An order was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not kept: the disk does not answer; what is on the screen holds for this run")]
pub struct Unheard;

impl Drop for Keeper {
    fn drop(&mut self) {
        // Full: the thread hangs, and waiting for it would only hang too.
        if self.orders.try_send(Order::Close).is_ok() {
            match self.ended.recv_timeout(LAST_WORDS) {
                Ok(()) | Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

fn serve(path: PathBuf, inbox: &Receiver<Order>, mut tell: impl FnMut(Told)) {
    let mut open: Option<(Store, AccountKey)> = None;
    while let Ok(order) = inbox.recv() {
        match order {
            Order::Open { create, account } => {
                let store = match create {
                    true => Store::create(&path),
                    false => Store::open(&path),
                };
                let read = store.and_then(|store| {
                    let kept = store.kept(&account, MOST)?;
                    Ok((store, kept))
                });
                let is_open = open.as_ref().is_some_and(|(_, whose)| *whose == account);
                tell(match read {
                    Ok((store, kept)) => {
                        open = Some((store, account));
                        Told::Opened(Box::new(kept))
                    }
                    // Another callreel holds it for a moment.
                    Err(error @ Error::Busy(_)) if is_open => Told::Unread(error.to_string()),
                    Err(error) => {
                        open = None;
                        Told::Failed(error.to_string())
                    }
                });
            }
            Order::Change(changes) => {
                let Some((store, account)) = &mut open else {
                    continue;
                };
                if let Err(error) = store.change(account, &changes) {
                    tell(Told::Unkept(error.to_string()));
                }
            }
            Order::Close => break,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use chrono::DateTime;

    use super::*;
    use crate::plivo::RecordingId;
    use crate::store::Reviewed;

    fn account() -> AccountKey {
        AccountKey::new("MA0123456789ABCDEFGH", None)
    }

    fn reviewed(id: &str) -> Change {
        Change::Reviewed(Reviewed {
            recording: RecordingId::new(id),
            at: DateTime::from_timestamp_millis(1_700_000_000_123).unwrap(),
        })
    }

    #[test]
    fn what_is_handed_over_last_is_in_the_file_when_the_program_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("callreel").join("review.sqlite");
        let (tell, told) = channel();
        let keeper = Keeper::spawn(path.clone(), move |word| tell.send(word).unwrap()).unwrap();
        keeper.open(account(), true).unwrap();
        assert_eq!(told.recv().unwrap(), Told::Opened(Box::default()));
        for at in 0..10 {
            keeper.change(vec![reviewed(&at.to_string())]).unwrap();
        }
        drop(keeper);
        let kept = Store::open(&path).unwrap().kept(&account(), 1000).unwrap();
        assert_eq!(kept.reviewed.len(), 10);
        assert!(told.recv().is_err(), "nothing failed");
    }

    #[test]
    fn a_file_that_is_busy_when_it_is_read_again_stays_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("review.sqlite");
        let (tell, told) = channel();
        let keeper = Keeper::spawn(path.clone(), move |word| tell.send(word).unwrap()).unwrap();
        keeper.open(account(), true).unwrap();
        assert_eq!(told.recv().unwrap(), Told::Opened(Box::default()));
        let other = rusqlite::Connection::open(&path).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        keeper.open(account(), false).unwrap();
        assert!(matches!(told.recv().unwrap(), Told::Unread(_)));
        keeper.change(vec![reviewed("a")]).unwrap();
        assert!(matches!(told.recv().unwrap(), Told::Unkept(_)));
        other.execute_batch("ROLLBACK").unwrap();
        keeper.change(vec![reviewed("b")]).unwrap();
        drop(keeper);
        assert!(told.recv().is_err(), "nothing failed");
        let kept = Store::open(&path).unwrap().kept(&account(), 10).unwrap();
        assert_eq!(kept.reviewed.len(), 1);
    }

    #[test]
    fn before_the_users_yes_no_file_is_made_and_nothing_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("callreel").join("review.sqlite");
        let (tell, told) = channel();
        let keeper = Keeper::spawn(path, move |word| tell.send(word).unwrap()).unwrap();
        keeper.change(vec![reviewed("a")]).unwrap();
        keeper.open(account(), false).unwrap();
        let Told::Failed(words) = told.recv().unwrap() else {
            panic!("opened what is not there");
        };
        assert!(words.starts_with("nothing is kept yet"), "{words}");
        drop(keeper);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn a_damaged_file_is_told_in_words_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("review.sqlite");
        std::fs::write(&path, "no database at all, but long enough to look at").unwrap();
        let (tell, told) = channel();
        let keeper = Keeper::spawn(path.clone(), move |word| tell.send(word).unwrap()).unwrap();
        keeper.open(account(), true).unwrap();
        assert!(
            matches!(told.recv().unwrap(), Told::Failed(words) if words.contains("not one that callreel made"))
        );
        keeper.change(vec![reviewed("a")]).unwrap();
        drop(keeper);
        assert!(told.recv().is_err());
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("no database"));
    }
}
