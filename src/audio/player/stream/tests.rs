#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod ears;
mod level;
mod sides;
mod skip;
mod speed;

use std::time::Instant;

use super::*;
use crate::audio::buffer::Buffer;
use crate::audio::decode::{self, Role};
use crate::audio::ring::{Stage, ring};

const CALL: &[u8] = include_bytes!("../../../../assets/calls/support-stereo-cbr32.mp3");

#[test]
fn the_whole_recording_passes_with_its_length_and_place() {
    let mut decoder = decode::open(&Buffer::from_bytes(CALL.to_vec()), Role::Head)
        .unwrap()
        .unwrap();
    let (mut writer, mut renderer, _) = ring(48_000, std::thread::current());
    writer.set_epoch(3);
    writer.set_running(true);
    decoder.seek(Duration::from_secs(60));
    let mut stream = Stream::new(3, Duration::ZERO, &*decoder, Speech::default(), 48_000).unwrap();
    let mut frames = [[0.0; 2]; 64];
    let mut heard = 0;
    while writer.heard().stage != Stage::Finished {
        while stream.fill(&mut *decoder, &mut writer).unwrap() == Fill::More {}
        renderer.render(&mut frames, Instant::now());
        heard += 64;
        if heard == 4_800 {
            let off = writer
                .heard()
                .position
                .abs_diff(Duration::from_millis(60_100));
            assert!(off < Duration::from_micros(1), "{off:?} off");
        }
    }
    let wanted = (636_889 - 480_000) * 6;
    let end = writer.heard().position;
    let off = end.abs_diff(Duration::from_nanos(79_611_125_000));
    assert!(off < Duration::from_micros(30), "{off:?} off");
    assert!(
        (wanted..wanted + 128).contains(&heard),
        "{heard} of {wanted}"
    );
}

#[test]
fn a_short_piece_goes_out_at_once_when_bytes_are_missing() {
    let (buffer, feed) = Buffer::open();
    feed.set_len(CALL.len() as u64);
    feed.write(0, &CALL[..2_500]).unwrap();
    let mut decoder = decode::open(&buffer, Role::Head).unwrap().unwrap();
    let (mut writer, mut renderer, _) = ring(48_000, std::thread::current());
    let mut stream = Stream::new(1, Duration::ZERO, &*decoder, Speech::default(), 48_000).unwrap();
    writer.set_epoch(1);
    writer.set_running(true);
    while stream.fill(&mut *decoder, &mut writer).unwrap() != Fill::Starved {
        renderer.render(&mut [[0.0; 2]; FRAMES], Instant::now());
    }
    assert!(stream.given() > Duration::from_millis(100));
    renderer.render(&mut [[0.0; 2]; FRAMES], Instant::now());
    feed.fail(Error::NotFound);
    let error = stream.fill(&mut *decoder, &mut writer).unwrap_err();
    assert_eq!(error, Error::NotFound);
}
