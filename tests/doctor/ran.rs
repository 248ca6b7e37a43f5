//! Running it, and what it found.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use callreel::emulator::{self, Emulator, Options};
use serde_json::Value;

pub fn account() -> Emulator {
    account_with(Options {
        recordings: 30,
        ..Options::default()
    })
}

pub fn account_with(options: Options) -> Emulator {
    emulator::start(options).unwrap()
}

/// A user at `home` who has this account in the environment, and hears nothing.
pub fn command(home: &Path, emulator: &Emulator) -> Command {
    let mut command = nobody(home);
    command
        .env("CALLREEL_API_URL", emulator.url())
        .env("PLIVO_AUTH_ID", emulator.auth_id())
        .env("PLIVO_AUTH_TOKEN", emulator.auth_token());
    command
}

/// A user who has no account.
pub fn nobody(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callreel"));
    command
        .args(["doctor", "--sink", "null", "--output", "json"])
        .env_clear()
        .env("HOME", home);
    command
}

/// What it found, in how long.
pub struct Found {
    pub told: Value,
    pub code: i32,
    pub took: Duration,
}

pub fn run(command: &mut Command) -> Found {
    let begun = Instant::now();
    let output: Output = command.output().unwrap();
    let took = begun.elapsed();
    let told = serde_json::from_slice(&output.stdout);
    let told: Value = told.unwrap_or_else(|_| panic!("{output:?}"));
    let code = output.status.code().unwrap();
    assert_eq!(told["code"], code, "{told}");
    assert_eq!(told["ok"], code == 0, "{told}");
    Found { told, code, took }
}

impl Found {
    /// The one finding of a section whose words hold these.
    pub fn finding(&self, section: &str, words: &str) -> &Value {
        let sections = self.told["sections"].as_array().unwrap();
        let section = sections.iter().find(|found| found["name"] == section);
        let findings = section.unwrap()["findings"].as_array().unwrap();
        let holds = |found: &&Value| found["what"].as_str().unwrap().contains(words);
        let mut found = findings.iter().filter(holds);
        let first = found.next();
        let first = first.unwrap_or_else(|| panic!("{words} is not in {findings:?}"));
        assert_eq!(found.next(), None, "{words} twice");
        first
    }
}

/// An address of this machine where nothing listens.
pub fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
