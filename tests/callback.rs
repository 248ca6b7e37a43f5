//! The receiver of callbacks over real sockets: what it takes, what it refuses, and what it survives.

// clippy.toml lets test functions off, and here what they share too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "support/sender.rs"]
mod sender;

#[path = "callback"]
mod suite {
    mod bind;
    mod closing;
    mod desk;
    mod forms;
    mod receiver;
    mod refusals;
    mod siege;
    mod tap;
}
