//! Files that say they are recordings.

use std::time::Duration;

use callreel::audio::buffer::{Buffer, LARGEST};
use callreel::audio::decode::{self, Decoder, LOUDEST, RATES, Role, Step};
use callreel::audio::mp3::{Header, Index, Scanned};

/// Bytes of the input that say how the file comes and where it is played from.
const SCRIPT: usize = 8;

/// The longest that so many bytes may be said to last. mp3's slowest rate is 8 kbit/s: a millisecond for each byte, and half a hundredth
/// more where frames of 26 bytes are never padded; the slowest WAV, ADPCM at the slowest rate that is played, takes half of that. Two
/// frames of 72 ms are for what is rounded.
fn longest(bytes: u64) -> Duration {
    Duration::from_micros(bytes.saturating_mul(1_005)) + Duration::from_millis(144)
}

/// The decoder path: a file that comes whole or in pieces, in order or not, is played, jumped in, and ends.
pub fn decode(data: &[u8]) {
    let Some((script, file)) = data.split_at_checked(SCRIPT) else {
        return;
    };
    let [how, size, jumps @ ..] = script else {
        return;
    };
    let (buffer, feed) = Buffer::open();
    if how & 1 != 0 {
        feed.set_len(file.len() as u64);
    }
    let piece = 64 + usize::from(*size) * 32;
    let mut pieces: Vec<_> = (0..file.len()).step_by(piece).collect();
    if how & 2 != 0 {
        pieces.reverse();
    }
    let most = longest(if how & 1 == 0 {
        LARGEST
    } else {
        file.len() as u64
    });
    let mut player = Player::new(how & 4 != 0, most);
    for at in pieces {
        let end = file.len().min(at + piece);
        if feed.write(at as u64, &file[at..end]).is_err() || player.play(&buffer).is_err() {
            return;
        }
    }
    feed.set_len(file.len() as u64);
    for jump in jumps {
        if player.play(&buffer).is_err() {
            return;
        }
        player.jump(*jump, file.len());
    }
    let _ = player.play(&buffer);
}

struct Player {
    decoder: Option<Box<dyn Decoder>>,
    role: Role,
    /// The longest that the file may last.
    most: Duration,
}

impl Player {
    fn new(heard: bool, most: Duration) -> Self {
        let role = if heard { Role::Head } else { Role::Follower };
        Self {
            decoder: None,
            role,
            most,
        }
    }

    /// Until the file ends or more of it is needed. An error ends it all.
    fn play(&mut self, buffer: &Buffer) -> Result<(), ()> {
        if self.decoder.is_none() {
            self.decoder = decode::open(buffer, self.role).map_err(drop)?;
        }
        let Some(decoder) = &mut self.decoder else {
            return Ok(());
        };
        // A frame of sound takes more than twenty bytes of a file, and a jump starts a few frames earlier.
        let most = buffer
            .have()
            .iter()
            .map(|part| part.end - part.start)
            .sum::<u64>()
            / 2
            + 4096;
        for _ in 0..most {
            let mut out = Vec::new();
            let step = decoder.next(&mut out).map_err(drop)?;
            sound(decoder.as_mut(), &out);
            let Step::Block { first, .. } = step else {
                return Ok(());
            };
            // Where it stands is where its place in the waveform is.
            let at = first as f64 / f64::from(decoder.rate());
            assert!(at <= self.most.as_secs_f64(), "a block at {at} s");
        }
        panic!("it never ends");
    }

    fn jump(&mut self, to: u8, len: usize) {
        let Some(decoder) = &mut self.decoder else {
            return;
        };
        let length = decoder
            .length()
            .map_or(Duration::from_secs(9), |length| length.length);
        match to % 3 {
            0 => decoder.seek(length.mul_f64(f64::from(to) / 255.0)),
            1 => decoder.seek(Duration::MAX),
            _ => decoder.go_to_byte(len as u64 * u64::from(to) / 200),
        }
    }
}

fn sound(decoder: &mut dyn Decoder, samples: &[f32]) {
    assert!(
        (1..=2).contains(&decoder.channels()),
        "{} channels",
        decoder.channels()
    );
    assert!(RATES.contains(&decoder.rate()), "{} Hz", decoder.rate());
    assert!(
        samples
            .len()
            .is_multiple_of(usize::from(decoder.channels())),
        "half a frame"
    );
    assert!(
        samples.len() <= 1 << 20,
        "{} samples at once",
        samples.len()
    );
    let wrong = samples
        .iter()
        .find(|sample| sample.is_nan() || sample.abs() > LOUDEST);
    assert!(wrong.is_none(), "a sample of {wrong:?}");
    let media = decoder.media();
    assert!(matches!(media.format, "mp3" | "wav"), "{media:?}");
}

/// The reading of headers and tags: what is known of a whole file before anything of it is decoded.
pub fn headers(data: &[u8]) {
    if let Some(first) = data.first_chunk()
        && let Some(header) = Header::parse(*first)
    {
        assert!(header.len() > 4 && header.samples() > 0, "{header:?}");
    }
    let whole = data.len() as u64;
    let buffer = Buffer::from_bytes(data.to_vec());
    let mut index = Index::new();
    let strides = (0..64).find(|_| !matches!(index.advance(&buffer), Scanned::More));
    assert!(strides.is_some(), "the index never ends");
    lasts(&buffer, longest(whole));
    // Nor while most of it is to come, when tags are all there is to go by, nor where nobody says how much that is.
    for (len, most) in [(Some(whole), longest(whole)), (None, longest(LARGEST))] {
        let (buffer, feed) = Buffer::open();
        len.into_iter().for_each(|len| feed.set_len(len));
        if feed.write(0, &data[..data.len() / 2]).is_ok() {
            lasts(&buffer, most);
        }
    }
}

/// No header, no tag and nobody's word makes it last longer than `most`.
fn lasts(buffer: &Buffer, most: Duration) {
    for expected in [None, Some(Duration::from_secs(60)), Some(Duration::MAX)] {
        let Ok(Some(mut decoder)) = decode::open(buffer, Role::Follower) else {
            return;
        };
        sound(decoder.as_mut(), &[]);
        if let Some(expected) = expected {
            decoder.expect(expected);
        }
        let length = decoder.length().map(|length| length.length);
        assert!(length.is_none_or(|length| length <= most), "{length:?}");
    }
}
