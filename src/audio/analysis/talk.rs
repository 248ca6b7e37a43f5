//! Where somebody talks on a channel: sound above a gate that fits the channel, with pauses bridged.

use std::time::Duration;

use super::spans::{Span, joined};
use crate::audio::levels::{Level, Levels};

/// The talk's own level is what this many blocks reach, half a second in all: clicks and key tones are shorter.
const LOUD: u32 = 25;
/// While less is known, the loudest one in twenty.
const LOUD_SHARE: u32 = 20;

/// The noise of a line is what the quietest tenth stays under: even who never stops breathes between words.
const QUIET_SHARE: u32 = 10;

/// Talk stands at least so far above the noise, in dB. The level of line noise in 20 ms strays by 3 dB or so.
const ABOVE_NOISE: f32 = 9.0;

/// Talk reaches no further down than this from its own level, in dB: what is weaker is an echo of the other side (trunks
/// damp it by 30 dB and more) or breath. Soft sounds at the start of words lie 20 to 25 dB below the loud ones.
const BELOW_TALK: f32 = 30.0;

/// What varies by less is noise, or a tone, in dB. Speech varies by 30 dB and more.
const EVEN: f32 = 12.0;
/// An even sound louder than this is music or a tone that somebody hears, in dBFS; noise of a line is below.
const TONE: f32 = -40.0;

/// A channel whose loud parts stay under this says nothing, in dBFS: what is left is the rounding of G.711.
const FAINT: f32 = -66.0;

/// Sound shorter than this in all is a click, in blocks.
const LEAST: u64 = 4;

/// The level from which a block is talk; `None` when there is none on the channel.
pub(super) fn gate(levels: &Levels) -> Option<Level> {
    let mut steps = [0_u32; Level::STEPS];
    let mut known = 0;
    for block in levels.iter().flatten() {
        if let Some(step) = steps.get_mut(block.rms.step()) {
            *step += 1;
            known += 1;
        }
    }
    let loud = LOUD.min(known / LOUD_SHARE).max(1);
    let talk = reached(steps.iter().enumerate().rev(), loud)?;
    // Digital silence is no noise.
    let silent = steps.first().copied().unwrap_or(0);
    let quiet = (known - silent).div_ceil(QUIET_SHARE).max(1);
    let noise = reached(steps.iter().enumerate().skip(1), quiet)?;
    if talk.db() < FAINT {
        return None;
    }
    if silent == 0 && talk.db() - noise.db() < EVEN {
        return (talk.db() >= TONE).then(|| talk.by(-EVEN));
    }
    let above = match silent > known / QUIET_SHARE {
        // The line is gated: between the words there is nothing at all.
        true => Level::SILENT,
        false => noise.by(ABOVE_NOISE),
    };
    Some(above.max(talk.by(-BELOW_TALK)))
}

/// The level at which `many` blocks are counted.
fn reached<'a>(steps: impl Iterator<Item = (usize, &'a u32)>, many: u32) -> Option<Level> {
    let mut counted = 0;
    for (step, blocks) in steps {
        counted += blocks;
        if counted >= many {
            return Some(Level::SILENT.by(step as f32 / 2.0));
        }
    }
    None
}

/// The turns of a channel, in blocks. Pauses up to `pause` are part of them.
pub(super) fn turns(levels: &Levels, gate: Level, pause: Duration) -> Vec<Span> {
    let mut sounding: Vec<Span> = Vec::new();
    for (at, block) in (0_u64..).zip(levels.iter()) {
        if block.is_none_or(|block| block.rms <= gate) {
            continue;
        }
        match sounding.last_mut() {
            Some(last) if last.end == at => last.end += 1,
            _ => sounding.push(at..at + 1),
        }
    }
    let mut turns = joined(&sounding, Levels::blocks(pause));
    let mut sounds = sounding.iter().peekable();
    turns.retain(|turn| {
        let mut sound = 0;
        while let Some(span) = sounds.next_if(|span| span.end <= turn.end) {
            sound += span.end - span.start;
        }
        sound >= LEAST
    });
    turns
}

/// What has been decoded of a channel, in blocks.
pub(super) fn known(levels: &Levels) -> Vec<Span> {
    let mut known: Vec<Span> = Vec::new();
    for (at, _) in (0_u64..)
        .zip(levels.iter())
        .filter(|(_, block)| block.is_some())
    {
        match known.last_mut() {
            Some(last) if last.end == at => last.end += 1,
            _ => known.push(at..at + 1),
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::levels::Block;

    fn turns_of(levels: &Levels, gate: Level) -> Vec<(u64, u64)> {
        let turns = turns(levels, gate, Duration::from_millis(600)).into_iter();
        turns.map(|turn| (turn.start, turn.end)).collect()
    }

    /// Blocks of so many dBFS.
    fn levels(blocks: impl IntoIterator<Item = f32>) -> Levels {
        let mut levels = Levels::default();
        for (at, db) in blocks.into_iter().enumerate() {
            let rms = Level::SILENT.by(db + 100.0);
            levels.set(at, Block { peak: rms, rms });
        }
        levels
    }

    fn noise(db: f32, blocks: usize) -> impl Iterator<Item = f32> {
        (0..blocks).map(move |at| db + [0.0, 2.0, -2.0, 3.0][at % 4])
    }

    #[test]
    fn noise_is_no_talk_whatever_its_level_and_a_loud_tone_is() {
        for db in [-90.0, -70.0, -55.0, -45.0] {
            assert_eq!(gate(&levels(noise(db, 500))), None, "{db}");
        }
        assert!(gate(&levels(noise(-20.0, 500))).is_some());
        assert_eq!(gate(&levels([-100.0; 500])), None);
        assert_eq!(gate(&Levels::default()), None);
    }

    #[test]
    fn quiet_and_loud_talk_are_found_alike_and_clicks_are_not_talk() {
        for (talk, line) in [
            (-15.0, -60.0),
            (-45.0, -66.0),
            (-20.0, -45.0),
            (-20.0, -100.0),
        ] {
            let call = noise(line, 100)
                .chain(noise(talk, 60))
                .chain(noise(line, 20))
                .chain(noise(talk, 60))
                .chain(noise(line, 200))
                .chain(noise(talk, 2))
                .chain(noise(line, 200));
            let levels = levels(call);
            let gate = gate(&levels).unwrap();
            assert_eq!(turns_of(&levels, gate), [(100, 240)], "{talk} over {line}");
        }
    }

    #[test]
    fn the_echo_of_the_other_side_is_no_talk() {
        let call = noise(-70.0, 100)
            .chain(noise(-50.0, 100))
            .chain(noise(-70.0, 100))
            .chain(noise(-15.0, 100));
        let levels = levels(call);
        assert_eq!(turns_of(&levels, gate(&levels).unwrap()), [(300, 400)]);
    }

    #[test]
    fn what_has_not_come_is_neither_talk_nor_known() {
        let mut levels = levels(noise(-60.0, 10));
        let rms = Level::of(0.5);
        (40..60).for_each(|at| levels.set(at, Block { peak: rms, rms }));
        assert_eq!(known(&levels), [0..10, 40..60]);
        assert_eq!(turns_of(&levels, Level::of(0.1)), [(40, 60)]);
    }
}
