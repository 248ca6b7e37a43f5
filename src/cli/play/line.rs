//! How the one line looks: `▶ 8d5cd396  0:12 ━━━━╸───┄┄ 3:12  1.5×  left only  volume 80 %`.

use std::time::{Duration, Instant};

use crate::app::player::{Player, State};
use crate::app::text::{safe, width};
use crate::app::words;
use crate::audio::speech::Speed;

/// The fewest and the most columns of the bar.
const BAR: std::ops::RangeInclusive<usize> = 8..=60;

/// The line in at most so many columns, and how wide the bar in it is.
pub(super) fn line(player: &Player, now: Instant, columns: usize) -> (String, usize) {
    let before = format!(
        "{} {}  {}",
        sign(player.state()),
        name(player),
        at(player, now)
    );
    let mut behind = match player.length() {
        Some(length) if length.exact => words::length(length.length),
        Some(length) => format!("~{}", words::length(length.length)),
        None => String::new(),
    };
    // Where there is little room, what was set goes first, the bar next.
    for part in set(player) {
        let room = columns.saturating_sub(width(&before) + width(&behind) + BAR.start() + 2);
        if width(&part) + 2 <= room {
            behind.push_str("  ");
            behind.push_str(&part);
        }
    }
    let room = columns.saturating_sub(width(&before) + width(&behind) + 2);
    if room < *BAR.start() {
        return (format!("{before} {behind}"), 0);
    }
    let cells = room.min(*BAR.end());
    (
        format!("{before} {} {behind}", bar(player, now, cells)),
        cells,
    )
}

/// A UUID is told by its first part.
fn name(player: &Player) -> String {
    let id = player.subject().map_or("", |subject| subject.id.as_str());
    safe(id.split('-').next().unwrap_or_default()).into_owned()
}

fn sign(state: State) -> &'static str {
    match state {
        State::Stopped | State::Ended => "■",
        State::Opening | State::Buffering => "◌",
        State::Playing => "▶",
        State::Paused => "‖",
        State::Failed => "!",
    }
}

/// Whole seconds while it moves; at the end the length, rounded as it is.
fn at(player: &Player, now: Instant) -> String {
    let position = player.position(now);
    match player.state() {
        State::Ended => words::length(position),
        _ => words::length(Duration::from_secs(position.as_secs())),
    }
}

/// What was heard, what is here, and what has not come.
fn bar(player: &Player, now: Instant, cells: usize) -> String {
    let heard = player.fraction(now).unwrap_or(0.0) * cells as f64;
    let cell = |place: usize| {
        let (start, middle) = (place as f64, (place as f64 + 0.5) / cells as f64);
        let here = player
            .buffered()
            .iter()
            .any(|part| (f64::from(part.start)..=f64::from(part.end)).contains(&middle));
        match (heard - start, here) {
            (over, _) if over >= 1.0 => '━',
            (over, _) if over >= 0.5 => '╸',
            (_, true) => '─',
            (_, false) => '┄',
        }
    };
    (0..cells).map(cell).collect()
}

/// What is otherwise than recorded.
fn set(player: &Player) -> Vec<String> {
    let speech = player.speech();
    let mut parts: Vec<String> = (speech.speed != Speed::NORMAL)
        .then(|| speech.speed.to_string())
        .into_iter()
        .chain(player.repeat().words())
        .chain(player.sides_words())
        .chain(player.skip_words())
        .chain(speech.level.then(|| "levelled".to_owned()))
        .collect();
    match (player.muted(), player.volume()) {
        (true, _) => parts.push("muted".to_owned()),
        (false, 100) => {}
        (false, volume) => parts.push(format!("volume {volume} %")),
    }
    parts
}
