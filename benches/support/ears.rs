//! Listens at the monitor of a null sink, and tells when what was heard.
//!
//! Silence there is exact zero as long as nothing plays, so the threshold is tiny.
//!
//! A null sink renders 10 ms at a time, at the moment when the first of them is due, and hands them to its monitor at once.
//! So the promptest deliveries end 10 ms before their time, and the others come late; a frame's time follows from the
//! promptest of the last second and a half before it. (When a program takes back what it has sent, as mpv does to pause, the
//! sink renders up to 10 ms twice, so no clock holds for longer. Deliveries after a frame do not count for the same reason.)

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Frames a second of the sink.
pub const RATE: usize = 48_000;

/// What the sink renders at once: the lowest latency that any of its clients asks for, and these ears ask for it.
const BLOCK: Duration = Duration::from_millis(10);

/// How far back the promptest delivery is looked for.
const PROMPT: Duration = Duration::from_millis(1_500);

const THRESHOLD: f32 = 1e-6;

/// So long nothing is heard before it counts as silence.
const HUSH: usize = RATE / 5;

#[derive(Default)]
struct Heard {
    frames: Vec<[f32; 2]>,
    /// How many frames there were after each delivery, and when it came.
    deliveries: Vec<(usize, Instant)>,
}

impl Heard {
    fn time_of(&self, frame: usize) -> Option<Instant> {
        let place = self.deliveries.partition_point(|(end, _)| *end <= frame);
        let began = self.began(place)?;
        Some(began + span(frame))
    }

    /// The frame that is due at `time`, heard or not.
    fn frame_at(&self, time: Instant) -> usize {
        let place = self.deliveries.partition_point(|(_, at)| *at < time);
        let last = self.deliveries.len().saturating_sub(1);
        let Some(began) = self.began(place.min(last)) else {
            return 0;
        };
        let since = time.saturating_duration_since(began);
        (since.as_secs_f64() * RATE as f64).ceil() as usize
    }

    /// When frame 0 was due, by the clock that holds for a delivery.
    fn began(&self, place: usize) -> Option<Instant> {
        let (_, now) = *self.deliveries.get(place)?;
        let recent = self.deliveries.get(..=place)?.iter().rev();
        recent
            .take_while(|(_, at)| now.duration_since(*at) <= PROMPT)
            .filter_map(|(end, at)| at.checked_sub(span(*end)))
            .min()
            .map(|promptest| promptest + BLOCK)
    }
}

fn span(frames: usize) -> Duration {
    Duration::from_secs_f64(frames as f64 / RATE as f64)
}

/// A recording of everything that is heard. Forget what is past now and then: it grows by 23 MB a minute.
pub struct Ears {
    parec: Child,
    heard: Arc<(Mutex<Heard>, Condvar)>,
}

/// A moment of what was heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    pub frame: usize,
    pub at: Instant,
}

impl Ears {
    /// Listens to the sink `test` of the server that `environment` names.
    pub fn open(environment: &[(&'static str, String)]) -> Self {
        let mut parec = Command::new("parec")
            .envs(environment.iter().cloned())
            .args(["-d", "test.monitor", "--raw", "--format=float32le"])
            .args(["--rate=48000", "--channels=2", "--latency-msec=10"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("parec must be installed (pulseaudio-utils)");
        let mut sound = parec.stdout.take().expect("it is piped");
        let heard = Arc::new((Mutex::new(Heard::default()), Condvar::new()));
        let theirs = Arc::clone(&heard);
        std::thread::spawn(move || {
            let mut bytes = [0; 16_384];
            let mut kept = 0;
            while let Ok(read @ 1..) = sound.read(&mut bytes[kept..]) {
                let now = Instant::now();
                let there = kept + read;
                let whole = there / 8 * 8;
                let mut heard = theirs.0.lock().unwrap_or_else(PoisonError::into_inner);
                for frame in bytes[..whole].chunks_exact(8) {
                    let (left, right) = frame.split_at(4);
                    let sample =
                        |four: &[u8]| f32::from_le_bytes(four.try_into().expect("four bytes"));
                    heard.frames.push([sample(left), sample(right)]);
                }
                let end = heard.frames.len();
                heard.deliveries.push((end, now));
                drop(heard);
                theirs.1.notify_all();
                bytes.copy_within(whole..there, 0);
                kept = there - whole;
            }
        });
        let ears = Self { parec, heard };
        let patience = Duration::from_secs(10);
        ears.until(patience, |heard| (!heard.frames.is_empty()).then_some(()))
            .expect("parec hears nothing, not even silence");
        ears
    }

    /// The first sound at `after` or later, waited for until `patience` has passed since then.
    pub fn sound(&self, after: Instant, patience: Duration) -> Option<Moment> {
        self.until_since(after, patience, |heard| {
            let from = heard.frame_at(after);
            let place = heard.frames.get(from..)?.iter().position(is_sound)?;
            moment(heard, from + place)
        })
    }

    /// Where the first silence at `after` or later begins.
    pub fn silence(&self, after: Instant, patience: Duration) -> Option<Moment> {
        self.until_since(after, patience, |heard| {
            let from = heard.frame_at(after);
            let mut quiet = 0;
            for (place, frame) in heard.frames.get(from..)?.iter().enumerate() {
                quiet = if is_sound(frame) { 0 } else { quiet + 1 };
                if quiet == HUSH {
                    return moment(heard, from + place + 1 - HUSH);
                }
            }
            None
        })
    }

    /// What was heard between two instants; waits until it is all there.
    pub fn between(&self, from: Instant, to: Instant) -> (usize, Vec<[f32; 2]>) {
        let patience = Duration::from_secs(10);
        let piece = self.until_since(to, patience, |heard| {
            let end = heard.frame_at(to);
            let start = heard.frame_at(from);
            (end < heard.frames.len()).then(|| (start, heard.frames[start..end].to_vec()))
        });
        piece.expect("the sound server delivers nothing")
    }

    /// When a frame was heard.
    pub fn time_of(&self, frame: usize) -> Option<Instant> {
        self.lock().time_of(frame)
    }

    fn until_since<T>(
        &self,
        since: Instant,
        patience: Duration,
        look: impl Fn(&Heard) -> Option<T>,
    ) -> Option<T> {
        let end = since + patience;
        self.until(end.saturating_duration_since(Instant::now()), look)
    }

    fn until<T>(&self, patience: Duration, look: impl Fn(&Heard) -> Option<T>) -> Option<T> {
        let end = Instant::now() + patience;
        let mut heard = self.lock();
        loop {
            if let Some(found) = look(&heard) {
                return Some(found);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let woken = self.heard.1.wait_timeout(heard, left);
            heard = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        let _ = self.parec.kill();
        let _ = self.parec.wait();
    }
}

fn moment(heard: &Heard, frame: usize) -> Option<Moment> {
    let at = heard.time_of(frame)?;
    Some(Moment { frame, at })
}

pub fn is_sound(frame: &[f32; 2]) -> bool {
    frame.iter().any(|sample| sample.abs() > THRESHOLD)
}
