//! What comes without being asked for: the account's limit, its clock, and deliveries.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::app::{Api, Message};
use crate::plivo::Client;
use crate::plivo::callback::Receiver;

/// Between two tellings of what has arrived by callback.
const AT_MOST_EVERY: Duration = Duration::from_millis(500);

/// Tells the app when the account's limit is used up, and when requests flow again.
pub(super) fn of_the_throttle(client: &Client, tell: mpsc::Sender<Message>) -> AbortHandle {
    let mut throttle = client.throttle();
    let watch = tokio::spawn(async move {
        while throttle.changed().await.is_ok() {
            let until = throttle.borrow_and_update().map(|pause| pause.until);
            let message = Message::Api(Api::Throttled { until });
            if tell.send(message).await.is_err() {
                break;
            }
        }
    });
    watch.abort_handle()
}

/// Tells the app when the API's clock differs from this machine's.
pub(super) fn of_the_clock(client: &Client, tell: mpsc::Sender<Message>) -> AbortHandle {
    let mut clock = client.clock();
    let watch = tokio::spawn(async move {
        while clock.changed().await.is_ok() {
            let ahead = *clock.borrow_and_update();
            let message = Message::Api(Api::Clock { ahead });
            if tell.send(message).await.is_err() {
                break;
            }
        }
    });
    watch.abort_handle()
}

/// Tells the app what arrives at the callback receiver.
pub(super) fn of_the_receiver(receiver: &Receiver, tell: mpsc::Sender<Message>) -> AbortHandle {
    let mut counts = receiver.counts();
    let watch = tokio::spawn(async move {
        while counts.changed().await.is_ok() {
            let counts = *counts.borrow_and_update();
            let message = Message::Api(Api::Received(counts));
            if tell.send(message).await.is_err() {
                break;
            }
            // Strangers may send as fast as they can; the screen need not follow each.
            tokio::time::sleep(AT_MOST_EVERY).await;
        }
    });
    watch.abort_handle()
}
