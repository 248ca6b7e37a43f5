//! A sweep as commands follow it: with progress, local filters, a limit, and an end by Ctrl-c.

use std::sync::Arc;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use tokio::time::Interval;

use crate::plivo::walk::Asking;
use crate::plivo::{Client, Priority, Recording, Stopped, Sweep};

use super::progress::{Notes, recordings};
use super::selection::Selected;
use super::stop::Stop;
use super::{Failure, told};
use crate::runtime::signals::Ending;

/// The recordings of a selection, one after the other.
pub(super) struct Stream {
    sweep: Sweep<Asking>,
    selected: Selected,
    /// How many more are wanted.
    wanted: Option<u64>,
    pub(super) notes: Notes,
    ticks: Interval,
    stop: Stop,
}

/// What came next.
#[derive(Debug)]
pub(super) enum Came {
    Row(Arc<Recording>),
    /// That were all, or as many as were wanted.
    Over,
    Stopped(Stopped),
    /// Ctrl-c, or SIGTERM.
    Interrupted(Ending),
}

impl Stream {
    /// Says what is in effect, and begins. With `most`, only the newest so many that pass the local filters.
    pub(super) fn begin(
        client: Client,
        selected: Selected,
        most: Option<u64>,
        mut notes: Notes,
        stop: Stop,
    ) -> Self {
        notes.say(
            &selected.words(),
            || serde_json::json!({ "range": selected.as_json() }),
        );
        Self {
            sweep: selected.sweep(client, Priority::Visible, most),
            selected,
            wanted: most,
            ticks: notes.ticks(),
            notes,
            stop,
        }
    }

    /// Waits for the next, telling of progress meanwhile. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Came {
        loop {
            if self.wanted == Some(0) {
                return Came::Over;
            }
            tokio::select! {
                biased;
                ending = self.stop.told() => return Came::Interrupted(ending),
                _ = self.ticks.tick() => self.notes.progress(&self.sweep.progress()),
                next = self.sweep.next() => {
                    if let Some(came) = self.chosen(next) {
                        return came;
                    }
                }
            }
        }
    }

    /// The next, if it is there already.
    pub(super) fn ready(&mut self) -> Option<Came> {
        while self.wanted != Some(0) {
            let next = self.sweep.next().now_or_never()?;
            if let Some(came) = self.chosen(next) {
                return Some(came);
            }
        }
        Some(Came::Over)
    }

    /// Tells of progress if it is time: for those who never have to wait.
    pub(super) fn tell(&mut self) {
        if self.ticks.tick().now_or_never().is_some() {
            self.notes.progress(&self.sweep.progress());
        }
    }

    /// Waits for Ctrl-c or SIGTERM alone, while something else has to be waited for.
    pub(super) async fn stopped(&mut self) -> Ending {
        self.stop.told().await
    }

    /// No progress is told any more.
    pub(super) fn finish(&mut self) {
        self.notes.clear();
    }

    /// The failure that an end before the end is, where all that came was made use of.
    pub(super) fn interrupted(&self, ending: Ending) -> Failure {
        interrupted(ending, self.sweep.progress().rows, self.sweep.reached())
    }

    fn chosen(&mut self, next: Option<Result<Arc<Recording>, Stopped>>) -> Option<Came> {
        match next {
            None => Some(Came::Over),
            Some(Err(stopped)) => Some(Came::Stopped(stopped)),
            Some(Ok(row)) => self.selected.local.admits(&row).then(|| {
                self.wanted = self.wanted.map(|wanted| wanted.saturating_sub(1));
                Came::Row(row)
            }),
        }
    }
}

/// The failure that an end before the end is, after so many recordings and with the last of them added then.
pub(super) fn interrupted(ending: Ending, rows: u64, reached: Option<DateTime<Utc>>) -> Failure {
    let place = reached.map(|at| at.format(", at %Y-%m-%d %H:%M:%S UTC"));
    Failure {
        error: anyhow!(
            "incomplete: interrupted after {}{}",
            recordings(rows),
            place.map(|place| place.to_string()).unwrap_or_default()
        ),
        code: ending.exit_code(),
    }
}

/// What a command that lists makes of an end that is none.
pub(super) fn broken_off(stream: &Stream, came: Came) -> Option<Failure> {
    match came {
        Came::Stopped(stopped) => Some(told::stopped(stopped)),
        Came::Interrupted(ending) => Some(stream.interrupted(ending)),
        Came::Row(_) | Came::Over => None,
    }
}
