//! The last line: what there is to say, else the keys that help here.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::{Clear, Widget};

use crate::app::keymap::Context;
use crate::app::layout::Layout;
use crate::app::notice::Kind;
use crate::app::player::State;
use crate::app::{Action, App, Focus, Overlay};

use super::View;
use super::prompt;
use super::text::{cut_end, fitted, safe, span, width};

pub(super) fn draw(view: &mut View, frame: &mut Frame, layout: &Layout) {
    if prompt::draw(view, frame, layout.message) {
        return;
    }
    let said = view.app.status(view.now);
    if let Some(at) = said.as_ref().and_then(|line| line.until) {
        view.map.wake(at);
    }
    let Some(line) = said.filter(|line| !line.text.is_empty()) else {
        if let Some(area) = layout.hints {
            hints(view, frame, area);
        }
        return;
    };
    // Where it has no line of its own, a passing word must not cover the box that is being read.
    if layout.hints.is_none() && view.app.overlay.is_some() && line.kind == Kind::Info {
        return;
    }
    let styles = view.styles;
    let area = layout.message;
    // Words say that it is trouble where colour cannot.
    let (sign, style) = match line.kind {
        Kind::Trouble => (" ! ", styles.trouble),
        Kind::Info => (" ", styles.text),
    };
    Clear.render(area, frame.buffer_mut());
    let columns = usize::from(area.width);
    let said = format!("{sign}{}", line.text);
    let help = match line.help.is_empty() {
        true => Vec::new(),
        false => {
            // What failed keeps half of the line where both do not fit; the key stands first in its help.
            let least = width(&said).min(columns / 2);
            let help = safe(&line.help);
            let help = cut_end(&help, columns.saturating_sub(least + 3));
            vec![span(" · ", styles.quiet), span(&help, styles.key)]
        }
    };
    let text = fitted(&said, style, help, columns);
    frame
        .buffer_mut()
        .set_line(area.x, area.y, &text, area.width);
}

/// Keys from the bindings, as many as fit; help is always among them.
fn hints(view: &View, frame: &mut Frame, area: Rect) {
    let app = view.app;
    let room = usize::from(area.width.saturating_sub(1));
    let mut spans: Vec<Span> = vec![Span::raw(" ")];
    let wanted = wanted(app);
    let last = wanted
        .last()
        .map_or(0, |(keys, words)| width(keys) + width(words) + 3);
    let mut used = 1;
    for (at, (keys, words)) in wanted.iter().enumerate() {
        let wide = width(keys) + width(words) + 3;
        let is_last = at + 1 == wanted.len();
        if used + wide + if is_last { 0 } else { last } > room {
            continue;
        }
        used += wide;
        spans.push(span(keys, view.styles.key));
        spans.push(Span::raw(" "));
        spans.push(span(words, view.styles.quiet));
        spans.push(Span::raw("  "));
    }
    frame
        .buffer_mut()
        .set_line(area.x, area.y, &spans.into(), area.width);
}

/// What is worth telling here, the most useful first and help last.
fn wanted(app: &App) -> Vec<(String, &'static str)> {
    let (context, actions): (_, &[Action]) = match &app.overlay {
        // The form has its keys to itself: there are none to look up.
        Some(Overlay::Filter(_)) => {
            return [
                ("⏎", "apply"),
                ("Tab", "next field"),
                ("Esc", "leave as it was"),
            ]
            .map(|(key, words)| (key.to_owned(), words))
            .to_vec();
        }
        Some(Overlay::Moments(_)) => (
            Context::Moments,
            &[
                Action::Accept,
                Action::EditNote,
                Action::RemoveMoment,
                Action::RestoreMoment,
                Action::Back,
            ],
        ),
        Some(Overlay::Columns(_)) => (
            Context::Choosing,
            &[
                Action::ShowColumn,
                Action::ColumnUp,
                Action::ColumnDown,
                Action::ConfigLines,
                Action::Accept,
                Action::Back,
            ],
        ),
        Some(Overlay::Profiles(_)) => (Context::Choosing, &[Action::Accept, Action::Back]),
        Some(Overlay::ChangeProfile(_)) => (Context::Asking, &[Action::Yes, Action::No]),
        Some(Overlay::Views(_)) => (
            Context::Choosing,
            &[
                Action::Accept,
                Action::SaveView,
                Action::ConfigLines,
                Action::Back,
            ],
        ),
        Some(Overlay::SaveView(_)) if app.views_file().is_none() => {
            (Context::Asking, &[Action::ConfigLines, Action::Back])
        }
        Some(Overlay::SaveView(_)) => (
            Context::Asking,
            &[Action::Yes, Action::ConfigLines, Action::Back],
        ),
        Some(Overlay::KeepMarks) => (Context::Asking, &[Action::Yes, Action::No]),
        Some(Overlay::Leave { .. }) => (Context::Leaving, &[Action::Quit, Action::Back]),
        Some(Overlay::Into(_) | Overlay::Delete(_)) => {
            (Context::Typing, &[Action::Accept, Action::Back])
        }
        Some(Overlay::Palette(_) | Overlay::Search(_) | Overlay::GoTo(_) | Overlay::Note(_)) => (
            Context::Typing,
            &[Action::Accept, Action::RowDown, Action::RowUp, Action::Back],
        ),
        Some(_) => (
            Context::Reading,
            &[Action::RowDown, Action::RowUp, Action::Back],
        ),
        None if app.missing.is_some() => (
            Context::FirstRun,
            &[Action::OpenDemo, Action::Quit, Action::Help],
        ),
        None => return browsing(app),
    };
    actions
        .iter()
        .filter_map(|action| hint(app, context, *action))
        .collect()
}

fn browsing(app: &App) -> Vec<(String, &'static str)> {
    let context = app.focus.context();
    let hint = |action| hint(app, context, action);
    let mut hints = Vec::new();
    // Where there are no rows, nothing is to be done with one.
    let rows = !app.rows().is_empty();
    if rows {
        hints.extend(hint(Action::Play));
    }
    if !app.picks.is_empty() {
        let several = [Action::Download, Action::Delete, Action::Export];
        hints.extend(several.into_iter().filter_map(hint));
    }
    if app.player.subject().is_some() {
        let toggles = match app.player.state() {
            State::Paused => "go on",
            State::Ended | State::Failed => "again",
            _ => "pause",
        };
        let pause = key(app, context, Action::TogglePause);
        hints.extend(pause.map(|key| (key, toggles)));
        let both = [Action::Seek(-5), Action::Seek(5)];
        let keys: String = both
            .into_iter()
            .filter_map(|action| key(app, context, action))
            .collect();
        hints.push((keys, "5 s"));
    }
    let here: &[Action] = match app.focus {
        Focus::Detail => &[
            Action::RowDown,
            Action::RowUp,
            Action::NextPane,
            Action::RawJson,
            Action::Detail,
        ],
        Focus::List if rows => &[Action::Filter, Action::Search, Action::Detail],
        Focus::List => &[Action::Filter],
    };
    let everywhere = [Action::Refresh, Action::CommandLine];
    hints.extend(here.iter().copied().chain(everywhere).filter_map(hint));
    if let Some(copy) = key(app, context, Action::CopyId).filter(|_| rows) {
        hints.push((
            copy.split(' ').next().unwrap_or_default().to_owned(),
            "copy",
        ));
    }
    hints.extend([Action::Quit, Action::Help].into_iter().filter_map(hint));
    hints
}

fn hint(app: &App, context: Context, action: Action) -> Option<(String, &'static str)> {
    Some((key(app, context, action)?, action.description()?.short))
}

fn key(app: &App, context: Context, action: Action) -> Option<String> {
    app.keymap
        .chords(context, action)
        .next()
        .map(|chord| chord.to_string())
}
