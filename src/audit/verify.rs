//! A log proven, line by line, in the memory of two of them.

use std::io;
use std::path::Path;

use super::chain::parts;
use super::line::{self, Head, LONGEST, Link, TORN, is_begun};
use crate::archive::folder::Folder;
use crate::archive::manifest::{Line, Lines};

/// What a chain comes to, as far as it was proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// Lines of the chain.
    pub lines: u64,
    /// The time of the first and of the last of them.
    pub span: Option<(String, String)>,
    /// The hash of the last of them.
    pub head: Head,
    /// How often a crash left a line torn; each was told by the next one.
    pub mended: u64,
    /// The line whose hash is the one that was sought.
    pub found: Option<u64>,
}

/// What is wrong with the first line that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("it is no line of a log, or was changed: its hash is not that of its bytes")]
    Changed,
    #[error("it does not follow the line before: lines were removed, inserted or swapped")]
    OutOfPlace,
    #[error(
        "it has no end: a crash left it so, and the next line that is written will say that, or the file was cut"
    )]
    NoEnd,
}

/// A chain that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Of the file, counted from 1.
    pub line: u64,
    pub flaw: Flaw,
    /// What stands before it.
    pub before: Proven,
}

/// What was looked at, while it goes on: lines of the file so far; `false` ends it.
pub type Goes<'a> = &'a mut dyn FnMut(u64) -> bool;

/// Proves the log at `path` and looks for the line whose hash is `sought`. Its end is where it is now: who writes to it meanwhile is not
/// held up.
///
/// # Errors
/// [`io::ErrorKind::Interrupted`] when it was ended; else as the system says.
pub fn verify(
    path: &Path,
    sought: Option<&Head>,
    goes: Goes,
) -> io::Result<Result<Proven, Box<Broken>>> {
    let full = std::path::absolute(path)?;
    let (folder, name) = parts(&full)?;
    let mut file = Folder::open(folder)?.read(name)?;
    // Whoever holds it is in the middle of a line.
    file.lock_shared()?;
    let bytes = file.metadata()?.len();
    file.unlock()?;
    let mut walk = Walk::new(sought);
    let mut read = 0;
    for (number, line) in (1..).zip(Lines::of(&mut file)?) {
        if read >= bytes {
            break;
        }
        if !goes(number) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let taken = match line? {
            // It had no end when the log was held: somebody has mended it since.
            Line::Whole(line) if read + line.len() as u64 >= bytes => {
                Err(walk.broken(number, Flaw::NoEnd))
            }
            Line::Whole(line) => {
                read += line.len() as u64 + 1;
                walk.take(number, &line)
            }
            Line::TooLong => Err(walk.broken(number, Flaw::Changed)),
            Line::Torn => Err(walk.broken(number, Flaw::NoEnd)),
        };
        if let Err(broken) = taken {
            return Ok(Err(broken));
        }
    }
    Ok(walk.end())
}

/// The way along a chain.
struct Walk<'a> {
    sought: Option<&'a Head>,
    last: Option<Link>,
    proven: Proven,
    /// Lines that are none of the chain, unless the next one says that crashes left them.
    odd: Option<Odd>,
}

struct Odd {
    /// The first of them.
    line: u64,
    bytes: Vec<u8>,
    /// Each of them may be what a crash left.
    begun: bool,
}

impl<'a> Walk<'a> {
    fn new(sought: Option<&'a Head>) -> Self {
        let found = sought.filter(|sought| sought.is_none()).map(|_| 0);
        Self {
            sought,
            last: None,
            proven: Proven {
                lines: 0,
                span: None,
                head: Head::none(),
                mended: 0,
                found,
            },
            odd: None,
        }
    }

    fn take(&mut self, number: u64, line: &[u8]) -> Result<(), Box<Broken>> {
        let link = match Link::read(line) {
            Some(link) => link,
            None => return self.set_aside(number, line),
        };
        match &self.odd {
            Some(odd) if !link.mends(&odd.bytes) => {
                return Err(self.broken(number, Flaw::Changed));
            }
            Some(_) => self.odd = None,
            None if link.misses_what_it_mends() => {
                return Err(self.broken(number, Flaw::OutOfPlace));
            }
            None => {}
        }
        if !link.follows(self.last.as_ref()) {
            return Err(self.broken(number, Flaw::OutOfPlace));
        }
        let proven = &mut self.proven;
        proven.lines = link.seq;
        proven.head = link.head();
        proven.mended += u64::from(link.is_mending());
        if self.sought == Some(&proven.head) {
            proven.found = Some(link.seq);
        }
        match &mut proven.span {
            Some((_, last)) => last.clone_from(&link.time),
            None => proven.span = Some((link.time.clone(), link.time.clone())),
        }
        self.last = Some(link);
        Ok(())
    }

    /// Keeps a line that is none of the chain until the next one tells what it is.
    fn set_aside(&mut self, number: u64, line: &[u8]) -> Result<(), Box<Broken>> {
        let begun = is_begun(line, line::next(self.last.as_ref()));
        match &mut self.odd {
            _ if line.len() > LONGEST => return Err(self.broken(number, Flaw::Changed)),
            None => {
                self.odd = Some(Odd {
                    line: number,
                    bytes: line.to_vec(),
                    begun,
                });
            }
            // Crashes in the middle of mending leave several.
            Some(odd) if odd.begun && begun && odd.bytes.len() + line.len() < TORN => {
                odd.bytes.push(b'\n');
                odd.bytes.extend(line);
            }
            Some(_) => return Err(self.broken(number, Flaw::Changed)),
        }
        Ok(())
    }

    /// An odd line is the first that does not fit, whatever came after it.
    fn broken(&self, number: u64, flaw: Flaw) -> Box<Broken> {
        let (line, flaw) = match (&self.odd, flaw) {
            // Nothing came after it but the part of a line.
            (Some(odd), Flaw::NoEnd) if odd.begun => (odd.line, Flaw::NoEnd),
            (Some(odd), _) => (odd.line, Flaw::Changed),
            (None, flaw) => (number, flaw),
        };
        Box::new(Broken {
            line,
            flaw,
            before: self.proven.clone(),
        })
    }

    fn end(self) -> Result<Proven, Box<Broken>> {
        match &self.odd {
            // A crash may have come just before the line that would tell of it.
            Some(odd) => Err(self.broken(odd.line, Flaw::NoEnd)),
            None => Ok(self.proven),
        }
    }
}
