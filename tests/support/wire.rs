//! What the program writes, looked at byte by byte: text, and the sequences that drawing needs. Anything else is a control
//! code that slipped through.

use callreel::app::text::is_safe;

/// Reads the output as it comes, in pieces that may end anywhere.
#[derive(Default)]
pub struct Wire {
    /// The start of something that has not come whole.
    rest: Vec<u8>,
}

/// How much of the output one look took.
enum Look {
    Took(usize),
    /// More has to come first.
    Short,
    Wrong(String),
}

/// A sequence longer than this never ends.
const LONGEST: usize = 64 * 1024;

impl Wire {
    /// Takes a piece. The error says what should not be there, with what stood around it.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.rest.extend_from_slice(bytes);
        let mut at = 0;
        while at < self.rest.len() {
            match look(&self.rest[at..]) {
                Look::Took(length) => at += length,
                Look::Short if self.rest.len() - at < LONGEST => break,
                Look::Short => return Err("a sequence without an end".to_owned()),
                Look::Wrong(what) => {
                    let around = &self.rest[at.saturating_sub(60)..(at + 60).min(self.rest.len())];
                    return Err(format!("{what} in {:?}", String::from_utf8_lossy(around)));
                }
            }
        }
        self.rest.drain(..at);
        Ok(())
    }
}

fn look(bytes: &[u8]) -> Look {
    match bytes {
        [0x1b, b'[', rest @ ..] => csi(rest),
        [0x1b, b']', rest @ ..] => osc(rest),
        [0x1b] => Look::Short,
        // Ends a sequence that another program left open.
        [0x1b, b'\\', ..] => Look::Took(2),
        [b'\r' | b'\n', ..] => Look::Took(1),
        _ => text(bytes),
    }
}

/// Colours, the cursor, what is erased, and the modes that the program sets.
fn csi(rest: &[u8]) -> Look {
    let is_parameter = |byte: &u8| matches!(byte, b'0'..=b'?');
    let Some(at) = rest.iter().position(|byte| !is_parameter(byte)) else {
        return Look::Short;
    };
    let (parameters, last) = (&rest[..at], rest[at]);
    let known = match last {
        b'm' | b'H' | b'J' | b'K' => parameters.iter().all(|byte| matches!(byte, b'0'..=b';')),
        b'h' | b'l' => ["?25", "?1000", "?1002", "?1006", "?1049", "?2004", "?2026"]
            .iter()
            .any(|mode| mode.as_bytes() == parameters),
        _ => false,
    };
    match known {
        true => Look::Took(2 + at + 1),
        false => Look::Wrong("a sequence that draws nothing".to_owned()),
    }
}

/// Copying, which is the only one.
fn osc(rest: &[u8]) -> Look {
    let Some(at) = rest.iter().position(|byte| *byte == 0x1b) else {
        return Look::Short;
    };
    let encoded = rest[..at].strip_prefix(b"52;c;");
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    match (encoded, rest.get(at + 1)) {
        (_, None) => Look::Short,
        (Some(encoded), Some(b'\\')) if encoded.iter().all(is_base64) => Look::Took(2 + at + 2),
        _ => Look::Wrong("an OSC that copies nothing".to_owned()),
    }
}

/// One character.
fn text(bytes: &[u8]) -> Look {
    let length = match bytes[0] {
        0..=0x7f => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => return Look::Wrong("a byte that is no text".to_owned()),
    };
    let Some(bytes) = bytes.get(..length) else {
        return Look::Short;
    };
    match std::str::from_utf8(bytes) {
        Ok(c) if is_safe(c) && !c.chars().any(char::is_control) => Look::Took(length),
        Ok(c) => Look::Wrong(format!("{c:?}")),
        Err(_) => Look::Wrong("bytes that are no text".to_owned()),
    }
}

#[test]
fn drawing_passes_however_it_is_cut_and_control_codes_do_not() {
    let drawn = "\x1b[?2026h\x1b[2;3H\x1b[0;1;38;5;2mä漢 ♪\x1b[?25l\x1b]52;c;aGk=\x1b\\\x1b[?2026l";
    for cut in 0..=drawn.len() {
        let (first, second) = drawn.as_bytes().split_at(cut);
        let mut wire = Wire::default();
        assert_eq!(wire.take(first), Ok(()), "{cut}");
        assert_eq!(wire.take(second), Ok(()), "{cut}");
        assert!(wire.rest.is_empty(), "{cut}");
    }
    for wrong in [
        "\x07",
        "\x7f",
        "\u{9b}5m",
        "\u{85}",
        "\u{202e}",
        "\u{200b}",
        "\x1b]0;owned\x07\x1b\\",
        "\x1b]52;c;?\x1b\\",
        "\x1b[?1048h",
        "\x1b[5n",
        "\x1bc",
    ] {
        assert!(Wire::default().take(wrong.as_bytes()).is_err(), "{wrong:?}");
    }
}
