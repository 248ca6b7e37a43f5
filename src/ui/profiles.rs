//! How the list of profiles looks, and the question before another is used.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use crate::app::layout::Layout;
use crate::app::profiles::{Changing, Choosing, Profile};
use crate::app::text::{safe, wrap};

use super::View;
use super::panel::{Titles, after, popup};
use super::text::put;

/// Columns of the box.
const WIDTH: u16 = 64;
/// Columns of names; a longer one moves its words to the right.
const NAME: u16 = 20;
/// Room for `in use`, at the right.
const NOTE: u16 = 8;

pub(super) fn draw_list(view: &mut View, frame: &mut Frame, layout: &Layout, choosing: &Choosing) {
    let styles = view.styles;
    let profiles = choosing.profiles.as_deref();
    let rows = profiles.map_or(1, <[Profile]>::len);
    let all = u16::try_from(rows).unwrap_or(u16::MAX);
    let area = layout.popup(WIDTH, all.saturating_add(2));
    let room = usize::from(area.height.saturating_sub(2));
    let place = match rows > room {
        true => format!("{} of {rows}", choosing.chosen + 1),
        false => String::new(),
    };
    let titles = Titles {
        top_left: Some(("Profiles", styles.title)),
        bottom_right: Some((&place, styles.quiet)),
        ..Titles::default()
    };
    let inner = popup(frame, area, styles.border_focus, &titles);
    view.cursor = Some(Position {
        x: inner.x,
        y: inner.y,
    });
    let Some(profiles) = profiles else {
        put(frame.buffer_mut(), inner, "reading them …", styles.quiet);
        return;
    };
    let top = (choosing.chosen + 1).saturating_sub(room);
    for (y, (at, profile)) in (inner.y..inner.bottom()).zip(profiles.iter().enumerate().skip(top)) {
        let place = Rect {
            y,
            height: 1,
            ..inner
        };
        draw_profile(view, frame, place, profile);
        if at == choosing.chosen {
            let buffer = frame.buffer_mut();
            put(buffer, Rect { width: 1, ..place }, ">", styles.title);
            buffer.set_style(place, styles.cursor);
            view.cursor = Some(Position { x: place.x, y });
        }
    }
}

fn draw_profile(view: &View, frame: &mut Frame, place: Rect, profile: &Profile) {
    let styles = view.styles;
    let mask = &view.app.mask;
    let buffer = frame.buffer_mut();
    let at = after(place, 2);
    let name = mask.account(&profile.name);
    let used = put(buffer, at, &name, styles.text) + 2;
    let id = match (&profile.auth_id, mask.on) {
        (_, true) => "masked",
        (Some(id), false) => id,
        (None, false) => "no auth_id yet",
    };
    put(buffer, after(at, used.max(NAME)), id, styles.quiet);
    if view.app.profile() == Some(profile.name.as_str()) {
        let note = after(place, place.width.saturating_sub(NOTE));
        put(buffer, note, "in use", styles.accent);
    }
}

pub(super) fn draw_question(
    view: &mut View,
    frame: &mut Frame,
    layout: &Layout,
    changing: &Changing,
) {
    let styles = view.styles;
    let columns = WIDTH.min(layout.body.width);
    let room = usize::from(columns.saturating_sub(4));
    let mut words = Vec::new();
    if changing.plays {
        words.push("What plays will stop.");
    }
    if changing.forgets {
        words.push("What is marked here is in no file, and will be forgotten.");
    }
    let mut text: Vec<_> = wrap(&words.join(" "), room)
        .into_iter()
        .map(|line| (line, styles.text))
        .collect();
    let name = view.app.mask.account(&changing.name);
    text.push((String::new(), styles.text));
    text.push((format!("y  go to {}", safe(&name)), styles.key));
    text.push(("n  stay here".to_owned(), styles.key));
    let height = u16::try_from(text.len() + 2).unwrap_or(u16::MAX);
    let titles = Titles {
        top_left: Some(("Another account?", styles.title)),
        ..Titles::default()
    };
    let area = layout.popup(columns, height);
    let inner = popup(frame, area, styles.border_focus, &titles);
    for (y, (line, style)) in (inner.y..inner.bottom()).zip(&text) {
        let place = Rect {
            y,
            height: 1,
            ..inner
        };
        put(frame.buffer_mut(), place, line, *style);
    }
    view.cursor = Some(Position {
        x: inner.x,
        y: inner.y,
    });
}
