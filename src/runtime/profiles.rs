//! The other accounts of the configuration: listed, and made ready, off the loop. A token may come from a program that takes its time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use crate::app::profiles::{Another, Profile};
use crate::app::{Message, RequestId};
use crate::audit::Audit;
use crate::plivo::Client;

use super::watch::Reload;

type List = dyn Fn() -> Result<Vec<Profile>, String> + Send + Sync;
type Open = dyn Fn(&str) -> Result<Opened, String> + Send + Sync;

/// How the configuration is asked. Both may block, and give words where they fail.
#[derive(Clone)]
pub struct Profiles {
    pub list: Arc<List>,
    pub open: Arc<Open>,
}

impl fmt::Debug for Profiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profiles").finish_non_exhaustive()
    }
}

/// An account that can be browsed.
#[derive(Debug)]
pub struct Opened {
    pub client: Client,
    /// Where it is logged what is done with its recordings, if it is.
    pub audit: Option<Audit>,
    pub another: Another,
    /// The configuration file, read for this profile from now on.
    pub reload: Option<Reload>,
}

/// Where the account that was opened last waits to be taken. It stays here, since no token belongs into a message.
#[derive(Debug, Clone, Default)]
pub(super) struct Desk {
    waiting: Arc<Mutex<Option<(RequestId, Opened)>>>,
}

impl Desk {
    fn put(&self, request: RequestId, opened: Opened) {
        let mut waiting = self.lock();
        // The one that was asked for last is wanted, whichever comes last.
        if waiting.as_ref().is_none_or(|(other, _)| *other < request) {
            *waiting = Some((request, opened));
        }
    }

    /// The account that this request opened.
    pub(super) fn take(&self, request: RequestId) -> Option<Opened> {
        let mut waiting = self.lock();
        let (_, opened) = waiting.take_if(|(other, _)| *other == request)?;
        Some(opened)
    }

    /// Nothing that panics is done while it is held.
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(RequestId, Opened)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Profiles {
    pub(super) fn read(self, request: RequestId, tell: mpsc::Sender<Message>) {
        tokio::task::spawn_blocking(move || {
            let profiles = (self.list)();
            // Nobody listens when the loop has ended.
            let _ = tell.blocking_send(Message::Profiles { request, profiles });
        });
    }

    pub(super) fn open(
        self,
        request: RequestId,
        name: String,
        desk: Desk,
        tell: mpsc::Sender<Message>,
    ) {
        tokio::task::spawn_blocking(move || {
            let opened = (self.open)(&name).map(|opened| desk.put(request, opened));
            let _ = tell.blocking_send(Message::ProfileOpened { request, opened });
        });
    }
}
