//! Wakes the player when bytes come: at once while it waits for them, a few times a second otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Thread;
use std::time::Duration;

use crate::audio::buffer::{Buffer, Cancel};

/// Between two wakings while nobody waits for the bytes.
const NAP: Duration = Duration::from_millis(150);

/// A thread that sleeps on a buffer. It ends with the download, or when this is dropped.
pub(super) struct Watch {
    cancel: Cancel,
    urgent: Arc<AtomicBool>,
    thread: Option<Thread>,
}

impl Watch {
    pub(super) fn start(buffer: &Buffer, player: Thread) -> Self {
        let cancel = buffer.canceller();
        let urgent = Arc::new(AtomicBool::new(true));
        let spawned = {
            let (buffer, cancel, urgent) = (buffer.clone(), cancel.clone(), Arc::clone(&urgent));
            std::thread::Builder::new()
                .name("callreel-watch".to_owned())
                .spawn(move || run(&buffer, &cancel, &urgent, &player))
        };
        Self {
            cancel,
            urgent,
            thread: spawned.ok().map(|handle| handle.thread().clone()),
        }
    }

    /// Whether the player waits for the next byte.
    pub(super) fn set_urgent(&self, urgent: bool) {
        let before = self.urgent.swap(urgent, Ordering::AcqRel);
        if urgent
            && !before
            && let Some(thread) = &self.thread
        {
            thread.unpark();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.cancel.set();
        if let Some(thread) = &self.thread {
            thread.unpark();
        }
    }
}

fn run(buffer: &Buffer, cancel: &Cancel, urgent: &AtomicBool, player: &Thread) {
    let mut seen = buffer.version();
    loop {
        let over = buffer.is_complete() || buffer.failed().is_some();
        player.unpark();
        if over || cancel.is_set() {
            return;
        }
        if !urgent.load(Ordering::Acquire) {
            std::thread::park_timeout(NAP);
        }
        seen = buffer.changed(seen, None, cancel);
    }
}
