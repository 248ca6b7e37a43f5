//! JSON on standard output, which may be a terminal.

use std::fmt::Write;

use serde_json::Value;

use crate::app::text::is_safe;

/// One line of JSON, without its end. See [`escaped`].
pub(super) fn line(value: &Value) -> String {
    escaped(&value.to_string())
}

/// JSON lets DEL, the C1 codes and characters that turn the reading order stand in text; here they are escaped, so that the text
/// says the same to a program and nothing to a terminal.
pub(super) fn escaped(json: &str) -> String {
    if json.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return json.to_owned();
    }
    let mut line = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if is_safe(c.encode_utf8(&mut [0; 4])) {
            line.push(c);
            continue;
        }
        // Outside of its strings JSON is plain ASCII, so whatever is met here stands in a string.
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            let _ = write!(line, "\\u{unit:04x}");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn what_could_steer_a_terminal_is_escaped_and_means_the_same() {
        let value = json!({ "a": "\u{1b}[2J\u{7f}\u{9b}31m\u{202e}x\u{e0041}é\t\"" });
        let text = line(&value);
        assert!(is_safe(&text), "{text:?}");
        assert_eq!(
            text,
            r#"{"a":"\u001b[2J\u007f\u009b31m\u202ex\udb40\udc41é\t\""}"#
        );
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn plain_lines_stay_as_they_are() {
        assert_eq!(line(&json!({ "a": 1.50 })), r#"{"a":1.5}"#);
    }
}
