//! What fuzzing found or kept (`make fuzz`), tried again with every build.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

#[path = "../fuzz/src/lib.rs"]
mod checks;

use std::fs;
use std::path::Path;

use callreel::audio::Error;
use callreel::audio::buffer::Buffer;
use callreel::audio::decode::{self, Role};

/// Gives a check every file that is kept for it, each of which once reached code that no other did, or broke something.
fn replay(name: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let (mut files, mut broken) = (0, Vec::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        if std::panic::catch_unwind(|| check(&bytes)).is_err() {
            broken.push(path);
        }
        files += 1;
    }
    assert!(files > 0, "nothing is kept for {name}");
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Symphonia's issues of these numbers, and what broke a check here before it was mended.
#[test]
fn known_killers_are_kept() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let killers = [
        "adpcm-200",
        "id3-485",
        "id3-485-call",
        "m4a-301",
        "silent-529",
        "xing-439",
        "xing-510",
        "xing-frames",
    ];
    for target in ["decode", "headers"] {
        for killer in killers {
            let path = corpus.join(target).join(killer);
            assert!(path.metadata().unwrap().len() > 0, "{}", path.display());
        }
    }
    let loud = fs::read_dir(corpus.join("decode")).unwrap().flatten();
    let loud = loud.filter(|entry| entry.file_name().to_string_lossy().starts_with("loud-"));
    assert_eq!(loud.count(), 8);
}

/// Symphonia's broken files of issue 301 have tables of 2³² entries. No table of an MP4 is read: its first bytes say what it is.
#[test]
fn an_mp4_is_told_by_its_first_bytes_and_not_read() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    // Before a file for the decoder stand eight bytes of a script.
    for (target, script) in [("decode", 8), ("headers", 0)] {
        let bytes = fs::read(corpus.join(target).join("m4a-301")).unwrap();
        let (buffer, feed) = Buffer::open();
        feed.set_len((bytes.len() - script) as u64);
        feed.write(0, &bytes[script..script + 12]).unwrap();
        match decode::open(&buffer, Role::Head).err() {
            Some(Error::NotAudio(words)) => assert!(words.contains("MP4"), "{words}"),
            other => panic!("{target}: {other:?}"),
        }
    }
}

#[test]
fn callbacks() {
    replay("callback", checks::callback);
}

#[test]
fn dates() {
    replay("dates", checks::dates);
}

#[test]
fn sounds() {
    replay("decode", checks::decode);
}

#[test]
fn headers() {
    replay("headers", checks::headers);
}

#[test]
fn answers() {
    replay("json", checks::json);
}

#[test]
fn texts() {
    replay("text", checks::text);
}

#[test]
fn times() {
    replay("times", checks::times);
}
