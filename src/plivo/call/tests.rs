#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;
use crate::plivo::{DayBounds, Filter, RecordingQuery, Span};

fn list() -> PageRequest {
    PageRequest::first(RecordingQuery {
        filter: Filter::default(),
        span: Span::Stored(DayBounds::Exactly(3)),
    })
}

fn later<C>(call: C) -> ByCallback<C> {
    let url = Url::parse("https://hooks.example.net/plivo?a=1").unwrap();
    ByCallback {
        call,
        callback: Callback {
            url,
            method: CallbackMethod::Get,
        },
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other} is no object"),
    }
}

#[test]
fn a_callback_is_two_parameters_more() {
    let pairs = later(list()).pairs();
    let mut plain = list().pairs();
    plain.push((
        "callback_url",
        "https://hooks.example.net/plivo?a=1".to_owned(),
    ));
    plain.push(("callback_method", "GET".to_owned()));
    assert_eq!(pairs, plain);
    assert_eq!(CallbackMethod::default().as_str(), "POST");
}

#[test]
fn the_body_tells_a_receipt_from_an_answer() {
    let accepted = |api_id: &str, message: Option<&str>| Accepted {
        api_id: api_id.to_owned(),
        message: message.map(str::to_owned),
    };
    let receipt = json!({ "api_id": "a-1", "message": "async api spawned" });
    let bare = json!({ "api_id": "a-2" });
    let get = || Get(RecordingId::new("r"));

    let read = later(list()).read(Some(receipt.clone())).unwrap();
    assert_eq!(
        read,
        Reply::Accepted(accepted("a-1", Some("async api spawned")))
    );
    let read = later(get()).read(Some(bare.clone())).unwrap();
    assert_eq!(read, Reply::Accepted(accepted("a-2", None)));
    let read = later(Delete(RecordingId::new("r")))
        .read(Some(bare))
        .unwrap();
    assert_eq!(read, Reply::Accepted(accepted("a-2", None)));

    // A server that knows no callbacks.
    let page = json!({ "api_id": "a-3", "objects": [] });
    assert!(matches!(
        later(list()).read(Some(page)),
        Ok(Reply::Immediate(Page { .. }))
    ));
    let one = json!({ "api_id": "a-3", "recording_id": "r" });
    assert!(matches!(
        later(get()).read(Some(one)),
        Ok(Reply::Immediate(Recording { .. }))
    ));
    assert_eq!(
        later(Delete(RecordingId::new("r"))).read(None),
        Ok(Reply::Immediate(()))
    );
    // Neither of the two.
    assert!(matches!(
        later(list()).read(Some(json!({ "message": "hello" }))),
        Err(Error::Malformed { .. })
    ));
    assert!(matches!(
        later(get()).read(None),
        Err(Error::Malformed { .. })
    ));
    // What was not asked by callback cannot be answered by one.
    assert!(matches!(
        list().read(Some(receipt)),
        Err(Error::Malformed { .. })
    ));
}

/// Its delivery will name the same id, to the letter.
#[test]
fn an_id_is_kept_as_it_came() {
    for id in ["a  b", &"x".repeat(200)] {
        let read = later(list()).read(Some(json!({ "api_id": id })));
        assert!(matches!(read, Ok(Reply::Accepted(accepted)) if accepted.api_id == id));
    }
    let endless = json!({ "api_id": "x".repeat(300) });
    assert!(matches!(
        later(list()).read(Some(endless)),
        Err(Error::Malformed { .. })
    ));
}

#[test]
fn an_error_under_a_good_status_is_an_error() {
    let body = json!({ "api_id": "a-1", "error": "not possible" });
    assert_eq!(
        later(list()).read(Some(body)),
        Err(Error::Reported {
            message: "not possible".to_owned(),
            api_id: Some("a-1".to_owned())
        })
    );
}

#[test]
fn what_was_delivered_is_read_by_its_body_alone() {
    let reported = |body: Value| match list().read_delivered(object(body)) {
        Err(Error::Reported { message, api_id }) => (message, api_id),
        other => panic!("{other:?}"),
    };
    let id = || Some("a".to_owned());
    assert_eq!(
        reported(json!({ "api_id": "a", "error": "no such thing" })),
        ("no such thing".to_owned(), id())
    );
    assert_eq!(
        reported(json!({ "api_id": "a", "error": { "error": "inner" } })),
        ("inner".to_owned(), id())
    );
    assert_eq!(
        reported(json!({ "api_id": "a", "error": {} })),
        ("it does not say why".to_owned(), id())
    );
    assert_eq!(
        reported(json!({ "Error": "old" })),
        ("old".to_owned(), None)
    );

    let page = json!({ "api_id": "a", "error": null, "objects": [{ "recording_id": "r" }] });
    let page = list().read_delivered(object(page)).unwrap();
    assert_eq!(page.recordings.len(), 1);

    let get = Get(RecordingId::new("r"));
    // A field of that name in a recording is no error.
    let one = json!({ "api_id": "a", "recording_id": "r", "error": "odd" });
    assert_eq!(get.read_delivered(object(one)).unwrap().id.as_str(), "r");
    let other = json!({ "api_id": "a", "recording_id": "other" });
    assert!(matches!(
        get.read_delivered(object(other)),
        Err(Error::Malformed { .. })
    ));

    let delete = Delete(RecordingId::new("r"));
    let done = json!({ "api_id": "a", "message": "deleted" });
    assert_eq!(delete.read_delivered(object(done)), Ok(()));
    let not = json!({ "api_id": "a", "error": "no recording with id r" });
    assert!(matches!(
        delete.read_delivered(object(not)),
        Err(Error::Reported { .. })
    ));
}

#[test]
fn only_what_changes_nothing_is_tried_again() {
    assert_eq!(list().verb(), Verb::Get);
    assert_eq!(Get(RecordingId::new("r")).verb(), Verb::Get);
    assert_eq!(later(Delete(RecordingId::new("r"))).verb(), Verb::Delete);
}
