//! How far the listener is in a queue, and how long the rest takes.

use std::time::Duration;

use super::{Item, Queue};
use crate::app::words::{count, span};
use crate::app::{App, Now};
use crate::audio::speech::Speed;

/// What is left to hear at the speed of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    pub time: Duration,
    /// Recordings whose length is not known are not in it.
    pub at_least: bool,
    pub speed: Speed,
}

/// For the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub done: usize,
    pub of: usize,
    /// `None`: all is done.
    pub left: Option<Left>,
}

impl Progress {
    /// `37 of 50`.
    pub fn short(&self) -> String {
        format!("{} of {}", count(self.done as u64), count(self.of as u64))
    }

    /// `37 of 50 · 1 h 10 left at 1.6×`.
    pub fn words(&self) -> String {
        let short = self.short();
        let Some(left) = self.left else {
            return format!("{short} · all done");
        };
        let time = span(left.time);
        let more = if left.at_least { "+" } else { "" };
        let speed = match left.speed {
            Speed::NORMAL => String::new(),
            speed => format!(" at {speed}"),
        };
        format!("{short} · {time}{more} left{speed}")
    }
}

impl App {
    /// How far the listener is in the queue; `None` without one.
    pub fn progress(&self, now: Now) -> Option<Progress> {
        let queue = self.queue.as_ref()?;
        let playing = self.player.subject().map(|subject| &subject.id);
        let heard = self.player.position(now.mono);
        let heard_of = |item: &Item| match playing == Some(&item.id) {
            true => heard,
            false => Duration::ZERO,
        };
        let open: Vec<&Item> = self.open_items(queue).collect();
        let length: Duration = open
            .iter()
            .filter_map(|item| Some(item.length()?.saturating_sub(heard_of(item))))
            .fold(Duration::ZERO, Duration::saturating_add);
        let speed = self.player.speech().speed;
        let left = Left {
            time: length.div_f64(speed.factor()),
            at_least: open.iter().any(|item| item.length().is_none()),
            speed,
        };
        Some(Progress {
            done: queue.len() - open.len(),
            of: queue.len(),
            left: (!open.is_empty()).then_some(left),
        })
    }

    /// What is still to be listened to.
    fn open_items<'a>(&'a self, queue: &'a Queue) -> impl Iterator<Item = &'a Item> {
        queue.items.iter().filter(|item| !self.is_done(item))
    }

    /// It was heard to its end, or marked reviewed.
    pub(super) fn is_done(&self, item: &Item) -> bool {
        item.heard || self.marks.reviewed(&item.id).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(done: usize, left: Option<(u64, u8, bool)>) -> String {
        let left = left.map(|(seconds, tenths, at_least)| Left {
            time: Duration::from_secs(seconds),
            at_least,
            speed: Speed::from_tenths(tenths),
        });
        Progress { done, of: 50, left }.words()
    }

    #[test]
    fn progress_reads_as_a_person_would_say_it() {
        assert_eq!(
            progress(37, Some((4_190, 16, false))),
            "37 of 50 · 1 h 10 left at 1.6×"
        );
        assert_eq!(progress(0, Some((59, 10, true))), "0 of 50 · 1 min+ left");
        assert_eq!(progress(50, None), "50 of 50 · all done");
    }
}
