//! One message in, effects out.

use ratatui::layout::Position;

use super::detail::lines;
use super::history::{Look, Outcome, Row};
use super::keymap::{Context, Found};
use super::overlay::{help, help_box, help_height, log_box, readable};
use super::player::Player;
use super::{
    Action, Api, App, Awaited, Effect, Focus, Input, Key, KeyCode, Message, Mouse, MouseKind, Now,
    Overlay, Signal, detail, filter,
};

/// Rows that one notch of the wheel moves.
const NOTCH: isize = 3;

impl App {
    /// One thing that happened; what is to be done about it comes back, in order.
    pub fn update(&mut self, message: Message, now: Now) -> Vec<Effect> {
        let mut effects = match message {
            Message::Input(Input::Key(key)) => self.key(key, now),
            Message::Input(Input::Mouse(mouse)) => self.pointer(mouse, now),
            Message::Input(Input::Paste(text)) => self.paste(&text),
            Message::Input(Input::Resize(size)) => {
                self.size = size;
                Vec::new()
            }
            Message::Api(answer) => self.answer(answer, now),
            Message::Player(play, event) => {
                self.player.event(play, event, now);
                Vec::new()
            }
            Message::Timer(timer) => self.detail.rested(timer, &mut self.ids, now),
            Message::Signal(Signal::Continued) => Vec::new(),
            Message::Signal(Signal::Terminate) => vec![Effect::Quit],
            Message::Log(lines) => {
                self.log_came(lines);
                Vec::new()
            }
            Message::Trouble(text) => {
                self.notices.trouble(text, now.mono);
                Vec::new()
            }
        };
        effects.extend(self.settle(now));
        effects
    }

    fn answer(&mut self, answer: Api, now: Now) -> Vec<Effect> {
        match answer {
            Api::Page { request, result } => {
                let Some(history) = self
                    .history
                    .as_mut()
                    .filter(|history| history.awaits(request))
                else {
                    return Vec::new();
                };
                let (outcome, effects) = history.answered(request, result, &mut self.ids, now);
                self.list_changed(outcome);
                effects
            }
            Api::Recording { request, result } => {
                self.detail.answered(request, result);
                Vec::new()
            }
            Api::Throttled { until } => {
                self.throttled = until;
                Vec::new()
            }
        }
    }

    /// Finds the reader's place again in a list that changed.
    fn list_changed(&mut self, outcome: Outcome) {
        self.looked = None;
        if let Some(sorting) = &self.sorting {
            self.sort_by(sorting.column, sorting.reversed);
        }
        let (len, height) = (self.rows().len(), self.height());
        if let (Some(row), Some(awaited), None) = (outcome.reached, self.awaited, &self.sorting) {
            match awaited {
                Awaited::Asked => self.table.go(row, len, height),
                Awaited::Return => self.table.follow(row, len, height),
            }
            self.awaited = None;
            self.fresh = false;
        }
        if self.history.as_ref().is_some_and(|history| history.stale()) {
            return;
        }
        if std::mem::take(&mut self.fresh) {
            self.table = Default::default();
        }
        if self
            .history
            .as_ref()
            .is_none_or(|history| history.goal().is_none())
        {
            self.awaited = None;
        }
        let rows = self.rows();
        let found = self
            .table
            .selected
            .as_ref()
            .and_then(|id| rows.position_of(id));
        let settled = self.awaited.is_none()
            && self
                .history
                .as_ref()
                .is_none_or(|history| history.waiting_since().is_none());
        match found {
            Some(row) if row != self.table.cursor => {
                let len = rows.len();
                self.table.follow(row, len, height);
            }
            Some(_) => {}
            // It is gone, or out of reach: the row that took its place is selected.
            None if settled && rows.ready(self.table.cursor).is_some() => {
                self.table.selected = None
            }
            None => {}
        }
    }

    /// What follows from every change: the cursor on a row, requests for what is seen, details for what is selected.
    pub(super) fn settle(&mut self, now: Now) -> Vec<Effect> {
        let (len, height) = (self.rows().len(), self.height());
        self.table.fit(len, height);
        let mut effects = self.look(now);
        let stale = self.history.as_ref().is_some_and(|history| history.stale());
        if self.table.selected.is_none() && !stale {
            let ready = self
                .rows()
                .ready(self.table.cursor)
                .map(|recording| recording.id.clone());
            self.table.selected = ready;
        }
        if let Some(row) = self.play_when_loaded
            && self.rows().ready(row).is_some()
        {
            self.play_when_loaded = None;
            effects.extend(self.play_row(row, now));
        }
        effects.extend(self.follow_with_detail(now));
        effects
    }

    fn look(&mut self, now: Now) -> Vec<Effect> {
        let look = Look {
            top: self.table.top,
            height: self.height(),
            cursor: self.table.cursor,
        };
        // In another order nothing more is loaded: what is shown is what was.
        if self.sorting.is_some() || self.looked == Some(look) {
            return Vec::new();
        }
        self.looked = Some(look);
        self.history
            .as_mut()
            .map(|history| history.look(look, &mut self.ids, now))
            .unwrap_or_default()
    }

    fn follow_with_detail(&mut self, now: Now) -> Vec<Effect> {
        let visible = self.layout().is_some_and(|layout| layout.detail.is_some());
        if !visible {
            self.focus = Focus::List;
            return self.detail.follow(None, &mut self.ids, now);
        }
        let wanted = match self.rows().get(self.table.cursor) {
            Some(Row::Ready(recording)) => Some(recording.id.clone()),
            // The row comes back in a moment; its details need not go.
            Some(Row::Loading) if self.table.selected.is_some() => return Vec::new(),
            _ => None,
        };
        self.detail.follow(wanted.as_ref(), &mut self.ids, now)
    }

    /// Rows of the list that are seen.
    pub(super) fn height(&self) -> usize {
        self.layout().map_or(1, |layout| layout.rows())
    }

    fn key(&mut self, key: Key, now: Now) -> Vec<Effect> {
        self.play_when_loaded = None;
        let context = match &mut self.overlay {
            Some(Overlay::Filter(form)) => {
                return match self.keymap.find(Context::Typing, None, key) {
                    Found::Action(action @ (Action::Quit | Action::Suspend)) => {
                        self.perform(action, now)
                    }
                    _ => {
                        let outcome = form.key(key, &self.zone, now.wall);
                        self.form_did(outcome, now)
                    }
                };
            }
            Some(Overlay::Palette(_) | Overlay::Search(_)) => Context::Typing,
            Some(Overlay::Help { .. } | Overlay::Log { .. }) => Context::Reading,
            None if self.missing.is_some() => Context::FirstRun,
            None => self.focus.context(),
        };
        let lead = self.lead.take();
        match self.keymap.find(context, lead, key) {
            Found::Action(action) => self.perform(action, now),
            Found::Lead => {
                self.lead = Some(key);
                Vec::new()
            }
            Found::Nothing if context == Context::Typing => {
                self.typed(key);
                Vec::new()
            }
            Found::Nothing => Vec::new(),
        }
    }

    fn typed(&mut self, key: Key) {
        let line = match &mut self.overlay {
            Some(Overlay::Palette(palette)) => {
                palette.chosen = 0;
                &mut palette.line
            }
            Some(Overlay::Search(line)) => line,
            _ => return,
        };
        if line.is_empty() && key.code == KeyCode::Backspace {
            self.overlay = None;
        } else {
            line.key(key);
        }
    }

    fn paste(&mut self, text: &str) -> Vec<Effect> {
        match &mut self.overlay {
            Some(Overlay::Filter(form)) => form.paste(text),
            Some(Overlay::Search(line)) => line.insert(text),
            Some(Overlay::Palette(palette)) => {
                palette.chosen = 0;
                palette.line.insert(text);
            }
            _ => {}
        }
        Vec::new()
    }

    fn form_did(&mut self, outcome: filter::Outcome, now: Now) -> Vec<Effect> {
        match outcome {
            filter::Outcome::Stay => Vec::new(),
            filter::Outcome::Leave => {
                self.overlay = None;
                Vec::new()
            }
            filter::Outcome::Apply(criteria) => {
                self.overlay = None;
                self.criteria = criteria;
                self.list_anew(now)
            }
        }
    }

    fn pointer(&mut self, mouse: Mouse, now: Now) -> Vec<Effect> {
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
                    Some(Overlay::Help { .. } | Overlay::Log { .. }) => self.scroll_reading(rows),
                    Some(_) => {}
                    None if in_detail => self.scroll_detail(rows, now),
                    None => self.move_rows(rows, true),
                }
            }
            MouseKind::Press => {
                self.dragging = false;
                if let Some(Overlay::Filter(form)) = &mut self.overlay {
                    if let Some(field) = self.map.field_at(at) {
                        form.click(field);
                    }
                } else if self.overlay.is_none() {
                    return self.pressed(at, in_detail, now);
                }
            }
            MouseKind::Drag if self.dragging && self.overlay.is_none() => {
                return self.seek_to(at, now);
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
            self.dragging = true;
            return self.seek_to(at, now);
        }
        Vec::new()
    }

    fn seek_to(&mut self, at: Position, now: Now) -> Vec<Effect> {
        let player: &mut Player = &mut self.player;
        match self.map.along_bar(at.x) {
            Some(fraction) => player.seek_fraction(fraction, now),
            None => Vec::new(),
        }
    }

    fn log_came(&mut self, came: Vec<String>) {
        let room = self.layout().map_or(1, |layout| readable(log_box(&layout)));
        if let Some(Overlay::Log { lines, scroll }) = &mut self.overlay {
            // The newest lines are what was looked for.
            *scroll = came.len().saturating_sub(room);
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
            Some(Overlay::Log { lines, .. }) => (
                lines.as_ref().map_or(0, Vec::len),
                readable(log_box(&layout)),
            ),
            _ => return,
        };
        if let Some(Overlay::Help { scroll } | Overlay::Log { scroll, .. }) = &mut self.overlay {
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
        let reading = detail::Reading {
            zone: &self.zone,
            mask: &self.mask,
            now: now.wall,
            media: self.player.media().filter(|_| plays),
        };
        lines(recording, self.detail.raw, reading, columns)
    }
}

/// Columns of text in a detail pane: a border and a space on each side.
pub fn detail_columns(pane: ratatui::layout::Rect) -> usize {
    usize::from(pane.width.saturating_sub(4))
}
