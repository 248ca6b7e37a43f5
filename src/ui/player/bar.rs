//! The bar between the two times: the waveform, or a plain bar as long as there is none.

use std::ops::Range;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::player::{Player, Repeat, State};
use crate::app::words;
use crate::audio::Column;
use crate::store::Moment;
use crate::ui::context::Context;
use crate::ui::text::put;
use crate::ui::theme::Styles;
use crate::ui::waveform::{self, Cell};

use super::{elapsed, sign, time_width};

/// The fewest columns that are worth a bar.
const LEAST: u16 = 6;

/// Draws times and bar over the whole of `area`; gives the place of the bar. Without a frame around it the state's sign
/// comes first, and the volume last where there is room.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    player: &Player,
    context: &Context,
    framed: bool,
    styles: &Styles,
) -> Option<Rect> {
    if area.is_empty() {
        return None;
    }
    let now = context.now.mono;
    let mut room = Rect { height: 1, ..area };
    if !framed {
        let used = put(
            buffer,
            room,
            &format!("{} ", sign(player.state())),
            styles.playing,
        );
        room = after(room, used);
    }
    let times = time_width(player, now);
    // A channel's letter stands between the time and its lane.
    let lanes = lanes(player, area.height);
    let letters = if lanes.len() > 1 { 2 } else { 0 };
    let position = format!("{:>1$}", elapsed(player, now), usize::from(times));
    put(buffer, room, &position, styles.text);
    room = after(room, times + 1);
    let length = match player.length() {
        Some(length) if length.exact => format!(" {}", words::length(length.length)),
        Some(length) => format!("~{}", words::length(length.length)),
        None => String::new(),
    };
    let volume = if framed || room.width < 40 {
        String::new()
    } else if player.muted() {
        "  muted".to_owned()
    } else {
        format!("  {:>3} %", player.volume())
    };
    let behind = u16::try_from(length.chars().count() + volume.chars().count()).unwrap_or(0);
    let columns = room.width.saturating_sub(letters + behind);
    if columns < LEAST {
        put(buffer, room, length.trim_start(), styles.quiet);
        return None;
    }
    let bar = Rect {
        x: room.x + letters,
        width: columns,
        height: area.height,
        ..area
    };
    let end = Rect {
        x: bar.right(),
        width: room.right() - bar.right(),
        ..room
    };
    let used = put(buffer, end, &length, styles.quiet);
    put(buffer, after(end, used), &volume, styles.quiet);
    for Lane {
        channels,
        top,
        height,
    } in lanes
    {
        let lane = Rect {
            y: area.y + top,
            height,
            ..bar
        };
        if letters > 0 {
            let letter = if channels.start == 0 { "L" } else { "R" };
            put(
                buffer,
                Rect {
                    x: room.x,
                    width: 1,
                    height: 1,
                    ..lane
                },
                letter,
                styles.quiet,
            );
        }
        waveform::lane(
            buffer,
            lane,
            &cells(player, now, channels, bar.width),
            styles,
        );
        if let Some(window) = player.window(now) {
            marks(buffer, lane, player, &window, styles);
        }
    }
    if let Some(window) = player.window(now) {
        moments(buffer, bar, context.moments, &window, styles);
    }
    Some(bar)
}

/// Where the loop begins and ends, over what is heard there.
fn marks(
    buffer: &mut Buffer,
    lane: Rect,
    player: &Player,
    window: &Range<Duration>,
    styles: &Styles,
) {
    let (start, end) = match player.repeat() {
        Repeat::Off => return,
        Repeat::From(start) => (Some(*start), None),
        Repeat::Between(part) => (Some(part.start), Some(part.end)),
    };
    for (place, sign) in [(start, "["), (end, "]")] {
        let Some(column) = place.and_then(|place| column(lane, window, place)) else {
            continue;
        };
        for y in lane.top()..lane.bottom() {
            if let Some(cell) = buffer.cell_mut((column, y)) {
                cell.set_symbol(sign);
                cell.set_style(styles.accent);
            }
        }
    }
}

/// The moments that are kept, at the bar's upper edge.
fn moments(
    buffer: &mut Buffer,
    bar: Rect,
    moments: &[Moment],
    window: &Range<Duration>,
    styles: &Styles,
) {
    for moment in moments {
        let column = column(bar, window, moment.at);
        if let Some(cell) = column.and_then(|column| buffer.cell_mut((column, bar.y))) {
            cell.set_symbol("▾");
            cell.set_style(styles.accent);
        }
    }
}

/// The column in which a place stands; `None` where it is not seen.
fn column(bar: Rect, window: &Range<Duration>, place: Duration) -> Option<u16> {
    let span = window.end.saturating_sub(window.start).as_secs_f64();
    if !(window.start..=window.end).contains(&place) || span <= 0.0 || bar.width == 0 {
        return None;
    }
    let along = place.saturating_sub(window.start).as_secs_f64() / span;
    // A saturating cast.
    let column = (along * f64::from(bar.width)) as u16;
    Some(bar.x + column.min(bar.width - 1))
}

fn after(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width);
    Rect {
        x: area.x + columns,
        width: area.width - columns,
        ..area
    }
}

/// Channels that share a lane, and where it is.
struct Lane {
    channels: Range<usize>,
    top: u16,
    height: u16,
}

/// One lane for each party where there are two rows for two channels; else all channels share one.
fn lanes(player: &Player, rows: u16) -> Vec<Lane> {
    let channels = player
        .waveform()
        .map_or(0, |waveform| waveform.channels.len());
    if channels == 2 && rows >= 2 {
        let half = rows / 2;
        vec![
            Lane {
                channels: 0..1,
                top: 0,
                height: half,
            },
            Lane {
                channels: 1..2,
                top: half,
                height: rows - half,
            },
        ]
    } else {
        vec![Lane {
            channels: 0..channels,
            top: 0,
            height: rows,
        }]
    }
}

fn cells(player: &Player, now: Instant, channels: Range<usize>, columns: u16) -> Vec<Cell> {
    let count = usize::from(columns);
    let window = player.window(now).filter(|window| !window.is_empty());
    let heard = window.as_ref().map(|window| {
        let span = window.end.saturating_sub(window.start).as_secs_f64();
        let since = player.position(now).saturating_sub(window.start);
        (since.as_secs_f64() / span).min(1.0) * f64::from(columns)
    });
    // A saturating cast of a number from 0 to `columns`.
    let head = heard.map(|heard| (heard as usize).min(count.saturating_sub(1)));
    let mut sound = vec![None; count];
    if let Some((waveform, window)) = player.waveform().zip(window.as_ref()) {
        for channel in channels {
            let known = waveform.columns(channel, window.start, window.end, count);
            for (loudest, one) in sound.iter_mut().zip(known) {
                *loudest = louder(*loudest, one);
            }
        }
    }
    let ended = player.state() == State::Ended;
    sound
        .into_iter()
        .enumerate()
        .map(|(index, sound)| {
            let middle = (index as f64 + 0.5) / f64::from(columns.max(1));
            let middle = window
                .as_ref()
                .map_or(middle, |window| player.along(window, middle));
            let loaded = player
                .buffered()
                .iter()
                .any(|part| (f64::from(part.start)..=f64::from(part.end)).contains(&middle));
            Cell {
                sound,
                loaded,
                played: head.is_some_and(|head| index < head || ended),
                head: head == Some(index),
            }
        })
        .collect()
}

fn louder(one: Option<Column>, other: Option<Column>) -> Option<Column> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.peak > one.peak { other } else { one }),
        (one, other) => one.or(other),
    }
}
