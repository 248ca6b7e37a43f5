//! What the loop works with, as it sees it: so that each can be another in a test.

use std::time::Instant;

use ratatui::Frame;

use crate::app::{App, Effect, Message, Now};
use crate::ui;

use super::input::Reader;
use super::signals::{Signals, Told};

/// What the loop drives: state that answers messages with effects, and can be drawn.
pub trait Program {
    fn update(&mut self, message: Message, now: Now) -> Vec<Effect>;

    /// Draws, and tells when the screen would look different by itself.
    fn draw(&mut self, now: Now, frame: &mut Frame<'_>) -> Option<Instant>;
}

impl Program for App {
    fn update(&mut self, message: Message, now: Now) -> Vec<Effect> {
        Self::update(self, message, now)
    }

    fn draw(&mut self, now: Now, frame: &mut Frame<'_>) -> Option<Instant> {
        let map = ui::draw(self, now, frame);
        let redraw_at = map.redraw_at;
        self.set_map(map);
        redraw_at
    }
}

/// Who carries out what the loop cannot do itself: requests, sound.
pub trait Hands {
    fn carry_out(&mut self, effect: Effect);

    /// An answer was told to the app: whatever was kept for it may go.
    fn told(&mut self, _message: &Message) {}
}

/// Where signals come from, so that tests need not raise any.
pub trait Signalled {
    fn next(&mut self) -> impl Future<Output = Told>;
}

impl Signalled for Signals {
    fn next(&mut self) -> impl Future<Output = Told> {
        Self::next(self)
    }
}

/// Someone who can be asked to leave the terminal alone for a while.
pub trait Aside {
    fn aside(&self);
    fn back(&self);
}

impl Aside for Reader {
    fn aside(&self) {
        Self::aside(self);
    }

    fn back(&self) {
        Self::back(self);
    }
}
