//! How the filter form looks.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use crate::app::filter::{FieldId, Form};

use super::context::Context;

/// Where the form's parts are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FormMap {
    pub fields: Vec<(Rect, FieldId)>,
    /// Where the hardware cursor belongs.
    pub cursor: Option<Position>,
}

/// Draws the form over the whole of `area` (its border included).
pub fn draw(_frame: &mut Frame, _area: Rect, _form: &Form, _context: &Context) -> FormMap {
    FormMap::default()
}
