//! What a recording sounds like, as lines (`S`), and what is wrong with it.

mod findings;

pub use findings::{CLIPPED_PLACES, Finding, findings};

use std::time::Duration;

use crate::audio::statistics::{Side, Stretch, Thresholds};
use crate::audio::{Media, Statistics};

use super::keymap::Keymap;
use super::player::Player;
use super::sides::SideNames;
use super::words;

/// One line of the box.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    Blank,
    /// The names of the sides, each over its column.
    Sides(Vec<String>),
    /// One text for each side.
    Row {
        label: &'static str,
        cells: Vec<String>,
    },
    /// Talk of one side, with its share of the recording, 0.0 to 1.0.
    Talk {
        label: &'static str,
        cells: Vec<(String, f64)>,
    },
    Fact {
        label: &'static str,
        text: String,
    },
    /// When a side talks: parts of the whole, 0.0 to 1.0, ascending.
    Strip {
        label: String,
        talk: Vec<(f64, f64)>,
    },
    Trouble(String),
    Note(String),
}

/// Everything that is known of what plays; a word of explanation while that is nothing.
pub fn lines(player: &Player, keymap: &Keymap) -> Vec<Line> {
    let found = findings(player);
    let trouble = found
        .iter()
        .map(|finding| Line::Trouble(finding.words(player.side_names())));
    let Some(statistics) = player.statistics() else {
        let words = match player.subject() {
            Some(_) if found.is_empty() => "They are counted as the recording comes.",
            Some(_) => "",
            None => "Nothing is loaded: {play} plays the selected row.",
        };
        return trouble.chain([Line::Note(keymap.spell(words))]).collect();
    };
    let mut lines: Vec<Line> = trouble.collect();
    if lines.is_empty() && statistics.complete {
        lines.push(Line::Note("Nothing wrong was found.".to_owned()));
    }
    lines.extend(sides(statistics, player.side_names()));
    lines.push(Line::Blank);
    lines.extend(together(statistics, player.side_names()));
    lines.push(Line::Blank);
    lines.push(Line::Fact {
        label: "Length",
        text: lengths(player, statistics),
    });
    if let Some(media) = player.media() {
        lines.push(Line::Fact {
            label: "Format",
            text: media_words(media),
        });
    }
    lines.extend(thresholds(&statistics.thresholds).map(Line::Note));
    lines
}

fn sides(statistics: &Statistics, names: &SideNames) -> Vec<Line> {
    let sides = &statistics.sides;
    let row = |label, words: &dyn Fn(&Side) -> String| Line::Row {
        label,
        cells: sides.iter().map(words).collect(),
    };
    let mut lines = Vec::new();
    if sides.len() > 1 {
        let names = (0..sides.len()).map(|side| names.of(side, sides.len()).to_owned());
        lines.push(Line::Sides(names.collect()));
    } else {
        lines.push(Line::Note("mono: no parties".to_owned()));
    }
    lines.push(Line::Talk {
        label: "Talk",
        cells: sides
            .iter()
            .map(|side| (words::length(side.talk), statistics.share(side.talk)))
            .collect(),
    });
    lines.push(row("Turns", &|side| words::count(side.turns.len() as u64)));
    lines.push(row("Longest talk", &|side| stretch(side.longest.as_ref())));
    if sides.len() > 1 {
        lines.push(row("Interrupts", &|side| match side.interruptions {
            0 => "never".to_owned(),
            times => words::counted(times.into(), "time", "times"),
        }));
    }
    lines.push(row("Loudness", &|side| {
        format!("{} RMS, {} peak", db(side.rms), db(side.peak))
    }));
    lines.push(row("Clipped", &|side| match side.clips {
        0 => "no".to_owned(),
        places => words::counted(places.into(), "place", "places"),
    }));
    lines.push(row("Zero gaps", &|side| match side.gaps.count {
        0 => "none".to_owned(),
        count => format!(
            "{}, {} in all",
            words::count(count.into()),
            seconds(side.gaps.total)
        ),
    }));
    lines.push(row("Talk is above", &|side| {
        side.gate
            .map_or("nothing but noise".to_owned(), |gate| db(gate) + " dBFS")
    }));
    lines
}

fn together(statistics: &Statistics, names: &SideNames) -> Vec<Line> {
    let mut lines = Vec::new();
    let all = statistics.measured.as_secs_f64();
    let sides = &statistics.sides;
    for (at, side) in sides.iter().enumerate().filter(|_| all > 0.0) {
        let part = |turn: &Stretch| (turn.start.as_secs_f64() / all, turn.end.as_secs_f64() / all);
        lines.push(Line::Strip {
            label: names.of(at, sides.len()).to_owned(),
            talk: side.turns.iter().map(part).collect(),
        });
    }
    let longest = match &statistics.longest_silence {
        Some(_) => format!(
            " · longest {}",
            stretch(statistics.longest_silence.as_ref())
        ),
        None => String::new(),
    };
    lines.push(Line::Fact {
        label: "Silence",
        text: format!(
            "{} · {}{longest}",
            words::length(statistics.silence),
            percent(statistics.share(statistics.silence)),
        ),
    });
    if sides.len() > 1 {
        let text = match statistics.overlaps {
            0 => "none".to_owned(),
            times => format!(
                "{} · {}",
                seconds(statistics.overlap),
                words::counted(times.into(), "time", "times")
            ),
        };
        lines.push(Line::Fact {
            label: "Both talk",
            text,
        });
    }
    lines
}

fn lengths(player: &Player, statistics: &Statistics) -> String {
    let decoded = exact(statistics.measured);
    let decoded = match statistics.complete {
        true => format!("{decoded} decoded"),
        false => format!("{decoded} decoded so far"),
    };
    match player.declared() {
        Some(declared) => format!("{decoded} · {} declared by the API", exact(declared)),
        None => decoded,
    }
}

fn media_words(media: &Media) -> String {
    let words = words::media(media);
    match media.bytes {
        Some(bytes) => format!("{words} · {} bytes", words::count(bytes)),
        None => words,
    }
}

/// What the words mean.
fn thresholds(thresholds: &Thresholds) -> impl Iterator<Item = String> + use<> {
    let (pause, talk) = (
        seconds(thresholds.turn_pause),
        seconds(thresholds.monologue_pause),
    );
    [
        format!("A turn has pauses up to {pause}, the longest talk up to {talk}. Both talk from"),
        format!(
            "{} on. Clipped: {} samples at full scale. A gap: {} ms of zeros.",
            seconds(thresholds.overlap),
            thresholds.clip,
            thresholds.gap.as_millis(),
        ),
    ]
    .into_iter()
}

/// `9.2 s at 0:28`.
fn stretch(stretch: Option<&Stretch>) -> String {
    match stretch {
        Some(stretch) => format!(
            "{} at {}",
            seconds(stretch.end.saturating_sub(stretch.start)),
            words::length(Duration::from_secs(stretch.start.as_secs()))
        ),
        None => "none".to_owned(),
    }
}

/// `9.2 s`, `1:02`.
fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        _ => words::length(time),
    }
}

/// `1:19.611`.
fn exact(time: Duration) -> String {
    let whole = words::length(Duration::from_secs(time.as_secs()));
    format!("{whole}.{:03}", time.subsec_millis())
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// `−21.3`, with a real minus.
fn db(level: f32) -> String {
    match level {
        level if level <= -100.0 => "−∞".to_owned(),
        level => format!("{level:.1}").replace('-', "−"),
    }
}

#[cfg(test)]
mod tests;
