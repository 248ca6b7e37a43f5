//! Panics on demand, for the tests that look what becomes of the terminal (`--debug-panic`, hidden).

use crate::audio::guard;

/// What messages may quote of an answer: a window's title, and the sound of a bell.
const QUOTED: &str = "\u{1b}]0;quoted\u{7}";

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
            Self::Loop => panic!("a panic in the loop, as --debug-panic asked\n{QUOTED}"),
            Self::Task => {
                tokio::spawn(async {
                    panic!("a panic in a task, as --debug-panic asked\n{QUOTED}")
                });
            }
            Self::Decoder => {
                std::thread::spawn(|| {
                    let caught =
                        guard::catch(|| panic!("a panic in a decoder, as --debug-panic asked"));
                    drop::<Result<(), String>>(caught);
                });
            }
        }
    }
}
