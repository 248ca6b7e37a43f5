//! The faults that hit commands: downloads and deletions.

use std::path::Path;
use std::time::{Duration, Instant};

use callreel::emulator::Special;

use super::LEAST_MEMORY;
use super::case::{Case, Course, most_memory};
use super::world::World;
use crate::proc;
use crate::pty::{Program, Start};
use crate::suite::account::id;

/// Fast enough, and slow enough for a server to go away meanwhile.
const BANDWIDTH: u64 = 100_000;
/// 80 s of sound: more than a second of it at that rate.
const SOUND: Special = Special::Whole("support-stereo-cbr32");

/// A command on this account, in a terminal, that writes below this folder only.
pub fn run(world: &World, home: &Path, arguments: &[&str]) -> Program {
    let emulator = world.emulator();
    Start::callreel(arguments)
        .env("CALLREEL_API_URL", world.url())
        .env("PLIVO_AUTH_ID", emulator.auth_id())
        .env("PLIVO_AUTH_TOKEN", emulator.auth_token())
        .env("USER", "night-job")
        .home(home)
        .size(200, 40)
        .patience(world.patience())
        .spawn()
}

/// Waits for its end; its exit code, and the most memory that it had.
pub fn end(program: &mut Program) -> (u32, u64) {
    let pid = u32::try_from(program.pid()).unwrap();
    let (began, mut seen) = (Instant::now(), None);
    let memory = loop {
        if let Some(at_most) = proc::most_memory_of_ended(pid) {
            // That may be this program's own figure: where the command was seen at work, what was seen is more exact.
            break seen.filter(|seen| *seen > LEAST_MEMORY).unwrap_or(at_most);
        }
        seen = proc::most_memory(pid).or(seen);
        // Some end at once.
        let pause = match began.elapsed() < Duration::from_millis(500) {
            true => Duration::from_millis(1),
            false => Duration::from_millis(20),
        };
        program.bytes_within(pause);
    };
    (program.end().exit_code(), memory)
}

/// What stands on its terminal, in one line.
fn said(program: &Program) -> String {
    program
        .shown()
        .text()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Its last words may still be on their way to the terminal.
fn assert_said(program: &Program, words: &[&str]) {
    let all = || words.iter().all(|word| said(program).contains(word));
    program.wait_until("words", all);
}

/// The file comes whole, or nothing pretends to be it; run again, it is there byte for byte.
pub fn download(case: &Case) -> u64 {
    let mut world = World::new(case.cause, case.place.side(), Some(BANDWIDTH));
    let row = world.emulator().special(SOUND).unwrap();
    let wanted = world.emulator().file(id(&row)).unwrap();
    let home = tempfile::tempdir().unwrap();
    let arguments = ["download", "--to", "calls", id(&row)];
    if world.lasts().is_none() {
        world.goes_wrong();
    }
    let mut program = run(&world, home.path(), &arguments);
    let mut most = 0;
    if let Some(time) = world.lasts() {
        program.wait_until("the file is on its way", || world.asked() > 0);
        most = most_memory(&program);
        world.goes_wrong();
        program.bytes_within(time);
        world.is_put_right();
    }
    if let Course::Asks(words) = case.course {
        program.wait_until("the fault is met", || world.is_met());
        assert_said(&program, words);
        program.keys("\x03");
    }
    let (code, memory) = end(&mut program);
    let memory = memory.max(most);
    match case.course {
        Course::Outlived => assert_eq!(code, 0, "{}", said(&program)),
        Course::Says(words) | Course::Asks(words) => {
            assert_ne!(code, 0, "{}", said(&program));
            if let Course::Says(_) = case.course {
                assert_said(&program, words);
            }
            assert!(
                !is_there(home.path(), &wanted),
                "a file that was not proven"
            );
            world.is_put_right();
            let mut again = run(&world, home.path(), &arguments);
            let (code, _) = end(&mut again);
            assert_eq!(code, 0, "{}", said(&again));
        }
        course => panic!("{course:?} is no course of a command"),
    }
    assert!(world.is_met(), "the fault was never met");
    assert!(
        is_there(home.path(), &wanted),
        "not the file: {}",
        said(&program)
    );
    let mut verify = run(&world, home.path(), &["verify", "calls"]);
    assert_eq!(end(&mut verify).0, 0, "{}", said(&verify));
    memory
}

/// Whether the archive has a file of these bytes, and none in its place that has others.
pub fn is_there(home: &Path, wanted: &[u8]) -> bool {
    let mut folders = vec![home.join("calls")];
    let mut found = false;
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            match path.extension().and_then(std::ffi::OsStr::to_str) {
                _ if path.is_dir() => folders.push(path),
                Some("mp3") => {
                    assert!(
                        std::fs::read(&path).unwrap() == wanted,
                        "{}",
                        path.display()
                    );
                    found = true;
                }
                _ => {}
            }
        }
    }
    found
}

/// What was confirmed is deleted and has its receipt, or it is there and is said to be.
pub fn delete(case: &Case) -> u64 {
    let mut world = World::new(case.cause, case.place.side(), None);
    let row = world.emulator().special(SOUND).unwrap();
    let count = world.emulator().count();
    let home = tempfile::tempdir().unwrap();
    let mut program = run(&world, home.path(), &["delete", id(&row)]);
    if !world.is_nowhere() {
        let sentence = asked(&world, &program);
        world.goes_wrong();
        program.keys(&sentence);
    }
    let (code, memory) = end(&mut program);
    match case.course {
        Course::Outlived => assert_eq!(code, 0, "{}", said(&program)),
        Course::Says(words) => {
            assert_ne!(code, 0, "{}", said(&program));
            assert_said(&program, words);
            if let Some(time) = world.lasts() {
                program.bytes_within(time);
            }
            world.is_put_right();
            if world.has(id(&row)) {
                let mut again = run(&world, home.path(), &["delete", id(&row)]);
                let sentence = asked(&world, &again);
                again.keys(&sentence);
                let (code, _) = end(&mut again);
                assert_eq!(code, 0, "{}", said(&again));
            }
        }
        course => panic!("{course:?} is no course of a command"),
    }
    assert!(world.is_met(), "the fault was never met");
    world.is_put_right();
    assert!(
        !world.has(id(&row)),
        "it is still there: {}",
        said(&program)
    );
    assert_eq!(world.emulator().count(), count - 1, "another went with it");
    assert_settled(home.path(), id(&row), &world);
    memory
}

/// Waits for the question. Gives the sentence that it asks for.
fn asked(world: &World, program: &Program) -> String {
    program.wait_for("for good, type: delete 1 from");
    let id = world.emulator().auth_id();
    format!("delete 1 from {}...{}\r", &id[..2], &id[17..])
}

/// Once more: nothing is left to do, and the receipts have the recording as done.
fn assert_settled(home: &Path, id: &str, world: &World) {
    let mut again = run(world, home, &["delete", id, "--yes", "--expect", "0"]);
    let (code, _) = end(&mut again);
    assert_eq!(code, 0, "{}", said(&again));
    let receipts = home.join(".local/state/callreel/deletions.ndjson");
    let receipts = std::fs::read_to_string(receipts).unwrap();
    let last = receipts
        .lines()
        .rfind(|line| line.contains("\"step\":\"receipt\""));
    let last: serde_json::Value = serde_json::from_str(last.unwrap()).unwrap();
    assert_eq!(last["id"], id);
    assert!(
        ["deleted", "gone"].contains(&last["outcome"].as_str().unwrap()),
        "{last}"
    );
}
