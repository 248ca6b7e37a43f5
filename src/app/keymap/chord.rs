//! Keys as people write them in the configuration: `Ctrl-d`, `Shift-Left`, `Space`, `y i`.

use std::str::FromStr;

use crate::app::key::{Key, KeyCode};

use super::{Chord, normal};

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoChord {
    #[error("a key is needed, like p, G, Space, Ctrl-d, Shift-Left, F5, or two like \"y i\"")]
    Key,
    #[error(
        "terminals do not tell Shift beside a character: write the character itself, G for Shift-g"
    )]
    Shift,
}

impl FromStr for Chord {
    type Err = NoChord;

    fn from_str(text: &str) -> Result<Self, NoChord> {
        let keys: Result<Vec<_>, _> = text.split_whitespace().map(key).collect();
        match keys?.as_slice() {
            [one] => Ok(Self::One(*one)),
            [first, second] => Ok(Self::Two(*first, *second)),
            _ => Err(NoChord::Key),
        }
    }
}

fn key(text: &str) -> Result<Key, NoChord> {
    let mut rest = text;
    let mut key = Key::plain(KeyCode::Esc);
    let held = |rest: &mut &str, name: &str| {
        let found = rest
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name));
        // `Ctrl-` alone holds nothing down.
        if found && rest.len() > name.len() {
            *rest = rest.get(name.len()..).unwrap_or_default();
            return true;
        }
        false
    };
    loop {
        if held(&mut rest, "ctrl-") {
            key.ctrl = true;
        } else if held(&mut rest, "alt-") {
            key.alt = true;
        } else if held(&mut rest, "shift-") {
            key.shift = true;
        } else {
            break;
        }
    }
    let mut letters = rest.chars();
    key.code = match (letters.next(), letters.next()) {
        (Some(c), None) => match sign(c) {
            Some(code) => code,
            None if key.shift => return Err(NoChord::Shift),
            // A held Ctrl knows no capitals.
            None if key.ctrl => KeyCode::Char(c.to_ascii_lowercase()),
            None => KeyCode::Char(c),
        },
        _ => named(rest).ok_or(NoChord::Key)?,
    };
    if key.code == KeyCode::Tab && key.shift {
        key.code = KeyCode::BackTab;
    }
    Ok(normal(key))
}

/// Keys as help shows them.
fn sign(c: char) -> Option<KeyCode> {
    Some(match c {
        '␣' => KeyCode::Char(' '),
        '⏎' => KeyCode::Enter,
        '⌫' => KeyCode::Backspace,
        '↑' => KeyCode::Up,
        '↓' => KeyCode::Down,
        '←' => KeyCode::Left,
        '→' => KeyCode::Right,
        _ => return None,
    })
}

fn named(name: &str) -> Option<KeyCode> {
    let name = name.to_ascii_lowercase();
    Some(match name.as_str() {
        "space" => KeyCode::Char(' '),
        "enter" | "return" => KeyCode::Enter,
        "esc" | "escape" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backspace" => KeyCode::Backspace,
        "del" | "delete" => KeyCode::Delete,
        "ins" | "insert" => KeyCode::Insert,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pgup" | "pageup" => KeyCode::PageUp,
        "pgdn" | "pagedown" => KeyCode::PageDown,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        _ => {
            let number = name.strip_prefix('f')?.parse().ok()?;
            return (1..=24).contains(&number).then_some(KeyCode::F(number));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::keymap::Keymap;

    #[test]
    fn every_key_that_help_shows_can_be_written_so() {
        for binding in Keymap::standard().bindings() {
            let shown = binding.chord.to_string();
            assert_eq!(shown.parse(), Ok(binding.chord), "{shown}");
        }
    }

    #[test]
    fn names_are_taken_in_any_case() {
        let one = |key| Ok(Chord::One(key));
        assert_eq!("Space".parse(), one(Key::char(' ')));
        assert_eq!("ctrl-D".parse(), one(Key::ctrl('d')));
        assert_eq!("G".parse(), one(Key::char('G')));
        assert_eq!("Ctrl--".parse(), one(Key::ctrl('-')));
        assert_eq!("-".parse(), one(Key::char('-')));
        assert_eq!("Shift-Left".parse(), one(Key::shift(KeyCode::Left)));
        assert_eq!("PageDown".parse(), one(Key::plain(KeyCode::PageDown)));
        let lead = Chord::Two(Key::char('y'), Key::char('i'));
        assert_eq!("y i".parse(), Ok(lead));
    }

    #[test]
    fn what_no_terminal_sends_is_refused() {
        assert_eq!("Shift-g".parse::<Chord>(), Err(NoChord::Shift));
        for wrong in ["", " ", "Ctrl-", "F0", "F25", "hyper", "a b c"] {
            assert_eq!(wrong.parse::<Chord>(), Err(NoChord::Key), "{wrong}");
        }
    }
}
