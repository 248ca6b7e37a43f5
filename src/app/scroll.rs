//! Scrolling what is read: help, the log, the details.

use super::detail::{self, lines};
use super::overlay::{help, help_box, help_height, log_box, log_lines, readable, statistics_box};
use super::{App, Now, Overlay, statistics};

impl App {
    pub(super) fn log_came(&mut self, came: Vec<String>) {
        let (count, room) = self.layout().map_or((came.len(), 1), |layout| {
            let area = log_box(&layout);
            (log_lines(&came, &self.mask, area).len(), readable(area))
        });
        if let Some(Overlay::Log { lines, scroll }) = &mut self.overlay {
            // The newest lines are what was looked for.
            *scroll = count.saturating_sub(room);
            *lines = Some(came);
        }
    }

    /// Scrolls help or the log.
    pub(super) fn scroll_reading(&mut self, by: isize) {
        let Some(layout) = self.layout() else {
            return;
        };
        let (count, room) = match &self.overlay {
            Some(Overlay::Help { .. }) => {
                let lines = help(&self.keymap, self.mouse);
                let (columns, area) = help_box(&layout, &lines);
                (help_height(&columns), readable(area))
            }
            Some(Overlay::Log { lines, .. }) => {
                let area = log_box(&layout);
                let lines = log_lines(lines.as_deref().unwrap_or_default(), &self.mask, area);
                (lines.len(), readable(area))
            }
            Some(Overlay::Deliveries { .. }) => (
                self.deliveries.lines(&self.zone, &self.mask).len(),
                readable(log_box(&layout)),
            ),
            Some(Overlay::Statistics { .. }) => {
                let lines = statistics::lines(&self.player, &self.keymap);
                let area = statistics_box(&layout, &lines);
                (lines.len(), readable(area))
            }
            _ => return,
        };
        if let Some(
            Overlay::Help { scroll }
            | Overlay::Log { scroll, .. }
            | Overlay::Deliveries { scroll }
            | Overlay::Statistics { scroll },
        ) = &mut self.overlay
        {
            *scroll = scroll
                .saturating_add_signed(by)
                .min(count.saturating_sub(room));
        }
    }

    pub(super) fn scroll_detail(&mut self, by: isize, now: Now) {
        let Some(pane) = self.layout().and_then(|layout| layout.detail) else {
            return;
        };
        let count = self.detail_lines(now, detail_columns(pane)).len();
        let most = count.saturating_sub(readable(pane));
        self.detail.scroll = self
            .detail
            .scroll
            .min(most)
            .saturating_add_signed(by)
            .min(most);
    }

    /// The detail pane's lines, each at most `columns` wide; empty while nothing is known.
    pub fn detail_lines(&self, now: Now, columns: usize) -> Vec<detail::Line> {
        let in_list = || self.rows().ready(self.table.cursor);
        let Some(recording) = self.detail.full().or_else(in_list) else {
            return Vec::new();
        };
        let plays = self
            .player
            .subject()
            .is_some_and(|subject| subject.id == recording.id);
        let names = self.player.side_names();
        let sound: Vec<_> = match plays {
            true => statistics::findings(&self.player),
            false => Vec::new(),
        }
        .iter()
        .map(|finding| finding.words(names))
        .collect();
        let reading = detail::Reading {
            zone: &self.zone,
            mask: &self.mask,
            now: now.wall,
            media: self.player.media().filter(|_| plays),
            sound: &sound,
            marked: self.marks.marked(&recording.id),
        };
        lines(recording, self.detail.raw, reading, columns)
    }
}

/// Columns of text in a detail pane: a border and a space on each side.
pub fn detail_columns(pane: ratatui::layout::Rect) -> usize {
    usize::from(pane.width.saturating_sub(4))
}
