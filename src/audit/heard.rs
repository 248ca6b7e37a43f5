//! How much of a recording was heard, and where: counted from the anchors that the player tells, so that what was merely loaded,
//! jumped over, muted or left out as silence does not count.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::Deed;
use crate::audio::{Anchor, Event};

/// Parts that meet within this are one: positions are exact to some milliseconds.
const MEET: Duration = Duration::from_millis(20);
/// Parts that are kept apart while it plays.
const MOST_KEPT: usize = 4096;
/// Parts that stand in a line of the log.
const MOST_LOGGED: usize = 64;

/// One playback as it is heard.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Where the sound is, while it moves.
    moving: Option<Anchor>,
    audible: bool,
    began: Option<DateTime<Utc>>,
    seconds: Duration,
    /// Ascending, disjoint.
    parts: Vec<(Duration, Duration)>,
    /// Parts for which there was no room.
    lost: usize,
    length: Option<Duration>,
}

impl Heard {
    /// Nothing yet; `audible`: its sound can be heard once it comes.
    pub fn new(audible: bool) -> Self {
        Self {
            moving: None,
            audible,
            began: None,
            seconds: Duration::ZERO,
            parts: Vec::new(),
            lost: 0,
            length: None,
        }
    }

    /// What the player told. Gives what was heard when that was the end of it.
    pub fn event(&mut self, event: &Event, wall: DateTime<Utc>) -> Option<Deed> {
        match event {
            Event::Playing(anchor) => {
                self.stop_at(anchor.at, None);
                self.moving = (anchor.speed > 0.0).then_some(*anchor);
                if self.audible {
                    self.began.get_or_insert(wall);
                }
            }
            Event::Buffering(anchor) | Event::Paused(anchor) => self.stop_at(anchor.at, None),
            Event::Length {
                length,
                exact: true,
            } => self.length = Some(*length),
            Event::Ended(anchor) => {
                self.stop_at(anchor.at, Some(anchor.position));
                return self.take("ended");
            }
            Event::Failed(_) => {
                self.stop_at(Instant::now(), None);
                return self.take("failed");
            }
            _ => {}
        }
        None
    }

    /// From `at` on its sound can be heard, or not: it is muted, or turned down to nothing.
    pub fn audible(&mut self, audible: bool, at: Instant, wall: DateTime<Utc>) {
        let moving = self.moving;
        self.stop_at(at, None);
        self.audible = audible;
        self.moving = moving.map(|anchor| Anchor {
            position: anchor.position_at(at),
            at,
            ..anchor
        });
        if audible && self.moving.is_some() {
            self.began.get_or_insert(wall);
        }
    }

    /// It is over at `at`. Gives what was heard, if anything was.
    pub fn end(&mut self, at: Instant, over: &'static str) -> Option<Deed> {
        self.stop_at(at, None);
        self.take(over)
    }

    /// The sound stops at `at`, at this position where it is known.
    fn stop_at(&mut self, at: Instant, known: Option<Duration>) {
        let Some(anchor) = self.moving.take().filter(|_| self.audible) else {
            return;
        };
        let mut to = anchor.position_at(at);
        for most in [self.length, known].into_iter().flatten() {
            to = to.min(most);
        }
        if let Some(seconds) = to.checked_sub(anchor.position) {
            self.seconds += seconds;
            self.put(anchor.position, to);
        }
    }

    fn put(&mut self, from: Duration, to: Duration) {
        let first = self.parts.partition_point(|(_, end)| *end + MEET < from);
        let after = self.parts.partition_point(|(start, _)| *start <= to + MEET);
        if first == after && self.parts.len() >= MOST_KEPT {
            self.lost += 1;
            return;
        }
        let met = self.parts.get(first..after).unwrap_or_default();
        let start = met.first().map_or(from, |part| part.0.min(from));
        let end = met.last().map_or(to, |part| part.1.max(to));
        self.parts.splice(first..after, [(start, end)]);
    }

    fn take(&mut self, over: &'static str) -> Option<Deed> {
        let next = Self {
            length: self.length,
            ..Self::new(self.audible)
        };
        let heard = std::mem::replace(self, next);
        let mut parts = heard.parts;
        let more_parts = parts.len().saturating_sub(MOST_LOGGED) + heard.lost;
        parts.truncate(MOST_LOGGED);
        let some = heard.seconds >= Duration::from_millis(1);
        some.then(|| Deed::Listened {
            seconds: heard.seconds,
            parts,
            more_parts,
            began: heard.began.unwrap_or_default(),
            over,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds, parts, and why it was over.
    type Plain = (f64, Vec<(f64, f64)>, &'static str);

    struct Bench {
        heard: Heard,
        start: Instant,
    }

    fn secs(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    impl Bench {
        fn new() -> Self {
            Self {
                heard: Heard::new(true),
                start: Instant::now(),
            }
        }

        fn anchor(&self, at: f64, position: f64, speed: f64) -> Anchor {
            Anchor {
                position: secs(position),
                at: self.start + secs(at),
                speed,
            }
        }

        fn told(&mut self, event: &Event) -> Option<Plain> {
            let deed = self.heard.event(event, Utc::now());
            deed.map(plain)
        }

        fn end(&mut self, at: f64) -> Option<Plain> {
            self.heard.end(self.start + secs(at), "quit").map(plain)
        }
    }

    fn plain(deed: Deed) -> Plain {
        let Deed::Listened {
            seconds,
            parts,
            over,
            ..
        } = deed
        else {
            panic!("{deed:?}");
        };
        let parts = parts.iter();
        let parts = parts.map(|(from, to)| (from.as_secs_f64(), to.as_secs_f64()));
        (seconds.as_secs_f64(), parts.collect(), over)
    }

    #[test]
    fn what_was_waited_for_paused_or_jumped_over_does_not_count() {
        let mut bench = Bench::new();
        bench.told(&Event::Opening);
        bench.told(&Event::Buffering(bench.anchor(1.0, 0.0, 0.0)));
        bench.told(&Event::Playing(bench.anchor(5.0, 0.0, 1.0)));
        bench.told(&Event::Paused(bench.anchor(8.0, 3.0, 0.0)));
        // It steps back a little, at twice the speed, and then jumps far.
        bench.told(&Event::Playing(bench.anchor(100.0, 1.0, 2.0)));
        bench.told(&Event::Playing(bench.anchor(102.0, 60.0, 1.0)));
        assert_eq!(
            bench.end(104.0),
            Some((9.0, vec![(0.0, 5.0), (60.0, 62.0)], "quit"))
        );
        assert_eq!(bench.end(200.0), None, "it is told once");
    }

    #[test]
    fn the_end_is_where_the_recording_ends_and_it_can_be_heard_again() {
        let mut bench = Bench::new();
        bench.told(&Event::Playing(bench.anchor(0.0, 5.0, 1.0)));
        let ended = bench.told(&Event::Ended(bench.anchor(4.2, 9.0, 0.0)));
        assert_eq!(ended, Some((4.0, vec![(5.0, 9.0)], "ended")));
        bench.told(&Event::Playing(bench.anchor(10.0, 0.0, 1.0)));
        assert_eq!(bench.end(11.0), Some((1.0, vec![(0.0, 1.0)], "quit")));
    }

    #[test]
    fn muted_sound_is_not_heard() {
        let mut bench = Bench::new();
        bench.told(&Event::Playing(bench.anchor(0.0, 0.0, 1.0)));
        let (start, wall) = (bench.start, Utc::now());
        bench.heard.audible(false, start + secs(2.0), wall);
        bench.heard.audible(true, start + secs(5.0), wall);
        assert_eq!(
            bench.end(6.0),
            Some((3.0, vec![(0.0, 2.0), (5.0, 6.0)], "quit"))
        );
    }

    #[test]
    fn a_part_that_is_heard_over_and_over_is_one_part_and_more_seconds() {
        let mut bench = Bench::new();
        for round in 0..3 {
            bench.told(&Event::Playing(bench.anchor(
                f64::from(round) * 2.0,
                10.0,
                1.0,
            )));
        }
        assert_eq!(bench.end(6.0), Some((6.0, vec![(10.0, 12.0)], "quit")));
    }

    #[test]
    fn many_parts_are_bounded_and_counted() {
        let mut bench = Bench::new();
        for part in 0..10_000_u32 {
            let at = f64::from(part);
            bench.told(&Event::Playing(bench.anchor(at, at * 10.0, 1.0)));
        }
        let deed = bench.heard.end(bench.start + secs(10_000.0), "quit");
        let Some(Deed::Listened {
            parts, more_parts, ..
        }) = deed
        else {
            panic!("{deed:?}");
        };
        assert_eq!((parts.len(), more_parts), (64, 10_000 - 64));
    }
}
