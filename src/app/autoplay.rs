//! At the end of a recording: the next row, when that was asked for.

use super::player::State;
use super::{App, Effect, Now};
use crate::audio::{Event, PlayId};

impl App {
    pub(super) fn toggle_autoplay(&mut self, now: Now) {
        self.player.toggle_autoplay();
        let words = match self.player.autoplay() {
            true => "autoplay: at the end the next row plays",
            false => "no autoplay",
        };
        self.notices.info(words, now.mono);
    }

    /// What the sound thread told, and what follows from it. One that fails is not skipped: its trouble is to be read.
    pub(super) fn player_told(&mut self, play: PlayId, event: Event, now: Now) -> Vec<Effect> {
        // Who has paused and jumps to the end is looking for something there.
        let was_heard = self.player.is_playing();
        self.player.event(play, event, now);
        let ended = was_heard && self.player.state() == State::Ended;
        let mut effects = Vec::new();
        if ended && let Some(subject) = self.player.subject() {
            let id = subject.id.clone();
            effects.extend(self.heard_out(&id));
        }
        effects.extend(match ended && self.player.autoplay() {
            true => self.play_after(1, now),
            false => self.fetch_ahead(now),
        });
        effects
    }
}
