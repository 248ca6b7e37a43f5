//! The program, whose every byte is looked at.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::pty::Start;
use crate::words::only_text;

const AUTH_ID: &str = "MAM0QZODHIZTC3NGI2OW";
const TOKEN: &str = "hostilehostilehostilehostilehostile12345";

/// callreel as a user of this account whose home is `home`, with nothing else in its environment but `more`.
pub fn command(url: &str, home: &Path, more: &[(&str, &OsStr)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callreel"));
    command
        .env_clear()
        .current_dir(home)
        .env("HOME", home)
        .env("CALLREEL_API_URL", url)
        .env("PLIVO_AUTH_ID", AUTH_ID)
        .env("PLIVO_AUTH_TOKEN", TOKEN)
        .envs(more.iter().copied())
        .stdin(Stdio::null());
    command
}

/// The same in a terminal. The shell that starts it says so when it has ended, and how: what came before that is all of it.
pub fn in_terminal(url: &str, home: &Path, arguments: &[&str]) -> Start {
    let script = "\"$@\"; printf '\\nended with %s.' \"$?\"";
    let all = ["-c", script, "sh", env!("CARGO_BIN_EXE_callreel")];
    Start::command("sh", &[&all[..], arguments].concat())
        .home(home)
        .size(160, 50)
        .env("CALLREEL_API_URL", url)
        .env("PLIVO_AUTH_ID", AUTH_ID)
        .env("PLIVO_AUTH_TOKEN", TOKEN)
}

/// What it printed to its end, of which nothing may be obeyed by a terminal.
pub fn checked(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let arguments: Vec<OsString> = command.get_args().map(OsStr::to_owned).collect();
    let mut shown = output.stdout.clone();
    if arguments.iter().any(|argument| argument == "tsv") {
        // These stand between cells, and as many in every line.
        shown.retain(|byte| *byte != b'\t');
    }
    only_text(&format!("{arguments:?}: standard output"), &shown);
    only_text(&format!("{arguments:?}: standard error"), &output.stderr);
    assert_ne!(output.status.code(), Some(101), "{arguments:?} panicked");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!told.contains("panicked at"), "{arguments:?}: {told}");
    output
}
