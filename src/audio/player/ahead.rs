//! The beginning of the recording that is likely next, fetched while the present one plays.

use std::sync::{Arc, OnceLock};

use super::{Events, Fetch};
use crate::audio::buffer::Buffer;
use crate::audio::event::{Event, PlayId, Request};

/// Enough for the first minute of a telephone call, and for half a second of the largest wav that is played.
const BYTES: u64 = 256 << 10;

/// At most one beginning. Dropping it ends its fetch.
#[derive(Default)]
pub(super) struct Ahead(Option<Begun>);

struct Begun {
    request: Request,
    buffer: Buffer,
    /// Whose it has become.
    play: Arc<OnceLock<PlayId>>,
}

impl Ahead {
    /// Fetches the beginning of `request`, unless that is being done.
    pub(super) fn begin(&mut self, request: Request, fetch: &mut dyn Fetch, events: &Events) {
        if self
            .0
            .as_ref()
            .is_some_and(|begun| begun.request == request)
        {
            return;
        }
        let play = Arc::new(OnceLock::<PlayId>::new());
        let (theirs, events) = (Arc::clone(&play), events.clone());
        // What goes wrong before anybody listens is tried again in silence.
        let retrying = Box::new(move |detail, attempt| {
            if let Some(play) = theirs.get() {
                events.tell(*play, Event::Retrying { detail, attempt });
            }
        });
        let buffer = fetch.begin(request.clone(), Some(BYTES), retrying);
        self.0 = Some(Begun {
            request,
            buffer,
            play,
        });
    }

    /// What has been fetched of `request`, to be fetched on for `play`. Whatever else was begun is given up.
    pub(super) fn take(&mut self, request: &Request, play: PlayId) -> Option<Buffer> {
        let begun = self.0.take()?;
        if begun.request != *request || begun.buffer.failed().is_some() {
            return None;
        }
        // It is new, and set here alone.
        let _ = begun.play.set(play);
        begun.buffer.release();
        Some(begun.buffer)
    }

    pub(super) fn give_up(&mut self) {
        self.0 = None;
    }
}
