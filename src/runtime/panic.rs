//! The panic hook: the terminal comes back before a word is printed.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::audio::guard;

use super::{stderr, terminal};

/// Set before the terminal is touched: from then on nobody draws.
static PANICKED: AtomicBool = AtomicBool::new(false);
/// Set when the words have been printed: from then on the program may end.
static PRINTED: AtomicBool = AtomicBool::new(false);
static TOLD: Notify = Notify::const_new();

/// Installs the hook over the one that is there. Call once, before the screen is taken.
///
/// A panic that its own thread will catch (a decoder's) leaves the screen alone; its words go where standard error
/// goes meanwhile: into the log. Any other gives the terminal and standard error back first, and ends the loop,
/// wherever it happened.
pub fn install_hook() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if guard::is_guarded_thread() {
            before(info);
            return;
        }
        PANICKED.store(true, Ordering::SeqCst);
        terminal::leave();
        stderr::restore();
        before(info);
        PRINTED.store(true, Ordering::SeqCst);
        TOLD.notify_one();
    }));
}

/// Did something panic that nobody catches?
pub fn happened() -> bool {
    PANICKED.load(Ordering::SeqCst)
}

/// Waits for such a panic, on whatever thread, and for its words to be printed.
pub async fn told() {
    while !PRINTED.load(Ordering::SeqCst) {
        TOLD.notified().await;
    }
}
