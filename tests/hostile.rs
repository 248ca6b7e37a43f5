//! What callers, servers and files say is printed, and obeyed by no terminal: every command, with hostile text in every field.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

#[path = "support/pty.rs"]
mod pty;
#[path = "support/words.rs"]
mod words;

#[path = "hostile"]
mod suite {
    mod commands;
    mod config;
    mod names;
    mod program;
    mod server;
}
