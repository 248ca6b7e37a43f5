//! What comes without being asked for: the account's limit, its clock, and deliveries.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use crate::app::{Api, Message};
use crate::plivo::Client;
use crate::plivo::callback::Receiver;

/// Between two tellings of what has arrived by callback.
const AT_MOST_EVERY: Duration = Duration::from_millis(500);

/// Tells the app when the account's limit is used up, and when requests flow again.
pub(super) fn of_the_throttle(client: &Client, tell: mpsc::Sender<Message>) -> AbortHandle {
    each(client.throttle(), Duration::ZERO, tell, |pause| {
        let until = pause.map(|pause| pause.until);
        Api::Throttled { until }
    })
}

/// Tells the app when the API's clock differs from this machine's.
pub(super) fn of_the_clock(client: &Client, tell: mpsc::Sender<Message>) -> AbortHandle {
    each(client.clock(), Duration::ZERO, tell, |ahead| Api::Clock {
        ahead,
    })
}

/// Tells the app what arrives at the callback receiver.
pub(super) fn of_the_receiver(receiver: &Receiver, tell: mpsc::Sender<Message>) -> AbortHandle {
    // Strangers may send as fast as they can; the screen need not follow each.
    each(receiver.counts(), AT_MOST_EVERY, tell, Api::Received)
}

/// Tells of each value that comes, at most one in so much time, until nobody listens.
fn each<T: Copy + Send + Sync + 'static>(
    mut news: watch::Receiver<T>,
    every: Duration,
    tell: mpsc::Sender<Message>,
    words: impl Fn(T) -> Api + Send + 'static,
) -> AbortHandle {
    let watch = tokio::spawn(async move {
        while news.changed().await.is_ok() {
            let value = *news.borrow_and_update();
            if tell.send(Message::Api(words(value))).await.is_err() {
                break;
            }
            if !every.is_zero() {
                tokio::time::sleep(every).await;
            }
        }
    });
    watch.abort_handle()
}
