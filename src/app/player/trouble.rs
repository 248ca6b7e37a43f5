//! What is wrong with a playback, in words, with the way out.

use crate::audio::Error;

/// What failed and why, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// May hold text from outside: whoever draws it makes it safe.
    pub what: String,
    /// With the names of actions for keys: see [`crate::app::keymap::Keymap::spell`].
    pub help: &'static str,
    /// Nothing more comes of this playback by itself.
    pub fatal: bool,
}

impl Trouble {
    pub(super) fn of(error: &Error) -> Self {
        Self {
            what: error.to_string(),
            help: help(error),
            fatal: true,
        }
    }

    pub(super) fn no_device(reason: &str) -> Self {
        Self {
            what: format!("no sound: {reason}"),
            help: "{pause} tries again; else --sink null or PULSE_SERVER",
            fatal: false,
        }
    }

    /// `some`: a part of the file is here.
    pub(super) fn retrying(detail: &str, attempt: u32, some: bool) -> Self {
        Self {
            what: format!("the connection is tried again ({attempt}): {detail}"),
            help: if some {
                "what is loaded plays on"
            } else {
                "{stop} gives up"
            },
            fatal: false,
        }
    }
}

fn help(error: &Error) -> &'static str {
    match error {
        Error::Unauthorized | Error::Forbidden => {
            "its owner's credentials are needed, perhaps a subaccount's: {pause} tries again"
        }
        Error::NotFound => "a new recording takes some seconds: {pause} tries again",
        Error::Status(429 | 500..) => "the server has a problem: {pause} tries again",
        Error::Status(_) => "the link may be out of date: {refresh} loads the list anew",
        Error::NotAudio(_) => "the link leads to something else: {copy-url} copies it to look at",
        Error::Empty | Error::HeaderOnly => {
            "nothing was said, or the call ended first: there is nothing to hear"
        }
        Error::Refused(_) => {
            "only https links to public servers are followed, and the API URL's own"
        }
        Error::Unreachable(_) => "check the network: {pause} tries again",
        Error::Protocol(_) => "{pause} tries again",
        Error::Storage(_) => "make room on the disk, then {pause} tries again",
        Error::Decode(_) => "the file is damaged: {pause} tries again",
        Error::Changed => "{pause} plays it as it is now",
        Error::NoUrl => "it may still be recorded: {refresh} loads the list anew",
        Error::NoDevice(_) => "start with --sink null, or set PULSE_SERVER",
    }
}
