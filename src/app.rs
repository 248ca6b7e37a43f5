//! State and rules, pure: [`App::update`] takes a [`Message`] and the time, and gives back [`Effect`]s as data.

pub mod criteria;
pub mod effect;
pub mod history;
pub mod ids;
pub mod key;
pub mod message;

pub use criteria::Criteria;
pub use effect::{Effect, Priority};
pub use history::History;
pub use ids::{Ids, RequestId, TimerId};
pub use key::{Key, KeyCode};
pub use message::{Api, Input, Message, Mouse, MouseKind, Signal};

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
