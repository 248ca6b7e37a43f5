//! The index: finds the start of the sound, then keeps one island of frames for each loaded part until they meet.

use std::time::Duration;

use super::super::buffer::Buffer;
use super::header::Header;
use super::island::{Extent, Island, Proof, Stop, proof};
use super::tag::Tag;
use super::window::Window;

/// Bytes of junk before the first frame, after which the file is taken for something else.
const SEARCHED: u64 = 1 << 20;
/// ID3v2 tags that may stand one after another.
const TAGS: u8 = 8;
/// Bytes that one island goes on in one [`Index::advance`].
const STRIDE: u64 = 8 << 20;

/// The frames of one mp3, as far as its bytes are here. Everything it reads is untrusted: it never panics, looks at each
/// byte a bounded number of times, and keeps at most 24 MB.
#[derive(Debug)]
pub struct Index {
    window: Window,
    start: Start,
    pub(super) stream: Option<Stream>,
    /// Ascending and disjoint; the first begins where the sound does.
    pub(super) islands: Vec<Island>,
    pub(super) len: Option<u64>,
    pub(super) expected: Option<Duration>,
    pub(super) varies: bool,
}

/// How far the search for the first frame has come.
#[derive(Debug)]
enum Start {
    /// An ID3v2 tag may start at `at`; the byte at `missing` is needed to tell. `second` is where to look when no sound follows: behind the header of a tag that may
    /// have lied about its size.
    Tags {
        at: u64,
        missing: u64,
        left: u8,
        second: Option<u64>,
    },
    /// A frame may start at `at`, which cannot be told before the byte at `missing` is here.
    Search {
        from: u64,
        at: u64,
        missing: u64,
        second: Option<u64>,
    },
    Found,
    Nothing,
}

#[derive(Debug)]
pub(super) struct Stream {
    /// Of the first frame of sound.
    pub(super) header: Header,
    pub(super) tag: Option<Tag>,
    /// Where the tag's frame starts, or the sound.
    pub(super) tag_at: u64,
    pub(super) sound_at: u64,
}

/// What [`Index::advance`] came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanned {
    /// It stopped to let others work; call again.
    More,
    /// All that is loaded is known.
    Waiting,
    /// The whole file is known.
    Whole,
    /// There is no mp3 in it.
    Nothing,
}

/// What comes at or after a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Frame(Frame),
    /// The byte at this offset is needed to tell.
    Wait(u64),
    /// No frame follows.
    End,
}

/// A frame that can be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    pub offset: u64,
    /// Bytes, header included: 24 to 1441.
    pub len: u16,
    /// Counted from 0 at the first frame of sound.
    pub number: u64,
    /// `number` is counted; otherwise it is estimated from the offset.
    pub exact: bool,
}

impl Default for Index {
    fn default() -> Self {
        Self::new()
    }
}

impl Index {
    pub fn new() -> Self {
        Self {
            window: Window::default(),
            start: Start::Tags {
                at: 0,
                missing: 0,
                left: TAGS,
                second: None,
            },
            stream: None,
            islands: Vec::new(),
            len: None,
            expected: None,
            varies: false,
        }
    }

    /// Tells the length that somebody else gave. It is used only to guess byte positions and the length of a file whose rate
    /// varies and that has no tag.
    pub fn expect(&mut self, length: Duration) {
        self.expected = Some(length).filter(|length| !length.is_zero());
    }

    /// Learns the frames in what is loaded by now; never waits. A file of an hour is known in a few milliseconds.
    pub fn advance(&mut self, buffer: &Buffer) -> Scanned {
        self.len = buffer.len();
        if self.stream.is_none() {
            self.find_start(buffer);
        }
        if self.stream.is_none() {
            return match self.start {
                Start::Nothing => Scanned::Nothing,
                _ => Scanned::Waiting,
            };
        }
        if let (Some(len), Some(last)) = (self.len, self.islands.last_mut()) {
            last.cut_at(len);
        }
        self.discover(buffer);
        let more = self.scan(buffer);
        if self.is_whole() {
            Scanned::Whole
        } else if more {
            Scanned::More
        } else {
            Scanned::Waiting
        }
    }

    /// The header of the first frame of sound, once found.
    pub fn header(&self) -> Option<Header> {
        self.stream.as_ref().map(|stream| stream.header)
    }

    /// Every frame of the file is known.
    pub fn is_whole(&self) -> bool {
        match (self.islands.as_slice(), self.len) {
            ([island], Some(len)) => island.at >= len,
            _ => false,
        }
    }

    /// The first frame that starts at or after `offset` in the same loaded part. After a frame, ask with
    /// `frame.offset + frame.len`.
    pub fn next_from(&self, offset: u64) -> Next {
        let Some(stream) = &self.stream else {
            return match self.start {
                Start::Tags { missing, .. } | Start::Search { missing, .. } => Next::Wait(missing),
                Start::Found | Start::Nothing => Next::End,
            };
        };
        let offset = offset.max(stream.sound_at);
        let after = self
            .islands
            .partition_point(|island| island.begin <= offset);
        let island = after
            .checked_sub(1)
            .and_then(|place| self.islands.get(place))
            .filter(|island| offset <= island.missing);
        let Some(island) = island else {
            return self.wait_at(offset);
        };
        let place = island.place_from(offset);
        match island.frame(place) {
            Some((offset, len)) => Next::Frame(Frame {
                offset,
                len,
                number: island.first + place,
                exact: island.exact,
            }),
            None => self.wait_at(island.missing),
        }
    }

    fn wait_at(&self, at: u64) -> Next {
        if self.len.is_some_and(|len| at >= len) || at == u64::MAX {
            Next::End
        } else {
            Next::Wait(at)
        }
    }

    fn find_start(&mut self, buffer: &Buffer) {
        loop {
            self.start = match self.start {
                Start::Tags {
                    at, left, second, ..
                } => match self.skip_tag(buffer, at, left, second) {
                    Some(start) => start,
                    None => return,
                },
                Start::Search {
                    from, at, second, ..
                } => match (self.search(buffer, from, at), second) {
                    (Some(true), _) => Start::Found,
                    (Some(false), Some(second)) => search_from(second, None),
                    (Some(false), None) => Start::Nothing,
                    (None, _) => return,
                },
                Start::Found | Start::Nothing => return,
            };
        }
    }

    /// What comes after the tag that may start at `at`; `None` when its header is not here.
    fn skip_tag(
        &mut self,
        buffer: &Buffer,
        at: u64,
        left: u8,
        second: Option<u64>,
    ) -> Option<Start> {
        let mut bytes = [0; 10];
        let read = buffer.try_read_at(at, &mut bytes);
        if read < bytes.len() {
            let end = at + read as u64;
            if let Start::Tags { missing, .. } = &mut self.start {
                *missing = end;
            }
            let ends = self.len.is_some_and(|len| end >= len);
            return ends.then(|| search_from(at, second));
        }
        let [b'I', b'D', b'3', version, _, flags, size @ ..] = bytes else {
            return Some(search_from(at, second));
        };
        if version == 0xFF || size.iter().any(|&byte| byte >= 0x80) || left == 0 {
            return Some(search_from(at, second));
        }
        let size = size
            .iter()
            .fold(0, |sum: u64, &byte| sum << 7 | u64::from(byte));
        let footer = if flags & 0x10 != 0 { 10 } else { 0 };
        let next = at + 10 + size + footer;
        Some(if self.len.is_some_and(|len| next >= len) {
            search_from(at + 10, second)
        } else {
            Start::Tags {
                at: next,
                missing: next,
                left: left - 1,
                second: second.or(Some(at + 10)),
            }
        })
    }

    /// Looks for the first frame from `at` on. `Some(false)` when there is none, `None` when bytes are missing.
    fn search(&mut self, buffer: &Buffer, from: u64, mut at: u64) -> Option<bool> {
        let extent = self.extent(buffer, at);
        let found = loop {
            if at - from > SEARCHED || self.len.is_some_and(|len| at + 4 > len) {
                return Some(false);
            }
            self.window.move_to(buffer, at, extent.loaded_to);
            let Some(four) = self.window.four(at) else {
                break None;
            };
            let header = Header::parse(four);
            match header.map(|header| proof(&self.window, extent, at, &header)) {
                Some(Proof::Frame) => break header,
                Some(Proof::Waits) => break None,
                Some(Proof::Junk) | None => at = self.window.next_sync(at + 1),
            }
        };
        if let Start::Search {
            at: place, missing, ..
        } = &mut self.start
        {
            (*place, *missing) = (at, extent.loaded_to.max(at));
        }
        let header = found?;
        let end = at + u64::from(header.len());
        // The tag is read only when its frame is whole.
        let frame = self.window.slice(at, usize::from(header.len()))?;
        let tag = Tag::find(&header, frame);
        let sound_at = if tag.is_some() { end } else { at };
        let first = self.window.header(sound_at);
        let first = first.filter(|first| first.agrees(&header));
        self.stream = Some(Stream {
            header: first.unwrap_or(header),
            tag,
            tag_at: at,
            sound_at,
        });
        self.islands = vec![Island::new(sound_at, 0, true).proven()];
        Some(true)
    }

    fn extent(&self, buffer: &Buffer, at: u64) -> Extent {
        Extent {
            loaded_to: at.saturating_add(buffer.contiguous_from(at)),
            len: self.len,
        }
    }

    /// Begins an island in each loaded part that none reaches into.
    fn discover(&mut self, buffer: &Buffer) {
        let sound_at = self.stream.as_ref().map_or(0, |stream| stream.sound_at);
        for part in buffer.have() {
            let begin = part.start.max(sound_at);
            let after = self.islands.partition_point(|island| island.begin <= begin);
            let before = after
                .checked_sub(1)
                .and_then(|place| self.islands.get(place));
            let known = before.is_some_and(|island| begin <= island.at);
            if known || begin >= part.end {
                continue;
            }
            let least = before.map_or(0, Island::end_number);
            let next = self.islands.get(after).map_or(u64::MAX, |next| next.first);
            let number = self.number_at(begin).min(next).max(least);
            self.islands
                .insert(after, Island::new(begin, number, false));
        }
    }

    /// Scans every island as far as bytes are here and joins those that meet. True when one stopped for its stride.
    fn scan(&mut self, buffer: &Buffer) -> bool {
        let Some(header) = self.header() else {
            return false;
        };
        let (mut place, mut more) = (0, false);
        while place < self.islands.len() {
            let (front, back) = self.islands.split_at_mut(place + 1);
            let (Some(island), next) = (front.last_mut(), back.first_mut()) else {
                return more;
            };
            let extent = Extent {
                loaded_to: island.at.saturating_add(buffer.contiguous_from(island.at)),
                len: self.len,
            };
            let (meets, until) = match &next {
                Some(next) if island.at >= next.begin => (true, island.at.saturating_add(1)),
                Some(next) => (false, next.begin.min(island.at.saturating_add(STRIDE))),
                None => (false, island.at.saturating_add(STRIDE)),
            };
            if let (true, Some(next)) = (meets, next)
                && (next.count() == 0 || island.at >= next.at || island.join(next))
            {
                self.islands.remove(place + 1);
                continue;
            }
            let varies = &mut self.varies;
            let stop = island.scan(
                (buffer, &mut self.window),
                extent,
                until,
                &header,
                |frame| *varies |= frame.bit_rate != header.bit_rate,
            );
            let at = island.at;
            match stop {
                Stop::Reached => {
                    let meets = self
                        .islands
                        .get(place + 1)
                        .is_some_and(|next| at >= next.begin);
                    if !meets {
                        more = true;
                        place += 1;
                    }
                }
                Stop::Waits => place += 1,
                Stop::Ended => {
                    self.islands.truncate(place + 1);
                    place += 1;
                }
            }
        }
        more
    }
}

fn search_from(at: u64, second: Option<u64>) -> Start {
    Start::Search {
        from: at,
        at,
        missing: at,
        second,
    }
}
