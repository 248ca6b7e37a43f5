//! Failures in words for people, and those of sound as one line and an exit code; [`super::told`] has those of the API.

use std::fmt;

use anyhow::anyhow;

use super::{CREDENTIALS, FAILED, Failure, NETWORK, RATE_LIMIT};
use crate::app::text::safe;
use crate::{audio, config};

/// Several mistakes of the user's, a line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", _0.iter().map(|line| safe(line)).collect::<Vec<_>>().join("\n"))]
pub(super) struct Mistakes(pub(super) Vec<String>);

/// The words for people. Whatever is in them is printed and obeyed by no terminal, and they are one line, but where mistakes have a
/// line each: a line end in a file's name begins none.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = format!("{:#}", self.error);
        let in_file = matches!(
            self.error.downcast_ref(),
            Some(config::Error::Mistaken { .. })
        );
        let has_lines = in_file || self.error.is::<Mistakes>();
        match has_lines {
            true => f.write_str(&safe_lines(&words)),
            false => f.write_str(&safe(&words)),
        }
    }
}

/// Text of several lines, each of them safe to print.
pub(super) fn safe_lines(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(safe).collect();
    lines.join("\n")
}

/// Why a recording's sound did not come.
pub(super) fn of_sound(error: &audio::Error) -> Failure {
    use audio::Error;
    match error {
        Error::Unauthorized | Error::Forbidden => in_words(
            &format!("{error}: use the credentials of its owner, perhaps a subaccount's"),
            CREDENTIALS,
        ),
        Error::Status(429) => in_words(&format!("{error}: wait a moment"), RATE_LIMIT),
        // Not every sink is a device.
        Error::NoDevice(reason) => in_words(&format!("no sound: {reason}"), FAILED),
        // What this machine or the link itself lacks.
        Error::Refused(_) | Error::NoUrl | Error::Storage(_) => {
            in_words(&error.to_string(), FAILED)
        }
        _ => in_words(&error.to_string(), NETWORK),
    }
}

/// Text from outside may be in the words.
pub(super) fn in_words(words: &str, code: u8) -> Failure {
    Failure {
        error: anyhow!("{}", safe(words)),
        code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_in_a_failure_steers_the_terminal_or_begins_a_line() {
        let failure = Failure::from(anyhow!(
            "/mnt/x\u{1b}]0;owned\u{7}\ny\u{202e} is no archive"
        ));
        assert_eq!(failure.to_string(), "/mnt/x␛]0;owned␇␊y� is no archive");
        let mistakes = Mistakes(vec!["--from: \u{9b}2J".into(), "--to: no".into()]);
        assert_eq!(Failure::from(mistakes).to_string(), "--from: �2J\n--to: no");
        let config = config::Error::Mistaken {
            path: "/a\u{1b}\nb.toml".into(),
            mistakes: [(1, "one"), (2, "two")]
                .map(|(line, what)| config::Mistake {
                    line,
                    what: what.into(),
                })
                .into(),
        };
        let told = Failure::from(config).to_string();
        assert_eq!(told, "/a␛␊b.toml:1: one\n/a␛␊b.toml:2: two");
    }

    #[test]
    fn scripts_can_tell_whose_mistake_it_was() {
        for (error, code) in [
            (audio::Error::Forbidden, 2),
            (audio::Error::NotFound, 3),
            (audio::Error::Status(429), 4),
            (audio::Error::NoUrl, 1),
            (audio::Error::NotAudio("\u{1b}[2J".into()), 3),
        ] {
            let failure = of_sound(&error);
            assert_eq!(failure.code, code, "{error}");
            assert!(crate::app::text::is_safe(&failure.error.to_string()));
        }
    }
}
