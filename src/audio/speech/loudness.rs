//! How loud something sounds: K-weighting as ITU-R BS.1770 has it (EBU R128 builds on it), for any rate.

/// The filter before the mean square: a shelf for what a head does, and a high-pass for what is felt and not heard.
pub struct Weighting {
    shelf: Biquad,
    high_pass: Biquad,
}

impl Weighting {
    /// For one channel at `rate` Hz. The analogue prototypes that the 48 kHz coefficients of BS.1770 come from.
    pub fn new(rate: u32) -> Self {
        let rate = f64::from(rate.max(1));
        let (q, gain) = (0.707_175_236_955_419_6, 3.999_843_853_973_347);
        let k = (std::f64::consts::PI * 1_681.974_450_955_533 / rate).tan();
        let high = 10_f64.powf(gain / 20.0);
        let band = high.powf(0.499_666_774_154_541_6);
        let shelf = Biquad::new(
            [
                high + band * k / q + k * k,
                2.0 * (k * k - high),
                high - band * k / q + k * k,
            ],
            [
                1.0 + k / q + k * k,
                2.0 * (k * k - 1.0),
                1.0 - k / q + k * k,
            ],
        );
        let q = 0.500_327_037_323_877_3;
        let k = (std::f64::consts::PI * 38.135_470_876_024_44 / rate).tan();
        let a0 = 1.0 + k / q + k * k;
        // Its gain is not normalised in BS.1770 either.
        let high_pass = Biquad::new(
            [a0, -2.0 * a0, a0],
            [a0, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k],
        );
        Self { shelf, high_pass }
    }

    /// The mean square of what is heard of these samples.
    pub fn mean_square(&mut self, samples: impl Iterator<Item = f32>) -> f64 {
        let (mut sum, mut count) = (0.0, 0_u32);
        for sample in samples {
            let heard = self.high_pass.pass(self.shelf.pass(f64::from(sample)));
            sum += heard * heard;
            count += 1;
        }
        sum / f64::from(count.max(1))
    }
}

/// Loudness of a mean square, in LUFS.
pub fn lufs(mean_square: f64) -> f64 {
    -0.691 + 10.0 * mean_square.max(1e-12).log10()
}

struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    fn new(b: [f64; 3], a: [f64; 3]) -> Self {
        let [a0, a1, a2] = a;
        Self {
            b: b.map(|b| b / a0),
            a: [a1 / a0, a2 / a0],
            state: [0.0; 2],
        }
    }

    fn pass(&mut self, sample: f64) -> f64 {
        let ([b0, b1, b2], [a1, a2], [s1, s2]) = (self.b, self.a, self.state);
        let out = b0 * sample + s1;
        self.state = [b1 * sample - a1 * out + s2, b2 * sample - a2 * out];
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_another_meter() {
        for rate in [8_000, 16_000, 48_000] {
            let mut random = fastrand::Rng::with_seed(1);
            let samples: Vec<f32> = (0..rate * 2).map(|_| random.f32() - 0.5).collect();
            let ours = lufs(Weighting::new(rate).mean_square(samples.iter().copied()));
            let mut meter = ebur128::EbuR128::new(1, rate, ebur128::Mode::I).unwrap();
            meter.add_frames_f32(&samples).unwrap();
            let theirs = meter.loudness_global().unwrap();
            assert!((ours - theirs).abs() < 0.2, "{ours} and {theirs} LUFS");
        }
    }
}
