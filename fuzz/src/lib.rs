//! What must hold for any bytes at all. A check is a function of bytes that panics where something does not hold: the fuzz
//! targets give it what libFuzzer invents, and `tests/fuzz.rs` what was kept of that (`fuzz/corpus`), with a stable compiler.

mod content;
mod sound;

pub use content::{callback, dates, json, text, times};
pub use sound::{decode, headers};
