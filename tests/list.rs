//! `callreel list`, the real program, against an account on loopback.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::process::{Command, Output};

use callreel::emulator::{self, Emulator, Options, Paging};
use serde_json::{Map, Value};

fn start(faults: &str) -> Emulator {
    start_with(faults, Options::default())
}

fn start_with(faults: &str, options: Options) -> Emulator {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let faults = faults.split(',').filter(|fault| !fault.is_empty());
    let options = Options {
        faults: faults.map(|fault| fault.parse().unwrap()).collect(),
        ..options
    };
    // It has a runtime of its own; this one only starts it.
    runtime.block_on(emulator::start(options)).unwrap()
}

fn list(emulator: &Emulator, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_callreel"))
        .arg("list")
        .args(arguments)
        .env_clear()
        .env("CALLREEL_API_URL", emulator.url())
        .env("PLIVO_AUTH_ID", emulator.auth_id())
        .env("PLIVO_AUTH_TOKEN", emulator.auth_token())
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The line on standard error of a command that failed with this code.
fn failure(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn rows(text: &str) -> Vec<Map<String, Value>> {
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

#[test]
fn a_page_is_printed_as_the_api_gives_it() {
    let emulator = start("");
    let wanted = emulator.recordings(0, 25);
    assert_eq!(rows(&out(&list(&emulator, &[]))), wanted[..20]);
    let part = list(&emulator, &["--page-size", "5", "--offset", "20"]);
    assert_eq!(rows(&out(&part)), wanted[20..]);
    let one = wanted[3]["call_uuid"].as_str().unwrap();
    for row in rows(&out(&list(&emulator, &["--call-uuid", one]))) {
        assert_eq!(row["call_uuid"], one);
    }
    let whole = out(&list(&emulator, &["--output", "json", "--page-size", "2"]));
    let whole: Value = serde_json::from_str(&whole).unwrap();
    assert_eq!(whole["meta"]["limit"], 2);
    assert_eq!(whole["objects"].as_array().unwrap().len(), 2);
    let table = out(&list(&emulator, &["--output", "table", "--page-size", "9"]));
    let ids = wanted[..9].iter().map(|row| row["recording_id"].as_str());
    assert_eq!(table.lines().count(), 10);
    assert!(ids.flatten().all(|id| table.contains(id)), "{table}");
    // One of these rows is made of control codes and wide letters.
    assert!(
        table
            .chars()
            .all(|c| c == '\n' || callreel::app::text::is_safe(c.encode_utf8(&mut [0; 4])))
    );
}

#[test]
fn by_callback_the_receipt_is_all_there_is() {
    let emulator = start("");
    // Nobody listens there: whoever asked does not wait.
    let url = "http://127.0.0.1:9/plivo";
    let receipt = out(&list(&emulator, &["--callback-url", url]));
    let receipt: Value = serde_json::from_str(&receipt).unwrap();
    assert_eq!(receipt["message"], "async api spawned");
    assert!(!receipt["api_id"].as_str().unwrap().is_empty());
    let table = ["--callback-url", url, "--output", "table"];
    let table = out(&list(&emulator, &table));
    assert!(table.starts_with("accepted as "), "{table}");
    let get = ["--callback-url", url, "--callback-method", "get"];
    out(&list(&emulator, &get));
    let asked = emulator.requests();
    let query = |at: usize| asked[at].query.clone().unwrap();
    assert!(query(0).contains("callback_method=POST"));
    assert!(query(2).contains("callback_method=GET"));
}

#[test]
fn waiting_prints_what_the_synchronous_call_prints() {
    for method in ["GET", "POST"] {
        let emulator = start("callback-garbage*1,callback-duplicate");
        let wait = [
            "--wait",
            "--callback-listen",
            "127.0.0.1:0",
            "--require-signature",
            "--callback-method",
            method,
        ];
        let waited = list(&emulator, &wait);
        let at_once = list(&emulator, &[]);
        assert_eq!(rows(&out(&waited)), rows(&out(&at_once)), "{method}");
        let said = String::from_utf8(waited.stderr).unwrap();
        assert!(said.contains("accepted as "), "{said}");
        assert!(said.contains("it came signed"), "{said}");
        assert!(emulator.requests()[0].callback_url.is_some());
    }
}

#[test]
fn what_never_comes_is_a_failure_that_says_what_to_do() {
    let emulator = start("callback-lost");
    let wait = [
        "--wait",
        "--callback-listen",
        "127.0.0.1:0",
        "--callback-timeout",
        "1",
    ];
    let said = failure(&list(&emulator, &wait), 1);
    assert!(
        said.contains("no answer came by callback within 1 s"),
        "{said}"
    );
    assert!(said.contains("leads to this receiver"), "{said}");
}

#[test]
fn refusals_and_wrong_flags_are_one_line() {
    let emulator = start("400");
    assert!(failure(&list(&emulator, &[]), 1).contains("the API refused the request"));
    let emulator = start("");
    for (arguments, says) in [
        (
            &["--from", "2011-01-01"][..],
            "narrow it by --from and --to",
        ),
        (&["--either-number", "+14155550100"], "--from-number"),
        (&["--from", "nonsense"], "--from: "),
        (&["--wait"], "--callback-listen"),
        (&["--page-size", "21"], "1..=20"),
    ] {
        let said = failure(&list(&emulator, arguments), 1);
        assert!(said.contains(says), "{said}");
    }
    assert!(emulator.requests().is_empty());
    let nobody = Command::new(env!("CARGO_BIN_EXE_callreel"))
        .arg("list")
        .env_clear()
        .output()
        .unwrap();
    assert!(failure(&nobody, 2).contains("PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN are not set"));
}

#[test]
fn an_account_that_ignores_offsets_is_not_believed() {
    let cursors = Options {
        paging: Some(Paging::Cursor),
        ..Options::default()
    };
    for emulator in [start_with("", cursors), start("offset-lies")] {
        assert!(list(&emulator, &[]).status.success());
        let said = failure(&list(&emulator, &["--offset", "40"]), 1);
        assert!(said.contains("ignores --offset 40"), "{said}");
    }
}

#[test]
fn what_was_refused_meanwhile_is_said_with_the_time_out() {
    let emulator = start("callback-wrong-signature");
    let wait = [
        "--wait",
        "--callback-listen",
        "127.0.0.1:0",
        "--callback-timeout",
        "0.5",
    ];
    let said = failure(&list(&emulator, &wait), 1);
    assert!(
        said.contains("refused meanwhile: 1 wrong signature"),
        "{said}"
    );
}

#[test]
fn flags_that_would_do_nothing_are_refused() {
    let emulator = start("");
    for (arguments, says) in [
        (&["--callback-listen", "127.0.0.1:0"][..], "without --wait"),
        (
            &["--callback-method", "GET"],
            "--callback-method does nothing",
        ),
        (&["--require-signature"], "--require-signature does nothing"),
    ] {
        let said = failure(&list(&emulator, arguments), 1);
        assert!(said.contains(says), "{said}");
    }
}
