//! How a job looks: its pane, the question before a deletion, and the one before the program ends.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::app::jobs::{Dialog, Job, State, WIDTH};
use crate::app::layout::Layout;
use crate::app::text::{safe, wrap};
use crate::app::words;

use super::View;
use super::panel::{Titles, after, panel, popup};
use super::text::{put, width};

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
    let (title, trouble) = (app.mask.text(&job.title()), app.mask.text(&job.trouble()));
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
                wrap(&safe(&words), room)
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
            let (facts, style) = match view.app.delete_facts(planned) {
                Ok(facts) => (facts, styles.text),
                Err(lacking) => {
                    let rows = words::counted(lacking as u64, "row more is", "rows more are");
                    let words = format!(
                        "! make the terminal larger: {rows} needed to say what would be deleted"
                    );
                    (wrap(&words, room), styles.trouble)
                }
            };
            lines.extend(facts.into_iter().map(|line| (line, style)));
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
