//! A decoder that plays one part over and over: behind the end of the part it goes on at its start, without a gap.

use std::ops::Range;
use std::time::Duration;

use super::{Decoder, Length, Step, frames_in, time_of};
use crate::audio::event::{Error, Media};

/// Sound fades out and in so long where the end meets the start: both are anywhere in a wave, and would click.
const FADE: Duration = Duration::from_millis(4);

/// Wraps the decoder that is heard. Without a part to repeat it changes nothing.
pub struct Repeating {
    inner: Box<dyn Decoder>,
    /// Frames.
    part: Option<Range<u64>>,
    /// The last block was of the part.
    inside: bool,
    /// What comes next follows the end of the part, not what stands before it.
    turned: bool,
}

impl Repeating {
    pub fn new(inner: Box<dyn Decoder>) -> Self {
        Self {
            inner,
            part: None,
            inside: false,
            turned: false,
        }
    }

    fn turn(&mut self, part: &Range<u64>) {
        let start = time_of(part.start, self.inner.rate());
        self.inner.seek(start);
        (self.inside, self.turned) = (false, true);
    }

    /// Fades what lies at the ends of the part. `first` is the frame of the first sample.
    fn soften(&self, samples: &mut [f32], first: u64, part: &Range<u64>) {
        let fade = frames_in(FADE, self.inner.rate()).max(1) as f32;
        let channels = usize::from(self.inner.channels().max(1));
        for (frame, at) in samples.chunks_mut(channels).zip(first..) {
            let left = part.end.saturating_sub(at) as f32 / fade;
            let since = match self.turned && at >= part.start {
                true => (at - part.start) as f32 / fade,
                false => 1.0,
            };
            let gain = left.min(since).min(1.0);
            frame.iter_mut().for_each(|sample| *sample *= gain);
        }
    }
}

impl Decoder for Repeating {
    fn media(&self) -> Media {
        self.inner.media()
    }

    fn expect(&mut self, length: Duration) {
        self.inner.expect(length);
    }

    fn repeat(&mut self, part: Option<Range<Duration>>) {
        let rate = self.inner.rate();
        let frames = part.map(|part| frames_in(part.start, rate)..frames_in(part.end, rate));
        self.part = frames.filter(|part| part.start < part.end);
        (self.inside, self.turned) = (false, false);
    }

    fn rate(&self) -> u32 {
        self.inner.rate()
    }

    fn channels(&self) -> u16 {
        self.inner.channels()
    }

    fn length(&mut self) -> Option<Length> {
        self.inner.length()
    }

    /// What lies behind the part, and was jumped to, plays on to the end of the recording.
    fn next(&mut self, out: &mut Vec<f32>) -> Result<Step, Error> {
        let before = out.len();
        let step = self.inner.next(out)?;
        let Some(part) = self.part.clone() else {
            return Ok(step);
        };
        match step {
            Step::Block { first, .. } if first < part.end => {
                let channels = usize::from(self.inner.channels().max(1));
                let end = first + ((out.len() - before) / channels) as u64;
                if end > part.end {
                    let kept = usize::try_from(part.end - first).unwrap_or(usize::MAX);
                    out.truncate(before.saturating_add(kept.saturating_mul(channels)));
                }
                if let Some(samples) = out.get_mut(before..) {
                    self.soften(samples, first, &part);
                }
                (self.inside, self.turned) = (end > part.start, self.turned && end <= part.start);
                if end >= part.end {
                    self.turn(&part);
                }
                Ok(step)
            }
            Step::Block { .. } => {
                self.inside = false;
                Ok(step)
            }
            // The part reaches beyond the end. Not inside any more: where there is nothing to repeat it ends.
            Step::End if self.inside => {
                self.turn(&part);
                self.next(out)
            }
            Step::End | Step::NeedBytes => Ok(step),
        }
    }

    fn seek(&mut self, to: Duration) {
        (self.inside, self.turned) = (false, false);
        self.inner.seek(to);
    }

    fn go_to_byte(&mut self, at: u64) {
        (self.inside, self.turned) = (false, false);
        self.inner.go_to_byte(at);
    }

    fn byte(&self) -> u64 {
        self.inner.byte()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::buffer::Buffer;
    use crate::audio::decode::{Role, open};

    const CALL: &[u8] = include_bytes!("../../../assets/calls/support-stereo-cbr32.mp3");

    fn repeating() -> Repeating {
        let buffer = Buffer::from_bytes(CALL.to_vec());
        Repeating::new(open(&buffer, Role::Head).unwrap().unwrap())
    }

    /// Frames and where each stands, until there are `frames`, or the end.
    fn heard(decoder: &mut Repeating, frames: usize) -> Vec<(u64, [f32; 2])> {
        let (mut samples, mut heard) = (Vec::new(), Vec::new());
        while heard.len() < frames {
            samples.clear();
            let Step::Block { first, .. } = decoder.next(&mut samples).unwrap() else {
                break;
            };
            heard.extend((first..).zip(samples.chunks(2).map(|pair| [pair[0], pair[1]])));
        }
        heard.truncate(frames);
        heard
    }

    fn secs(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_part_comes_again_to_the_frame_with_its_own_sound() {
        let mut plain = repeating();
        plain.seek(secs(2.0));
        let plain = heard(&mut plain, 4_000);
        let mut decoder = repeating();
        decoder.repeat(Some(secs(2.0)..secs(2.5)));
        decoder.seek(secs(1.9));
        let heard = heard(&mut decoder, 800 + 3 * 4_000);
        let places: Vec<u64> = heard.iter().map(|(at, _)| *at).collect();
        let once = 16_000..20_000;
        let wanted: Vec<u64> = (15_200..20_000).chain(once.clone()).chain(once).collect();
        assert_eq!(places, wanted);
        // All but the fades is the recording's own.
        for turn in heard[800..].chunks(4_000) {
            for ((_, has), (_, should)) in turn.iter().zip(&plain).skip(64).take(3_900) {
                for (has, should) in has.iter().zip(should) {
                    // The codec's overlap differs by a trace after a jump.
                    assert!((has - should).abs() < 1e-3, "{has} for {should}");
                }
            }
        }
    }

    #[test]
    fn nothing_clicks_where_the_end_meets_the_start() {
        let mut plain = repeating();
        plain.seek(secs(2.0));
        let plain = heard(&mut plain, 1_600);
        // From the highest sample to the lowest: cut hard, nothing would click louder.
        let left = |(at, pair): &(u64, [f32; 2])| (*at, pair[0]);
        let highest = plain[..700]
            .iter()
            .map(left)
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let lowest = plain[800..]
            .iter()
            .map(left)
            .min_by(|a, b| a.1.total_cmp(&b.1));
        let ((start, top), (end, bottom)) = (highest.unwrap(), lowest.unwrap());
        let at = |frame| time_of(frame, 8_000) + Duration::from_nanos(1);
        let mut decoder = repeating();
        decoder.repeat(Some(at(start)..at(end + 1)));
        decoder.seek(at(start));
        let len = (end + 1 - start) as usize;
        let heard = heard(&mut decoder, 4 * len);
        for turn in 1..4 {
            let (before, after) = (heard[turn * len - 1], heard[turn * len]);
            assert_eq!((before.0, after.0), (end, start));
            let jump = (after.1[0] - before.1[0]).abs();
            assert!(jump < (top - bottom) * 0.05, "{jump} of {top} to {bottom}");
        }
    }

    #[test]
    fn beyond_the_part_it_plays_to_the_end_and_a_part_beyond_the_end_comes_again() {
        let mut decoder = repeating();
        decoder.repeat(Some(secs(2.0)..secs(2.5)));
        decoder.seek(secs(79.0));
        assert_eq!(heard(&mut decoder, usize::MAX).len(), 636_889 - 632_000);
        decoder.repeat(Some(secs(79.0)..secs(90.0)));
        decoder.seek(secs(79.0));
        assert_eq!(heard(&mut decoder, 20_000).len(), 20_000);
        // There is nothing to repeat.
        decoder.repeat(Some(secs(80.0)..secs(90.0)));
        decoder.seek(secs(79.5));
        assert!(heard(&mut decoder, usize::MAX).len() < 2_000);
    }
}
