//! Which columns fit, and how wide each is.

use crate::app::columns::{Column as Wanted, Columns};

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Full(Wanted),
    /// Month, day, hour and minute of its adding.
    AddedShort,
}

impl Cell {
    pub(super) fn column(self) -> Wanted {
        match self {
            Self::Full(column) => column,
            Self::AddedShort => Wanted::Added,
        }
    }

    /// Numbers that are compared stand right, one below the other.
    pub(super) fn stands_right(self) -> bool {
        use Wanted::{Billed, Length, Monthly, Rate, Stored};
        matches!(self.column(), Length | Billed | Stored | Rate | Monthly)
    }

    /// Is it among the columns that stand in every list, and so have their place in the plans?
    fn is_usual(self) -> bool {
        use Wanted::{Added, Format, From, Length, Started, To, Type};
        matches!(
            self.column(),
            Added | Started | Length | From | To | Type | Format
        )
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

/// Enough of an id to tell two apart, and all of one; a name that is longer is cut.
const SHORT_ID: u16 = 10;
const WHOLE_ID: u16 = 36;
const LONG_NAME: u16 = 24;

/// Columns that could stand together.
struct Plan {
    /// Columns of signs at the left, and the space behind them.
    signs: u16,
    gap: u16,
    number: u16,
    /// Of the usual ones; what was asked for beside them is there too.
    usual: &'static [Cell],
}

impl Plan {
    fn least(&self, cell: Cell) -> u16 {
        let Cell::Full(column) = cell else { return 11 };
        match column {
            Wanted::Added | Wanted::Started => 19,
            Wanted::Length | Wanted::Billed | Wanted::Rate | Wanted::Monthly => 8,
            Wanted::From | Wanted::To => self.number,
            Wanted::Type => 10,
            Wanted::Format | Wanted::Stored => 6,
            Wanted::Id | Wanted::Call | Wanted::Conference => SHORT_ID,
        }
    }

    /// Of the columns that are wanted, in their order, those that this plan has. Of the unusual ones the last `fewer` are left out.
    fn cells(&self, wanted: &Columns, fewer: usize) -> Vec<Cell> {
        let unusual = |column: &Wanted| !Cell::Full(*column).is_usual();
        let all = wanted.shown().filter(unusual).count();
        let kept: Vec<_> = wanted
            .shown()
            .filter(unusual)
            .take(all.saturating_sub(fewer))
            .collect();
        let here = |column: Wanted| {
            let is = |cell: &&Cell| cell.column() == column;
            let usual = self.usual.iter().find(is).copied();
            usual.or_else(|| kept.contains(&column).then_some(Cell::Full(column)))
        };
        wanted.shown().filter_map(here).collect()
    }

    fn needs(&self, cells: &[Cell]) -> u16 {
        let wide: u16 = cells.iter().map(|cell| self.least(*cell)).sum();
        let gaps = cells.len().saturating_sub(1) as u16 * self.gap;
        self.signs + gaps + wide
    }
}

const fn roomy(usual: &'static [Cell]) -> Plan {
    Plan {
        signs: 5,
        gap: 2,
        number: ROOMY_NUMBER,
        usual,
    }
}

const ADDED: Cell = Cell::Full(Wanted::Added);
const STARTED: Cell = Cell::Full(Wanted::Started);
const LENGTH: Cell = Cell::Full(Wanted::Length);
const FROM: Cell = Cell::Full(Wanted::From);
const TO: Cell = Cell::Full(Wanted::To);
const TYPE: Cell = Cell::Full(Wanted::Type);
const FORMAT: Cell = Cell::Full(Wanted::Format);

/// From the richest to the poorest: telephone numbers give way last.
const ROOMY: [Plan; 4] = [
    roomy(&[ADDED, STARTED, LENGTH, FROM, TO, TYPE, FORMAT]),
    roomy(&[ADDED, STARTED, LENGTH, FROM, TO, TYPE]),
    roomy(&[ADDED, STARTED, LENGTH, FROM, TO]),
    roomy(&[ADDED, LENGTH, FROM, TO, TYPE]),
];
/// In these, what is unusual gives way too, the rightmost first: someone asked for it, so it goes after what only happens to be there.
const NARROW: [Plan; 2] = [
    Plan {
        signs: 5,
        gap: 2,
        number: NUMBER,
        usual: &[ADDED, LENGTH, FROM, TO],
    },
    Plan {
        signs: 5,
        gap: 1,
        number: NUMBER,
        usual: &[Cell::AddedShort, LENGTH, FROM, TO],
    },
];
/// What is left where nothing else fits: then both numbers are cut alike, at their start.
const LEAST: Plan = Plan {
    signs: 4,
    gap: 1,
    number: NUMBER,
    usual: &[Cell::AddedShort, FROM, TO],
};

/// The columns for a table that is `width` wide inside.
pub(super) fn fit(width: u16, wanted: &Columns) -> Vec<Column> {
    let all = wanted.shown().count();
    let roomy = ROOMY.iter().map(|plan| (plan, plan.cells(wanted, 0)));
    let narrow = (0..=all).flat_map(|fewer| {
        let cells = move |plan: &'static Plan| (plan, plan.cells(wanted, fewer));
        NARROW.iter().map(cells)
    });
    let fitting = roomy
        .chain(narrow)
        .filter(|(_, cells)| !cells.is_empty())
        .find(|(plan, cells)| plan.needs(cells) <= width);
    let (plan, cells) = fitting.unwrap_or_else(|| (&LEAST, LEAST.cells(wanted, all)));
    let needs = plan.needs(&cells);
    let spare = width.saturating_sub(needs);
    let lack = needs.saturating_sub(width).div_ceil(2);
    let mut left = spare;
    let mut widths: Vec<_> = cells
        .iter()
        .map(|cell| {
            let least = plan.least(*cell);
            match cell.column() {
                Wanted::From | Wanted::To => {
                    let wide = (least + spare / 2).min(LONG_NUMBER);
                    left = left.saturating_sub(wide - least);
                    wide.saturating_sub(lack)
                }
                _ => least,
            }
        })
        .collect();
    // What numbers do not need makes ids and names whole, from left to right.
    for (cell, wide) in cells.iter().zip(&mut widths) {
        let most = match cell.column() {
            Wanted::Id | Wanted::Call => WHOLE_ID,
            Wanted::Conference => LONG_NAME,
            _ => continue,
        };
        let more = most.saturating_sub(*wide).min(left);
        *wide += more;
        left -= more;
    }
    let mut x = plan.signs;
    let columns = cells.into_iter().zip(widths).map(|(cell, width)| {
        let column = Column { cell, x, width };
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
            .find(|column| column.cell == TO)
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
            assert_eq!(cells, [TO, LENGTH], "{width}");
        }
    }

    fn cells(width: u16, names: &[&str]) -> Vec<Wanted> {
        let wanted = Columns::new(names.iter().copied()).unwrap();
        let columns = super::fit(width, &wanted);
        columns.iter().map(|column| column.cell.column()).collect()
    }

    #[test]
    fn what_was_asked_for_beside_the_usual_goes_after_it_and_before_numbers() {
        use Wanted::*;
        let names = [
            "added", "started", "length", "from", "to", "type", "id", "stored",
        ];
        assert_eq!(cells(200, &names).len(), names.len());
        assert_eq!(cells(84, &names), [Added, Length, From, To, Id, Stored]);
        assert_eq!(cells(76, &names), [Added, Length, From, To, Id, Stored]);
        assert_eq!(cells(66, &names), [Added, Length, From, To, Id]);
        assert_eq!(cells(54, &names), [Added, Length, From, To]);
        assert_eq!(cells(36, &names), [Added, From, To]);
    }

    #[test]
    fn an_id_is_whole_where_there_is_room() {
        let wanted = Columns::new(["added", "from", "to", "id"]).unwrap();
        let id = |width| super::fit(width, &wanted).last().unwrap().width;
        assert_eq!(id(200), WHOLE_ID);
        assert_eq!(id(80), SHORT_ID);
    }

    proptest::proptest! {
        #[test]
        fn any_choice_stays_inside_and_something_is_always_there(
            places in proptest::collection::vec(0usize..14, 1..14),
            width in 36u16..300,
        ) {
            let mut names = Vec::new();
            for place in places {
                let name = Wanted::ALL[place].name();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            let wanted = Columns::new(names).unwrap();
            let columns = super::fit(width, &wanted);
            proptest::prop_assert!(!columns.is_empty());
            for pair in columns.windows(2) {
                proptest::prop_assert!(pair[0].x + pair[0].width < pair[1].x);
            }
            let last = columns.last().unwrap();
            proptest::prop_assert!(last.x + last.width <= width);
            let shown = columns.len();
            proptest::prop_assert!(shown <= super::fit(width + 1, &wanted).len());
        }
    }
}
