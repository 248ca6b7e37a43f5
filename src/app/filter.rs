//! The filter form: its fields, its keys, and what it would send.
//!
//! The form is text until it is applied. What the text means is worked out when it is asked for ([`Form::check`]), so
//! it is never out of date with the text, the zone or the clock.

mod check;
mod lines;
mod step;

pub use super::when::End;
pub use check::{Check, Note};

use chrono::{DateTime, Utc};

use super::criteria::{Criteria, Edge, Field, FieldError, Preset};
use super::input::TextLine;
use super::key::{Key, KeyCode};
use super::zone::Zone;
use lines::Lines;

/// What can be clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldId {
    Text(Field),
    /// Inclusive or exclusive.
    Switch(End),
    Preset(Preset),
}

/// Where the keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    Text(Field),
    Presets,
}

/// What a key did.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Stay,
    /// Close it; everything stays as it was.
    Leave,
    /// Close it and list this.
    Apply(Criteria),
}

/// The open form.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// What was in effect: carries the filters that the form has no field for.
    base: Criteria,
    lines: Lines,
    from_inclusive: bool,
    to_inclusive: bool,
    focus: Focus,
}

impl Form {
    /// The form with what is in effect filled in, *From* focused.
    pub fn open(criteria: &Criteria, _zone: &Zone, _now: DateTime<Utc>) -> Self {
        let mut lines = Lines::default();
        for field in Field::ALL {
            let text = criteria.value(field).map(|value| field.write(value));
            *lines.get_mut(field) = TextLine::with(&text.unwrap_or_default());
        }
        lines.from = TextLine::with(&criteria.from.text);
        lines.to = TextLine::with(&criteria.to.text);
        Self {
            base: criteria.clone(),
            lines,
            from_inclusive: criteria.from.inclusive,
            to_inclusive: criteria.to.inclusive,
            focus: Focus::Text(Field::From),
        }
    }

    pub fn focus(&self) -> Focus {
        self.focus
    }

    pub fn line(&self, field: Field) -> &TextLine {
        self.lines.get(field)
    }

    pub fn inclusive(&self, end: End) -> bool {
        match end {
            End::From => self.from_inclusive,
            End::To => self.to_inclusive,
        }
    }

    /// The preset whose words stand in the two time fields.
    pub fn preset(&self) -> Option<Preset> {
        Preset::of(self.lines.from.text(), self.lines.to.text())
            .filter(|_| self.from_inclusive && self.to_inclusive)
    }

    fn edges(&self) -> (Edge, Edge) {
        let edge = |line: &TextLine, inclusive| Edge {
            text: line.text().trim().into(),
            inclusive,
        };
        (
            edge(&self.lines.from, self.from_inclusive),
            edge(&self.lines.to, self.to_inclusive),
        )
    }

    /// The texts as criteria. Mistakes in the filters come back; the two times are read by [`Criteria::plan`].
    pub fn criteria(&self) -> Result<Criteria, Vec<FieldError>> {
        let (from, to) = self.edges();
        let mut criteria = Criteria {
            from,
            to,
            ..self.base.clone()
        };
        let mut mistakes = Vec::new();
        for field in Field::ALL {
            match field.read(self.line(field).text()) {
                Ok(understood) => {
                    criteria.set_value(field, understood.map(|understood| understood.value))
                }
                Err(mistake) => mistakes.push(mistake.at(field)),
            }
        }
        if mistakes.is_empty() {
            Ok(criteria)
        } else {
            Err(mistakes)
        }
    }

    pub fn key(&mut self, key: Key, zone: &Zone, now: DateTime<Utc>) -> Outcome {
        match (key.code, self.focus) {
            (KeyCode::Esc, _) => return Outcome::Leave,
            (KeyCode::Enter, _) => return self.apply(zone, now),
            (KeyCode::Tab, _) if key.shift => self.move_focus(-1),
            (KeyCode::BackTab, _) => self.move_focus(-1),
            (KeyCode::Tab, _) => self.move_focus(1),
            (KeyCode::Up, Focus::Text(field)) if key.shift => self.step(field, 1, zone, now),
            (KeyCode::Down, Focus::Text(field)) if key.shift => self.step(field, -1, zone, now),
            (KeyCode::Up, _) => self.move_focus(-1),
            (KeyCode::Down, _) => self.move_focus(1),
            (KeyCode::Char('t'), Focus::Text(Field::From)) if key.ctrl => self.switch(End::From),
            (KeyCode::Char('t'), Focus::Text(Field::To)) if key.ctrl => self.switch(End::To),
            (KeyCode::Char('u'), Focus::Text(field)) if key.ctrl => {
                self.lines.get_mut(field).clear()
            }
            (_, Focus::Text(field)) => {
                self.lines.get_mut(field).key(key);
            }
            (code, Focus::Presets) if !key.ctrl && !key.alt => self.preset_key(code),
            (_, Focus::Presets) => {}
        }
        Outcome::Stay
    }

    /// Pasted text goes into the field as one line without control codes; its length is bounded.
    pub fn paste(&mut self, text: &str) {
        let Focus::Text(field) = self.focus else {
            return;
        };
        // Nothing that is a time, a number, an id or a name is longer.
        const LONGEST: usize = 4_096;
        let line: String = text
            .chars()
            .take(LONGEST)
            .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'))
            .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
            .collect();
        self.lines.get_mut(field).insert(line.trim());
    }

    pub fn click(&mut self, field: FieldId) {
        match field {
            FieldId::Text(field) => self.focus = Focus::Text(field),
            FieldId::Switch(end) => {
                self.focus = Focus::Text(match end {
                    End::From => Field::From,
                    End::To => Field::To,
                });
                self.switch(end);
            }
            FieldId::Preset(preset) => {
                self.focus = Focus::Presets;
                self.choose(preset);
            }
        }
    }

    fn apply(&mut self, zone: &Zone, now: DateTime<Utc>) -> Outcome {
        let planned = self.criteria().and_then(|criteria| {
            criteria.plan(zone, now)?;
            Ok(criteria)
        });
        match planned {
            Ok(criteria) => Outcome::Apply(criteria),
            Err(mistakes) => {
                if let Some(first) = mistakes.first() {
                    self.focus = Focus::Text(first.field);
                }
                Outcome::Stay
            }
        }
    }

    fn move_focus(&mut self, by: isize) {
        let stops = Field::ALL.map(Focus::Text);
        let places = stops.iter().copied().chain([Focus::Presets]);
        let count = stops.len() + 1;
        let here = stops
            .iter()
            .position(|stop| *stop == self.focus)
            .unwrap_or(stops.len());
        let there = here.wrapping_add_signed(by).wrapping_add(count) % count;
        self.focus = places.clone().nth(there).unwrap_or(Focus::Presets);
    }

    fn switch(&mut self, end: End) {
        match end {
            End::From => self.from_inclusive = !self.from_inclusive,
            End::To => self.to_inclusive = !self.to_inclusive,
        }
    }

    fn step(&mut self, field: Field, by: i32, zone: &Zone, now: DateTime<Utc>) {
        let end = match field {
            Field::From => End::From,
            Field::To => End::To,
            _ => return,
        };
        let line = self.lines.get_mut(field);
        let caret = line.before_caret().len();
        if let Some((text, caret)) = step::step(line.text(), caret, by, end, zone, now) {
            *line = TextLine::with(&text);
            line.put_caret(caret);
        }
    }

    fn preset_key(&mut self, code: KeyCode) {
        let all = Preset::ALL;
        let here = self
            .preset()
            .and_then(|chosen| all.iter().position(|preset| *preset == chosen));
        let chosen = match (code, here) {
            (KeyCode::Left, Some(here)) => all.get(here.saturating_sub(1)),
            (KeyCode::Right, Some(here)) => all.get(here.saturating_add(1)),
            (KeyCode::Right | KeyCode::Home, _) => all.first(),
            (KeyCode::Left | KeyCode::End, _) => all.last(),
            (KeyCode::Char(digit), _) => all.iter().find(|preset| preset.digit() == digit),
            _ => None,
        };
        if let Some(preset) = chosen {
            self.choose(*preset);
        }
    }

    fn choose(&mut self, preset: Preset) {
        let (from, to) = preset.edges();
        self.lines.from = TextLine::with(&from.text);
        self.lines.to = TextLine::with(&to.text);
        (self.from_inclusive, self.to_inclusive) = (from.inclusive, to.inclusive);
    }
}

#[cfg(test)]
mod tests;
