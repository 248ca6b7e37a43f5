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
#[path = "support/program.rs"]
mod running;
#[path = "stream/server.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod scripted;
#[path = "support/sender.rs"]
mod sender;
#[path = "support/words.rs"]
mod words;

#[path = "hostile"]
mod suite {
    mod answers;
    mod callbacks;
    mod commands;
    mod config;
    mod deeds;
    mod media;
    mod names;
    mod program;
    mod server;
    mod terminal;
}
