//! The whole of a range, as it comes.

use std::collections::VecDeque;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};

use crate::cli::output::{End, Output};
use crate::cli::progress::Notes;
use crate::cli::stop::Stop;
use crate::cli::stream::{Came, Stream, broken_off, interrupted};
use crate::cli::{Failure, clock};
use crate::plivo::Client;
use crate::rows::{Form, Writer};
use crate::runtime::signals::Ending;

use super::Args;

/// Rows are handed over in blocks of about this many bytes, and at once when the next row has to be waited for.
const BLOCK: usize = 64 << 10;
/// After Ctrl-c, so long is waited for the rows that were taken to be written.
const LAST_ROWS: Duration = Duration::from_secs(1);

/// Lists what the flags choose.
///
/// # Errors
/// Wrong flags, or what broke the list off.
pub(super) async fn run(args: &Args, client: Client, form: Form) -> Result<ExitCode, Failure> {
    let selected = args.selection.at(args.all, Utc::now())?;
    let notes = Notes::new(args.progress, form.is_json());
    let stop = Stop::listen().context("cannot listen for Ctrl-c and SIGTERM")?;
    let listing = Listing {
        stream: Stream::begin(client.clone(), selected.clone(), args.limit, notes, stop),
        writer: Writer::new(form, args.csv_raw),
        output: Output::start(),
        block: Vec::new(),
        taken: Taken::default(),
        handed: VecDeque::new(),
        blocks: 0,
        shared: io::stdout().is_terminal(),
    };
    let ended = listing.run().await;
    if ended.is_ok() {
        clock::beyond(&client, &selected, form.is_json());
    }
    ended
}

struct Listing {
    stream: Stream,
    writer: Writer,
    output: Output,
    block: Vec<u8>,
    /// What the rows up to the end of `block` come to.
    taken: Taken,
    /// The same up to the end of each block that was handed over; those before the last that is written are forgotten.
    handed: VecDeque<(u64, Taken)>,
    /// Blocks handed over.
    blocks: u64,
    /// Whether rows and progress go to the same terminal.
    shared: bool,
}

/// What was listed up to some place.
#[derive(Debug, Clone, Copy, Default)]
struct Taken {
    rows: u64,
    /// When the last one was added.
    reached: Option<DateTime<Utc>>,
}

/// Why the list is not written any further.
enum Halt {
    Ended(End),
    Interrupted(Ending),
}

impl Listing {
    async fn run(mut self) -> Result<ExitCode, Failure> {
        match self.list().await {
            Ok(broken) => broken.map_or(Ok(ExitCode::SUCCESS), Err),
            Err(Halt::Ended(end)) => end.code(),
            Err(Halt::Interrupted(ending)) => Err(self.interrupted(ending).await),
        }
    }

    /// Writes all of it; gives what broke the list off, if anything did.
    async fn list(&mut self) -> Result<Option<Failure>, Halt> {
        let broken = self.rows().await?;
        if broken.is_none() {
            self.writer.foot(&mut self.block);
        }
        self.hand_over().await?;
        self.stream.finish();
        tokio::select! {
            biased;
            end = self.output.finish() => match end {
                End::Written => Ok(broken),
                End::Closed if broken.is_some() => Ok(broken),
                end => Err(Halt::Ended(end)),
            },
            ending = self.stream.stopped() => match broken {
                Some(broken) => Ok(Some(broken)),
                None => Err(Halt::Interrupted(ending)),
            },
        }
    }

    /// Writes row after row; gives what broke the list off, if anything did.
    async fn rows(&mut self) -> Result<Option<Failure>, Halt> {
        loop {
            let came = match self.stream.ready() {
                Some(came) => came,
                None => {
                    self.hand_over().await?;
                    tokio::select! {
                        biased;
                        end = self.output.ended() => return Err(Halt::Ended(end)),
                        came = self.stream.next() => came,
                    }
                }
            };
            match came {
                Came::Row(row) => {
                    self.writer.row(&row, &mut self.block);
                    self.taken.rows += 1;
                    self.taken.reached = row.added.or(self.taken.reached);
                }
                Came::Interrupted(ending) => return Err(Halt::Interrupted(ending)),
                other => return Ok(broken_off(&self.stream, other)),
            }
            if self.block.len() >= BLOCK {
                self.hand_over().await?;
                self.stream.tell();
            }
        }
    }

    async fn hand_over(&mut self) -> Result<(), Halt> {
        if self.block.is_empty() {
            return Ok(());
        }
        if self.shared {
            self.stream.notes.clear();
        }
        tokio::select! {
            biased;
            room = self.output.room() => room.map_err(Halt::Ended)?,
            ending = self.stream.stopped() => return Err(Halt::Interrupted(ending)),
        }
        self.put().await.map_err(Halt::Ended)?;
        if !self.shared {
            return Ok(());
        }
        // Progress that is told meanwhile would stand in the midst of the rows.
        tokio::select! {
            biased;
            flushed = self.output.flushed() => flushed.map_err(Halt::Ended),
            ending = self.stream.stopped() => Err(Halt::Interrupted(ending)),
        }
    }

    async fn put(&mut self) -> Result<(), End> {
        self.output.write(std::mem::take(&mut self.block)).await?;
        self.blocks += 1;
        let written = self.output.written();
        while self
            .handed
            .get(1)
            .is_some_and(|(block, _)| *block <= written)
        {
            self.handed.pop_front();
        }
        self.handed.push_back((self.blocks, self.taken));
        Ok(())
    }

    /// Gives a reader that goes on reading what was taken already, and says how far that came.
    async fn interrupted(&mut self, ending: Ending) -> Failure {
        self.stream.finish();
        let rest = async {
            if self.block.is_empty() || self.put().await.is_ok() {
                self.output.finish().await;
            }
        };
        // Whoever does not read is not waited for.
        let _ = tokio::time::timeout(LAST_ROWS, rest).await;
        let written = self.output.written();
        let last = self
            .handed
            .iter()
            .rev()
            .find(|(block, _)| *block <= written);
        let taken = last.map(|(_, taken)| *taken).unwrap_or_default();
        interrupted(ending, taken.rows, taken.reached)
    }
}
