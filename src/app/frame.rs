//! What a drawing tells: where things are, and when to draw again.

use std::time::Instant;

use ratatui::layout::{Position, Rect};

use super::filter::FieldId;

/// Where the last drawing put what the mouse can reach. Only the mouse reads it: focus never comes from a drawing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrameMap {
    /// The table's rows on the screen, each with its number in the list as it is shown (sorted or not).
    pub rows: Vec<(Rect, usize)>,
    /// The filter form's parts.
    pub fields: Vec<(Rect, FieldId)>,
    /// The detail pane, for the wheel.
    pub detail: Option<Rect>,
    /// The bar that is clicked to jump.
    pub bar: Option<Rect>,
    /// When the screen would look different by itself. `None`: never, and the loop may sleep.
    pub redraw_at: Option<Instant>,
}

impl FrameMap {
    /// The row under the pointer.
    pub fn row_at(&self, position: Position) -> Option<usize> {
        self.rows
            .iter()
            .find(|(area, _)| area.contains(position))
            .map(|(_, row)| *row)
    }

    /// The part of the form under the pointer.
    pub fn field_at(&self, position: Position) -> Option<FieldId> {
        self.fields
            .iter()
            .find(|(area, _)| area.contains(position))
            .map(|(_, field)| *field)
    }

    /// How far along the bar a column is, 0.0 to 1.0; columns beside it count as its ends.
    pub fn along_bar(&self, column: u16) -> Option<f64> {
        let bar = self.bar.filter(|bar| bar.width > 0)?;
        let column = column.clamp(bar.left(), bar.right().saturating_sub(1));
        Some((f64::from(column - bar.left()) + 0.5) / f64::from(bar.width))
    }

    /// The earlier of what is wanted already and `at`.
    pub fn wake(&mut self, at: Instant) {
        self.redraw_at = Some(self.redraw_at.map_or(at, |wanted| wanted.min(at)));
    }
}
