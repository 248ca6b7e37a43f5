//! Ids minted by the core: an answer counts only while the id it carries is still wanted.

use crate::audio::PlayId;

/// One request to the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// One timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimerId(pub u64);

/// One job: work on several recordings that goes on behind the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// The mint. One counter for all kinds: an id is never used twice in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids(u64);

impl Ids {
    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    pub fn request(&mut self) -> RequestId {
        RequestId(self.next())
    }

    pub fn timer(&mut self) -> TimerId {
        TimerId(self.next())
    }

    pub fn job(&mut self) -> JobId {
        JobId(self.next())
    }

    pub fn play(&mut self) -> PlayId {
        PlayId(self.next())
    }
}
