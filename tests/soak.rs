//! The real program for a long while: random keys, sizes, pastes, clicks and faults, all of them from one seed.
//!
//! `make soak` runs it for twenty minutes, every test run for one. `SEED=N` does again what that seed did, `MINUTES=N` for
//! another length.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr
)]

#[path = "faults/account.rs"]
#[allow(dead_code, reason = "this file needs a part of it")]
mod account;
#[path = "support/proc.rs"]
mod proc;
#[path = "support/pty.rs"]
mod pty;
#[path = "support/wire.rs"]
mod wire;

#[path = "soak"]
mod suite {
    mod figures;
    mod plan;
    mod run;
    mod sitting;
}
