//! What the mouse does. Only here is the last drawing asked where things are.

use std::ops::Range;
use std::time::Duration;

use ratatui::layout::Position;

use super::{App, Effect, Focus, Mouse, MouseKind, Now, Overlay};

/// Rows that one notch of the wheel moves.
const NOTCH: isize = 3;

impl App {
    pub(super) fn pointer(&mut self, mouse: Mouse, now: Now) -> Vec<Effect> {
        let at = Position {
            x: mouse.column,
            y: mouse.row,
        };
        let in_detail = self.map.detail.is_some_and(|pane| pane.contains(at));
        match mouse.kind {
            MouseKind::WheelDown | MouseKind::WheelUp => {
                let rows = if mouse.kind == MouseKind::WheelDown {
                    NOTCH
                } else {
                    -NOTCH
                };
                match &self.overlay {
                    Some(overlay) if overlay.is_read() => self.scroll_reading(rows),
                    Some(Overlay::Moments(_)) => self.choose_moment(rows.signum()),
                    Some(Overlay::Columns(_)) => self.choose_column(rows.signum()),
                    Some(Overlay::Views(_)) => self.choose_view(rows.signum()),
                    Some(Overlay::Profiles(_)) => self.choose_profile(rows.signum()),
                    Some(_) => {}
                    None if in_detail => self.scroll_detail(rows, now),
                    None => self.move_rows(rows, true),
                }
            }
            MouseKind::Press => {
                self.dragging = None;
                if let Some(Overlay::Filter(form)) = &mut self.overlay {
                    if let Some(field) = self.map.field_at(at) {
                        form.click(field);
                    }
                } else if self.overlay.is_none() {
                    return self.pressed(at, in_detail, now);
                }
            }
            MouseKind::Drag if self.overlay.is_none() => {
                if let Some(window) = self.dragging.clone() {
                    return self.seek_to(at, &window, true, now);
                }
            }
            MouseKind::Drag => {}
        }
        Vec::new()
    }

    fn pressed(&mut self, at: Position, in_detail: bool, now: Now) -> Vec<Effect> {
        if let Some(row) = self.map.row_at(at) {
            self.focus = Focus::List;
            self.go_to(row);
        } else if in_detail {
            self.focus = Focus::Detail;
        } else if self.map.bar.is_some_and(|bar| bar.contains(at)) {
            self.dragging = self.player.window(now.mono);
            if let Some(window) = self.dragging.clone() {
                return self.seek_to(at, &window, false, now);
            }
        }
        Vec::new()
    }

    /// `window`: what the bar showed when it was pressed; zoomed in, it goes on while the place is dragged.
    fn seek_to(
        &mut self,
        at: Position,
        window: &Range<Duration>,
        dragged: bool,
        now: Now,
    ) -> Vec<Effect> {
        let along = self.map.along_bar(at.x);
        match along.map(|fraction| self.player.along(window, fraction)) {
            Some(fraction) if dragged => self.player.drag_to(fraction, now),
            Some(fraction) => self.player.seek_fraction(fraction, now),
            None => Vec::new(),
        }
    }
}
