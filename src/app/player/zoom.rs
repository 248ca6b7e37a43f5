//! How much of the recording the waveform shows: all of it, or what is around the position.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::Player;

/// What `w` goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zoom {
    #[default]
    Whole,
    Minute,
    Ten,
}

impl Zoom {
    /// How much is shown; `None`: all.
    fn span(self) -> Option<Duration> {
        match self {
            Self::Whole => None,
            Self::Minute => Some(Duration::from_secs(60)),
            Self::Ten => Some(Duration::from_secs(10)),
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Whole => Self::Minute,
            Self::Minute => Self::Ten,
            Self::Ten => Self::Whole,
        }
    }
}

impl Player {
    /// The next zoom that shows something else. False: the recording is so short that all is shown close enough.
    pub fn zoom(&mut self) -> bool {
        let length = self.length().map(|length| length.length);
        let shows_less = |zoom: Zoom| zoom.span().is_some_and(|span| Some(span) < length);
        let was_whole = !shows_less(self.zoom);
        loop {
            self.zoom = self.zoom.next();
            if self.zoom == Zoom::Whole || shows_less(self.zoom) {
                return !(was_whole && self.zoom == Zoom::Whole);
            }
        }
    }

    /// Only a part of the recording is shown.
    pub fn is_zoomed(&self) -> bool {
        let length = self.length().map(|length| length.length);
        self.zoom.span().is_some_and(|span| Some(span) < length)
    }

    /// The part of the recording that the waveform shows at `now`; `None` without a length. Zoomed in, it stands still while
    /// the position moves through its middle half, then goes on by half of itself: sliding, each column would be drawn anew
    /// many times a second.
    pub fn window(&self, now: Instant) -> Option<Range<Duration>> {
        let length = self.length()?.length;
        let Some(span) = self.zoom.span().filter(|span| *span < length) else {
            return Some(Duration::ZERO..length);
        };
        let half = span / 2;
        let position = self.position(now).as_nanos() / half.as_nanos().max(1);
        let turn = half.saturating_mul(u32::try_from(position).unwrap_or(u32::MAX));
        let start = turn
            .saturating_sub(span / 4)
            .min(length.saturating_sub(span));
        Some(start..start + span)
    }

    /// Where a fraction of what is shown lies in the recording, 0.0 to 1.0.
    pub fn along(&self, window: &Range<Duration>, fraction: f64) -> f64 {
        let length = self
            .length()
            .map_or(0.0, |length| length.length.as_secs_f64());
        let (start, end) = (window.start.as_secs_f64(), window.end.as_secs_f64());
        match length > 0.0 {
            true => ((start + (end - start) * fraction) / length).clamp(0.0, 1.0),
            false => 0.0,
        }
    }
}
