//! From one account to another on the screen, the real program.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use callreel::emulator::{self, Emulator, Options};

use super::files::{home, write};
use crate::pty::{Program, Start};

fn account(seed: u64, recordings: u64, latency: u64) -> Emulator {
    let options = Options {
        recordings,
        seed,
        latency: Duration::from_millis(latency),
        ..Options::default()
    };
    emulator::start(options).unwrap()
}

/// A profile whose token a program prints.
fn section(name: &str, emulator: &Emulator, token: &str) -> String {
    format!(
        "[profiles.{name}]\nauth_id = \"{}\"\napi_url = \"{}\"\ntoken_command = [\"sh\", \"-c\", '{token}']\n",
        emulator.auth_id(),
        emulator.url()
    )
}

fn prints(emulator: &Emulator) -> String {
    format!("echo {}", emulator.auth_token())
}

fn screen(home: &Path, env: &[(&str, &str)], arguments: &[&str]) -> Program {
    let arguments = [&["--sink", "null"], arguments].concat();
    let mut start = Start::callreel(&arguments)
        .size(100, 24)
        .env("HOME", home.to_str().unwrap())
        .env("XDG_CONFIG_HOME", home.join("cfg").to_str().unwrap());
    for (name, value) in env {
        start = start.env(name, value);
    }
    start.spawn()
}

/// Nobody asked this account with another's credentials, nor for another's recordings.
fn only_its_own(emulator: &Emulator) {
    let requests = emulator.requests();
    assert!(!requests.is_empty());
    for request in requests {
        assert!(request.path.contains(emulator.auth_id()), "{request:?}");
        // 0: given up before it was answered.
        assert!([0, 200].contains(&request.status), "{request:?}");
    }
}

#[test]
fn another_profile_is_browsed_with_its_own_token_at_its_own_address() {
    let home = home();
    let (acme, beta) = (account(1, 37, 0), account(2, 21, 0));
    let text = section("acme", &acme, &prints(&acme)) + &section("beta", &beta, &prints(&beta));
    write(
        home.path(),
        &format!("{text}[profiles.beta.screen]\ncolumns = [\"length\", \"to\"]\n"),
    );
    // What was said for the account of the start does not count for the other.
    let env = [
        ("CALLREEL_API_URL", acme.url()),
        ("PLIVO_AUTH_ID", acme.auth_id()),
        ("PLIVO_AUTH_TOKEN", acme.auth_token()),
    ];
    let arguments = [
        "--profile",
        "acme",
        "--api-url",
        acme.url(),
        "--from",
        "-400d",
    ];
    let mut program = screen(home.path(), &env, &arguments);
    program.wait_for("37 recordings");
    program.keys("P");
    program.wait_for("╭ Profiles");
    program.wait_for("in use");
    program.keys("j\r");
    program.wait_for("21 recordings");
    {
        let shown = program.shown();
        let text = shown.text();
        assert!(text.contains("beta") && !text.contains("acme"), "{text}");
        assert!(!text.contains("Added"), "its columns: {text}");
    }
    // The file is still watched, for the profile that is in use now.
    let shorter = format!("{text}[profiles.beta.screen]\ncolumns = [\"from\"]\n");
    write(home.path(), &shorter);
    drop(program.wait("its columns anew", |shown| {
        let text = shown.text();
        text.contains("From") && !text.contains("Length")
    }));
    program.keys("r");
    program.keys("P");
    program.wait_for("in use");
    program.keys("k\r");
    program.wait_for("37 recordings");
    program.keys("\x03");
    assert!(program.end().success());
    only_its_own(&acme);
    only_its_own(&beta);
}

#[test]
fn a_token_that_cannot_be_had_leaves_the_account_as_it_is() {
    let home = home();
    let (acme, beta) = (account(1, 37, 0), account(2, 21, 0));
    let text = section("acme", &acme, &prints(&acme)) + &section("beta", &beta, "exit 3");
    write(home.path(), &text);
    let arguments = ["--profile", "acme", "--from", "-400d"];
    let mut program = screen(home.path(), &[], &arguments);
    program.wait_for("37 recordings");
    program.keys("P");
    program.wait_for("in use");
    program.keys("j\r");
    program.wait_for("profile beta: token_command: sh ended with exit status: 3");
    program.keys("r");
    program.wait_for("37 recordings");
    program.keys("\x03");
    only_its_own(&acme);
    assert!(beta.requests().is_empty());
}

#[test]
fn keys_go_on_while_a_token_is_waited_for_and_it_can_be_given_up() {
    let home = home();
    let (acme, beta) = (account(1, 37, 0), account(2, 21, 0));
    let slow = format!("read _ < {}/go; {}", home.path().display(), prints(&beta));
    let pipe = home.path().join("go");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    write(
        home.path(),
        &(section("acme", &acme, &prints(&acme)) + &section("beta", &beta, &slow)),
    );
    let mut program = screen(home.path(), &[], &["--profile", "acme", "--from", "-400d"]);
    program.wait_for("37 recordings");
    program.keys("P");
    program.wait_for("in use");
    program.keys("j\r");
    program.wait_for("waiting for the token of beta");
    program.keys("j");
    program.wait_for("2 of 37");
    program.keys("\x1b");
    drop(program.wait("given up", |shown| !shown.text().contains("waiting for")));
    // Whoever waits in the pipe goes on, and what comes is not wanted.
    let mut pipe = OpenOptions::new()
        .read(true)
        .write(true)
        .open(&pipe)
        .unwrap();
    writeln!(pipe).unwrap();
    program.keys("r");
    program.wait_for("37 recordings");
    program.keys("\x03");
    assert!(program.end().success());
    assert!(beta.requests().is_empty());
}

#[test]
fn another_account_is_shown_while_the_last_line_of_the_one_before_waits_for_its_log() {
    let home = home();
    let (acme, beta) = (account(1, 37, 0), account(2, 21, 0));
    let text = section("acme", &acme, &prints(&acme)) + &section("beta", &beta, &prints(&beta));
    write(home.path(), &text);
    let log = home.path().join("audit.ndjson");
    let env = [("CALLREEL_AUDIT", log.to_str().unwrap())];
    let mut program = screen(home.path(), &env, &["--profile", "acme", "--from", "-400d"]);
    program.wait_for("37 recordings");
    program.keys("\r");
    program.wait_for("0:02 L");
    let held = fs::File::open(&log).unwrap();
    held.lock().unwrap();
    program.keys("P");
    program.wait_for("in use");
    program.keys("j\r");
    // It plays.
    program.wait_for("y yes");
    program.keys("y");
    program.wait_for("21 recordings");
    program.keys("j");
    program.wait_for("2 of 21");
    {
        let text = program.shown().text();
        assert!(!text.contains("does not answer"), "{text}");
    }
    held.unlock().unwrap();
    program.keys("\x03");
    assert!(program.end().success());
    let logged = fs::read_to_string(&log).unwrap();
    let line = format!("\"account\":\"{}\",\"action\":\"listened\"", acme.auth_id());
    assert_eq!(logged.matches(&line).count(), 1, "{logged}");
}

#[test]
fn a_token_command_can_neither_write_to_the_screen_nor_read_its_keys() {
    let home = home();
    let (acme, beta) = (account(1, 37, 0), account(2, 21, 0));
    let asks = "printf hello > /dev/tty && read -r _ < /dev/tty; echo $GPG_TTY; exit 3";
    let text = section("acme", &acme, &prints(&acme)) + &section("beta", &beta, asks);
    write(home.path(), &text);
    let env = [("GPG_TTY", "/dev/pts/0")];
    let mut program = screen(home.path(), &env, &["--profile", "acme", "--from", "-400d"]);
    program.wait_for("37 recordings");
    program.keys("P");
    program.wait_for("in use");
    program.keys("j\r");
    program.wait_for("with no terminal to ask on");
    assert!(!program.shown().text().contains("hello"));
    program.keys("\x03");
    assert!(program.end().success());
}

#[test]
fn requests_of_the_account_before_are_dropped() {
    let home = home();
    let (acme, beta) = (account(1, 37, 60_000), account(2, 21, 0));
    let text = section("acme", &acme, &prints(&acme)) + &section("beta", &beta, &prints(&beta));
    write(home.path(), &text);
    let mut program = screen(home.path(), &[], &["--profile", "acme", "--from", "-400d"]);
    program.wait_for("? keys");
    program.keys("P");
    program.wait_for("in use");
    program.keys("j\r");
    program.wait_for("21 recordings");
    let closed = || acme.requests().iter().all(|request| request.finished);
    program.wait_until("its connections are closed", closed);
    program.keys("\x03");
    only_its_own(&acme);
    only_its_own(&beta);
}
