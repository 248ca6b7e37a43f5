#![allow(clippy::panic)]

use super::*;
use crate::audio::decode::{self, time_of};

const STEREO: &[u8] = include_bytes!("../../../../assets/calls/support-stereo-cbr32.mp3");
const VBR: &[u8] = include_bytes!("../../../../assets/calls/invoice-stereo-vbr.mp3");
const UNTAGGED: &[u8] = include_bytes!("../../../../assets/calls/booking-mono-cbr16.mp3");
const UNTAGGED_VBR: &[u8] = include_bytes!("../../../../assets/calls/booking-mono-vbr-notag.mp3");
const ID3: &[u8] = include_bytes!("../../../../assets/calls/voicemail-quiet-id3.mp3");

fn open(bytes: &[u8]) -> Mp3 {
    Mp3::open(&Buffer::from_bytes(bytes.to_vec()), Role::Head)
        .unwrap()
        .unwrap()
}

/// Everything from here on, checking that no frame is missing or given twice.
fn rest(mp3: &mut Mp3, mut frame: Option<u64>) -> Vec<f32> {
    let mut out = Vec::new();
    loop {
        let before = out.len();
        match mp3.next(&mut out).unwrap() {
            Step::Block { first, .. } => {
                assert_eq!(first, frame.unwrap_or(first));
                let frames = (out.len() - before) / usize::from(mp3.channels());
                frame = Some(first + frames as u64);
            }
            Step::NeedBytes => panic!("everything is here"),
            Step::End => return out,
        }
    }
}

#[test]
fn every_sample_that_was_recorded_comes_out() {
    for (file, channels, samples) in [
        (STEREO, 2, 636_889),
        (VBR, 2, 279_799),
        (UNTAGGED, 1, 344_448),
        (UNTAGGED_VBR, 1, 344_448),
        (ID3, 1, 123_264),
    ] {
        let mut mp3 = open(file);
        assert_eq!(rest(&mut mp3, Some(0)).len(), channels * samples);
        let length = mp3.length().unwrap();
        assert!(length.exact);
        assert_eq!(length.length, time_of(samples as u64, 8_000));
    }
}

#[test]
fn a_jump_gives_what_playing_up_to_there_gives() {
    for file in [STEREO, VBR, UNTAGGED_VBR] {
        let mut mp3 = open(file);
        let channels = usize::from(mp3.channels());
        let whole = rest(&mut mp3, Some(0));
        for millis in [0, 1, 71, 5_000, 17_777, 30_003] {
            let to = Duration::from_millis(millis);
            mp3.seek(to);
            let mut out = Vec::new();
            let step = mp3.next(&mut out).unwrap();
            let first = decode::frames_in(to, 8_000);
            assert_eq!(step, Step::Block { first, exact: true }, "{millis} ms");
            let wanted = whole.get(first as usize * channels..).unwrap();
            for (got, wanted) in out.iter().zip(wanted) {
                assert!((got - wanted).abs() < 1e-6, "{millis} ms");
            }
            assert!(!out.is_empty());
        }
    }
}

#[test]
fn a_jump_beyond_the_end_is_the_end() {
    let mut mp3 = open(UNTAGGED);
    mp3.seek(Duration::from_secs(500));
    assert_eq!(mp3.next(&mut Vec::new()).unwrap(), Step::End);
}

#[test]
fn a_jump_into_what_is_missing_asks_there_and_lands_within_a_frame() {
    for (file, slack) in [(STEREO, 0.08), (UNTAGGED, 0.08), (VBR, 1.0)] {
        let (buffer, feed) = Buffer::open();
        feed.set_len(file.len() as u64);
        feed.write(0, &file[..16_384]).unwrap();
        let mut mp3 = Mp3::open(&buffer, Role::Head).unwrap().unwrap();
        mp3.seek(Duration::from_secs(28));
        let mut out = Vec::new();
        assert_eq!(mp3.next(&mut out).unwrap(), Step::NeedBytes);
        let at = feed.head() as usize;
        assert!(at > file.len() / 4);
        feed.write(at as u64, &file[at..at + 8_192]).unwrap();
        let Step::Block { first, exact } = mp3.next(&mut out).unwrap() else {
            panic!("no sound at {at}");
        };
        let time = time_of(first, 8_000).as_secs_f64();
        assert!((time - 28.0).abs() < slack, "at {time} s");
        assert!(!exact);
    }
}

#[test]
fn sound_begins_with_the_very_first_frames_and_goes_on_as_bytes_come() {
    let (buffer, feed) = Buffer::open();
    feed.set_len(UNTAGGED.len() as u64);
    assert!(decode::open(&buffer, Role::Head).unwrap().is_none());
    feed.write(0, &UNTAGGED[..1_024]).unwrap();
    let mut mp3 = decode::open(&buffer, Role::Head).unwrap().unwrap();
    let mut out = Vec::new();
    while mp3.next(&mut out).unwrap() != Step::NeedBytes {}
    assert!(out.len() >= 4 * 576, "only {} samples", out.len());
    feed.write(1_024, &UNTAGGED[1_024..]).unwrap();
    while mp3.next(&mut out).unwrap() != Step::End {}
    assert_eq!(out.len(), 344_448);
}

#[test]
fn broken_frames_are_silence_of_the_same_length() {
    let mut file = UNTAGGED.to_vec();
    // Side information of ten frames, the headers left whole.
    for frame in 100..110 {
        file[frame * 144 + 4..frame * 144 + 30].fill(0xFF);
    }
    let whole = rest(&mut open(UNTAGGED), Some(0));
    let broken = rest(&mut open(&file), Some(0));
    assert_eq!(broken.len(), whole.len());
    assert_eq!(broken[200 * 576..], whole[200 * 576..]);
}

/// Symphonia's issue 529: a frame without any data was left out, and all that follows came too early.
#[test]
fn frames_without_data_are_silence_of_the_same_length() {
    let mut file = UNTAGGED.to_vec();
    for frame in 100..110 {
        file[frame * 144 + 4..(frame + 1) * 144].fill(0);
    }
    let whole = rest(&mut open(UNTAGGED), Some(0));
    let silent = rest(&mut open(&file), Some(0));
    assert_eq!(silent.len(), whole.len());
    assert_eq!(silent[200 * 576..], whole[200 * 576..]);
}

/// Symphonia's issue 485: a tag of 33 bytes that ended its reader in code that it took for unreachable. Ours only leaps over it.
#[test]
fn a_call_behind_a_tag_that_is_a_trap_plays_whole() {
    let mut file = b"ID3\x04\x00\x40\x00\x00\x00\x17\x00\x00\x00\x08\x01\x10\x01\x40".to_vec();
    file.resize(33, 0);
    file.extend(UNTAGGED);
    assert_eq!(rest(&mut open(&file), Some(0)).len(), 344_448);
}

#[test]
fn noise_and_other_files_are_refused_and_never_panic() {
    let noise: Vec<u8> = (0..200_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let refuse = |bytes: &[u8]| {
        decode::open(&Buffer::from_bytes(bytes.to_vec()), Role::Head)
            .err()
            .unwrap()
    };
    assert!(matches!(refuse(&noise), Error::NotAudio(_)));
    let page = refuse(b"<!DOCTYPE html><html><body>Not here</body></html>");
    assert!(page.to_string().contains("web page"));
    assert!(refuse(b"OggS................").to_string().contains("Ogg"));
    assert_eq!(refuse(b""), Error::Empty);
}

#[test]
fn an_hour_cut_anywhere_and_filled_with_anything_never_panics() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..300 {
        let mut file = [STEREO, VBR, UNTAGGED_VBR, ID3][random.usize(..4)][..20_000].to_vec();
        for _ in 0..random.usize(..40) {
            let at = random.usize(..file.len());
            let len = random.usize(..50).min(file.len() - at);
            random.fill(&mut file[at..at + len]);
        }
        file.truncate(random.usize(..file.len()));
        let buffer = Buffer::from_bytes(file);
        let Ok(Some(mut decoder)) = decode::open(&buffer, Role::Head) else {
            continue;
        };
        let mut out = Vec::new();
        for _ in 0..200 {
            if random.u8(..) < 20 {
                decoder.seek(Duration::from_millis(random.u64(..20_000)));
            }
            out.clear();
            if let Ok(Step::Block { .. }) = decoder.next(&mut out) {
                assert!(out.iter().all(|s| s.is_finite()));
            }
        }
    }
}
