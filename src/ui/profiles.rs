//! How the list of profiles looks, and the question before another is used.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::layout::Layout;
use crate::app::profiles::{Changing, Choosing, Profile};
use crate::app::text::{safe, wrap};

use super::View;
use super::choices::{self, List};
use super::panel::after;
use super::text::put;

/// Columns of the box.
const WIDTH: u16 = 64;
/// Columns of names; a longer one moves its words to the right.
const NAME: u16 = 20;
/// Room for `in use`, at the right.
const NOTE: u16 = 8;

pub(super) fn draw_list(view: &mut View, frame: &mut Frame, layout: &Layout, choosing: &Choosing) {
    let profiles = choosing.profiles.as_deref().unwrap_or_default();
    let list = List {
        title: "Profiles",
        width: WIDTH,
        rows: profiles.len(),
        chosen: choosing.chosen,
        empty: &[("reading them …".to_owned(), view.styles.quiet)],
    };
    choices::list(view, frame, layout, &list, |view, frame, place, at| {
        if let Some(profile) = profiles.get(at) {
            draw_profile(view, frame, place, profile);
        }
    });
}

fn draw_profile(view: &View, frame: &mut Frame, place: Rect, profile: &Profile) {
    let styles = view.styles;
    let mask = &view.app.mask;
    let buffer = frame.buffer_mut();
    let in_use = view.app.profile() == Some(profile.name.as_str());
    let room = match in_use {
        true => place.width.saturating_sub(NOTE + 1),
        false => place.width,
    };
    let at = after(
        Rect {
            width: room,
            ..place
        },
        2,
    );
    let name = mask.account(&profile.name);
    let used = put(buffer, at, &name, styles.text) + 2;
    let id = match (&profile.auth_id, mask.on) {
        (_, true) => "masked",
        (Some(id), false) => id,
        (None, false) => "no auth_id yet",
    };
    put(buffer, after(at, used.max(NAME)), id, styles.quiet);
    if in_use {
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
    let area = choices::area_for(layout, columns, &text);
    choices::question(view, frame, area, "Another account?", &text);
}
