//! A delivery as one line of JSON.

use chrono::SecondsFormat;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::json;
use crate::plivo::callback::Delivery;

#[derive(Serialize)]
struct Fields<'a> {
    time: String,
    api_id: &'a str,
    method: &'a str,
    signature: &'a str,
    #[serde(skip_serializing_if = "is_false")]
    duplicate: bool,
    answer: &'a Map<String, Value>,
}

// serde asks for a function that takes a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !value
}

/// The delivery and a newline. Nothing in it can harm a terminal, whatever was delivered.
///
/// # Errors
/// The answer cannot be written as JSON.
pub(super) fn of(delivery: &Delivery) -> serde_json::Result<String> {
    let json = serde_json::to_string(&Fields {
        time: delivery.time.to_rfc3339_opts(SecondsFormat::Micros, true),
        api_id: &delivery.api_id,
        method: delivery.method.as_str(),
        signature: delivery.signature.words(),
        duplicate: delivery.duplicate,
        answer: &delivery.answer,
    })?;
    Ok(json::escaped(&json) + "\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plivo::CallbackMethod;
    use crate::plivo::callback::Signature;

    fn delivery(answer: &Value) -> Delivery {
        Delivery {
            time: "2026-11-23T21:16:00.5Z".parse().unwrap(),
            api_id: "a-1".into(),
            method: CallbackMethod::Post,
            signature: Signature::Signed,
            duplicate: false,
            answer: answer.as_object().unwrap().clone(),
        }
    }

    #[test]
    fn fields_stand_in_their_order() {
        let answer: Value =
            serde_json::from_str(r#"{"z": "345100.00000", "a": 1.500, "n": null}"#).unwrap();
        let first = delivery(&answer);
        assert_eq!(
            of(&first).unwrap(),
            "{\"time\":\"2026-11-23T21:16:00.500000Z\",\"api_id\":\"a-1\",\"method\":\"POST\",\"signature\":\"signed\",\
             \"answer\":{\"z\":\"345100.00000\",\"a\":1.500,\"n\":null}}\n"
        );
        let second = Delivery {
            method: CallbackMethod::Get,
            signature: Signature::Unchecked,
            duplicate: true,
            ..first
        };
        assert_eq!(
            of(&second).unwrap(),
            "{\"time\":\"2026-11-23T21:16:00.500000Z\",\"api_id\":\"a-1\",\"method\":\"GET\",\"signature\":\"unchecked\",\
             \"duplicate\":true,\"answer\":{\"z\":\"345100.00000\",\"a\":1.500,\"n\":null}}\n"
        );
    }

    #[test]
    fn nothing_in_a_line_moves_or_hides_and_nothing_is_lost() {
        let hostile =
            "\u{1b}[2J\r\n\t\0\u{7f}\u{9b}2J\u{85}\u{202e}\u{2028}\u{200b}\u{feff}\u{e0041}\"\\";
        let mut hostile_delivery = delivery(&json!({hostile: [hostile, "Zoë 通話 ☎ \u{1f399}"]}));
        hostile_delivery.api_id = hostile.into();
        let line = of(&hostile_delivery).unwrap();
        let content = line.strip_suffix('\n').unwrap();
        assert!(crate::app::text::is_safe(content), "{content:?}");
        assert!(content.contains(
            r"\u001b[2J\r\n\t\u0000\u007f\u009b2J\u0085\u202e\u2028\u200b\ufeff\udb40\udc41"
        ));
        assert!(content.contains("Zoë 通話 ☎ \u{1f399}"), "{content}");
        let read: Value = serde_json::from_str(content).unwrap();
        assert_eq!(read["api_id"], hostile);
        assert_eq!(read["answer"], Value::Object(hostile_delivery.answer));
    }
}
