//! The top line: whose account, which range in which zone, how many match.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{App, words};

use super::View;
use super::text::{cut_end, put, safe, width};

pub(super) fn draw(view: &mut View, frame: &mut Frame, area: Rect) {
    let app = view.app;
    let room = usize::from(area.width);
    let (criteria, planned) = app.listed();
    let summary = safe(&criteria.summary(&app.zone, planned, &app.mask)).into_owned();
    let (range, filters) = summary.split_once(" · ").unwrap_or((&summary, ""));
    let (count, short) = match app.shown_queue().and(app.progress(view.now)) {
        Some(progress) => (progress.words(), progress.short()),
        None => {
            let count = count(app);
            let short = count.split(' ').next().unwrap_or_default().to_owned();
            (count, short)
        }
    };
    // What is in effect is always there: words go before the range does, and the range before the count.
    let full: Vec<&str> = [range, filters, &count]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    // That something is filtered is said, where there is no room for what.
    let some = match filters.split(" · ").count() {
        _ if !criteria.is_filtered() => String::new(),
        1 => "1 filter · ".into(),
        many => format!("{many} filters · "),
    };
    let right = [
        full.join(" · "),
        format!("{range} · {some}{count}"),
        format!("{range} · {some}{short}"),
        format!("{range} · {count}"),
        format!("{range} · {short}"),
    ]
    .into_iter()
    .find(|line| width(line) + 2 <= room)
    .unwrap_or_else(|| {
        format!(
            "{} · {short}",
            cut_end(range, room.saturating_sub(width(&short) + 5))
        )
    });

    let buffer = frame.buffer_mut();
    let wide = u16::try_from(width(&right))
        .unwrap_or(area.width)
        .min(area.width.saturating_sub(1));
    let place = Rect {
        x: area.right() - wide - 1,
        width: wide,
        ..area
    };
    put(buffer, place, &right, view.styles.text);

    let mut left = Rect {
        x: area.x + 1,
        width: place.x.saturating_sub(area.x + 3),
        ..area
    };
    let mut parts = vec![(vec!["callreel".to_owned()], view.styles.title)];
    parts.extend(who(app).map(|part| (part, view.styles.quiet)));
    for (spellings, style) in parts {
        // Half a name says nothing: each part is there whole, or not at all.
        let fits = |text: &String| width(text) <= usize::from(left.width);
        let Some(text) = spellings.into_iter().find(fits) else {
            continue;
        };
        let used = put(buffer, left, &text, style) + 2;
        left = Rect {
            x: left.x + used,
            width: left.width.saturating_sub(used),
            ..left
        };
    }
}

/// Whose account, and how its answers come: the most telling first, each in its longest words first.
fn who(app: &App) -> impl Iterator<Item = Vec<String>> {
    let account = safe(&app.mask.account(&app.account)).into_owned();
    let id = match app.mask.on {
        true => "masked".to_owned(),
        false => safe(&app.auth_id).into_owned(),
    };
    let way = match (app.deliveries.is_possible(), app.deliveries.is_on()) {
        (false, _) => vec![],
        (true, true) => vec!["by callback".to_owned(), "async".to_owned()],
        (true, false) => vec!["callbacks off".to_owned(), "sync".to_owned()],
    };
    let named = |name: String| match name.is_empty() {
        true => vec![],
        false => vec![name],
    };
    [named(account), way, named(id)].into_iter()
}

/// `1,204 recordings`, `1,204+ recordings` while windows are uncounted, nothing before anything is known.
fn count(app: &App) -> String {
    let Some(history) = &app.history else {
        return String::new();
    };
    let total = history.total();
    match (total.known, total.exact) {
        (0, false) => "…".into(),
        (1, true) => "1 recording".into(),
        (known, true) => format!("{} recordings", words::count(known as u64)),
        (known, false) => format!("{}+ recordings", words::count(known as u64)),
    }
}
