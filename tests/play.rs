//! `callreel play`, the real program, against an account on loopback.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/pty.rs"]
mod pty;

use std::process::{Command, Output};

use callreel::emulator::{self, Emulator, MediaAuth, Options};
use pty::{Program, Start};

/// Rows of the emulator's newest recordings: 80 s of stereo mp3, 9.9 s of wav, one whose file is not there yet, an empty one.
const LONG: u64 = 0;
const SHORT: u64 = 4;
const NOT_READY: u64 = 7;
const EMPTY: u64 = 9;

fn start(options: Options) -> Emulator {
    emulator::start(options).unwrap()
}

fn field(emulator: &Emulator, row: u64, name: &str) -> String {
    emulator.recordings(row, 1)[0][name]
        .as_str()
        .unwrap()
        .to_owned()
}

fn id(emulator: &Emulator, row: u64) -> String {
    field(emulator, row, "recording_id")
}

fn environment(emulator: &Emulator) -> [(&'static str, String); 3] {
    [
        ("CALLREEL_API_URL", emulator.url().to_owned()),
        ("PLIVO_AUTH_ID", emulator.auth_id().to_owned()),
        ("PLIVO_AUTH_TOKEN", emulator.auth_token().to_owned()),
    ]
}

fn play(emulator: &Emulator, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_callreel"))
        .args(["play", "--sink", "null"])
        .args(arguments)
        .env_clear()
        .envs(environment(emulator))
        .output()
        .unwrap()
}

/// The line on standard error of a command that failed with this code.
fn failure(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn it_ends_with_the_sound_and_says_nothing_where_there_is_no_terminal() {
    let emulator = start(Options::default());
    let moment = format!("{}@0:09.5", id(&emulator, SHORT));
    for target in [moment.clone(), format!("callreel play {moment}")] {
        let output = play(&emulator, &[&target, "--speed", "2", "--channel", "left"]);
        assert!(output.status.success(), "{output:?}");
        assert!(output.stdout.is_empty() && output.stderr.is_empty());
    }
}

#[test]
fn the_demo_account_needs_no_credentials() {
    let emulator = start(Options::default());
    let output = Command::new(env!("CARGO_BIN_EXE_callreel"))
        .args(["play", "--sink", "null", "--demo"])
        .arg(format!("{}@0:09.5", id(&emulator, SHORT)))
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn what_fails_is_one_line_and_a_code() {
    let emulator = start(Options::default());
    for (target, code, says) in [
        ("no-such".to_owned(), 1, "no such recording"),
        (id(&emulator, NOT_READY), 3, "not there (404)"),
        (id(&emulator, EMPTY), 3, "empty"),
        (
            format!("{}@5:00", id(&emulator, SHORT)),
            1,
            "the recording ends at 0:09.9",
        ),
        ("x@1:75".to_owned(), 1, "59 at most"),
    ] {
        let said = play(&emulator, &[&target]);
        let said = match target.as_str() {
            // clap's own words take more lines.
            "x@1:75" => String::from_utf8(said.stderr).unwrap(),
            _ => failure(&said, code),
        };
        assert!(said.contains(says), "{said}");
    }
    let nobody = Command::new(env!("CARGO_BIN_EXE_callreel"))
        .args(["play", "x"])
        .env_clear()
        .output()
        .unwrap();
    assert!(failure(&nobody, 2).contains("PLIVO_AUTH_ID"));
    let limited = start(Options {
        faults: vec!["429".parse().unwrap()],
        ..Options::default()
    });
    assert!(failure(&play(&limited, &["x"]), 4).contains("rate limit"));
}

#[test]
fn a_link_gets_the_credentials_at_its_own_account_only() {
    let emulator = start(Options {
        media_auth: MediaAuth::Unauthorized,
        ..Options::default()
    });
    let url = field(&emulator, 9, "recording_url");
    // The file is empty: it was asked for and given.
    assert!(failure(&play(&emulator, &[&url]), 3).contains("empty"));
    let other = start(Options {
        media_auth: MediaAuth::Unauthorized,
        ..Options::default()
    });
    let elsewhere = field(&other, 9, "recording_url");
    let said = failure(&play(&emulator, &[&elsewhere]), 1);
    assert!(said.contains("private network"), "{said}");
    assert!(other.requests().is_empty());
    for (url, says) in [
        ("file:///etc/passwd", "not https"),
        ("https://me:secret@media.plivo.com/r", "password in it"),
    ] {
        let said = failure(&play(&emulator, &[url]), 1);
        assert!(said.contains(says) && !said.contains("secret"), "{said}");
    }
}

/// Playing on a terminal, its line up; and the settings of one that nobody touched.
fn up(emulator: &Emulator, more: &[&str]) -> (Program, pty::Settings) {
    let id = id(emulator, LONG);
    let mut arguments = vec!["play", "--sink", "null", &id];
    arguments.extend(more);
    let mut start = Start::callreel(&arguments).size(120, 24);
    for (name, value) in &environment(emulator) {
        start = start.env(name, value);
    }
    let program = start.spawn();
    let fresh = Start::command("true", &[]).spawn().settings();
    program.wait_for("▶");
    assert!(fresh.echoes() && !program.settings().echoes());
    assert!(!program.shown().screen().alternate_screen());
    (program, fresh)
}

/// Waits for the end; the terminal must be as before, the line still on it.
fn ends_clean(mut program: Program, fresh: &pty::Settings, code: u32) -> Program {
    assert_eq!(
        program.end().exit_code(),
        code,
        "{}",
        program.shown().text()
    );
    drop(program.wait("the terminal as before", |shown| {
        shown.is_clean() && shown.screen().cursor_position().1 == 0
    }));
    assert_eq!(program.settings(), *fresh);
    program
}

#[test]
fn keys_work_and_one_line_is_drawn_over_itself() {
    let emulator = start(Options::default());
    let (mut program, fresh) = up(&emulator, &[]);
    program.keys("]]");
    program.wait_for("1.2×");
    program.keys(" ");
    program.wait_for("‖");
    program.keys("t0:50\r");
    program.wait_for("0:50");
    let text = program.shown().text();
    assert_eq!(text.trim().lines().count(), 1, "{text}");
    program.keys("q");
    let program = ends_clean(program, &fresh, 0);
    assert!(program.shown().text().contains("0:50"));
}

/// A configuration in a file of its own.
fn configured(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

const SETTINGS: &str = "[player]\nspeed = 2.0\nvolume = 40\nskip_silence = \"strong\"\nlevel_voices = true\n\
                        [sides]\nleft = \"agent\"\n[keys]\nfaster = \"F2\"\n";

#[test]
fn it_is_listened_to_as_the_configuration_says_and_its_keys_are_those_of_the_file() {
    let emulator = start(Options::default());
    let file = configured(SETTINGS);
    let path = file.path().to_str().unwrap();
    let (mut program, fresh) = up(&emulator, &["--config", path, "--channel", "left"]);
    let said = |text: &str| {
        let set = [
            "2.0×",
            "agent only",
            "skip more silence",
            "levelled",
            "volume 40 %",
        ];
        set.iter().all(|part| text.contains(part))
    };
    drop(program.wait("all that is set", |shown| said(&shown.text())));
    program.keys("\x1bOQ");
    program.wait_for("2.1×");
    program.keys("q");
    ends_clean(program, &fresh, 0);
}

#[test]
fn flags_beat_the_configuration() {
    let emulator = start(Options::default());
    let file = configured(SETTINGS);
    let path = file.path().to_str().unwrap();
    let flags = ["--speed", "1.5", "--volume", "100", "--skip-silence", "off"];
    let arguments = [&["--config", path], &flags[..]].concat();
    let (mut program, fresh) = up(&emulator, &arguments);
    drop(program.wait("what the flags say", |shown| {
        let text = shown.text();
        text.contains("1.5×") && !text.contains("volume") && !text.contains("skip")
    }));
    program.keys("q");
    ends_clean(program, &fresh, 0);
}

#[test]
fn signals_and_panics_leave_the_terminal_as_it_was() {
    let emulator = start(Options::default());
    for (signal, code) in [
        (libc::SIGTERM, 143),
        (libc::SIGHUP, 129),
        (libc::SIGQUIT, 131),
    ] {
        let (program, fresh) = up(&emulator, &[]);
        program.signal(signal);
        ends_clean(program, &fresh, code);
    }
    let (mut program, fresh) = up(&emulator, &[]);
    program.keys("\x03");
    ends_clean(program, &fresh, 130);
    for place in ["loop", "task"] {
        let (mut program, fresh) = up(&emulator, &["--debug-panic", place]);
        program.keys("\x1b[24~");
        let program = ends_clean(program, &fresh, 101);
        drop(program.wait("the panic's words", |shown| {
            shown.text().contains("as --debug-panic asked")
        }));
    }
}

#[test]
fn ctrl_z_hands_the_terminal_to_the_shell_and_fg_goes_on() {
    let emulator = start(Options::default());
    let mut start = Start::command("sh", &["-i"])
        .env("PS1", "READY> ")
        .env("CALLREEL", env!("CARGO_BIN_EXE_callreel"))
        .env("ID", &id(&emulator, LONG));
    for (name, value) in &environment(&emulator) {
        start = start.env(name, value);
    }
    let mut shell = start.spawn();
    shell.wait_for("READY> ");
    let before = shell.settings();
    shell.keys("\"$CALLREEL\" play --sink null \"$ID\"\n");
    shell.wait_for("▶");
    shell.keys("\x1a");
    let at_rest =
        |shown: &pty::Shown| shown.is_clean() && shown.text().trim_end().ends_with("READY>");
    drop(shell.wait("the shell", at_rest));
    assert_eq!(shell.settings(), before);
    shell.keys("clear; fg\n");
    shell.wait_for("▶");
    shell.keys("q");
    drop(shell.wait("the shell again", at_rest));
    assert_eq!(shell.settings(), before);
}

#[test]
fn the_sound_can_go_to_standard_output_or_to_a_command() {
    let emulator = start(Options::default());
    let moment = format!("{}@0:09.5", id(&emulator, SHORT));
    let output = |sink: &[&str], chosen: &str| {
        Command::new(env!("CARGO_BIN_EXE_callreel"))
            .args(["play", &moment])
            .args(sink)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment(&emulator))
            .env("CALLREEL_SINK", chosen)
            .output()
            .unwrap()
    };
    let flags = ["--sink", "stdout", "--sink-format", "s16le:8000:1"];
    let out = output(&flags, "command:exit 3");
    assert!(out.status.success() && out.stderr.is_empty(), "{out:?}");
    // 0.38 s, and some silence at its end.
    assert!(out.stdout.len() >= 6_000, "{}", out.stdout.len());
    let said = failure(&output(&[], "command:exit 3"), 1);
    assert!(said.contains("no sound: the command ended"), "{said}");
}
