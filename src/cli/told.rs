//! Failures of the API in words, in JSON, and as an exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::app::text::safe;
use crate::app::words;
use crate::plivo::{self, Stopped, WalkError};

use super::{CREDENTIALS, FAILED, Failure, NETWORK, PANICKED, RATE_LIMIT, json};

/// What the API, or the way to it, did not give.
#[derive(Debug, thiserror::Error)]
enum Told {
    #[error("{}", safe(&format!("{_0}: {}", _0.advice())))]
    Api(plivo::Error),
    #[error("{}", safe(&format!("{error}; refused meanwhile: {refused}: {ITS_OWN}")))]
    NotDelivered {
        error: plivo::Error,
        refused: String,
    },
    /// With the flag that says where a list ends.
    #[error("{}", incomplete(_0, _1))]
    Incomplete(Stopped, &'static str),
}

/// What may be wrong where deliveries were refused.
const ITS_OWN: &str =
    "check that the token and --callback-url are those of the account that was asked";

/// A call that failed.
pub(super) fn failure(error: plivo::Error) -> Failure {
    let code = code(&error);
    Failure {
        error: Told::Api(error).into(),
        code,
    }
}

/// An answer that did not come by callback, though something did: it may well have been the answer.
pub(super) fn not_delivered(error: plivo::Error, refused: String) -> Failure {
    let code = code(&error);
    Failure {
        error: Told::NotDelivered { error, refused }.into(),
        code,
    }
}

/// Whether the next call would fail in the same way, whatever it asks for: the way to the API is gone, or the account may not.
pub(super) fn is_of_all(failure: &Failure) -> bool {
    use plivo::Error;
    let Some(Told::Api(error)) = failure.error.downcast_ref() else {
        return false;
    };
    matches!(
        error,
        Error::Unauthorized { .. }
            | Error::Forbidden { .. }
            | Error::RateLimited { .. }
            | Error::Unreachable { .. }
            | Error::Cut { .. }
            | Error::TimedOut { .. }
    )
}

/// A list that ended before it was complete.
pub(super) fn stopped(stopped: Stopped) -> Failure {
    stopped_until(stopped, "--to")
}

/// The same for a command where another flag than `--to` says where a list ends.
pub(super) fn stopped_until(stopped: Stopped, to: &'static str) -> Failure {
    let code = match &stopped.error {
        // Nothing came, so that this is a call that failed.
        WalkError::Api(error) if stopped.rows == 0 => return failure(error.clone()),
        WalkError::Api(error) => match code(error) {
            FAILED => NETWORK,
            code => code,
        },
        WalkError::GoesRound { .. } => NETWORK,
        WalkError::Panicked => PANICKED,
    };
    Failure {
        error: Told::Incomplete(stopped, to).into(),
        code,
    }
}

/// The exit code that tells scripts which kind of failure it was.
pub(super) fn code(error: &plivo::Error) -> u8 {
    use plivo::Error;
    match error {
        Error::Unauthorized { .. } | Error::Forbidden { .. } => CREDENTIALS,
        Error::RateLimited { .. } => RATE_LIMIT,
        Error::BadRequest { .. } | Error::NotFound { .. } => FAILED,
        Error::Server { .. }
        | Error::Status { .. }
        | Error::Reported { .. }
        | Error::NotDelivered { .. }
        | Error::Malformed { .. }
        | Error::Unreachable { .. }
        | Error::Cut { .. }
        | Error::TimedOut { .. } => NETWORK,
    }
}

fn incomplete(stopped: &Stopped, flag: &str) -> String {
    let rows = words::counted(stopped.rows, "recording", "recordings");
    let place = match stopped.reached {
        Some(at) => format!(" at {}", at.format("%Y-%m-%d %H:%M:%S UTC")),
        None => String::new(),
    };
    let error = safe(&stopped.error.to_string()).into_owned();
    let on = on(stopped, flag).map(|on| format!("; {on}"));
    format!(
        "incomplete: it stopped after {rows},{place}: {error}{}",
        on.unwrap_or_default()
    )
}

/// How to have the rest.
fn on(stopped: &Stopped, flag: &str) -> Option<String> {
    let to = plivo::time::write(stopped.rest?.to().at);
    Some(format!(
        "{flag} \"{to}\" lists what is left, the last one again"
    ))
}

/// One object: what a program needs to know of a failure.
pub(super) fn as_json(failure: &Failure) -> Value {
    let told = failure.error.downcast_ref();
    let api = match told {
        Some(Told::Api(error) | Told::NotDelivered { error, .. }) => Some(error),
        Some(Told::Incomplete(stopped, _)) => match &stopped.error {
            WalkError::Api(error) => Some(error),
            WalkError::GoesRound { .. } | WalkError::Panicked => None,
        },
        None => None,
    };
    let (message, hint) = match told {
        Some(Told::Api(error)) => (error.to_string(), Some(error.advice().to_owned())),
        Some(Told::NotDelivered { error, refused }) => (
            format!("{error}; refused meanwhile: {refused}"),
            Some(ITS_OWN.to_owned()),
        ),
        Some(Told::Incomplete(stopped, flag)) => (stopped.error.to_string(), on(stopped, flag)),
        None => (format!("{:#}", failure.error), None),
    };
    let mut object = json!({
        "code": failure.code,
        "message": message,
        "hint": hint,
        "status": api.and_then(plivo::Error::status),
        "api_id": api.and_then(plivo::Error::api_id),
    });
    if let (Some(Told::Incomplete(stopped, _)), Value::Object(object)) = (told, &mut object) {
        let reached = stopped
            .reached
            .map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true));
        object.insert("incomplete".to_owned(), Value::Bool(true));
        object.insert("rows".to_owned(), json!(stopped.rows));
        object.insert("reached".to_owned(), json!(reached));
    }
    object
}

/// Prints a failure as one line of JSON to standard error, where a program reads it.
pub(super) fn print_json(failure: &Failure) -> ExitCode {
    print_json_with(failure, None)
}

/// The same with a hint of the caller's, for a failure that has none of its own.
pub(super) fn print_json_with(failure: &Failure, hint: Option<String>) -> ExitCode {
    let mut object = as_json(failure);
    if let (Some(hint), Some(object)) = (hint, object.as_object_mut()) {
        object.insert("hint".to_owned(), hint.into());
    }
    // Where nobody reads, the exit code still tells.
    let _ = writeln!(io::stderr(), "{}", json::line(&object));
    ExitCode::from(failure.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plivo::{Bound, TimeRange, time};

    fn server() -> plivo::Error {
        plivo::Error::Server {
            status: 502,
            message: "bad\u{1b}[2J gateway".into(),
            api_id: Some("id-1".into()),
        }
    }

    #[test]
    fn a_failed_call_is_told_with_what_helps() {
        let failure = failure(server());
        assert_eq!(failure.code, NETWORK);
        let said = format!("{:#}", failure.error);
        assert!(said.starts_with("the server failed with status 502: bad␛[2J gateway: try"));
        let json = as_json(&failure);
        assert_eq!(
            (&json["code"], &json["status"], &json["api_id"]),
            (&json!(3), &json!(502), &json!("id-1"))
        );
        assert!(json["hint"].as_str().unwrap().starts_with("try again"));
    }

    #[test]
    fn what_stopped_midway_is_incomplete_and_says_how_to_go_on() {
        let at = time::parse("2026-03-21 11:47:30.5").unwrap();
        let from = Bound::including(time::parse("2026-01-01 00:00").unwrap());
        let midway = |error: plivo::Error| Stopped {
            error: error.into(),
            rows: 1204,
            reached: Some(at),
            rest: TimeRange::new(from, Bound::including(at)),
        };
        let failure = stopped(midway(server()));
        assert_eq!(failure.code, NETWORK);
        let said = failure.error.to_string();
        assert!(
            said.starts_with("incomplete: it stopped after 1,204 recordings, at 2026-03-21 11:47:30 UTC: the server"),
            "{said}"
        );
        assert!(
            said.contains("--to \"2026-03-21 11:47:30.500000\""),
            "{said}"
        );
        let json = as_json(&failure);
        assert_eq!(json["incomplete"], true);
        assert_eq!(json["rows"], 1204);
        assert_eq!(json["reached"], "2026-03-21T11:47:30.500000Z");
        let refused = plivo::Error::BadRequest {
            message: "no".into(),
            api_id: None,
        };
        assert_eq!(stopped(midway(refused.clone())).code, NETWORK);
        // The same before the first row is no list at all.
        let at_once = Stopped {
            rows: 0,
            ..midway(refused)
        };
        assert_eq!(stopped(at_once).code, FAILED);
    }

    #[test]
    fn other_failures_have_a_message_alone() {
        let failure: Failure = anyhow::anyhow!("no such file").into();
        let json = as_json(&failure);
        assert_eq!(
            json,
            json!({"code": 1, "message": "no such file", "hint": null, "status": null, "api_id": null})
        );
    }
}
