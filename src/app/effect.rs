//! What the app wants done, as plain data. `runtime` carries it out.

use std::ops::Range;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::audio::{PlayId, Speech, Thresholds};
use crate::plivo::{PageRequest, RecordingId};
use crate::store::Change;

pub use crate::plivo::Priority;

use super::ids::{JobId, RequestId, TimerId};
use super::jobs::Work;
use super::views::View;

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
    /// From here on answers come by callback, or at once.
    Callbacks(bool),
    /// Nobody waits for this any more: it leaves the queue, or is aborted.
    Cancel(RequestId),
    /// `url` as the API gave it: the runtime checks it and adds what may be sent there.
    Play {
        play: PlayId,
        /// Whose sound that is, and when it was added, where that is known: for the audit log.
        recording: RecordingId,
        added: Option<DateTime<Utc>>,
        url: String,
        at: Duration,
        expected: Option<Duration>,
    },
    Pause,
    Resume {
        at: Option<Duration>,
    },
    Seek(Duration),
    /// This link is likely to be played next: fetch its beginning.
    FetchAhead(String),
    /// Hear this part over and over, or no part any more.
    Loop(Option<Range<Duration>>),
    Stop,
    Volume(f32),
    Mute(bool),
    Speech(Speech),
    /// What counts as a turn, an overlap or a fault, from the next recording on.
    Thresholds(Thresholds),
    /// Send `Message::Timer` at this instant.
    Timer {
        timer: TimerId,
        at: Instant,
    },
    CancelTimer(TimerId),
    /// Open the file that holds marks, and tell what is in it; `create`: the user has said that it may be made.
    OpenMarks {
        create: bool,
    },
    /// Into that file, all or none.
    Keep(Vec<Change>),
    /// Write it to the end of the configuration file; the user has said yes.
    SaveView(Box<View>),
    /// Work on several recordings; `Message::Job` tells how it goes.
    Begin {
        job: JobId,
        work: Work,
    },
    /// The deletion that was planned is to be carried out.
    Confirm(JobId),
    /// This job stops after what is under way, and tells when it has.
    StopJob(JobId),
    /// To the clipboard, through the terminal. Already safe text.
    Copy(String),
    /// Hand the terminal back and stop the process (Ctrl-z); `Signal::Continued` follows.
    Suspend,
    /// `Message::Log` with what the log in memory holds.
    ReadLog,
    /// `Message::Profiles` with the accounts of the configuration.
    ReadProfiles(RequestId),
    /// Make this profile's account ready: `Message::ProfileOpened` tells what came of it.
    OpenProfile {
        request: RequestId,
        name: String,
    },
    /// Start again on the account that this request opened.
    ChangeAccount(RequestId),
    /// Start again on the embedded demo account (first-run screen).
    OpenDemo,
    Quit,
}
