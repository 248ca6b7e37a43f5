//! Which columns the list has, where there is room.

mod arrange;

pub use arrange::Arranging;

/// A column of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Added,
    Started,
    Length,
    From,
    To,
    Type,
    Format,
    Conference,
    Id,
    Call,
    /// Whole seconds, as they are billed.
    Billed,
    /// Days in storage.
    Stored,
    /// Prices of storing it, as the API tells them.
    Rate,
    Monthly,
}

impl Column {
    pub const ALL: [Self; 14] = [
        Self::Added,
        Self::Started,
        Self::Length,
        Self::From,
        Self::To,
        Self::Type,
        Self::Format,
        Self::Conference,
        Self::Id,
        Self::Call,
        Self::Billed,
        Self::Stored,
        Self::Rate,
        Self::Monthly,
    ];

    /// Those that stand there when nobody says which.
    const USUAL: [Self; 7] = [
        Self::Added,
        Self::Started,
        Self::Length,
        Self::From,
        Self::To,
        Self::Type,
        Self::Format,
    ];

    /// As it is called in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Started => "started",
            Self::Length => "length",
            Self::From => "from",
            Self::To => "to",
            Self::Type => "type",
            Self::Format => "format",
            Self::Conference => "conference",
            Self::Id => "id",
            Self::Call => "call",
            Self::Billed => "billed",
            Self::Stored => "stored",
            Self::Rate => "rate",
            Self::Monthly => "monthly",
        }
    }

    /// What stands in it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Added => "when the API got it",
            Self::Started => "when recording began",
            Self::Length => "how long it is",
            Self::From => "who called",
            Self::To => "who was called",
            Self::Type => "call, conference, …",
            Self::Format => "mp3 or wav, as the API says",
            Self::Conference => "the conference's name",
            Self::Id => "the recording's id",
            Self::Call => "the call's UUID",
            Self::Billed => "the length that is billed",
            Self::Stored => "days in storage",
            Self::Rate => "the rate of storing",
            Self::Monthly => "what storing costs a month",
        }
    }
}

/// The names of all columns, in the order of [`Column::ALL`].
pub const NAMES: &str = "added, started, length, from, to, type, format, conference, id, call, billed, stored, rate, monthly";

/// The columns there are, from left to right. In a narrow terminal some of them give way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(Vec<Column>);

impl Default for Columns {
    fn default() -> Self {
        Self(Column::USUAL.to_vec())
    }
}

impl Columns {
    /// The columns of these names. `None` where one has no column or comes twice, or there is none at all.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut columns = Vec::new();
        for name in names {
            let column = Column::ALL.into_iter().find(|c| c.name() == name)?;
            if columns.contains(&column) {
                return None;
            }
            columns.push(column);
        }
        (!columns.is_empty()).then_some(Self(columns))
    }

    pub fn shown(&self) -> impl Iterator<Item = Column> + '_ {
        self.0.iter().copied()
    }

    /// As they stand in the configuration: `["added", "to"]`.
    pub fn written(&self) -> String {
        let names: Vec<_> = self
            .shown()
            .map(|column| format!("\"{}\"", column.name()))
            .collect();
        format!("[{}]", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_all_columns() {
        let all = Columns(Column::ALL.to_vec());
        assert_eq!(Columns::new(NAMES.split(", ")), Some(all));
    }

    #[test]
    fn the_usual_ones_come_first() {
        assert_eq!(Column::ALL[..7], Column::USUAL);
    }
}
