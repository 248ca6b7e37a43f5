//! Running the program, and what came of it.

use std::process::{Command, Output};
use std::time::Duration;

use callreel::emulator::{self, Emulator, Options};
use serde_json::{Map, Value};

pub fn start(faults: &str) -> Emulator {
    start_with(faults, Options::default())
}

pub fn start_with(faults: &str, options: Options) -> Emulator {
    let faults = faults.split(',').filter(|fault| !fault.is_empty());
    let options = Options {
        faults: faults.map(|fault| fault.parse().unwrap()).collect(),
        ..options
    };
    emulator::start(options).unwrap()
}

pub fn command(emulator: &Emulator, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callreel"));
    command
        .args(arguments)
        .env_clear()
        .env("CALLREEL_API_URL", emulator.url())
        .env("PLIVO_AUTH_ID", emulator.auth_id())
        .env("PLIVO_AUTH_TOKEN", emulator.auth_token());
    command
}

pub fn list(emulator: &Emulator, arguments: &[&str]) -> Output {
    let arguments = [&["list"], arguments].concat();
    command(emulator, &arguments).output().unwrap()
}

pub fn out(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a command that failed with this code said on standard error.
pub fn failure(output: &Output, code: i32) -> String {
    let said = told(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(output.stdout.is_empty(), "something was listed: {said}");
    said
}

pub fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Lines of JSON as the API sent them: without what callreel puts beside.
pub fn rows(text: &str) -> Vec<Map<String, Value>> {
    let lines = text.lines().map(|line| {
        let mut row: Map<String, Value> = serde_json::from_str(line).unwrap();
        assert!(row.remove("callreel").unwrap().is_object());
        row
    });
    lines.collect()
}

/// Waits until the emulator was asked so often.
pub fn requests_until(emulator: &Emulator, count: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let asked = emulator.requests_until(|asked| asked.len() >= count);
        let asked = tokio::time::timeout(Duration::from_secs(30), asked).await;
        assert!(asked.is_ok(), "fewer than {count} requests came");
    });
}
