//! The lines that are typed into at the foot of the screen: the search, going to a time, a note.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget};

use crate::app::jobs::{Into, Purpose};
use crate::app::search::Needle;
use crate::app::{Overlay, words};

use super::View;
use super::text::{cut_end, put, scrolled, width};

/// Columns that are kept for what is typed.
const LEAST: u16 = 16;

/// Columns before the sign, and around the caret.
const GAPS: u16 = 3;

/// From this width on every key of a note is told.
const ROOMY: u16 = 100;

/// One such line.
struct Prompt<'a> {
    sign: &'a str,
    /// As it is shown: safe, and masked where that is called for.
    text: &'a str,
    /// Columns before the caret.
    before: usize,
    /// What it comes to, at the right.
    outcome: (&'a str, Style),
}

/// Draws the open line over `area`. False when none is open.
pub(super) fn draw(view: &mut View, frame: &mut Frame, area: Rect) -> bool {
    let app = view.app;
    let styles = view.styles;
    match &app.overlay {
        Some(Overlay::Search(line)) => {
            let found = match Needle::new(line.text()) {
                Some(needle) => {
                    let matches = app.matches(&needle);
                    let many = words::counted(matches.rows.len() as u64, "match", "matches");
                    format!(
                        "{many} in the {} rows loaded ",
                        words::count(matches.loaded as u64)
                    )
                }
                None => "searches the rows that are loaded ".into(),
            };
            // While numbers are hidden, so is the one being searched for.
            let shown = app.mask.text(line.text());
            let before = match shown == line.text() {
                true => width(line.before_caret()),
                false => width(&shown),
            };
            let prompt = Prompt {
                sign: "/",
                text: &shown,
                before,
                outcome: (&found, styles.quiet),
            };
            put_prompt(view, frame, area, &prompt);
        }
        Some(Overlay::GoTo(line)) => {
            // Words say that it is wrong where colour cannot.
            let (outcome, style) = match app.typed_moment(line.text(), view.now) {
                Some(Ok(place)) => (format!("goes to {} ", words::clock(place)), styles.quiet),
                Some(Err(mistake)) => (format!("! {mistake} "), styles.trouble),
                None => ("1:23   -30   +10   50% ".to_owned(), styles.quiet),
            };
            let prompt = Prompt {
                sign: "t ",
                text: line.text(),
                before: width(line.before_caret()),
                outcome: (&outcome, style),
            };
            put_prompt(view, frame, area, &prompt);
        }
        Some(Overlay::ViewName(line)) => {
            let (outcome, style) = match app.typed_view(line.text()) {
                Some(Ok(name)) => (format!("[views.{name}] "), styles.quiet),
                Some(Err(mistake)) => (format!("! {mistake} "), styles.trouble),
                None => ("what is listed, in this order ".to_owned(), styles.quiet),
            };
            let prompt = Prompt {
                sign: "view's name ",
                text: line.text(),
                before: width(line.before_caret()),
                outcome: (&outcome, style),
            };
            put_prompt(view, frame, area, &prompt);
        }
        Some(Overlay::Note(note)) => {
            let line = &note.line;
            let (shown, before) = match app.mask.on {
                // A note may name anyone.
                true => {
                    let dots = |text: &str| "•".repeat(width(text));
                    (dots(line.text()), width(line.before_caret()))
                }
                false => (line.text().to_owned(), width(line.before_caret())),
            };
            // A note is longer than a search: in a narrow terminal it goes before the words about keys.
            let keys = match area.width {
                ..ROOMY => "F7 F8 F9 listen  ⏎ keep ",
                _ => "F7 −3 s  F8 pause  F9 +3 s  ⏎ keep  Esc drop ",
            };
            let sign = format!("note {} ", words::clock(note.at()));
            let prompt = Prompt {
                sign: &sign,
                text: &shown,
                before,
                outcome: (keys, styles.quiet),
            };
            put_prompt(view, frame, area, &prompt);
        }
        Some(Overlay::Into(into)) => draw_into(view, frame, area, into),
        _ => return false,
    }
    true
}

/// Where an export or a download goes.
fn draw_into(view: &mut View, frame: &mut Frame, area: Rect, into: &Into) {
    let styles = view.styles;
    let doing = match into.purpose {
        Purpose::Export => "export",
        Purpose::Download => "download",
    };
    let sign = format!("{doing} {} to ", into.count);
    let (outcome, style) = match into.mistake() {
        // Words say that it is wrong where colour cannot.
        Some(mistake) => (format!("! {mistake} "), styles.trouble),
        None if into.replaces() => ("! it is there: ⏎ replaces it ".to_owned(), styles.trouble),
        None if view.app.mask.on && into.purpose == Purpose::Export => {
            ("⏎ writes, numbers and names too ".to_owned(), styles.quiet)
        }
        None => ("⏎ begins  Esc leaves ".to_owned(), styles.quiet),
    };
    let prompt = Prompt {
        sign: &sign,
        text: into.line.text(),
        before: width(into.line.before_caret()),
        outcome: (&outcome, style),
    };
    put_prompt(view, frame, area, &prompt);
}

fn put_prompt(view: &mut View, frame: &mut Frame, area: Rect, prompt: &Prompt) {
    Clear.render(area, frame.buffer_mut());
    let buffer = frame.buffer_mut();
    let sign = u16::try_from(width(prompt.sign)).unwrap_or(1);
    let (outcome, style) = prompt.outcome;
    // What is typed is short; beside it, as much as there is room for.
    let typed = u16::try_from(width(prompt.text) + 1).unwrap_or(LEAST);
    let kept = sign + GAPS + typed.min(LEAST);
    let outcome = cut_end(outcome, usize::from(area.width.saturating_sub(kept)));
    let outcome_width = u16::try_from(width(&outcome)).unwrap_or(0);
    let place = Rect {
        x: area.right() - outcome_width,
        width: outcome_width,
        ..area
    };
    put(buffer, place, &outcome, style);
    let room = area.width.saturating_sub(outcome_width + GAPS + sign);
    put(
        buffer,
        Rect {
            x: area.x + 1,
            width: sign,
            ..area
        },
        prompt.sign,
        view.styles.key,
    );
    // The end of a long line is where the caret usually is.
    let skipped = prompt
        .before
        .saturating_sub(usize::from(room.saturating_sub(1)));
    let tail = scrolled(prompt.text, skipped);
    let text = Rect {
        x: area.x + 1 + sign,
        width: room,
        ..area
    };
    put(buffer, text, &tail, view.styles.text);
    let caret = u16::try_from(prompt.before - skipped)
        .unwrap_or(0)
        .min(room);
    view.cursor = Some(Position {
        x: text.x + caret,
        y: area.y,
    });
}
