//! The chain against everything that can be done to a file.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use proptest::prelude::*;

use super::line::Link;
use super::*;
use crate::archive::sha256;
use crate::plivo::RecordingId;

struct Place {
    folder: tempfile::TempDir,
}

fn who() -> Who {
    Who {
        operator: "night job \u{1b}[2J\u{202e}".to_owned(),
        host: "here".to_owned(),
        account: "MA0123456789ABCDEFGH".to_owned(),
    }
}

fn entry(id: &str) -> Entry {
    Entry {
        recording: RecordingId::new(id),
        added: None,
        deed: Deed::Downloaded {
            path: format!("2026/11/{id}.mp3"),
            bytes: 7,
            sha256: "ab".repeat(32),
        },
    }
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// With so many lines, at most six.
    fn with(lines: usize) -> Self {
        let [chain, _] = chains();
        let place = Self::new();
        fs::create_dir(place.path().parent().unwrap()).unwrap();
        fs::write(place.path(), chain[..lines].concat()).unwrap();
        place
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("state/audit.ndjson")
    }

    fn audit(&self) -> Audit {
        Audit::new(self.path(), who())
    }

    fn read(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    fn verify(&self) -> Result<Proven, Box<Broken>> {
        verify(&self.path(), None, &mut |_| true).unwrap()
    }

    fn flaw(&self) -> (u64, Flaw) {
        let broken = self.verify().unwrap_err();
        (broken.line, broken.flaw)
    }
}

/// The lines of two chains, which nobody has to write to a disk for each case of a property.
fn chains() -> &'static [Vec<Vec<u8>>; 2] {
    static CHAINS: OnceLock<[Vec<Vec<u8>>; 2]> = OnceLock::new();
    CHAINS.get_or_init(|| {
        [0, 1].map(|chain| {
            let place = Place::new();
            for line in 0..6 {
                let id = format!("r-{chain}-{line}");
                place.audit().append(&entry(&id)).unwrap();
            }
            lines(&place.read())
        })
    })
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines.map(<[u8]>::to_vec).collect()
}

#[test]
fn lines_are_chained_private_and_proven_by_whoever_knows_the_rule() {
    let place = Place::new();
    let heads: Vec<_> = ["a", "\u{9b}31m\u{202e}", "c"]
        .iter()
        .map(|id| place.audit().append(&entry(id)).unwrap())
        .collect();
    let path = place.path();
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    let text = String::from_utf8(place.read()).unwrap();
    assert!(crate::app::text::is_safe(&text.replace('\n', "")));
    // The rule as the documentation has it, by other code.
    let mut prev = "0".repeat(64);
    for (line, head) in text.lines().zip(&heads) {
        let (front, hash) = line.rsplit_once(",\"hash\":\"").unwrap();
        let hash = hash.strip_suffix("\"}").unwrap();
        assert_eq!(sha256(format!("{front}}}").as_bytes()), hash);
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((&value["prev"], hash), (&prev.into(), head.as_str()));
        prev = hash.to_owned();
    }
    let proven = place.verify().unwrap();
    assert_eq!((proven.lines, &proven.head), (3, &heads[2]));
    for (at, head) in (1..).zip(&heads) {
        let found = verify(&path, Some(head), &mut |_| true).unwrap().unwrap();
        assert_eq!(found.found, Some(at));
    }
    let other = "ab".repeat(32).parse().unwrap();
    let found = verify(&path, Some(&other), &mut |_| true).unwrap().unwrap();
    assert_eq!(found.found, None);
    assert_eq!(place.audit().ready().unwrap(), heads[2]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_byte_that_was_changed_is_found_at_its_line(at in any::<prop::sample::Index>(), to in 1..=255_u8) {
        let place = Place::with(5);
        let mut bytes = place.read();
        let at = at.index(bytes.len() - 1);
        let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count() as u64;
        bytes[at] ^= to;
        fs::write(place.path(), &bytes).unwrap();
        prop_assert_eq!(place.verify().unwrap_err().line, line);
    }

    #[test]
    fn lines_that_were_removed_swapped_doubled_or_inserted_are_found(first in 0..6_usize, second in 0..6_usize, how in 0..4) {
        let place = Place::with(6);
        let [_, other] = chains();
        let mut all = lines(&place.read());
        match how {
            // The last ones alone can only be missed by who kept a head.
            0 if first < 5 => drop(all.remove(first)),
            1 if first != second => all.swap(first, second),
            2 => all.insert(first, all[second].clone()),
            3 => all.insert(first, other[second].clone()),
            _ => return Ok(()),
        }
        fs::write(place.path(), all.concat()).unwrap();
        prop_assert!(place.verify().is_err());
    }

    #[test]
    fn a_cut_anywhere_is_mended_by_the_next_line_and_told(cut in any::<prop::sample::Index>()) {
        let place = Place::with(3);
        let whole = place.read();
        let cut = cut.index(whole.len());
        fs::write(place.path(), &whole[..cut]).unwrap();
        let torn = whole[..cut].iter().rev().take_while(|byte| **byte != b'\n').count();
        if torn > 0 {
            prop_assert_eq!(place.verify().unwrap_err().flaw, Flaw::NoEnd);
        }
        place.audit().append(&entry("next")).unwrap();
        let proven = place.verify().unwrap();
        prop_assert_eq!(proven.mended, u64::from(torn > 0));
        let after = place.read();
        prop_assert!(after.starts_with(&whole[..cut]), "nothing was removed");
        // What a crash left cannot be changed either, nor taken away.
        if torn > 0 {
            let mut bytes = after.clone();
            bytes[cut - 1] ^= 1;
            fs::write(place.path(), &bytes).unwrap();
            prop_assert!(place.verify().is_err());
            let mut bytes = after;
            bytes.drain(cut - torn..=cut);
            fs::write(place.path(), &bytes).unwrap();
            prop_assert!(place.verify().is_err());
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let place = Place::with(1);
        let mut all = place.read();
        all.extend(&bytes);
        fs::write(place.path(), &all).unwrap();
        let _ = place.verify();
        let _ = place.audit().append(&entry("x"));
        let _ = Link::read(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn however_often_it_crashes_the_next_line_mends_it_all(cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..6)) {
        let place = Place::with(2);
        let mut from = place.read().len();
        for cut in cuts {
            place.audit().append(&entry("lost")).unwrap();
            let bytes = place.read();
            from += cut.index(bytes.len() - from);
            fs::write(place.path(), &bytes[..from]).unwrap();
        }
        place.audit().append(&entry("after")).unwrap();
        prop_assert!(place.verify().is_ok());
    }
}

#[test]
fn a_crash_at_any_byte_of_a_mending_is_mended_as_well() {
    let place = Place::with(3);
    let whole = place.read();
    let (line, beginnings) = (lines(&whole)[2].len(), [1, 200]);
    let zeros = [&whole[..], &[0; 64]].concat();
    let mut crashes: Vec<_> = beginnings
        .map(|written| whole[..whole.len() - line + written].to_vec())
        .into();
    crashes.extend([whole[..whole.len() - 1].to_vec(), zeros, b"{\"s".to_vec()]);
    for torn in crashes {
        fs::write(place.path(), &torn).unwrap();
        place.audit().append(&entry("next")).unwrap();
        let mended = place.read();
        // The entry behind it is an ordinary line, but for its first byte.
        let end = mended.len() - lines(&mended).last().unwrap().len() + 1;
        for cut in torn.len()..=end {
            fs::write(place.path(), &mended[..cut]).unwrap();
            place.audit().append(&entry("after")).unwrap();
            let after = place.read();
            assert!(after.starts_with(&mended[..cut]), "nothing was removed");
            let proven = place
                .verify()
                .unwrap_or_else(|broken| panic!("{cut}: {broken:?}"));
            assert!(proven.mended <= 2, "{cut}: {proven:?}");
        }
    }
}

#[test]
fn a_mending_that_a_crash_cut_is_no_tampering_but_what_it_mends_stays_proven() {
    let place = Place::with(3);
    let whole = place.read();
    let torn = &whole[..whole.len() - 40];
    fs::write(place.path(), torn).unwrap();
    place.audit().append(&entry("next")).unwrap();
    let cut = &place.read()[..torn.len() + 50];
    for left in [cut, &[torn, b"\n"].concat()] {
        fs::write(place.path(), left).unwrap();
        assert_eq!(place.flaw(), (3, Flaw::NoEnd));
        place.audit().append(&entry("after")).unwrap();
        let after = place.read();
        for at in [torn.len() - 1, torn.len(), left.len() - 1] {
            let mut bytes = after.clone();
            bytes[at] ^= 1;
            fs::write(place.path(), &bytes).unwrap();
            assert!(place.verify().is_err(), "{at}");
        }
    }
}

#[test]
fn nothing_is_added_to_what_is_no_chain() {
    let place = Place::with(2);
    let good = place.read();
    let [chain, _] = chains();
    let changed = [&chain[2][..60], b"x", &chain[2][61..]].concat();
    let other: &[&[u8]] = &[
        b"my diary\n",
        b"{}\n",
        &vec![b'x'; 200_000],
        b"\n",
        &changed,
    ];
    for end in other {
        let bytes = [&good, *end].concat();
        fs::write(place.path(), &bytes).unwrap();
        let error = place.audit().append(&entry("x")).unwrap_err();
        assert!(matches!(error, Error::Broken(_)), "{error}");
        assert!(place.audit().ready().is_err());
        assert_eq!(place.read(), bytes);
        assert!(matches!(place.flaw(), (3, Flaw::Changed | Flaw::NoEnd)));
    }
}

#[test]
fn a_link_is_not_followed_and_a_folder_is_no_log() {
    let place = Place::new();
    fs::create_dir(place.folder.path().join("state")).unwrap();
    let secret = place.folder.path().join("secret");
    fs::write(&secret, "mine").unwrap();
    symlink(&secret, place.path()).unwrap();
    assert!(place.audit().append(&entry("x")).is_err());
    assert_eq!(fs::read(&secret).unwrap(), b"mine");
    fs::remove_file(place.path()).unwrap();
    fs::create_dir(place.path()).unwrap();
    assert!(place.audit().ready().is_err());
}

#[test]
fn a_log_that_others_could_read_is_closed_and_one_that_was_moved_away_is_begun_again() {
    let place = Place::with(1);
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o644)).unwrap();
    let audit = place.audit();
    audit.append(&entry("b")).unwrap();
    assert_eq!(mode(&place.path()), 0o600);
    fs::rename(place.path(), place.folder.path().join("old")).unwrap();
    audit.append(&entry("c")).unwrap();
    assert_eq!(place.verify().unwrap().lines, 1);
}

#[test]
fn many_threads_write_one_chain() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let audit = place.audit();
            scope.spawn(move || {
                for line in 0..20 {
                    audit.append(&entry(&format!("{thread}-{line}"))).unwrap();
                }
            });
        }
    });
    assert_eq!(place.verify().unwrap().lines, 160);
}

#[test]
fn texts_of_any_length_make_lines_that_can_be_read_again() {
    let place = Place::new();
    let long = "\u{e0041}\"".repeat(100_000);
    place.audit().append(&entry(&long)).unwrap();
    place.audit().append(&entry("b")).unwrap();
    assert_eq!(place.verify().unwrap().lines, 2);
}

#[test]
fn what_cannot_be_written_is_told_kept_and_written_when_it_can_be() {
    let place = Place::new();
    let blocked = place.folder.path().join("state");
    fs::write(&blocked, "a file, where a folder is needed").unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let scribe = scribe::Scribe::spawn(place.audit(), move |trouble| {
        tell.send(trouble).unwrap();
    })
    .unwrap();
    let said = told.recv().unwrap().unwrap();
    assert!(said.contains("cannot be written"), "{said}");
    assert!(scribe.write(entry("a")));
    assert!(scribe.write(entry("b")));
    fs::remove_file(&blocked).unwrap();
    scribe.check();
    assert_eq!(told.recv().unwrap(), None);
    assert_eq!(scribe.end(), None);
    assert_eq!(place.verify().unwrap().lines, 2);
    fs::remove_dir_all(&blocked).unwrap();
    fs::write(&blocked, "again").unwrap();
    let scribe = scribe::Scribe::spawn(place.audit(), |_| {}).unwrap();
    scribe.write(entry("c"));
    let left = scribe.end().unwrap();
    assert!(
        left.starts_with("1 playback is not in the audit log: "),
        "{left}"
    );
}
