#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

const STEREO: &[u8] = include_bytes!("../../../assets/calls/support-stereo-cbr32.mp3");
const VBR: &[u8] = include_bytes!("../../../assets/calls/invoice-stereo-vbr.mp3");
const UNTAGGED: &[u8] = include_bytes!("../../../assets/calls/booking-mono-cbr16.mp3");
const UNTAGGED_VBR: &[u8] = include_bytes!("../../../assets/calls/booking-mono-vbr-notag.mp3");
const PCM: &[u8] = include_bytes!("../../../assets/calls/handover-stereo-pcm16.wav");
const ULAW: &[u8] = include_bytes!("../../../assets/calls/reminder-mono-ulaw.wav");

fn part(from: u64, to: u64) -> Range<Duration> {
    Duration::from_millis(from)..Duration::from_millis(to)
}

fn clip(bytes: &[u8], part: Range<Duration>) -> Result<(Format, Vec<i16>), Error> {
    let buffer = Buffer::from_bytes(bytes.to_vec());
    let mut clip = Clip::open(buffer, part, None, Cancel::never())?;
    let (format, mut samples) = (clip.format(), Vec::new());
    while clip.next(&mut samples)? {}
    Ok((format, samples))
}

/// All that the decoder gives, from the first sample on.
fn whole(bytes: &[u8]) -> Vec<i16> {
    let buffer = Buffer::from_bytes(bytes.to_vec());
    let mut decoder = decode::open(&buffer, Role::Head).unwrap().unwrap();
    let mut samples = Vec::new();
    while let Step::Block { .. } = decoder.next(&mut samples).unwrap() {}
    samples.into_iter().map(pcm).collect()
}

#[test]
fn a_part_has_the_samples_that_playing_up_to_there_gives() {
    for (bytes, channels) in [
        (STEREO, 2),
        (VBR, 2),
        (UNTAGGED, 1),
        (UNTAGGED_VBR, 1),
        (PCM, 2),
        (ULAW, 1),
    ] {
        let whole = whole(bytes);
        for (from, to) in [(0, 3_000), (1, 2), (1_234, 7_000), (9_000, 9_500)] {
            let (format, samples) = clip(bytes, part(from, to)).unwrap();
            assert_eq!((format.rate, format.channels), (8_000, channels));
            assert_eq!(format.frames, (to - from) * 8);
            let start = (from * 8) as usize * usize::from(channels);
            let wanted = &whole[start..start + samples.len()];
            assert_eq!(
                samples.len(),
                format.frames as usize * usize::from(channels)
            );
            assert!(samples == wanted, "{from} to {to}");
        }
    }
}

#[test]
fn a_wrong_length_of_the_api_leaves_no_silence_at_the_start() {
    for bytes in [STEREO, VBR, UNTAGGED, UNTAGGED_VBR, PCM, ULAW] {
        let wanted = clip(bytes, part(7_000, 8_000)).unwrap().1;
        for declared in [1, 3, 20, 100, 4_000] {
            let buffer = Buffer::from_bytes(bytes.to_vec());
            let declared = Some(Duration::from_secs(declared));
            let part = part(7_000, 8_000);
            let mut clip = Clip::open(buffer, part, declared, Cancel::never()).unwrap();
            let mut samples = Vec::new();
            while clip.next(&mut samples).unwrap() {}
            assert!(samples == wanted, "{declared:?}");
        }
    }
}

#[test]
fn a_wav_of_16_bits_comes_out_as_it_was() {
    let (_, samples) = clip(PCM, part(1_000, 1_100)).unwrap();
    let at = 44 + 8_000 * 4;
    let bytes = PCM[at..].as_chunks::<2>().0.iter();
    let stored: Vec<i16> = bytes.take(1_600).map(|b| i16::from_le_bytes(*b)).collect();
    assert_eq!(samples, stored);
}

/// 26 minutes of an mp3 without a tag: the same call again and again.
fn long(call: &[u8]) -> Vec<u8> {
    call.repeat((3 << 20) / call.len())
}

/// A file of which only the first bytes and those of one part ever come.
fn sparse(bytes: &[u8], part: Range<usize>) -> Buffer {
    let (buffer, feed) = Buffer::open();
    feed.set_len(bytes.len() as u64);
    feed.write(0, &bytes[..HEAD as usize]).unwrap();
    feed.write(part.start as u64, &bytes[part]).unwrap();
    buffer
}

#[test]
fn a_long_mp3_of_one_rate_is_not_read_up_to_the_part() {
    let bytes = long(UNTAGGED);
    // 2,000 bytes a second.
    let from_byte = 1_400 * 2_000;
    let buffer = sparse(&bytes, from_byte - 10_000..from_byte + 30_000);
    let declared = Duration::from_secs_f64(bytes.len() as f64 / 2_000.0);
    let wanted = part(1_400_000, 1_405_000);
    let mut clip = Clip::open(buffer, wanted, Some(declared), Cancel::never()).unwrap();
    let mut samples = Vec::new();
    while clip.next(&mut samples).unwrap() {}
    // Each repetition begins where the one before ended, at a frame.
    let call = whole(UNTAGGED);
    let at = 1_400 * 8_000 % call.len();
    assert!(at > 576 && at + samples.len() < call.len());
    assert!(samples == call[at..at + 40_000]);
}

#[test]
fn a_head_that_comes_in_pieces_is_no_reason_to_ask_for_all() {
    let bytes = long(UNTAGGED);
    let (buffer, feed) = Buffer::open();
    buffer.hold(HEAD);
    feed.set_len(bytes.len() as u64);
    let cancel = buffer.canceller();
    let opening = {
        let (buffer, cancel) = (buffer.clone(), cancel.clone());
        let declared = Duration::from_secs_f64(bytes.len() as f64 / 2_000.0);
        let part = part(1_400_000, 1_405_000);
        std::thread::spawn(move || Clip::open(buffer, part, Some(declared), cancel).map(drop))
    };
    let looks = |at: u64| {
        let mut seen = 0;
        while buffer.head() != at {
            seen = buffer.changed(seen, Some(Duration::from_millis(5)), &Cancel::never());
        }
    };
    for piece in [0..50_000, 50_000..60_000] {
        feed.write(piece.start as u64, &bytes[piece.clone()])
            .unwrap();
        looks(piece.end as u64);
    }
    assert_eq!(feed.most(), Some(HEAD));
    let head = HEAD as usize;
    feed.write(60_000, &bytes[60_000..head]).unwrap();
    let from = 1_400 * 2_000 - 10_000;
    feed.write(from as u64, &bytes[from..from + 40_000])
        .unwrap();
    assert_eq!(opening.join().unwrap(), Ok(()));
    assert!(feed.most().is_some_and(|most| most > HEAD));
}

#[test]
fn where_the_declared_length_speaks_against_one_rate_frames_are_counted() {
    // After the start, which is all that is seen, come 10 minutes at half the rate.
    let bytes = long(UNTAGGED);
    let from_byte = 1_400 * 2_000;
    let buffer = sparse(&bytes, from_byte - 10_000..from_byte + 30_000);
    let cancel = buffer.canceller();
    let waiting = {
        let (buffer, cancel) = (buffer.clone(), cancel.clone());
        let other = Some(Duration::from_secs(2_000));
        std::thread::spawn(move || {
            Clip::open(buffer, part(1_400_000, 1_405_000), other, cancel).err()
        })
    };
    // It asks for what comes after the first bytes.
    let mut seen = 0;
    while buffer.head() != HEAD {
        seen = buffer.changed(seen, Some(Duration::from_millis(5)), &Cancel::never());
    }
    cancel.set();
    assert_eq!(waiting.join().unwrap(), Some(Error::Cancelled));
}

#[test]
fn what_reaches_beyond_the_end_is_refused_with_the_length() {
    // To the last sample, and one further.
    let end = |bytes: &[u8], channels: u64| whole(bytes).len() as u64 / channels;
    for (bytes, channels) in [(STEREO, 2), (UNTAGGED_VBR, 1), (PCM, 2)] {
        let length = time_of(end(bytes, channels), 8_000);
        let last = Duration::from_secs(5)..length;
        assert!(clip(bytes, last).is_ok());
        let beyond = Duration::from_secs(5)..length + Duration::from_micros(126);
        assert_eq!(clip(bytes, beyond).unwrap_err(), Error::Beyond(length));
        let all = part(3_600_000, 3_601_000);
        assert_eq!(clip(bytes, all).unwrap_err(), Error::Beyond(length));
    }
}

#[test]
fn what_is_no_sound_fails_and_a_wait_can_be_called_off() {
    let text = b"<html>not found</html>";
    assert!(matches!(
        clip(text, part(0, 10)),
        Err(Error::Sound(event::Error::NotAudio(_)))
    ));
    assert!(matches!(
        clip(b"", part(0, 10)),
        Err(Error::Sound(event::Error::Empty))
    ));
    let (buffer, feed) = Buffer::open();
    feed.write(0, &STEREO[..2_000]).unwrap();
    let cancel = buffer.canceller();
    let waiting = {
        let (buffer, cancel) = (buffer.clone(), cancel.clone());
        std::thread::spawn(move || Clip::open(buffer, part(0, 10), None, cancel).err())
    };
    cancel.set();
    assert_eq!(waiting.join().unwrap(), Some(Error::Cancelled));
}
