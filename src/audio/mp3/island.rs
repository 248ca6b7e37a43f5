//! A run of frames without a gap, and the scanner that makes it longer.

use super::super::buffer::Buffer;
use super::header::Header;
use super::window::Window;

/// More frames are not kept for one file: 29 hours at 44.1 kHz, 83 at 8 kHz, and 24 MB.
pub(super) const MOST_FRAMES: usize = 4 << 20;

/// What the scanner may know about the file while it looks at bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// Loaded without a gap from the scanner's place up to here.
    pub(super) loaded_to: u64,
    /// Length of the file, when known.
    pub(super) len: Option<u64>,
}

impl Extent {
    fn is_end(self, at: u64) -> bool {
        self.len.is_some_and(|len| at >= len)
    }

    /// Four bytes at `at` will never be there.
    fn ends_before_header(self, at: u64) -> bool {
        self.len.is_some_and(|len| at.saturating_add(4) > len)
    }
}

#[derive(Debug)]
pub(super) struct Island {
    /// Where the scanner began; no frame of this island starts before.
    pub(super) begin: u64,
    /// Number of the first frame in the file.
    pub(super) first: u64,
    /// The numbers are counted from the start of the file; otherwise they follow from an estimate.
    pub(super) exact: bool,
    offsets: Vec<u32>,
    lens: Vec<u16>,
    /// Bytes of all its frames.
    pub(super) bytes: u64,
    /// Where the scanner goes on.
    pub(super) at: u64,
    /// The byte it waits for: `at` or after it.
    pub(super) missing: u64,
    /// The scanner stands at the end of a frame, so that the next header needs no other proof.
    synced: bool,
}

/// Why a scan stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It came to the place it was to come to.
    Reached,
    /// The next bytes are not here.
    Waits,
    /// The file ends.
    Ended,
}

impl Island {
    pub(super) fn new(begin: u64, first: u64, exact: bool) -> Self {
        Self {
            begin,
            first,
            exact,
            offsets: Vec::new(),
            lens: Vec::new(),
            bytes: 0,
            at: begin,
            missing: begin,
            synced: false,
        }
    }

    /// The scanner stands where a frame is known to start.
    pub(super) fn proven(mut self) -> Self {
        self.synced = true;
        self
    }

    pub(super) fn count(&self) -> u64 {
        self.offsets.len() as u64
    }

    /// Number after that of the last frame.
    pub(super) fn end_number(&self) -> u64 {
        self.first + self.count()
    }

    /// Offset and length of the frame that is `place`-th here.
    pub(super) fn frame(&self, place: u64) -> Option<(u64, u16)> {
        let place = usize::try_from(place).ok()?;
        let offset = self.offsets.get(place)?;
        Some((u64::from(*offset), *self.lens.get(place)?))
    }

    /// The first frame here that starts at or after `offset`, as its place.
    pub(super) fn place_from(&self, offset: u64) -> u64 {
        self.offsets.partition_point(|&at| u64::from(at) < offset) as u64
    }

    /// Scans on until it stands at or behind `until`, or cannot go on. `like` is what headers must agree with, `seen` is
    /// told each header that is taken.
    pub(super) fn scan(
        &mut self,
        sight: (&Buffer, &mut Window),
        extent: Extent,
        until: u64,
        like: &Header,
        seen: impl FnMut(&Header),
    ) -> Stop {
        let stop = self.scan_frames(sight, extent, until, like, seen);
        self.missing = match stop {
            Stop::Waits => extent.loaded_to.max(self.at),
            Stop::Reached | Stop::Ended => self.at,
        };
        stop
    }

    fn scan_frames(
        &mut self,
        (buffer, window): (&Buffer, &mut Window),
        extent: Extent,
        until: u64,
        like: &Header,
        mut seen: impl FnMut(&Header),
    ) -> Stop {
        loop {
            if extent.ends_before_header(self.at) || self.offsets.len() >= MOST_FRAMES {
                self.at = extent.len.unwrap_or(u64::MAX);
                return Stop::Ended;
            }
            if self.at >= until {
                return Stop::Reached;
            }
            window.move_to(buffer, self.at, extent.loaded_to);
            let Some(four) = window.four(self.at) else {
                return Stop::Waits;
            };
            let header = Header::parse(four).filter(|header| header.agrees(like));
            let proof = match header {
                Some(_) if self.synced => Proof::Frame,
                Some(header) => proof(window, extent, self.at, &header),
                None => Proof::Junk,
            };
            match (proof, header) {
                (Proof::Waits, _) => return Stop::Waits,
                (Proof::Frame, Some(header)) if self.push(&header, extent) => seen(&header),
                _ => {
                    self.synced = false;
                    self.at = window.next_sync(self.at + 1);
                }
            }
        }
    }

    /// Takes the frame at the scanner's place; not when the file ends within it, since it cannot be decoded.
    fn push(&mut self, header: &Header, extent: Extent) -> bool {
        let end = self.at + u64::from(header.len());
        let Ok(offset) = u32::try_from(self.at) else {
            return false;
        };
        if extent.len.is_some_and(|len| end > len) {
            return false;
        }
        self.offsets.push(offset);
        self.lens.push(header.len());
        self.bytes += u64::from(header.len());
        self.at = end;
        self.synced = true;
        true
    }

    /// Gives up a last frame that the file's end, unknown when it was taken, cuts.
    pub(super) fn cut_at(&mut self, len: u64) {
        while let (Some(&offset), Some(&frame)) = (self.offsets.last(), self.lens.last()) {
            if u64::from(offset) + u64::from(frame) <= len {
                break;
            }
            self.offsets.pop();
            self.lens.pop();
            self.bytes -= u64::from(frame);
            // As if it had been known: what looks like a frame within the cut one is looked at.
            (self.at, self.missing) = (u64::from(offset) + 1, u64::from(offset) + 1);
            self.synced = false;
        }
    }

    /// Takes over the frames of `next` when the scanner stands at the start of one of them.
    pub(super) fn join(&mut self, next: &mut Self) -> bool {
        let place = next.place_from(self.at);
        if !self.synced
            || next
                .frame(place)
                .is_none_or(|(offset, _)| offset != self.at)
        {
            return false;
        }
        let place = place as usize;
        self.offsets.extend(next.offsets.drain(..).skip(place));
        let lens = next.lens.drain(..).skip(place);
        let bytes = &mut self.bytes;
        self.lens
            .extend(lens.inspect(|&len| *bytes += u64::from(len)));
        (self.at, self.missing) = (next.at, next.missing);
        self.synced = next.synced;
        true
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    Frame,
    Junk,
    /// It cannot be told before more bytes come.
    Waits,
}

/// Whether the header at `at` is a frame's: two more must follow where it and the next end, or the end of the sound.
pub(super) fn proof(window: &Window, extent: Extent, at: u64, header: &Header) -> Proof {
    let mut end = at + u64::from(header.len());
    for followers in 0..2 {
        if extent.is_end(end) {
            // The follower may be cut by the end; the frame itself must not be.
            let whole = followers > 0 || extent.len == Some(end);
            return if whole { Proof::Frame } else { Proof::Junk };
        }
        let Some(four) = window.four(end) else {
            return if extent.ends_before_header(end) {
                Proof::Frame
            } else {
                Proof::Waits
            };
        };
        match Header::parse(four) {
            Some(next) if next.agrees(header) => end += u64::from(next.len()),
            // ID3v1 or APE: written after the last frame.
            _ if four.starts_with(b"TAG") || four == *b"APET" => return Proof::Frame,
            _ => return Proof::Junk,
        }
    }
    Proof::Frame
}
