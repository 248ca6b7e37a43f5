//! callreel: a browser for phone-call recordings that lives in the terminal.

// The plain build of the same code is still checked; clippy.toml has no switch of its own for this lint in tests.
#![cfg_attr(test, allow(clippy::string_slice))]

pub mod app;
pub mod audio;
pub mod cli;
pub mod emulator;
pub mod plivo;
pub mod runtime;
pub mod ui;
