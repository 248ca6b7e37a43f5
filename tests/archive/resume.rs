//! A deletion that goes on the next day.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use callreel::emulator::Options;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::account::*;
use super::delete::receipts;
use super::unsure::receipts_so_far;

/// As if the run had begun a day earlier.
fn a_day_earlier(file: &Path, age: TimeDelta) {
    let text = fs::read_to_string(file).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    let mut run: Value = serde_json::from_str(first).unwrap();
    let asked: DateTime<Utc> = run["asked"].as_str().unwrap().parse().unwrap();
    let day = |at: DateTime<Utc>| (at - age).format("%Y-%m-%d").to_string();
    let earlier = asked - TimeDelta::days(1);
    let source = run["source"].as_str().unwrap();
    assert!(source.contains(&day(asked)), "{source}");
    run["source"] = source.replace(&day(asked), &day(earlier)).into();
    run["asked"] = earlier.to_rfc3339().into();
    fs::write(file, format!("{run}\n{rest}")).unwrap();
}

#[test]
fn what_a_filter_chose_yesterday_goes_on_today_with_the_same_command() {
    let account = account_with(Options {
        recordings: 40,
        // Nothing is near the age that is asked for, so that a day more or less counts the same.
        now: Utc::now() - TimeDelta::days(40),
        latency: Duration::from_millis(30),
        ..options("")
    });
    let file = account.file("receipts.ndjson");
    let asked = ["--older-than", "10d", "--receipts", file.to_str().unwrap()];
    let dry_run = [&asked[..], &["--dry-run"]].concat();
    let planned = text(&account.delete(&dry_run));
    let count = planned.strip_prefix("would delete ").unwrap();
    let count = count.split(' ').next().unwrap();
    let confirmed = [&asked[..], &["--yes", "--expect", count]].concat();

    let mut program = account.deleting(&confirmed);
    let child = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = Running(child.unwrap());
    let patience = Instant::now() + Duration::from_secs(60);
    while !file.exists() || receipts_so_far(&file) < 4 {
        assert!(Instant::now() < patience, "no receipts come");
        std::thread::yield_now();
    }
    let pid = libc::pid_t::try_from(child.0.id()).unwrap();
    // SAFETY: kill reads two numbers; the child was not waited for, so that the id is still its own.
    #[allow(unsafe_code)]
    let sent = unsafe { libc::kill(pid, libc::SIGTERM) };
    assert_eq!(sent, 0);
    assert_eq!(child.0.wait().unwrap().code(), Some(143));
    let so_far = receipts_so_far(&file);
    assert!(so_far.to_string() != count, "it was too quick");

    a_day_earlier(&file, TimeDelta::days(10));
    let done = account.delete(&confirmed);
    // Not 5, a refusal; 7 where the account has rows without an id.
    let code = done.status.code();
    assert!(matches!(code, Some(0 | 7)), "{code:?} {done:?}");
    let receipts = receipts(&file);
    assert_eq!(receipts.len().to_string(), count);
    assert!(
        receipts
            .values()
            .all(|receipt| receipt["outcome"] == "deleted")
    );

    // That run is at its end: what is asked now counts from now.
    let again = text(&account.delete(&dry_run));
    assert!(again.starts_with("would delete 0 "), "{again}");
    let before = (Utc::now() - TimeDelta::days(10))
        .format("%Y-%m-%d")
        .to_string();
    assert!(again.contains(&before), "{again}");
}
