//! What a text looks like.

/// Digits in a row, or nearly so, from which on a text may be a phone number.
pub(super) const NUMBER: usize = 7;

/// The key under which all spellings of one number meet: its digits, or the lower-case address.
pub(super) fn same_number(text: &str) -> String {
    let text = text.trim();
    let spelled = text
        .chars()
        .all(|c| c.is_ascii_digit() || is_between_digits(c) || c == '+');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if spelled && !digits.is_empty() {
        return digits
            .strip_prefix("00")
            .map_or(digits.clone(), str::to_owned);
    }
    text.to_lowercase()
}

pub(super) fn is_between_digits(c: char) -> bool {
    matches!(
        c,
        ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{2010}'..='\u{2015}'
    )
}

/// `8-4-4-4-12` hexadecimal digits.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// `MA` or `SA` and 18 of `[A-Z0-9]`.
pub(super) fn is_auth_id(text: &str) -> bool {
    text.len() == 20
        && (text.starts_with("MA") || text.starts_with("SA"))
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A UUID, or a part of one as old recordings have it: hexadecimal with a letter in it, and no number.
pub(super) fn is_id(text: &str) -> bool {
    is_uuid(text)
        || ((8..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
            && text.bytes().any(|byte| byte.is_ascii_digit())
            && text.bytes().any(|byte| byte.is_ascii_alphabetic())
            && !holds_number(text))
}

/// Are there so many digits in a row, blanks and dashes between them aside, that it may be a phone number?
pub(super) fn holds_number(text: &str) -> bool {
    let mut digits = 0_usize;
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits += 1;
            if digits >= NUMBER {
                return true;
            }
        } else if c.is_numeric() {
            // Digits of other scripts are not parsed anywhere, so they are not trusted either.
            return true;
        } else if !is_between_digits(c) {
            digits = 0;
        }
    }
    false
}

/// The length in bytes of a date, with time, fraction and zone, at the start of the text; 0 when there is none.
pub(super) fn date_length(text: &str) -> usize {
    let pattern = "dddd-dd-dd";
    let Some(mut length) = match_digits(text, pattern) else {
        return 0;
    };
    let after = |length: usize| text.get(length..).unwrap_or("");
    let time = after(length)
        .strip_prefix([' ', 'T'])
        .and_then(|rest| match_digits(rest, "dd:dd"));
    if let Some(time) = time {
        length += 1 + time;
        if let Some(seconds) = match_digits(after(length), ":dd") {
            length += seconds;
            if let Some(fraction) = after(length).strip_prefix('.') {
                let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
                if (1..=6).contains(&digits) {
                    length += 1 + digits;
                }
            }
        }
        let zone = after(length);
        if zone.starts_with('Z') {
            length += 1;
        } else if zone.starts_with(['+', '-']) {
            length += match_digits(zone.get(1..).unwrap_or(""), "dd:dd").map_or(0, |zone| 1 + zone);
        }
    }
    // A date that goes on with digits is something else.
    let goes_on = after(length).starts_with(|c: char| c.is_alphanumeric());
    if goes_on { 0 } else { length }
}

/// `d` stands for a digit, everything else for itself.
fn match_digits(text: &str, pattern: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let fits = pattern.bytes().enumerate().all(|(place, want)| {
        bytes.get(place).is_some_and(|byte| {
            if want == b'd' {
                byte.is_ascii_digit()
            } else {
                *byte == want
            }
        })
    });
    fits.then_some(pattern.len())
}

/// A time and nothing else.
pub(super) fn is_time(text: &str) -> bool {
    !text.is_empty() && date_length(text) == text.len()
}

/// `345100.00000`, `-1`, `0.25`: a figure whose whole part is too short for a phone number.
pub(super) fn is_figure(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction) && whole.len() < NUMBER && fraction.len() < NUMBER
}
