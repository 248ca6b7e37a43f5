//! Which columns fit, and how wide each is.

use crate::app::columns::{Column as Wanted, Columns};

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Added,
    /// Month, day, hour and minute.
    AddedShort,
    Started,
    Length,
    From,
    To,
    Kind,
    Format,
}

impl Cell {
    fn is(self, column: Wanted) -> bool {
        match self {
            Self::Added | Self::AddedShort => column == Wanted::Added,
            Self::Started => column == Wanted::Started,
            Self::Length => column == Wanted::Length,
            Self::From => column == Wanted::From,
            Self::To => column == Wanted::To,
            Self::Kind => column == Wanted::Type,
            Self::Format => column == Wanted::Format,
        }
    }
}

/// One column: what, and from where to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub cell: Cell,
    pub x: u16,
    pub width: u16,
}

/// Where the sign of a reviewed recording stands, where there is room for all signs; else right before the text.
const REVIEWED: u16 = 3;
/// Where the sign of a marked row stands.
pub(super) const MARKED: u16 = 2;

/// The column of that sign.
pub(super) fn reviewed(columns: &[Column]) -> u16 {
    let text = columns.first().map_or(REVIEWED + 1, |column| column.x);
    REVIEWED.min(text.saturating_sub(1))
}

/// Most numbers are no longer than this, and those that are keep their end.
const NUMBER: u16 = 13;
/// Room for the longest number, and for most sip addresses' own part, before other columns get any.
const ROOMY_NUMBER: u16 = 17;
/// More room than this serves nobody.
const LONG_NUMBER: u16 = 24;

/// Columns that could stand together.
struct Plan {
    /// Columns of signs at the left, and the space behind them.
    signs: u16,
    gap: u16,
    number: u16,
    cells: &'static [Cell],
}

impl Plan {
    fn least(&self, cell: Cell) -> u16 {
        match cell {
            Cell::Added | Cell::Started => 19,
            Cell::AddedShort => 11,
            Cell::Length => 8,
            Cell::From | Cell::To => self.number,
            Cell::Kind => 10,
            Cell::Format => 6,
        }
    }

    /// Of the columns that are wanted, in their order, those that this plan has.
    fn cells(&self, wanted: &Columns) -> Vec<Cell> {
        let here = |column: Wanted| {
            let is = |cell: &&Cell| cell.is(column);
            self.cells.iter().find(is).copied()
        };
        wanted.shown().filter_map(here).collect()
    }

    fn needs(&self, cells: &[Cell]) -> u16 {
        let wide: u16 = cells.iter().map(|cell| self.least(*cell)).sum();
        let gaps = cells.len().saturating_sub(1) as u16 * self.gap;
        self.signs + gaps + wide
    }
}

const fn roomy(cells: &'static [Cell]) -> Plan {
    Plan {
        signs: 5,
        gap: 2,
        number: ROOMY_NUMBER,
        cells,
    }
}

/// From the richest to the poorest: telephone numbers give way last.
const PLANS: [Plan; 6] = {
    use Cell::*;
    [
        roomy(&[Added, Started, Length, From, To, Kind, Format]),
        roomy(&[Added, Started, Length, From, To, Kind]),
        roomy(&[Added, Started, Length, From, To]),
        roomy(&[Added, Length, From, To, Kind]),
        Plan {
            signs: 5,
            gap: 2,
            number: NUMBER,
            cells: &[Added, Length, From, To],
        },
        Plan {
            signs: 5,
            gap: 1,
            number: NUMBER,
            cells: &[AddedShort, Length, From, To],
        },
    ]
};
/// What is left where nothing else fits: then both numbers are cut alike, at their start.
const LEAST: Plan = Plan {
    signs: 4,
    gap: 1,
    number: NUMBER,
    cells: &[Cell::AddedShort, Cell::From, Cell::To],
};

/// The columns for a table that is `width` wide inside.
pub(super) fn fit(width: u16, wanted: &Columns) -> Vec<Column> {
    let roomy = PLANS.iter().map(|plan| (plan, plan.cells(wanted)));
    let fitting = roomy
        .filter(|(_, cells)| !cells.is_empty())
        .find(|(plan, cells)| plan.needs(cells) <= width);
    let (plan, cells) = fitting.unwrap_or_else(|| (&LEAST, LEAST.cells(wanted)));
    let needs = plan.needs(&cells);
    let spare = width.saturating_sub(needs) / 2;
    let lack = needs.saturating_sub(width).div_ceil(2);
    let mut x = plan.signs;
    let columns = cells.iter().map(|cell| {
        let least = plan.least(*cell);
        let width = match cell {
            Cell::From | Cell::To => (least + spare).min(LONG_NUMBER).saturating_sub(lack),
            _ => least,
        };
        let column = Column {
            cell: *cell,
            x,
            width,
        };
        x += width + plan.gap;
        column
    });
    columns.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(width: u16) -> Vec<Column> {
        super::fit(width, &Columns::default())
    }

    fn number_width(width: u16) -> u16 {
        fit(width)
            .iter()
            .find(|column| column.cell == Cell::To)
            .unwrap()
            .width
    }

    #[test]
    fn other_columns_go_before_numbers_are_cut() {
        for width in 52..300 {
            assert!(number_width(width) >= NUMBER, "{width}");
        }
        assert!(
            number_width(36) >= 9,
            "eight digits of a number are seen in the smallest table, beside all four signs"
        );
    }

    #[test]
    fn more_room_never_shows_less() {
        for width in 36..300 {
            assert!(fit(width).len() <= fit(width + 1).len(), "{width}");
        }
    }

    #[test]
    fn columns_stay_inside_and_apart() {
        for width in 36..300 {
            let columns = fit(width);
            for pair in columns.windows(2) {
                assert!(pair[0].x + pair[0].width < pair[1].x);
            }
            let last = columns.last().unwrap();
            assert!(last.x + last.width <= width, "{width}");
        }
    }

    #[test]
    fn only_the_columns_that_are_wanted_are_there_in_their_order() {
        let wanted = Columns::new(["to", "length"]).unwrap();
        for width in 60..300 {
            let columns = super::fit(width, &wanted);
            let cells: Vec<_> = columns.iter().map(|column| column.cell).collect();
            assert_eq!(cells, [Cell::To, Cell::Length], "{width}");
        }
    }
}
