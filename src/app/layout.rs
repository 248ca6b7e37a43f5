//! Where the panes are: a pure function of the size and of what is open, so that rules and looks agree.

use ratatui::layout::Rect;

use super::Size;

/// Below this nothing useful fits.
pub const LEAST: Size = Size {
    width: 40,
    height: 10,
};

/// From this width on the detail pane stands beside the list.
const WIDE: u16 = 110;
/// Rows between header and footer from which a pane below the list leaves both of them useful.
const TALL: u16 = 24;
const TALL_ENOUGH_WHEN_ASKED: u16 = 18;

/// What the user wants of the detail pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wish {
    /// Where there is room.
    #[default]
    Roomy,
    Shown,
    Hidden,
}

/// What is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Panes {
    pub detail: Wish,
    pub player: bool,
    /// How a job goes.
    pub job: bool,
}

/// The panes, borders included. None overlaps another but `message`, which stands on the last row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    pub header: Rect,
    /// `None` where an asked-for detail pane takes the list's place.
    pub table: Option<Rect>,
    pub detail: Option<Rect>,
    pub player: Option<Rect>,
    /// Between the list and the player.
    pub job: Option<Rect>,
    pub hints: Option<Rect>,
    /// Where a message is written: over the hints, or over the lowest border.
    pub message: Rect,
    /// Everything between header and hints.
    pub body: Rect,
}

impl Layout {
    /// `None` when the terminal is too small.
    pub fn of(size: Size, panes: Panes) -> Option<Self> {
        if size.width < LEAST.width || size.height < LEAST.height {
            return None;
        }
        let Size { width, height } = size;
        let rows = |y, height| Rect {
            x: 0,
            y,
            width,
            height,
        };
        let hints = u16::from(height >= 12);
        let player = if panes.player { player_rows(height) } else { 0 };
        let job = if panes.job { job_rows(height) } else { 0 };
        let middle = rows(1, height - 1 - hints - player - job);
        let (table, detail) = split(middle, panes.detail);
        Some(Self {
            header: rows(0, 1),
            table,
            detail,
            player: (player > 0).then(|| rows(middle.bottom() + job, player)),
            job: (job > 0).then(|| rows(middle.bottom(), job)),
            hints: (hints > 0).then(|| rows(height - 1, 1)),
            message: rows(height - 1, 1),
            body: rows(1, height - 1 - hints),
        })
    }

    /// Rows of the list that can be seen; while the detail pane hides it, those that could be.
    pub fn rows(&self) -> usize {
        let pane = self.table.or(self.detail).unwrap_or_default();
        usize::from(pane.height.saturating_sub(TABLE_FRAME)).max(1)
    }

    /// A box in the middle of the body, at most so large.
    pub fn popup(&self, width: u16, height: u16) -> Rect {
        let (width, height) = (width.min(self.body.width), height.min(self.body.height));
        Rect {
            x: self.body.x + (self.body.width - width) / 2,
            y: self.body.y + (self.body.height - height) / 2,
            width,
            height,
        }
    }
}

/// Two borders and the line of column names.
const TABLE_FRAME: u16 = 3;

fn player_rows(height: u16) -> u16 {
    match height {
        ..12 => 1,
        12..16 => 3,
        16..30 => 4,
        _ => 5,
    }
}

fn job_rows(height: u16) -> u16 {
    match height {
        ..20 => 1,
        _ => 3,
    }
}

fn split(middle: Rect, wish: Wish) -> (Option<Rect>, Option<Rect>) {
    if wish == Wish::Hidden {
        return (Some(middle), None);
    }
    if middle.width >= WIDE {
        let detail = (middle.width * 3 / 8).clamp(42, 76);
        let table = Rect {
            width: middle.width - detail,
            ..middle
        };
        let detail = Rect {
            x: table.right(),
            width: detail,
            ..middle
        };
        return (Some(table), Some(detail));
    }
    let least = if wish == Wish::Shown {
        TALL_ENOUGH_WHEN_ASKED
    } else {
        TALL
    };
    if middle.height >= least {
        let detail = (middle.height * 2 / 5).min(16);
        let table = Rect {
            height: middle.height - detail,
            ..middle
        };
        let detail = Rect {
            y: table.bottom(),
            height: detail,
            ..middle
        };
        return (Some(table), Some(detail));
    }
    match wish {
        Wish::Shown => (None, Some(middle)),
        _ => (Some(middle), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(width: u16, height: u16, detail: Wish, player: bool) -> Layout {
        let panes = Panes {
            detail,
            player,
            job: false,
        };
        Layout::of(Size { width, height }, panes).unwrap()
    }

    #[test]
    fn wide_terminals_show_the_detail_beside_the_list() {
        let layout = of(140, 40, Wish::Roomy, true);
        let (table, detail) = (layout.table.unwrap(), layout.detail.unwrap());
        assert_eq!((table.y, table.height), (detail.y, detail.height));
        assert_eq!(table.width + detail.width, 140);
    }

    #[test]
    fn narrow_ones_stack_and_short_ones_drop_the_detail_first_then_the_hints() {
        assert!(
            of(100, 40, Wish::Roomy, true)
                .detail
                .is_some_and(|detail| detail.x == 0)
        );
        let short = of(80, 24, Wish::Roomy, true);
        assert!(short.detail.is_none() && short.hints.is_some());
        assert!(of(80, 11, Wish::Roomy, true).hints.is_none());
    }

    #[test]
    fn an_asked_for_detail_takes_the_lists_place_where_both_do_not_fit() {
        let layout = of(60, 15, Wish::Shown, false);
        assert!(layout.table.is_none() && layout.detail.is_some());
        assert!(layout.rows() > 0);
    }

    #[test]
    fn every_size_is_filled_without_overlap() {
        for width in LEAST.width..=200 {
            for height in LEAST.height..=70 {
                for detail in [Wish::Roomy, Wish::Shown, Wish::Hidden] {
                    for (player, job) in
                        [(false, false), (true, false), (false, true), (true, true)]
                    {
                        let panes = Panes {
                            detail,
                            player,
                            job,
                        };
                        let layout = Layout::of(Size { width, height }, panes).unwrap();
                        let panes = [
                            Some(layout.header),
                            layout.table,
                            layout.detail,
                            layout.player,
                            layout.job,
                            layout.hints,
                        ];
                        let cells: u32 = panes.iter().flatten().map(|pane| pane.area()).sum();
                        assert_eq!(
                            cells,
                            u32::from(width) * u32::from(height),
                            "{width}x{height}"
                        );
                        let last = layout
                            .hints
                            .or(layout.player)
                            .or(layout.job)
                            .or(layout.detail)
                            .or(layout.table);
                        assert_eq!(last.unwrap().bottom(), height);
                    }
                }
            }
        }
    }
}
