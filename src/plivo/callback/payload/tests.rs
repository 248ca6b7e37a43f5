use serde_json::json;

use super::*;

fn answer(payload: Result<Payload, Broken>) -> Result<(String, Value), Broken> {
    let (id, answer) = payload?.into_answer()?;
    Ok((id, Value::Object(answer)))
}

fn body(text: &str) -> Result<(String, Value), Broken> {
    answer(Payload::of_body(text.as_bytes()))
}

fn query(text: &str) -> Result<(String, Value), Broken> {
    answer(Payload::of_query(text))
}

fn expected() -> (String, Value) {
    let text = r#"{"api_id": "a-1", "objects": [{"n": 1.50}]}"#;
    ("a-1".into(), serde_json::from_str(text).unwrap())
}

#[test]
fn every_form_gives_the_same_answer() {
    let encoded =
        "response=%7B%22api_id%22%3A%22a-1%22%2C%22objects%22%3A+%5B%7B%22n%22%3A1.50%7D%5D%7D";
    for text in [
        encoded,
        &format!("other=1&{encoded}&response=second"),
        &format!("{encoded}\r\n"),
        r#"{"api_id": "a-1", "objects": [{"n": 1.50}]}"#,
        r#"{"response": {"api_id": "a-1", "objects": [{"n": 1.50}]}, "other": 1}"#,
        r#"{"response": "{\"api_id\": \"a-1\", \"objects\": [{\"n\": 1.50}]}"}"#,
        "\u{feff} \r\n{\"api_id\": \"a-1\", \"objects\": [{\"n\": 1.50}]}",
        "api_id=a-1&objects=%5B%7B%22n%22%3A1.50%7D%5D",
    ] {
        assert_eq!(body(text).as_ref(), Ok(&expected()), "{text}");
    }
    assert_eq!(query(encoded), Ok(expected()));
    assert_eq!(
        query("api_id=a-1&objects=%5B%7B%22n%22%3A1.50%7D%5D"),
        Ok(expected())
    );
}

#[test]
fn an_id_beside_the_answer_does_where_the_answer_has_none() {
    let beside = Ok(("b".into(), json!({"error": "e"})));
    assert_eq!(
        body(r#"{"response": {"error": "e"}, "api_id": "b"}"#),
        beside
    );
    assert_eq!(query("api_id=b&response=%7B%22error%22:%22e%22%7D"), beside);
    let (id, _) = body(r#"{"response": {"api_id": "a"}, "api_id": "b"}"#).unwrap();
    assert_eq!(id, "a");
    let (id, _) = query("api_id=b&response=%7B%22api_id%22:%22%22%7D").unwrap();
    assert_eq!(id, "b");
}

#[test]
fn flat_fields_are_text_unless_they_are_json() {
    let (_, answer) =
        query("api_id=a&conference_name=%5Bsales%5D&n=5&meta=%7B%22limit%22:20%7D&e=&x").unwrap();
    assert_eq!(
        answer,
        json!({"api_id": "a", "conference_name": "[sales]", "n": "5", "meta": {"limit": 20}, "e": "", "x": ""})
    );
}

#[test]
fn what_is_no_answer_is_told() {
    let not_json = |place| move |broken: &Broken| matches!(broken, Broken::NotJson { place: at, .. } if *at == place);
    for text in ["{", "{]", "[1,", "{\"a\": \"\u{1}\"}", &"[".repeat(1_000)] {
        let broken = body(text).unwrap_err();
        assert!(not_json(BODY)(&broken), "{text}: {broken:?}");
    }
    for text in ["response=", "response=%7B", r#"{"response": ""}"#] {
        let broken = body(text).unwrap_err();
        assert!(not_json(RESPONSE)(&broken), "{text}: {broken:?}");
    }
    for (text, broken) in [
        ("", Broken::Empty),
        (" \r\n", Broken::Empty),
        ("&&", Broken::Empty),
        ("[]", Broken::NotAnObject { place: BODY }),
        ("{}", Broken::NoId),
        ("a=b", Broken::NoId),
        (r#"{"api_id": 5}"#, Broken::NoId),
        (r#"{"api_id": ""}"#, Broken::NoId),
        (r#"{"response": {}, "api_id": ["a"]}"#, Broken::NoId),
        (
            r#"{"response": [], "api_id": "a"}"#,
            Broken::NotAnObject { place: RESPONSE },
        ),
        (
            "response=5&api_id=a",
            Broken::NotAnObject { place: RESPONSE },
        ),
        (
            &format!("api_id={}", "a".repeat(LONGEST_ID + 1)),
            Broken::LongId,
        ),
    ] {
        assert_eq!(body(text), Err(broken), "{text}");
    }
    assert!(body(&format!("api_id={}", "a".repeat(LONGEST_ID))).is_ok());
    assert_eq!(query(""), Err(Broken::Empty));
}

#[test]
fn very_many_values_are_not_even_parsed() {
    let many = |number: usize| format!(r#"{{"api_id": "a", "l": [{}1]}}"#, "1,".repeat(number));
    assert!(body(&many(MOST_VALUES - 10)).is_ok());
    assert_eq!(body(&many(MOST_VALUES)), Err(Broken::ManyValues));
    assert_eq!(body(&"[".repeat(MOST_VALUES)), Err(Broken::ManyValues));
    // The same over all fields together, and over text within a member.
    let half = format!("%5B{}1%5D", "1,".repeat(MOST_VALUES / 2));
    assert!(query(&format!("api_id=a&l={half}")).is_ok());
    assert_eq!(
        query(&format!("api_id=a&l={half}&m={half}")),
        Err(Broken::ManyValues)
    );
    let inner = json!({"response": many(MOST_VALUES)}).to_string();
    assert_eq!(body(&inner), Err(Broken::ManyValues));
    assert_eq!(
        query(&"a&".repeat(MOST_FIELDS + 1)),
        Err(Broken::ManyFields)
    );
    // Commas in texts are no values.
    assert_eq!(values_in(r#"{"a,[\"{": "[,\\"}"#), 3);
}

#[test]
fn bytes_that_are_no_text_lose_only_themselves() {
    let (_, answer) = answer(Payload::of_body(b"{\"api_id\": \"a\", \"n\": \"x\xffy\"}")).unwrap();
    assert_eq!(answer["n"], "x\u{fffd}y");
}
