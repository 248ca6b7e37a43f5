//! How fast an hour of mp3 is decoded, beside mpg123 and ffmpeg on the same files: processor seconds, medians.
//!
//! Ours is the whole way from bytes to samples: buffer, frame index, codec. The files are an hour of the demo calls, made
//! with sox and lame once and kept under `target/`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unsafe_code,
    dead_code
)]

#[path = "support/figures.rs"]
mod figures;
#[path = "support/process.rs"]
mod process;
#[path = "support/table.rs"]
mod table;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use callreel::audio::Buffer;
use callreel::audio::decode::{self, Role, Step};
use figures::median;
use process::installed;
use table::{Table, Unit};

/// So much of mpg123's speed at least: it decodes mp3 and nothing else, since 1999.
const OF_MPG123: f64 = 0.8;
const OF_FFMPEG: f64 = 1.0;

fn main() {
    let mut table = Table::new("decode: an hour of mp3, processor seconds");
    for tool in ["sox", "lame"] {
        if installed(tool).is_none() {
            table.note(&format!(
                "{tool} is not installed: `scripts/deps bench` brings it"
            ));
            return;
        }
    }
    let quick = std::env::var_os("CALLREEL_BENCH_QUICK").is_some();
    let runs = if quick { 1 } else { 7 };
    for (name, rate, bits) in [
        ("8 kHz mono 16 kbit/s", 8_000, 16),
        ("44.1 kHz mono 64 kbit/s", 44_100, 64),
    ] {
        let file = hour(rate, bits);
        let path = file.to_str().unwrap();
        let bytes = std::fs::read(&file).unwrap();
        let ours: Vec<_> = (0..runs)
            .map(|_| own_seconds(|| decode_all(&bytes)))
            .collect();
        let ours = median(&ours);
        let what = format!("decoding an hour of {name}, median of {runs}");
        let ffmpeg = ["-v", "error", "-threads", "1", "-i", path];
        let ffmpeg = [&ffmpeg[..], &["-f", "f32le", "-y", "/dev/null"]].concat();
        for (peer, arguments, goal) in [
            ("mpg123", &["-q", "-s", path][..], OF_MPG123),
            ("ffmpeg", &ffmpeg, OF_FFMPEG),
        ] {
            if installed(peer).is_none() {
                table.note(&format!(
                    "{peer} is not installed: `scripts/deps bench` brings it"
                ));
                continue;
            }
            let theirs: Vec<_> = (0..runs).map(|_| seconds_of(peer, arguments)).collect();
            table.row(&what, Some(ours), Unit::Seconds).peer(
                peer,
                Some(median(&theirs)),
                f64::INFINITY,
                Some(goal),
            );
        }
    }
    table.close();
}

fn decode_all(bytes: &[u8]) {
    let buffer = Buffer::from_bytes(bytes.to_vec());
    let mut decoder = decode::open(&buffer, Role::Follower).unwrap().unwrap();
    let (mut samples, mut frames) = (Vec::new(), 0);
    loop {
        samples.clear();
        match decoder.next(&mut samples).unwrap() {
            Step::Block { .. } => frames += samples.len(),
            Step::NeedBytes => panic!("every byte is there"),
            Step::End => break,
        }
    }
    let seconds = frames as f64 / f64::from(decoder.rate());
    assert!((seconds - 3_600.0).abs() < 1.0, "{seconds} s were decoded");
}

/// The processor seconds of a program that writes its samples to nowhere.
fn seconds_of(program: &str, arguments: &[&str]) -> f64 {
    let before = cpu(libc::RUSAGE_CHILDREN);
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{program} failed");
    cpu(libc::RUSAGE_CHILDREN) - before
}

/// An hour of the demo calls as mp3, made once.
fn hour(rate: u32, bits: u32) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("target").join("bench-audio");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("hour-{rate}-{bits}.mp3"));
    if file.exists() {
        return file;
    }
    let wav = folder.join(format!("hour-{rate}.wav"));
    let run = |program: &str, arguments: &[&str]| {
        let status = Command::new(program).args(arguments).status().unwrap();
        assert!(status.success(), "{program} failed");
    };
    let call = root.join("assets/calls/support-stereo-cbr32.mp3");
    let (call, wav_path) = (call.to_str().unwrap(), wav.to_str().unwrap());
    let rate_word = rate.to_string();
    run(
        "sox",
        &[
            call, "-c", "1", wav_path, "rate", &rate_word, "repeat", "46", "trim", "0", "3600",
        ],
    );
    let half_made = folder.join("half-made.mp3");
    let (kilohertz, bits) = (f64::from(rate) / 1_000.0, bits.to_string());
    let target = half_made.to_str().unwrap();
    run(
        "lame",
        &[
            "--quiet",
            "-m",
            "m",
            "--cbr",
            "-b",
            &bits,
            "--resample",
            &kilohertz.to_string(),
            wav_path,
            target,
        ],
    );
    std::fs::rename(&half_made, &file).unwrap();
    std::fs::remove_file(&wav).unwrap();
    file
}

fn own_seconds(work: impl FnOnce()) -> f64 {
    let before = cpu(libc::RUSAGE_SELF);
    work();
    cpu(libc::RUSAGE_SELF) - before
}

/// Seconds of processor time that `who` has used.
fn cpu(who: libc::c_int) -> f64 {
    // SAFETY: all zeros is a valid `rusage`, and the pointer is to one that outlives the call.
    let usage = unsafe {
        let mut usage = std::mem::zeroed::<libc::rusage>();
        libc::getrusage(who, &raw mut usage);
        usage
    };
    let seconds = |time: libc::timeval| {
        Duration::from_secs(time.tv_sec as u64).as_secs_f64() + time.tv_usec as f64 / 1e6
    };
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
