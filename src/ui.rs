//! How it looks: `draw(&App, Now, &mut Frame) -> FrameMap`. Reads the app, changes nothing, keeps nothing.

mod arrange;
mod cell;
mod choices;
mod columns;
pub mod context;
mod deliveries;
mod detail;
mod empty;
pub mod filter;
mod firstrun;
mod header;
mod jobs;
mod marks;
mod overlay;
mod palette;
mod panel;
#[cfg(test)]
pub(crate) mod picture;
pub mod player;
mod profiles;
mod prompt;
mod spinner;
mod statistics;
mod status;
mod table;
pub mod text;
pub mod theme;
mod views;
pub mod waveform;

pub use context::Context;
pub use theme::Styles;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use crate::app::layout::LEAST;
use crate::app::{App, FrameMap, Now, Overlay, Size};

/// What the drawings of one frame share.
struct View<'a> {
    app: &'a App,
    styles: Styles,
    now: Now,
    map: FrameMap,
    /// Where the hardware cursor goes: the last one to ask for it has the keys.
    cursor: Option<Position>,
}

impl View<'_> {
    fn context(&self) -> Context<'_> {
        Context {
            theme: self.app.theme,
            colours: self.app.colours,
            zone: &self.app.zone,
            mask: &self.app.mask,
            keymap: &self.app.keymap,
            now: self.now,
            deleted: self
                .app
                .player
                .subject()
                .is_some_and(|subject| self.app.jobs.is_gone(&subject.id)),
            moments: self
                .app
                .player
                .subject()
                .map_or(&[], |subject| self.app.marks.moments(&subject.id)),
        }
    }
}

/// Draws everything. Give the map back by [`App::set_map`], and draw again at its `redraw_at`.
pub fn draw(app: &App, now: Now, frame: &mut Frame) -> FrameMap {
    let now = app.by_api(now);
    let styles = Styles::of(app.theme, &app.colours);
    let mut view = View {
        app,
        styles,
        now,
        map: FrameMap::default(),
        cursor: None,
    };
    let area = frame.area();
    // Between a resize and its message the two differ: what is drawn must fit both.
    let size = Size {
        width: area.width.min(app.size.width),
        height: area.height.min(app.size.height),
    };
    match app.layout_in(size) {
        None => too_small(&view, frame, area),
        Some(layout) if app.missing.is_some() => {
            firstrun::draw(&mut view, frame, &layout);
            overlay::draw(&mut view, frame, &layout);
            status::draw(&mut view, frame, &layout);
        }
        Some(layout) => {
            header::draw(&mut view, frame, layout.header);
            if let Some(area) = layout.table {
                table::draw(&mut view, frame, area);
            }
            if let Some(area) = layout.detail {
                detail::draw(&mut view, frame, area);
            }
            if let Some(area) = layout.job {
                jobs::draw(&mut view, frame, area);
            }
            if let Some(area) = layout.player {
                let drawn = player::draw(frame, area, &app.player, &view.context());
                view.map.bar = drawn.bar;
                if let Some(at) = drawn.redraw_at {
                    view.map.wake(at);
                }
            }
            overlay::draw(&mut view, frame, &layout);
            status::draw(&mut view, frame, &layout);
        }
    }
    text::sweep(frame.buffer_mut());
    if let Some(cursor) = view.cursor.filter(|cursor| area.contains(*cursor)) {
        frame.set_cursor_position(cursor);
    }
    view.map
}

/// What is wrong with the size, as far as it fits, and how to leave.
fn too_small(view: &View, frame: &mut Frame, area: Rect) {
    let wants = format!("{}×{} needed", LEAST.width, LEAST.height);
    let has = format!("{wants}, this is {}×{}", area.width, area.height);
    let full = format!("callreel: {has}");
    let fits = |line: &String| text::width(line) <= usize::from(area.width);
    let line = [full, has].into_iter().find(fits).unwrap_or(wants);
    let mut lines = vec![line];
    let leave = match &view.app.overlay {
        Some(Overlay::Leave { .. }) => view.app.leave_words().join(" · "),
        _ => view.app.keymap.spell("{quit} ends callreel"),
    };
    lines.extend(text::wrap(&leave, usize::from(area.width)));
    lines.truncate(usize::from(area.height));
    let mut place = Rect {
        y: area.y + (area.height - lines.len() as u16) / 2,
        height: 1,
        ..area
    };
    for line in &lines {
        text::put(frame.buffer_mut(), place, line, view.styles.text);
        place.y += 1;
    }
}

/// Draws the filter form, the only overlay whose looks live elsewhere.
fn form(view: &mut View, frame: &mut Frame, area: Rect) {
    if let Some(Overlay::Filter(form)) = &view.app.overlay {
        let drawn = filter::draw(frame, area, form, &view.context());
        view.map.fields = drawn.fields;
        view.cursor = drawn.cursor;
    }
}
