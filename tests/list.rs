//! `callreel list` and `callreel stats`, the real program, against an account on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

#[path = "support/pty.rs"]
mod pty;

#[path = "list"]
mod suite {
    use super::pty;

    mod all;
    mod ends;
    mod forms;
    mod page;
    mod ran;
    mod stats;
    mod terminal;
}
