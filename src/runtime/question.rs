//! Asks the terminal what it can. Those that do not know a question keep silent, so one that all answer comes behind it.

use std::io;
use std::time::{Duration, Instant};

use super::sys::{self, Want};
use super::terminal::{self, Tty};

/// Whether updates are shown as a whole (DECRQM, mode 2026), and after it what kind of terminal it is (DA1).
const QUESTION: &[u8] = b"\x1b[?2026$p\x1b[c";
/// Longer than any answer to both.
const MOST: usize = 1024;

/// Whether the terminal shows an update as a whole. `None`: it does not tell within `patience`, or belongs to another program
/// just now. Keys that are typed meanwhile are lost.
///
/// # Errors
/// The terminal cannot be read or written.
pub fn shows_whole_updates(tty: &Tty, patience: Duration) -> io::Result<Option<bool>> {
    if !sys::is_foreground(tty.input()) {
        return Ok(None);
    }
    terminal::enter_question(tty)?;
    let answer = ask(tty, patience);
    terminal::leave();
    Ok(whole_updates(&answer?))
}

fn ask(tty: &Tty, patience: Duration) -> io::Result<Vec<u8>> {
    terminal::write_all(tty.output(), QUESTION)?;
    let until = Instant::now() + patience;
    let mut answer = Vec::new();
    while !is_whole(&answer) && answer.len() < MOST {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        let [ready] = sys::poll([(tty.input(), Want::Read)], Some(left))?;
        if !ready {
            continue;
        }
        let mut buffer = [0; 64];
        let read = sys::read(tty.input(), &mut buffer)?;
        if read == 0 {
            break;
        }
        answer.extend(buffer.iter().take(read));
    }
    Ok(answer)
}

/// Whether the answer to the second question is there: `ESC [ ? … c`.
fn is_whole(answer: &[u8]) -> bool {
    let starts = answer.windows(3).enumerate();
    starts
        .filter(|(_, start)| *start == b"\x1b[?")
        .any(|(at, _)| {
            let rest = answer.iter().skip(at + 3);
            let mut rest = rest.skip_while(|byte| byte.is_ascii_digit() || **byte == b';');
            rest.next() == Some(&b'c')
        })
}

/// `ESC [ ? 2026 ; state $ y`: 1 and 2 are on and off, 3 always on; 0 is not known, 4 never.
fn whole_updates(answer: &[u8]) -> Option<bool> {
    let start = b"\x1b[?2026;";
    let at = answer
        .windows(start.len())
        .position(|found| found == start)?;
    match answer.get(at + start.len()..)? {
        [b'1'..=b'3', b'$', b'y', ..] => Some(true),
        [b'0' | b'4', b'$', b'y', ..] => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_answers_are_found_among_what_was_typed() {
        let answered = b"jk\x1b[A\x1b[?2026;2$y\x1b[?62;4;22c";
        assert!(is_whole(answered));
        assert_eq!(whole_updates(answered), Some(true));
        assert!(!is_whole(&answered[..answered.len() - 1]));
        assert_eq!(whole_updates(b"\x1b[?2026;0$y\x1b[?6c"), Some(false));
        assert!(is_whole(b"\x1b[?6c"));
        assert_eq!(whole_updates(b"\x1b[?6c"), None);
        assert_eq!(whole_updates(b"\x1b[?2026;"), None);
    }
}
