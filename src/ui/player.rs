//! How the player's panel looks: from one line to a framed waveform with a lane for each channel.
//!
//! While it plays, only the shown second and the head's cell change from one drawing to the next: a few bytes.

mod bar;

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::player::{Player, State, Trouble};
use crate::app::text::wrap;
use crate::app::words;
use crate::audio::Media;
use crate::audio::speech::Speed;

use super::context::Context;
use super::panel::{Titles, panel};
use super::text::{cut_end, put, safe, width};
use super::theme::Styles;

/// Where the bar is, and when it would look different by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PlayerMap {
    pub bar: Option<Rect>,
    pub redraw_at: Option<Instant>,
}

/// Below this there is no room for a frame.
const LEAST_FRAMED: (u16, u16) = (30, 3);

/// Draws the panel over the whole of `area` (its border included where there is room for one).
pub fn draw(frame: &mut Frame, area: Rect, player: &Player, context: &Context) -> PlayerMap {
    let area = area.intersection(frame.area());
    if area.is_empty() || player.subject().is_none() {
        return PlayerMap::default();
    }
    let styles = Styles::of(context.theme, &context.colours);
    let now = context.now.mono;
    let framed = area.width >= LEAST_FRAMED.0 && area.height >= LEAST_FRAMED.1;
    let status = status(player, now);
    let (mut inner, status_line) = if framed {
        let title = title(player, context);
        let state = state_words(player.state());
        // Where lines are few, volume and the rest stand in the border.
        let in_border = area.height < 5;
        let titles = Titles {
            top_left: Some((&title, title_style(player.state(), &styles))),
            top_right: (!state.is_empty()).then_some((state, title_style(player.state(), &styles))),
            bottom_left: in_border.then_some((&status, styles.quiet)),
            ..Titles::default()
        };
        let inner = panel(frame, area, styles.border, &titles);
        (
            inner,
            (!in_border && inner.height > 1).then(|| last_line(inner)),
        )
    } else {
        (area, None)
    };
    let buffer = frame.buffer_mut();
    if let Some(line) = status_line {
        put(buffer, line, &status, styles.quiet);
        inner.height -= 1;
    }
    if let Some(trouble) = player.trouble() {
        let whole = Rect {
            height: inner.height + u16::from(status_line.is_some()),
            ..inner
        };
        inner = tell(buffer, whole, &trouble, context, &styles).intersection(inner);
    }
    let bar = bar::draw(buffer, inner, player, context, framed, &styles);
    PlayerMap {
        bar,
        redraw_at: player.needs_redraw_at(now, bar.map_or(0, |bar| bar.width)),
    }
}

fn last_line(area: Rect) -> Rect {
    Rect {
        y: area.bottom().saturating_sub(1),
        height: area.height.min(1),
        ..area
    }
}

/// What went wrong, at the foot, over what stood there; gives the room above it. What can still be heard keeps a line.
fn tell(
    buffer: &mut Buffer,
    area: Rect,
    trouble: &Trouble,
    context: &Context,
    styles: &Styles,
) -> Rect {
    let kept = if trouble.fatal || area.height < 2 {
        0
    } else {
        1
    };
    let what = safe(&context.mask.text(&trouble.what)).into_owned();
    let what = format!("! {what}");
    let lines = lines(
        &what,
        &context.keymap.spell(trouble.help),
        usize::from(area.width),
        usize::from(area.height.saturating_sub(kept)),
    );
    let height = u16::try_from(lines.len())
        .unwrap_or(area.height)
        .min(area.height);
    let top = area.bottom() - height;
    for (line, y) in lines.iter().zip(top..area.bottom()) {
        let row = Rect {
            y,
            height: 1,
            ..area
        };
        put(
            buffer,
            row,
            &" ".repeat(usize::from(area.width)),
            Style::new(),
        );
        put(buffer, row, line, styles.trouble);
    }
    Rect {
        height: area.height - height,
        ..area
    }
}

/// Both in at most so many lines. What is cut is the failure, not the way out; where that does not fit either, the
/// failure is what there is to say.
fn lines(what: &str, help: &str, columns: usize, most: usize) -> Vec<String> {
    let whole = wrap(&format!("{what} · {help}"), columns);
    if whole.len() <= most {
        return whole;
    }
    let beside = columns.saturating_sub(width(help) + 3);
    if most == 1 && beside >= 12 {
        return vec![format!("{} · {help}", cut_end(what, beside))];
    }
    let help = wrap(help, columns);
    let help = if help.len() < most { help } else { Vec::new() };
    let room = most - help.len();
    let mut lines = wrap(what, columns);
    if lines.len() > room {
        lines.truncate(room);
        if let Some(last) = lines.last_mut() {
            *last = format!(
                "{}…",
                cut_end(last, columns.saturating_sub(1)).trim_end_matches('…')
            );
        }
    }
    lines.extend(help);
    lines
}

fn sign(state: State) -> &'static str {
    match state {
        State::Stopped => " ",
        State::Opening | State::Buffering => "◌",
        State::Playing => "▶",
        State::Paused => "‖",
        State::Ended => "■",
        State::Failed => "!",
    }
}

fn state_words(state: State) -> &'static str {
    match state {
        State::Stopped | State::Playing => "",
        State::Opening => "opening…",
        State::Buffering => "waiting for bytes",
        State::Paused => "paused",
        State::Ended => "ended",
        State::Failed => "failed",
    }
}

fn title_style(state: State, styles: &Styles) -> Style {
    match state {
        State::Playing => styles.playing,
        State::Opening | State::Buffering => styles.waiting,
        State::Failed => styles.trouble,
        State::Stopped | State::Paused | State::Ended => styles.title,
    }
}

/// `▶ 8d5cd396 · 2026-11-20 14:02:11`
fn title(player: &Player, context: &Context) -> String {
    let Some(subject) = player.subject() else {
        return String::new();
    };
    // A UUID is told by its first part.
    let id = subject.id.as_str().split('-').next().unwrap_or_default();
    let sign = sign(player.state());
    let mut title = format!("{sign} {id}");
    if let Some(added) = subject.added {
        title.push_str(&format!(" · {}", context.zone.format(added)));
    }
    if context.deleted {
        title.push_str(" · deleted");
    }
    title
}

/// `volume 80 %   stereo · mp3 · 16 kHz   buffered 71 %`
fn status(player: &Player, now: Instant) -> String {
    let volume = if player.muted() {
        "muted".to_owned()
    } else {
        format!("volume {} %", player.volume())
    };
    let speed = player.speech().speed;
    // What was set stands before what is as it is: where there is little room, the end is cut.
    let mut parts: Vec<String> = (speed != Speed::NORMAL)
        .then(|| speed.to_string())
        .into_iter()
        .chain(player.autoplay().then(|| "autoplay".to_owned()))
        .chain(player.repeat().words())
        .chain(player.sides_words())
        .chain(player.skip_words())
        .chain(player.speech().level.then(|| "levelled".to_owned()))
        .collect();
    if let Some(window) = player.window(now).filter(|_| player.is_zoomed()) {
        // Whole seconds are close enough to find one's way.
        let at = |place: Duration| words::length(Duration::from_secs(place.as_secs()));
        parts.push(format!("zoom {}–{}", at(window.start), at(window.end)));
    }
    parts.push(volume);
    parts.extend(player.media().map(media));
    let buffered: f32 = player
        .buffered()
        .iter()
        .map(|part| (part.end - part.start).max(0.0))
        .sum();
    // A saturating cast: what is not a number is 0.
    let percent = (buffered.clamp(0.0, 1.0) * 100.0) as u8;
    if percent > 0 {
        parts.push(format!("buffered {percent} %"));
    }
    parts.join("   ")
}

fn media(media: &Media) -> String {
    let channels = match media.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        count => format!("{count} channels"),
    };
    let rate = f64::from(media.sample_rate) / 1_000.0;
    format!("{channels} · {} · {rate} kHz", media.format)
}

/// Elapsed time counts whole seconds; at the end it is the length, rounded as the length is.
fn elapsed(player: &Player, now: Instant) -> String {
    let position = player.position(now);
    match player.state() {
        State::Ended => words::length(position),
        _ => words::length(Duration::from_secs(position.as_secs())),
    }
}

/// Rows of the bar's two times, from the length: they must not move while it plays.
fn time_width(player: &Player, now: Instant) -> u16 {
    let length = player
        .length()
        .map_or(Duration::ZERO, |length| length.length);
    let widest = words::length(length.max(player.position(now)));
    u16::try_from(width(&widest)).unwrap_or(8)
}

#[cfg(test)]
mod tests;
