//! Text as a TOML file holds it, and a terminal can be shown it.

use std::fmt::Write;

use super::text::is_safe;

/// The text as a basic string of TOML. What could steer a terminal, hide or turn the reading order is escaped, so that it means the
/// same to whoever reads the file and is seen by whoever prints it.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if is_safe(c.encode_utf8(&mut [0; 4])) => quoted.push(c),
            // Writing to a string cannot fail.
            c => {
                let _ = match u32::from(c) {
                    code @ ..=0xffff => write!(quoted, "\\u{code:04X}"),
                    code => write!(quoted, "\\U{code:08X}"),
                };
            }
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(quoted: &str) -> String {
        let table: toml::Table = format!("a = {quoted}").parse().unwrap();
        table["a"].as_str().unwrap().to_owned()
    }

    #[test]
    fn what_could_steer_a_terminal_is_escaped() {
        assert_eq!(quoted("a \"b\"\\ é"), r#""a \"b\"\\ é""#);
        assert_eq!(
            quoted("\u{1b}]0;x\u{7}\n\u{9b}\u{202e}\u{200b}\u{e0041}"),
            r#""\u001B]0;x\u0007\u000A\u009B\u202E\u200B\U000E0041""#
        );
    }

    proptest! {
        #[test]
        fn any_text_is_safe_to_print_and_read_as_it_was(text in any::<String>()) {
            let quoted = quoted(&text);
            prop_assert!(is_safe(&quoted), "{quoted:?}");
            prop_assert_eq!(read(&quoted), text);
        }
    }
}
