//! Brings one recording's bytes into its part: again after a cut, from the byte that is missing.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep};

use crate::audio::fetch::{Failure, Http, Known, Opened, Piecemeal};
use crate::audio::{self, Request};
use crate::plivo::limit::Limiter;
use crate::plivo::{MediaRequest, Priority};

use super::blocking;
use super::part::Part;

/// Tries in a row that bring no byte.
const TRIES: u32 = 6;
/// The wait before the second of them; it doubles from there.
const FIRST_WAIT: Duration = Duration::from_millis(400);
/// A recording is given up when requests were refused for so long.
const REFUSED_FOR: Duration = Duration::from_secs(300);
/// How often the file may turn out to be another one.
const CHANGES: u32 = 3;
/// Bytes that are kept before they are written.
const BLOCK: usize = 64 << 10;

/// Why a recording's bytes did not come.
#[derive(Debug)]
pub(super) enum Missed {
    /// It alone cannot be had.
    Media(audio::Error),
    /// The media server asks for fewer requests, and went on doing so.
    RateLimited,
    /// The disk does not take it.
    Disk(io::Error),
}

impl From<io::Error> for Missed {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// How often a request has failed.
struct Patience {
    failures: u32,
    changes: u32,
    refused: Option<Instant>,
}

/// Fetches what is missing of `part`. `fetched` is told of the bytes that are kept, as they come.
///
/// # Errors
/// [`Missed`]; what came stays in the part's file.
pub(super) async fn fetch(
    http: Http,
    media: MediaRequest,
    limiter: &Limiter,
    mut part: Box<Part>,
    fetched: &(dyn Fn(u64) + Sync),
) -> Result<Box<Part>, Missed> {
    let request = Request {
        url: media.url,
        authorization: media.authorization.map(audio::event::Secret),
        own_origin: media.own_origin,
    };
    let mut source = Piecemeal::new(http, request).map_err(Missed::Media)?;
    let mut patience = Patience {
        failures: 0,
        changes: 0,
        refused: None,
    };
    while !part.is_whole() {
        let before = part.bytes();
        let failure = match open(&mut source, limiter, &part).await {
            Ok(opened) => {
                patience.refused = None;
                let (kept, failure) = take(opened, part, fetched).await?;
                part = kept;
                match failure {
                    None if part.is_whole() => return Ok(part),
                    None if part.bytes() > before => {
                        // The answer was a piece of the file: the next one is asked for at once.
                        patience.failures = 0;
                        continue;
                    }
                    None => Failure::Passing(audio::Error::Protocol(
                        "it ended before the file did".to_owned(),
                    )),
                    Some(failure) => failure,
                }
            }
            Err(failure) => failure,
        };
        if part.bytes() > before {
            patience.failures = 0;
        }
        if matches!(failure, Failure::Changed) {
            part = blocking(move || part.restart().map(|()| part)).await?;
        }
        patience.after(failure).await?;
    }
    Ok(part)
}

/// Sends one request, in turn with all others of the program.
async fn open(source: &mut Piecemeal, limiter: &Limiter, part: &Part) -> Result<Opened, Failure> {
    let permit = limiter.enter(limiter.turn(Priority::Prefetch)).await;
    let opened = source.open(part.bytes(), part.known()).await;
    match &opened {
        Err(Failure::TooMany(named)) => {
            limiter.refused(&permit, *named);
        }
        Ok(_) => limiter.accepted(&permit),
        Err(_) => {}
    }
    opened
}

/// Takes a body as far as it comes.
async fn take(
    opened: Opened,
    mut part: Box<Part>,
    fetched: &(dyn Fn(u64) + Sync),
) -> Result<(Box<Part>, Option<Failure>), Missed> {
    let Opened {
        from,
        known,
        mut body,
    } = opened;
    let chunked = known.total.is_none();
    let begun = known.clone();
    part = blocking(move || part.begin(from, begun).map(|()| part)).await?;
    let mut block: Vec<Bytes> = Vec::new();
    let mut held = 0;
    loop {
        let next = body.next().await;
        let over = !matches!(next, Ok(Some(_)));
        if let Ok(Some(bytes)) = &next {
            held += bytes.len();
            block.push(bytes.clone());
        }
        if held >= BLOCK || over && held > 0 {
            let pieces = std::mem::take(&mut block);
            part = blocking(move || {
                for bytes in &pieces {
                    part.take(bytes)?;
                }
                Ok(part)
            })
            .await?;
            fetched(std::mem::take(&mut held) as u64);
        }
        match next {
            Ok(Some(_)) => {}
            Ok(None) if chunked => {
                // Only its end has told how long it is.
                let total = Some(part.bytes());
                let known = Known { total, ..known };
                let at = part.bytes();
                part = blocking(move || part.begin(at, known).map(|()| part)).await?;
                return Ok((part, None));
            }
            Ok(None) => return Ok((part, None)),
            Err(failure) => return Ok((part, Some(failure))),
        }
    }
}

impl Patience {
    /// Waits before the next try.
    ///
    /// # Errors
    /// When there is to be none.
    async fn after(&mut self, failure: Failure) -> Result<(), Missed> {
        match failure {
            Failure::Final(error) => Err(Missed::Media(error)),
            Failure::Changed if self.changes >= CHANGES => {
                Err(Missed::Media(audio::Error::Changed))
            }
            Failure::Changed => {
                self.changes += 1;
                Ok(())
            }
            // The gate waits for all.
            Failure::TooMany(_) => {
                let since = *self.refused.get_or_insert_with(Instant::now);
                match since.elapsed() < REFUSED_FOR {
                    true => Ok(()),
                    false => Err(Missed::RateLimited),
                }
            }
            Failure::Passing(error) => {
                self.failures += 1;
                if self.failures >= TRIES {
                    return Err(Missed::Media(error));
                }
                let longest = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(self.failures - 1));
                sleep(longest.mul_f64(0.5 + 0.5 * fastrand::f64())).await;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests;
