//! Parts of file names out of texts that strangers may have chosen: legal on Linux, macOS and Windows alike, since archives are
//! copied from one to the other, and harmless in a listing on a terminal.

use std::fmt::Write;

use ring::digest::{SHA256, digest};

use crate::app::text::is_safe;

/// Bytes of one part of a path. File systems take 255, in bytes or in UTF-16 units, of which no text has more than bytes; the rest
/// is for what stands behind a name while a file is being written.
pub(super) const LONGEST_PART: usize = 180;

/// Bytes of one field's text within a name.
pub(super) const LONGEST_FIELD: usize = 64;

/// What stands for a field that is missing or blank.
const NONE: &str = "none";

/// Windows opens a device under these names, with any ending behind them and in any case.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin", "conout"];
/// The same with a digit behind them, of which it takes three superscripts too.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// Whether a character may stand in a name: letters and digits of any script, and of the signs those that mean nothing to a
/// shell, a path or a file system.
fn is_plain(c: char) -> bool {
    match c {
        '-' | '_' | '.' | '+' | '@' | '=' | ',' | '~' => true,
        _ => c.is_alphanumeric() && is_safe(c.encode_utf8(&mut [0; 4])),
    }
}

/// A field's value for a name: what is not plain becomes `_`, what is too long is cut. Not yet a part of a path by itself.
pub(super) fn field(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return NONE.to_owned();
    }
    let plain: String = text
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    cut(&plain, LONGEST_FIELD).to_owned()
}

/// An id's value for a name: one that cannot stand as it is gets a fingerprint, so that two ids never look the same.
pub(super) fn id(text: &str) -> String {
    let plain = field(text);
    // Some file systems take capitals and small letters for the same.
    let distinct = text.chars().all(|c| !c.is_uppercase()) && plain != NONE;
    match plain == text && distinct {
        true => plain,
        false => format!("{plain}~{}", fingerprint(text)),
    }
}

/// Eight digits that tell one text from another.
pub(super) fn fingerprint(text: &str) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    hash.as_ref()
        .iter()
        .take(4)
        .fold(String::new(), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// One part of a path out of plain characters, at most `most` bytes long: neither hidden, nor a device, nor `..`, nor an option
/// to a program, and without the dot at the end that Windows drops.
pub(super) fn part(plain: &str, most: usize) -> String {
    let mut part = cut(plain, most).to_owned();
    if part.is_empty() {
        part.push('_');
    }
    if part.ends_with('.') {
        part.pop();
        part.push('_');
    }
    if part.starts_with(['.', '-', '~']) {
        part.replace_range(..1, "_");
    }
    if is_device(&part) {
        part.insert(0, '_');
        part = cut(&part, most).to_owned();
    }
    part
}

/// Whether a text is a part of a path as [`part`] makes them.
pub(super) fn is_part(text: &str) -> bool {
    // What is put behind a stem may make it longer than its own bound.
    text.len() <= LONGEST_PART + 32 && text.chars().all(is_plain) && part(text, usize::MAX) == text
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).to_lowercase();
    let numbered = NUMBERED_DEVICES.iter().any(|device| {
        stem.strip_prefix(device)
            .is_some_and(|rest| rest.chars().count() == 1 && rest.chars().all(is_digit))
    });
    numbered || DEVICES.contains(&stem.as_str())
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '¹' | '²' | '³')
}

fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len()))
        .rev()
        .find(|&end| text.is_char_boundary(end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_to_a_system_becomes_harmless() {
        for (text, plain) in [
            ("", "none"),
            (" \t ", "none"),
            ("../../etc/passwd", ".._.._etc_passwd"),
            ("C:\\Windows", "C__Windows"),
            ("a\0b\u{1b}[2J\u{7f}\u{9b}m", "a_b__2J__m"),
            ("\u{202e}gpj.exe\u{200b}", "_gpj.exe_"),
            ("sip:desk@voice.example.net", "sip_desk@voice.example.net"),
            ("+14155550100", "+14155550100"),
            ("Zoë 宽字符", "Zoë_宽字符"),
            ("$(rm -rf ~)", "__rm_-rf_~_"),
            ("a<b>c|d?e*f\"g", "a_b_c_d_e_f_g"),
            ("ﾠㅤ", "__"),
        ] {
            assert_eq!(field(text), plain, "{text:?}");
        }
        assert_eq!(field(&"漢".repeat(300)).len(), 63);
    }

    #[test]
    fn parts_are_neither_hidden_nor_devices_nor_options() {
        for (plain, made) in [
            ("..", "__"),
            (".", "_"),
            ("...", "_._"),
            (".profile", "_profile"),
            ("-rf", "_rf"),
            ("name.", "name_"),
            ("con", "_con"),
            ("NUL.mp3", "_NUL.mp3"),
            ("Lpt9.tar.gz", "_Lpt9.tar.gz"),
            ("com¹", "_com¹"),
            ("com10", "com10"),
            ("console", "console"),
            ("", "_"),
        ] {
            assert_eq!(part(plain, 64), made, "{plain:?}");
            assert!(is_part(made), "{made:?}");
        }
        for bad in ["..", "a/b", "a:b", "", "nul", "a\u{202e}b", "x."] {
            assert!(!is_part(bad), "{bad:?}");
        }
    }

    #[test]
    fn ids_that_a_name_cannot_hold_stay_apart() {
        let uuid = "8e688ba5-2f43-11f0-9d5c-0242ac110002";
        assert_eq!(id(uuid), uuid);
        assert_ne!(id("a/b"), id("a_b"));
        assert_ne!(id("ABC"), id("abc"));
        assert_ne!(id(""), id("none"));
        let (one, two) = ("x".repeat(100), "x".repeat(101));
        assert_ne!(id(&one), id(&two));
        assert!(id(&one).len() < 80);
    }
}
