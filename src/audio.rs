//! From a URL to sound: fetch → buffer → decode → speech → ring → output. Knows nothing of Plivo.
//!
//! What the rest of the program uses is plain data: [`Command`] goes in, [`Event`] comes out, each with its [`PlayId`].

mod analysis;
pub mod buffer;
pub mod clip;
pub mod decode;
pub mod event;
pub mod fetch;
pub mod guard;
pub mod levels;
pub mod limit;
pub mod mp3;
pub mod output;
pub mod player;
pub mod resample;
pub mod ring;
pub mod sink;
pub mod speech;
pub mod statistics;
pub mod waveform;

pub use buffer::{Buffer, Cancel, Reader};
pub use event::{Anchor, Command, Error, Event, Media, PlayId, Request};
pub use guard::is_guarded_thread;
pub use player::Player;
pub use sink::Sink;
pub use speech::Speech;
pub use statistics::Statistics;
pub use waveform::{Column, Waveform};
