use std::time::Duration;

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
