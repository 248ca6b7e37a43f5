//! Between the player's threads, which must not wait, and the loop's queue, which may be full.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::audio::{Event, PlayId};

/// The most events kept. A loop that is so far behind cares for the newest only.
const MOST: usize = 512;

/// Events that the loop has not been told. Of what is a picture of the whole (waveform, buffered part, length) only the
/// newest is kept, so that a slow loop is never told old ones.
#[derive(Debug, Default)]
pub struct Mail {
    events: Mutex<VecDeque<(PlayId, Event)>>,
    come: Notify,
}

impl Mail {
    /// Leaves an event. Never waits.
    pub fn leave(&self, play: PlayId, event: Event) {
        let mut events = self.events();
        let newer = events
            .iter_mut()
            .find(|(other, before)| *other == play && replaces(&event, before));
        match newer {
            Some((_, before)) => *before = event,
            None => {
                if events.len() == MOST {
                    events.pop_front();
                }
                events.push_back((play, event));
            }
        }
        drop(events);
        self.come.notify_one();
    }

    /// The oldest event, once there is one.
    pub async fn take(&self) -> (PlayId, Event) {
        loop {
            let event = self.events().pop_front();
            match event {
                Some(event) => return event,
                None => self.come.notified().await,
            }
        }
    }

    fn events(&self) -> MutexGuard<'_, VecDeque<(PlayId, Event)>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does one event tell everything that the other told?
fn replaces(event: &Event, before: &Event) -> bool {
    matches!(
        (event, before),
        (Event::Buffered(_), Event::Buffered(_))
            | (Event::Waveform(_), Event::Waveform(_))
            | (Event::Statistics(_), Event::Statistics(_))
            | (Event::Length { .. }, Event::Length { .. })
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn length(seconds: u64) -> Event {
        Event::Length {
            length: Duration::from_secs(seconds),
            exact: false,
        }
    }

    #[tokio::test]
    async fn events_come_in_order_and_pictures_of_the_whole_once() {
        let mail = Mail::default();
        mail.leave(PlayId(1), Event::Opening);
        mail.leave(PlayId(1), length(1));
        mail.leave(PlayId(2), length(7));
        mail.leave(PlayId(1), Event::Opening);
        mail.leave(PlayId(1), length(2));
        assert_eq!(mail.take().await, (PlayId(1), Event::Opening));
        assert_eq!(mail.take().await, (PlayId(1), length(2)));
        assert_eq!(mail.take().await, (PlayId(2), length(7)));
        assert_eq!(mail.take().await, (PlayId(1), Event::Opening));
    }

    #[tokio::test]
    async fn it_is_bounded_and_keeps_the_newest() {
        let mail = Mail::default();
        for play in 0..MOST as u64 + 5 {
            mail.leave(PlayId(play), Event::Opening);
        }
        assert_eq!(mail.take().await.0, PlayId(5));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_is_woken() {
        let mail = Mail::default();
        let (event, ()) = tokio::join!(mail.take(), async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            mail.leave(PlayId(1), Event::Opening);
        });
        assert_eq!(event, (PlayId(1), Event::Opening));
    }
}
