//! Phone numbers as people write them, made E.164; sip addresses are kept.

use super::{Mistake, Understood};

pub(super) const EXAMPLE: &str = "+1 415 555 0100 or sip:name@host";

pub(super) fn read(text: &str) -> Result<Understood, Mistake> {
    let text = text.trim_matches(is_invisible);
    if let Some(address) = sip(text) {
        return address;
    }
    let text = text.strip_prefix("tel:").unwrap_or(text);
    // `+44 (0)20 …`: the zero is for callers inside the country.
    let text = text.replace("(0)", "");
    let mut digits = String::new();
    let mut plus = false;
    for c in text.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' | '\u{ff0b}' if digits.is_empty() && !plus => plus = true,
            '+' => return Err(Mistake::new("a plus stands at the front only", EXAMPLE)),
            c if is_separator(c) || is_invisible(c) => {}
            c if c.is_alphabetic() => {
                return Err(Mistake::new(
                    "a number has no letters (a name goes in quotes)",
                    EXAMPLE,
                ));
            }
            _ => {
                return Err(Mistake::new(
                    "a number has digits, blanks, dashes and brackets only",
                    EXAMPLE,
                ));
            }
        }
    }
    international(&digits, plus)
}

fn international(digits: &str, plus: bool) -> Result<Understood, Mistake> {
    let abroad = if plus {
        None
    } else {
        digits
            .strip_prefix("00")
            .or_else(|| digits.strip_prefix("011"))
    };
    let (number, note) = match abroad {
        Some(number) => (number.to_owned(), None),
        None if plus => (digits.to_owned(), None),
        None if is_north_american(digits) => {
            (format!("1{digits}"), Some("in the United States or Canada"))
        }
        None => (digits.to_owned(), None),
    };
    if number.starts_with('0') {
        return Err(Mistake::new(
            "the country code is missing: begin with + and the country",
            "+44 20 7946 0000",
        ));
    }
    match number.len() {
        0 => Err(Mistake::new("not a number", EXAMPLE)),
        1..7 => Err(Mistake::new(
            format!("too short for a whole number: {} digits", number.len()),
            EXAMPLE,
        )),
        7..10 if !plus && abroad.is_none() => Err(Mistake::new(
            "the country code is missing: begin with + and the country",
            EXAMPLE,
        )),
        7..=15 => Ok(Understood {
            value: format!("+{number}"),
            note,
        }),
        _ => Err(Mistake::new(
            format!("too long: {} digits, the most is 15", number.len()),
            EXAMPLE,
        )),
    }
}

/// Ten digits whose area code and exchange begin with 2 to 9 (North American Numbering Plan).
fn is_north_american(digits: &str) -> bool {
    let digit = |place: usize| digits.as_bytes().get(place).copied().unwrap_or(b'0');
    digits.len() == 10 && digit(0) >= b'2' && digit(3) >= b'2'
}

fn sip(text: &str) -> Option<Result<Understood, Mistake>> {
    let example = "sip:name@phone.plivo.com";
    let (scheme, address) = match text.split_once(':') {
        Some((scheme, address)) if scheme.eq_ignore_ascii_case("sip") => ("sip:", address),
        Some((scheme, address)) if scheme.eq_ignore_ascii_case("sips") => ("sips:", address),
        _ if text.contains('@') => ("sip:", text),
        _ => return None,
    };
    if address.is_empty() || address.starts_with('@') {
        return Some(Err(Mistake::new("a sip address wants a name", example)));
    }
    if address.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Some(Err(Mistake::new("a sip address has no blanks", example)));
    }
    if address.matches('@').count() > 1 || address.ends_with('@') {
        return Some(Err(Mistake::new(
            "a sip address is one name at one host",
            example,
        )));
    }
    Some(Ok(Understood::plain(format!("{scheme}{address}"))))
}

/// Found between the digits of numbers on web pages and in mails.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '.' | '(' | ')' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{b7}'
        )
}

/// What comes along when a number is copied from a contact or a spreadsheet.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}
