//! What the app wants done, as plain data. `runtime` carries it out.

use std::time::{Duration, Instant};

use crate::audio::PlayId;
use crate::plivo::{PageRequest, RecordingId};

use super::ids::{RequestId, TimerId};

/// Who waits: the request queue serves them in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    /// Rows on the screen.
    Visible,
    Detail,
    Count,
    Prefetch,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    FetchPage {
        request: RequestId,
        page: PageRequest,
        priority: Priority,
    },
    FetchRecording {
        request: RequestId,
        recording: RecordingId,
    },
    /// Nobody waits for this any more: it leaves the queue, or is aborted.
    Cancel(RequestId),
    /// `url` as the API gave it: the runtime checks it and adds what may be sent there.
    Play {
        play: PlayId,
        url: String,
        at: Duration,
        expected: Option<Duration>,
    },
    Pause,
    Resume {
        at: Option<Duration>,
    },
    Seek(Duration),
    Stop,
    Volume(f32),
    Mute(bool),
    /// Send `Message::Timer` at this instant.
    Timer {
        timer: TimerId,
        at: Instant,
    },
    CancelTimer(TimerId),
    /// To the clipboard, through the terminal. Already safe text.
    Copy(String),
    /// Hand the terminal back and stop the process (Ctrl-z); `Signal::Continued` follows.
    Suspend,
    /// Start again on the embedded demo account (first-run screen).
    OpenDemo,
    Quit,
}
