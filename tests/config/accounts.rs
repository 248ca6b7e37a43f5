//! `callreel auth`, and the account that a profile names.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use callreel::emulator::{self, Emulator, Options};

use super::files::{callreel, home, printed, refused, write};
use crate::pty::Start;

pub fn account(seed: u64) -> Emulator {
    let options = Options {
        recordings: 30,
        seed,
        ..Options::default()
    };
    emulator::start(options).unwrap()
}

/// Adds an account, the token on standard input.
fn add(home: &Path, emulator: &Emulator, name: &str, id: &str, token: &str) -> Output {
    add_by(
        home,
        &[name, "--auth-id", id, "--api-url", emulator.url()],
        token,
    )
}

pub fn add_by(home: &Path, arguments: &[&str], token: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_callreel"))
        .args(["auth", "add"])
        .args(arguments)
        .env_clear()
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("cfg"))
        .env("XDG_STATE_HOME", home.join("state"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // It may have ended without reading.
    let _ = writeln!(input, "{token}");
    drop(input);
    child.wait_with_output().unwrap()
}

#[test]
fn an_account_is_added_listed_used_and_removed() {
    let (home, emulator) = (home(), account(1));
    let (id, token) = (emulator.auth_id(), emulator.auth_token());
    let told = printed(&add(home.path(), &emulator, "test", id, token));
    let path = home.path().join("state/callreel/accounts/test.toml");
    assert!(told.contains(path.to_str().unwrap()), "{told}");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let listed = printed(&callreel(home.path(), &[], &["auth", "list"]));
    assert!(listed.contains("test") && listed.contains(id), "{listed}");
    assert!(!listed.contains(token));

    // It is the only one, so it is meant; its address came with it.
    let rows = printed(&callreel(home.path(), &[], &["list"]));
    assert_eq!(rows.lines().count().min(1), 1);

    printed(&callreel(home.path(), &[], &["auth", "remove", "test"]));
    assert!(!path.exists());
    refused(&callreel(home.path(), &[], &["auth", "remove", "test"]), 1);
}

#[test]
fn an_account_is_checked_where_it_will_be_used() {
    let (home, emulator) = (home(), account(1));
    let (id, token) = (emulator.auth_id(), emulator.auth_token());
    let arguments = ["test", "--auth-id", id];
    write(
        home.path(),
        "[profiles.test]\napi_url = \"http://127.0.0.1:9\"\n",
    );
    let told = refused(&add_by(home.path(), &arguments, token), 1);
    assert!(told.contains("nothing was kept"), "{told}");
    let url = emulator.url();
    write(
        home.path(),
        &format!("[profiles.test]\napi_url = \"{url}\"\n"),
    );
    printed(&add_by(home.path(), &arguments, token));
    let env = [("CALLREEL_API_URL", "http://127.0.0.1:9")];
    let rows = callreel(home.path(), &env, &["list", "--profile", "test"]);
    assert!(printed(&rows).contains(&test_id(&emulator)));
}

#[test]
fn a_wrong_token_and_a_malformed_id_are_told_apart_and_nothing_is_kept() {
    let (home, emulator) = (home(), account(1));
    let told = refused(&add(home.path(), &emulator, "x", "ma12", "hunter22"), 2);
    assert!(told.contains("the auth id"), "{told}");
    let id = emulator.auth_id();
    let told = refused(&add(home.path(), &emulator, "x", id, "hunter22"), 2);
    assert!(
        told.contains("nothing was kept") && !told.contains("hunter22"),
        "{told}"
    );
    assert_eq!(printed(&callreel(home.path(), &[], &["auth", "list"])), "");
}

#[test]
fn a_profile_that_is_named_beats_the_environment_and_says_so() {
    let (home, test, production) = (home(), account(1), account(2));
    printed(&add(
        home.path(),
        &test,
        "test",
        test.auth_id(),
        test.auth_token(),
    ));
    let env = [
        ("CALLREEL_API_URL", production.url()),
        ("PLIVO_AUTH_ID", production.auth_id()),
        ("PLIVO_AUTH_TOKEN", production.auth_token()),
    ];
    let named = callreel(home.path(), &env, &["list", "--profile", "test"]);
    let told = String::from_utf8(named.stderr.clone()).unwrap();
    assert!(
        told.contains("profile test is used (flag --profile), not PLIVO_AUTH_ID"),
        "{told}"
    );
    assert!(printed(&named).contains(&test_id(&test)));
    let show = ["config", "show", "--profile", "test"];
    let shown = printed(&callreel(home.path(), &env, &show));
    let address = shown.lines().find(|line| line.starts_with("api_url"));
    assert!(
        address.is_some_and(|line| line.contains(test.url())),
        "{shown}"
    );
    let unnamed = printed(&callreel(home.path(), &env, &["list"]));
    assert!(!unnamed.contains(&test_id(&test)));
    let told = refused(
        &callreel(home.path(), &env, &["list", "--profile", "tset"]),
        2,
    );
    assert!(told.contains("did you mean test?"), "{told}");
}

#[test]
fn core_dumps_are_forbidden_before_a_token_is_asked_for() {
    let (home, emulator) = (home(), account(1));
    let (id, url, token) = (emulator.auth_id(), emulator.url(), emulator.auth_token());
    // What a program runs has its limits.
    let command = format!("test \"$(ulimit -H -c)\" = 0 && echo {token}");
    write(
        home.path(),
        &format!(
            "[profiles.acme]\nauth_id = \"{id}\"\napi_url = \"{url}\"\n\
             token_command = [\"sh\", \"-c\", '{command}']\n"
        ),
    );
    printed(&callreel(home.path(), &[], &["list"]));
    let mut program = Start::callreel(&["--sink", "null"])
        .env("HOME", home.path().to_str().unwrap())
        .env("XDG_CONFIG_HOME", home.path().join("cfg").to_str().unwrap())
        .spawn();
    program.wait_for("acme");
    program.keys("\x03");
}

#[test]
fn a_token_command_does_not_get_the_environments_account() {
    let (home, emulator) = (home(), account(1));
    let (id, url, token) = (emulator.auth_id(), emulator.url(), emulator.auth_token());
    let command = format!("test -z \"$PLIVO_AUTH_ID$PLIVO_AUTH_TOKEN\" && echo {token}");
    write(
        home.path(),
        &format!(
            "[profiles.acme]\nauth_id = \"{id}\"\napi_url = \"{url}\"\n\
             token_command = [\"sh\", \"-c\", '{command}']\n"
        ),
    );
    let env = [
        ("PLIVO_AUTH_ID", "MAAAAAAAAAAAAAAAAAAA"),
        ("PLIVO_AUTH_TOKEN", "hunter22"),
    ];
    printed(&callreel(home.path(), &env, &["list", "--profile", "acme"]));
}

/// The newest recording's id.
fn test_id(emulator: &Emulator) -> String {
    let rows = emulator.recordings(0, 1);
    rows[0]["recording_id"].as_str().unwrap().to_owned()
}

#[test]
fn the_token_is_typed_without_being_shown_and_ctrl_c_gives_the_terminal_back() {
    let (home, emulator) = (home(), account(1));
    let state = home.path().join("state");
    let start = || {
        Start::callreel(&["auth", "add", "test", "--api-url", emulator.url()])
            .env("HOME", home.path().to_str().unwrap())
            .env("XDG_STATE_HOME", state.to_str().unwrap())
            .spawn()
    };
    let mut program = start();
    program.wait_for("Auth id of test");
    program.keys(&format!("{}\n", emulator.auth_id()));
    program.wait_for("it is not shown");
    assert!(!program.settings().echoes());
    program.keys(&format!("{}\n", emulator.auth_token()));
    program.wait_for("only you can read");
    assert!(!program.shown().text().contains(emulator.auth_token()));
    assert_eq!(program.end().exit_code(), 0);
    assert!(program.settings().echoes());

    let mut program = start();
    program.wait_for("Auth id of test");
    program.keys(&format!("{}\n", emulator.auth_id()));
    program.wait_for("it is not shown");
    program.keys("\x03");
    assert_eq!(program.end().exit_code(), 130);
    assert!(program.settings().echoes());
}

#[test]
fn the_screen_names_the_profile_and_its_sides() {
    let (home, emulator) = (home(), account(1));
    let (id, url) = (emulator.auth_id(), emulator.url());
    write(
        home.path(),
        &format!(
            "profile = \"acme\"\n[profiles.acme]\nauth_id = \"{id}\"\napi_url = \"{url}\"\n\
             token_command = [\"echo\", \"{}\"]\n[profiles.acme.screen]\nmask = true\n",
            emulator.auth_token()
        ),
    );
    let mut program = Start::callreel(&["--sink", "null"])
        .env("HOME", home.path().to_str().unwrap())
        .env("XDG_CONFIG_HOME", home.path().join("cfg").to_str().unwrap())
        .spawn();
    program.wait_for("recordings");
    // Its numbers are masked, as its profile says; so is its own name.
    program.wait_for("caller-");
    program.keys("M");
    program.wait_for("acme");
    program.keys("\x03");
}
