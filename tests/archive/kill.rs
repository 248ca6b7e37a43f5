//! A download that is killed in the middle, and the next one.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use callreel::emulator::Options;

use super::account::*;

/// Kills a download once so many recordings are finished and a part of another is on the disk.
fn killed(account: &Account, ids: &std::path::Path, finished: usize) {
    let mut program = account.downloading(&["-", "--output", "ndjson"]);
    program.stdin(fs::File::open(ids).unwrap());
    let mut child = Running(
        program
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    for line in lines.take(finished) {
        line.unwrap();
    }
    let patience = Instant::now() + Duration::from_secs(60);
    while !parts(&account.archive())
        .iter()
        .any(|(_, bytes)| *bytes > 0)
    {
        assert!(Instant::now() < patience, "no part comes");
        std::thread::yield_now();
    }
    child.0.kill().unwrap();
    child.0.wait().unwrap();
}

#[test]
fn only_what_is_missing_is_fetched_afterwards() {
    // Slow enough that it is killed in the middle of several files.
    let account = account_with(Options {
        recordings: 120,
        bandwidth: Some(600_000),
        ..options("")
    });
    let rows = account.sounding(20);
    let ids = account.file("ids");
    fs::write(&ids, named(&rows).join("\n")).unwrap();
    killed(&account, &ids, 4);

    // What is whole, and what there is of the others: all of it counts where the system tells that it has not started anew, since
    // what was written before a crash may never have come to the disk.
    let tells_boots = Path::new("/proc/sys/kernel/random/boot_id").exists();
    let held: u64 = files(&account.archive())
        .iter()
        .filter(|path| {
            // What is written beside a file, also under a temporary name, is none of its bytes.
            let beside = path.to_string_lossy().contains(".json");
            let kind = path.extension();
            !beside
                && kind.is_some_and(|e| e == "mp3" || e == "wav" || (e == "part" && tells_boots))
        })
        .map(|path| path.metadata().unwrap().len())
        .sum();
    assert!(!parts(&account.archive()).is_empty());
    let killed_until = account.newest_connection();
    let mut program = account.downloading(&["-", "--parallel", "16"]);
    let done = program
        .stdin(fs::File::open(&ids).unwrap())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(
        summary(&done),
        "listed 20 · archived 20 · no audio 0 · failed 0"
    );
    account.assert_archived(&rows);
    let requests = account.media_requests().into_iter();
    let fetched: u64 = requests
        .filter(|request| request.connection > killed_until)
        .map(|request| request.bytes)
        .sum();
    let wanted: u64 = rows
        .iter()
        .map(|row| account.emulator.file(&id(row)).unwrap().len() as u64)
        .sum();
    assert_eq!(fetched, wanted - held);
    assert!(parts(&account.archive()).is_empty());
    assert_eq!(files(&account.archive()).len(), 41);
    assert_eq!(account.verify(&[]).status.code(), Some(0));
}

#[test]
fn a_file_that_lacks_only_its_line_is_taken_as_it_is() {
    let account = account(120, "");
    let rows = account.sounding(3);
    let names = named(&rows);
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    account.download(&names);
    let manifest = account.archive().join("manifest.ndjson");
    let whole = fs::read_to_string(&manifest).unwrap();
    // Killed while the last line was being written.
    fs::write(&manifest, &whole[..whole.len() - 20]).unwrap();
    let before = account.media_requests().len();
    let again = account.download(&names);
    assert_eq!(
        summary(&again),
        "listed 3 · archived 3 · no audio 0 · failed 0"
    );
    assert_eq!(account.media_requests().len(), before);
    account.assert_archived(&rows);
    assert_eq!(fs::read_to_string(&manifest).unwrap().lines().count(), 3);
    assert_eq!(account.verify(&[]).status.code(), Some(0));
}

#[test]
fn a_file_that_changed_on_the_server_is_begun_anew() {
    let account = account_with(Options {
        recordings: 120,
        bandwidth: Some(600_000),
        ..options("")
    });
    let rows = account.sounding(5);
    let ids = account.file("ids");
    fs::write(&ids, named(&rows).join("\n")).unwrap();
    killed(&account, &ids, 1);
    let mut changed = 0;
    for (part, bytes) in parts(&account.archive()) {
        let state = part.with_extension("part.json");
        let Ok(text) = fs::read_to_string(&state) else {
            continue;
        };
        let mut told: serde_json::Value = serde_json::from_str(&text).unwrap();
        // What has come as a whole is not asked for again.
        if bytes == 0 || told["total"] == bytes {
            continue;
        }
        told["etag"] = "\"another\"".into();
        fs::write(&state, told.to_string()).unwrap();
        fs::write(&part, vec![0; usize::try_from(bytes).unwrap()]).unwrap();
        changed += 1;
    }
    assert!(changed > 0);
    let mut program = account.downloading(&["-", "--parallel", "16"]);
    let done = program
        .stdin(fs::File::open(&ids).unwrap())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    account.assert_archived(&rows);
}

#[test]
fn ctrl_c_leaves_what_the_next_run_goes_on_with() {
    let account = account_with(Options {
        recordings: 120,
        bandwidth: Some(600_000),
        ..options("")
    });
    let rows = account.sounding(12);
    let ids = account.file("ids");
    fs::write(&ids, named(&rows).join("\n")).unwrap();
    let mut program = account.downloading(&["-", "--output", "ndjson"]);
    program.stdin(fs::File::open(&ids).unwrap());
    let mut child = program
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next().unwrap().unwrap();
    let pid = libc::pid_t::try_from(child.id()).unwrap();
    // SAFETY: kill reads two numbers; the child was not waited for, so that the id is still its own.
    #[allow(unsafe_code)]
    let sent = unsafe { libc::kill(pid, libc::SIGINT) };
    assert_eq!(sent, 0);
    let last = lines.last().unwrap().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let last: serde_json::Value = serde_json::from_str(&last).unwrap();
    assert_eq!(last["summary"]["complete"], false);
    let mut program = account.downloading(&["-", "--parallel", "16"]);
    let done = program
        .stdin(fs::File::open(&ids).unwrap())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    account.assert_archived(&rows);
}
