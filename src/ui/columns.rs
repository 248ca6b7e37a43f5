//! Which columns fit, and how wide each is.

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

/// One column: what, and from where to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub cell: Cell,
    pub x: u16,
    pub width: u16,
}

/// The signs before the columns: cursor, playing, marked, reviewed, each in a column of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    pub columns: Vec<Column>,
}

/// Most numbers are no longer than this, and those that are keep their end.
const NUMBER: u16 = 13;
/// Room worth giving to a number: sip addresses.
const LONG_NUMBER: u16 = 24;

/// From the richest to the poorest: telephone numbers give way last.
const PLANS: &[(u16, u16, &[Cell])] = {
    use Cell::*;
    &[
        (5, 2, &[Added, Started, Length, From, To, Kind, Format]),
        (5, 2, &[Added, Started, Length, From, To, Kind]),
        (5, 2, &[Added, Started, Length, From, To]),
        (5, 2, &[Added, Length, From, To, Kind]),
        (5, 2, &[Added, Length, From, To]),
        (3, 1, &[AddedShort, Length, From, To]),
    ]
};
/// What is left where nothing else fits.
const LEAST: (u16, u16, &[Cell]) = (3, 1, &[Cell::AddedShort, Cell::From, Cell::To]);

fn least(cell: Cell) -> u16 {
    match cell {
        Cell::Added | Cell::Started => 19,
        Cell::AddedShort => 11,
        Cell::Length => 8,
        Cell::From | Cell::To => NUMBER,
        Cell::Kind => 10,
        Cell::Format => 6,
    }
}

/// The columns for a table that is `width` wide inside.
pub(super) fn fit(width: u16) -> Columns {
    let needs = |(signs, gap, cells): &(u16, u16, &[Cell])| {
        let gaps = gap * (cells.len() as u16 - 1);
        signs + gaps + cells.iter().map(|cell| least(*cell)).sum::<u16>()
    };
    let plan = PLANS
        .iter()
        .find(|plan| needs(plan) <= width)
        .unwrap_or(&LEAST);
    let (signs, gap, cells) = *plan;
    let spare = width.saturating_sub(needs(plan)) / 2;
    // Only the poorest plan can be too wide: then both numbers are cut alike.
    let lack = needs(plan).saturating_sub(width).div_ceil(2);
    let mut x = signs;
    let columns = cells
        .iter()
        .map(|cell| {
            let number = matches!(cell, Cell::From | Cell::To);
            let least = least(*cell);
            let width = if number {
                (least + spare).min(LONG_NUMBER).saturating_sub(lack)
            } else {
                least
            };
            let column = Column {
                cell: *cell,
                x,
                width,
            };
            x += width + gap;
            column
        })
        .collect();
    Columns { columns }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number_width(width: u16) -> u16 {
        fit(width)
            .columns
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
            number_width(36) >= 10,
            "the end of a number is seen in the smallest table"
        );
    }

    #[test]
    fn more_room_never_shows_less() {
        for width in 36..300 {
            assert!(
                fit(width).columns.len() <= fit(width + 1).columns.len(),
                "{width}"
            );
        }
    }

    #[test]
    fn columns_stay_inside_and_apart() {
        for width in 36..300 {
            let columns = fit(width).columns;
            for pair in columns.windows(2) {
                assert!(pair[0].x + pair[0].width < pair[1].x);
            }
            let last = columns.last().unwrap();
            assert!(last.x + last.width <= width, "{width}");
        }
    }
}
