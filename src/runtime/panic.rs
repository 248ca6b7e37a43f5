//! The panic hook: the terminal comes back before a word is printed, and the words are safe to print.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::app::text::safe;
use crate::audio::guard;
use crate::plivo::redact;

use super::{stderr, terminal};

/// Set before the terminal is touched: from then on nobody draws.
static PANICKED: AtomicBool = AtomicBool::new(false);
/// Set when the words have been printed: from then on the program may end.
static PRINTED: AtomicBool = AtomicBool::new(false);
static TOLD: Notify = Notify::const_new();

/// Installs the hook instead of the one that is there, for every command. Call once, before anything else.
///
/// A panic that its own thread will catch (a decoder's) leaves the screen alone; its words go where standard error
/// goes meanwhile: into the log. Any other gives the terminal and standard error back first, and ends the loop,
/// wherever it happened.
pub fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        if guard::is_guarded_thread() {
            tell(info);
            return;
        }
        PANICKED.store(true, Ordering::SeqCst);
        terminal::leave();
        stderr::restore();
        tell(info);
        PRINTED.store(true, Ordering::SeqCst);
        TOLD.notify_one();
    }));
}

/// Says what the standard hook would, on standard error.
fn tell(info: &PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let mut text = words(
        thread.name().unwrap_or("<unnamed>"),
        &info.location().map(ToString::to_string).unwrap_or_default(),
        info.payload_as_str().unwrap_or("it left no words"),
    );
    let trace = Backtrace::capture();
    text.push_str(&match trace.status() {
        BacktraceStatus::Captured => lines(&trace.to_string()),
        _ => "note: RUST_BACKTRACE=1 in the environment shows where it came from\n".to_owned(),
    });
    // Where standard error is gone there is nobody to tell.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// A message often quotes what it stumbled over: a stranger may have written it, or it is a token.
fn words(thread: &str, place: &str, message: &str) -> String {
    let message = redact::without_tokens(message);
    let message = message.as_deref();
    format!(
        "\nthread '{}' panicked at {}:\n{}",
        safe(thread),
        safe(place),
        lines(message.unwrap_or("its words are kept back: a token may be in them"))
    )
}

/// Each line safe, with its end.
fn lines(text: &str) -> String {
    text.lines()
        .fold(String::new(), |all, line| all + &safe(line) + "\n")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_quotes_is_shown_and_not_obeyed() {
        let said = words(
            "main",
            "src/a.rs:1:2",
            "no \u{1b}[2J\u{9b}31m\r\nthere \u{202e}x",
        );
        let shown = "\nthread 'main' panicked at src/a.rs:1:2:\nno ␛[2J�31m\nthere �x\n";
        assert_eq!(said, shown);
    }

    #[test]
    fn a_token_in_a_message_is_not_shown() {
        use secrecy::ExposeSecret;

        let credentials = crate::plivo::Credentials::new("MAGWNTM3ZTK1M2YZMDUU", "panicked-22");
        let header = credentials.as_ref().unwrap().authorization();
        let said = words(
            "main",
            "src/a.rs:1:2",
            &format!("panicked-22\n{}", header.expose_secret()),
        );
        let shown = "\nthread 'main' panicked at src/a.rs:1:2:\n[token]\nBasic [token]\n";
        assert_eq!(said, shown);
    }
}
