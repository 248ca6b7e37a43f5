//! An account to browse, and what its screens should show.

use callreel::emulator::{self, Emulator, Options};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::pty::{Program, Shown, Start};

/// A recording as the API lists it.
pub type Row = Map<String, Value>;

pub fn start(options: Options) -> Emulator {
    emulator::start(options).unwrap()
}

/// Switches on what goes wrong; `""` is nothing.
pub fn set(emulator: &Emulator, faults: &str) {
    let faults = faults.split(',').filter(|fault| !fault.is_empty());
    emulator.set_faults(faults.map(|fault| fault.parse().unwrap()).collect());
}

/// callreel on this account, not started yet. Times are UTC; playing is silent.
pub fn open(emulator: &Emulator, arguments: &[&str]) -> Start {
    open_at(
        emulator.url(),
        emulator.auth_id(),
        emulator.auth_token(),
        arguments,
    )
}

pub fn open_at(url: &str, id: &str, token: &str, arguments: &[&str]) -> Start {
    let mut all = vec!["--sink", "null"];
    all.extend(arguments);
    Start::callreel(&all)
        .env("CALLREEL_API_URL", url)
        .env("PLIVO_AUTH_ID", id)
        .env("PLIVO_AUTH_TOKEN", token)
}

pub fn id(row: &Row) -> &str {
    row["recording_id"].as_str().unwrap()
}

/// When a row was added, from any of the forms in which the emulator tells it.
pub fn added(row: &Row) -> DateTime<Utc> {
    let text = row["add_time"].as_str().unwrap();
    DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%:z")
        .unwrap()
        .to_utc()
}

/// A row's time as the table shows it.
pub fn stamp(row: &Row) -> String {
    added(row).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A row's time as the API's filters want it.
pub fn exact(row: &Row) -> String {
    added(row).format("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

/// The lines of the screen.
pub fn lines(shown: &Shown) -> Vec<String> {
    let (_, width) = shown.screen().size();
    shown.screen().rows(0, width.get()).collect()
}

/// The table's line with this row, if it is on the screen.
pub fn line_of(shown: &Shown, row: &Row) -> Option<String> {
    let stamp = stamp(row);
    lines(shown).into_iter().find(|line| line.contains(&stamp))
}

/// The line that has the cursor.
pub fn selected(shown: &Shown) -> String {
    let (line, _) = shown.screen().cursor_position();
    lines(shown)
        .get(usize::from(line))
        .cloned()
        .unwrap_or_default()
}

/// The last line: what there is to say, or the hints.
pub fn foot(shown: &Shown) -> String {
    lines(shown).pop().unwrap_or_default().trim().to_owned()
}

/// Waits until the foot says all of this.
pub fn foot_says(program: &Program, words: &[&str]) {
    drop(program.wait(&format!("at the foot: {words:?}"), |shown| {
        let foot = foot(shown);
        words.iter().all(|word| foot.contains(word))
    }));
}

/// Waits until the cursor is on this row.
pub fn on_row(program: &Program, row: &Row) {
    let stamp = stamp(row);
    drop(program.wait(&format!("the cursor on {stamp}"), |shown| {
        selected(shown).contains(&stamp)
    }));
}

/// Waits until this row is on the screen.
pub fn shows(program: &Program, row: &Row) {
    drop(program.wait(&format!("the row {}", stamp(row)), |shown| {
        line_of(shown, row).is_some()
    }));
}
