//! From what was measured to the numbers that are told.

use std::ops::Range;
use std::time::Duration;

use super::measure::Channel;
use super::spans::{Span, both, either, joined, longest, total, without};
use super::talk;
use crate::audio::decode::time_of;
use crate::audio::levels::{Level, Levels};
use crate::audio::statistics::{Gaps, Side, Statistics, Thresholds};

/// The numbers of `channels`, whose blocks span `span` frames at `rate` Hz.
pub(super) fn of(
    channels: &[Channel],
    span: u64,
    rate: u32,
    thresholds: Thresholds,
    complete: bool,
) -> Statistics {
    let pause = thresholds.turn_pause;
    let time = |blocks: u64| time_of(blocks.saturating_mul(span), rate);
    let stretch = |span: Span| time(span.start)..time(span.end);
    let gates: Vec<_> = channels
        .iter()
        .map(|side| talk::gate(&side.levels))
        .collect();
    let turns: Vec<Vec<Span>> = channels
        .iter()
        .zip(&gates)
        .map(|(side, gate)| gate.map_or(Vec::new(), |gate| talk::turns(&side.levels, gate, pause)))
        .collect();
    let none = Vec::new();
    let known = channels
        .first()
        .map_or(Vec::new(), |side| talk::known(&side.levels));
    let left = turns.first().unwrap_or(&none);
    let right = turns.get(1).unwrap_or(&none);
    let silence = without(&known, &either(left, right));
    let overlap = both(left, right);
    let sides = channels.iter().zip(&turns).zip(gates).enumerate();
    let sides = sides.map(|(at, ((channel, own), gate))| {
        let other = turns.get(1 - at.min(1)).unwrap_or(&none);
        let other = if turns.len() > 1 { other } else { &none };
        Side {
            longest: monologue(own, other, thresholds.monologue_pause).map(stretch),
            interruptions: interruptions(own, other, thresholds.overlap),
            turns: own.iter().cloned().map(stretch).collect(),
            talk: time(total(own)),
            gate: gate.map(Level::db),
            ..sound(channel, rate)
        }
    });
    Statistics {
        measured: measured(channels, rate),
        thresholds,
        complete,
        sides: sides.collect(),
        silence: time(total(&silence)),
        longest_silence: longest(&silence).map(stretch),
        overlap: time(total(&overlap)),
        overlaps: many(
            overlap
                .iter()
                .filter(|both| both.end - both.start >= Levels::blocks(thresholds.overlap)),
        ),
    }
}

fn many<T>(all: impl Iterator<Item = T>) -> u32 {
    u32::try_from(all.count()).unwrap_or(u32::MAX)
}

/// Every frame that was decoded. Between parts that came out of order a few count twice, until all is measured anew.
fn measured(channels: &[Channel], rate: u32) -> Duration {
    let frames = channels.first().map_or(0, |side| side.totals().2);
    time_of(frames, rate)
}

/// What needs no talk to be known.
fn sound(channel: &Channel, rate: u32) -> Side {
    let (peak, squares, count) = channel.totals();
    let db = |amplitude: f64| (20.0 * amplitude.max(1e-5).log10()).clamp(-100.0, 0.0) as f32;
    Side {
        rms: db((squares / count.max(1) as f64).sqrt()),
        peak: db(f64::from(peak)),
        clips: channel.clips,
        gaps: Gaps {
            count: channel.gaps.count,
            total: time_of(channel.gaps.total, rate),
            longest: time_of(channel.gaps.longest, rate),
        },
        ..Side::default()
    }
}

/// The longest that one side talks on, from its turns and the other's.
fn monologue(own: &[Span], other: &[Span], pause: Duration) -> Option<Span> {
    let mut best: Option<Span> = None;
    let mut current: Option<Span> = None;
    for turn in joined(own, 0) {
        let goes_on = current.as_ref().is_some_and(|before| {
            turn.start - before.end <= Levels::blocks(pause) && quiet(other, before.end..turn.start)
        });
        let talk = match current.take() {
            Some(before) if goes_on => before.start..turn.end,
            _ => turn,
        };
        if best
            .as_ref()
            .is_none_or(|best| talk.end - talk.start > best.end - best.start)
        {
            best = Some(talk.clone());
        }
        current = Some(talk);
    }
    best
}

fn quiet(other: &[Span], when: Range<u64>) -> bool {
    let next = other.partition_point(|turn| turn.end <= when.start);
    other.get(next).is_none_or(|turn| turn.start >= when.end)
}

/// Turns that begin within one of the other's and outlast it: the floor was taken, not just a word thrown in.
fn interruptions(own: &[Span], other: &[Span], overlap: Duration) -> u32 {
    many(own.iter().filter(|turn| {
        let next = other.partition_point(|other| other.end <= turn.start);
        other.get(next).is_some_and(|other| {
            other.start < turn.start
                && other.end >= turn.start.saturating_add(Levels::blocks(overlap))
                && other.end < turn.end
        })
    }))
}
