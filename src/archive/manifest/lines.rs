//! Lines of a file that grows by whole lines, and may end in the middle of one.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

/// Longer lines are none that callreel wrote.
const LONGEST: u64 = 256 << 10;

/// One line.
#[derive(Debug)]
pub(crate) enum Line {
    Whole(Vec<u8>),
    TooLong,
    /// The last one, without its end.
    Torn,
}

/// The lines of a file from its start on.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    reader: BufReader<&'a mut File>,
    /// Where the line begins that was given last, and the next one.
    at: u64,
    next: u64,
}

impl<'a> Lines<'a> {
    /// # Errors
    /// As the system says.
    pub(crate) fn of(file: &'a mut File) -> io::Result<Self> {
        file.rewind()?;
        Ok(Self {
            reader: BufReader::new(file),
            at: 0,
            next: 0,
        })
    }

    /// Where the line begins that was given last.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        let mut line = Vec::new();
        self.at = self.next;
        let read = self
            .reader
            .by_ref()
            .take(LONGEST)
            .read_until(b'\n', &mut line)?;
        self.next += read as u64;
        if line.pop_if(|last| *last == b'\n').is_some() {
            return Ok(Some(Line::Whole(line)));
        }
        if line.is_empty() {
            return Ok(None);
        }
        if (line.len() as u64) < LONGEST {
            return Ok(Some(Line::Torn));
        }
        self.next += self.reader.skip_until(b'\n')? as u64;
        Ok(Some(Line::TooLong))
    }
}

impl Iterator for Lines<'_> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// The line that begins at `at`, without its end; `None` where there is no whole one.
///
/// # Errors
/// As the system says.
pub(super) fn line_at(file: &File, at: u64) -> io::Result<Option<Vec<u8>>> {
    let (mut line, mut block) = (Vec::new(), [0; 4096]);
    while (line.len() as u64) < LONGEST {
        let read = file.read_at(&mut block, at + line.len() as u64)?;
        let block = block.get(..read).unwrap_or_default();
        match block.iter().position(|&byte| byte == b'\n') {
            Some(end) => {
                line.extend(block.iter().take(end));
                return Ok(Some(line));
            }
            None if block.is_empty() => break,
            None => line.extend_from_slice(block),
        }
    }
    Ok(None)
}

/// Cuts off what stands behind the last line's end, and stands at the end of the file afterwards.
///
/// # Errors
/// As the system says.
pub(crate) fn drop_torn_line(file: &mut File) -> io::Result<()> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let whole = end;
    let mut block = vec![0; 4096];
    while end > 0 {
        let from = end.saturating_sub(block.len() as u64);
        let part = block
            .get_mut(..usize::try_from(end - from).unwrap_or(0))
            .unwrap_or_default();
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(part)?;
        if let Some(at) = part.iter().rposition(|&byte| byte == b'\n') {
            end = from + at as u64 + 1;
            break;
        }
        end = from;
    }
    if end < whole {
        file.set_len(end)?;
        file.sync_data()?;
    }
    file.seek(SeekFrom::Start(end)).map(drop)
}
