//! Panics on demand, for the tests that look what becomes of the terminal (`--debug-panic`, hidden).

use secrecy::ExposeSecret;

use crate::audio::guard;
use crate::plivo::redact;

/// What messages may quote: of an answer a window's title and the sound of a bell, and at worst every token, as it is and as it is
/// sent. The hook is there to keep them ([`mod@super::panic`]).
fn quoted() -> String {
    let tokens = redact::forms().unwrap_or_default();
    tokens
        .iter()
        .fold("\u{1b}]0;quoted\u{7}".to_owned(), |all, token| {
            all + "\nquoted: " + token.expose_secret()
        })
}

/// Where F12 panics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DebugPanic {
    /// The loop itself.
    Loop,
    /// A task nobody waits for.
    Task,
    /// A thread that catches its panics, as the decoder's does.
    Decoder,
}

impl DebugPanic {
    /// Panics there.
    #[expect(clippy::panic, reason = "that is what the hidden flag is for")]
    pub fn panic(self) {
        match self {
            Self::Loop => panic!("a panic in the loop, as --debug-panic asked\n{}", quoted()),
            Self::Task => {
                tokio::spawn(async {
                    panic!("a panic in a task, as --debug-panic asked\n{}", quoted())
                });
            }
            Self::Decoder => {
                std::thread::spawn(|| {
                    let caught = guard::catch(|| {
                        panic!("a panic in a decoder, as --debug-panic asked\n{}", quoted())
                    });
                    drop::<Result<(), String>>(caught);
                });
            }
        }
    }
}
