//! callreel: a browser for phone-call recordings that lives in the terminal.

pub mod audio;
pub mod cli;
pub mod emulator;
pub mod plivo;
