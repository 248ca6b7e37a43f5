//! Archiving: the real program against an account on loopback, with cuts, refusals, kills and files that somebody
//! changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

#[path = "archive"]
mod suite {
    mod account;
    mod download;
    mod kill;
    mod refuse;
    mod verify;
}
