//! The beginning of the next row is fetched while a recording plays, so that it sounds at once.

use std::time::Duration;

use super::history::Row;
use super::player::State;
use super::{App, Effect, Now};

/// What plays comes first: so much of it is loaded ahead of the ear before anything else is fetched.
const ENOUGH: Duration = Duration::from_secs(30);

impl App {
    /// Asks for the row after the one that plays, once for each that plays.
    pub(super) fn fetch_ahead(&mut self, now: Now) -> Vec<Effect> {
        let Some(subject) = self.player.subject() else {
            return Vec::new();
        };
        let done = self.fetched_ahead_of.as_ref() == Some(&subject.id);
        if done || self.player.state() != State::Playing || !self.has_enough(now) {
            return Vec::new();
        }
        let id = subject.id.clone();
        let rows = self.rows();
        let next = rows.position_of(&id).and_then(|at| rows.get(at + 1));
        // A row that has not come yet is looked for again with the next bytes.
        let Some(Row::Ready(recording)) = next else {
            return Vec::new();
        };
        let url = recording.url.clone().filter(|url| !url.trim().is_empty());
        self.fetched_ahead_of = Some(id);
        url.map(Effect::FetchAhead).into_iter().collect()
    }

    /// Places in the file stand for places in time: near enough for half a minute.
    fn has_enough(&self, now: Now) -> bool {
        let (Some(here), Some(length)) = (self.player.fraction(now.mono), self.player.length())
        else {
            return false;
        };
        let mut parts = self.player.buffered().iter();
        let part = parts.find(|part| f64::from(part.start) <= here && here <= f64::from(part.end));
        part.is_some_and(|part| {
            let ahead = length
                .length
                .mul_f64((f64::from(part.end) - here).clamp(0.0, 1.0));
            ahead >= ENOUGH || part.end >= 1.0
        })
    }
}
