//! How it looks: `draw(&App, Now, &mut Frame) -> FrameMap`. Reads the app, changes nothing, keeps nothing.

pub mod context;
pub mod filter;
pub mod player;
pub mod text;
pub mod theme;
pub mod waveform;

pub use context::Context;
pub use theme::Styles;

use ratatui::Frame;

use crate::app::{App, FrameMap, Now};

/// Draws everything. Give the map back by [`App::set_map`], and draw again at its `redraw_at`.
pub fn draw(_app: &App, _now: Now, _frame: &mut Frame) -> FrameMap {
    FrameMap::default()
}
