#![allow(clippy::panic)]

mod truth;

use std::sync::mpsc::{Receiver, channel};

use super::*;

const STEREO: &[u8] = include_bytes!("../../../assets/calls/support-stereo-cbr32.mp3");
const VBR: &[u8] = include_bytes!("../../../assets/calls/booking-mono-vbr-notag.mp3");

/// Longer than any machine takes; only waited for when something is broken.
const PATIENCE: Duration = Duration::from_secs(20);

fn analysis(buffer: &Buffer) -> (Analysis, Receiver<Arc<Waveform>>) {
    let (told, pictures) = channel();
    let tell = move |_, event| {
        if let Event::Waveform(waveform) = event {
            let _ = told.send(waveform);
        }
    };
    let analysis = Analysis::start(PlayId(1), buffer, Events::new(tell));
    (analysis, pictures)
}

/// The last picture: the thread ends with it, and its end of the channel with the thread.
fn last(pictures: &Receiver<Arc<Waveform>>) -> Arc<Waveform> {
    let mut last = None;
    while let Ok(picture) = pictures.recv_timeout(PATIENCE) {
        last = Some(picture);
    }
    last.unwrap()
}

fn whole(file: &[u8]) -> Arc<Waveform> {
    let buffer = Buffer::from_bytes(file.to_vec());
    let (_analysis, pictures) = analysis(&buffer);
    last(&pictures)
}

#[test]
fn the_picture_covers_the_recording_and_knows_the_sides_apart() {
    let picture = whole(STEREO);
    let covered = picture.bin * picture.channels[0].len() as u32;
    assert!(covered.abs_diff(Duration::from_nanos(79_611_125_000)) <= picture.bin);
    assert!(picture.channels.iter().flatten().all(Option::is_some));
    // One party speaks at a time: where the left is loud, the right is not.
    let loud = |side: usize| -> Vec<bool> {
        let bins = picture.channels[side].iter();
        bins.map(|bin| bin.unwrap().rms > 12).collect()
    };
    let (left, right) = (loud(0), loud(1));
    let both = left.iter().zip(&right).filter(|(l, r)| **l && **r).count();
    assert!(left.iter().filter(|l| **l).count() > 200);
    assert!(right.iter().filter(|r| **r).count() > 200);
    assert!(both < 40, "{both} bins with both");
}

#[test]
fn parts_are_drawn_as_they_come_and_the_end_is_as_if_it_had_come_in_order() {
    for file in [STEREO, VBR] {
        let (buffer, feed) = Buffer::open();
        feed.set_len(file.len() as u64);
        let (_analysis, pictures) = analysis(&buffer);
        feed.write(0, &file[..20_000]).unwrap();
        let early = pictures.recv_timeout(PATIENCE).unwrap();
        assert!(early.channels[0].iter().any(Option::is_some));
        let middle = file.len() / 2;
        feed.write(middle as u64, &file[middle..middle + 20_000])
            .unwrap();
        let islands = loop {
            let picture = pictures.recv_timeout(PATIENCE).unwrap();
            if picture.channels[0].iter().any(Option::is_none) {
                break picture;
            }
        };
        assert!(islands.channels[0].last().unwrap().is_some());
        feed.write(middle as u64 + 20_000, &file[middle + 20_000..])
            .unwrap();
        feed.write(20_000, &file[20_000..middle]).unwrap();
        assert_eq!(last(&pictures), whole(file));
    }
}

/// A file that comes in order, in pieces that end within frames, is decoded once: what was decoded twice would cost an hour
/// a second of the processor.
#[test]
fn what_comes_in_order_is_drawn_in_one_go() {
    for file in [STEREO, VBR] {
        let (buffer, feed) = Buffer::open();
        feed.set_len(file.len() as u64);
        let cancel = buffer.canceller();
        feed.write(0, &file[..20_001]).unwrap();
        let mut decoder = decode::open(&buffer, Role::Follower).unwrap().unwrap();
        let mut work = Work::new(&*decoder);
        for (piece, bytes) in file[20_001..].chunks(20_001).enumerate() {
            while work.part(&mut *decoder, &buffer, &cancel, &|_, _| {}) {}
            assert!(!work.jumped, "before piece {piece}");
            let at = (piece + 1) * 20_001;
            feed.write(at as u64, bytes).unwrap();
        }
        while work.part(&mut *decoder, &buffer, &cancel, &|_, _| {}) {}
        assert!(buffer.is_complete() && !work.jumped);
        assert!(work.is_done(file.len() as u64 - 1));
    }
}

#[test]
fn it_ends_when_nobody_wants_it_and_when_the_bytes_do_not_come() {
    let (buffer, feed) = Buffer::open();
    feed.set_len(STEREO.len() as u64);
    let (analysis_, pictures) = analysis(&buffer);
    feed.write(0, &STEREO[..20_000]).unwrap();
    pictures.recv_timeout(PATIENCE).unwrap();
    drop(analysis_);
    while pictures.recv_timeout(PATIENCE).is_ok() {}
    let (_analysis, pictures) = analysis(&buffer);
    pictures.recv_timeout(PATIENCE).unwrap();
    feed.fail(crate::audio::Error::NotFound);
    while pictures.recv_timeout(PATIENCE).is_ok() {}
}
