//! Free text: what looks like a number, an address, a link or an auth id goes; times and UUIDs stay.

use super::{Mask, link, shape};

pub(super) fn masked(mask: &Mask, text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(first) = rest.chars().next() {
        let starts_word = before.is_none_or(|c| !c.is_alphanumeric());
        let (taken, replacement) =
            piece(mask, rest, starts_word).unwrap_or((first.len_utf8(), None));
        let (piece, after) = rest
            .split_at_checked(taken.max(first.len_utf8()))
            .unwrap_or((rest, ""));
        shown.push_str(replacement.as_deref().unwrap_or(piece));
        before = piece.chars().next_back();
        rest = after;
    }
    shown
}

/// The bytes at the front of the text that belong together, and what is shown for them (`None`: themselves).
fn piece(mask: &Mask, text: &str, starts_word: bool) -> Option<(usize, Option<String>)> {
    if starts_word {
        let word = word(text);
        if word.get(..36).is_some_and(shape::is_uuid)
            && !word
                .get(36..)
                .is_some_and(|rest| rest.starts_with(is_of_word))
        {
            return Some((36, None));
        }
        let date = shape::date_length(text);
        if date > 0 {
            return Some((date, None));
        }
        let address =
            word.trim_end_matches(['.', ',', ';', ':', '!', '?', '"', '\'', ')', '>', ']']);
        if address.contains("://") {
            return Some((address.len(), Some(link::masked(mask, address))));
        }
        let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
        if scheme.eq_ignore_ascii_case("sip")
            || scheme.eq_ignore_ascii_case("sips")
            || address.contains('@')
        {
            return Some((address.len(), Some(mask.number(address))));
        }
        let id: usize = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if text.get(..id).is_some_and(shape::is_auth_id) {
            return Some((id, text.get(..id).map(|id| mask.account(id))));
        }
        if address.starts_with('/') && address.matches('/').count() > 2 {
            return Some((address.len(), Some(link::masked(mask, address))));
        }
    }
    let number = number_length(text);
    (number > 0).then(|| (number, text.get(..number).map(|number| mask.number(number))))
}

/// Up to the next blank.
fn word(text: &str) -> &str {
    text.split(char::is_whitespace).next().unwrap_or("")
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '-'
}

/// The length in bytes of a phone number at the front, 0 when there is none. It begins with a digit, `+` or `(`.
fn number_length(text: &str) -> usize {
    if !text.starts_with(|c: char| c.is_numeric() || c == '+' || c == '(') {
        return 0;
    }
    let (mut digits, mut end, mut between) = (0, 0, 0);
    for (place, c) in text.char_indices() {
        if c.is_numeric() {
            digits += 1;
            between = 0;
            end = place + c.len_utf8();
        } else if (c == '+' && place == 0) || shape::is_between_digits(c) {
            between += 1;
            if between > 3 {
                break;
            }
        } else {
            break;
        }
    }
    if digits >= shape::NUMBER { end } else { 0 }
}
