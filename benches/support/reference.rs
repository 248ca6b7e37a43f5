//! Which place of a recording is heard, told by the sound itself.
//!
//! The hour-long recording repeats one of the embedded calls, so a place in it is known up to that call's length; that is
//! enough to tell the sound before a jump from the sound after it, whatever program plays it.

use std::path::Path;
use std::process::{Command, Stdio};

use super::ears::{RATE, is_sound};

/// Samples a second that are compared: the telephone's own.
const COMPARED: usize = 8_000;
const STEP: usize = RATE / COMPARED;

/// As much sound as is looked for.
const WINDOW: usize = COMPARED * 3 / 10;

/// Less alike than this, of 1, is other sound.
const ALIKE: f32 = 0.6;

/// For pieces that are compared at several places.
const SURELY_ALIKE: f32 = 0.85;

/// A hundredth of a second is enough to tell one sound from another where the place is known,
const BLOCK: usize = COMPARED / 100;
/// and it is looked at in steps of a quarter of that.
const BACK: usize = BLOCK / 4;

/// As much sound as is compared before a gap.
const ACROSS: usize = COMPARED / 40;

/// A call in one channel at 8 kHz, as ffmpeg decodes it.
pub struct Reference {
    samples: Vec<f32>,
}

/// Where a piece of sound is from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Of its first frame, in seconds within the call.
    pub seconds: f64,
    /// From 0 to 1.
    pub likeness: f32,
    /// Where the compared samples begin among the frames.
    phase: usize,
    lag: usize,
}

/// Where a sound begins among the frames, and how many gaps it had since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beginning {
    pub first: usize,
    pub gaps: usize,
}

impl Reference {
    pub fn decode(file: &Path) -> Self {
        let output = Command::new("ffmpeg")
            // Every frame as it is: the hour repeats the frames, and what a tag says of their ends is not in it.
            .args(["-v", "error", "-flags2", "+skip_manual", "-i"])
            .arg(file)
            .args(["-ac", "1", "-ar", "8000", "-f", "f32le", "-"])
            .stdin(Stdio::null())
            .output()
            .expect("ffmpeg must be installed");
        assert!(
            output.status.success(),
            "ffmpeg cannot read {}",
            file.display()
        );
        let samples = output.stdout.chunks_exact(4);
        let samples: Vec<f32> = samples
            .map(|four| f32::from_le_bytes(four.try_into().expect("four bytes")))
            .collect();
        assert!(
            samples.len() > WINDOW * 4,
            "{} is too short",
            file.display()
        );
        Self { samples }
    }

    /// Seconds of sound.
    pub fn length(&self) -> f64 {
        self.samples.len() as f64 / COMPARED as f64
    }

    /// Where the first 0.3 s of `frames` are from, within `around` seconds of `about`; `None` where nothing is alike.
    pub fn place(&self, frames: &[[f32; 2]], about: f64, around: f64) -> Option<Place> {
        let length = self.samples.len();
        let whole = around * 2.0 >= self.length();
        let start = (about - around).rem_euclid(self.length());
        let start = if whole {
            0
        } else {
            (start * COMPARED as f64) as usize
        };
        let lags = if whole {
            length
        } else {
            (around * 2.0 * COMPARED as f64) as usize
        };
        let heard = compared(frames, 0);
        let heard = heard.get(..WINDOW)?;
        let rough = (start..start + lags)
            .map(|lag| (lag, self.likeness(heard, lag)))
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        let (lag, phase, likeness) = (rough.0.saturating_sub(1)..=rough.0 + 1)
            .flat_map(|lag| (0..STEP).map(move |phase| (lag, phase)))
            .filter_map(|(lag, phase)| {
                let heard = compared(frames, phase);
                Some((lag, phase, self.likeness(heard.get(..WINDOW)?, lag)))
            })
            .max_by(|a, b| a.2.total_cmp(&b.2))?;
        (likeness >= ALIKE).then(|| Place {
            seconds: (lag % length) as f64 / COMPARED as f64 - phase as f64 / RATE as f64,
            likeness,
            phase,
            lag: lag % length,
        })
    }

    /// Where the sound that `place` belongs to begins, `place` being that of `frames[from..]`.
    pub fn begins(&self, frames: &[[f32; 2]], from: usize, place: Place) -> Beginning {
        let (mut first, mut lag) = (from + place.phase, place.lag + self.samples.len());
        let mut gaps = 0;
        loop {
            (first, lag) = self.back(frames, first, lag);
            // To the frame, where it begins after silence.
            let earlier = first.saturating_sub(BACK * STEP);
            let Some(quiet) = frames[earlier..first]
                .iter()
                .rposition(|frame| !is_sound(frame))
            else {
                return Beginning { first, gaps };
            };
            let quiet = earlier + quiet + 1;
            lag -= (first - quiet) / STEP;
            first = quiet;
            match self.across(frames, first, lag) {
                Some(before) => (first, lag) = before,
                None => return Beginning { first, gaps },
            }
            gaps += 1;
        }
    }

    /// As far back from frame `first`, which is the call's sample `lag`, as it is the same sound without a gap.
    fn back(&self, frames: &[[f32; 2]], mut first: usize, mut lag: usize) -> (usize, usize) {
        while first >= BACK * STEP {
            let earlier = first - BACK * STEP;
            let end = (earlier + BLOCK * STEP).min(frames.len());
            let heard = compared(&frames[earlier..end], 0);
            if has_gap(&frames[earlier..first]) || self.likeness(&heard, lag - BACK) < ALIKE {
                break;
            }
            (first, lag) = (earlier, lag - BACK);
            if lag < self.samples.len() {
                lag += self.samples.len();
            }
        }
        (first, lag)
    }

    /// Whether the sound that begins at frame `first` had begun before the silence that ends there: a gap of a device that
    /// ran dry, which holds the sound up or swallows some of it.
    fn across(&self, frames: &[[f32; 2]], first: usize, lag: usize) -> Option<(usize, usize)> {
        let end = frames[..first].iter().rposition(is_sound)? + 1;
        let start = end.checked_sub(ACROSS * STEP)?;
        let heard = compared(&frames[start..end], 0);
        let swallowed = lag.saturating_sub((first - end) / STEP);
        let (likeness, lag) = [lag, swallowed]
            .into_iter()
            .flat_map(|lag| [lag - 1, lag, lag + 1])
            .map(|lag| lag - ACROSS)
            .map(|lag| (self.likeness(&heard, lag), lag))
            .max_by(|a, b| a.0.total_cmp(&b.0))?;
        (likeness >= SURELY_ALIKE).then_some((start, lag))
    }

    /// The correlation of `heard` with the call from sample `lag` on, which goes round at its end.
    fn likeness(&self, heard: &[f32], lag: usize) -> f32 {
        let length = self.samples.len();
        let lag = lag % length;
        if let Some(there) = self.samples.get(lag..lag + heard.len()) {
            correlation(heard, there)
        } else {
            let there: Vec<f32> = (lag..lag + heard.len())
                .map(|at| self.samples[at % length])
                .collect();
            correlation(heard, &there)
        }
    }
}

/// Whether a thousandth of a second of it is silent.
pub fn has_gap(frames: &[[f32; 2]]) -> bool {
    let mut quiet = 0;
    frames.iter().any(|frame| {
        quiet = if is_sound(frame) { 0 } else { quiet + 1 };
        quiet >= RATE / 1_000
    })
}

/// Both channels as one, every six frames as one sample, from frame `phase` on.
fn compared(frames: &[[f32; 2]], phase: usize) -> Vec<f32> {
    frames
        .get(phase..)
        .unwrap_or_default()
        .chunks_exact(STEP)
        .map(|six| six.iter().map(|[left, right]| left + right).sum())
        .collect()
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    // Eight sums at a time, which the compiler turns into vector instructions.
    let mut sums = [[0.0_f32; 8]; 3];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for lane in 0..8 {
            sums[0][lane] += a[lane] * b[lane];
            sums[1][lane] += a[lane] * a[lane];
            sums[2][lane] += b[lane] * b[lane];
        }
    }
    let [product, ours, theirs] = sums.map(|lanes| lanes.iter().sum::<f32>());
    let norm = (ours * theirs).sqrt();
    if norm > 0.0 { product / norm } else { 0.0 }
}
