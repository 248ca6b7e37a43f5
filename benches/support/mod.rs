//! What the benches share. Each uses a part of it.
//!
//! `CALLREEL_BENCH_QUICK=1` measures fewer times and for a shorter while: to see that the benches work, not to quote.

#![allow(dead_code)]

pub mod ears;
pub mod figures;
pub mod mpv;
pub mod process;
pub mod reference;
pub mod screen;
pub mod server;
pub mod table;

use std::time::Duration;

/// Whether figures are wanted quickly.
pub fn quick() -> bool {
    std::env::var_os("CALLREEL_BENCH_QUICK").is_some_and(|value| !value.is_empty() && value != "0")
}

/// How often to measure: a third of it in a hurry.
pub fn times(times: usize) -> usize {
    if quick() { times.div_ceil(3) } else { times }
}

/// How long to watch: a tenth of it in a hurry.
pub fn span(seconds: u64) -> Duration {
    let span = Duration::from_secs(seconds);
    if quick() { span / 10 } else { span }
}
