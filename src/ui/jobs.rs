//! How a job looks: its pane, the question before a deletion, and the one before the program ends.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::app::jobs::{Dialog, Job, Planned, State};
use crate::app::layout::Layout;
use crate::app::text::wrap;
use crate::app::words;

use super::View;
use super::panel::{Titles, after, panel, popup};
use super::text::{put, width};

/// Columns of a box that is read before something is done.
const WIDTH: u16 = 76;
/// Columns of a fact's name in it.
const NAME: u16 = 10;
/// The fewest and the most columns of the bar that are worth it.
const BAR: (u16, u16) = (8, 32);

/// Draws how the job goes: a framed line, or a line alone where rows are few.
pub(super) fn draw(view: &mut View, frame: &mut Frame, area: Rect) {
    let app = view.app;
    let Some(job) = app.jobs.shown() else {
        return;
    };
    let styles = view.styles;
    let key = match job.state {
        State::Running => app.keymap.spell("{stop-job} stops it"),
        State::Ended(_) => "Esc closes".to_owned(),
        State::Stopping | State::Asking => String::new(),
    };
    let (title, trouble) = (job.title(), app.mask.text(&job.trouble()));
    let style = match &job.state {
        State::Ended(end) if end.is_fine() => styles.title,
        State::Ended(_) => styles.trouble,
        _ => styles.waiting,
    };
    if area.height < 3 {
        let words = job.words();
        let full = narrow_line(view, job, [&words, &key, &trouble]);
        let fits = width(&full) <= usize::from(area.width);
        let line = match fits || matches!(job.state, State::Ended(_)) {
            true => full,
            // How many, and the key, before how fast.
            false => {
                let first = words.split(" · ").next().unwrap_or_default();
                narrow_line(view, job, [first, &key, &trouble])
            }
        };
        put(frame.buffer_mut(), area, &line, style);
        return;
    }
    let titles = Titles {
        top_left: Some((&title, style)),
        top_right: Some((&key, styles.key)),
        bottom_left: Some((&trouble, styles.trouble)),
        ..Titles::default()
    };
    let inner = panel(frame, area, styles.border, &titles);
    line(view, frame.buffer_mut(), inner, job);
}

/// All on one line: what is done, and what of these there is.
fn narrow_line(view: &View, job: &Job, parts: [&str; 3]) -> String {
    let some = parts.into_iter().filter(|part| !part.is_empty());
    let words = some.collect::<Vec<_>>().join(" · ");
    format!(" {}: {}", job.doing(), view.app.mask.text(&words))
}

/// The bar, and how far it is in words.
fn line(view: &View, buffer: &mut Buffer, inner: Rect, job: &Job) {
    let styles = view.styles;
    let words = view.app.mask.text(&job.words());
    let wide = u16::try_from(width(&words)).unwrap_or(u16::MAX);
    let room = inner
        .width
        .saturating_sub(wide.saturating_add(2))
        .min(BAR.1);
    let share = job
        .share()
        .filter(|_| !matches!(job.state, State::Ended(_)) && room >= BAR.0);
    let place = match share {
        Some(share) => {
            // A saturating cast of a share from 0 to 1.
            let full = (share * f64::from(room)) as u16;
            let bar = "━".repeat(usize::from(full));
            put(buffer, inner, &bar, styles.playing);
            let rest = "─".repeat(usize::from(room - full));
            put(buffer, after(inner, full), &rest, styles.quiet);
            after(inner, room + 2)
        }
        None => inner,
    };
    put(buffer, place, &words, styles.text);
}

/// A line of a box: its text, and how it looks.
type Line = (String, Style);

pub(super) fn draw_delete(view: &mut View, frame: &mut Frame, layout: &Layout, dialog: &Dialog) {
    let styles = view.styles;
    let columns = WIDTH.min(layout.body.width);
    let room = usize::from(columns.saturating_sub(4));
    let mut lines: Vec<Line> = Vec::new();
    match (&dialog.planned, &dialog.failed) {
        (_, Some(why)) => {
            let words = format!("! nothing was deleted: {}", view.app.mask.text(why));
            lines.extend(
                wrap(&words, room)
                    .into_iter()
                    .map(|line| (line, styles.trouble)),
            );
        }
        (None, None) => {
            let far = view.app.jobs.looked_at();
            let words = format!(
                "looking at {} marked: {} so far …",
                dialog.count,
                words::count(far)
            );
            lines.push((words, styles.waiting));
        }
        (Some(planned), None) => {
            let facts = facts(view, dialog, planned);
            for (name, text) in facts {
                let indent = usize::from(NAME);
                for (at, part) in wrap(&text, room.saturating_sub(indent)).iter().enumerate() {
                    let name = if at == 0 { name } else { "" };
                    lines.push((format!("{name:<indent$}{part}"), styles.text));
                }
            }
        }
    }
    let sentence = view.app.delete_sentence(dialog);
    if let Some(sentence) = &sentence {
        lines.push((String::new(), styles.text));
        let ask = match dialog.wrong {
            true => (
                "! that is another sentence; to delete them, type:",
                styles.trouble,
            ),
            false => ("No undo exists. To delete them, type:", styles.text),
        };
        lines.push((ask.0.to_owned(), ask.1));
        lines.push((format!("  {sentence}"), styles.key));
        lines.push((format!("> {}", dialog.line.text()), styles.text));
    }
    let titles = Titles {
        top_left: Some(("Delete for good?", styles.trouble)),
        bottom_right: Some(("Esc leaves all as it was", styles.key)),
        ..Titles::default()
    };
    let before = match sentence {
        Some(_) => width("> ") + width(dialog.line.before_caret()),
        None => 0,
    };
    draw_box(view, frame, layout, (columns, &titles), &lines, before);
}

/// What is to be known before it is confirmed.
fn facts(view: &View, dialog: &Dialog, planned: &Planned) -> Vec<(&'static str, String)> {
    let app = view.app;
    let recordings = words::counted(planned.count, "recording", "recordings");
    let unknown = match planned.unknown {
        0 => String::new(),
        unknown => format!(", and {} of unknown length", words::count(unknown)),
    };
    let long = words::length(planned.length);
    let account = format!("{} · {}", app.mask.account(&app.account), app.auth_id);
    let zone = app.zone.label();
    let mut facts = vec![
        ("delete", format!("{recordings}, {long} in all{unknown}")),
        ("from", account),
    ];
    for (name, at) in [("oldest", planned.oldest), ("newest", planned.newest)] {
        facts.extend(at.map(|at| (name, format!("{} {zone}", app.zone.format(at)))));
    }
    let off = planned.count.saturating_sub(dialog.seen);
    if off > 0 {
        let are = if off == 1 { "is" } else { "are" };
        facts.push((
            "unseen",
            format!("{} {are} off the screen", words::count(off)),
        ));
    }
    let left_out = [
        (planned.done, "deleted by an earlier run"),
        (planned.unnamed, "without an id that the API knows"),
        (
            planned.unsettled,
            "begun by an earlier run: first it is found out what became of them",
        ),
    ];
    for (number, why) in left_out {
        if number > 0 {
            facts.push(("besides", format!("{} {why}", words::count(number))));
        }
    }
    facts.push(("takes", format!("about {}", words::time(planned.takes))));
    facts.push(("receipts", planned.receipts.clone()));
    facts
}

pub(super) fn draw_leave(view: &mut View, frame: &mut Frame, layout: &Layout) {
    let styles = view.styles;
    let columns = WIDTH.min(layout.body.width);
    let room = usize::from(columns.saturating_sub(4));
    let mut lines: Vec<Line> = Vec::new();
    for (at, words) in view.app.leave_words().iter().enumerate() {
        let style = if at == 0 { styles.text } else { styles.key };
        lines.extend(wrap(words, room).into_iter().map(|line| (line, style)));
    }
    let titles = Titles {
        top_left: Some(("End callreel?", styles.title)),
        ..Titles::default()
    };
    draw_box(view, frame, layout, (columns, &titles), &lines, 0);
}

/// A box in the middle; the hardware cursor stands in its last line, behind so many columns.
fn draw_box(
    view: &mut View,
    frame: &mut Frame,
    layout: &Layout,
    (columns, titles): (u16, &Titles),
    lines: &[Line],
    before: usize,
) {
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let area = layout.popup(columns, height);
    let inner = popup(frame, area, view.styles.border_focus, titles);
    // In a short terminal the end is what is asked for.
    let skipped = lines.len().saturating_sub(usize::from(inner.height));
    let seen = lines.iter().skip(skipped);
    for (y, (line, style)) in (inner.y..inner.bottom()).zip(seen) {
        let place = Rect {
            y,
            height: 1,
            ..inner
        };
        put(frame.buffer_mut(), place, line, *style);
    }
    let before = u16::try_from(before).unwrap_or(0);
    view.cursor = Some(Position {
        x: inner.x + before.min(inner.width.saturating_sub(1)),
        y: inner.bottom().saturating_sub(1).max(inner.y),
    });
}
