//! What stands over the panes and takes the keys: one at a time.

use ratatui::layout::Rect;

use super::action::Group;
use super::columns::Arranging;
use super::filter::Form;
use super::input::TextLine;
use super::jobs::{Dialog, Into};
use super::keymap::Keymap;
use super::layout::Layout;
use super::marks::{List, NoteLine};
use super::mask::Mask;
use super::palette::Palette;
use super::profiles::{self, Changing};
use super::text::wrap;
use super::views::{Choosing, Saving};

#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    Help {
        scroll: usize,
    },
    /// `None` until the runtime has handed the lines over.
    Log {
        lines: Option<Vec<String>>,
        scroll: usize,
    },
    /// What the recording that is loaded sounds like.
    Statistics {
        scroll: usize,
    },
    /// What became of requests whose answers come by callback.
    Deliveries {
        scroll: usize,
    },
    Palette(Palette),
    Search(TextLine),
    /// A time to go to.
    GoTo(TextLine),
    /// A note to a moment.
    Note(NoteLine),
    /// The moments of a recording.
    Moments(List),
    /// Which columns the list has.
    Columns(Arranging),
    /// The saved views.
    Views(Choosing),
    /// The name of a new one.
    ViewName(TextLine),
    /// Where does the new one go?
    SaveView(Saving),
    /// The accounts of the configuration.
    Profiles(profiles::Choosing),
    /// May what plays end for another account?
    ChangeProfile(Changing),
    /// May marks be kept in a file?
    KeepMarks,
    /// Where an export or a download goes.
    Into(Box<Into>),
    /// Are these to be deleted?
    Delete(Box<Dialog>),
    /// Is the program to end, with a job under way or rows marked?
    Leave {
        behind: Option<Box<Overlay>>,
    },
    Filter(Box<Form>),
}

impl Overlay {
    /// Text that is read and scrolled.
    pub fn is_read(&self) -> bool {
        matches!(
            self,
            Self::Help { .. }
                | Self::Log { .. }
                | Self::Deliveries { .. }
                | Self::Statistics { .. }
        )
    }

    /// What comes back when it is left.
    pub(super) fn behind(self) -> Option<Self> {
        match self {
            Self::Note(note) => note.behind(),
            Self::Leave { behind } => behind.map(|behind| *behind),
            _ => None,
        }
    }
}

/// One line of help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HelpLine {
    Title(&'static str),
    Keys { keys: String, words: &'static str },
    Blank,
}

/// Help as lines, made from the bindings.
pub fn help(keymap: &Keymap, mouse: bool) -> Vec<HelpLine> {
    let mut lines = Vec::new();
    for group in Group::ALL {
        if !lines.is_empty() {
            lines.push(HelpLine::Blank);
        }
        lines.push(HelpLine::Title(group.title()));
        let listed = keymap.listed(group);
        lines.extend(
            listed
                .into_iter()
                .map(|(keys, words)| HelpLine::Keys { keys, words }),
        );
    }
    if mouse {
        lines.push(HelpLine::Blank);
        lines.push(HelpLine::Title("The mouse"));
        for (keys, words) in [
            ("click", "select a row; on the bar, jump there"),
            ("wheel", "scroll what is under the pointer"),
        ] {
            lines.push(HelpLine::Keys {
                keys: keys.into(),
                words,
            });
        }
    }
    lines
}

/// A column of help: keys, a gap, words.
pub const HELP_COLUMN: u16 = 62;

/// Help in columns side by side, and the box around them. Groups stay together.
pub fn help_box<'a>(layout: &Layout, lines: &'a [HelpLine]) -> (Vec<&'a [HelpLine]>, Rect) {
    let columns = match layout.body.width >= 2 * HELP_COLUMN + 2 {
        true => halves(lines),
        false => vec![lines],
    };
    let height = help_height(&columns).saturating_add(2);
    let height = u16::try_from(height).unwrap_or(u16::MAX);
    let width = HELP_COLUMN * u16::try_from(columns.len()).unwrap_or(1) + 4;
    (columns, layout.popup(width, height))
}

/// Lines of the longest column.
pub fn help_height(columns: &[&[HelpLine]]) -> usize {
    columns.iter().map(|column| column.len()).max().unwrap_or(0)
}

/// Two columns, as equal as the groups allow.
fn halves(lines: &[HelpLine]) -> Vec<&[HelpLine]> {
    let blanks = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| **line == HelpLine::Blank);
    let middle = blanks
        .map(|(at, _)| at)
        .min_by_key(|at| (*at).max(lines.len() - at - 1));
    match middle.and_then(|at| Some((lines.get(..at)?, lines.get(at + 1..)?))) {
        Some((left, right)) => vec![left, right],
        None => vec![lines],
    }
}

/// The log takes what there is.
pub fn log_box(layout: &Layout) -> Rect {
    layout.body
}

/// The log's lines as they stand in its box: what went wrong is read to its end.
pub fn log_lines(lines: &[String], mask: &Mask, area: Rect) -> Vec<String> {
    // A border and a gap on each side.
    let columns = usize::from(area.width.saturating_sub(4));
    let wrapped = lines
        .iter()
        .flat_map(|line| wrap(&mask.text(line), columns));
    wrapped.collect()
}

/// Columns of the statistics: more would only tear their columns apart.
const STATISTICS_WIDTH: u16 = 96;

/// The statistics, and the box around them.
pub fn statistics_box(layout: &Layout, lines: &[super::statistics::Line]) -> Rect {
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    layout.popup(STATISTICS_WIDTH, height)
}

/// Lines that can be read at once in a box.
pub fn readable(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(2))
}
