use std::time::Duration;

use proptest::prelude::*;

use super::super::buffer::{Buffer, Feed};
use super::*;

/// A frame of 8 kHz mono sound (72 ms) at `kilobits`, which must be 8, 16, 24 … 64.
fn phone(kilobits: u8) -> Vec<u8> {
    let bytes = [0xFF, 0xE3, (kilobits / 8) << 4 | 0x08, 0xC4];
    let len = Header::parse(bytes).unwrap().len();
    let mut frame = bytes.to_vec();
    frame.resize(usize::from(len), 0x55);
    frame
}

/// A frame of 44.1 kHz stereo sound at 128 kbit/s, padded as LAME pads the `number`-th.
fn music(number: u64) -> Vec<u8> {
    let at = |number: u64| number * 144 * 128_000 / 44_100;
    let padded = at(number + 1) - at(number) == 418;
    let mut frame = vec![0xFF, 0xFB, if padded { 0x92 } else { 0x90 }, 0x44];
    frame.resize(if padded { 418 } else { 417 }, 0x55);
    frame
}

fn many(count: usize, frame: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    (0..count).flat_map(frame).collect()
}

fn whole(bytes: &[u8]) -> Index {
    let buffer = Buffer::from_bytes(bytes.to_vec());
    let mut index = Index::new();
    while index.advance(&buffer) == Scanned::More {}
    index
}

fn offsets(index: &Index) -> Vec<u64> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Next::Frame(frame) = index.next_from(at) {
        assert_eq!(frame.number, found.len() as u64);
        assert!(frame.exact);
        found.push(frame.offset);
        at = frame.offset + u64::from(frame.len);
    }
    found
}

/// A buffer of `bytes` that has nothing yet.
fn opened(bytes: &[u8]) -> (Buffer, Feed) {
    let (buffer, feed) = Buffer::open();
    feed.set_len(bytes.len() as u64);
    (buffer, feed)
}

fn load(feed: &Feed, bytes: &[u8], range: std::ops::Range<usize>) {
    feed.write(range.start as u64, &bytes[range]).unwrap();
}

#[test]
fn an_untagged_constant_file_is_known_from_its_start() {
    let bytes = many(1000, |_| phone(16));
    let (buffer, feed) = opened(&bytes);
    load(&feed, &bytes, 0..64 * 144 + 4);
    let mut index = Index::new();
    assert_eq!(index.advance(&buffer), Scanned::Waiting);
    let length = index.length().unwrap();
    assert_eq!(length.duration, Duration::from_secs(72));
    assert!(length.exact);
    assert_eq!(index.bit_rate(), Some(16_000));
    assert_eq!(index.trim_start(), 0);
    let place = index.frame_at_time(Duration::from_secs(36));
    assert_eq!(place.frame(), 500);
    assert!((499 * 144 + 1..=500 * 144).contains(&place.offset()));
    assert!(matches!(place, Place::Estimated { .. }));
}

#[test]
fn padding_is_counted_in_a_far_place() {
    let bytes = many(20_000, |number| music(number as u64));
    let (buffer, feed) = opened(&bytes);
    load(&feed, &bytes, 0..64 * 1024);
    let mut index = Index::new();
    index.advance(&buffer);
    assert_eq!(index.place(15_000).frame(), 15_000);
    let from = index.place(15_000).offset() as usize;
    load(&feed, &bytes, from..from + 64 * 1024);
    index.advance(&buffer);
    let Next::Frame(frame) = index.next_from(from as u64) else {
        panic!("no frame where one was loaded");
    };
    assert_eq!(frame.offset, 15_000 * 144 * 128_000 / 44_100);
    assert_eq!((frame.number, frame.exact), (15_000, false));
    assert_eq!(index.length().unwrap().duration, index.time_of(20_000));
}

#[test]
fn islands_become_exact_when_the_gap_is_filled() {
    let bytes = many(900, |number| phone([16, 8, 32, 24][number / 37 % 4]));
    let truth = offsets(&whole(&bytes));
    assert_eq!(truth.len(), 900);
    let (buffer, feed) = opened(&bytes);
    let mut index = Index::new();
    load(&feed, &bytes, 0..5_000);
    index.advance(&buffer);
    for start in [90_001, 60_003, 120_077] {
        load(&feed, &bytes, start..start + 7_000);
        assert_eq!(index.advance(&buffer), Scanned::Waiting);
        let Next::Frame(frame) = index.next_from(start as u64) else {
            panic!("no frame where one was loaded");
        };
        assert!(truth.contains(&frame.offset) && !frame.exact);
    }
    assert!(!index.length().unwrap().exact);
    load(&feed, &bytes, 5_000..bytes.len());
    assert_eq!(index.advance(&buffer), Scanned::Whole);
    assert_eq!(offsets(&index), truth);
    let length = index.length().unwrap();
    assert_eq!(
        (length.duration, length.exact),
        (Duration::from_millis(900 * 72), true)
    );
}

#[test]
fn bytes_one_by_one_give_the_same_frames() {
    let mut bytes = b"ID3\x04\0\0\0\0\0\x07padding".to_vec();
    bytes.extend(many(20, |number| phone([16, 24][number % 2])));
    bytes.extend_from_slice(&[0xFF; 100]);
    bytes.extend(many(20, |_| phone(16)));
    bytes.extend_from_slice(b"TAG");
    bytes.resize(bytes.len() + 125, 0);
    let truth = offsets(&whole(&bytes));
    assert_eq!(truth.len(), 40);
    let (buffer, feed) = opened(&bytes);
    let mut index = Index::new();
    for at in 0..bytes.len() {
        if let Next::Wait(missing) = index.next_from(at as u64) {
            assert!(missing >= at as u64, "waits for a byte that is here");
        }
        load(&feed, &bytes, at..at + 1);
        index.advance(&buffer);
    }
    assert_eq!(offsets(&index), truth);
    assert_eq!(index.next_from(truth[39] + 1), Next::End);
}

fn asset(name: &str) -> Vec<u8> {
    let path = format!("{}/assets/calls/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

#[test]
fn demo_calls_have_the_samples_that_were_measured() {
    // Counted by other decoders when the calls were made: see the table beside them.
    for (name, samples, variable) in [
        ("support-stereo-cbr32.mp3", 636_889, false),
        ("invoice-stereo-vbr.mp3", 279_799, true),
        ("booking-mono-cbr16.mp3", 344_448, false),
        ("booking-mono-vbr-notag.mp3", 344_448, true),
        ("survey-mono16k-cbr24.mp3", 589_248, false),
        ("voicemail-quiet-id3.mp3", 123_264, false),
    ] {
        let index = whole(&asset(name));
        assert_eq!(index.samples(), Some(samples), "{name}");
        assert_eq!(index.is_variable(), variable, "{name}");
        let length = index.length().unwrap();
        let rate = index.header().unwrap().sample_rate;
        let seconds = samples as f64 / f64::from(rate);
        assert!((length.duration.as_secs_f64() - seconds).abs() < 1e-6);
        assert_eq!(
            offsets(&index).len() as u64,
            index.target(length.duration).frame
        );
    }
}

#[test]
fn lengths_of_demo_calls_are_known_from_their_first_kilobytes() {
    for (name, exact) in [
        ("support-stereo-cbr32.mp3", true),
        ("invoice-stereo-vbr.mp3", true),
        ("booking-mono-cbr16.mp3", true),
        ("booking-mono-vbr-notag.mp3", false),
        ("survey-mono16k-cbr24.mp3", true),
        ("voicemail-quiet-id3.mp3", true),
    ] {
        let bytes = asset(name);
        let (buffer, feed) = opened(&bytes);
        load(&feed, &bytes, 0..12 << 10);
        let mut index = Index::new();
        index.advance(&buffer);
        let (early, late) = (index.length().unwrap(), whole(&bytes).length().unwrap());
        assert_eq!(early.exact, exact, "{name}");
        assert!(!exact || early.duration == late.duration, "{name}");
    }
}

#[test]
fn a_recording_repeated_to_an_hour_does_not_believe_the_tag_of_its_first_part() {
    let part = asset("invoice-stereo-vbr.mp3");
    let bytes = part.repeat(20);
    let (buffer, feed) = opened(&bytes);
    load(&feed, &bytes, 0..8 << 10);
    let mut index = Index::new();
    index.advance(&buffer);
    let length = index.length().unwrap();
    assert!(
        !length.exact && length.duration > Duration::from_secs(400),
        "{length:?}"
    );
    load(&feed, &bytes, 8 << 10..bytes.len());
    while index.advance(&buffer) == Scanned::More {}
    // The tag's frame stays silent in the first part and is a frame like others in those that follow.
    let frames = offsets(&index).len() as u64;
    assert_eq!(frames, 20 * offsets(&whole(&part)).len() as u64 + 19);
    assert_eq!(
        index.samples(),
        Some(frames * 576 - 576 - u64::from(DECODER_DELAY))
    );
}

#[test]
fn a_cut_recording_is_as_long_as_what_is_left_of_it() {
    let bytes = asset("support-stereo-cbr32.mp3");
    let index = whole(&bytes[..bytes.len() / 2]);
    let seconds = index.length().unwrap().duration.as_secs_f64();
    assert!((39.0..40.5).contains(&seconds), "{seconds}");
    assert_eq!(index.bit_rate(), Some(32_000));
}

#[test]
fn delay_and_padding_are_left_out_of_positions() {
    let index = whole(&asset("support-stereo-cbr32.mp3"));
    let first = index.target(Duration::ZERO);
    assert_eq!((first.frame, first.skip), (1, 576 + 529 - 576));
    assert_eq!(index.time_of(0), Duration::ZERO);
    assert_eq!(
        index.time_of(2),
        Duration::from_nanos(47 * 1_000_000_000 / 8000)
    );
    let second = index.target(Duration::from_secs(1));
    assert_eq!(
        second.frame * 576 + u64::from(second.skip),
        8000 + 576 + 529
    );
}

#[test]
fn a_table_leads_to_about_the_right_place_in_a_file_of_varying_rate() {
    let bytes = asset("invoice-stereo-vbr.mp3");
    let truth = offsets(&whole(&bytes));
    let (buffer, feed) = opened(&bytes);
    load(&feed, &bytes, 0..16 << 10);
    let mut index = Index::new();
    index.advance(&buffer);
    for number in [150, 300, 450] {
        let from = index.place(number).offset() as usize;
        load(&feed, &bytes, from..(from + 4096).min(bytes.len()));
        index.advance(&buffer);
        let Next::Frame(frame) = index.next_from(from as u64) else {
            panic!("no frame where one was loaded");
        };
        let real = truth.binary_search(&frame.offset).unwrap() as u64;
        assert!(real.abs_diff(number) <= 8, "{real} for {number}");
        assert!(frame.number.abs_diff(real) <= 8);
    }
}

#[test]
fn a_told_length_steadies_a_file_of_varying_rate() {
    // Quiet first, loud later: the rate so far says four times the length.
    let bytes = many(1000, |number| phone(if number < 100 { 8 } else { 32 }));
    let (buffer, feed) = opened(&bytes);
    load(&feed, &bytes, 0..110 * 72);
    let mut index = Index::new();
    index.expect(Duration::from_secs(72));
    index.advance(&buffer);
    assert!(index.is_variable());
    let length = index.length().unwrap();
    assert_eq!((length.duration.as_secs(), length.exact), (72, false));
    let place = index.frame_at_time(Duration::from_secs(36));
    let truth = 100 * 72 + 400 * 288;
    assert!(place.offset().abs_diff(truth) < 2000, "{place:?}");
    index.expect(Duration::from_secs(360_000));
    assert!(index.length().unwrap().duration < Duration::from_secs(400));
}

#[test]
fn sizes_of_tags_are_not_believed() {
    let sound = many(50, |_| phone(16));
    for (size, frames) in [
        ([0x7F; 4], 50),
        ([0, 0, 0, 0], 50),
        // Within the file: what the tag claims is skipped, one frame of it only in part.
        ([0, 0, 2, 0], 50 - 2),
        // Nearly all of the file: no frame is left, so that the claim is dropped.
        ([0, 0, 0x38, 0x15], 50),
    ] {
        let mut bytes = b"ID3\x03\0\0".to_vec();
        bytes.extend_from_slice(&size);
        bytes.extend_from_slice(&sound);
        assert_eq!(offsets(&whole(&bytes)).len(), frames, "{size:?}");
    }
}

#[test]
fn a_long_tag_names_the_byte_behind_it_at_once() {
    let mut bytes = b"ID3\x03\0\0\0\x10\0\0".to_vec();
    bytes.resize(10 + (0x10 << 14), 0xFF);
    bytes.extend(many(50, |_| phone(16)));
    let (buffer, feed) = opened(&bytes);
    let mut index = Index::new();
    assert_eq!(index.next_from(0), Next::Wait(0));
    load(&feed, &bytes, 0..10);
    assert_eq!(index.advance(&buffer), Scanned::Waiting);
    let sound = 10 + (0x10 << 14);
    assert_eq!(index.next_from(0), Next::Wait(sound));
    load(&feed, &bytes, sound as usize..bytes.len());
    assert_eq!(index.advance(&buffer), Scanned::Whole);
    assert_eq!(offsets(&index).len(), 50);
}

#[test]
fn what_holds_no_frame_is_told() {
    for bytes in [
        Vec::new(),
        vec![0; 4 << 20],
        vec![0xFF; 4 << 20],
        b"RIFF\x24\0\0\0WAVE".repeat(99),
    ] {
        let buffer = Buffer::from_bytes(bytes);
        let mut index = Index::new();
        assert_eq!(index.advance(&buffer), Scanned::Nothing);
        assert_eq!(index.next_from(0), Next::End);
        assert_eq!(index.length(), None);
    }
}

#[test]
fn a_single_frame_and_a_cut_one_are_told_apart() {
    assert_eq!(offsets(&whole(&phone(16))), [0]);
    assert_eq!(whole(&phone(16)[..143]).header(), None);
    let mut two = many(2, |_| phone(16));
    two.truncate(250);
    assert_eq!(offsets(&whole(&two)), [0]);
}

#[test]
fn an_unknown_length_waits_for_the_end() {
    let bytes = many(100, |_| phone(16));
    let (buffer, feed) = Buffer::open();
    let mut index = Index::new();
    feed.write(0, &bytes[..14_390]).unwrap();
    assert_eq!(index.advance(&buffer), Scanned::Waiting);
    assert_eq!(index.length(), None);
    // The last frame was taken on trust and is cut.
    feed.set_len(14_390);
    assert_eq!(index.advance(&buffer), Scanned::Whole);
    assert_eq!(offsets(&index).len(), 99);
}

/// Pieces that files are made of, so that what is random looks like frames often enough.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        (1_u8..8).prop_map(|rate| phone(rate * 8)),
        (0_u64..9).prop_map(music),
        prop::collection::vec(any::<u8>(), 0..300),
        (any::<[u8; 4]>(), 0_usize..40).prop_map(|(tail, len)| {
            let mut tag = b"ID3\x04\0\0".to_vec();
            tag.extend(tail);
            tag.resize(10 + len, 0xFF);
            tag
        }),
        (any::<[u8; 16]>(), prop::bool::ANY).prop_map(|(fields, xing)| {
            let mut frame = phone(64);
            let name = if xing {
                b"Xing\0\0\0\x0F"
            } else {
                b"Info\0\0\0\x07"
            };
            frame.splice(13..21, name.iter().copied());
            frame.splice(21..37, fields);
            frame
        }),
        (any::<[u8; 22]>()).prop_map(|fields| {
            let mut frame = music(0);
            frame.splice(36..40, b"VBRI".iter().copied());
            frame.splice(40..62, fields);
            frame
        }),
    ]
}

proptest! {
    #[test]
    fn random_bytes_are_survived_in_any_order_of_coming(
        pieces in prop::collection::vec(piece(), 0..40),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 1_usize..2000), 0..12),
        told in any::<bool>(),
        time in any::<u32>(),
    ) {
        let bytes = pieces.concat();
        let (buffer, feed) = Buffer::open();
        if told {
            feed.set_len(bytes.len() as u64);
        }
        let mut index = Index::new();
        index.expect(Duration::from_millis(u64::from(time)));
        let mut parts: Vec<_> = cuts
            .iter()
            .filter(|_| !bytes.is_empty())
            .map(|(start, len)| {
                let start = start.index(bytes.len());
                start..(start + len).min(bytes.len())
            })
            .collect();
        parts.push(0..bytes.len());
        for part in parts {
            load(&feed, &bytes, part.clone());
            while index.advance(&buffer) == Scanned::More {}
            let place = index.frame_at_time(Duration::from_millis(u64::from(time)));
            let _ = (index.length(), index.samples(), index.bit_rate(), index.place(u64::MAX));
            let mut at = place.offset();
            for _ in 0..bytes.len() {
                match index.next_from(at) {
                    Next::Frame(frame) => {
                        prop_assert!(frame.offset >= at && frame.len >= 24);
                        at = frame.offset + u64::from(frame.len);
                    }
                    Next::Wait(missing) => {
                        prop_assert_eq!(buffer.contiguous_from(missing), 0, "waits for what is here");
                        break;
                    }
                    Next::End => break,
                }
            }
        }
        feed.set_len(bytes.len() as u64);
        let mut end = index.advance(&buffer);
        while end == Scanned::More {
            end = index.advance(&buffer);
        }
        prop_assert!(matches!(end, Scanned::Whole | Scanned::Nothing), "{:?}", end);
        // However the bytes came, the frames are those of a file read from its start.
        let straight = whole(&bytes);
        if told {
            prop_assert_eq!(straight.header(), index.header());
        }
        if straight.header().is_some() && straight.header() == index.header() {
            prop_assert_eq!(offsets(&straight).len() as u64, index.place(u64::MAX).frame());
        }
    }
}
