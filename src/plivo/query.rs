//! What a list request may ask for. A value of these types is always a valid request.

use super::window::Window;

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

/// Which recordings by age. `add_time` and storage days cannot be combined (api.md), so one excludes the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    Added(Window),
    Stored(DayBounds),
}

/// A valid list query: filters and one span.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordingQuery {
    pub filter: Filter,
    pub span: Span,
}
