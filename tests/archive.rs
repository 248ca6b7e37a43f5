//! Archiving and deleting: the real program against an account on loopback, with cuts, refusals, kills and files that somebody
//! changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

#[path = "support/pty.rs"]
mod pty;

#[path = "archive"]
mod suite {
    use super::pty;

    mod account;
    mod delete;
    mod download;
    mod kill;
    mod refuse;
    mod resume;
    mod unsure;
    mod verify;
}
