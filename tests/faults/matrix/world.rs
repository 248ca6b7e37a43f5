//! An account in which something goes wrong, and is put right again.

use std::time::Duration;

use callreel::emulator::{Emulator, LogEntry, Options};
use chrono::TimeDelta;

use crate::suite::account::{id, set, start};

/// What goes wrong.
#[derive(Debug, Clone, Copy)]
pub enum Cause {
    /// At the API, and at the media host.
    Faults {
        api: &'static str,
        media: &'static str,
    },
    /// The connection breaks at each of twenty places of the answer.
    Cuts,
    /// Nobody answers any more, for so long.
    Gone(Duration),
    /// The account's clock shows so many hours more.
    Clock(i64),
    /// No such host.
    Nowhere,
}

impl Cause {
    /// Whether anything goes wrong on this side.
    pub fn reaches(self, side: Side) -> bool {
        match (self, side) {
            (Self::Faults { api, .. }, Side::Api) => !api.is_empty(),
            (Self::Faults { media, .. }, Side::Media) => !media.is_empty(),
            (Self::Cuts | Self::Gone(_) | Self::Clock(_) | Self::Nowhere, _) => true,
        }
    }

    /// Whether a cell with it may take a minute and more.
    pub fn is_long(self) -> bool {
        match self {
            Self::Cuts => true,
            Self::Gone(time) => time > Duration::from_secs(10),
            Self::Faults { api, media } => [api, media].iter().any(|faults| {
                ["latency", "stall", "slow"]
                    .iter()
                    .any(|long| faults.contains(long))
            }),
            Self::Clock(_) | Self::Nowhere => false,
        }
    }
}

/// Which side of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Api,
    Media,
}

/// The account.
pub struct World {
    emulator: Option<Emulator>,
    options: Options,
    cause: Cause,
    side: Side,
    /// Requests that had come before it went wrong.
    before: usize,
    /// Whether its host has a name by now.
    named: bool,
}

impl World {
    /// All is well in it yet, but for its clock. `bandwidth` is that of its files.
    pub fn new(cause: Cause, side: Side, bandwidth: Option<u64>) -> Self {
        let mut options = Options {
            bandwidth,
            ..Options::default()
        };
        if let Cause::Clock(hours) = cause {
            options.now += TimeDelta::hours(hours);
        }
        let emulator = start(options.clone());
        // The same again after it was gone.
        options.port = emulator.url().rsplit(':').next().unwrap().parse().unwrap();
        Self {
            emulator: Some(emulator),
            options,
            cause,
            side,
            before: 0,
            named: !matches!(cause, Cause::Nowhere),
        }
    }

    pub fn emulator(&self) -> &Emulator {
        self.emulator.as_ref().unwrap()
    }

    /// Where the program looks for it.
    pub fn url(&self) -> &str {
        match self.named {
            true => self.emulator().url(),
            false => "https://callreel-has-no-such-host.invalid",
        }
    }

    /// Whether nothing of it can be found: what begins now fails before anything is asked.
    pub fn is_nowhere(&self) -> bool {
        !self.named
    }

    /// How long a state is waited for: longer than the program tries, where each try takes its time.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(if self.cause.is_long() { 180 } else { 45 })
    }

    pub fn goes_wrong(&mut self) {
        self.before = self.emulator().requests().len();
        match (self.cause, self.side) {
            (Cause::Faults { api, .. }, Side::Api) => set(self.emulator(), api),
            (Cause::Faults { media, .. }, Side::Media) => set(self.emulator(), media),
            (Cause::Gone(_), _) => self.emulator = None,
            (Cause::Cuts | Cause::Clock(_) | Cause::Nowhere, _) => {}
        }
    }

    /// How long it lasts, where that counts.
    pub fn lasts(&self) -> Option<Duration> {
        match self.cause {
            Cause::Gone(time) => Some(time),
            _ => None,
        }
    }

    pub fn is_put_right(&mut self) {
        self.named = true;
        match &self.emulator {
            Some(emulator) => set(emulator, ""),
            None => self.emulator = Some(start(self.options.clone())),
        }
    }

    /// Whether it still has this recording.
    pub fn has(&self, recording: &str) -> bool {
        self.emulator()
            .recordings(0, 2_000)
            .iter()
            .any(|row| id(row) == recording)
    }

    /// Whether the program has met what went wrong, so that it is not praised for nothing: an answer was spoilt by it. Where nobody
    /// answers, the program's words alone tell that it did; once somebody does again, it has to have asked again.
    pub fn is_met(&self) -> bool {
        match self.cause {
            Cause::Faults { .. } => self.since().any(|request| !request.faults.is_empty()),
            Cause::Clock(hours) => self.since().any(|request| is_off(&request, hours)),
            Cause::Gone(_) if self.emulator.is_none() => true,
            Cause::Nowhere if self.is_nowhere() => true,
            Cause::Gone(_) | Cause::Nowhere | Cause::Cuts => self.asked() > 0,
        }
    }

    /// How often this side was asked for something.
    pub fn asked(&self) -> usize {
        self.requests(0).count()
    }

    /// What this side was asked for since it went wrong.
    fn since(&self) -> impl Iterator<Item = LogEntry> {
        self.requests(self.before)
    }

    fn requests(&self, skip: usize) -> impl Iterator<Item = LogEntry> {
        let wanted = self.side == Side::Media;
        let requests = self.emulator().requests().into_iter().skip(skip);
        requests.filter(move |request| request.path.starts_with("/media/") == wanted)
    }
}

/// Whether the answer told a time that is so many hours from this machine's.
fn is_off(request: &LogEntry, hours: i64) -> bool {
    request.told.is_some_and(|told| {
        let off = told - request.time - TimeDelta::hours(hours);
        off.abs() < TimeDelta::minutes(1)
    })
}
