//! The emulator over real HTTP, and where HTTP libraries are too polite, over bare sockets.

// clippy.toml lets test functions off, and here what they share too.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice)]

#[path = "emulator"]
mod suite {
    mod callbacks;
    mod calls;
    mod client;
    mod deliveries;
    mod faults;
    mod lists;
    mod log;
    mod media;
    mod paging;
    mod receiver;
    mod scale;
}
