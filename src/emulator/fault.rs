//! Faults on demand: what goes wrong, for which requests, how often.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

/// Which requests a fault hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Api,
    Media,
    /// Deliveries of asynchronous calls.
    Callback,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The answer comes so many milliseconds later.
    Latency(u64),
    /// The body comes at so many bytes a second.
    Slow(u64),
    /// This status with the usual error body.
    Status(u16),
    /// 429, with `Retry-After` in seconds or without.
    RateLimited(Option<u64>),
    /// A web page instead of the answer, under this status.
    Html(u16),
    /// The connection is closed after so many bytes of the body; half of it by default.
    Cut(Option<u64>),
    /// The answer ends in the middle, and its length says that this is all.
    TruncatedJson,
    /// Nothing more comes after so many bytes of the body, and the connection stays; half of it by default.
    Stall(Option<u64>),
    /// A TCP reset: instead of an answer, or after so many bytes of the body.
    Reset(Option<u64>),
    /// `Range` is ignored: 200 and everything.
    NoRange,
    /// No length is told, and `Range` is ignored.
    Chunked,
    /// The length is told wrong by so many bytes.
    WrongLength(i64),
    /// The first page, whatever place was asked for, with `meta.offset` claiming otherwise.
    OffsetLies,
    /// A row of the page comes twice.
    DuplicateRow,
    /// A row of the page is left out.
    MissingRow,
    /// `total_count` is another each time.
    TotalsDrift,
    /// Something about the delivery of an asynchronous call's answer.
    Callback(CallbackFault),
}

/// What goes wrong with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackFault {
    /// It is never sent.
    Lost,
    /// It is sent twice.
    Duplicate,
    /// It is held back until the delivery of a later call has left, but no longer than a second.
    Reorder,
    /// It comes before the call's own answer.
    Early,
    /// Broken JSON is sent first.
    Garbage,
    /// It is not signed.
    Unsigned,
    /// It is signed by another token.
    WrongSignature,
}

/// A fault to switch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    pub scope: Scope,
    /// After so many requests it is healed; `None` is never.
    pub times: Option<u64>,
    /// Only every so many-th request is hit; 1 is each.
    pub every: u64,
}

/// For `--help`: the names and what they do.
pub const NAMES: &str = "\
429[=SECONDS] (with Retry-After, default 1), 429-bare, 400 to 599 (=N fails N times, then heals), \
latency[=MS] (default 10000), slow[=BYTES/S] (default 64), html[=STATUS], cut[=BYTES], truncated-json, stall[=BYTES], reset[=BYTES], no-range, chunked, \
wrong-length[=BYTES], offset-lies, duplicate-row, missing-row, totals-drift, callback-lost, callback-duplicate, \
callback-reorder, callback-early, callback-garbage, callback-unsigned, callback-wrong-signature. \
slow, cut, stall, reset, no-range, chunked and wrong-length hit media, callback-… deliveries of asynchronous calls, the others \
the API, unless api: or media: stands in front (media-404, media-html work too). \
/N behind any hits every N-th request only. *N behind that hits N requests, then heals.";

/// A fault's text that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFault(String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no fault; there are: {NAMES}", self.0)
    }
}

impl std::error::Error for UnknownFault {}

impl FromStr for Fault {
    type Err = UnknownFault;

    /// Reads `[api:|media:]NAME[=ARG][/EVERY][*TIMES]`.
    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        read(text).ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

fn read(text: &str) -> Option<Fault> {
    let (rest, mut times) = match text.split_once('*') {
        Some((rest, times)) => (rest, Some(times.parse().ok()?)),
        None => (text, None),
    };
    let (rest, every) = match rest.split_once('/') {
        Some((rest, every)) => (rest, every.parse().ok().filter(|every| *every > 0)?),
        None => (rest, 1),
    };
    let (name, arg) = match rest.split_once('=') {
        Some((name, arg)) => (name, Some(arg)),
        None => (rest, None),
    };
    let stripped = |prefix: &str| {
        name.strip_prefix(prefix)
            .and_then(|rest| rest.strip_prefix([':', '-']))
    };
    let (scope, name) = match (stripped("api"), stripped("media")) {
        (Some(name), _) => (Some(Scope::Api), name),
        (_, Some(name)) => (Some(Scope::Media), name),
        _ => (None, name),
    };
    let number = || {
        arg.map(|arg| arg.parse::<u64>().ok())
            .map_or(Some(None), |n| n.map(Some))
    };
    let (kind, usual) = match name {
        "429" => (
            FaultKind::RateLimited(Some(number()?.unwrap_or(1))),
            Scope::Api,
        ),
        "latency" => (FaultKind::Latency(number()?.unwrap_or(10_000)), Scope::Api),
        "slow" => (
            FaultKind::Slow(number()?.unwrap_or(64).max(1)),
            Scope::Media,
        ),
        "cut" => (FaultKind::Cut(number()?), Scope::Media),
        "stall" => (FaultKind::Stall(number()?), Scope::Media),
        "reset" => (FaultKind::Reset(number()?), Scope::Media),
        "html" => {
            let status = number()?.unwrap_or(200);
            let status = u16::try_from(status)
                .ok()
                .filter(|s| (200..600).contains(s))?;
            (FaultKind::Html(status), Scope::Api)
        }
        "wrong-length" => {
            let bytes = arg.map_or(Some(4096), |arg| arg.parse().ok())?;
            (FaultKind::WrongLength(bytes), Scope::Media)
        }
        _ if name.len() == 3 && name.bytes().all(|b| b.is_ascii_digit()) => {
            let status = name.parse().ok().filter(|s| (400..600).contains(s))?;
            times = times.or(number()?);
            (FaultKind::Status(status), Scope::Api)
        }
        _ if arg.is_some() => return None,
        "429-bare" => (FaultKind::RateLimited(None), Scope::Api),
        "truncated-json" => (FaultKind::TruncatedJson, Scope::Api),
        "no-range" => (FaultKind::NoRange, Scope::Media),
        "chunked" => (FaultKind::Chunked, Scope::Media),
        "offset-lies" => (FaultKind::OffsetLies, Scope::Api),
        "duplicate-row" => (FaultKind::DuplicateRow, Scope::Api),
        "missing-row" => (FaultKind::MissingRow, Scope::Api),
        "totals-drift" => (FaultKind::TotalsDrift, Scope::Api),
        // A delivery is no request that another fault could hit, and the other way round.
        _ if scope.is_some() => return None,
        _ => (FaultKind::Callback(callback(name)?), Scope::Callback),
    };
    Some(Fault {
        kind,
        scope: scope.unwrap_or(usual),
        times,
        every,
    })
}

fn callback(name: &str) -> Option<CallbackFault> {
    Some(match name.strip_prefix("callback-")? {
        "lost" => CallbackFault::Lost,
        "duplicate" => CallbackFault::Duplicate,
        "reorder" => CallbackFault::Reorder,
        "early" => CallbackFault::Early,
        "garbage" => CallbackFault::Garbage,
        "unsigned" => CallbackFault::Unsigned,
        "wrong-signature" => CallbackFault::WrongSignature,
        _ => return None,
    })
}

/// The faults that are switched on.
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<Switched>,
}

#[derive(Debug)]
struct Switched {
    fault: Fault,
    /// Requests that it could have hit.
    met: AtomicU64,
    /// Requests that it has left.
    left: AtomicU64,
}

impl Switched {
    fn hits(&self) -> bool {
        let turn = self.met.fetch_add(1, Ordering::AcqRel) + 1;
        let one_less = |left: u64| left.checked_sub(1);
        turn.is_multiple_of(self.fault.every)
            && self
                .left
                .try_update(Ordering::AcqRel, Ordering::Acquire, one_less)
                .is_ok()
    }
}

impl Faults {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        let switched = |fault: Fault| Switched {
            fault,
            met: AtomicU64::new(0),
            left: AtomicU64::new(fault.times.unwrap_or(u64::MAX)),
        };
        Self {
            list: faults.into_iter().map(switched).collect(),
        }
    }

    /// What goes wrong with the next request of this scope; each fault that hits has one request less.
    pub(super) fn draw(&self, scope: Scope) -> Vec<FaultKind> {
        self.list
            .iter()
            .filter(|switched| switched.fault.scope == scope && switched.hits())
            .map(|switched| switched.fault.kind)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_with_scope_argument_and_count() {
        let read = |text: &str| text.parse::<Fault>();
        let fault = |kind, scope, times| {
            Ok(Fault {
                kind,
                scope,
                times,
                every: 1,
            })
        };
        assert_eq!(
            read("429=7"),
            fault(FaultKind::RateLimited(Some(7)), Scope::Api, None)
        );
        assert_eq!(
            read("429-bare*2"),
            fault(FaultKind::RateLimited(None), Scope::Api, Some(2))
        );
        assert_eq!(
            read("500=2"),
            fault(FaultKind::Status(500), Scope::Api, Some(2))
        );
        assert_eq!(
            read("media-404"),
            fault(FaultKind::Status(404), Scope::Media, None)
        );
        assert_eq!(
            read("media-html"),
            fault(FaultKind::Html(200), Scope::Media, None)
        );
        assert_eq!(
            read("api:cut=300*1"),
            fault(FaultKind::Cut(Some(300)), Scope::Api, Some(1))
        );
        assert_eq!(
            read("latency"),
            fault(FaultKind::Latency(10_000), Scope::Api, None)
        );
        assert_eq!(
            read("api:slow=0"),
            fault(FaultKind::Slow(1), Scope::Api, None)
        );
        assert_eq!(
            read("wrong-length=-5"),
            fault(FaultKind::WrongLength(-5), Scope::Media, None)
        );
        assert_eq!(
            read("callback-wrong-signature*3"),
            fault(
                FaultKind::Callback(CallbackFault::WrongSignature),
                Scope::Callback,
                Some(3)
            )
        );
        for bad in [
            "",
            "nonsense",
            "callback-404",
            "callback-lost=1",
            "callback-",
            "api:callback-lost",
            "media-callback-lost",
            "200",
            "cut=x",
            "500=x",
            "chunked=1",
            "cut*",
            "latency=x",
            "cut/0",
            "cut/x",
            "html=9",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_counted_fault_heals() {
        let faults = Faults::new(vec!["500=2".parse().unwrap()]);
        assert!(faults.draw(Scope::Media).is_empty());
        assert_eq!(faults.draw(Scope::Api), [FaultKind::Status(500)]);
        assert_eq!(faults.draw(Scope::Api).len(), 1);
        assert!(faults.draw(Scope::Api).is_empty());
    }

    #[test]
    fn a_fault_may_hit_every_third_request_only() {
        let faults = Faults::new(vec!["media:429=2/3*2".parse().unwrap()]);
        let hit: Vec<_> = (1..=12)
            .filter(|_| {
                !faults.draw(Scope::Api).is_empty() || !faults.draw(Scope::Media).is_empty()
            })
            .collect();
        assert_eq!(hit, [3, 6]);
    }
}
