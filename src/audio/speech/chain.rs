//! The steps in their order, and the account of what becomes of each frame.

use std::collections::VecDeque;

use super::level::Leveler;
use super::skip::{Cut, Shortener};
use super::speed::{self, Stretch};
use super::{Speech, Speed};

/// From this frame of the chain's output on, the recording is heard from `source`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Counted at the recording's rate.
    pub frame: u64,
    /// The frame of the recording.
    pub source: u64,
    /// Frames of silence that were left out before it.
    pub left_out: u64,
}

/// Carries one choice out, for sound that starts anywhere in a recording and goes on from there.
pub struct Chain {
    speech: Speech,
    channels: usize,
    shortener: Option<Shortener>,
    leveler: Option<Leveler>,
    stretch: Option<Box<dyn Stretch>>,
    /// What is left when silence was left out.
    kept: Vec<f32>,
    levelled: Vec<f32>,
    cuts: Vec<Cut>,
    /// The frame of the recording that should come next.
    expected: Option<u64>,
    /// Frames that came behind the shortening.
    passed: u64,
    /// The frame of the recording at which the frame 0 behind the shortening would stand, had nothing been left out.
    origin: i128,
    left_out: u64,
    places: VecDeque<Place>,
}

impl Chain {
    /// For interleaved samples of 1 or 2 channels at `rate` Hz.
    pub fn new(speech: Speech, channels: u16, rate: u32) -> Self {
        let speech = speech.heard_in(channels);
        let channels = channels.clamp(1, 2);
        Self {
            speech,
            channels: usize::from(channels),
            shortener: Shortener::new(speech.skip, usize::from(channels), rate),
            leveler: (speech.level).then(|| Leveler::new(usize::from(channels), rate)),
            stretch: speed::stretch(speech.speed, channels, rate),
            kept: Vec::new(),
            levelled: Vec::new(),
            cuts: Vec::new(),
            expected: None,
            passed: 0,
            origin: 0,
            left_out: 0,
            places: VecDeque::new(),
        }
    }

    /// Takes interleaved samples in, of which the first stands at the frame `first` of the recording, and appends what they
    /// become to `out`.
    pub fn push(&mut self, first: u64, samples: &mut [f32], out: &mut Vec<f32>) {
        if self.expected != Some(first) {
            self.begin(first, out);
        }
        self.expected = Some(first + (samples.len() / self.channels) as u64);
        if self.channels == 2 {
            self.speech.sides.apply(samples);
        }
        match &mut self.shortener {
            Some(shortener) => shortener.push(samples, &mut self.kept, &mut self.cuts),
            None => self.kept.extend_from_slice(samples),
        }
        self.pass(out);
    }

    /// Appends what is still on its way to `out`: nothing more will be pushed.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        self.release(out);
        if let Some(leveler) = &mut self.leveler {
            leveler.finish(&mut self.levelled);
        }
        self.hand_on(out);
        if let Some(stretch) = &mut self.stretch {
            stretch.finish(out);
        }
    }

    /// How fast the recording passes.
    pub fn speed(&self) -> Speed {
        self.speech.speed
    }

    /// The next place at which what comes out does not simply follow what came before.
    pub fn place(&mut self) -> Option<Place> {
        self.places.pop_front()
    }

    /// The recording goes on at `first`, which is not what was expected.
    fn begin(&mut self, first: u64, out: &mut Vec<f32>) {
        self.release(out);
        self.origin = i128::from(first) - i128::from(self.passed) - i128::from(self.left_out);
        self.put_place(self.passed, 0);
    }

    /// Lets go of what was held back to see whether it is silence.
    fn release(&mut self, out: &mut Vec<f32>) {
        if let Some(shortener) = &mut self.shortener {
            shortener.finish(&mut self.kept, &mut self.cuts);
        }
        self.pass(out);
    }

    /// Accounts for what was kept and hands it on.
    fn pass(&mut self, out: &mut Vec<f32>) {
        for cut in std::mem::take(&mut self.cuts) {
            let newly = cut.left_out.saturating_sub(self.left_out);
            self.left_out = cut.left_out;
            self.put_place(cut.frame, newly);
        }
        self.passed += (self.kept.len() / self.channels) as u64;
        match &mut self.leveler {
            Some(leveler) => leveler.push(&self.kept, &mut self.levelled),
            None => std::mem::swap(&mut self.kept, &mut self.levelled),
        }
        self.kept.clear();
        self.hand_on(out);
    }

    /// What is levelled is stretched: the last step.
    fn hand_on(&mut self, out: &mut Vec<f32>) {
        match &mut self.stretch {
            Some(stretch) => {
                stretch.push(&self.levelled);
                stretch.pull(out);
            }
            None => out.extend_from_slice(&self.levelled),
        }
        self.levelled.clear();
    }

    fn put_place(&mut self, frame: u64, left_out: u64) {
        let source = self.origin + i128::from(frame) + i128::from(self.left_out);
        self.places.push_back(Place {
            frame: self.speech.speed.shrink(frame),
            source: u64::try_from(source).unwrap_or(0),
            left_out,
        });
    }
}
