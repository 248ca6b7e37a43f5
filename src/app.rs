//! State and rules, pure: [`App::update`] takes a [`Message`] and the time, and gives back [`Effect`]s as data.

pub mod criteria;
pub mod effect;
pub mod filter;
pub mod frame;
pub mod history;
pub mod ids;
pub mod input;
pub mod key;
pub mod mask;
pub mod message;
pub mod player;
pub mod setup;
pub mod text;
pub mod when;
pub mod zone;

pub use criteria::Criteria;
pub use effect::{Effect, Priority};
pub use frame::FrameMap;
pub use history::History;
pub use ids::{Ids, RequestId, TimerId};
pub use key::{Key, KeyCode};
pub use message::{Api, Input, Message, Mouse, MouseKind, Signal};
pub use setup::{Setup, Theme};

use std::time::Instant;

use chrono::{DateTime, Utc};

/// The time as the loop saw it when the message came; nothing in `app` or `ui` reads a clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Now {
    pub mono: Instant,
    pub wall: DateTime<Utc>,
}

/// The terminal's size in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub width: u16,
    pub height: u16,
}

/// The whole state. Changed by [`App::update`] only, drawn by [`crate::ui::draw`].
#[derive(Debug, Clone, PartialEq)]
pub struct App {
    setup: Setup,
    map: FrameMap,
}

impl App {
    /// The app as it starts, and the first requests.
    pub fn new(setup: Setup, _now: Now) -> (Self, Vec<Effect>) {
        let map = FrameMap::default();
        (Self { setup, map }, Vec::new())
    }

    /// One thing that happened; what is to be done about it comes back, in order.
    pub fn update(&mut self, _message: Message, _now: Now) -> Vec<Effect> {
        Vec::new()
    }

    /// Where the last drawing put things, for the mouse.
    pub fn set_map(&mut self, map: FrameMap) {
        self.map = map;
    }

    /// What the terminal is asked for.
    pub fn theme(&self) -> Theme {
        self.setup.theme
    }
}
