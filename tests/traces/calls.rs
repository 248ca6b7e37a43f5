//! The second proof: every call of a session by which a file could be made or changed, anywhere, as strace tells it. What is written and
//! taken away at once is seen too, and so is what lies where nobody watches.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::pty::Start;
#[cfg(feature = "sound")]
use crate::pulse::Pulse;
use crate::pulse::installed;
use crate::{Places, emulator, quit, session};

/// Calls that take a file's name, and those by which a socket gets one or finds one.
const TRACED: &str = "trace=%file,bind,connect";

/// Those of them that only look. `connect` is here since it is told of, and changes nothing.
const LOOK: [&str; 25] = [
    "access",
    "chdir",
    "connect",
    "execve",
    "execveat",
    "faccessat",
    "faccessat2",
    "fstatat64",
    "getcwd",
    "getxattr",
    "inotify_add_watch",
    "lgetxattr",
    "listxattr",
    "llistxattr",
    "lstat",
    "lstat64",
    "name_to_handle_at",
    "newfstatat",
    "readlink",
    "readlinkat",
    "stat",
    "stat64",
    "statfs",
    "statfs64",
    "statx",
];

/// A call, as a line of strace has it.
#[derive(Debug)]
struct Call<'a> {
    name: &'a str,
    /// All that follows its name.
    rest: &'a str,
}

impl<'a> Call<'a> {
    /// `None` for signals, for ends, and for the second half of a call, whose first half had the arguments.
    fn read(line: &'a str) -> Option<Self> {
        // The thread's number stands first.
        let (_, call) = line.split_once(' ')?;
        let (name, rest) = call.trim_start().split_once('(')?;
        let is_name = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_name.then_some(Self { name, rest })
    }

    /// The name of a file that it has.
    fn path(&self) -> &'a str {
        self.rest.split('"').nth(1).unwrap_or_default()
    }

    /// Whether it may make or change something that has a name.
    fn changes(&self) -> bool {
        match self.name {
            "open" | "openat" | "openat2" => ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"]
                .iter()
                .any(|flag| self.rest.contains(flag)),
            // Other families have no files, and a name that begins with @ is none.
            "bind" => self.rest.contains("sun_path=\""),
            name => !LOOK.contains(&name),
        }
    }
}

/// The terminal, by its names and by the descriptor that it was given as; the device for what goes nowhere; and the switch in the
/// kernel that keeps memory out of a core.
fn is_no_file(path: &str) -> bool {
    let names = [
        "/dev/tty",
        "/dev/null",
        "/proc/self/fd/1",
        "/proc/self/coredump_filter",
    ];
    names.contains(&path) || path.starts_with("/dev/pts/")
}

fn calls(trace: &str) -> impl Iterator<Item = Call<'_>> {
    trace.lines().filter_map(Call::read)
}

/// The lines of what may have made or changed a file.
fn changes(trace: &str) -> Vec<&str> {
    let changes = |line: &&str| {
        Call::read(line).is_some_and(|call| call.changes() && !is_no_file(call.path()))
    };
    trace.lines().filter(changes).collect()
}

/// What a program is started with to be traced into this file, its children too. Only the calls that are told of stop it: that is
/// done by a filter in the kernel, so that sound is played at its pace.
fn traced(trace: &str) -> [&str; 7] {
    ["-f", "--seccomp-bpf", "-qq", "-e", TRACED, "-o", trace]
}

/// Whether programs can be traced here, tried with a file that is gone at once. Said aloud where they cannot: some sandboxes forbid
/// it, and then what is watched is all the proof there is. Under CI strace must be there.
fn can_trace() -> bool {
    if !installed("strace") {
        assert!(
            std::env::var_os("CI").is_none(),
            "strace must be installed under CI"
        );
        eprintln!("skipped: there is no strace (`make test` installs it)");
        return false;
    }
    let folder = tempfile::tempdir().unwrap();
    let (trace, file) = (folder.path().join("trace"), folder.path().join("brief"));
    let done = Command::new("strace")
        .args(traced(trace.to_str().unwrap()))
        .args(["sh", "-c", ": > \"$0\"; rm \"$0\""])
        .arg(&file)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&done.stderr);
    if !done.status.success() {
        assert!(words.to_lowercase().contains("ptrace"), "strace: {words}");
        eprintln!(
            "skipped: nothing can be traced here, so that the watched folders are all the proof: {words}"
        );
        return false;
    }
    let trace = fs::read_to_string(&trace).unwrap();
    let seen = changes(&trace);
    let named = seen
        .iter()
        .filter(|line| line.contains(file.to_str().unwrap()));
    // It was made, and it was taken away.
    assert_eq!(named.count(), 2, "{seen:#?}");
    true
}

/// What a whole session told.
struct Told {
    trace: String,
    /// What changed where it was watched.
    changed: Vec<PathBuf>,
}

fn told(arguments: &[&str], environment: &[(&str, String)]) -> Told {
    let emulator = emulator();
    let places = Places::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    let mut all = traced(file.to_str().unwrap()).to_vec();
    all.push(env!("CARGO_BIN_EXE_callreel"));
    all.extend(arguments);
    let mut start = places.put(Start::command("strace", &all), &emulator);
    for (name, value) in environment {
        start = start.env(name, value);
    }
    let mut program = start.spawn();
    session(&mut program, |_| {});
    quit(program);
    let trace = fs::read_to_string(&file).unwrap();
    let begins =
        |call: Call<'_>| call.name == "execve" && call.path() == env!("CARGO_BIN_EXE_callreel");
    assert!(calls(&trace).any(begins), "{trace}");
    Told {
        trace,
        changed: places.changed(),
    }
}

#[test]
fn a_session_opens_nothing_for_writing_but_the_terminal() {
    if !can_trace() {
        return;
    }
    let told = told(&["--sink", "null"], &[]);
    assert_eq!(changes(&told.trace), Vec::<&str>::new());
    assert_eq!(told.changed, Vec::<PathBuf>::new());
}

#[cfg(feature = "sound")]
#[test]
fn nor_does_a_session_that_is_heard() {
    if !can_trace() {
        return;
    }
    let Some(pulse) = Pulse::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let cookie = folder.path().join("cookie");
    fs::write(&cookie, [7; 256]).unwrap();
    let mut environment = pulse.environment();
    // The others are the session's own.
    environment.retain(|(name, _)| ["PULSE_SERVER", "ALSA_CONFIG_PATH"].contains(name));
    let server = environment[0].1.strip_prefix("unix:").unwrap().to_owned();
    // PulseAudio's own library would make a cookie where there is none.
    for has_cookie in [true, false] {
        let mut environment = environment.clone();
        if has_cookie {
            environment.push(("PULSE_COOKIE", cookie.to_str().unwrap().to_owned()));
        }
        let told = told(&[], &environment);
        let is_heard = |call: Call<'_>| call.name == "connect" && call.path() == server;
        assert!(calls(&told.trace).any(is_heard), "nothing was heard");
        assert_eq!(changes(&told.trace), Vec::<&str>::new());
        assert_eq!(told.changed, Vec::<PathBuf>::new());
    }
}
