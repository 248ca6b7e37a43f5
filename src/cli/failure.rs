//! Failures of the API and of sound as one line and an exit code.

use anyhow::anyhow;

use super::{CREDENTIALS, FAILED, Failure};
use crate::app::text::safe;
use crate::audio;
use crate::plivo;

/// Exit code: the network or the server failed.
pub(super) const NETWORK: u8 = 3;
/// Exit code: the account's rate limit is used up.
pub(super) const RATE_LIMIT: u8 = 4;

/// What the API said, and what helps.
pub(super) fn of_api(error: &plivo::Error) -> Failure {
    use plivo::Error;
    let code = match error {
        Error::Unauthorized { .. } | Error::Forbidden { .. } => CREDENTIALS,
        Error::BadRequest { .. } | Error::NotFound { .. } => FAILED,
        Error::RateLimited { .. } => RATE_LIMIT,
        _ => NETWORK,
    };
    in_words(&format!("{error}: {}", error.advice()), code)
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
        // What this machine or the link itself lacks.
        Error::Refused(_) | Error::NoUrl | Error::NoDevice(_) | Error::Storage(_) => {
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
        let none = || (String::new(), None);
        let (message, api_id) = none();
        let not_found = plivo::Error::NotFound { message, api_id };
        assert_eq!(of_api(&not_found).code, 1);
        let cut = plivo::Error::Cut {
            host: "h".into(),
            detail: "d".into(),
        };
        assert_eq!(of_api(&cut).code, 3);
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
