use serde_json::json;

use super::super::manifest::tests::{entry, opened};
use super::*;

#[test]
fn sound_that_was_archived_is_not_replaced_by_there_being_none() {
    let temporary = tempfile::tempdir().unwrap();
    let root = Folder::create(temporary.path()).unwrap();
    opened(&root).unwrap().add(entry("a")).unwrap();
    let shelf = Shelf::open(temporary.path(), Template::default(), "MA").unwrap();
    let silent = |id| {
        let recording = Recording::from_row(json!({ "recording_id": id }));
        shelf.keep_silent(&recording, "the file is empty").unwrap()
    };
    assert!(!silent("a"));
    assert_eq!(shelf.entry_of("a").unwrap(), Some(entry("a")));
    assert!(silent("b"));
    let silent = shelf.entry_of("b").unwrap().unwrap();
    assert!(silent.no_audio.is_some());
}
