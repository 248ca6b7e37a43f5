//! The whole of a range, as it comes.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use anyhow::Context;
use chrono::Utc;

use crate::cli::Failure;
use crate::cli::output::{End, Output};
use crate::cli::progress::Notes;
use crate::cli::rows::{Form, Writer};
use crate::cli::stop::Stop;
use crate::cli::stream::{Came, Stream, broken_off};
use crate::plivo::Client;

use super::Args;

/// Rows are handed over in blocks of about this many bytes, and at once when the next row has to be waited for.
const BLOCK: usize = 64 << 10;

/// Lists what the flags choose.
///
/// # Errors
/// Wrong flags, or what broke the list off.
pub(super) async fn run(args: &Args, client: Client, form: Form) -> Result<ExitCode, Failure> {
    let selected = args.selection.at(args.all, Utc::now())?;
    let notes = Notes::new(args.progress, form.is_json());
    let stop = Stop::listen().context("cannot listen for Ctrl-c and SIGTERM")?;
    let listing = Listing {
        stream: Stream::begin(client, selected, args.limit, notes, stop),
        writer: Writer::new(form, args.csv_raw),
        output: Output::start(),
        block: Vec::new(),
        shared: io::stdout().is_terminal(),
    };
    listing.run().await
}

struct Listing {
    stream: Stream,
    writer: Writer,
    output: Output,
    block: Vec<u8>,
    /// Whether rows and progress go to the same terminal.
    shared: bool,
}

/// Why the list is not written any further.
enum Halt {
    Ended(End),
    Broken(Failure),
}

impl Listing {
    async fn run(mut self) -> Result<ExitCode, Failure> {
        let broken = match self.rows().await {
            Ok(broken) => broken,
            Err(Halt::Ended(end)) => return end.code(),
            Err(Halt::Broken(failure)) => return Err(failure),
        };
        if broken.is_none() {
            self.writer.foot(&mut self.block);
        }
        match self.hand_over().await {
            Ok(()) => {}
            Err(Halt::Ended(end)) => return end.code(),
            Err(Halt::Broken(failure)) => return Err(failure),
        }
        let Self {
            mut stream, output, ..
        } = self;
        stream.finish();
        let code = tokio::select! {
            biased;
            end = output.finish() => end.code()?,
            () = stream.stopped() => return Err(broken.unwrap_or_else(|| stream.interrupted())),
        };
        broken.map_or(Ok(code), Err)
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
                Came::Row(row) => self.writer.row(&row, &mut self.block),
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
        let block = std::mem::take(&mut self.block);
        tokio::select! {
            biased;
            written = self.output.write(block) => written.map_err(Halt::Ended),
            () = self.stream.stopped() => Err(Halt::Broken(self.stream.interrupted())),
        }
    }
}
