//! Ranges with a name.

use super::Edge;

/// A range that is chosen by one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preset {
    Today,
    Yesterday,
    Last7Days,
    Last30Days,
    ThisMonth,
    LastMonth,
    AllTime,
}

impl Preset {
    pub const ALL: [Self; 7] = [
        Self::Today,
        Self::Yesterday,
        Self::Last7Days,
        Self::Last30Days,
        Self::ThisMonth,
        Self::LastMonth,
        Self::AllTime,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::Last7Days => "last 7 days",
            Self::Last30Days => "last 30 days",
            Self::ThisMonth => "this month",
            Self::LastMonth => "last month",
            Self::AllTime => "all time",
        }
    }

    /// What stands in the two fields: words that mean the same range tomorrow, seen from then.
    pub fn edges(self) -> (Edge, Edge) {
        let (from, to) = match self {
            Self::Today => ("today", "now"),
            Self::Yesterday => ("yesterday", "yesterday"),
            Self::Last7Days => ("-7d", "now"),
            Self::Last30Days => ("-30d", "now"),
            Self::ThisMonth => ("this month", "now"),
            Self::LastMonth => ("last month", "last month"),
            Self::AllTime => ("2011-01-01", "now"),
        };
        (Edge::inclusive(from), Edge::inclusive(to))
    }

    /// The preset that these texts are, if they are one.
    pub fn of(from: &str, to: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| {
            let edges = preset.edges();
            edges.0.text == from.trim() && edges.1.text == to.trim()
        })
    }

    /// 1 for the first.
    pub fn digit(self) -> char {
        match self {
            Self::Today => '1',
            Self::Yesterday => '2',
            Self::Last7Days => '3',
            Self::Last30Days => '4',
            Self::ThisMonth => '5',
            Self::LastMonth => '6',
            Self::AllTime => '7',
        }
    }
}
