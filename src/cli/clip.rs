//! `callreel clip`: a part of a recording as a wav.

mod file;
mod part;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::app::words;
use crate::audio::buffer::{Buffer, Cancel};
use crate::audio::clip::{self, Clip, Format};
use crate::audio::fetch::{self, Http};
use crate::audit::{self, Deed, Entry};
use crate::runtime::effects::request_of;
use crate::runtime::signals::Signals;

use super::account::Whose;
use super::output::shown;
use super::{FAILED, Failure, failure, recording, stop};
use file::{Output, Refused};
use part::Part;

/// Write a part of a recording to a wav file.
///
/// It is exact to the sample, in 16 bits at the recording's own rate and with its own channels. Of the recording only the bytes
/// are fetched that this takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// A recording's id, and from when to when
    #[arg(value_name = "ID@FROM-TO")]
    part: Part,

    /// The file to write, readable by you alone; - is standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Replace the file if it is there
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    whose: Whose,
}

/// After a signal, so long is waited for what is half written to be taken away.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A wav's sizes have 32 bits, and some of that is its header.
const MOST: u64 = (u32::MAX as u64) - 1024;

/// Why it was not written.
#[derive(Debug, thiserror::Error)]
enum Unwritten {
    #[error(transparent)]
    Clip(#[from] clip::Error),
    #[error("nothing was written, since it cannot be logged: {0}")]
    Audit(#[from] audit::Error),
    #[error(transparent)]
    Refused(Refused),
    #[error("a wav holds 4 GiB, and this part has more: take a shorter one")]
    TooLong,
    /// Whoever read it has seen enough.
    #[error("nobody reads it")]
    Unread,
}

/// Fetches the part and writes it.
///
/// # Errors
/// One line, and the exit code that says whose mistake it is; no file is left then.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let output = Output::check(&args.output, args.force)?;
    let mut signals = Signals::new()?;
    let work = clip(&args, output);
    tokio::select! {
        done = work => done,
        ending = stop::ending(&mut signals) => Ok(ExitCode::from(ending.exit_code())),
    }
}

async fn clip(args: &Args, output: Output) -> Result<ExitCode, Failure> {
    let account = args.whose.open().await?;
    let found = recording::get(&account, &args.part.id).await?;
    let no_url = || failure::of_sound(&crate::audio::Error::NoUrl);
    let url = found.url.as_deref().ok_or_else(no_url)?;
    let request = request_of(account.client.media(url)?);
    let http = Http::new().map_err(|error| failure::of_sound(&error))?;
    let buffer = fetch::start(&Handle::current(), http, request, Some(clip::HEAD), |_| {});
    let (part, declared) = (args.part.range.clone(), found.duration);
    let audit = account.audit.clone();
    let mut writing = Writing::start(buffer, move |buffer, cancel| {
        let (from, to) = (part.start, part.end);
        let clip = Clip::open(buffer, part, declared, cancel)?;
        write(clip, output, |bytes| {
            let Some(audit) = &audit else { return Ok(()) };
            let (recording, added) = (found.id.clone(), found.added);
            let deed = Deed::Clipped { from, to, bytes };
            let entry = Entry {
                recording,
                added,
                deed,
            };
            audit.append(&entry).map(drop)
        })
    });
    let told = match writing.done().await {
        Ok(told) => told,
        Err(unwritten) => return unwritten.code(),
    };
    if args.output != std::path::Path::new("-") {
        // Nobody may be looking.
        let _ = writeln!(io::stderr(), "{}: {told}", shown(&args.output));
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes all of the clip; what was written, in words. `log` is told how many bytes of samples there will be, before the first of
/// them is.
fn write(
    mut clip: Clip,
    output: Output,
    log: impl FnOnce(u64) -> Result<(), audit::Error>,
) -> Result<String, Unwritten> {
    let Format {
        rate,
        channels,
        frames,
    } = clip.format();
    let bytes = frames.saturating_mul(u64::from(channels) * 2);
    let size = u32::try_from(bytes).ok().filter(|_| bytes <= MOST);
    let size = size.ok_or(Unwritten::TooLong)?;
    let mut samples = Vec::new();
    let mut more = clip.next(&mut samples)?;
    log(bytes)?;
    // Not before there is something to write.
    let mut file = output.open().map_err(Unwritten::of)?;
    file.put(&header(rate, channels, size))
        .map_err(Unwritten::of)?;
    while more {
        let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        file.put(&bytes).map_err(Unwritten::of)?;
        samples.clear();
        more = clip.next(&mut samples)?;
    }
    file.finish().map_err(Unwritten::of)?;
    let media = crate::audio::Media {
        format: "wav",
        bit_rate: None,
        variable: false,
        ..clip.media()
    };
    let seconds = frames as f64 / f64::from(rate.max(1));
    Ok(format!("{seconds:.3} s, {}", words::media(&media)))
}

/// The 44 bytes before `size` bytes of 16-bit samples.
fn header(rate: u32, channels: u16, size: u32) -> Vec<u8> {
    let frame = u32::from(channels) * 2;
    let mut header = Vec::with_capacity(44);
    header.extend(b"RIFF");
    header.extend(size.saturating_add(36).to_le_bytes());
    header.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    header.extend(channels.to_le_bytes());
    header.extend(rate.to_le_bytes());
    header.extend(rate.saturating_mul(frame).to_le_bytes());
    header.extend((channels * 2).to_le_bytes());
    header.extend(16_u16.to_le_bytes());
    header.extend(b"data");
    header.extend(size.to_le_bytes());
    header
}

impl Unwritten {
    fn of(refused: Refused) -> Self {
        match refused {
            Refused::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe => Self::Unread,
            refused => Self::Refused(refused),
        }
    }

    fn code(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Unread => Ok(ExitCode::SUCCESS),
            Self::Clip(clip::Error::Sound(error)) => Err(failure::of_sound(&error)),
            Self::Clip(clip::Error::Beyond(length)) => {
                let words = format!(
                    "the part reaches beyond the recording's end at {}",
                    end(length)
                );
                Err(failure::in_words(&words, FAILED))
            }
            other => Err(failure::in_words(&other.to_string(), FAILED)),
        }
    }
}

/// A length as a time that can be typed: never later than it is.
fn end(length: Duration) -> String {
    let tenths = length.as_millis() / 100;
    words::clock(Duration::from_millis(
        u64::try_from(tenths * 100).unwrap_or(u64::MAX),
    ))
}

/// A thread that waits for bytes and for the disk. Dropped, it is told to stop, and waited for a moment.
struct Writing {
    cancel: Cancel,
    done: oneshot::Receiver<Result<String, Unwritten>>,
    over: std::sync::mpsc::Receiver<()>,
}

impl Writing {
    fn start(
        buffer: Buffer,
        work: impl FnOnce(Buffer, Cancel) -> Result<String, Unwritten> + Send + 'static,
    ) -> Self {
        let cancel = buffer.canceller();
        let (tell, done) = oneshot::channel();
        let (alive, over) = std::sync::mpsc::channel();
        let theirs = cancel.clone();
        std::thread::spawn(move || {
            // Nobody may wait any more.
            let _ = tell.send(work(buffer, theirs));
            drop(alive);
        });
        Self { cancel, done, over }
    }

    async fn done(&mut self) -> Result<String, Unwritten> {
        let stopped = clip::Error::Cancelled;
        (&mut self.done).await.unwrap_or(Err(stopped.into()))
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.cancel.set();
        // What is half written is gone when this ends.
        let _ = self.over.recv_timeout(LAST_WORDS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_that_is_stated_can_be_asked_for() {
        assert_eq!(end(Duration::from_micros(79_690_900)), "1:19.6");
        assert_eq!(end(Duration::from_secs(10)), "0:10");
    }

    #[test]
    fn the_header_says_what_follows() {
        let header = header(8_000, 2, 64_000);
        assert_eq!(header.len(), 44);
        assert_eq!(header[4..8], 64_036_u32.to_le_bytes());
        assert_eq!(header[22..24], [2, 0]);
        assert_eq!(header[28..32], 32_000_u32.to_le_bytes());
        assert_eq!(header[32..36], [4, 0, 16, 0]);
    }
}
