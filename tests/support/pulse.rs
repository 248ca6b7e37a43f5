//! A private PulseAudio server with a sink that swallows sound in real time, and a recording of what it swallowed.
//!
//! Programs under test get its address by environment variables.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Frames a second of the sink.
pub const RATE: usize = 48_000;

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server of its own. Dropping it ends it.
pub struct Pulse {
    folder: tempfile::TempDir,
    processes: Vec<Child>,
}

impl Pulse {
    /// Starts one; `None`, said aloud, where PulseAudio is not installed. Under CI that is a failure.
    pub fn start() -> Option<Self> {
        if !installed("pulseaudio") || !installed("parec") {
            assert!(
                std::env::var_os("CI").is_none(),
                "PulseAudio must be installed under CI"
            );
            eprintln!("skipped: there is no pulseaudio, or no parec (`make test` installs them)");
            return None;
        }
        let mut pulse = Self {
            folder: tempfile::tempdir().unwrap(),
            processes: Vec::new(),
        };
        pulse.serve();
        let asound = format!(
            "pcm.!default {{ type pulse server \"unix:{0}\" }}\nctl.!default {{ type pulse server \"unix:{0}\" }}\n",
            pulse.socket()
        );
        std::fs::write(pulse.folder.path().join("asound.conf"), asound).unwrap();
        Some(pulse)
    }

    /// Starts the server, with the sink `test`.
    pub fn serve(&mut self) {
        let server = self
            .command("pulseaudio")
            .args([
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--use-pid-file=no",
            ])
            .args(["--disable-shm=yes", "--log-level=error", "-L"])
            .arg(format!(
                "module-native-protocol-unix auth-anonymous=1 socket={}",
                self.socket()
            ))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.processes.push(server);
        let begun = Instant::now();
        while !self.control(&["info"]) {
            assert!(begun.elapsed() < PATIENCE, "pulseaudio does not start");
            std::thread::yield_now();
        }
        self.add_sink("test");
    }

    /// Adds a sink that swallows sound.
    pub fn add_sink(&mut self, name: &str) {
        self.add_sink_of(name, "norewinds=0");
    }

    /// Adds one of that kind: with `norewinds=1` it takes nothing back that it has read, as wireless and remote ones do.
    pub fn add_sink_of(&mut self, name: &str, kind: &str) {
        let sink = format!("sink_name={name}");
        let form = ["rate=48000", "channels=2", "format=float32le", kind];
        let load = ["load-module", "module-null-sink", &sink];
        assert!(self.control(&[&load[..], &form[..]].concat()));
        // An idle null sink sleeps for up to two seconds before it takes sound.
        let awake = self
            .command("pacat")
            .args(["--raw", "--latency-msec=50", "-d", name, "/dev/zero"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.processes.push(awake);
    }

    /// Takes every sink away, as when the only device is unplugged.
    pub fn remove_sinks(&self) {
        assert!(self.control(&["unload-module", "module-null-sink"]));
    }

    /// What a program needs in its environment to find this server and no other.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        vec![
            ("PULSE_SERVER", format!("unix:{}", path("pulse.sock"))),
            ("ALSA_CONFIG_PATH", path("asound.conf")),
            ("XDG_RUNTIME_DIR", path("")),
            ("HOME", path("")),
        ]
    }

    /// Records what the sink `test` swallows from now on.
    pub fn record(&self) -> Recording {
        self.record_from("test")
    }

    /// Records what that sink swallows from now on.
    pub fn record_from(&self, sink: &str) -> Recording {
        let monitor = format!("{sink}.monitor");
        let mut parec = self
            .command("parec")
            .args(["-d", &monitor, "--raw", "--format=float32le"])
            .args(["--rate=48000", "--channels=2", "--latency-msec=10"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut sound = parec.stdout.take().unwrap();
        let heard = Arc::new((Mutex::new(Heard::default()), Condvar::new()));
        let theirs = Arc::clone(&heard);
        std::thread::spawn(move || {
            let mut bytes = [0; 8_192];
            while let Ok(read) = sound.read(&mut bytes) {
                if read == 0 {
                    break;
                }
                let now = SystemTime::now();
                let (heard, more) = &*theirs;
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.take(&bytes[..read], now);
                more.notify_all();
            }
        });
        let recording = Recording { parec, heard };
        recording.wait(1);
        recording
    }

    /// Ends the server as a crash would.
    pub fn kill(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
        self.processes.clear();
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.envs(self.environment()).stdin(Stdio::null());
        command
    }

    fn socket(&self) -> String {
        let socket = self.folder.path().join("pulse.sock");
        socket.display().to_string()
    }

    /// False when the server refuses, or does not answer.
    fn control(&self, words: &[&str]) -> bool {
        let status = self
            .command("pactl")
            .args(words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.kill();
    }
}

#[derive(Default)]
struct Heard {
    frames: Vec<[f32; 2]>,
    rest: Vec<u8>,
    /// When the first frame was heard, as the promptest delivery has it.
    began: Option<SystemTime>,
}

impl Heard {
    fn take(&mut self, bytes: &[u8], now: SystemTime) {
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.len() / 8 * 8;
        for frame in self.rest[..whole].chunks(8) {
            let sample = |at: usize| {
                f32::from_le_bytes([frame[at], frame[at + 1], frame[at + 2], frame[at + 3]])
            };
            self.frames.push([sample(0), sample(4)]);
        }
        self.rest.drain(..whole);
        let span = Duration::from_secs_f64(self.frames.len() as f64 / RATE as f64);
        let began = now - span;
        self.began = Some(self.began.map_or(began, |known| known.min(began)));
    }
}

/// What is being heard.
pub struct Recording {
    parec: Child,
    heard: Arc<(Mutex<Heard>, Condvar)>,
}

impl Recording {
    /// Waits until `frames` frames were heard in all.
    pub fn wait(&self, frames: usize) {
        self.until(|heard| (heard.frames.len() >= frames).then_some(()));
    }

    /// Lets the sound go on for so long.
    pub fn listen(&self, time: Duration) {
        let more = (time.as_secs_f64() * RATE as f64) as usize;
        let there = self.lock().frames.len();
        self.wait(there + more);
    }

    /// Everything heard so far.
    pub fn frames(&self) -> Vec<[f32; 2]> {
        self.lock().frames.clone()
    }

    /// The frame that was heard at `time`; may lie outside what was recorded.
    pub fn frame_at(&self, time: SystemTime) -> i64 {
        let began = self.lock().began.unwrap();
        let seconds = match time.duration_since(began) {
            Ok(after) => after.as_secs_f64(),
            Err(before) => -before.duration().as_secs_f64(),
        };
        (seconds * RATE as f64) as i64
    }

    /// When `frame` was heard.
    pub fn time_of(&self, frame: usize) -> SystemTime {
        self.lock().began.unwrap() + Duration::from_secs_f64(frame as f64 / RATE as f64)
    }

    /// The first frame from `from` on that is not silent after ten milliseconds that were; waits for it.
    pub fn sound_after_gap(&self, from: usize) -> usize {
        let place = self.until(|heard| {
            let frames = heard.frames.get(from..)?;
            let gap = frames.windows(RATE / 100);
            let gap = gap
                .into_iter()
                .position(|part| part.iter().all(|frame| is_silent(*frame)))?;
            let sound = frames[gap..].iter().position(|frame| !is_silent(*frame))?;
            Some(gap + sound)
        });
        from + place
    }

    /// The first frame from `from` on after which a fifth of a second is silent; waits for it.
    pub fn silence_from(&self, from: usize) -> usize {
        let place = self.until(|heard| {
            let frames = heard.frames.get(from..)?;
            let last = frames.iter().rposition(|frame| !is_silent(*frame));
            let start = last.map_or(0, |last| last + 1);
            (frames.len() - start >= RATE / 5).then_some(start)
        });
        from + place
    }

    fn until<T>(&self, look: impl Fn(&Heard) -> Option<T>) -> T {
        let begun = Instant::now();
        let mut heard = self.lock();
        loop {
            if let Some(found) = look(&heard) {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "it is not to be heard");
            heard = self
                .heard
                .1
                .wait_timeout(heard, PATIENCE)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _ = self.parec.kill();
        let _ = self.parec.wait();
    }
}

fn is_silent(frame: [f32; 2]) -> bool {
    frame.iter().all(|sample| sample.abs() < 1e-4)
}

/// Whether `program` can be started.
pub fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).exists())
}
