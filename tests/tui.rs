//! The app from its keys to its screens: messages in, a fake account answers, what is drawn is compared.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice
)]

#[path = "tui/account.rs"]
mod account;
#[path = "tui/any.rs"]
mod any;
#[path = "tui/choices.rs"]
mod choices;
#[path = "tui/columns.rs"]
mod columns;
#[path = "tui/deliveries.rs"]
mod deliveries;
#[path = "tui/everywhere.rs"]
mod everywhere;
#[path = "tui/glass.rs"]
mod glass;
#[path = "tui/hostile.rs"]
mod hostile;
#[path = "tui/jobs.rs"]
mod jobs;
#[path = "tui/keys.rs"]
mod keys;
#[path = "tui/list.rs"]
mod list;
#[path = "tui/marks.rs"]
mod marks;
#[path = "tui/moments.rs"]
mod moments;
#[path = "tui/picks.rs"]
mod picks;
#[path = "tui/profiles.rs"]
mod profiles;
#[path = "tui/queue.rs"]
mod queue;
#[path = "tui/screens.rs"]
mod screens;
#[path = "tui/sitting.rs"]
mod sitting;
#[path = "tui/speech.rs"]
mod speech;
#[path = "tui/statistics.rs"]
mod statistics;
#[path = "tui/strangers.rs"]
mod strangers;
#[path = "tui/thrift.rs"]
mod thrift;
#[path = "tui/views.rs"]
mod views;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/words.rs"]
mod words;
