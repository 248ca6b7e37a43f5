//! The numbers, against what the calls' scripts say and against sound made for the purpose.

use super::*;

const TRUTH: &str = include_str!("../../../../assets/calls/turns.txt");

/// How far a turn may be from where it begins, and a length from what it is, as a part of the recording's.
const START: f64 = 0.150;
const SHARE: f64 = 0.02;

fn statistics(file: Vec<u8>) -> Statistics {
    let buffer = Buffer::from_bytes(file);
    let (told, numbers) = channel();
    let tell = move |_, event| {
        if let Event::Statistics(statistics) = event {
            let _ = told.send(statistics);
        }
    };
    let _analysis = Analysis::start(PlayId(1), &buffer, Thresholds::default(), Events::new(tell));
    let mut last = None;
    while let Ok(statistics) = numbers.recv_timeout(PATIENCE) {
        last = Some(statistics);
    }
    let last = last.unwrap();
    assert!(last.complete);
    (*last).clone()
}

fn asset(name: &str) -> Statistics {
    let path = format!("{}/assets/calls/{name}", env!("CARGO_MANIFEST_DIR"));
    statistics(std::fs::read(path).unwrap())
}

/// What encoder and decoder put in front, in seconds: where there is no tag to say so, it is heard.
fn delay(name: &str) -> f64 {
    const FRAMES: f64 = 576.0 + 529.0;
    match name {
        "booking-mono-cbr16.mp3" | "voicemail-quiet-id3.mp3" => FRAMES / 8_000.0,
        "survey-mono16k-cbr24.mp3" => FRAMES / 16_000.0,
        _ => 0.0,
    }
}

/// Starts and ends of one side, in seconds.
fn truth(name: &str, side: &str) -> Vec<(f64, f64)> {
    let lines = TRUTH
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>());
    lines
        .filter(|words| words[0] == name && words[1] == side)
        .map(|words| [words[2], words[3]].map(|at| at.parse::<f64>().unwrap() + delay(name)))
        .map(|[start, end]| (start, end))
        .collect()
}

fn near(has: Duration, should: f64, by: f64, what: &str) {
    let has = has.as_secs_f64();
    assert!(
        (has - should).abs() <= by,
        "{what}: {has:.3}, not {should:.3}"
    );
}

/// The calls' names and what their channels are called in the table.
const CALLS: [(&str, &[&str]); 7] = [
    ("support-stereo-cbr32.mp3", &["left", "right"]),
    ("invoice-stereo-vbr.mp3", &["left", "right"]),
    ("handover-stereo-pcm16.wav", &["left", "right"]),
    ("booking-mono-cbr16.mp3", &["both"]),
    ("survey-mono16k-cbr24.mp3", &["both"]),
    ("voicemail-quiet-id3.mp3", &["both"]),
    ("reminder-mono-ulaw.wav", &["both"]),
];

#[test]
fn turns_begin_where_the_scripts_say_and_last_as_long() {
    for (name, sides) in CALLS {
        let statistics = asset(name);
        let all = statistics.measured.as_secs_f64();
        let mut talk = Vec::new();
        for (side, called) in statistics.sides.iter().zip(sides) {
            let truth = truth(name, called);
            assert_eq!(side.turns.len(), truth.len(), "{name} {called}: {side:?}");
            for (turn, (start, end)) in side.turns.iter().zip(&truth) {
                near(turn.start, *start, START, &format!("{name} {called} start"));
                near(turn.end, *end, START, &format!("{name} {called} end"));
            }
            let total: f64 = truth.iter().map(|(start, end)| end - start).sum();
            near(
                side.talk,
                total,
                all * SHARE,
                &format!("{name} {called} talk"),
            );
            let longest = truth.iter().map(|(a, b)| b - a).fold(0.0, f64::max);
            let monologue = side.longest.clone().unwrap();
            if sides.len() == 2 {
                near(monologue.end - monologue.start, longest, all * SHARE, name);
            }
            talk.extend(truth);
        }
        // Nobody talks over the other in these calls.
        assert_eq!(
            (statistics.overlaps, statistics.overlap),
            (0, Duration::ZERO),
            "{name}"
        );
        talk.sort_by(|a, b| a.0.total_cmp(&b.0));
        let said: f64 = talk.iter().map(|(start, end)| end - start).sum();
        near(
            statistics.silence,
            all - said,
            all * SHARE,
            &format!("{name} silence"),
        );
        let pause = talk.windows(2).map(|two| two[1].0 - two[0].1);
        let pause = pause.fold(0.0, f64::max);
        let longest = statistics.longest_silence.unwrap();
        near(
            longest.end - longest.start,
            pause,
            all * SHARE,
            &format!("{name} longest silence"),
        );
        assert!(
            statistics
                .sides
                .iter()
                .all(|side| side.clips == 0 && side.gaps.count == 0),
            "{name}"
        );
    }
}

const RATE: u32 = 8_000;

/// A wav of 16 bits from one sample for each channel at each moment.
fn wav(seconds: f64, channels: u16, sample: impl Fn(f64, u16) -> f64) -> Vec<u8> {
    let frames = (seconds * f64::from(RATE)) as u32;
    let bytes = frames * u32::from(channels) * 2;
    let mut out = b"RIFF".to_vec();
    out.extend((36 + bytes).to_le_bytes());
    out.extend(b"WAVEfmt ");
    out.extend(16_u32.to_le_bytes());
    out.extend(1_u16.to_le_bytes());
    out.extend(channels.to_le_bytes());
    out.extend(RATE.to_le_bytes());
    out.extend((RATE * u32::from(channels) * 2).to_le_bytes());
    out.extend((channels * 2).to_le_bytes());
    out.extend(16_u16.to_le_bytes());
    out.extend(b"data");
    out.extend(bytes.to_le_bytes());
    for frame in 0..frames {
        for channel in 0..channels {
            let value = sample(f64::from(frame) / f64::from(RATE), channel);
            out.extend(((value.clamp(-1.0, 1.0) * 32_767.0) as i16).to_le_bytes());
        }
    }
    out
}

/// Something like a voice: a tone of 230 Hz that swells four times a second, and dies away between.
fn voice(at: f64) -> f64 {
    (at * 230.0 * std::f64::consts::TAU).sin() * (at * 4.0 * std::f64::consts::PI).sin().powi(2)
}

/// Something like a line: never quite zero.
fn hiss(at: f64) -> f64 {
    ((at * 12_345.678).sin() * 43_758.545).fract() * 0.0015 + 0.00007
}

fn talks(at: f64, when: &[(f64, f64)], level: f64) -> f64 {
    let on = when.iter().any(|(start, end)| (*start..*end).contains(&at));
    hiss(at) + if on { voice(at) * level } else { 0.0 }
}

#[test]
fn overlaps_and_interruptions_are_told_from_words_thrown_in() {
    let left = [(0.5, 6.0), (12.0, 18.0)];
    // It takes over at 5 s; at 14 s it only throws in a word.
    let right = [(5.0, 10.0), (14.0, 14.75)];
    let numbers = statistics(wav(20.0, 2, |at, side| {
        talks(at, if side == 0 { &left } else { &right }, 0.5)
    }));
    let interruptions: Vec<_> = numbers
        .sides
        .iter()
        .map(|side| side.interruptions)
        .collect();
    assert_eq!((numbers.overlaps, &interruptions[..]), (2, &[0, 1][..]));
    near(numbers.overlap, 1.75, 20.0 * SHARE, "overlap");
    near(numbers.sides[0].talk, 11.5, 20.0 * SHARE, "left");
    near(numbers.sides[1].talk, 5.75, 20.0 * SHARE, "right");
    near(numbers.silence, 4.5, 20.0 * SHARE, "silence");
}

#[test]
fn a_side_that_is_silent_is_known_to_be() {
    for faint in [0.0, 1.0] {
        let numbers = statistics(wav(10.0, 2, |at, side| match side {
            0 => talks(at, &[(1.0, 4.0), (5.0, 9.0)], 0.4),
            _ => hiss(at) * faint,
        }));
        assert_eq!(numbers.sides[0].turns.len(), 2);
        assert_eq!(numbers.sides[1].turns.len(), 0, "{:?}", numbers.sides[1]);
        assert_eq!(numbers.sides[1].gate, None);
    }
}

#[test]
fn sound_that_is_cut_off_is_counted_and_loud_sound_is_not() {
    let numbers = statistics(wav(10.0, 2, |at, side| {
        talks(at, &[(1.0, 9.0)], if side == 0 { 1.6 } else { 0.97 })
    }));
    assert!(numbers.sides[0].clips > 100, "{:?}", numbers.sides[0]);
    assert_eq!(numbers.sides[1].clips, 0);
    assert!(numbers.sides[0].peak > -0.001);
    assert!((numbers.sides[1].peak - 20.0 * 0.97_f32.log10()).abs() < 0.2);
}

#[test]
fn gaps_of_zeros_in_the_midst_of_sound_are_counted_and_measured() {
    let gone = [(2.0, 2.1), (5.0, 5.5)];
    let numbers = statistics(wav(10.0, 1, |at, _| {
        let gap = gone.iter().any(|(start, end)| (*start..*end).contains(&at));
        // Nothing before the first sound and after the last is a gap.
        if gap || !(0.3..9.7).contains(&at) {
            0.0
        } else {
            talks(at, &[(1.0, 9.0)], 0.4)
        }
    }));
    let gaps = numbers.sides[0].gaps;
    assert_eq!(gaps.count, 2, "{gaps:?}");
    near(gaps.total, 0.6, 0.01, "total");
    near(gaps.longest, 0.5, 0.01, "longest");
}

#[test]
fn parts_that_come_out_of_order_give_the_same_numbers_in_the_end() {
    let file = wav(60.0, 2, |at, side| {
        let when = [(1.0, 20.0), (30.0, 50.0)];
        talks(at, &when, if side == 0 { 0.5 } else { 0.0 })
    });
    let (buffer, feed) = Buffer::open();
    feed.set_len(file.len() as u64);
    let (told, numbers) = channel();
    let tell = move |_, event| {
        if let Event::Statistics(statistics) = event {
            let _ = told.send(statistics);
        }
    };
    let _analysis = Analysis::start(PlayId(1), &buffer, Thresholds::default(), Events::new(tell));
    let (middle, third) = (file.len() / 2, file.len() / 3);
    feed.write(0, &file[..third]).unwrap();
    let early = numbers.recv_timeout(PATIENCE).unwrap();
    assert!(!early.complete && early.measured < Duration::from_secs(21));
    feed.write(middle as u64, &file[middle..]).unwrap();
    feed.write(third as u64, &file[third..middle]).unwrap();
    let mut last = None;
    while let Ok(statistics) = numbers.recv_timeout(PATIENCE) {
        last = Some(statistics);
    }
    assert_eq!(*last.unwrap(), statistics(file));
}
