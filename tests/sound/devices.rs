//! Devices by name, devices that go away while they play, and what `callreel doctor` says of them.

use std::process::{Command, Output};
use std::time::Duration;

use callreel::emulator::{self, Emulator, Options};
use serde_json::Value;

use crate::child::{DEVICE, Remote};
use crate::pulse::{Pulse, RATE, Recording};
use crate::{media, two_tones};

/// Root mean square of both sides over the next second.
fn loudness(recording: &Recording) -> f32 {
    let from = recording.frames().len();
    recording.wait(from + RATE);
    let frames = recording.frames();
    let sum: f32 = frames[from..]
        .iter()
        .map(|[left, right]| left * left + right * right)
        .sum();
    (sum / RATE as f32).sqrt()
}

fn play(pulse: &Pulse) -> Remote {
    let mut remote = Remote::start(&pulse.environment());
    let url = media::serve(two_tones(), Duration::ZERO, None);
    remote.order(&format!("play {url} 1000"));
    remote.until("playing");
    remote
}

/// Goes on with the key that resumes, on `sink`, from where it stopped.
fn goes_on(pulse: &Pulse, remote: &mut Remote, sink: &str) {
    let stood = remote.until("paused").position;
    remote.until("device");
    let recording = pulse.record_from(sink);
    assert!(loudness(&recording) < 1e-3, "it goes on by itself");
    remote.order("resume");
    let resumed = remote.until("playing").position;
    println!("stood at {stood:?}, goes on at {resumed:?}");
    assert!(resumed.abs_diff(stood) < Duration::from_millis(100));
    let loud = loudness(&recording);
    assert!(loud > 0.1, "{loud} on {sink}");
}

#[test]
fn a_device_that_is_unplugged_pauses_and_playing_goes_on_with_the_next() {
    let Some(mut pulse) = Pulse::start() else {
        return;
    };
    let mut remote = play(&pulse);
    pulse.remove_sinks();
    println!("{}", remote.until("no-device").words);
    pulse.add_sink("next");
    goes_on(&pulse, &mut remote, "next");
    assert_eq!(remote.finish(), "");
}

#[test]
fn a_sound_server_that_is_started_again_is_gone_on_with() {
    let Some(mut pulse) = Pulse::start() else {
        return;
    };
    let mut remote = play(&pulse);
    pulse.kill();
    println!("{}", remote.until("no-device").words);
    pulse.serve();
    goes_on(&pulse, &mut remote, "test");
    assert_eq!(remote.finish(), "");
}

#[test]
fn a_device_is_found_by_a_part_of_its_name_and_a_wrong_name_is_answered_with_the_right_ones() {
    let Some(mut pulse) = Pulse::start() else {
        return;
    };
    pulse.add_sink("headset");
    let mut environment = pulse.environment();
    environment.push((DEVICE, "headse".to_owned()));
    let mut remote = Remote::start(&environment);
    let [named, default] = ["headset", "test"].map(|name| pulse.record_from(name));
    let url = media::serve(two_tones(), Duration::ZERO, None);
    remote.order(&format!("play {url} 1000"));
    remote.until("playing");
    assert!(loudness(&named) > 0.1);
    assert!(loudness(&default) < 1e-3);
    assert_eq!(remote.finish(), "");

    environment.pop();
    environment.push((DEVICE, "loudspeaker".to_owned()));
    let mut remote = Remote::start(&environment);
    remote.order(&format!("play {url} 1000"));
    let words = remote.until("no-device").words;
    assert!(
        words.starts_with("no sound device is called loudspeaker; there are: "),
        "{words}"
    );
    assert!(
        words.contains("(headset)") && words.contains("(test)"),
        "{words}"
    );
    assert_eq!(remote.finish(), "");
}

fn doctor(pulse: &Pulse, emulator: &Emulator, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_callreel"))
        .arg("doctor")
        .args(more)
        .env_clear()
        .env("CALLREEL_API_URL", emulator.url())
        .env("PLIVO_AUTH_ID", emulator.auth_id())
        .env("PLIVO_AUTH_TOKEN", emulator.auth_token())
        .env("PATH", std::env::var_os("PATH").unwrap())
        .envs(pulse.environment())
        .output()
        .unwrap()
}

#[test]
fn doctor_says_which_device_is_used_why_and_whether_it_takes_sound() {
    let Some(mut pulse) = Pulse::start() else {
        return;
    };
    pulse.add_sink("headset");
    let emulator = emulator::start(Options::default()).unwrap();
    let output = doctor(&pulse, &emulator, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    println!("{text}");
    assert!(output.status.success());
    assert!(output.stderr.is_empty());
    assert!(text.contains("2 sound devices at PulseAudio: PULSE_SERVER is unix:"));
    assert!(text.contains("(test), the default\n"));
    assert!(text.contains("it was opened and takes sound, 48000 frames a second"));
    assert!(text.contains("callreel --sink socket:"));
    assert!(text.contains("ssh -N "));

    let output = doctor(
        &pulse,
        &emulator,
        &["--sink", "device:headset", "--output", "json"],
    );
    assert!(output.status.success());
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["ok"], true);
    let sections = told["sections"].as_array().unwrap();
    let sound = sections.iter().find(|section| section["name"] == "sound");
    let devices = &sound.unwrap()["findings"][0]["data"];
    assert_eq!(devices[1]["id"], "headset");
    assert_eq!(devices[0]["default"], true);

    let output = doctor(&pulse, &emulator, &["--sink", "device:loudspeaker"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("problem it cannot be used: no sound device is called loudspeaker"));
}
