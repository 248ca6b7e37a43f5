//! Everything that can happen to the app, as plain data.

use std::sync::Arc;
use std::time::Instant;

use chrono::TimeDelta;

use crate::audio::{self, PlayId};
use crate::plivo::callback::Counts;
use crate::plivo::{self, Page, Recording};
use crate::store::Told;

use super::Size;
use super::deliveries::Step;
use super::ids::{JobId, RequestId, TimerId};
use super::jobs;
use super::key::Key;
use super::profiles::Profile;
use super::setup::Preferences;
use super::views::View;

#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    Input(Input),
    Api(Api),
    Player(PlayId, audio::Event),
    /// What came of the file that holds marks.
    Marks(Told),
    /// How a job goes.
    Job(JobId, jobs::Told),
    Timer(TimerId),
    Signal(Signal),
    /// The log's lines, oldest first, as `Effect::ReadLog` asked.
    Log(Vec<String>),
    /// The configuration file changed: what is preferred now, or what is wrong with it, in words.
    Preferences(Result<Box<Preferences>, String>),
    /// Why what is heard is not in the audit log, in words; `None` once it is.
    Unlogged(Option<String>),
    /// The accounts of the configuration, as `Effect::ReadProfiles` asked.
    Profiles {
        request: RequestId,
        profiles: Result<Vec<Profile>, String>,
    },
    /// The account of a profile is ready, or cannot be had.
    ProfileOpened {
        request: RequestId,
        opened: Result<(), String>,
    },
    /// What came of `Effect::SaveView`: the view, or why nothing was written.
    ViewSaved(Result<Box<View>, String>),
    /// Something the runtime could not do (copy, open the demo), in words: shown as a notice.
    Trouble(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    Key(Key),
    Mouse(Mouse),
    /// Bracketed paste, as it came.
    Paste(String),
    Resize(Size),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    pub kind: MouseKind,
    pub column: u16,
    pub row: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// Left button pressed.
    Press,
    /// Moved with the left button held.
    Drag,
    WheelUp,
    WheelDown,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Api {
    Page {
        request: RequestId,
        result: Result<Page, plivo::Error>,
    },
    Recording {
        request: RequestId,
        result: Result<Arc<Recording>, plivo::Error>,
    },
    /// How far a request has come whose answer comes by callback.
    Callback { request: RequestId, step: Step },
    /// What has arrived at the callback receiver so far.
    Received(Counts),
    /// The account's limit is used up: nothing is sent before `until`. `None` when requests flow again.
    Throttled { until: Option<Instant> },
    /// What the API's clock shows more than this machine's.
    Clock { ahead: TimeDelta },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// `fg` after Ctrl-z: the terminal is ours again.
    Continued,
    /// SIGTERM or SIGHUP.
    Terminate,
}
