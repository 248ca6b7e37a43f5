//! Where the bytes lie: chunks in memory up to a bound, beyond it a temporary file that has no name.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// So large that the allocator has each from the system by itself and gives it back at once (glibc and musl: from 128 KiB on), where
/// small ones leave holes among what lives longer: 7 MB of an hour's 14 stayed so. Only pages that are written to take memory.
const CHUNK: usize = 256 << 10;

/// Chunks kept in memory: 32 MiB, which is an hour at 72 kbit/s. Telephone recordings seldom reach it, and the whole
/// program stays under 60 MB with it.
const IN_MEMORY: usize = (32 << 20) / CHUNK;

pub(super) struct Store {
    chunks: HashMap<u64, Box<[u8]>>,
    most: usize,
    file: Option<File>,
}

impl Default for Store {
    fn default() -> Self {
        Self::with_bound(IN_MEMORY)
    }
}

impl Store {
    fn with_bound(most: usize) -> Self {
        Self {
            chunks: HashMap::new(),
            most,
            file: None,
        }
    }

    /// What a file holds already.
    pub(super) fn over(file: File) -> Self {
        Self {
            file: Some(file),
            ..Self::with_bound(0)
        }
    }

    /// Keeps `bytes` at `at`. Memory grows by what is written, never by where.
    pub(super) fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        for (number, place, part) in pieces(at, bytes.len()) {
            let Some(bytes) = bytes.get(part) else {
                continue;
            };
            if let Some(chunk) = self.chunk_to_write(number) {
                if let Some(target) = chunk.get_mut(place..place + bytes.len()) {
                    target.copy_from_slice(bytes);
                }
            } else {
                let file = match &mut self.file {
                    Some(file) => file,
                    None => self.file.insert(tempfile::tempfile()?),
                };
                file.seek(SeekFrom::Start(number * CHUNK as u64 + place as u64))?;
                file.write_all(bytes)?;
            }
        }
        Ok(())
    }

    /// Fills `out` with the bytes at `at`, all of which must have been written.
    pub(super) fn read(&mut self, at: u64, out: &mut [u8]) -> io::Result<()> {
        for (number, place, part) in pieces(at, out.len()) {
            let Some(out) = out.get_mut(part) else {
                continue;
            };
            let chunk = self.chunks.get(&number);
            if let Some(bytes) = chunk.and_then(|chunk| chunk.get(place..place + out.len())) {
                out.copy_from_slice(bytes);
            } else if let Some(file) = &mut self.file {
                file.seek(SeekFrom::Start(number * CHUNK as u64 + place as u64))?;
                file.read_exact(out)?;
            }
        }
        Ok(())
    }

    /// The chunk in memory, made when there is room; `None` when it belongs into the file. Where a chunk first went is
    /// where it stays: chunks are never given up, so that a full memory stays full.
    fn chunk_to_write(&mut self, number: u64) -> Option<&mut [u8]> {
        let room = self.chunks.len() < self.most;
        if room {
            let chunk = self.chunks.entry(number);
            return Some(chunk.or_insert_with(|| vec![0; CHUNK].into()));
        }
        self.chunks.get_mut(&number).map(AsMut::as_mut)
    }
}

/// Splits `len` bytes at `at` at the borders of chunks: chunk number, place in the chunk, and which of the bytes.
fn pieces(at: u64, len: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        if done >= len {
            return None;
        }
        let position = at + done as u64;
        let place = (position % CHUNK as u64) as usize;
        let take = (CHUNK - place).min(len - done);
        let part = done..done + take;
        done += take;
        Some((position / CHUNK as u64, place, part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_from_memory_and_file_alike() {
        let mut store = Store::with_bound(2);
        let bytes: Vec<u8> = (0..5 * CHUNK).map(|at| (at * 7 / 3) as u8).collect();
        for (number, part) in bytes.chunks(10_007).enumerate().rev() {
            store.write(number as u64 * 10_007, part).unwrap();
        }
        assert_eq!(store.chunks.len(), 2);
        assert!(store.file.is_some());
        let mut out = vec![0; bytes.len() - 99];
        store.read(99, &mut out).unwrap();
        assert_eq!(out, bytes[99..]);
    }

    #[test]
    fn a_byte_far_out_costs_one_chunk() {
        let mut store = Store::with_bound(8);
        store.write(1 << 40, b"x").unwrap();
        assert_eq!(store.chunks.len(), 1);
        let mut out = [0];
        store.read(1 << 40, &mut out).unwrap();
        assert_eq!(&out, b"x");
    }
}
