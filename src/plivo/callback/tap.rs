//! Every delivery to one reader.

use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;

use super::counts::Tally;
use super::delivery::Delivery;
use super::seen::Seen;

/// The way to a reader who takes everything. Its queue's length is what may be waiting for it.
#[derive(Debug)]
pub(super) struct Tap {
    reader: mpsc::Sender<Delivery>,
    answered: Mutex<Seen>,
    pub(super) tally: Tally,
}

/// A place in the reader's queue that is kept for one delivery.
#[derive(Debug)]
pub(super) struct Place<'a> {
    tap: &'a Tap,
    permit: mpsc::Permit<'a, Delivery>,
}

impl Tap {
    pub(super) fn new(reader: mpsc::Sender<Delivery>) -> Self {
        Self {
            reader,
            answered: Mutex::default(),
            tally: Tally::default(),
        }
    }

    /// Waits until the reader has room for one more; `None` when there is no reader any more.
    pub(super) async fn place(&self) -> Option<Place<'_>> {
        let permit = self.reader.reserve().await.ok()?;
        Some(Place { tap: self, permit })
    }
}

impl Place<'_> {
    pub(super) fn take(self, mut delivery: Delivery) {
        let Self { tap, permit } = self;
        let new = tap
            .answered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(&delivery.api_id);
        delivery.duplicate = !new;
        tap.tally.count(|counts| {
            if new {
                counts.taken += 1;
            } else {
                counts.duplicate += 1;
            }
        });
        permit.send(delivery);
    }
}
