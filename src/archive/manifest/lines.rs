//! Lines of a file that grows by whole lines, and may end in the middle of one.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

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
pub(crate) struct Lines<'a>(BufReader<&'a mut File>);

impl<'a> Lines<'a> {
    /// # Errors
    /// As the system says.
    pub(crate) fn of(file: &'a mut File) -> io::Result<Self> {
        file.rewind()?;
        Ok(Self(BufReader::new(file)))
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        let mut line = Vec::new();
        self.0.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        if line.pop_if(|last| *last == b'\n').is_some() {
            return Ok(Some(Line::Whole(line)));
        }
        if line.is_empty() {
            return Ok(None);
        }
        if (line.len() as u64) < LONGEST {
            return Ok(Some(Line::Torn));
        }
        self.0.skip_until(b'\n')?;
        Ok(Some(Line::TooLong))
    }
}

impl Iterator for Lines<'_> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
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
