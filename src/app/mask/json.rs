//! Raw fields, masked by what each of them is known to hold.

use serde_json::{Map, Value};

use super::{Mask, link, shape, text};

/// What a field holds.
enum Kind {
    Number,
    Name,
    Id,
    Link,
    /// Lengths, prices, instants in milliseconds: figures, as numbers or as text.
    Figure,
    /// An open set of plain words, of which only these are sure to be none's name.
    Word(&'static [&'static str]),
    Unknown,
}

/// The fields of api.md.
fn kind(field: &str) -> Kind {
    match field {
        "from_number" | "to_number" => Kind::Number,
        "conference_name" | "mpc_name" => Kind::Name,
        "recording_id" | "call_uuid" | "conference_uuid" | "mpc_uuid" | "api_id" => Kind::Id,
        "recording_url" | "resource_uri" => Kind::Link,
        "recording_duration_ms"
        | "recording_start_ms"
        | "recording_end_ms"
        | "rounded_recording_duration"
        | "recording_storage_duration"
        | "recording_storage_rate"
        | "monthly_recording_storage_amount" => Kind::Figure,
        "recording_type" => Kind::Word(&["mp3", "wav", "call", "normal", "conference"]),
        "recording_format" => Kind::Word(&["mp3", "wav"]),
        _ => Kind::Unknown,
    }
}

pub(super) fn masked(mask: &Mask, fields: &Map<String, Value>) -> Map<String, Value> {
    object(mask, fields)
}

fn object(mask: &Mask, fields: &Map<String, Value>) -> Map<String, Value> {
    fields
        .iter()
        .map(|(field, inner)| (text::masked(mask, field), value(mask, &kind(field), inner)))
        .collect()
}

fn value(mask: &Mask, kind: &Kind, value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::String(text) => Value::String(string(mask, kind, text)),
        Value::Number(number) => {
            let figure = number.to_string();
            match kind {
                Kind::Figure => value.clone(),
                Kind::Number => Value::String(mask.number(&figure)),
                Kind::Name => Value::String(mask.name(&figure)),
                _ if shape::is_figure(&figure) => value.clone(),
                _ => Value::String(mask.number(&figure)),
            }
        }
        Value::Array(values) => values
            .iter()
            .map(|inner| self::value(mask, kind, inner))
            .collect(),
        // A field is known at the top only: what stands inside of others is anyone's.
        Value::Object(fields) => Value::Object(object(mask, fields)),
    }
}

fn string(mask: &Mask, kind: &Kind, text: &str) -> String {
    if text.trim().is_empty() {
        return text.to_owned();
    }
    match kind {
        Kind::Number => mask.number(text),
        Kind::Name => mask.name(text),
        Kind::Id if shape::is_id(text) => text.to_owned(),
        Kind::Link => link::masked(mask, text),
        Kind::Figure if is_decimal(text) => text.to_owned(),
        Kind::Word(words) if words.contains(&text) => text.to_owned(),
        _ => unknown(mask, text),
    }
}

fn unknown(mask: &Mask, text: &str) -> String {
    if shape::is_uuid(text) || shape::is_time(text) || shape::is_figure(text) {
        text.to_owned()
    } else if text.contains("://") {
        link::masked(mask, text)
    } else if shape::is_auth_id(text) {
        mask.account(text)
    } else if shape::holds_number(text) || text.contains('@') {
        mask.number(text)
    } else {
        mask.alias("text", text)
    }
}

fn is_decimal(text: &str) -> bool {
    text.len() <= 32 && text.parse::<f64>().is_ok_and(f64::is_finite) && !text.starts_with('+')
}
