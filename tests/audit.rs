//! The audit log, written by the real program: what is in it, what is not done without it, several programs at once, kills.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

#[path = "archive/account.rs"]
#[allow(dead_code, reason = "this file needs a part of it")]
mod account;
#[path = "support/pty.rs"]
mod pty;

#[path = "audit"]
mod suite {
    use super::{account, pty};

    mod hear;
    mod log;
    mod place;
    mod purge;
    mod works;
}
