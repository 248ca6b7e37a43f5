//! What a session leaves behind: nothing that was not asked for.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]
#![allow(clippy::print_stderr, reason = "what is skipped is said")]

#[path = "traces/calls.rs"]
mod calls;
#[path = "support/pty.rs"]
mod pty;
#[allow(dead_code, reason = "this file needs a part of it")]
#[path = "support/pulse.rs"]
mod pulse;

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};

use base64::Engine;
use callreel::emulator::{self, Emulator, Options};
use notify::{Event, EventKind, RecursiveMode, Watcher};

/// The places a program has to write to, all of them in one folder that is watched.
struct Places {
    folder: tempfile::TempDir,
    _watcher: notify::RecommendedWatcher,
    seen: Receiver<Event>,
}

impl Places {
    const NAMES: [(&str, &str); 7] = [
        ("HOME", "home"),
        ("TMPDIR", "tmp"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_RUNTIME_DIR", "run"),
    ];

    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in Self::NAMES.map(|(_, name)| name).iter().chain(&["work"]) {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let (sender, seen) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let _ = sender.send(event.unwrap());
        })
        .unwrap();
        watcher
            .watch(folder.path(), RecursiveMode::Recursive)
            .unwrap();
        Self {
            folder,
            _watcher: watcher,
            seen,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, emulator: &Emulator, arguments: &[&str]) -> pty::Program {
        self.put(pty::Start::callreel(arguments), emulator).spawn()
    }

    /// Gives what is to be started these places, and this account.
    fn put(&self, start: pty::Start, emulator: &Emulator) -> pty::Start {
        let mut start = start
            // The folder that it is started in; its home is another one, below.
            .home(&self.path("work"))
            .env("CALLREEL_API_URL", emulator.url())
            .env("PLIVO_AUTH_ID", emulator.auth_id())
            .env("PLIVO_AUTH_TOKEN", emulator.auth_token())
            .size(140, 40);
        for (variable, name) in Self::NAMES {
            start = start.env(variable, self.path(name).to_str().unwrap());
        }
        start
    }

    /// What was made, written or taken away since, by its path. Everything up to a file that is made here is seen before this
    /// returns, since the system tells of changes in order.
    fn changed(&self) -> Vec<PathBuf> {
        let last = self.path("last");
        fs::write(&last, "").unwrap();
        let mut changed = Vec::new();
        loop {
            let event = self.seen.recv().unwrap();
            if event.paths.contains(&last) {
                return changed;
            }
            if !matches!(event.kind, EventKind::Access(_)) {
                changed.extend(event.paths);
            }
        }
    }
}

fn emulator() -> Emulator {
    let options = Options {
        recordings: 60,
        ..Options::default()
    };
    emulator::start(options).unwrap()
}

/// Files of the disk that a process has open for writing and that have a name.
fn open_for_writing(pid: i32) -> Vec<PathBuf> {
    let folder = PathBuf::from(format!("/proc/{pid}/fd"));
    let open = fs::read_dir(&folder).unwrap().filter_map(|entry| {
        let number = entry.ok()?.file_name();
        let path = fs::read_link(folder.join(&number)).ok()?;
        let info = Path::new("/proc")
            .join(pid.to_string())
            .join("fdinfo")
            .join(&number);
        let info = fs::read_to_string(info).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
        let flags = i32::from_str_radix(flags.trim(), 8).ok()?;
        let writes = flags & libc::O_ACCMODE != libc::O_RDONLY;
        // Devices keep nothing, but what lies below /dev/shm is a file.
        let keeps = !fs::metadata(&path).is_ok_and(|about| about.file_type().is_char_device());
        let named = path.is_absolute() && keeps;
        // A file without a name says so in its path, after it.
        let unlinked = path.to_string_lossy().ends_with(" (deleted)");
        (writes && named && !unlinked).then_some(path)
    });
    open.collect()
}

/// Listens, jumps, filters, looks at everything; tells `look` after each step.
fn session(program: &mut pty::Program, mut look: impl FnMut(&pty::Program)) {
    program.wait_for("recordings");
    // What is waited for is there, and what begins with "-" is gone.
    for (keys, text) in [
        ("\r", "▶"),
        ("5jjj", "▶"),
        ("G", "5 of 5"),
        ("gJ", "▶"),
        ("?", "╭ Keys"),
        ("\x1b", "-╭ Keys"),
        ("I", "\"add_time\""),
        ("\x1b", "-\"add_time\""),
        ("f", "Call UUID"),
        ("\x1b", "-Call UUID"),
        ("S", "Loudness"),
        ("\x1b", "-Loudness"),
        ("yi", "sent to the terminal"),
        ("z", "-▶"),
    ] {
        program.keys(keys);
        match text.strip_prefix('-') {
            Some(gone) => drop(program.wait(text, |shown| !shown.text().contains(gone))),
            None => program.wait_for(text),
        }
        look(program);
    }
}

fn quit(mut program: pty::Program) {
    program.keys("q");
    assert!(program.end().success(), "{}", program.shown().text());
}

#[test]
fn a_session_writes_no_file() {
    let emulator = emulator();
    let places = Places::new();
    let mut program = places.start(&emulator, &["--sink", "null"]);
    let mut open = Vec::new();
    session(&mut program, |program| {
        open.extend(open_for_writing(program.pid()));
    });
    quit(program);
    assert_eq!(open, Vec::<PathBuf>::new());
    assert_eq!(places.changed(), Vec::<PathBuf>::new());
}

/// A process and all below it.
fn family(pid: i32) -> Vec<i32> {
    let mut family = vec![pid];
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten();
    for task in tasks.flatten() {
        // A thread, or all of it, may be gone by now.
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace() {
            family.extend(self::family(child.parse().unwrap()));
        }
    }
    family
}

/// The forms in which the token could be seen: as it is, as a link has it, and with the id in the header that is sent.
fn secrets(emulator: &Emulator) -> [String; 2] {
    let (id, token) = (emulator.auth_id(), emulator.auth_token());
    assert!(token.len() > 10 && token.chars().all(|c| c.is_ascii_alphanumeric()));
    let header = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{token}"));
    [token.to_owned(), header]
}

/// Two of the ways in which a session ends. In both something panics with words that quote the token in each of its forms: a
/// decoder, which goes into the log, and the loop, which goes to the terminal.
#[test]
fn the_token_of_a_session_is_on_no_screen_in_no_log_and_in_no_process_list() {
    let emulator = emulator();
    let secrets = secrets(&emulator);
    let holds = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        secrets.iter().any(|secret| text.contains(secret))
    };
    for place in ["decoder", "loop"] {
        let places = Places::new();
        let log = places.path("home").join("callreel.log");
        let log = log.to_str().unwrap();
        let sink = "command:exec cat >/dev/null";
        let arguments = ["--sink", sink, "--log", log, "--debug-panic", place];
        let mut program = places.start(&emulator, &arguments);
        let (mut seen, mut children) = (Vec::new(), 0);
        session(&mut program, |program| {
            let family = family(program.pid());
            children += family.len() - 1;
            for pid in family {
                // One that is gone by now shows nothing.
                seen.extend(fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default());
            }
        });
        // What is refused and what breaks has words of its own.
        for (fault, says) in [("403", "not allowed"), ("401", "wrong id or token")] {
            emulator.set_faults(vec![fault.parse().unwrap()]);
            program.keys("r");
            program.wait_for(says);
            emulator.set_faults(Vec::new());
            program.keys("r");
            drop(program.wait("no complaint", |shown| !shown.text().contains(says)));
        }
        program.keys(":log\r");
        program.wait_for("╭ Log");
        // What the message quoted, without it: alone, and as a header has it.
        let quoted = |text: &str| text.matches("quoted: [token]").count() == 2;
        program.keys("\x1b[24~");
        if place == "loop" {
            assert_eq!(program.end().exit_code(), 101);
            program.wait_for("a panic in the loop");
            drop(program.wait("what it quoted", |shown| quoted(&shown.text())));
        } else {
            program.wait_until("the decoder's last words", || {
                quoted(&fs::read_to_string(log).unwrap())
            });
            program.keys("\x1b");
            drop(program.wait("no log", |shown| !shown.text().contains("╭ Log")));
            program.keys("q");
            assert!(program.end().success());
        }
        let requests = emulator.requests();
        assert!(!requests.is_empty());
        for request in &requests {
            assert!(!holds(format!("{request:?}").as_bytes()), "{request:?}");
        }
        assert!(children > 0 && !seen.is_empty());
        assert!(!holds(&seen), "{}", String::from_utf8_lossy(&seen));
        let shown = program.shown();
        assert!(!holds(&shown.bytes), "{}", shown.text());
        let log = fs::read(log).unwrap();
        assert!(
            !log.is_empty() && !holds(&log),
            "{}",
            String::from_utf8_lossy(&log)
        );
    }
}

#[test]
fn the_command_that_sound_goes_to_does_not_get_the_token() {
    let emulator = emulator();
    let places = Places::new();
    let told = places.path("home").join("told");
    let sink = format!("command:env > {}; exec cat >/dev/null", told.display());
    let mut program = places.start(&emulator, &["--sink", &sink]);
    program.wait_for("recordings");
    program.keys("\r");
    program.wait_until("the command's environment", || {
        fs::read_to_string(&told)
            .is_ok_and(|told| told.contains("\nPATH=") || told.starts_with("PATH="))
    });
    program.wait_for("▶");
    program.keys("z");
    quit(program);
    let told = fs::read_to_string(&told).unwrap();
    // It gets the rest.
    assert!(told.contains("XDG_STATE_HOME="), "{told}");
    assert!(!told.contains("PLIVO_AUTH_TOKEN"), "{told}");
    for secret in secrets(&emulator) {
        assert!(!told.contains(&secret), "{told}");
    }
}

#[test]
fn a_log_that_was_asked_for_is_seen_and_private() {
    use std::os::unix::fs::PermissionsExt;

    let emulator = emulator();
    let places = Places::new();
    let log = places.path("home").join("callreel.log");
    let mut program = places.start(
        &emulator,
        &["--sink", "null", "--log", log.to_str().unwrap()],
    );
    program.wait_for("recordings");
    assert_eq!(open_for_writing(program.pid()), std::slice::from_ref(&log));
    program.keys("q");
    assert!(program.end().success());
    let mut changed = places.changed();
    changed.dedup();
    assert_eq!(changed, std::slice::from_ref(&log));
    assert_eq!(
        fs::metadata(&log).unwrap().permissions().mode() & 0o777,
        0o600
    );
}
