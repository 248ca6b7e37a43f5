//! One page, as the seed's API pages, at once and by callback.

use callreel::emulator::{Options, Paging};
use serde_json::Value;

use super::ran::{command, failure, list, out, rows, start, start_with};

#[test]
fn a_page_is_printed_as_the_api_gives_it() {
    let emulator = start("");
    let wanted = emulator.recordings(0, 25);
    let page = list(&emulator, &["--page-size", "20"]);
    assert_eq!(rows(&out(&page)), wanted[..20]);
    let part = list(&emulator, &["--page-size", "5", "--offset", "20"]);
    assert_eq!(rows(&out(&part)), wanted[20..]);
    let one = wanted[3]["call_uuid"].as_str().unwrap();
    for row in rows(&out(&list(
        &emulator,
        &["--offset", "0", "--call-uuid", one],
    ))) {
        assert_eq!(row["call_uuid"], one);
    }
    let whole = out(&list(&emulator, &["--output", "json", "--page-size", "2"]));
    let whole: Value = serde_json::from_str(&whole).unwrap();
    assert_eq!(whole["meta"]["limit"], 2);
    assert_eq!(whole["objects"].as_array().unwrap().len(), 2);
    assert!(whole["objects"][1]["callreel"]["seconds"].is_number());
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
        let at_once = list(&emulator, &["--page-size", "20"]);
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
    let said = failure(&list(&emulator, &wait), 3);
    assert!(
        said.contains("no answer came by callback within 1 s"),
        "{said}"
    );
    assert!(said.contains("leads to this receiver"), "{said}");
}

#[test]
fn refusals_and_wrong_flags_are_one_line() {
    let emulator = start("400");
    let refused = failure(&list(&emulator, &["--page-size", "20"]), 1);
    assert!(refused.contains("the API refused the request"), "{refused}");
    let emulator = start("");
    for (arguments, says) in [
        (
            &["--page-size", "5", "--from", "2011-01-01"][..],
            "narrow it by --from and --to",
        ),
        (
            &["--offset", "5", "--either-number", "+14155550100"],
            "--from-number",
        ),
        (
            &["--offset", "5", "--format", "wav"],
            "choose by format wav",
        ),
        (&["--wait"], "--callback-listen"),
        (&["--page-size", "21"], "1..=20"),
        (&["--page-size", "5", "--all"], "cannot be used with"),
        (&["--offset", "5", "--limit", "5"], "cannot be used with"),
    ] {
        let said = failure(&list(&emulator, arguments), 1);
        assert!(said.contains(says), "{said}");
    }
    assert!(emulator.requests().is_empty());
}

#[test]
fn an_account_that_ignores_offsets_is_not_believed() {
    let cursors = Options {
        paging: Some(Paging::Cursor),
        ..Options::default()
    };
    for emulator in [start_with("", cursors), start("offset-lies")] {
        assert!(list(&emulator, &["--page-size", "20"]).status.success());
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
    let in_words = [&wait[..], &["--output", "table"]].concat();
    let said = failure(&list(&emulator, &in_words), 3);
    assert!(
        said.contains("refused meanwhile: 1 wrong signature: check that the token"),
        "{said}"
    );
    let said = failure(&list(&emulator, &wait), 3);
    let told: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert!(told["api_id"].is_string(), "{told}");
    assert!(told["hint"].as_str().unwrap().contains("--callback-url"));
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
        (&[HOOK, "--require-signature"], "only with --wait"),
        (&[HOOK, "--callback-timeout", "5"], "only with --wait"),
        (&[HOOK, "--wait"], "--wait needs --callback-listen"),
    ] {
        let said = failure(&list(&emulator, arguments), 1);
        assert!(said.contains(says), "{said}");
    }
    assert!(emulator.requests().is_empty());
}

const HOOK: &str = "--callback-url=http://127.0.0.1:9/hook";

#[test]
fn a_callback_url_must_be_one_that_the_api_can_reach() {
    let emulator = start("");
    // Nothing is asked, and if it were, nothing would leave this machine.
    let at_plivo = |url: &str| {
        let mut command = command(&emulator, &["list", "--callback-url", url]);
        command
            .env_remove("CALLREEL_API_URL")
            .env("HTTPS_PROXY", "http://127.0.0.1:9");
        command.output().unwrap()
    };
    for url in [
        "http://127.0.0.1:8099/",
        "https://localhost/plivo",
        "http://192.168.1.7:8099/",
        "https://[fd00::1]/",
        "https://buildbox/plivo",
    ] {
        let said = failure(&at_plivo(url), 1);
        assert!(said.contains("api.plivo.com cannot reach"), "{said}");
    }
    for (url, beware) in [
        ("https://hooks.example.net/plivo", false),
        ("http://hooks.example.net/plivo", true),
    ] {
        let said = failure(&at_plivo(url), 3);
        assert_eq!(said.contains("beware: plain http"), beware);
    }
}
