//! Sinks without a device, with real processes at their other ends.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

#[path = "sound/media.rs"]
#[allow(dead_code, reason = "its slow sides are for other tests")]
mod media;
#[path = "support/pty.rs"]
mod pty;
#[path = "sinks/rig.rs"]
mod rig;
#[path = "sinks/socket.rs"]
mod socket;
#[path = "sinks/tone.rs"]
mod tone;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use callreel::audio::sink::{Channels, Encoding, Format};
use callreel::audio::{self, Sink};

use rig::{Rig, ended, lost, paused, playing, wait_for};

fn command(line: String, format: Format) -> Sink {
    Sink::Command {
        line,
        format,
        hidden: &["CARGO_MANIFEST_DIR"],
    }
}

fn text(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    text.ends_with('\n').then(|| text.trim().to_owned())
}

/// The process that wrote its id there has ended and was reaped.
fn assert_gone(pid: &Path) {
    let look = format!("! kill -0 {} 2>/dev/null", text(pid).unwrap());
    wait_for("the command's end", || {
        let gone = Command::new("sh").args(["-c", &look]).status().unwrap();
        gone.success().then_some(())
    });
}

#[test]
fn a_command_gets_the_recording_in_real_time_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let line = format!(
        "echo $$ > {0}/pid; echo \"[$CARGO_MANIFEST_DIR]\" > {0}/secret; echo noise; cat > {0}/out.wav",
        folder.path().display()
    );
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    let rig = Rig::new(command(line, Format::default()));
    rig.play(tone::wav(2.0, 500.0, 1_000.0));
    let begun = rig.until(playing);
    // A pause is no silence in what the command gets.
    rig.player.send(audio::Command::Pause);
    let stood = rig.until(paused);
    rig.player.send(audio::Command::Resume { at: None });
    assert!(rig.until(playing).position >= stood.position);
    let end = rig.until(ended);
    let took = (end.at - begun.at).as_secs_f64() + begun.position.as_secs_f64();
    assert!(took > 1.7, "{took} s for 2 s");
    assert!(end.position.abs_diff(Duration::from_secs(2)) < Duration::from_millis(10));
    rig.end();
    let frames = tone::frames(&std::fs::read(path("out.wav")).unwrap(), 48_000);
    let seconds = frames.len() as f64 / 48_000.0;
    assert!((seconds - 2.0).abs() < 0.01, "{seconds} s");
    tone::assert_tones(&frames, 48_000, 500.0, 1_000.0);
    assert_eq!(text(&path("secret")).unwrap(), "[]");
    assert_gone(&path("pid"));
}

#[test]
fn raw_sound_has_the_rate_and_channels_that_were_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let format = Format {
        encoding: Encoding::S16le,
        rate: 16_000,
        channels: Channels::Mono,
    };
    let rig = Rig::new(command(format!("cat > {}", out.display()), format));
    rig.play(tone::wav(1.0, 500.0, 500.0));
    rig.until(ended);
    rig.end();
    let bytes = std::fs::read(&out).unwrap();
    // As if they were two channels, neighbours of one are the sides of a frame.
    let frames = tone::samples(&bytes);
    let seconds = frames.len() as f64 / 8_000.0;
    assert!((seconds - 1.0).abs() < 0.01, "{seconds} s");
    let heard = tone::pitch(&frames, 0, 8_000);
    assert!((heard - 500.0).abs() < 5.0, "{heard} Hz");
    let heard = tone::energy(&frames, 1);
    assert!((heard - 0.375 / 2_f64.sqrt()).abs() < 0.01, "{heard}");
}

#[test]
fn a_command_that_ends_pauses_the_player_says_why_and_is_started_again_by_resuming() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // The first time it takes half a second of sound; after that, all of it.
    let line = format!(
        "cd {}; if test -e pid; then cat > rest.wav; else echo $$ > pid; head -c 96044 > first.wav; \
         echo 'the loudspeaker burnt' >&2; exit 3; fi",
        folder.path().display()
    );
    let rig = Rig::new(command(line, Format::default()));
    rig.play(tone::wav(2.0, 500.0, 1_000.0));
    rig.until(playing);
    let reason = rig.until(lost);
    assert_eq!(reason, "the command ended (3): the loudspeaker burnt");
    let stood = rig.until(paused).position;
    assert!((0.4..1.0).contains(&stood.as_secs_f64()), "{stood:?}");
    assert_gone(&path("pid"));
    rig.player.send(audio::Command::Resume { at: None });
    let resumed = rig.until(playing).position;
    assert!(resumed.abs_diff(stood) < Duration::from_millis(50));
    rig.until(ended);
    rig.end();
    let rest = tone::frames(&std::fs::read(path("rest.wav")).unwrap(), 48_000);
    let seconds = rest.len() as f64 / 48_000.0 + stood.as_secs_f64();
    assert!((seconds - 2.0).abs() < 0.05, "{seconds} s in all");
    tone::assert_tones(&rest, 48_000, 500.0, 1_000.0);
}

#[test]
fn what_is_no_command_is_told_in_the_shells_words() {
    let rig = Rig::new(command(
        "/nonexistent/player -".to_owned(),
        Format::default(),
    ));
    rig.play(tone::wav(2.0, 500.0, 1_000.0));
    let reason = rig.until(lost);
    assert!(reason.contains("not found"), "{reason}");
    rig.until(paused);
    rig.end();
}

#[test]
fn a_command_that_does_not_read_holds_nothing_up_and_is_ended_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let line = format!("echo $$ > {}; sleep 1000; true", pid.display());
    let rig = Rig::new(command(line, Format::default()));
    rig.play(tone::wav(10.0, 500.0, 1_000.0));
    let reason = rig.until(lost);
    assert_eq!(reason, "the command has stopped taking sound");
    let stood = rig.until(paused).position;
    // What a pipe holds was taken, and no more.
    assert!(stood < Duration::from_millis(900), "{stood:?}");
    let asked = Instant::now();
    rig.end();
    assert!(asked.elapsed() < Duration::from_secs(10));
    assert_gone(&pid);
}

#[test]
#[ignore = "it is the other process of the test below"]
fn stdout_child() {
    let rig = Rig::new(Sink::Stdout(Format::default()));
    rig.play(tone::wav(1.0, 500.0, 1_000.0));
    rig.until(ended);
    rig.end();
}

fn child() -> Command {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--ignored", "--exact", "stdout_child", "--nocapture"])
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    child
}

#[test]
fn standard_output_gets_the_recording() {
    let output = child().output().unwrap();
    assert!(output.status.success(), "{output:?}");
    // The test harness has its own words before and after.
    let begin = output.stdout.windows(4).position(|four| four == b"RIFF");
    let wav = &output.stdout[begin.unwrap()..];
    let frames = tone::frames(&wav[..44 + 48_000 * 4], 48_000);
    tone::assert_tones(&frames, 48_000, 500.0, 1_000.0);
    let after = String::from_utf8_lossy(&wav[44 + 48_000 * 4..]);
    assert!(after.len() < 600, "{} bytes follow", after.len());
}

#[test]
fn the_screen_keeps_standard_output_to_itself() {
    let output = Command::new(env!("CARGO_BIN_EXE_callreel"))
        .args(["--demo", "--sink", "stdout"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("--sink stdout would write the sound across the screen"));
}
