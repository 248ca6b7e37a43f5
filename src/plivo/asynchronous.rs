//! Asynchronous mode from end to end: a client that asks by callback, and a receiver that is told.

use std::time::Duration;

use super::call::{Accepted, ByCallback, Call, Callback, Reply};
use super::callback::{Delivery, Desk, NotDelivered};
use super::client::Client;
use super::error::Error;
use super::limit::Priority;

/// An account's API asked by callback. Clones are cheap and share the receiver.
#[derive(Debug, Clone)]
pub struct Asynchronous {
    client: Client,
    callback: Callback,
    desk: Desk,
    within: Duration,
}

impl Asynchronous {
    /// Answers of `client`'s calls are sent to `callback`, which must lead to the receiver that serves `desk`. Each is waited for
    /// as long as `within` says, counted from the moment at which the API took the call.
    pub fn new(client: Client, callback: Callback, desk: Desk, within: Duration) -> Self {
        Self {
            client,
            callback,
            desk,
            within,
        }
    }

    /// Sends a call. The API takes it, as a rule, and [`Asynchronous::delivery`] brings its answer.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn begin<C: Call + Clone>(
        &self,
        call: &C,
        priority: Priority,
    ) -> Result<Reply<C::Answer>, Error> {
        let call = ByCallback {
            call: call.clone(),
            callback: self.callback.clone(),
        };
        self.client.send(&call, priority).await
    }

    /// Waits for the answer of a call that was taken; [`Call::read_delivered`] reads it. Dropping the future gives it up.
    ///
    /// # Errors
    /// [`Error::NotDelivered`] when it does not come in time; [`Error::Malformed`] when another call was accepted under the same id.
    pub async fn delivery(&self, accepted: &Accepted) -> Result<Delivery, Error> {
        let answer = self.desk.answer(&accepted.api_id, self.within).await;
        answer.map_err(|error| match error {
            NotDelivered::TimedOut { api_id, within } => Error::NotDelivered { api_id, within },
            NotDelivered::Replaced { api_id } => Error::Malformed {
                detail: format!("two calls were accepted as {api_id}"),
            },
        })
    }
}
