//! A command line that is wrong, or that asks for help.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::anyhow;

use super::failure::safe_lines;
use super::{FAILED, Failure, told};

/// Says what clap made of `arguments`: its own words for people, or where they ask for a JSON form, one object like that of every
/// other failure. Help and version come this way too.
pub fn usage(error: &clap::Error, arguments: impl Iterator<Item = OsString>) -> ExitCode {
    if !error.use_stderr() {
        // A closed pipe is no one's concern any more.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    // Without its colours: what was typed, or stood in the name of a file, may bring escape sequences of its own.
    let text = error.render().to_string();
    if !asks_for_json(arguments) {
        let _ = io::stderr().write_all(safe_lines(&text).as_bytes());
        return ExitCode::from(FAILED);
    }
    let (message, hint) = parts(&text);
    let failure = Failure {
        error: anyhow!(message),
        code: FAILED,
    };
    told::print_json_with(&failure, hint)
}

/// Whether `--output json` or `ndjson` is among them, whatever else is wrong.
fn asks_for_json(arguments: impl Iterator<Item = OsString>) -> bool {
    let mut last_was_flag = false;
    for argument in arguments {
        let argument = argument.to_string_lossy();
        if argument == "--" {
            return false;
        }
        let value = match argument.strip_prefix("--output=") {
            Some(value) => Some(value),
            None if last_was_flag => Some(argument.as_ref()),
            None => None,
        };
        if value.is_some_and(|value| matches!(value, "json" | "ndjson")) {
            return true;
        }
        last_was_flag = argument == "--output";
    }
    false
}

/// What is wrong, and what else clap says about it, each on one line.
fn parts(text: &str) -> (String, Option<String>) {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.strip_prefix("error: ").unwrap_or(text);
    match text.split_once("\n\n") {
        Some((message, rest)) => (
            line(message),
            Some(line(rest)).filter(|rest| !rest.is_empty()),
        ),
        None => (line(text), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_wanted_where_the_flag_is_followed_by_its_word() {
        let asks = |line: &str| asks_for_json(line.split(' ').map(OsString::from));
        assert!(asks("callreel list --nonsense --output json"));
        assert!(asks("callreel list --output=ndjson --nonsense"));
        assert!(!asks("callreel list --output csv json"));
        assert!(!asks("callreel list --output"));
        assert!(!asks("callreel get -- --output json"));
    }

    #[test]
    fn what_clap_says_becomes_a_message_and_a_hint() {
        let (message, hint) = parts(
            "error: unexpected argument '--nonsense' found\n\n  tip: to pass it\n\nUsage: callreel list\n",
        );
        assert_eq!(message, "unexpected argument '--nonsense' found");
        assert_eq!(hint.unwrap(), "tip: to pass it Usage: callreel list");
        assert_eq!(parts("error: no").0, "no");
    }
}
