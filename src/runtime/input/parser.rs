//! Bytes from the terminal become keys, clicks and pastes, however the line cut them.
//!
//! First the bytes are cut into whole sequences by ECMA-48's grammar; what is whole goes to `terminput`, which knows what it
//! means. A sequence that is not whole yet is held for a while: a lone ESC for 30 ms, so that an arrow split by a slow
//! link never becomes Esc and a letter, anything else longer. What belongs to no key is dropped, of whatever length, in
//! bounded memory.

use std::time::{Duration, Instant};

use terminput::{Event, KeyEvent, KeyEventKind, KeyModifiers};

use crate::app::{Input, Key, KeyCode, Mouse, MouseKind};

/// How long a lone ESC may be the beginning of something.
pub const ESC_HOLD: Duration = Duration::from_millis(30);
/// How long any other beginning waits for its end: nobody types one by hand.
pub const SEQUENCE_HOLD: Duration = Duration::from_millis(250);
/// How long a paste may pause before it is taken to have lost its end.
pub const PASTE_HOLD: Duration = Duration::from_secs(3);
/// The most of one paste that is kept, in bytes. No field of ours takes a fraction of it.
pub const LONGEST_PASTE: usize = 64 * 1024;
/// The longest sequence that can be a key or a click.
const LONGEST_SEQUENCE: usize = 64;

const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// Where the parser stands between two reads.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// At the beginning of something, `held` being its first bytes.
    Ground,
    /// Inside a paste. `held` is its text, `ending` how many bytes of [`PASTE_ENDS`] have been met.
    Paste { ending: usize },
    /// Inside a CSI sequence too long for any key: dropped up to its last byte.
    LongSequence,
    /// Inside an answer of the terminal (OSC, DCS, APC, PM, SOS): dropped up to its terminator.
    Answer { escape: bool },
}

/// The machine. Pure: bytes and the time go in.
#[derive(Debug, Clone)]
pub struct Parser {
    state: State,
    held: Vec<u8>,
    deadline: Option<Instant>,
}

/// What the held bytes are.
enum Cut {
    /// A whole sequence of so many bytes.
    Whole(usize),
    /// So many bytes that mean nothing.
    Nothing(usize),
    /// More bytes are needed.
    Wait,
    /// So many bytes begin something that is not held.
    Enter(usize, State),
}

impl Default for Parser {
    fn default() -> Self {
        Self {
            state: State::Ground,
            held: Vec::new(),
            deadline: None,
        }
    }
}

impl Parser {
    /// Takes bytes as they came and gives what they complete.
    pub fn feed(&mut self, bytes: &[u8], now: Instant) -> Vec<Input> {
        let mut inputs = Vec::new();
        for &byte in bytes {
            self.take(byte, &mut inputs);
        }
        let hold = match &self.state {
            State::Ground if self.held.is_empty() => None,
            State::Ground if self.held == b"\x1b" => Some(ESC_HOLD),
            State::Ground | State::LongSequence | State::Answer { .. } => Some(SEQUENCE_HOLD),
            State::Paste { .. } => Some(PASTE_HOLD),
        };
        self.deadline = hold.map(|hold| now + hold);
        inputs
    }

    /// When [`Parser::expire`] is to be called, if nothing more comes.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Nothing came in time: what is held is what it is.
    pub fn expire(&mut self, now: Instant) -> Vec<Input> {
        if self.deadline.is_none_or(|deadline| deadline > now) {
            return Vec::new();
        }
        let Self { state, held, .. } = std::mem::take(self);
        let input = match state {
            State::Paste { ending } => Some(paste(held, ending)),
            State::LongSequence | State::Answer { .. } => None,
            State::Ground => match held.as_slice() {
                b"\x1b" => Some(Input::Key(Key::plain(KeyCode::Esc))),
                // Alt with a letter that also begins a sequence.
                [
                    b'\x1b',
                    letter @ (b'[' | b'O' | b'P' | b'X' | b']' | b'^' | b'_'),
                ] => Some(Input::Key(Key {
                    alt: true,
                    ..Key::char(char::from(*letter))
                })),
                _ => None,
            },
        };
        input.into_iter().collect()
    }

    fn take(&mut self, byte: u8, inputs: &mut Vec<Input>) {
        match &mut self.state {
            State::Ground => {
                self.held.push(byte);
                self.cut(inputs);
            }
            State::Paste { ending } => {
                // No proper part of the end is its beginning too, save the first byte.
                let met = if PASTE_ENDS.get(*ending) == Some(&byte) {
                    *ending + 1
                } else {
                    let broken = PASTE_ENDS.get(..*ending).unwrap_or_default();
                    keep(&mut self.held, broken);
                    usize::from(byte == b'\x1b')
                };
                if met == 0 {
                    keep(&mut self.held, &[byte]);
                }
                if met == PASTE_ENDS.len() {
                    inputs.push(paste(std::mem::take(&mut self.held), 0));
                    self.state = State::Ground;
                } else {
                    self.state = State::Paste { ending: met };
                }
            }
            State::LongSequence => match byte {
                0x20..=0x3f => {}
                0x40..=0x7e => self.state = State::Ground,
                _ => self.again(byte, inputs),
            },
            State::Answer { escape } => match byte {
                b'\x07' => self.state = State::Ground,
                b'\\' if *escape => self.state = State::Ground,
                b'\x1b' => *escape = true,
                // An ESC that ends no string begins something new.
                _ if *escape => {
                    self.state = State::Ground;
                    self.take(b'\x1b', inputs);
                    self.take(byte, inputs);
                }
                b'\x18' | b'\x1a' => self.state = State::Ground,
                _ => {}
            },
        }
    }

    /// The byte belongs to no sequence that was begun: it begins its own.
    fn again(&mut self, byte: u8, inputs: &mut Vec<Input>) {
        self.state = State::Ground;
        self.take(byte, inputs);
    }

    /// Takes whole sequences off the held bytes.
    fn cut(&mut self, inputs: &mut Vec<Input>) {
        loop {
            match cut(&self.held) {
                Cut::Wait => return,
                Cut::Whole(length) => {
                    let rest = self.held.split_off(length.min(self.held.len()));
                    let whole = std::mem::replace(&mut self.held, rest);
                    inputs.extend(understand(&whole));
                }
                Cut::Nothing(length) => {
                    self.held.drain(..length.min(self.held.len()));
                }
                Cut::Enter(length, state) => {
                    let mut begun = std::mem::take(&mut self.held);
                    let rest = begun.split_off(length.min(begun.len()));
                    self.state = state;
                    for byte in rest {
                        self.take(byte, inputs);
                    }
                    return;
                }
            }
        }
    }
}

/// Keeps as much of a paste as is allowed.
fn keep(held: &mut Vec<u8>, bytes: &[u8]) {
    let room = LONGEST_PASTE.saturating_sub(held.len());
    held.extend(bytes.iter().take(room));
}

fn paste(mut held: Vec<u8>, ending: usize) -> Input {
    keep(&mut held, PASTE_ENDS.get(..ending).unwrap_or_default());
    Input::Paste(String::from_utf8_lossy(&held).into_owned())
}

/// What the first bytes held are, by ECMA-48 5.4 (control sequences), 5.6 (control strings) and UTF-8.
fn cut(held: &[u8]) -> Cut {
    match held {
        [] | [b'\x1b'] | [b'\x1b', b'O'] | [b'\x1b', b'[', b'['] => Cut::Wait,
        // Two ESC are two keys, or a key and what the second one begins.
        [b'\x1b', b'\x1b', ..] => Cut::Whole(1),
        [b'\x1b', b'[', b'[', ..] => Cut::Whole(4),
        [b'\x1b', b'O', last, ..] => match last {
            0x40..=0x7e => Cut::Whole(3),
            0x20..=0x3f => Cut::Enter(3, State::LongSequence),
            _ => Cut::Nothing(2),
        },
        [b'\x1b', b'[', rest @ ..] => cut_csi(held, rest),
        [b'\x1b', b'P' | b'X' | b']' | b'^' | b'_'] => Cut::Wait,
        [b'\x1b', b'P' | b'X' | b']' | b'^' | b'_', ..] => {
            Cut::Enter(2, State::Answer { escape: false })
        }
        [b'\x1b', rest @ ..] => match cut(rest) {
            Cut::Whole(length) => Cut::Whole(length + 1),
            Cut::Nothing(length) => Cut::Nothing(length + 1),
            other => other,
        },
        [first, ..] => cut_character(held, *first),
    }
}

fn cut_csi(held: &[u8], rest: &[u8]) -> Cut {
    match rest {
        // X10 mouse: three raw bytes follow. Never asked for, but not to be taken for keys.
        [b'M', ..] => match held.len() {
            6.. => Cut::Nothing(6),
            _ => Cut::Wait,
        },
        [.., last @ 0x40..=0x7e] => match (held == PASTE_BEGINS, last) {
            (true, _) => Cut::Enter(held.len(), State::Paste { ending: 0 }),
            (false, _) => Cut::Whole(held.len()),
        },
        [] | [.., 0x20..=0x3f] if held.len() < LONGEST_SEQUENCE => Cut::Wait,
        [] | [.., 0x20..=0x3f] => Cut::Enter(held.len(), State::LongSequence),
        // A control or a letter beyond ASCII: the sequence was torn, and this begins anew.
        [..] => Cut::Nothing(held.len() - 1),
    }
}

fn cut_character(held: &[u8], first: u8) -> Cut {
    let length = match first {
        0x00..=0x7f => return Cut::Whole(1),
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Cut::Nothing(1),
    };
    let torn = held
        .iter()
        .skip(1)
        .take(length - 1)
        .position(|byte| !(0x80..=0xbf).contains(byte));
    match torn {
        Some(place) => Cut::Nothing(place + 1),
        None if held.len() < length => Cut::Wait,
        None => Cut::Whole(length),
    }
}

/// What a whole sequence means to us, if anything.
fn understand(whole: &[u8]) -> Option<Input> {
    if let Some(mouse) = whole.strip_prefix(b"\x1b[<") {
        return understand_mouse(mouse).map(Input::Mouse);
    }
    // rxvt's mouse form, never asked for; the parser behind would subtract 1 from a column of 0.
    if whole.starts_with(b"\x1b[") && whole.ends_with(b"M") {
        return None;
    }
    match Event::parse_from(whole).ok()?? {
        Event::Key(key) => understand_key(key).map(Input::Key),
        _ => None,
    }
}

/// `ESC [ < button ; column ; row M` (pressed) or `m` (released), counted from 1 (xterm's mode 1006).
fn understand_mouse(sequence: &[u8]) -> Option<Mouse> {
    let (numbers, pressed) = match sequence {
        [numbers @ .., b'M'] => (numbers, true),
        [numbers @ .., b'm'] => (numbers, false),
        _ => return None,
    };
    let mut numbers = std::str::from_utf8(numbers).ok()?.split(';');
    let mut next = || numbers.next()?.parse::<u16>().ok();
    let (button, column, row) = (next()?, next()?.checked_sub(1)?, next()?.checked_sub(1)?);
    const MODIFIERS: u16 = 4 | 8 | 16;
    let kind = match (button & !MODIFIERS, pressed) {
        (0, true) => MouseKind::Press,
        (32, true) => MouseKind::Drag,
        (64, true) => MouseKind::WheelUp,
        (65, true) => MouseKind::WheelDown,
        _ => return None,
    };
    Some(Mouse { kind, column, row })
}

fn understand_key(key: KeyEvent) -> Option<Key> {
    use terminput::KeyCode as Code;
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let ours = KeyModifiers::SHIFT | KeyModifiers::CTRL | KeyModifiers::ALT;
    if !(key.modifiers - ours).is_empty() {
        return None;
    }
    let (ctrl, alt) = (
        key.modifiers.contains(KeyModifiers::CTRL),
        key.modifiers.contains(KeyModifiers::ALT),
    );
    let shift = key.modifiers.contains(KeyModifiers::SHIFT);
    let code = match key.code {
        Code::Char('h') if ctrl && !alt => {
            // Byte 8 is what many terminals send for Backspace, some only with Ctrl.
            return Some(Key::plain(KeyCode::Backspace));
        }
        Code::Char(c) if c.is_control() => return None,
        Code::Char(c) => {
            return Some(Key {
                code: KeyCode::Char(if shift { c.to_ascii_uppercase() } else { c }),
                ctrl,
                alt,
                shift: false,
            });
        }
        Code::Tab if shift => {
            return Some(Key {
                code: KeyCode::BackTab,
                ctrl,
                alt,
                shift: false,
            });
        }
        Code::Enter => KeyCode::Enter,
        Code::Esc => KeyCode::Esc,
        Code::Tab => KeyCode::Tab,
        Code::Backspace => KeyCode::Backspace,
        Code::Delete => KeyCode::Delete,
        Code::Insert => KeyCode::Insert,
        Code::Home => KeyCode::Home,
        Code::End => KeyCode::End,
        Code::PageUp => KeyCode::PageUp,
        Code::PageDown => KeyCode::PageDown,
        Code::Up => KeyCode::Up,
        Code::Down => KeyCode::Down,
        Code::Left => KeyCode::Left,
        Code::Right => KeyCode::Right,
        Code::F(number) => KeyCode::F(number),
        _ => return None,
    };
    Some(Key {
        code,
        ctrl,
        alt,
        shift,
    })
}

#[cfg(test)]
mod tests;
