//! `callreel config`, the real program, with folders of its own.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/pty.rs"]
mod pty;

#[path = "config"]
mod suite {
    mod files;
    mod screen;
}
