//! Months that show the range: its days stand between brackets, today is reversed.

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::app::criteria::Field;
use crate::app::filter::Focus;
use crate::plivo::TimeRange;
use crate::ui::context::Context;
use crate::ui::text::put;
use crate::ui::theme::Styles;

/// Seven days of three columns, and the closing bracket.
pub(super) const WIDTH: u16 = 22;
/// One month.
pub(super) const HEIGHT: u16 = 8;

/// First and last day that are shown.
#[derive(Clone, Copy)]
struct Marked {
    first: NaiveDate,
    last: NaiveDate,
}

pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    range: Option<&TimeRange>,
    focus: Focus,
    context: &Context,
    styles: &Styles,
) {
    let zone = context.zone;
    let today = zone.date_at(context.now.wall);
    let marked = range.map(|range| {
        let to = range.to();
        let last = if to.inclusive {
            to.at
        } else {
            to.at - TimeDelta::microseconds(1)
        };
        Marked {
            first: zone.date_at(range.from().at),
            last: zone.date_at(last),
        }
    });
    let (from, to) = marked.map_or((today, today), |marked| (marked.first, marked.last));
    let months = match (area.height > 2 * HEIGHT, focus) {
        (true, _) if (from.year(), from.month()) == (to.year(), to.month()) => {
            vec![from.checked_sub_months(Months::new(1)), Some(from)]
        }
        (true, _) => vec![Some(from), Some(to)],
        (false, Focus::Text(Field::From)) => vec![Some(from)],
        (false, _) => vec![Some(to)],
    };
    let mut y = area.y;
    for day in months.into_iter().flatten() {
        month(
            buffer,
            Rect {
                y,
                height: HEIGHT,
                ..area
            },
            day,
            today,
            marked,
            styles,
        );
        y += HEIGHT + 1;
    }
}

fn month(
    buffer: &mut Buffer,
    area: Rect,
    day: NaiveDate,
    today: NaiveDate,
    marked: Option<Marked>,
    styles: &Styles,
) {
    let line = |row: u16| Rect {
        y: area.y + row,
        height: 1,
        ..area
    };
    let title = format!("{:^21}", day.format("%B %Y").to_string());
    put(
        buffer,
        line(0),
        &super::field::shortened(&title, area.width),
        styles.title,
    );
    put(buffer, line(1), " Mo Tu We Th Fr Sa Su", styles.quiet);
    let Some(first) = day.with_day(1) else {
        return;
    };
    let within =
        |day: NaiveDate| marked.is_some_and(|marked| (marked.first..=marked.last).contains(&day));
    let mut row = 2;
    for offset in 0..31 {
        let Some(day) = first
            .checked_add_days(Days::new(offset))
            .filter(|day| day.month() == first.month())
        else {
            break;
        };
        let column = u16::try_from(day.weekday().num_days_from_monday()).unwrap_or(0);
        if offset > 0 && column == 0 {
            row += 1;
        }
        let place = |at: u16, width: u16| {
            let at = at.min(area.width);
            Rect {
                x: area.x + at,
                width: width.min(area.width - at),
                ..line(row)
            }
        };
        let style = if within(day) {
            styles.accent.add_modifier(Modifier::BOLD)
        } else {
            styles.text
        };
        let sign = match marked {
            Some(marked) if day == marked.first => "[",
            Some(marked) if within(day) && day > marked.first => "·",
            _ => "",
        };
        put(buffer, place(column * 3, 1), sign, style);
        let number = if day == today {
            style.add_modifier(Modifier::REVERSED)
        } else {
            style
        };
        put(
            buffer,
            place(column * 3 + 1, 2),
            &format!("{:>2}", day.day()),
            number,
        );
        if marked.is_some_and(|marked| marked.last == day) {
            put(buffer, place(column * 3 + 3, 1), "]", style);
        }
    }
}
