//! The waveform in block characters: what was heard, what is here, and what has not come, told apart by shape and
//! weight as well as colour.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::audio::Column;

use super::theme::Styles;

/// One column of the bar, whatever its height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    /// What is heard here, if it is known.
    pub(super) sound: Option<Column>,
    /// Its bytes are here.
    pub(super) loaded: bool,
    pub(super) played: bool,
    /// Here is what is heard just now.
    pub(super) head: bool,
}

const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Draws one channel over the whole of `area`, a cell for each column.
pub(super) fn lane(buffer: &mut Buffer, area: Rect, cells: &[Cell], styles: &Styles) {
    for (cell, x) in cells.iter().zip(area.left()..area.right()) {
        let level = cell.sound.map(|sound| level(sound.peak, area.height));
        for (row, y) in (area.top()..area.bottom()).rev().enumerate() {
            let lowest = row == 0;
            let symbol = match level {
                Some(level) => {
                    let eighths = level.saturating_sub(row * 8).min(8);
                    // Silence is a line, not nothing: dead air is to be seen.
                    EIGHTHS
                        .get(eighths.max(usize::from(lowest)))
                        .copied()
                        .unwrap_or(" ")
                }
                None if !lowest => " ",
                None if cell.loaded => "·",
                None => "░",
            };
            if let Some(place) = buffer.cell_mut((x, y)) {
                place.set_symbol(symbol);
                place.set_style(style(cell, styles));
            }
        }
    }
}

fn style(cell: &Cell, styles: &Styles) -> Style {
    if cell.head {
        styles.playing.add_modifier(Modifier::REVERSED)
    } else if cell.played {
        styles.playing
    } else if cell.loaded || cell.sound.is_some() {
        styles.text
    } else {
        styles.quiet
    }
}

/// Eighths of a row. Loudness is heard by ratios, so quiet talk is raised against loud.
fn level(peak: u8, rows: u16) -> usize {
    let most = f64::from(rows) * 8.0;
    let level = (f64::from(peak) / 255.0).powf(0.6) * most;
    // Bounded by 8 × u16::MAX, never negative.
    level.round() as usize
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::app::Theme;

    fn cell(peak: Option<u8>) -> Cell {
        let sound = peak.map(|peak| Column { peak, rms: peak });
        Cell {
            sound,
            loaded: true,
            played: false,
            head: false,
        }
    }

    fn drawn(cells: &[Cell], height: u16) -> Vec<String> {
        let area = Rect::new(0, 0, u16::try_from(cells.len()).unwrap(), height);
        let mut buffer = Buffer::empty(area);
        lane(
            &mut buffer,
            area,
            cells,
            &Styles::of(Theme::Mono, &Default::default()),
        );
        let symbols: Vec<&str> = buffer.content.iter().map(|cell| cell.symbol()).collect();
        symbols
            .chunks(cells.len())
            .map(|row| row.concat())
            .collect()
    }

    #[test]
    fn louder_is_higher_and_silence_is_a_line() {
        let cells = [0, 1, 20, 60, 120, 200, 255].map(|peak| cell(Some(peak)));
        assert_eq!(drawn(&cells, 1), ["▁▁▂▃▅▇█"]);
        assert_eq!(drawn(&cells, 2), ["    ▂▆█", "▁▁▃▇███"]);
    }

    #[test]
    fn what_has_not_come_and_what_is_not_known_yet_differ_in_shape() {
        let missing = Cell {
            loaded: false,
            ..cell(None)
        };
        assert_eq!(drawn(&[cell(None), missing], 1), ["·░"]);
    }

    #[test]
    fn without_colour_head_played_and_rest_differ() {
        let mono = Styles::of(Theme::Mono, &Default::default());
        let rest = cell(Some(9));
        let played = Cell {
            played: true,
            ..rest
        };
        let head = Cell { head: true, ..rest };
        let missing = Cell {
            loaded: false,
            ..cell(None)
        };
        let all = [rest, played, head, missing].map(|cell| style(&cell, &mono));
        for (index, one) in all.iter().enumerate() {
            assert!(all.iter().skip(index + 1).all(|other| other != one));
        }
    }
}
