//! `callreel clip`, the real program, against an account on loopback.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use callreel::emulator::{self, Emulator, Options};
use tempfile::TempDir;

/// Rows of the emulator's newest recordings that are embedded files as they are, by their names.
const WHOLE: [(u64, &str); 4] = [
    (0, "support-stereo-cbr32.mp3"),
    (1, "invoice-stereo-vbr.mp3"),
    (3, "booking-mono-cbr16.mp3"),
    (4, "handover-stereo-pcm16.wav"),
];
/// An hour of the first of them.
const HOUR: u64 = 2;
const SHORT: u64 = 4;

fn start(options: Options) -> Emulator {
    emulator::start(options).unwrap()
}

fn id(emulator: &Emulator, row: u64) -> String {
    let row = &emulator.recordings(row, 1)[0];
    row["recording_id"].as_str().unwrap().to_owned()
}

fn command(emulator: &Emulator, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callreel"));
    command
        .arg("clip")
        .args(arguments)
        .env_clear()
        .env("CALLREEL_API_URL", emulator.url())
        .env("PLIVO_AUTH_ID", emulator.auth_id())
        .env("PLIVO_AUTH_TOKEN", emulator.auth_token());
    command
}

/// Cuts `part` (`@1:10-1:40`) out of a row into a new file.
fn clip(emulator: &Emulator, row: u64, part: &str, file: &Path, more: &[&str]) -> Output {
    let target = format!("{}{part}", id(emulator, row));
    let mut arguments = vec![target.as_str(), "-o", file.to_str().unwrap()];
    arguments.extend(more);
    command(emulator, &arguments).output().unwrap()
}

/// The line on standard error of a command that failed with this code.
fn failure(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Rate, channels and samples of a wav of 16 bits with the plainest header.
fn read(wav: &[u8]) -> (u32, u16, Vec<i16>) {
    assert!(wav.starts_with(b"RIFF") && &wav[36..40] == b"data");
    let word = |at: usize| u32::from_le_bytes(wav[at..at + 4].try_into().unwrap());
    assert_eq!(word(4) as usize, wav.len() - 8);
    assert_eq!(word(40) as usize, wav.len() - 44);
    let channels = u16::from_le_bytes([wav[22], wav[23]]);
    let pairs = wav[44..].as_chunks::<2>().0.iter();
    (
        word(24),
        channels,
        pairs.map(|b| i16::from_le_bytes(*b)).collect(),
    )
}

/// What another decoder makes of a whole file; `None` where it is not installed.
fn decoded_elsewhere(program: &str, file: &Path) -> Option<Vec<i16>> {
    let file = file.to_str().unwrap();
    let arguments: &[&str] = match program {
        "mpg123" => &["-q", "-s", "--gapless", file],
        _ => &["-v", "error", "-i", file, "-f", "s16le", "-"],
    };
    let output = Command::new(program).args(arguments).output().ok()?;
    assert!(output.status.success(), "{output:?}");
    let pairs = output.stdout.as_chunks::<2>().0.iter();
    Some(pairs.map(|b| i16::from_le_bytes(*b)).collect())
}

fn bytes_of_media(emulator: &Emulator) -> u64 {
    let requests = emulator.requests();
    let media = requests
        .iter()
        .filter(|entry| !entry.path.starts_with("/v1"));
    media.map(|entry| entry.bytes).sum()
}

#[test]
fn the_samples_are_those_that_other_decoders_find_at_that_place() {
    let emulator = start(Options::default());
    let folder = TempDir::new().unwrap();
    let mut compared = 0;
    for (row, name) in WHOLE {
        let out = folder.path().join(name).with_extension("clip.wav");
        let done = clip(&emulator, row, "@0:02.25-0:08.5", &out, &[]);
        assert!(done.status.success(), "{done:?}");
        let (rate, channels, samples) = read(&std::fs::read(&out).unwrap());
        assert_eq!(rate, 8_000);
        assert_eq!(samples.len(), 50_000 * usize::from(channels));
        let asset = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("assets/calls")
            .join(name);
        let program = if name.ends_with("mp3") {
            "mpg123"
        } else {
            "ffmpeg"
        };
        let Some(whole) = decoded_elsewhere(program, &asset) else {
            continue;
        };
        let from = 18_000 * usize::from(channels);
        let pairs = samples.iter().zip(&whole[from..from + samples.len()]);
        let apart = pairs.map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        // Decoders of mp3 round in their own ways.
        let most = if name.ends_with("mp3") { 2 } else { 0 };
        assert!(apart <= most, "{name}: {apart}");
        compared += 1;
    }
    if compared == 0 {
        eprintln!("skipped: neither mpg123 nor ffmpeg is installed");
    }
}

#[test]
fn of_a_long_recording_little_more_than_the_part_is_fetched() {
    let emulator = start(Options::default());
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("far.wav");
    let done = clip(&emulator, HOUR, "@50:00-50:10", &out, &[]);
    assert!(done.status.success(), "{done:?}");
    // Of 14.4 MB: the first 64 KiB, 40 KB of sound, and some around it.
    let fetched = bytes_of_media(&emulator);
    assert!(fetched < 200_000, "{fetched}");
    let (_, channels, samples) = read(&std::fs::read(&out).unwrap());
    assert_eq!((channels, samples.len()), (2, 160_000));
}

#[test]
fn a_file_is_its_owners_and_replaced_only_when_asked() {
    let emulator = start(Options::default());
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("x.wav");
    let done = clip(&emulator, SHORT, "@0:01-0:02", &out, &[]);
    assert!(done.status.success() && done.stdout.is_empty(), "{done:?}");
    let told = String::from_utf8(done.stderr).unwrap();
    assert!(
        told.ends_with("x.wav: 1.000 s, wav · stereo · 8 kHz\n"),
        "{told}"
    );
    assert_eq!(out.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&out).unwrap();
    let asked = emulator.requests().len();
    let said = failure(&clip(&emulator, SHORT, "@0:02-0:04", &out, &[]), 1);
    assert!(said.contains("--force replaces it"), "{said}");
    assert_eq!(
        emulator.requests().len(),
        asked,
        "nothing is asked for first"
    );
    assert_eq!(std::fs::read(&out).unwrap(), before);
    assert!(
        clip(&emulator, SHORT, "@0:02-0:04", &out, &["--force"])
            .status
            .success()
    );
    assert_eq!(std::fs::read(&out).unwrap().len(), 44 + 64_000);
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
}

#[test]
fn what_cannot_be_cut_is_one_line_and_leaves_no_file() {
    let emulator = start(Options::default());
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("x.wav");
    for (row, part, code, says) in [
        (
            SHORT,
            "@0:05-0:11",
            1,
            "beyond the recording's end at 0:09.8",
        ),
        (
            SHORT,
            "@5:00-5:10",
            1,
            "beyond the recording's end at 0:09.8",
        ),
        (0, "@1:19-1:20", 1, "beyond the recording's end at 1:19.6"),
        (7, "@0:01-0:02", 3, "not there (404)"),
        (9, "@0:01-0:02", 3, "empty"),
    ] {
        let said = failure(&clip(&emulator, row, part, &out, &[]), code);
        assert!(said.contains(says) && said.lines().count() == 1, "{said}");
    }
    let nobody = command(&emulator, &["no-such@0-1", "-o", out.to_str().unwrap()]);
    let said = failure(&{ nobody }.output().unwrap(), 1);
    assert!(said.contains("no such recording"), "{said}");
    let nowhere = folder.path().join("no/folder/x.wav");
    assert!(
        failure(&clip(&emulator, SHORT, "@0-1", &nowhere, &[]), 1).contains("cannot be written")
    );
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_pipe_gets_the_same_bytes_and_may_close() {
    let emulator = start(Options::default());
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("x.wav");
    assert!(
        clip(&emulator, SHORT, "@0:01-0:09", &out, &[])
            .status
            .success()
    );
    let piped = clip(&emulator, SHORT, "@0:01-0:09", Path::new("-"), &[]);
    assert!(
        piped.status.success() && piped.stderr.is_empty(),
        "{piped:?}"
    );
    assert!(piped.stdout == std::fs::read(&out).unwrap());
    let target = format!("{}@0:01-0:09", id(&emulator, SHORT));
    let mut unread = command(&emulator, &[&target, "-o", "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(unread.stdout.take());
    let ended = unread.wait_with_output().unwrap();
    assert!(
        ended.status.success() && ended.stderr.is_empty(),
        "{ended:?}"
    );
}

#[test]
fn told_to_end_it_leaves_nothing_behind() {
    let slow = start(Options {
        bandwidth: Some(60_000),
        ..Options::default()
    });
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("x.wav");
    let target = format!("{}@0:01-50:00", id(&slow, HOUR));
    let (tell, changes) = std::sync::mpsc::channel();
    let mut watcher = notify::recommended_watcher(tell).unwrap();
    let mode = notify::RecursiveMode::NonRecursive;
    notify::Watcher::watch(&mut watcher, folder.path(), mode).unwrap();
    let child = command(&slow, &[&target, "-o", out.to_str().unwrap()])
        .spawn()
        .unwrap();
    // Something of it is written.
    let is_part = |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "part");
    while !changes
        .recv_timeout(std::time::Duration::from_secs(30))
        .unwrap()
        .unwrap()
        .paths
        .iter()
        .any(is_part)
    {}
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    let pid = libc::pid_t::try_from(child.id()).unwrap();
    // SAFETY: kill reads two numbers; the child was not waited for, so that the id is still its own.
    #[allow(unsafe_code)]
    let sent = unsafe { libc::kill(pid, libc::SIGINT) };
    assert_eq!(sent, 0);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
