//! What a session leaves behind: nothing that was not asked for.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

#[path = "support/pty.rs"]
mod pty;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};

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
        for (_, name) in Self::NAMES {
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
        let mut start = pty::Start::callreel(arguments)
            .env("CALLREEL_API_URL", emulator.url())
            .env("PLIVO_AUTH_ID", emulator.auth_id())
            .env("PLIVO_AUTH_TOKEN", emulator.auth_token())
            .size(140, 40);
        for (variable, name) in Self::NAMES {
            start = start.env(variable, self.path(name).to_str().unwrap());
        }
        start.spawn()
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
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let options = Options {
        recordings: 60,
        ..Options::default()
    };
    // It has a runtime of its own; this one only starts it.
    runtime.block_on(emulator::start(options)).unwrap()
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
        let named = path.is_absolute() && !path.starts_with("/dev") && !path.ends_with("(deleted)");
        // A file without a name says so in its path, after it.
        let unlinked = path.to_string_lossy().ends_with(" (deleted)");
        (writes && named && !unlinked).then_some(path)
    });
    open.collect()
}

/// Listens, jumps, filters, looks at everything, quits.
fn session(program: &mut pty::Program) -> Vec<PathBuf> {
    program.wait_for("recordings");
    let mut open = Vec::new();
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
        open.extend(open_for_writing(program.pid()));
    }
    program.keys("q");
    assert!(program.end().success(), "{}", program.shown().text());
    open
}

#[test]
fn a_session_writes_no_file() {
    let emulator = emulator();
    let places = Places::new();
    let mut program = places.start(&emulator, &["--sink", "null"]);
    let open = session(&mut program);
    assert_eq!(open, Vec::<PathBuf>::new());
    assert_eq!(places.changed(), Vec::<PathBuf>::new());
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
