//! Reading single values out of untyped JSON.

use std::time::Duration;

use serde_json::{Map, Value};

use super::RecordingId;

/// A declared length beyond this is no length: the longest recordings are some hours.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Text that says something; numbers and booleans become text. `None` for blank text, null, arrays and objects.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.trim().is_empty()).then(|| text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A finite number, given as such or as decimal text.
pub(super) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// Milliseconds as a length, to the microsecond. `None` when negative or beyond belief.
pub(super) fn length(ms: f64) -> Option<Duration> {
    let exact = Duration::try_from_secs_f64(ms / 1000.0).ok()?;
    let micros = u64::try_from(exact.as_nanos().saturating_add(500) / 1000).ok()?;
    let length = Duration::from_micros(micros);
    (length <= LONGEST).then_some(length)
}

/// The id in `/v1/Account/{auth_id}/Recording/{id}/`.
pub(super) fn id_in_uri(raw: &Map<String, Value>) -> Option<RecordingId> {
    let uri = raw.get("resource_uri")?.as_str()?;
    let (_, id) = uri.trim_end_matches('/').rsplit_once("/Recording/")?;
    let plain = id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    (plain && !id.is_empty()).then(|| RecordingId::new(id))
}

/// The same for equal content, in every run (FNV-1a).
pub(super) fn fingerprint(raw: &Map<String, Value>) -> u64 {
    let text = serde_json::to_string(raw).unwrap_or_default();
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A phone number's digits; anything with a letter in it, as SIP addresses have, in lower case.
pub(super) fn plain_number(number: &str) -> String {
    if number.chars().any(char::is_alphabetic) {
        return number.trim().to_lowercase();
    }
    number.chars().filter(char::is_ascii_digit).collect()
}
