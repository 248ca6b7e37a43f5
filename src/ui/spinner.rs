//! The quiet sign that something is waited for.

use std::time::{Duration, Instant};

use crate::app::status::PATIENCE;

use super::View;

const FRAMES: [char; 8] = ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇', '⠏', '⠋'];
/// Slow on purpose: each turn is written to the terminal, perhaps over a thin line.
const TURN: Duration = Duration::from_millis(250);

/// The sign for something that is waited for since then; nothing before it is worth one. Asks to be drawn again.
pub(super) fn spin(view: &mut View, since: Option<Instant>) -> Option<char> {
    let since = since?;
    let waited = view.now.mono.saturating_duration_since(since);
    let Some(shown) = waited.checked_sub(PATIENCE) else {
        view.map.wake(since + PATIENCE);
        return None;
    };
    let turn = u32::try_from(shown.as_millis() / TURN.as_millis()).unwrap_or(0);
    view.map
        .wake(since + PATIENCE + TURN * turn.saturating_add(1));
    FRAMES.get(turn as usize % FRAMES.len()).copied()
}
