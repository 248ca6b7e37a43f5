//! Files and folders whose names somebody else chose, on a disk that is shared: as arguments, in the environment, in the configuration.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::process::Output;

use callreel::store::Store;

use super::program::{checked, command};
use super::server::{Content, SOUND, Server};
use crate::pty::Start;
use crate::words::only_text;

/// Control codes of one and of two bytes, what turns the line, what hides, line ends; and bytes that are no text at all.
const NAMES: [&[u8]; 4] = [
    b"x\x1b]0;owned\x07y",
    "a\u{9b}31m\u{202e}b\u{200b}c\u{e0041}".as_bytes(),
    b"one\ntwo\rthree\tfour\x7f",
    b"\xff\xfe\x1b[2Jz",
];

/// A home folder, and a hostile name in it.
struct Place<'a> {
    home: &'a Path,
    url: &'a str,
    name: &'a OsStr,
}

impl Place<'_> {
    /// Runs it there; `{}` is the hostile name.
    fn run(&self, environment: &[&str], line: &str) -> Output {
        let with_name = |word: &str| match word.split_once("{}") {
            Some((before, after)) => {
                let mut word = OsString::from(before);
                word.push(self.name);
                word.push(after);
                word
            }
            None => word.into(),
        };
        let path = self.home.join(self.name);
        let environment: Vec<_> = environment
            .iter()
            .map(|variable| (*variable, path.as_os_str()))
            .collect();
        let mut command = command(self.url, self.home, &environment);
        checked(command.args(line.split(' ').map(with_name)))
    }
}

/// Runs `look` with each of the names.
fn each(look: impl Fn(&Place<'_>)) {
    let server = Server::start(Content {
        texts: vec!["a".into()],
        sound: SOUND,
        ..Content::default()
    });
    for name in NAMES {
        let home = tempfile::tempdir().unwrap();
        look(&Place {
            home: home.path(),
            url: &server.url,
            name: OsStr::from_bytes(name),
        });
    }
}

fn fails(output: &Output) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{told}");
    // clap has lines of its own.
    let is_usage = told.starts_with("error: ");
    let is_a_line = told.lines().count() == 1;
    assert!(is_usage || is_a_line, "a name begins a line: {told}");
}

#[test]
fn a_name_that_leads_nowhere_is_told_and_not_obeyed() {
    each(|place| {
        fails(&place.run(&[], "verify {}"));
        fails(&place.run(&[], "audit verify {}"));
        fails(&place.run(&[], "audit head {}"));
        fails(&place.run(&[], "play --sink socket:{}/none r-0"));
        fails(&place.run(&[], "clip r-0@0-1 -o {}/none/x.wav"));
        fails(&place.run(&[], "delete --manifest {}"));
        fails(&place.run(&[], "purge --parts-in {}"));
        fails(&place.run(&[], "emulator --port 0 --log {}/none"));
        fails(&place.run(&[], "list --config {}"));
        fails(&place.run(&["CALLREEL_CONFIG"], "stats"));
        place.run(&[], "config check {}");
        // Where only text is taken, clap says so itself.
        for line in [
            "{}",
            "list --{}",
            "list --output {}",
            "play --speed {} r",
            "auth add {}",
            "listen --addr {}",
        ] {
            for form in ["", " --output json"] {
                let output = place.run(&[], &format!("{line}{form}"));
                assert!(!output.status.success(), "{line}");
            }
        }
    });
}

#[test]
fn a_folder_of_that_name_is_used_and_not_obeyed() {
    each(|place| {
        let folder = place.home.join(place.name);
        fs::create_dir(&folder).unwrap();
        fails(&place.run(&[], "verify {}"));
        fails(&place.run(&[], "audit verify {}"));
        fails(&place.run(&[], "purge --parts-in {}"));
        fails(&place.run(&[], "config check {}"));
        fails(&place.run(&[], "clip r-0@0-1 -o {}"));
        assert!(
            place
                .run(&[], "clip 8d5cd396@0-1 -o {}/x.wav")
                .status
                .success()
        );
        place.run(&[], "download --to {} 8d5cd396");
        place.run(&[], "verify {}");
        let parts = place.run(&[], "purge --parts-in {} --dry-run");
        assert!(parts.status.success(), "{parts:?}");
        place.run(&[], "verify {} --output ndjson");
    });
}

/// A false all-clear is worse than a panic.
#[test]
fn the_doctor_looks_at_a_folder_of_any_name() {
    each(|place| {
        let folder = place.home.join(place.name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("open.mp3"), "").unwrap();
        for form in ["text", "json"] {
            let line = format!("doctor --sink null --archive {{}} --output {form}");
            let found = String::from_utf8(place.run(&[], &line).stdout).unwrap();
            assert!(found.contains("recordings are personal data"), "{found}");
            assert!(!found.contains("kept nothing"), "{found}");
        }
    });
}

#[test]
fn what_is_kept_below_such_a_name_is_listed_and_removed() {
    each(|place| {
        let state = place.home.join(place.name).join("callreel");
        fs::create_dir_all(&state).unwrap();
        drop(Store::create(&state.join("review.sqlite")).unwrap());
        fs::write(state.join(place.name), "").unwrap();
        let at = ["XDG_STATE_HOME"];
        let done = |line: &str| {
            let output = place.run(&at, line);
            assert!(output.status.success(), "{line}: {output:?}");
            output
        };
        done("auth list");
        done("marks export");
        done("purge --dry-run");
        done("purge --dry-run --output ndjson");
        let purged = done("purge --yes --output ndjson");
        assert!(!state.join("review.sqlite").exists(), "{purged:?}");
        done("marks forget --yes");
        drop(Store::create(&state.join("review.sqlite")).unwrap());
        fails(&place.run(&at, "marks forget"));
        done("marks forget --yes");
        fails(&place.run(&at, "marks export"));
        fs::write(state.join("review.sqlite"), "no database").unwrap();
        fails(&place.run(&at, "marks export"));
        done("purge --dry-run");
    });
}

/// Scripts read it; people look at it.
#[test]
fn where_a_file_is_comes_whole_in_a_pipe_and_is_shown_on_a_terminal() {
    each(|place| {
        let below = place.home.join(place.name);
        for (variable, line, rest) in [
            ("XDG_CONFIG_HOME", "config path", "callreel/config.toml"),
            ("XDG_CONFIG_HOME", "config init", "callreel/config.toml"),
            ("XDG_STATE_HOME", "marks path", "callreel/review.sqlite"),
        ] {
            let mut piped = command(place.url, place.home, &[(variable, below.as_os_str())]);
            let piped = piped.args(line.split(' ')).output().unwrap();
            assert!(piped.status.success(), "{piped:?}");
            let path = [below.join(rest).into_os_string().into_vec(), b"\n".into()].concat();
            assert_eq!(piped.stdout, path, "{line}");
            // What the pseudo-terminal of the tests is started with has to be text.
            let (Some(below), true) = (below.to_str(), line.ends_with("path")) else {
                continue;
            };
            let arguments: Vec<_> = line.split(' ').collect();
            let mut program = Start::callreel(&arguments).env(variable, below).spawn();
            assert!(program.end().success());
            program.wait_for_rest();
            let mut shown = program.shown().bytes.clone();
            // The terminal's own line ends.
            shown.retain(|byte| *byte != b'\r');
            only_text(line, &shown);
        }
    });
}
