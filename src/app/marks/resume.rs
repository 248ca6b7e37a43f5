//! Where a recording was left. Played again, it goes on there.

use std::sync::Arc;
use std::time::Duration;

use crate::app::player::{Length, State};
use crate::app::{App, Effect, Now, words};
use crate::audio::PlayId;
use crate::plivo::{Recording, RecordingId};
use crate::store::{Change, Position};

/// Who left earlier has heard nothing yet that would be missed.
const LEAST: Duration = Duration::from_secs(10);
/// Who left so near the end has heard it.
const END: Duration = Duration::from_secs(10);

/// What is heard at an instant.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::app) struct Heard {
    play: PlayId,
    id: RecordingId,
    at: Duration,
    length: Option<Length>,
    state: State,
}

impl Heard {
    /// A place worth coming back to.
    fn place(&self) -> Option<Duration> {
        let length = self.length.map(|Length { length, .. }| length);
        let worth = is_worth(self.at, length) && self.state != State::Ended;
        // Finer than a millisecond it is not kept.
        worth.then(|| Duration::from_millis(u64::try_from(self.at.as_millis()).unwrap_or(u64::MAX)))
    }
}

fn is_worth(at: Duration, length: Option<Duration>) -> bool {
    let near_end = length.is_some_and(|length| at.saturating_add(END) >= length);
    at > LEAST && !near_end
}

impl App {
    pub(in crate::app) fn heard(&self, now: Now) -> Option<Heard> {
        let subject = self.player.subject()?;
        Some(Heard {
            play: self.player.play_id()?,
            id: subject.id.clone(),
            at: self.player.position(now.mono),
            length: self.player.length(),
            state: self.player.state(),
        })
    }

    /// Remembers where the listener is, where they pause or go elsewhere; `before` is what was heard before a message came.
    pub(in crate::app) fn note_position(
        &mut self,
        before: Option<Heard>,
        effects: &[Effect],
        now: Now,
    ) -> Vec<Effect> {
        let after = self.heard(now);
        let leaves = effects.iter().any(|effect| {
            matches!(
                effect,
                Effect::Quit | Effect::OpenDemo | Effect::ChangeAccount(_)
            )
        });
        let left = match (before, after) {
            // It broke off: where it did is known from before.
            (Some(before), Some(after))
                if before.play == after.play && after.state == State::Failed =>
            {
                Some(before)
            }
            (Some(before), Some(after)) if before.play == after.play => {
                let rests = matches!(after.state, State::Paused | State::Ended);
                (leaves || (rests && before.state != after.state)).then_some(after)
            }
            // Another is loaded, or none: what was heard last is what counts.
            (before, _) => before,
        };
        // Of what never sounded nothing is known.
        let heard = left.filter(|heard| !matches!(heard.state, State::Opening | State::Failed));
        heard.map_or(Vec::new(), |heard| self.left_at(&heard, now))
    }

    fn left_at(&mut self, heard: &Heard, now: Now) -> Vec<Effect> {
        let done = heard.id.is_stand_in() || self.marks.reviewed(&heard.id).is_some();
        let Some(at) = heard.place().filter(|_| !done) else {
            return self.forget_position(&heard.id);
        };
        if self
            .marks
            .position(&heard.id)
            .is_some_and(|kept| kept.at == at)
        {
            return Vec::new();
        }
        self.remember(Change::Position(Position {
            recording: heard.id.clone(),
            at,
            left: now.wall,
        }))
    }

    pub(super) fn forget_position(&mut self, id: &RecordingId) -> Vec<Effect> {
        match self.marks.position(id) {
            Some(_) => self.remember(Change::NoPosition(id.clone())),
            None => Vec::new(),
        }
    }

    /// Plays a recording, from where it was left. What is loaded already begins anew.
    pub(in crate::app) fn play_on(&mut self, recording: &Arc<Recording>, now: Now) -> Vec<Effect> {
        let loaded = self.player.subject();
        let again = loaded.is_some_and(|subject| subject.id == recording.id);
        let done = self.marks.reviewed(&recording.id).is_some();
        let left = self.marks.position(&recording.id).filter(|left| {
            // The file may have been written by anyone.
            !again && !done && is_worth(left.at, recording.duration)
        });
        let Some(left) = left else {
            return self
                .player
                .play(recording, Duration::ZERO, &mut self.ids, now);
        };
        let away = (now.wall - left.left).to_std().unwrap_or_default();
        let at = left.at.saturating_sub(self.player.step_back(away));
        let effects = self.player.play_from(recording, at, &mut self.ids, now);
        let words = format!(
            "goes on at {} · u starts from the beginning",
            words::length(Duration::from_secs(at.as_secs()))
        );
        self.notices.info(words, now.mono);
        effects
    }
}
