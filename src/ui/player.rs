//! How the player's panel looks.

use std::time::Instant;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::player::Player;

use super::context::Context;

/// Where the bar is, and when it would look different by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PlayerMap {
    pub bar: Option<Rect>,
    pub redraw_at: Option<Instant>,
}

/// Rows the panel makes good use of when `spare` are free (0 when nothing is loaded or there is no room).
pub fn height(_player: &Player, spare: u16) -> u16 {
    spare.min(5)
}

/// Draws the panel over the whole of `area` (its border included where there is room for one).
pub fn draw(_frame: &mut Frame, _area: Rect, _player: &Player, _context: &Context) -> PlayerMap {
    PlayerMap::default()
}
