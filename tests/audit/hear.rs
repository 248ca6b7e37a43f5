//! Listening, logged with what was really heard.

use std::fs;
use std::process::Output;

use serde_json::Value;

use super::account::*;
use super::place::*;
use super::pty::{Program, Start};

/// Rows of the emulator's newest recordings: 80 s of stereo mp3, 9.9 s of wav.
const LONG: u64 = 0;
const SHORT: u64 = 4;

fn nth(account: &Account, row: u64) -> String {
    id(&account.emulator.recordings(row, 1)[0])
}

fn play(account: &Account, target: &str, arguments: &[&str]) -> Output {
    let arguments = [&["--sink", "null", target], arguments].concat();
    account.logging("play", &arguments).output().unwrap()
}

fn screen(account: &Account) -> Program {
    let screen = Start::callreel(&["--sink", "null"])
        .env("HOME", account.file("").to_str().unwrap())
        .env("CALLREEL_AUDIT", account.log().to_str().unwrap())
        .env("CALLREEL_API_URL", account.emulator.url())
        .env("PLIVO_AUTH_ID", account.emulator.auth_id())
        .env("PLIVO_AUTH_TOKEN", account.emulator.auth_token())
        .spawn();
    screen.wait_for("recordings");
    screen
}

/// Waits until the player stands there; a row's length may read like that too.
fn plays_at(screen: &Program, position: &str) {
    let wanted = format!(" {position} ");
    drop(screen.wait(position, |shown| {
        let text = shown.text();
        let player = text.split_once("╭ ▶").map(|(_, player)| player);
        player.is_some_and(|player| player.contains(&wanted))
    }));
}

fn lines_now(account: &Account) -> usize {
    fs::read_to_string(account.log())
        .unwrap_or_default()
        .lines()
        .count()
}

/// How far it was heard, where it was heard in one piece from `from` on.
fn to(line: &Value, from: f64) -> f64 {
    assert_eq!(line["parts"].as_array().unwrap().len(), 1, "{line}");
    let part = &line["parts"][0];
    assert!((part[0].as_f64().unwrap() - from).abs() < 0.2, "{line}");
    let to = part[1].as_f64().unwrap();
    let heard = line["seconds"].as_f64().unwrap();
    assert!((heard - (to - from)).abs() < 0.3, "{line}");
    to
}

#[test]
fn what_is_played_without_a_screen_is_logged_with_its_seconds() {
    let account = account(200, "");
    let short = nth(&account, SHORT);
    for (at, speed) in [("9.0", "1"), ("8.0", "4")] {
        let done = play(&account, &format!("{short}@0:0{at}"), &["--speed", speed]);
        assert!(done.status.success(), "{done:?}");
        let logged = account.logged();
        let line = logged.last().unwrap();
        assert_eq!(
            (&line["action"], &line["recording"], &line["over"]),
            (&"listened".into(), &short.as_str().into(), &"ended".into())
        );
        // Seconds of the recording, whatever the speed.
        let end = to(line, at.parse().unwrap());
        assert!((9.8..=10.0).contains(&end), "{line}");
        assert!(line["add_time"].is_string() && line["began"].is_string());
    }
}

#[test]
fn the_screen_logs_what_was_heard_when_it_is_replaced_stopped_and_left() {
    let account = account(200, "");
    let mut screen = screen(&account);
    screen.keys("\r");
    plays_at(&screen, "0:02");
    // Muted, nothing is heard.
    screen.keys("m");
    plays_at(&screen, "0:04");
    assert_eq!(lines_now(&account), 0);
    screen.keys("m");
    screen.keys("J");
    screen.wait_until("the first is logged", || lines_now(&account) == 1);
    screen.keys("z");
    screen.keys("k\r");
    plays_at(&screen, "0:01");
    screen.keys("\x03");
    assert_eq!(screen.end().exit_code(), 0);
    let logged = account.logged();
    let first = &logged[0];
    assert_eq!(first["recording"], nth(&account, LONG).as_str());
    assert_eq!(first["over"], "replaced");
    let heard = first["seconds"].as_f64().unwrap();
    let last = logged.last().unwrap();
    assert_eq!(
        (&last["over"], &last["recording"]),
        (&"quit".into(), &first["recording"])
    );
    assert!(to(last, 0.0) >= 0.9, "{last}");
    // The two seconds before it was muted, and the moment after.
    assert!((1.9..4.0).contains(&heard), "{first}");
    let parts = first["parts"].as_array().unwrap();
    assert!(parts[0][1].as_f64().unwrap() < 4.0, "{first}");
}

#[test]
fn listening_that_cannot_be_logged_says_so_for_as_long_as_it_is_so() {
    let account = account(200, "");
    fs::write(account.file("logs"), "a file in the folder's place").unwrap();
    let mut screen = screen(&account);
    screen.wait_for("what you hear is not logged: the audit log");
    screen.keys("\r");
    plays_at(&screen, "0:02");
    screen.wait_for("what you hear is not logged: the audit log");
    fs::remove_file(account.file("logs")).unwrap();
    // What could not be logged is, with the next line.
    screen.keys("z");
    screen.wait_until("it is logged", || lines_now(&account) == 1);
    drop(screen.wait("the line goes", |shown| {
        !shown.text().contains("is not logged")
    }));
    fs::remove_file(account.log()).unwrap();
    fs::create_dir(account.log()).unwrap();
    screen.keys("\r");
    plays_at(&screen, "0:01");
    screen.keys("\x03");
    assert_eq!(screen.end().exit_code(), 0);
    screen.wait_for("1 playback is not in the audit log");

    let moment = format!("{}@0:09.5", nth(&account, SHORT));
    let done = play(&account, &moment, &[]);
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    let said = errors(&done);
    assert!(
        said.starts_with("callreel: what you hear is not logged"),
        "{said}"
    );
    assert!(
        said.contains("1 playback is not in the audit log"),
        "{said}"
    );
}

#[test]
fn a_part_that_is_cut_out_is_logged_or_not_cut_out() {
    let account = account(200, "");
    let part = format!("{}@0:01-0:03", nth(&account, SHORT));
    let file = account.file("part.wav");
    let clip = |arguments: &[&str]| {
        let arguments = [arguments, &["-o", file.to_str().unwrap(), &part]].concat();
        account.logging("clip", &arguments).output().unwrap()
    };
    let done = clip(&[]);
    assert!(done.status.success(), "{done:?}");
    let logged = account.logged();
    let [line] = of(&logged, "clipped")[..] else {
        panic!("{logged:?}");
    };
    assert_eq!(
        (line["from"].as_f64(), line["to"].as_f64()),
        (Some(1.0), Some(3.0))
    );
    assert_eq!(line["bytes"], file.metadata().unwrap().len() - 44);
    fs::remove_file(&file).unwrap();
    fs::write(account.log(), "my diary\n").unwrap();
    let done = clip(&[]);
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    assert!(errors(&done).contains("nothing was written, since it cannot be logged"));
    assert!(!file.exists());
}

#[test]
fn of_the_demo_account_nothing_is_logged() {
    let account = account(10, "");
    let moment = format!("{}@0:09.5", nth(&account, SHORT));
    let done = play(&account, &moment, &["--demo"]);
    assert!(done.status.success(), "{done:?}");
    assert!(!account.log().exists());
}

#[test]
fn what_the_screen_downloads_and_deletes_is_logged_as_by_the_commands() {
    let account = account(200, "");
    let first = nth(&account, LONG);
    let mut screen = screen(&account);
    screen.keys("d");
    screen.wait_for("download 1 to");
    let calls = account.file("calls");
    screen.keys(&format!("\x15{}\r", calls.display()));
    screen.wait_for("1 in the archive");
    screen.keys("\x1b");
    let no_pane = |screen: &Program| {
        drop(screen.wait("no pane", |shown| !shown.text().contains("Esc closes")));
    };
    no_pane(&screen);
    screen.keys("#");
    screen.wait_for("No undo exists");
    let account_id = account.emulator.auth_id();
    let end = &account_id[account_id.len() - 3..];
    screen.keys(&format!("delete 1 from MA...{end}\r"));
    screen.wait_for("1 deleted");
    let logged = account.logged();
    let actions: Vec<_> = logged.iter().map(|line| &line["action"]).collect();
    assert_eq!(actions, ["downloaded", "deleting", "deleted"]);
    assert!(
        logged
            .iter()
            .all(|line| line["recording"] == first.as_str())
    );
    let receipts = account.file(".local/state/callreel/deletions.ndjson");
    let receipts = lines(&fs::read_to_string(receipts).unwrap());
    let receipt = receipts.iter().find(|line| line["step"] == "receipt");
    assert_eq!(receipt.unwrap()["audit_head"], logged[2]["hash"]);

    // Where it cannot be logged, nothing is done.
    fs::write(account.log(), "my diary\n").unwrap();
    let before = account.emulator.count();
    screen.keys("\x1b");
    no_pane(&screen);
    screen.keys("#");
    screen.wait_for("No undo exists");
    screen.keys(&format!("delete 1 from MA...{end}\r"));
    screen.wait_for("it did not come to its end: the audit log");
    assert_eq!(account.emulator.count(), before);
}
