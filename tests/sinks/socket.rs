//! The socket, with listeners that come, go, and stop reading; and the real program with one.

use std::io::Read;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use callreel::audio::sink::Format;
use callreel::audio::{self, Sink};

use crate::pty::Start;
use crate::rig::{PATIENCE, Rig, ended, paused, playing, wait_for};
use crate::tone;

const RATE: u32 = 48_000;

fn socket(path: &Path) -> Rig {
    Rig::new(Sink::Socket {
        path: path.to_owned(),
        format: Format::default(),
    })
}

/// One who listens.
struct Listener {
    stream: UnixStream,
    begun: Instant,
    bytes: Vec<u8>,
    /// The furthest that the sound was ahead of the time since it connected, in seconds.
    ahead: f64,
}

impl Listener {
    fn connect(path: &Path) -> Self {
        let (begun, stream) = wait_for("the socket", || {
            let begun = Instant::now();
            Some((begun, UnixStream::connect(path).ok()?))
        });
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self {
            stream,
            begun,
            bytes: Vec::new(),
            ahead: f64::MIN,
        }
    }

    /// Listens for so many seconds of sound.
    fn listen(&mut self, seconds: f64) -> Vec<[f64; 2]> {
        let from = self.bytes.len().max(44);
        let until = from + (seconds * f64::from(RATE)) as usize * 4;
        let mut piece = [0; 8_192];
        while self.bytes.len() < until {
            let most = piece.len().min(until - self.bytes.len());
            let read = self.stream.read(&mut piece[..most]).unwrap();
            assert!(read > 0, "it was closed");
            self.bytes.extend_from_slice(&piece[..read]);
            let sound = (self.bytes.len() as f64 - 44.0) / 4.0 / f64::from(RATE);
            let ahead = sound - self.begun.elapsed().as_secs_f64();
            self.ahead = self.ahead.max(ahead);
        }
        tone::samples(&self.bytes[from..])
    }
}

fn is_silent(frames: &[[f64; 2]]) -> bool {
    frames.iter().all(|frame| *frame == [0.0; 2])
}

#[test]
fn listeners_hear_in_real_time_and_silence_while_paused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound");
    let rig = socket(&path);
    // Before anything plays.
    let mut first = Listener::connect(&path);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(is_silent(&first.listen(0.3)));
    tone::frames(&first.bytes, RATE);

    rig.play(tone::wav(20.0, 500.0, 1_000.0));
    rig.until(playing);
    first.listen(0.4);
    tone::assert_tones(&first.listen(1.0), RATE, 500.0, 1_000.0);

    // A second comes, with a header of its own; the first goes, and nobody minds.
    let mut second = Listener::connect(&path);
    second.listen(0.1);
    tone::frames(&second.bytes, RATE);
    println!("the first was {:.0} ms ahead at most", first.ahead * 1e3);
    assert!(first.ahead <= 0.3, "{} s ahead", first.ahead);
    drop(first);
    tone::assert_tones(&second.listen(1.0), RATE, 500.0, 1_000.0);

    rig.player.send(audio::Command::Pause);
    let stood = rig.until(paused).position;
    second.listen(0.3);
    assert!(is_silent(&second.listen(0.5)));
    // Longer than the player keeps an output open without need.
    assert!(is_silent(&second.listen(6.0)));
    rig.player.send(audio::Command::Resume { at: None });
    let resumed = rig.until(playing);
    assert!(resumed.position.abs_diff(stood) < Duration::from_millis(50));
    second.listen(0.4);
    tone::assert_tones(&second.listen(1.0), RATE, 500.0, 1_000.0);

    let sound = (second.bytes.len() as f64 - 44.0) / 4.0 / f64::from(RATE);
    let late = second.begun.elapsed().as_secs_f64() - sound;
    println!(
        "the second was {:.0} ms ahead at most, {:.0} ms late at last",
        second.ahead * 1e3,
        late * 1e3
    );
    assert!(second.ahead <= 0.3, "{} s ahead", second.ahead);
    assert!(late < 5.0, "{late} s late");
    rig.end();
    assert!(!path.exists());
}

#[test]
fn one_who_stops_reading_holds_up_neither_the_player_nor_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound");
    let rig = socket(&path);
    let mut stopped = Listener::connect(&path);
    let mut other = Listener::connect(&path);
    rig.play(tone::wav(3.0, 500.0, 1_000.0));
    let anchor = rig.until(playing);
    other.listen(0.5);
    tone::assert_tones(&other.listen(2.0), RATE, 500.0, 1_000.0);
    let end = rig.until(ended);
    let took = (end.at - anchor.at).as_secs_f64();
    assert!((2.7..8.0).contains(&took), "{took} s for 3 s");
    // What was kept for it is less than it missed, and what comes then is whole.
    let begun = Instant::now();
    let kept = stopped.listen(2.0);
    let waited = begun.elapsed().as_secs_f64();
    println!("{:.2} s of 2 s were kept for it", 2.0 - waited);
    assert!(waited > 1.0, "{waited} s");
    assert!(kept.iter().all(|frame| frame[0].abs() < 0.52));
    rig.end();
}

#[test]
fn more_than_a_few_are_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound");
    let rig = socket(&path);
    let mut few: Vec<Listener> = (0..4).map(|_| Listener::connect(&path)).collect();
    for listener in &mut few {
        listener.listen(0.1);
    }
    let mut more = Listener::connect(&path);
    assert_eq!(more.stream.read(&mut [0]).unwrap(), 0);
    // And let in when there is room again.
    few.pop();
    wait_for("a place", || {
        let mut more = UnixStream::connect(&path).ok()?;
        (more.read(&mut [0]).unwrap() == 1).then_some(())
    });
    rig.end();
}

fn browse(sink: &str) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_callreel"))
        .args(["--demo", "--sink", sink])
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn the_program_says_what_is_in_the_way_before_it_takes_the_screen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes");
    std::fs::write(&file, "mine").unwrap();
    let output = browse(&format!("socket:{}", file.display()));
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("is there and is no socket"), "{told}");
    assert!(output.stdout.is_empty());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn the_program_has_its_socket_from_its_start_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound");
    // What one that was killed left.
    drop(UnixListener::bind(&path).unwrap());
    let sink = format!("socket:{}", path.display());
    for way in ["q", "SIGTERM"] {
        let mut program = Start::callreel(&["--demo", "--sink", &sink]).spawn();
        program.wait_for("recordings");
        let mut listener = Listener::connect(&path);
        assert!(is_silent(&listener.listen(0.1)));
        let file = std::fs::symlink_metadata(&path).unwrap();
        assert!(file.file_type().is_socket());
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        program.keys("\r");
        let heard = (0..150).any(|_| tone::energy(&listener.listen(0.2), 0) > 0.01);
        assert!(heard, "30 s of silence");
        match way {
            "q" => program.keys("q"),
            _ => program.signal(libc::SIGTERM),
        }
        program.end();
        assert!(!path.exists(), "after {way}");
    }
}

#[test]
fn doctor_takes_the_sink_from_the_configuration_and_says_when_it_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound");
    let _listener = UnixListener::bind(&path).unwrap();
    let config = folder.path().join("config.toml");
    std::fs::write(
        &config,
        format!("[player]\nsink = \"socket:{}\"\n", path.display()),
    )
    .unwrap();
    let emulator = callreel::emulator::start(Default::default()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_callreel"))
        .arg("doctor")
        .env_clear()
        .env("CALLREEL_API_URL", emulator.url())
        .env("PLIVO_AUTH_ID", emulator.auth_id())
        .env("PLIVO_AUTH_TOKEN", emulator.auth_token())
        .env("HOME", folder.path())
        .env("CALLREEL_CONFIG", &config)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    for words in [
        "since the configuration says so",
        "it cannot be used: another program listens at",
        "callreel --sink socket:",
        "ssh -N ",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
}
