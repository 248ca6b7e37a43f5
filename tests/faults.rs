//! The real program in a real terminal, while the account, the network and the files disappoint it; and what "browsing"
//! promises, on screens of two sizes.
//!
//! The account is an emulator in this process, so that its faults come and go while the program runs.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

#[cfg(target_os = "linux")]
#[path = "support/proc.rs"]
mod proc;
#[path = "support/pty.rs"]
mod pty;

#[path = "faults"]
mod suite {
    mod account;
    mod browsing;
    mod callbacks;
    mod filter;
    mod lists;
    mod masked;
    #[cfg(target_os = "linux")]
    mod matrix;
    mod media;
    mod panel;
    mod refused;
}
