//! Through a real sound server: what is heard must be what was recorded, when the player says that it is.

#![cfg(all(feature = "sound", target_os = "linux"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr
)]

#[path = "sound/child.rs"]
mod child;
#[path = "sound/devices.rs"]
mod devices;
#[path = "sound/likeness.rs"]
mod likeness;
#[path = "sound/media.rs"]
mod media;
#[path = "support/pulse.rs"]
mod pulse;

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use child::{Remote, Told};
use likeness::{place, reference, side_correlation};
use pulse::{Pulse, RATE, Recording};

fn asset(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "assets", "calls", name]
        .iter()
        .collect()
}

fn url_of(name: &str) -> String {
    media::serve(std::fs::read(asset(name)).unwrap(), Duration::ZERO, None)
}

/// Half a second of what was heard beside what was recorded.
struct Piece {
    heard: Vec<[f32; 2]>,
    original: Vec<[f32; 2]>,
    /// Seconds by which the recording stood ahead of where it was said to.
    off: f64,
}

impl Piece {
    /// The piece heard from `frame` on, whose place the last of `anchors` before it says.
    fn find(
        whole: &[[f32; 2]],
        heard: &[[f32; 2]],
        recording: &Recording,
        frame: usize,
        anchors: &[Told],
    ) -> Self {
        let heard = heard[frame..frame + RATE / 2].to_vec();
        let time = recording.time_of(frame);
        let told = anchors
            .iter()
            .rfind(|told| told.at <= time)
            .unwrap_or(&anchors[0]);
        let said = told.position.as_secs_f64() + seconds(told.at, time);
        let found = place(whole, &heard, (said * RATE as f64) as i64, 9_600);
        let begin = usize::try_from(found).unwrap();
        Self {
            original: whole[begin..begin + heard.len()].to_vec(),
            heard,
            off: found as f64 / RATE as f64 - said,
        }
    }

    fn speaks(&self, side: usize) -> bool {
        let energy: f32 = self.original.iter().map(|frame| frame[side].powi(2)).sum();
        energy / self.original.len() as f32 > 1e-5
    }

    fn is_spoken(&self) -> bool {
        self.speaks(0) || self.speaks(1)
    }

    /// How alike one side of what was heard is to one of what was recorded, where something was.
    fn like(&self, heard: usize, original: usize) -> Option<f64> {
        self.speaks(original).then(|| {
            f64::from(side_correlation(
                &self.heard,
                heard,
                &self.original,
                original,
            ))
        })
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn seconds(from: SystemTime, to: SystemTime) -> f64 {
    match to.duration_since(from) {
        Ok(time) => time.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    }
}

#[test]
#[ignore = "it is the other process of the tests here"]
fn player_child() {
    child::live();
}

#[test]
fn what_is_heard_is_what_was_recorded() {
    let Some(pulse) = Pulse::start() else { return };
    let mut remote = Remote::start(&pulse.environment());
    let recording = pulse.record();
    for (name, start, stereo) in [
        ("support-stereo-cbr32.mp3", 3_000, true),
        ("booking-mono-cbr16.mp3", 0, false),
        ("handover-stereo-pcm16.wav", 0, true),
        ("reminder-mono-ulaw.wav", 1_000, false),
    ] {
        let whole = reference(&asset(name));
        remote.order(&format!("play {} {start}", url_of(name)));
        let told = remote.until("playing");
        let from = usize::try_from(recording.frame_at(told.at)).unwrap() + RATE / 2;
        recording.wait(from + 5 * RATE);
        let heard = recording.frames();
        // A machine that is too busy to play without a gap says so, and where it went on.
        let mut anchors = vec![told];
        anchors.extend(
            remote
                .since()
                .into_iter()
                .filter(|told| told.name == "playing"),
        );
        // A busy machine may lose some milliseconds between the sound server and here, which would shift all that follows:
        // so piece by piece, and most of them count.
        let pieces: Vec<Piece> = (0..9)
            .map(|n| Piece::find(&whole, &heard, &recording, from + n * RATE / 2, &anchors))
            .collect();
        let spoken = pieces.iter().filter(|piece| piece.is_spoken());
        let off = median(spoken.map(|piece| piece.off.abs()));
        let [left, right] =
            [0, 1].map(|side| median(pieces.iter().filter_map(|piece| piece.like(side, side))));
        println!(
            "{name}: left {left:.4}, right {right:.4}, {:.1} ms off, {} anchors",
            off * 1e3,
            anchors.len()
        );
        assert!(off < 0.1, "{name} stands {off} s from where it is said to");
        assert!(left > 0.95 && right > 0.95, "{name}: {left} {right}");
        if stereo {
            let crossed = median(pieces.iter().filter_map(|piece| piece.like(0, 1)));
            assert!(
                crossed.abs() < 0.3,
                "{name} has its sides crossed: {crossed}"
            );
        }
    }
    assert_eq!(remote.finish(), "");
}

#[test]
fn pauses_and_jumps_land_where_they_are_said_to() {
    let Some(pulse) = Pulse::start() else { return };
    let mut remote = Remote::start(&pulse.environment());
    let recording = pulse.record();
    let name = "support-stereo-cbr32.mp3";
    let whole = reference(&asset(name));
    remote.order(&format!("play {} 4000", url_of(name)));
    let playing = remote.until("playing");
    recording.listen(Duration::from_secs(3));
    remote.order("pause");
    let paused = remote.until("paused");
    let start = usize::try_from(recording.frame_at(playing.at)).unwrap();
    let silent = recording.silence_from(start + RATE);
    // The last second before it went silent ends where the pause is said to stand.
    let before = silent - RATE;
    let said = paused.position.as_secs_f64() - 1.0;
    let piece = &recording.frames()[before..silent];
    let found = place(&whole, piece, (said * RATE as f64) as i64, 9_600) as f64 / RATE as f64;
    println!("the pause stands {:.1} ms off", (found - said) * 1e3);
    assert!(
        (found - said).abs() < 0.1,
        "heard up to {} s, said {said}",
        found
    );

    remote.order("resume");
    let resumed = remote.until("playing");
    let gap = resumed.position.abs_diff(paused.position);
    assert!(gap < Duration::from_millis(100), "{gap:?} were skipped");
    remote.order("seek 60000");
    let jumped = remote.until("playing");
    recording.listen(Duration::from_secs(3));
    let from = usize::try_from(recording.frame_at(jumped.at)).unwrap() + RATE / 2;
    let heard = recording.frames();
    let pieces = (0..4).map(|n| {
        Piece::find(
            &whole,
            &heard,
            &recording,
            from + n * RATE / 2,
            std::slice::from_ref(&jumped),
        )
        .off
    });
    let off = median(pieces);
    println!("the jump stands {:.1} ms off", off * 1e3);
    assert!(off.abs() < 0.1, "{off} s off");
    assert!(jumped.position.abs_diff(Duration::from_secs(60)) < Duration::from_millis(100));
    assert_eq!(remote.finish(), "");
}

/// The sound of `frames` without the silence between its parts, and where in it each part but the first begins.
fn joined(frames: &[[f32; 2]]) -> (Vec<f32>, Vec<usize>) {
    // Both tones cross zero at once, for a frame or two.
    const SILENCE: usize = RATE / 50;
    let (mut sound, mut joints, mut silent) = (Vec::new(), Vec::new(), 0);
    for [left, right] in frames {
        if *left == 0.0 && *right == 0.0 {
            silent += 1;
            continue;
        }
        if silent >= SILENCE && !sound.is_empty() {
            joints.push(sound.len());
        } else if !sound.is_empty() {
            sound.extend(std::iter::repeat_n(0.0, silent));
        }
        silent = 0;
        sound.push(*left);
    }
    (sound, joints)
}

/// Where a tone of 500 Hz stands in `sound`, in frames of its 96.
fn phase(sound: &[f32], from: usize) -> f64 {
    let turn = std::f64::consts::TAU / 96.0;
    let parts = (from..from + 960).map(|at| {
        let (sine, cosine) = (turn * at as f64).sin_cos();
        let level = f64::from(sound[at]);
        (level * sine, level * cosine)
    });
    let (sine, cosine) = parts.fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    cosine.atan2(sine) / turn
}

#[test]
fn a_pause_takes_back_what_is_on_its_way_and_loses_and_repeats_none_of_it() {
    let Some(mut pulse) = Pulse::start() else {
        return;
    };
    for stiff in [false, true] {
        let mut environment = pulse.environment();
        if stiff {
            pulse.add_sink_of("stiff", "norewinds=1");
            environment.push((child::DEVICE, "stiff".to_owned()));
        }
        let recording = pulse.record_from(if stiff { "stiff" } else { "test" });
        pause_often(&mut Remote::start(&environment), &recording);
    }
}

fn pause_often(remote: &mut Remote, recording: &Recording) {
    let url = media::serve(two_tones(), Duration::ZERO, None);
    remote.order(&format!("play {url} 1000"));
    let told = remote.until("playing");
    let from = usize::try_from(recording.frame_at(told.at)).unwrap();
    const PAUSES: usize = 7;
    for _ in 0..PAUSES {
        recording.listen(Duration::from_millis(300));
        remote.order("pause");
        remote.until("paused");
        recording.listen(Duration::from_millis(100));
        remote.order("resume");
        remote.until("playing");
    }
    recording.listen(Duration::from_millis(300));
    let (sound, joints) = joined(&recording.frames()[from..]);
    assert_eq!(joints.len(), PAUSES, "{joints:?}");
    let steps: Vec<f64> = joints
        .iter()
        .map(|joint| {
            // Past the fades, and what a resampler in the sound server smears.
            let step = phase(&sound, joint + 480) - phase(&sound, joint - 480 - 960);
            (step + 48.0).rem_euclid(96.0) - 48.0
        })
        .collect();
    println!("frames too many or too few at each pause: {steps:.1?}");
    // A busy machine is late at one pause or the other, and loses or repeats a moment there, but not at each.
    let mut off: Vec<f64> = steps.iter().map(|step| step.abs()).collect();
    off.sort_by(f64::total_cmp);
    assert!(off[PAUSES / 3] < 2.0, "{steps:.1?}");
}

#[test]
fn the_end_is_heard_whole_and_silence_follows() {
    let Some(pulse) = Pulse::start() else { return };
    let mut remote = Remote::start(&pulse.environment());
    let recording = pulse.record();
    let name = "reminder-mono-ulaw.wav";
    let whole = reference(&asset(name));
    remote.order(&format!("play {} 8000", url_of(name)));
    remote.until("playing");
    let ended = remote.until("ended");
    let end = usize::try_from(recording.frame_at(ended.at)).unwrap();
    recording.wait(end + RATE / 2);
    let silent = recording.silence_from(end.saturating_sub(RATE / 4));
    // The last word only: what happened before it has tests of its own.
    const WORD: usize = RATE * 2 / 5;
    let piece = &recording.frames()[silent - WORD..silent];
    let about = (whole.len() - WORD) as i64;
    let found = place(&whole, piece, about, 15_000);
    let missing = (about - found) as f64 / RATE as f64;
    println!("{:.1} ms of the end are missing", missing * 1e3);
    assert!(
        missing.abs() < 0.02,
        "{missing} s of the end were not heard"
    );
    assert_eq!(remote.finish(), "");
}

#[test]
fn without_a_device_nothing_is_written_and_the_reason_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("asound.conf"), "").unwrap();
    let mut remote = Remote::start(&[
        ("PULSE_SERVER", format!("unix:{}", path("nowhere"))),
        ("ALSA_CONFIG_PATH", path("asound.conf")),
        ("XDG_RUNTIME_DIR", path("")),
        ("HOME", path("")),
    ]);
    remote.order(&format!("play {} 0", url_of("booking-mono-cbr16.mp3")));
    let told = remote.until("no-device");
    println!("{}", told.words);
    assert!(!told.words.is_empty());
    assert_eq!(remote.until("paused").position, Duration::ZERO);
    assert_eq!(remote.finish(), "");
}

#[test]
fn a_sound_server_that_hangs_holds_nothing_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    // It accepts, and never says a word.
    let _listener = std::os::unix::net::UnixListener::bind(path("mute.sock")).unwrap();
    let server = format!("unix:{}", path("mute.sock"));
    let asound = format!("pcm.!default {{ type pulse server \"{server}\" }}\n");
    std::fs::write(path("asound.conf"), asound).unwrap();
    let mut remote = Remote::start(&[
        ("PULSE_SERVER", server),
        ("ALSA_CONFIG_PATH", path("asound.conf")),
        ("XDG_RUNTIME_DIR", path("")),
        ("HOME", path("")),
    ]);
    remote.order(&format!("play {} 0", url_of("booking-mono-cbr16.mp3")));
    remote.until("waveform");
    let told = remote.until("no-device");
    println!("{}", told.words);
    assert!(!told.words.is_empty());
    remote.until("paused");
    remote.order("resume");
    remote.until("no-device");
    assert_eq!(remote.finish(), "");
}

#[test]
fn a_server_that_dies_pauses_and_says_so() {
    for through_alsa in [false, true] {
        let Some(mut pulse) = Pulse::start() else {
            return;
        };
        let mut environment = pulse.environment();
        if through_alsa {
            // Without a socket of that name, the way leads through ALSA and its plugin for PulseAudio.
            environment.retain(|(name, _)| *name != "PULSE_SERVER");
            environment.push(("PULSE_SERVER", "unix:/nonexistent/pulse.sock".to_owned()));
        }
        let mut remote = Remote::start(&environment);
        remote.order(&format!(
            "play {} 10000",
            url_of("support-stereo-cbr32.mp3")
        ));
        remote.until("playing");
        pulse.kill();
        println!(
            "through ALSA {through_alsa}: {}",
            remote.until("no-device").words
        );
        let stands = remote.until("paused").position.as_secs_f64();
        assert!((9.9..16.0).contains(&stands), "at {stands}");
        assert_eq!(remote.finish(), "");
    }
}

/// Ten seconds of stereo at 8 kHz: 500 Hz on the left, 1000 Hz on the right.
fn two_tones() -> Vec<u8> {
    let turn = std::f64::consts::TAU / 8_000.0;
    let level = |hertz: f64, n: u32| (8_000.0 * (turn * hertz * f64::from(n)).sin()) as i16;
    let data: Vec<u8> = (0..80_000)
        .flat_map(|n| [level(500.0, n), level(1_000.0, n)])
        .flat_map(i16::to_le_bytes)
        .collect();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    file.extend(8_000_u32.to_le_bytes());
    file.extend(32_000_u32.to_le_bytes());
    file.extend(b"\x04\0\x10\0data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// How much of the left tone is in the right ear.
fn crossed(frames: &[[f32; 2]]) -> f64 {
    let turn = std::f64::consts::TAU * 500.0 / RATE as f64;
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (n, [_, right]) in frames.iter().enumerate() {
        sine += f64::from(*right) * (turn * n as f64).sin();
        cosine += f64::from(*right) * (turn * n as f64).cos();
    }
    2.0 * sine.hypot(cosine) / frames.len() as f64
}

#[test]
fn a_changed_speed_and_side_are_heard_at_once_and_from_the_same_place() {
    let Some(pulse) = Pulse::start() else { return };
    let mut remote = Remote::start(&pulse.environment());
    let recording = pulse.record();
    let url = media::serve(two_tones(), Duration::ZERO, None);
    const WINDOW: usize = RATE / 250;
    let (mut waits, mut moves) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        remote.order("as-recorded");
        remote.order(&format!("play {url} 1000"));
        let mut before = remote.until("playing");
        recording.listen(Duration::from_secs(1));
        before = remote
            .since()
            .into_iter()
            .rfind(|told| told.name == "playing")
            .unwrap_or(before);
        let asked = remote.order("left-at 20");
        let after = remote.until("playing");
        recording.listen(Duration::from_millis(500));
        let from = usize::try_from(recording.frame_at(asked)).unwrap();
        let heard = recording.frames();
        let windows = heard[from..].chunks_exact(WINDOW);
        let changed = windows.take_while(|window| crossed(window) < 0.1).count();
        let wait = seconds(asked, recording.time_of(from + changed * WINDOW));
        // At the old speed until it was heard, and from there twice as fast.
        let heard_at = recording.time_of(from + changed * WINDOW);
        let stood = before.position.as_secs_f64()
            + seconds(before.at, heard_at)
            + 2.0 * seconds(heard_at, after.at);
        let moved = after.position.as_secs_f64() - stood;
        println!(
            "heard after {:.0} ms, {:.0} ms from where it stood",
            wait * 1e3,
            moved * 1e3
        );
        waits.push(wait);
        moves.push(moved);
    }
    // Whatever else this machine does makes it later and moves it more, never less.
    let best = |values: Vec<f64>| {
        values
            .into_iter()
            .map(f64::abs)
            .fold(f64::INFINITY, f64::min)
    };
    let moved = best(moves);
    assert!(moved < 0.03, "moved by {moved} s");
    let best = best(waits);
    assert!(best < 0.1, "heard after {best} s");
    assert_eq!(remote.finish(), "");
}

/// Not a test but a measurement: `cargo nextest run --release --test sound --run-ignored all timings --no-capture`.
#[test]
#[ignore = "it measures, and asserts nothing"]
fn timings() {
    let Some(pulse) = Pulse::start() else { return };
    let recording = pulse.record();
    let call = std::fs::read(asset("booking-mono-cbr16.mp3")).unwrap();
    // An hour, every frame of it alike in size and without a tag.
    let hour = call.repeat(84);
    for bandwidth in [65_536, 1_048_576] {
        let (mut first, mut jump, mut pause) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..10 {
            let url = media::serve(hour.clone(), Duration::from_millis(50), Some(bandwidth));
            let mut remote = Remote::start(&pulse.environment());
            let now = recording.frames().len();
            let asked = remote.order(&format!("play {url} 0"));
            let sound = recording.sound_after_gap(now.saturating_sub(RATE / 50));
            first.push(seconds(asked, recording.time_of(sound)));
            recording.listen(Duration::from_secs(1));
            let asked = remote.order("seek 2531000");
            let from = usize::try_from(recording.frame_at(asked)).unwrap();
            let sound = recording.sound_after_gap(from);
            jump.push(seconds(asked, recording.time_of(sound)));
            recording.listen(Duration::from_secs(1));
            let asked = remote.order("pause");
            let from = usize::try_from(recording.frame_at(asked)).unwrap();
            let silent = recording.silence_from(from);
            pause.push(seconds(asked, recording.time_of(silent)));
            remote.finish();
        }
        let show = |name: &str, values: Vec<f64>| {
            let most = values.iter().copied().fold(0.0, f64::max);
            let middle = median(values.into_iter());
            println!(
                "{bandwidth} B/s: {name} {:.0} ms (worst {:.0})",
                middle * 1e3,
                most * 1e3
            );
        };
        show("first sound", first);
        show("jump to 70 %", jump);
        show("pause to silence", pause);
    }
}
