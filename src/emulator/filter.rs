//! The list call's filters: read from a query string, validated as the API does, and matched against ordinals.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::Era;
use super::account::View;
use super::catalogue::{Catalogue, Meeting, Party};
use super::ident::Kind;
use super::render::Nameless;

/// Without an `add_time` filter today's API lists so many days (api.md).
const DEFAULT_DAYS: i64 = 7;
/// The longest `add_time` range that today's API answers (api.md).
const MOST_DAYS: i64 = 30;

/// Why a request is answered 400: a sentence for the developer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) String);

/// A comparison's bounds: the strictest of those that were sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Bounds {
    /// Inclusive.
    pub(super) least: Option<i64>,
    /// Exclusive.
    pub(super) below: Option<i64>,
}

impl Bounds {
    fn apply(&mut self, comparison: Comparison, value: i64) {
        let next = value.saturating_add(1);
        match comparison {
            Comparison::Gt => self.raise(next),
            Comparison::Gte => self.raise(value),
            Comparison::Lt => self.lower(value),
            Comparison::Lte => self.lower(next),
            Comparison::Is => {
                self.raise(value);
                self.lower(next);
            }
        }
    }

    fn raise(&mut self, value: i64) {
        self.least = Some(self.least.map_or(value, |least| least.max(value)));
    }

    fn lower(&mut self, value: i64) {
        self.below = Some(self.below.map_or(value, |below| below.min(value)));
    }

    fn given(self) -> bool {
        self.least.is_some() || self.below.is_some()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Is,
    Gt,
    Gte,
    Lt,
    Lte,
}

impl Comparison {
    /// Reads the end of a parameter's name: nothing, or `__gt` and its like.
    fn read(suffix: &str) -> Option<Self> {
        Some(match suffix {
            "" => Self::Is,
            "__gt" => Self::Gt,
            "__gte" => Self::Gte,
            "__lt" => Self::Lt,
            "__lte" => Self::Lte,
            _ => return None,
        })
    }
}

/// The filters that are plain equality.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Equal {
    Subaccount(String),
    Call(String),
    From(String),
    To(String),
    ConferenceName(String),
    ConferenceUuid(String),
    MpcName(String),
    MpcUuid(String),
}

impl Equal {
    /// The filter that a parameter stands for in an era; other parameters are ignored, as by the API.
    fn read(era: Era, name: &str, value: &str) -> Option<Self> {
        let value = value.to_owned();
        Some(match name {
            "subaccount" => Self::Subaccount(value),
            "call_uuid" => Self::Call(value),
            _ if era == Era::Legacy => return None,
            "from_number" => Self::From(value),
            "to_number" => Self::To(value),
            "conference_name" => Self::ConferenceName(value),
            "conference_uuid" => Self::ConferenceUuid(value),
            "mpc_name" => Self::MpcName(value),
            "mpc_uuid" => Self::MpcUuid(value),
            _ => return None,
        })
    }
}

/// All filters of one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    equal: Vec<Equal>,
    /// Microseconds of Unix time.
    time: Bounds,
    /// Days since a recording was added.
    stored: Bounds,
}

impl Filter {
    /// Reads the filters among a query string's pairs. An empty value is no filter.
    ///
    /// # Errors
    /// A value of the wrong form, or a combination that the era's API refuses.
    pub(super) fn read(
        era: Era,
        pairs: &[(String, String)],
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let mut filter = Self::default();
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            if let Some(suffix) = name.strip_prefix("add_time") {
                let comparison = Comparison::read(suffix)
                    .ok_or_else(|| Refusal(format!("{name} is not a parameter of this API")))?;
                filter.time.apply(comparison, time(name, value)?);
            } else if let Some(suffix) = name.strip_prefix("recording_storage_duration")
                && era == Era::Current
            {
                let comparison = Comparison::read(suffix)
                    .ok_or_else(|| Refusal(format!("{name} is not a parameter of this API")))?;
                let days = value.parse().ok().filter(|days| *days >= 0);
                filter.stored.apply(
                    comparison,
                    days.ok_or_else(|| {
                        Refusal(format!(
                            "{name} must be a whole number of days, not {value:?}"
                        ))
                    })?,
                );
            } else if let Some(equal) = Equal::read(era, name, value) {
                if matches!(&equal, Equal::Subaccount(id) if !is_subaccount(id)) {
                    return Err(Refusal(format!(
                        "subaccount must be SA and 18 capital letters or digits, not {value:?}"
                    )));
                }
                filter.equal.push(equal);
            }
        }
        if era == Era::Current {
            filter.check_ranges(now)?;
        }
        Ok(filter)
    }

    /// Today's rules for ranges of time.
    fn check_ranges(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.time.given() && self.stored.given() {
            return Err(Refusal(
                "recording_storage_duration cannot be combined with add_time".to_owned(),
            ));
        }
        if self.stored.given() {
            return Ok(());
        }
        let now = now.timestamp_micros();
        let most = TimeDelta::days(MOST_DAYS)
            .num_microseconds()
            .unwrap_or(i64::MAX);
        match (self.time.least, self.time.below) {
            (None, None) => self.time.raise(
                now - TimeDelta::days(DEFAULT_DAYS)
                    .num_microseconds()
                    .unwrap_or(0),
            ),
            // No source says what a lone upper bound means; the longest range that is allowed is the kindest reading.
            (None, Some(below)) => self.time.raise(below.saturating_sub(most)),
            // Exclusive bounds reach a microsecond further on either side than what they let through.
            (Some(least), below) if below.unwrap_or(now).saturating_sub(least) > most + 1 => {
                return Err(Refusal(format!(
                    "the add_time range must not be longer than {MOST_DAYS} days"
                )));
            }
            (Some(_), _) => {}
        }
        Ok(())
    }

    /// Turns the filters into a range of ordinals and what is left to look at one by one.
    pub(super) fn select(&self, view: &View<'_>, subaccounts: &[String]) -> Selection {
        let mut selection = Selection {
            low: 0,
            high: view.end(),
            tests: Vec::new(),
        };
        if let Some(least) = self.time.least {
            selection.above(view.first_time(|time| time >= least));
        }
        if let Some(below) = self.time.below {
            selection.under(view.first_time(|time| time >= below));
        }
        // The longer stored, the older: days fall as ordinals grow.
        if let Some(least) = self.stored.least {
            selection.under(view.first_time(|time| days_stored(view.now, time) < least));
        }
        if let Some(below) = self.stored.below {
            selection.above(view.first_time(|time| days_stored(view.now, time) < below));
        }
        for equal in &self.equal {
            selection.narrow(equal, view.catalogue(), subaccounts);
        }
        selection
    }
}

/// Whole days from a time to now.
pub(super) fn days_stored(now: DateTime<Utc>, time_us: i64) -> i64 {
    (now.timestamp_micros().saturating_sub(time_us)).div_euclid(86_400_000_000)
}

fn is_subaccount(id: &str) -> bool {
    id.len() == 20
        && id.strip_prefix("SA").is_some_and(|rest| {
            rest.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        })
}

/// Reads `YYYY-MM-DD HH:MM[:ss[.uuuuuu]]` as microseconds of Unix time, UTC.
fn time(name: &str, value: &str) -> Result<i64, Refusal> {
    let refuse = || {
        Refusal(format!(
            "{name} must have the form YYYY-MM-DD HH:MM[:ss[.uuuuuu]], not {value:?}"
        ))
    };
    let shape: String = value
        .chars()
        .map(|c| if c.is_ascii_digit() { '9' } else { c })
        .collect();
    let (whole, fraction) = shape.split_once('.').unwrap_or((&shape, "9"));
    let fraction_fits = (1..=6).contains(&fraction.len()) && fraction.bytes().all(|b| b == b'9');
    let format = match whole {
        "9999-99-99 99:99" if !shape.contains('.') => "%Y-%m-%d %H:%M",
        "9999-99-99 99:99:99" if fraction_fits => "%Y-%m-%d %H:%M:%S%.f",
        _ => return Err(refuse()),
    };
    NaiveDateTime::parse_from_str(value, format)
        .map(|time| time.and_utc().timestamp_micros())
        .map_err(|_| refuse())
}

/// Something that an ordinal must satisfy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    From(Party),
    To(Party),
    Meeting(Meeting),
    /// The conference's name as the API writes it.
    ConferenceName(&'static str),
    /// A call that is none, and says so with the name `noname`.
    Noname,
    MpcName(&'static str),
    Subaccount(u8),
    Call(u64),
}

/// Ordinals that a filter lets through: a range, of which some may have to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) low: u64,
    pub(super) high: u64,
    tests: Vec<Test>,
}

impl Selection {
    fn above(&mut self, low: u64) {
        self.low = self.low.max(low);
    }

    fn under(&mut self, high: u64) {
        self.high = self.high.min(high);
    }

    fn nothing(&mut self) {
        self.high = self.low;
    }

    /// Whether every recording of the range belongs.
    pub(super) fn is_range(&self) -> bool {
        self.tests.is_empty()
    }

    pub(super) fn lets(&self, catalogue: &Catalogue, ordinal: u64) -> bool {
        self.tests.iter().all(|test| match *test {
            Test::From(party) => catalogue.parties(ordinal).0 == party,
            Test::To(party) => catalogue.parties(ordinal).1 == party,
            Test::Meeting(meeting) => catalogue.meeting(ordinal) == Some(meeting),
            Test::ConferenceName(name) => match catalogue.meeting(ordinal) {
                Some(Meeting::Conference(gathering)) => {
                    catalogue.conference_name(gathering) == name
                }
                _ => false,
            },
            Test::Noname => {
                catalogue.nameless(ordinal) == Nameless::Noname
                    && !matches!(
                        catalogue.meeting(ordinal),
                        Some(Meeting::Conference(_) | Meeting::HostileConference)
                    )
            }
            Test::MpcName(name) => match catalogue.meeting(ordinal) {
                Some(Meeting::MultiParty(gathering)) => catalogue.mpc_name(gathering) == name,
                _ => false,
            },
            Test::Subaccount(n) => catalogue.subaccount(ordinal) == Some(n),
            Test::Call(call) => catalogue.call(ordinal) == call,
        })
    }

    fn narrow(&mut self, equal: &Equal, catalogue: &Catalogue, subaccounts: &[String]) {
        let ids = catalogue.ids;
        let test = match equal {
            Equal::Subaccount(id) => subaccounts
                .iter()
                .position(|known| known == id)
                .map(|n| Test::Subaccount(n as u8)),
            Equal::Call(id) => ids.read_uuid(Kind::Call, id).map(|call| {
                self.above(call);
                self.under(call.saturating_add(2));
                Test::Call(call)
            }),
            Equal::From(text) => Party::named(text).map(Test::From),
            Equal::To(text) => Party::named(text).map(Test::To),
            Equal::ConferenceName(name) if *name == super::hostile::conference_name() => {
                Some(Test::Meeting(Meeting::HostileConference))
            }
            Equal::ConferenceName(name) if name == "noname" => Some(Test::Noname),
            Equal::ConferenceName(name) => {
                Catalogue::known_conference_name(name).map(Test::ConferenceName)
            }
            Equal::MpcName(name) => Catalogue::known_mpc_name(name).map(Test::MpcName),
            Equal::ConferenceUuid(id) => ids.read_uuid(Kind::Conference, id).map(|gathering| {
                if gathering == u64::MAX {
                    Test::Meeting(Meeting::HostileConference)
                } else {
                    self.gathering(gathering);
                    Test::Meeting(Meeting::Conference(gathering))
                }
            }),
            Equal::MpcUuid(id) => ids.read_uuid(Kind::MultiParty, id).map(|gathering| {
                self.gathering(gathering);
                Test::Meeting(Meeting::MultiParty(gathering))
            }),
        };
        match test {
            Some(test) => self.tests.push(test),
            None => self.nothing(),
        }
    }

    fn gathering(&mut self, gathering: u64) {
        let (low, high) = Catalogue::gathering_range(gathering);
        self.above(low);
        self.under(high);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-23T21:16:00Z".parse().unwrap()
    }

    fn read(era: Era, pairs: &[(&str, &str)]) -> Result<Filter, Refusal> {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Filter::read(era, &pairs, now())
    }

    #[test]
    fn only_the_documented_forms_of_time_are_read() {
        for good in [
            "2012-03-21 11:47",
            "2012-03-21 11:47:30",
            "2012-03-21 11:47:30.5",
            "2012-03-21 11:47:30.123456",
        ] {
            assert!(time("add_time__gt", good).is_ok(), "{good}");
        }
        assert_eq!(time("x", "1970-01-01 00:01:00.000001"), Ok(60_000_001));
        for bad in [
            "2012-03-21",
            "2012-03-21T11:47",
            "2012-03-21 11:47Z",
            "2012-03-21 11:47:30+00:00",
            "2012-03-21 11:47:30.1234567",
            "2012-03-21 11:47.5",
            "2012-03-21 11:47:30.",
            "2012-02-30 11:47",
            "2012-03-21 25:47",
            "١٢٣٤-03-21 11:47",
            "",
        ] {
            assert!(time("add_time__gt", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn thirty_days_pass_and_a_second_more_does_not() {
        let range = |from, to| {
            read(
                Era::Current,
                &[("add_time__gte", from), ("add_time__lte", to)],
            )
        };
        assert!(range("2026-10-01 00:00", "2026-10-31 00:00").is_ok());
        let refusal = range("2026-10-01 00:00", "2026-10-31 00:00:01").unwrap_err();
        assert!(refusal.0.contains("30 days"), "{refusal:?}");
        assert!(read(Era::Current, &[("add_time__gt", "2026-10-24 21:16")]).is_ok());
        assert!(read(Era::Current, &[("add_time__gt", "2026-10-24 21:15")]).is_err());
        let long = [("add_time__gte", "2020-01-01 00:00")];
        assert!(read(Era::Legacy, &long).is_ok());
    }

    #[test]
    fn storage_and_add_time_exclude_each_other() {
        let both = [
            ("add_time__lt", "2026-10-01 00:00"),
            ("recording_storage_duration__gt", "3"),
        ];
        assert!(read(Era::Current, &both).is_err());
        assert!(read(Era::Current, &both[1..]).is_ok());
        assert!(read(Era::Current, &[("recording_storage_duration", "three")]).is_err());
    }

    #[test]
    fn unknown_comparisons_are_refused_and_other_names_ignored() {
        assert!(read(Era::Current, &[("add_time__ge", "2026-10-01 00:00")]).is_err());
        assert_eq!(
            read(Era::Legacy, &[("from_number", "x"), ("colour", "red")]),
            Ok(Filter::default())
        );
    }
}
