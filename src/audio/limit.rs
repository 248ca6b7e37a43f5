//! Nothing above -1 dBTP: a limiter that sees peaks before they come, those between the samples too.
//!
//! It works at the output's rate, just before the ring. What comes out is a little later than what went in; [`Limiter::held`] says by
//! how much, and no frame is lost or added.

use std::collections::VecDeque;

use super::ring::Frame;

/// The highest peak: -1 dBTP, less what four points between two samples may miss.
const CEILING: f32 = 0.876;

/// How long the gain takes to fall before a peak, and about how long to rise behind it.
const AHEAD_SECONDS: f64 = 0.0015;
const RELEASE_SECONDS: f64 = 0.08;

/// Samples that a point between two of them is worked out from, and how many come before it.
const TAPS: usize = 12;
const BEFORE: usize = 5;

/// Frames from the newest sample back to the one whose peak is known.
const KNOWN: usize = TAPS - 1 - BEFORE;

/// Turns stereo down where it would be too loud. Both channels together, so that nobody moves.
pub struct Limiter {
    phases: [[f32; TAPS]; 3],
    /// Frames over which the gain falls.
    ahead: usize,
    release: f64,
    /// Input frames that are not out yet, at their gain.
    held: VecDeque<Frame>,
    /// The newest [`TAPS`] frames.
    newest: VecDeque<Frame>,
    /// The least factors that were wanted lately: rising, each with the frame at which it was.
    least: VecDeque<(u64, f32)>,
    /// The factors of the last `ahead` frames, and their sum.
    factors: VecDeque<f64>,
    sum: f64,
    factor: f64,
    count: u64,
}

impl Limiter {
    /// For an output at `rate` Hz.
    pub fn new(rate: u32) -> Self {
        let rate = f64::from(rate.max(1));
        let ahead = (rate * AHEAD_SECONDS).ceil() as usize;
        Self {
            phases: [0.25, 0.5, 0.75].map(between),
            ahead,
            release: 1.0 / (rate * RELEASE_SECONDS),
            held: VecDeque::new(),
            newest: VecDeque::from([[0.0; 2]; TAPS]),
            least: VecDeque::new(),
            factors: VecDeque::from(vec![1.0; ahead + 1]),
            sum: (ahead + 1) as f64,
            factor: 1.0,
            count: 0,
        }
    }

    /// Frames that went in and are not out yet.
    pub fn held(&self) -> u64 {
        self.held.len() as u64
    }

    /// Takes frames in, makes them louder by `gain`, and appends what is ready to `out`. Where `limits` is false the gain must be 1.0,
    /// and frames pass as they are.
    pub fn push(&mut self, frames: &[Frame], gain: f32, limits: bool, out: &mut Vec<Frame>) {
        for frame in frames {
            let frame = frame.map(|sample| sample * gain);
            self.held.push_back(frame);
            self.newest.pop_front();
            self.newest.push_back(frame);
            let wanted = match limits {
                true => (CEILING / self.peak().max(CEILING)).min(1.0),
                false => 1.0,
            };
            let factor = self.follow(wanted);
            if self.held.len() > self.ahead + KNOWN {
                let oldest = self.held.pop_front();
                out.extend(oldest.map(|frame| frame.map(|sample| sample * factor)));
            }
        }
    }

    /// Appends the rest to `out`.
    pub fn finish(&mut self, limits: bool, out: &mut Vec<Frame>) {
        let rest = self.held.len();
        let before = out.len();
        self.push(&vec![[0.0; 2]; self.ahead + KNOWN], 1.0, limits, out);
        out.truncate(before + rest);
        self.held.clear();
    }

    /// The highest of the frame [`KNOWN`] frames ago and of three points behind it.
    fn peak(&self) -> f32 {
        let at = self.newest.get(BEFORE).copied().unwrap_or_default();
        let mut peak = at.map(f32::abs).into_iter().fold(0.0, f32::max);
        for phase in &self.phases {
            let mut point = [0.0; 2];
            for ([left, right], tap) in self.newest.iter().zip(phase) {
                point = [point[0] + left * tap, point[1] + right * tap];
            }
            peak = point.map(f32::abs).into_iter().fold(peak, f32::max);
        }
        peak
    }

    /// The factor for the frame that is next to come out, when the newest known one wants `wanted`.
    fn follow(&mut self, wanted: f32) -> f32 {
        self.count += 1;
        while self
            .least
            .back()
            .is_some_and(|(_, factor)| *factor >= wanted)
        {
            self.least.pop_back();
        }
        self.least.push_back((self.count, wanted));
        let window = self.ahead as u64 + 2;
        while self
            .least
            .front()
            .is_some_and(|(at, _)| at + window <= self.count)
        {
            self.least.pop_front();
        }
        let least = self
            .least
            .front()
            .map_or(1.0, |(_, factor)| f64::from(*factor));
        self.factor = least.min(self.factor + (1.0 - self.factor) * self.release);
        if self.factor > 0.999_9 && least == 1.0 {
            self.factor = 1.0;
        }
        let oldest = self.factors.pop_front().unwrap_or(1.0);
        self.factors.push_back(self.factor);
        self.sum += self.factor - oldest;
        let mean = self.sum / self.factors.len() as f64;
        // Sums of numbers near 1 leave a trace of themselves: where nothing is to be done, nothing is done.
        if mean > 1.0 - 1e-9 { 1.0 } else { mean as f32 }
    }
}

/// Weights of the samples around a point that stands `fraction` behind the one in the middle: a windowed sinc.
fn between(fraction: f64) -> [f32; TAPS] {
    use std::f64::consts::PI;
    let weights: [f64; TAPS] = std::array::from_fn(|tap| {
        let x = tap as f64 - BEFORE as f64 - fraction;
        let window = 0.5 + 0.5 * (PI * x / (TAPS as f64 / 2.0 + 0.5)).cos();
        (PI * x).sin() / (PI * x) * window
    });
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| (weight / sum) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(frames: &[Frame], gain: f32, limits: bool) -> Vec<Frame> {
        let mut limiter = Limiter::new(48_000);
        let mut out = Vec::new();
        for part in frames.chunks(100) {
            limiter.push(part, gain, limits, &mut out);
        }
        limiter.finish(limits, &mut out);
        out
    }

    fn true_peak(frames: &[Frame]) -> f64 {
        let mut meter = ebur128::EbuR128::new(2, 48_000, ebur128::Mode::TRUE_PEAK).unwrap();
        meter.add_frames_f32(frames.as_flattened()).unwrap();
        let peak = meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap());
        20.0 * peak.log10()
    }

    #[test]
    fn nothing_comes_out_above_the_ceiling_between_samples_either() {
        let mut random = fastrand::Rng::with_seed(2);
        // A quarter of the rate, sampled off its peaks: what stands between is 3 dB higher.
        let quarter = |n: usize| (std::f32::consts::TAU * (n as f32 / 4.0 + 0.125)).sin();
        let sounds: [Vec<Frame>; 4] = [
            (0..9_600).map(|n| [quarter(n), 0.0]).collect(),
            (0..9_600)
                .map(|_| [random.f32() - 0.5, random.f32() - 0.5].map(|s| s * 2.0))
                .collect(),
            (0..9_600)
                .map(|n| [(n as f32 * 0.03).sin(), (n as f32 * 0.3).cos()])
                .collect(),
            (0..9_600)
                .map(|n| [if n % 700 == 0 { 1.0 } else { 0.0 }; 2])
                .collect(),
        ];
        for (sound, frames) in sounds.iter().enumerate() {
            let out = limited(frames, 2.0, true);
            assert_eq!(out.len(), frames.len());
            let peak = true_peak(&out);
            assert!(peak < -1.0, "sound {sound}: {peak} dBTP");
        }
    }

    #[test]
    fn what_is_quiet_enough_passes_bit_by_bit() {
        let frames: Vec<Frame> = (0..5_000)
            .map(|n| [(n as f32 * 0.1).sin() * 0.8; 2])
            .collect();
        assert!(limited(&frames, 1.0, true) == frames);
        let loud: Vec<Frame> = frames.iter().map(|frame| frame.map(|s| s * 1.25)).collect();
        assert!(limited(&loud, 1.0, false) == loud);
    }

    #[test]
    fn after_a_peak_the_level_comes_back_slowly_and_wholly() {
        let mut frames = vec![[0.25; 2]; 96_000];
        frames[1_000] = [1.5; 2];
        let out = limited(&frames, 1.0, true);
        assert!((0.13..0.16).contains(&out[1_001][0]), "{}", out[1_001][0]);
        assert!(out[3_000][0] < 0.23);
        assert_eq!(out[95_000][0], 0.25);
    }

    #[test]
    fn frames_are_kept_when_little_came() {
        for len in [0, 1, 50, 79] {
            assert_eq!(limited(&vec![[0.5; 2]; len], 1.0, true).len(), len);
        }
    }
}
