//! `callreel config`, the real program, with folders of its own.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/pty.rs"]
mod pty;

#[path = "config"]
mod suite {
    mod accounts;
    mod files;
    mod keychain;
    mod live;
    mod profiles;
    mod screen;
    mod views;
}
