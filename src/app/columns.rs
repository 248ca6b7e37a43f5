//! Which columns the list has, where there is room.

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
}

impl Column {
    const ALL: [Self; 7] = [
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
        }
    }
}

/// The names of all columns, in the order in which they usually stand.
pub const NAMES: &str = "added, started, length, from, to, type, format";

/// The columns there are, from left to right. In a narrow terminal some of them give way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(Vec<Column>);

impl Default for Columns {
    fn default() -> Self {
        Self(Column::ALL.to_vec())
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_all_columns() {
        assert_eq!(Columns::new(NAMES.split(", ")), Some(Columns::default()));
    }
}
