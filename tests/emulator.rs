//! The emulator over real HTTP, and where HTTP libraries are too polite, over bare sockets.

#[path = "emulator"]
mod suite {
    mod client;
    mod faults;
    mod lists;
    mod log;
    mod media;
    mod scale;
}
