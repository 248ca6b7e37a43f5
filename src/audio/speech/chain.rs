//! The steps in their order, and the account of what becomes of each frame.

use super::speed::{self, Stretch};
use super::{Speech, Speed};

/// From this frame of the chain's output on, the recording is heard from `source`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Counted at the recording's rate.
    pub frame: u64,
    /// The frame of the recording.
    pub source: u64,
}

/// Carries one choice out, for sound that starts anywhere in a recording and goes on from there.
pub struct Chain {
    speech: Speech,
    channels: usize,
    stretch: Option<Box<dyn Stretch>>,
    /// Frames taken, and the one of the recording that should come next.
    taken: u64,
    expected: Option<u64>,
    place: Option<Place>,
}

impl Chain {
    /// For interleaved samples of 1 or 2 channels at `rate` Hz.
    pub fn new(speech: Speech, channels: u16, rate: u32) -> Self {
        let speech = speech.heard_in(channels);
        let channels = channels.clamp(1, 2);
        Self {
            speech,
            channels: usize::from(channels),
            stretch: speed::stretch(speech.speed, channels, rate),
            taken: 0,
            expected: None,
            place: None,
        }
    }

    /// Takes interleaved samples in, of which the first stands at the frame `first` of the recording, and appends what they
    /// become to `out`.
    pub fn push(&mut self, first: u64, samples: &mut [f32], out: &mut Vec<f32>) {
        if self.expected != Some(first) {
            self.place = Some(Place {
                frame: self.speech.speed.shrink(self.taken),
                source: first,
            });
        }
        let frames = (samples.len() / self.channels) as u64;
        self.taken += frames;
        self.expected = Some(first + frames);
        if self.channels == 2 {
            self.speech.sides.apply(samples);
        }
        match &mut self.stretch {
            Some(stretch) => {
                stretch.push(samples);
                stretch.pull(out);
            }
            None => out.extend_from_slice(samples),
        }
    }

    /// Appends what is still on its way to `out`: nothing more will be pushed.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        if let Some(stretch) = &mut self.stretch {
            stretch.finish(out);
        }
    }

    /// How fast the recording passes.
    pub fn speed(&self) -> Speed {
        self.speech.speed
    }

    /// Where what was pushed last does not simply follow what came before. Told once.
    pub fn place(&mut self) -> Option<Place> {
        self.place.take()
    }
}
