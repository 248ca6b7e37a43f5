//! What a list request may ask for. A value of these types is always a valid request.

use super::time;
use super::window::Window;

/// A parameter of a list request, by the API's name for it, not yet percent-encoded.
pub type Pair = (&'static str, String);

/// The filters that are plain equality. Empty text is no filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    pub subaccount: Option<String>,
    pub call_uuid: Option<String>,
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    pub conference_name: Option<String>,
    pub conference_uuid: Option<String>,
    pub mpc_name: Option<String>,
    pub mpc_uuid: Option<String>,
}

impl Filter {
    /// Each filter by the API's name, with what it was set to.
    fn fields(&self) -> [(&'static str, Option<&str>); 8] {
        [
            ("subaccount", self.subaccount.as_deref()),
            ("call_uuid", self.call_uuid.as_deref()),
            ("from_number", self.from_number.as_deref()),
            ("to_number", self.to_number.as_deref()),
            ("conference_name", self.conference_name.as_deref()),
            ("conference_uuid", self.conference_uuid.as_deref()),
            ("mpc_name", self.mpc_name.as_deref()),
            ("mpc_uuid", self.mpc_uuid.as_deref()),
        ]
    }

    /// The parameters of the filters that are set, values trimmed. A number goes as it is given: whoever takes
    /// `(415) 555-0100` from a person makes E.164 of it before.
    pub fn pairs(&self) -> Vec<Pair> {
        let set = self.fields().into_iter().filter_map(|(name, value)| {
            let value = value?.trim();
            (!value.is_empty()).then(|| (name, value.to_owned()))
        });
        set.collect()
    }

    /// True when it lets every recording through.
    pub fn is_empty(&self) -> bool {
        self.pairs().is_empty()
    }

    /// The two filters whose results together are the calls of one number on either side: the API has no such filter.
    /// A call from the number to itself is in both.
    pub fn either_number(&self, number: &str) -> [Self; 2] {
        let from = Self {
            from_number: Some(number.to_owned()),
            ..self.clone()
        };
        let to = Self {
            to_number: Some(number.to_owned()),
            ..self.clone()
        };
        [from, to]
    }
}

/// Bounds on `recording_storage_duration`, in days; at least one is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayBounds {
    Exactly(u32),
    /// Inclusive bounds (`__gte`, `__lte`); strict ones are these moved by a day.
    Between {
        least: Option<u32>,
        most: Option<u32>,
    },
}

impl DayBounds {
    /// `None` when neither is set, or no number of days is within both.
    pub fn between(least: Option<u32>, most: Option<u32>) -> Option<Self> {
        let possible = match (least, most) {
            (None, None) => false,
            (Some(least), Some(most)) => least <= most,
            _ => true,
        };
        possible.then_some(Self::Between { least, most })
    }

    /// More than so many days (`__gt`). `None` when no number is.
    pub fn more_than(days: u32) -> Option<Self> {
        Self::between(Some(days.checked_add(1)?), None)
    }

    /// Less than so many days (`__lt`). `None` when no number is.
    pub fn less_than(days: u32) -> Option<Self> {
        Self::between(None, Some(days.checked_sub(1)?))
    }

    fn pairs(self) -> Vec<Pair> {
        let (exactly, least, most) = match self {
            Self::Exactly(days) => (Some(days), None, None),
            Self::Between { least, most } => (None, least, most),
        };
        [
            ("recording_storage_duration", exactly),
            ("recording_storage_duration__gte", least),
            ("recording_storage_duration__lte", most),
        ]
        .into_iter()
        .filter_map(|(name, days)| Some((name, days?.to_string())))
        .collect()
    }
}

/// Which recordings by age. `add_time` and storage days cannot be combined (api.md), so one excludes the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    Added(Window),
    Stored(DayBounds),
}

impl Span {
    fn pairs(self) -> Vec<Pair> {
        match self {
            Self::Stored(days) => days.pairs(),
            Self::Added(window) => {
                let (from, to) = (window.range().from(), window.range().to());
                let low = if from.inclusive {
                    "add_time__gte"
                } else {
                    "add_time__gt"
                };
                let high = if to.inclusive {
                    "add_time__lte"
                } else {
                    "add_time__lt"
                };
                vec![(low, time::write(from.at)), (high, time::write(to.at))]
            }
        }
    }
}

/// A valid list query: filters and one span.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordingQuery {
    pub filter: Filter,
    pub span: Span,
}

impl RecordingQuery {
    /// The query's parameters, without those of paging.
    pub fn pairs(&self) -> Vec<Pair> {
        let mut pairs = self.filter.pairs();
        pairs.extend(self.span.pairs());
        pairs
    }

    /// The window asked for; `None` for a query by storage days.
    pub fn window(&self) -> Option<Window> {
        match self.span {
            Span::Added(window) => Some(window),
            Span::Stored(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plivo::window::{Bound, TimeRange};
    use proptest::prelude::*;

    fn window(low: bool, high: bool) -> Window {
        let bound = |text, inclusive| Bound {
            at: time::parse(text).unwrap(),
            inclusive,
        };
        let (from, to) = (
            bound("2012-03-21 11:47:30.000001", low),
            bound("2012-03-22 00:00", high),
        );
        Window::new(TimeRange::new(from, to).unwrap()).unwrap()
    }

    fn names(query: &RecordingQuery) -> Vec<&'static str> {
        query.pairs().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn bounds_choose_the_filter_and_times_go_with_microseconds() {
        let query = |low, high| RecordingQuery {
            filter: Filter::default(),
            span: Span::Added(window(low, high)),
        };
        let pair = |name, value: &str| (name, value.to_owned());
        assert_eq!(
            query(true, false).pairs(),
            [
                pair("add_time__gte", "2012-03-21 11:47:30.000001"),
                pair("add_time__lt", "2012-03-22 00:00:00.000000"),
            ]
        );
        assert_eq!(
            names(&query(false, true)),
            ["add_time__gt", "add_time__lte"]
        );
    }

    #[test]
    fn filters_go_by_the_apis_names_trimmed_and_empty_ones_not_at_all() {
        let filter = Filter {
            subaccount: Some(" SAXXXXXXXXXXXXXXXXXX\n".into()),
            call_uuid: Some(String::new()),
            from_number: Some("+14155550100".into()),
            to_number: Some("sip:desk & co@example.com".into()),
            mpc_name: Some(" \t".into()),
            ..Filter::default()
        };
        assert!(!filter.is_empty());
        let pair = |name, value: &str| (name, value.to_owned());
        assert_eq!(
            filter.pairs(),
            [
                pair("subaccount", "SAXXXXXXXXXXXXXXXXXX"),
                pair("from_number", "+14155550100"),
                pair("to_number", "sip:desk & co@example.com"),
            ]
        );
        let blank = Filter {
            mpc_uuid: Some("  ".into()),
            ..Filter::default()
        };
        assert!(blank.is_empty());
    }

    #[test]
    fn either_number_is_two_queries_that_keep_the_other_filters() {
        let filter = Filter {
            subaccount: Some("SA1".into()),
            ..Filter::default()
        };
        let [from, to] = filter.either_number("+1");
        assert_eq!(
            (from.from_number.as_deref(), from.to_number.as_deref()),
            (Some("+1"), None)
        );
        assert_eq!(
            (to.from_number.as_deref(), to.to_number.as_deref()),
            (None, Some("+1"))
        );
        assert_eq!(
            (from.subaccount, to.subaccount),
            (Some("SA1".into()), Some("SA1".into()))
        );
    }

    #[test]
    fn days_that_cannot_be_are_refused() {
        assert_eq!(DayBounds::between(None, None), None);
        assert_eq!(DayBounds::between(Some(3), Some(2)), None);
        assert_eq!(DayBounds::less_than(0), None);
        assert_eq!(DayBounds::more_than(u32::MAX), None);
        assert_eq!(DayBounds::more_than(3), DayBounds::between(Some(4), None));
    }

    proptest! {
        #[test]
        fn storage_days_and_add_time_never_go_together(
            exact: bool, least in prop::option::of(0_u32..900), most in prop::option::of(900_u32..), low: bool, high: bool,
        ) {
            let days = if exact { DayBounds::Exactly(7) } else { DayBounds::between(least, most).unwrap_or(DayBounds::Exactly(0)) };
            let stored = RecordingQuery { filter: Filter::default(), span: Span::Stored(days) };
            let added = RecordingQuery { filter: Filter::default(), span: Span::Added(window(low, high)) };
            prop_assert!(!names(&stored).is_empty());
            prop_assert!(names(&stored).iter().all(|name| name.starts_with("recording_storage_duration")));
            prop_assert!(names(&added).iter().all(|name| name.starts_with("add_time__")));
        }
    }
}
