//! `callreel doctor`, the real program: against an account on loopback, and against what can be wrong.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

#[path = "support/pty.rs"]
mod pty;

#[path = "doctor"]
mod suite {
    use super::pty;

    mod machine;
    mod network;
    mod ran;
}
