//! callreel: a browser for phone-call recordings that lives in the terminal.

pub mod app;
pub mod audio;
pub mod cli;
pub mod emulator;
pub mod plivo;
pub mod ui;
