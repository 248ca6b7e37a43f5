//! One field's line: its name, its text, the switch of a time, and a short note.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use unicode_segmentation::UnicodeSegmentation;

use crate::app::criteria::{Field, Preset};
use crate::app::filter::{Check, FieldId, Focus, Form};
use crate::app::when::End;
use crate::ui::context::Context;
use crate::ui::text::{cut_end, put, safe, scrolled, width};
use crate::ui::theme::Styles;

use super::{FormMap, end, signed};

pub(super) struct View<'a> {
    pub(super) form: &'a Form,
    pub(super) check: &'a Check,
    pub(super) context: &'a Context<'a>,
    pub(super) styles: &'a Styles,
}

/// Columns of the names, and of the sign before them.
const LABEL: u16 = 16;
/// ` ≥ incl `
const SWITCH: u16 = 8;
/// A time with its zone, and the sign before it.
const NOTE: u16 = 26;
/// A UUID.
const LONGEST_INPUT: u16 = 37;

/// Where the parts of a line are.
struct Places {
    label: Rect,
    input: Rect,
    switch: Rect,
    note: Rect,
}

fn label_width(line: Rect) -> u16 {
    LABEL.min(line.width / 2)
}

/// Where a note below its field stands.
pub(super) fn below(line: Rect) -> Rect {
    let indent = label_width(line);
    Rect {
        x: line.x + indent,
        width: line.width - indent,
        ..line
    }
}

fn places(line: Rect, field: Field) -> Places {
    let part = |x: u16, width: u16| {
        let x = x.min(line.width);
        Rect {
            x: line.x + x,
            width: width.min(line.width - x),
            ..line
        }
    };
    let label = label_width(line);
    let rest = line.width - label;
    let switch = match end(field) {
        Some(_) if rest >= 24 => SWITCH,
        Some(_) => 2.min(rest / 2),
        None => 0,
    };
    let input = if switch > 0 {
        rest.saturating_sub(switch + NOTE)
            .clamp(20, LONGEST_INPUT)
            .min(rest - switch)
    } else {
        rest.min(LONGEST_INPUT)
    };
    let note = label + input + switch + 1;
    Places {
        label: part(0, label),
        input: part(label, input),
        switch: part(label + input, switch),
        note: part(note, line.width.saturating_sub(note)),
    }
}

impl View<'_> {
    /// Is the field's text not for everyone's eyes?
    fn hides(&self, field: Field) -> bool {
        self.context.mask.on && field.is_private()
    }

    fn note(&self, field: Field) -> Option<(String, bool)> {
        let (note, mistake) = signed(&self.check.note(field)?);
        // An alias in the field itself says it already.
        let said = self.hides(field) && !mistake && self.form.focus() != Focus::Text(field);
        (!said).then(|| (safe(&note).into_owned(), mistake))
    }

    /// The note, if it does not fit beside the field and is worth lines of its own.
    pub(super) fn note_below(&self, area: Rect, field: Field) -> Option<(String, bool)> {
        let (note, mistake) = self.note(field)?;
        let beside = places(Rect { height: 1, ..area }, field).note;
        let fits = width(&note) <= usize::from(beside.width);
        let focused = self.form.focus() == Focus::Text(field);
        let roomy = area.height >= 14;
        (!fits && (focused || mistake || (roomy && end(field).is_some())))
            .then_some((note, mistake))
    }

    pub(super) fn field(&self, buffer: &mut Buffer, line: Rect, field: Field, map: &mut FormMap) {
        let focused = self.form.focus() == Focus::Text(field);
        let places = places(line, field);
        let (sign, style) = if focused {
            ("❯ ", self.styles.accent.add_modifier(Modifier::BOLD))
        } else {
            ("  ", self.styles.quiet)
        };
        put(
            buffer,
            places.label,
            &format!("{sign}{}", field.label()),
            style,
        );
        self.input(buffer, places.input, field, focused, map);
        let clickable = places.label.union(places.input);
        map.fields.push((clickable, FieldId::Text(field)));
        if let Some(end) = end(field).filter(|_| !places.switch.is_empty()) {
            let inclusive = self
                .check
                .inclusive(end)
                .unwrap_or(self.form.inclusive(end));
            let words = match (end, inclusive) {
                (End::From, true) => " ≥ incl ",
                (End::From, false) => " > excl ",
                (End::To, true) => " ≤ incl ",
                (End::To, false) => " < excl ",
            };
            let style = if focused {
                self.styles.key
            } else {
                self.styles.quiet
            };
            put(
                buffer,
                places.switch,
                cut(words, places.switch.width),
                style,
            );
            map.fields.push((places.switch, FieldId::Switch(end)));
        }
        if let Some((note, mistake)) = self.note(field)
            && width(&note) <= usize::from(places.note.width)
        {
            let style = if mistake {
                self.styles.trouble
            } else {
                self.styles.quiet
            };
            put(buffer, places.note, &note, style);
        }
    }

    fn input(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        field: Field,
        focused: bool,
        map: &mut FormMap,
    ) {
        if area.is_empty() {
            return;
        }
        let line = self.form.line(field);
        let hidden = self.hides(field);
        let shown = match (hidden, focused) {
            (false, _) => line.text().to_owned(),
            (true, true) => dots(line.text()),
            (true, false) => self.alias(field),
        };
        let style = if focused {
            self.styles.text.add_modifier(Modifier::UNDERLINED)
        } else {
            self.styles.text
        };
        if focused {
            // The whole field is underlined, so that its extent is seen without colour.
            buffer.set_style(area, style);
        }
        if shown.is_empty() {
            put(buffer, area, placeholder(field), self.styles.quiet);
        }
        // One column is kept for the caret behind the last letter.
        let room = usize::from(area.width.saturating_sub(1));
        let before = if hidden {
            dots(line.before_caret())
        } else {
            line.before_caret().to_owned()
        };
        let caret = if focused { width(&before) } else { 0 };
        let skip = caret.saturating_sub(room);
        put(buffer, area, &scrolled(&shown, skip), style);
        if focused {
            let x = area.x + u16::try_from(caret - skip).unwrap_or(0).min(area.width - 1);
            map.cursor = Some(Position { x, y: area.y });
        }
    }

    /// What others may see of a field that tells who called whom.
    fn alias(&self, field: Field) -> String {
        let text = self.form.line(field).text();
        let mask = self.context.mask;
        match (field.read(text), field) {
            (Ok(Some(understood)), Field::Conference) => mask.name(&understood.value),
            (Ok(Some(understood)), Field::Subaccount) => mask.account(&understood.value),
            (Ok(Some(understood)), _) => mask.number(&understood.value),
            _ => dots(text),
        }
    }

    pub(super) fn presets(
        &self,
        buffer: &mut Buffer,
        line: Rect,
        presets: &[Preset],
        map: &mut FormMap,
    ) {
        let focused = self.form.focus() == Focus::Presets;
        let first = presets.first() == Preset::ALL.first();
        if first {
            let label = Rect {
                width: label_width(line),
                ..line
            };
            let (text, style) = if focused {
                ("❯ Presets", self.styles.accent.add_modifier(Modifier::BOLD))
            } else {
                ("  Presets", self.styles.quiet)
            };
            put(buffer, label, text, style);
        }
        let mut room = below(line);
        if focused && first && self.form.preset().is_none() {
            map.cursor = Some(Position {
                x: room.x.min(line.right().saturating_sub(1)),
                y: line.y,
            });
        }
        for preset in presets {
            let chosen = self.form.preset() == Some(*preset);
            let style = match (chosen, focused) {
                (true, true) => self.styles.cursor,
                (true, false) => self.styles.title,
                (false, true) => self.styles.text,
                (false, false) => self.styles.quiet,
            };
            let used = put(buffer, room, &preset_words(*preset, chosen), style);
            if used == 0 {
                break;
            }
            if focused && chosen {
                map.cursor = Some(
                    Position {
                        x: room.x + 1,
                        y: room.y,
                    }
                    .min(Position {
                        x: line.right() - 1,
                        y: room.y,
                    }),
                );
            }
            map.fields.push((
                Rect {
                    width: used,
                    ..room
                },
                FieldId::Preset(*preset),
            ));
            let step = (used + 1).min(room.width);
            room = Rect {
                x: room.x + step,
                width: room.width - step,
                ..room
            };
        }
    }
}

/// Brackets tell the chosen one where reverse is not seen.
pub(super) fn preset_words(preset: Preset, chosen: bool) -> String {
    let (open, close) = if chosen { ('[', ']') } else { (' ', ' ') };
    format!("{open}{} {}{close}", preset.digit(), preset.label())
}

fn placeholder(field: Field) -> &'static str {
    match field {
        Field::From => "open: 2011-01-01",
        Field::To => "open: now",
        _ => "any",
    }
}

/// As many dots as there are letters.
fn dots(text: &str) -> String {
    "•".repeat(text.graphemes(true).count())
}

/// The sign alone where the words do not fit.
fn cut(words: &str, room: u16) -> &str {
    if width(words) <= usize::from(room) {
        words
    } else {
        words.trim().split(' ').next().unwrap_or("")
    }
}

/// Used by the calendar's captions too.
pub(super) fn shortened(text: &str, room: u16) -> String {
    cut_end(text, usize::from(room)).into_owned()
}
