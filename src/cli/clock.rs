//! Lists end now. With a clock of this machine that is behind the API's, what was added last lies beyond that end, and a program that
//! lists every night would never see it.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::words::span;
use crate::plivo::Client;

use super::json;
use super::selection::Selected;

/// Says on standard error, once all of `selected` is listed, what lies beyond its end by the API's clock.
pub(super) fn beyond(client: &Client, selected: &Selected, as_json: bool) {
    let ahead = client.clock().borrow().to_std().unwrap_or_default();
    if !selected.ends_now || ahead.is_zero() {
        return;
    }
    let line = match as_json {
        true => json::line(&object(ahead)),
        false => format!("callreel: {}", words(ahead)),
    };
    // Nobody may read it.
    let _ = writeln!(io::stderr(), "{line}");
}

fn words(behind: Duration) -> String {
    let span = span(behind);
    format!(
        "this machine's clock is {span} behind the API's, and what was added in the last {span} is not in this: set the clock, and do it again"
    )
}

fn object(behind: Duration) -> Value {
    json!({ "warning": { "clock_behind_seconds": behind.as_secs(), "message": words(behind) } })
}
