//! How the filter form looks: a line for each field with what was understood beside or below it, the presets, what is
//! sent on the last line, and a calendar where there is room.

mod calendar;
mod field;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget};

use crate::app::criteria::{Field, Preset};
use crate::app::filter::{Check, FieldId, Focus, Form, Note};
use crate::app::text::wrap;
use crate::app::when::End;

use super::context::Context;
use super::panel::{Titles, popup};
use super::text::{put, width};
use super::theme::Styles;

/// Where the form's parts are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FormMap {
    pub fields: Vec<(Rect, FieldId)>,
    /// Where the hardware cursor belongs.
    pub cursor: Option<Position>,
}

/// Below this a frame costs more than it tells.
const LEAST_FRAMED: (u16, u16) = (24, 6);
/// Narrower borders hold the title only.
const ROOM_FOR_KEYS: u16 = 72;
/// From this width on the calendar stands beside the fields.
const WITH_CALENDAR: u16 = 92;
/// Lines of a note below its field.
const NOTE_LINES: usize = 3;

/// One line of the form.
enum Row {
    Field(Field),
    /// A note that did not fit beside its field.
    Note {
        text: String,
        mistake: bool,
    },
    Presets(Vec<Preset>),
    Blank,
}

/// Draws the form over the whole of `area` (its border included).
pub fn draw(frame: &mut Frame, area: Rect, form: &Form, context: &Context) -> FormMap {
    let mut map = FormMap::default();
    let styles = Styles::of(context.theme, &context.colours);
    let area = area.intersection(frame.area());
    let inner = if area.width >= LEAST_FRAMED.0 && area.height >= LEAST_FRAMED.1 {
        let titles = Titles {
            top_left: Some(("Filter", styles.title)),
            top_right: (area.width >= ROOM_FOR_KEYS).then_some((keys(form.focus()), styles.quiet)),
            ..Titles::default()
        };
        popup(frame, area, styles.border_focus, &titles)
    } else {
        Clear.render(area, frame.buffer_mut());
        area
    };
    if inner.is_empty() {
        return map;
    }
    let check = form.check(context.zone, context.now.wall, context.mask);
    let buffer = frame.buffer_mut();
    let left = match inner.width.checked_sub(calendar::WIDTH + 2) {
        Some(width) if inner.width >= WITH_CALENDAR && inner.height >= calendar::HEIGHT => {
            let side = Rect {
                x: inner.right() - calendar::WIDTH,
                width: calendar::WIDTH,
                ..inner
            };
            calendar::draw(
                buffer,
                side,
                check.range.as_ref(),
                form.focus(),
                context,
                &styles,
            );
            Rect { width, ..inner }
        }
        _ => inner,
    };
    let fields = sent(buffer, inner, left, &check, &styles);
    let view = field::View {
        form,
        check: &check,
        context,
        styles: &styles,
    };
    let (rows, focus) = rows(&view, fields);
    let room = usize::from(fields.height);
    // The focused field and what is said about it are always in sight.
    let top = focus.end.saturating_sub(room).min(focus.start);
    for (row, y) in rows.iter().skip(top).zip(fields.top()..fields.bottom()) {
        let line = Rect {
            y,
            height: 1,
            ..fields
        };
        match row {
            Row::Field(field) => view.field(buffer, line, *field, &mut map),
            Row::Note { text, mistake } => {
                let style = if *mistake {
                    styles.trouble
                } else {
                    styles.quiet
                };
                put(buffer, field::below(line), text, style);
            }
            Row::Presets(presets) => view.presets(buffer, line, presets, &mut map),
            Row::Blank => {}
        }
    }
    map
}

/// What helps in the focused field, for the border.
fn keys(focus: Focus) -> &'static str {
    match focus {
        Focus::Text(Field::From | Field::To) => {
            "Ctrl-t inclusive or not · Shift-↑↓ steps · Ctrl-u clears"
        }
        Focus::Text(_) => "Ctrl-u clears",
        Focus::Presets => "←→ or a digit chooses",
    }
}

/// Draws the lines at the foot; gives the room that is left for the fields.
fn sent(buffer: &mut Buffer, inner: Rect, left: Rect, check: &Check, styles: &Styles) -> Rect {
    let (text, style) = match (&check.sent, check.mistakes()) {
        (Some(sent), _) => (sent.clone(), styles.accent),
        (None, 1) => (
            "! nothing is sent: there is a mistake in a field".to_owned(),
            styles.trouble,
        ),
        (None, count) => (
            format!("! nothing is sent: there are mistakes in {count} fields"),
            styles.trouble,
        ),
    };
    let most = match inner.height {
        0..4 => 0,
        4..8 => 1,
        8..16 => 2,
        _ => 3,
    };
    let safe = super::text::safe(&text);
    let mut lines = parted(&safe, usize::from(inner.width));
    if lines.len() > most {
        // Every column counts.
        lines = wrap(&safe, usize::from(inner.width));
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            let room = usize::from(inner.width).saturating_sub(1);
            *last = format!(
                "{}…",
                super::text::cut_end(last, room).trim_end_matches('…')
            );
        }
    }
    let height = u16::try_from(lines.len()).unwrap_or(0);
    for (line, y) in lines.iter().zip(inner.bottom() - height..inner.bottom()) {
        put(
            buffer,
            Rect {
                y,
                height: 1,
                ..inner
            },
            line,
            style,
        );
    }
    // A line of air above it, where there is some.
    let gap = u16::from(inner.height >= 16);
    Rect {
        height: left.height.saturating_sub(height + gap),
        ..left
    }
}

/// What is sent in lines that end between two parameters, where they can.
fn parted(text: &str, columns: usize) -> Vec<String> {
    if width(text) <= columns {
        return vec![text.to_owned()];
    }
    // Room for the sign that more follows.
    let room = columns.saturating_sub(2);
    let mut lines: Vec<String> = Vec::new();
    for part in text.split(" · ") {
        match lines.last_mut() {
            Some(line) if width(line) + width(part) + 3 <= room => {
                line.push_str(" · ");
                line.push_str(part);
            }
            last => {
                if let Some(line) = last {
                    line.push_str(" ·");
                }
                lines.extend(wrap(part, room));
            }
        }
    }
    lines
}

/// Every line of the form, and which of them belong to the focused field.
fn rows(view: &field::View, area: Rect) -> (Vec<Row>, std::ops::Range<usize>) {
    let mut rows = Vec::new();
    let mut focus = 0..1;
    for field in Field::ALL {
        let start = rows.len();
        rows.push(Row::Field(field));
        let focused = view.form.focus() == Focus::Text(field);
        if let Some((note, mistake)) = view.note_below(area, field) {
            // Others' mistakes in one line; all of it where the reader is.
            let lines = wrap(&note, usize::from(field::below(area).width));
            let most = if focused { NOTE_LINES } else { 1 };
            let cut = lines.len() > most;
            rows.extend(
                lines
                    .into_iter()
                    .take(most)
                    .enumerate()
                    .map(|(index, mut text)| {
                        if cut && index + 1 == most {
                            text.push('…');
                        }
                        Row::Note { text, mistake }
                    }),
            );
        }
        if focused {
            focus = start..rows.len();
        }
    }
    if rows.len() + 3 < usize::from(area.height) {
        rows.push(Row::Blank);
    }
    let start = rows.len();
    let mut line = Vec::new();
    let mut used = 0;
    let room = usize::from(field::below(area).width);
    for preset in Preset::ALL {
        let wide = width(&field::preset_words(preset, false)) + 1;
        if used + wide > room + 1 && !line.is_empty() {
            rows.push(Row::Presets(std::mem::take(&mut line)));
            used = 0;
        }
        used += wide;
        line.push(preset);
    }
    rows.push(Row::Presets(line));
    if view.form.focus() == Focus::Presets {
        focus = start..rows.len();
    }
    (rows, focus)
}

/// The sign of a note, which tells a mistake from what was understood where colour cannot.
fn signed(note: &Note) -> (String, bool) {
    match note {
        Note::Mistake(text) => (format!("! {text}"), true),
        Note::Understood(text) => (format!("= {text}"), false),
    }
}

/// The end of the range that a field is.
fn end(field: Field) -> Option<End> {
    match field {
        Field::From => Some(End::From),
        Field::To => Some(End::To),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
