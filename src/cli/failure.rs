//! Failures of sound as one line and an exit code; [`super::told`] has those of the API.

use anyhow::anyhow;

use super::{CREDENTIALS, FAILED, Failure, NETWORK, RATE_LIMIT};
use crate::app::text::safe;
use crate::audio;

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
