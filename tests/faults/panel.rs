//! The player's panel, and how something gets there.

use callreel::emulator::{Emulator, Special};

use super::account::{id, lines, on_row};
use crate::pty::{Program, Shown};

/// What the frame of the player says: its lines, joined as a reader would.
pub fn panel(shown: &Shown) -> String {
    let lines = lines(shown);
    let top = lines
        .iter()
        .rposition(|line| line.starts_with('╭'))
        .unwrap_or(0);
    let words: Vec<_> = lines[top..]
        .iter()
        .map(|line| line.trim_matches(['│', '╭', '╰', '╮', '╯', ' ']))
        .collect();
    words.join(" ")
}

/// Waits until the frame of the player says all of this.
pub fn panel_says(program: &Program, words: &[&str]) {
    drop(program.wait(&format!("in the player: {words:?}"), |shown| {
        let panel = panel(shown);
        words.iter().all(|word| panel.contains(word))
    }));
}

/// Puts the cursor on a row among the newest and plays it.
pub fn play(program: &mut Program, emulator: &Emulator, special: Special) {
    let row = emulator.special(special).unwrap();
    let rows = emulator.recordings(0, 89);
    let place = rows.iter().position(|other| id(other) == id(&row)).unwrap();
    program.keys(&format!(":{}\r", place + 1));
    on_row(program, &row);
    program.keys("\r");
    program.wait_for(&id(&row)[..8]);
}
