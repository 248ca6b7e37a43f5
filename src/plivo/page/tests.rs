use super::*;
use crate::plivo::query::{DayBounds, Filter, Span};
use proptest::prelude::*;
use serde_json::json;

fn next(link: Value) -> Result<Option<Start>, Error> {
    Page::from_json(json!({"objects": [], "meta": {"next": link}})).map(|page| page.meta.next)
}

fn cursor(text: &str) -> Option<Start> {
    Some(Start::Cursor(Cursor::new(text)))
}

#[test]
fn the_documented_list_is_read_whole() {
    let golden = serde_json::from_str(include_str!("../../../tests/golden/list.json")).unwrap();
    let page = Page::from_json(golden).unwrap();
    assert_eq!(
        page.meta,
        Meta {
            total: Some(2),
            offset: Some(0),
            limit: Some(20),
            next: None
        }
    );
    assert_eq!(
        page.api_id.as_deref(),
        Some("40b5a864-58cb-11e1-86da-adf28403fe48")
    );
    let ids: Vec<_> = page.ids().map(RecordingId::as_str).collect();
    assert_eq!(
        ids,
        [
            "8d5cd396-4f88-11e1-829f-5b9cbd2c7acd",
            "c7b71d14-58be-11e1-b7e1-ffca7d3abcc0"
        ]
    );
}

#[test]
fn only_cursor_and_offset_are_taken_from_next_and_the_cursor_wins() {
    let of = |link: &str| next(json!(link)).unwrap();
    assert_eq!(
        of("/v1/Account/MA/Recording/?limit=20&offset=40"),
        Some(Start::Offset(40))
    );
    assert_eq!(
        of("/v1/Account/MA/Recording/?offset=40&limit=20&cursor=a%2Bb%3D%3D"),
        cursor("a+b==")
    );
    assert_eq!(
        of("https://evil.example/x?subaccount=SA&cursor=c#cursor=d"),
        cursor("c")
    );
    assert_eq!(of("?cursor=&offset=7"), Some(Start::Offset(7)));
    assert_eq!(of(" "), None);
    assert_eq!(next(json!(null)).unwrap(), None);
}

#[test]
fn a_next_that_leads_nowhere_is_not_taken_for_the_last_page() {
    for link in [
        json!("/v1/Account/MA/Recording/"),
        json!("?limit=20"),
        json!("?offset=0"),
        json!("?offset=-20"),
        json!("?offset=99999999999999999999999"),
        json!(format!("?cursor={}", "x".repeat(5000))),
        json!(5),
        json!({"offset": 20}),
    ] {
        assert!(
            matches!(next(link.clone()), Err(Error::Malformed { .. })),
            "{link}"
        );
    }
}

#[test]
fn totals_are_optional_and_loosely_typed() {
    let total = |value: Value| {
        let answer = json!({"objects": [], "meta": {"total_count": value}});
        Page::from_json(answer).unwrap().meta.total
    };
    assert_eq!(total(json!(7)), Some(7));
    assert_eq!(total(json!("7")), Some(7));
    assert_eq!(total(json!(7.0)), Some(7));
    for none in [
        json!(null),
        json!(-1),
        json!(7.5),
        json!(1e300),
        json!("many"),
        json!([7]),
    ] {
        assert_eq!(total(none.clone()), None, "{none}");
    }
    let bare = Page::from_json(json!({"objects": []})).unwrap();
    assert_eq!(bare.meta, Meta::default());
    let odd = Page::from_json(json!({"objects": [], "meta": "none"})).unwrap();
    assert_eq!(odd.meta, Meta::default());
}

#[test]
fn an_answer_without_objects_is_malformed() {
    for answer in [
        json!({"meta": {}, "api_id": "a"}),
        json!({"objects": null}),
        json!({"objects": {"0": {}}}),
        json!([]),
        json!(null),
    ] {
        assert!(
            matches!(
                Page::from_json(answer.clone()),
                Err(Error::Malformed { .. })
            ),
            "{answer}"
        );
    }
}

#[test]
fn one_broken_row_does_not_cost_the_page() {
    let twin = json!({"call_uuid": "c"});
    let page = Page::from_json(
        json!({"objects": [{"recording_id": "a"}, twin, null, twin, {"recording_id": "b"}]}),
    );
    let page = page.unwrap();
    assert_eq!(page.recordings.len(), 5);
    let mut ids: Vec<_> = page.ids().cloned().collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5, "every row has an id of its own");
}

#[test]
fn a_recording_that_comes_twice_in_a_page_is_one() {
    let row = |id: &str| json!({"recording_id": id});
    let rows = ["a", "b", "b", "a", "c"].map(row);
    let page = Page::from_json(json!({"objects": rows})).unwrap();
    let ids: Vec<_> = page.ids().map(RecordingId::as_str).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    // Rows without an id are not known to be the same.
    let broken = json!({"objects": [{}, {}]});
    assert_eq!(Page::from_json(broken).unwrap().recordings.len(), 2);
}

#[test]
fn requests_carry_a_cursor_or_an_offset_never_both() {
    let query = RecordingQuery {
        filter: Filter::default(),
        span: Span::Stored(DayBounds::Exactly(3)),
    };
    let pairs = |start| {
        let request = PageRequest {
            start,
            ..PageRequest::first(query.clone())
        };
        let pairs = request.pairs().into_iter();
        pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
    };
    let stored = "recording_storage_duration=3";
    assert_eq!(pairs(Start::FIRST), [stored, "limit=20"]);
    assert_eq!(
        pairs(Start::Offset(705)),
        [stored, "limit=20", "offset=705"]
    );
    assert_eq!(
        pairs(Start::Cursor(Cursor::new("c"))),
        [stored, "limit=20", "cursor=c"]
    );
    assert_eq!(PageRequest::count(query).limit.get(), 1);
}

#[test]
fn a_limit_is_one_to_twenty() {
    assert_eq!(Limit::new(0), None);
    assert_eq!(Limit::new(21), None);
    assert_eq!(Limit::new(20), Some(Limit::MOST));
}

proptest! {
    #[test]
    fn no_link_panics(link in "\\PC{0,80}") {
        let _ = next(json!(link));
        let _ = next(json!(format!("?{link}")));
    }
}
