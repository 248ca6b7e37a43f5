use std::fs;
use std::os::unix::fs::symlink;

use super::*;
use crate::archive::hash;
use crate::archive::manifest::tests::{entry, opened};
use crate::archive::manifest::{Audio, Sidecar};

/// An archive of three recordings, one of them without sound.
fn archive() -> tempfile::TempDir {
    let temporary = tempfile::tempdir().unwrap();
    let folder = Folder::create(temporary.path()).unwrap();
    let mut manifest = opened(&folder).unwrap();
    fs::create_dir_all(temporary.path().join("2026/11")).unwrap();
    for id in ["a", "b", "c"] {
        let (sound, sidecar) = (format!("sound {id}"), format!("{{\"id\": \"{id}\"}}"));
        let mut entry = entry(id);
        entry.sidecar = Sidecar {
            sha256: hash::of(sidecar.as_bytes()),
            ..entry.sidecar
        };
        fs::write(temporary.path().join(&entry.sidecar.path), sidecar).unwrap();
        if id == "c" {
            entry.audio = None;
            entry.no_audio = Some("empty".to_owned());
        }
        if let Some(audio) = &mut entry.audio {
            fs::write(temporary.path().join(&audio.path), &sound).unwrap();
            *audio = Audio {
                bytes: sound.len() as u64,
                sha256: hash::of(sound.as_bytes()),
                ..audio.clone()
            };
        }
        manifest.add(entry).unwrap();
    }
    temporary
}

fn found(archive: &Path) -> Vec<Found> {
    let mut found = Vec::new();
    verify(archive, &mut |one| {
        found.push(one);
        ControlFlow::Continue(())
    })
    .unwrap();
    found
}

fn problems(archive: &Path) -> Vec<(String, &'static str)> {
    let found = found(archive).into_iter();
    let problems = found.filter_map(|found| match found {
        Found::Problem { path, problem } => Some((path, problem.name())),
        _ => None,
    });
    problems.collect()
}

#[test]
fn an_archive_that_is_whole_has_no_problem() {
    let archive = archive();
    fs::write(archive.path().join(crate::deletion::RECEIPTS), "").unwrap();
    assert_eq!(
        found(archive.path()),
        [
            Found::Total(3),
            Found::Whole(7),
            Found::Whole(7),
            Found::Silent
        ]
    );
}

#[test]
fn each_kind_of_harm_is_named() {
    for (harm, path, name) in [
        ("flip", "2026/11/a.mp3", "changed"),
        ("cut", "2026/11/a.mp3", "truncated"),
        ("grow", "2026/11/a.mp3", "too_long"),
        ("remove", "2026/11/a.mp3", "missing"),
        ("remove", "2026/11/a.json", "sidecar_missing"),
        ("flip", "2026/11/c.json", "sidecar_changed"),
        ("add", "2026/11/other.mp3", "not_in_manifest"),
        ("add", "deletions.ndjson.mp3", "not_in_manifest"),
        ("add", "2026/11/x.mp3.part", "leftover"),
        ("add", "2026/11/x.mp3.part.json", "leftover"),
        ("link", "2026/11/y", "odd"),
    ] {
        let archive = archive();
        let file = archive.path().join(path);
        match harm {
            "flip" => {
                let mut bytes = fs::read(&file).unwrap();
                bytes[3] ^= 1;
                fs::write(&file, bytes).unwrap();
            }
            "cut" => fs::write(&file, "so").unwrap(),
            "grow" => fs::write(&file, "sound a and more").unwrap(),
            "remove" => fs::remove_file(&file).unwrap(),
            "link" => symlink("/etc", &file).unwrap(),
            _ => fs::write(&file, "").unwrap(),
        }
        assert_eq!(
            problems(archive.path()),
            [(path.to_owned(), name)],
            "{harm} {path}"
        );
    }
}

#[test]
fn a_link_in_a_files_place_is_not_read() {
    let archive = archive();
    let file = archive.path().join("2026/11/a.mp3");
    let elsewhere = archive.path().join("elsewhere");
    fs::rename(&file, &elsewhere).unwrap();
    symlink(&elsewhere, &file).unwrap();
    let names: Vec<_> = problems(archive.path())
        .into_iter()
        .map(|(_, name)| name)
        .collect();
    assert_eq!(names, ["unreadable", "not_in_manifest"]);
}

#[test]
fn a_torn_manifest_is_told_and_none_is_an_error() {
    let archive = archive();
    let path = archive.path().join(MANIFEST);
    let mut text = fs::read(&path).unwrap();
    text.extend_from_slice(b"{\"id\":");
    fs::write(&path, &text).unwrap();
    assert_eq!(
        problems(archive.path()),
        [(MANIFEST.to_owned(), "torn_line")]
    );
    fs::remove_file(&path).unwrap();
    let none = verify(archive.path(), &mut |_| ControlFlow::Continue(()));
    assert_eq!(none.unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[test]
fn a_download_under_way_is_not_disturbed() {
    let archive = archive();
    let folder = Folder::open(archive.path()).unwrap();
    let _writing = opened(&folder).unwrap();
    let busy = verify(archive.path(), &mut |_| ControlFlow::Continue(()));
    assert_eq!(busy.unwrap_err().kind(), io::ErrorKind::WouldBlock);
}

#[test]
fn it_ends_when_it_is_told_to() {
    let archive = archive();
    let mut seen = 0;
    verify(archive.path(), &mut |_| {
        seen += 1;
        ControlFlow::Break(())
    })
    .unwrap();
    assert_eq!(seen, 1);
}
