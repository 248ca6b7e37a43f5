//! Going to a time that is typed (`t`).

use std::time::Duration;

use super::input::TextLine;
use super::moment::{self, Mistake};
use super::{App, Effect, Now, Overlay, words};

impl App {
    pub(super) fn open_go_to(&mut self, now: Now) {
        match self.player.subject() {
            Some(_) => self.overlay = Some(Overlay::GoTo(TextLine::default())),
            None => {
                let told = self.keymap.spell(words::NOTHING_LOADED);
                self.notices.info(told, now.mono);
            }
        }
    }

    /// Where the typed text leads; `None` while nothing is typed.
    pub fn typed_moment(&self, text: &str, now: Now) -> Option<Result<Duration, Mistake>> {
        if text.trim().is_empty() {
            return None;
        }
        let here = self.player.position(now.mono);
        let length = self.player.length();
        Some(moment::read(text).and_then(|moment| moment.place(here, length)))
    }

    /// Enter. What leads nowhere stays to be mended.
    pub(super) fn go_to_moment(&mut self, line: TextLine, now: Now) -> Vec<Effect> {
        match self.typed_moment(line.text(), now) {
            Some(Ok(place)) => self.player.seek_to(place, now),
            Some(Err(_)) => {
                self.overlay = Some(Overlay::GoTo(line));
                Vec::new()
            }
            None => Vec::new(),
        }
    }
}
