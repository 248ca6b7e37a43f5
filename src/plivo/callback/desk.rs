//! Deliveries to those who wait for them, by `api_id`.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};

use super::counts::Tally;
use super::delivery::{Delivery, Signature};
use super::seen::Seen;

/// A delivery may be here before the answer that names its id: so long it is held for someone who asks.
const HELD_FOR: Duration = Duration::from_secs(30);
/// Most deliveries that are held.
const MOST_HELD: usize = 1_024;
/// Most bytes of memory that held deliveries may take.
const MOST_HELD_BYTES: usize = 16 << 20;

/// Why an awaited answer did not come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDelivered {
    #[error("the answer to {api_id} was not delivered within {within:?}")]
    TimedOut { api_id: String, within: Duration },
    /// The same id was asked for again; the later one gets the answer.
    #[error("the answer to {api_id} is awaited somewhere else now")]
    Replaced { api_id: String },
}

/// Where deliveries meet those who wait for them. Clones are the same desk.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) tally: Tally,
}

#[derive(Debug, Default)]
struct State {
    awaited: HashMap<String, Awaited>,
    /// Nobody has asked for these yet; the oldest first.
    held: VecDeque<Held>,
    held_bytes: usize,
    answered: Seen,
    /// Somebody looks after what is held too long.
    sweeping: bool,
    tickets: u64,
}

#[derive(Debug)]
struct Awaited {
    /// Tells one who asked from another who asked for the same.
    ticket: u64,
    sender: oneshot::Sender<Delivery>,
}

#[derive(Debug)]
struct Held {
    until: Instant,
    bytes: usize,
    delivery: Delivery,
}

/// One who waits. Dropped, it waits no more.
struct Waiting<'a> {
    desk: &'a Desk,
    api_id: &'a str,
    ticket: u64,
    receiver: oneshot::Receiver<Delivery>,
}

impl Desk {
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn tally(&self) -> &Tally {
        &self.shared.tally
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can leave the state half changed.
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer that was accepted as `api_id`, also when it was delivered up to 30 s ago.
    ///
    /// Dropping the future gives the answer up: a later delivery of it is one that nobody knows.
    ///
    /// # Errors
    /// It did not come within that time, or the same id was asked for once more.
    pub async fn answer(&self, api_id: &str, within: Duration) -> Result<Delivery, NotDelivered> {
        let mut waiting = match self.ask(api_id) {
            Ok(delivery) => return Ok(delivery),
            Err(waiting) => waiting,
        };
        match timeout(within, &mut waiting.receiver).await {
            Ok(Ok(delivery)) => Ok(delivery),
            Ok(Err(_)) => Err(NotDelivered::Replaced {
                api_id: api_id.to_owned(),
            }),
            // It may come in the very moment in which the time is over: then it was taken, and must not be lost.
            Err(_) => waiting.give_up().ok_or_else(|| NotDelivered::TimedOut {
                api_id: api_id.to_owned(),
                within,
            }),
        }
    }

    fn ask<'a>(&'a self, api_id: &'a str) -> Result<Delivery, Waiting<'a>> {
        let mut state = self.state();
        state.drop_expired();
        if let Some(delivery) = state.claim(api_id) {
            // Under the lock, as everywhere here: whoever sees a change sees its count.
            self.tally().count(|counts| {
                counts.unknown = counts.unknown.saturating_sub(1);
                counts.early += 1;
                counts.taken += 1;
            });
            return Ok(delivery);
        }
        state.tickets += 1;
        let ticket = state.tickets;
        let (sender, receiver) = oneshot::channel();
        let awaited = Awaited { ticket, sender };
        state.awaited.insert(api_id.to_owned(), awaited);
        Err(Waiting {
            desk: self,
            api_id,
            ticket,
            receiver,
        })
    }

    /// Hands a delivery on, or holds it for someone who asks in time.
    pub(super) fn take(&self, delivery: Delivery) {
        let mut state = self.state();
        state.drop_expired();
        if state.answered.contains(&delivery.api_id) {
            self.tally().count(|counts| counts.duplicate += 1);
            return;
        }
        if let Some(place) = state.holds(&delivery.api_id) {
            state.prefer(place, delivery);
            self.tally().count(|counts| counts.duplicate += 1);
            return;
        }
        let awaited = state.awaited.remove(&delivery.api_id);
        let unclaimed = match awaited {
            Some(Awaited { sender, .. }) => {
                let api_id = delivery.api_id.clone();
                let left = sender.send(delivery).err();
                if left.is_none() {
                    state.answered.insert(&api_id);
                }
                left
            }
            None => Some(delivery),
        };
        let unknown = unclaimed.is_some();
        if let Some(delivery) = unclaimed {
            state.hold(delivery);
            self.sweep(&mut state);
        }
        self.tally().count(|counts| {
            if unknown {
                counts.unknown += 1;
            } else {
                counts.taken += 1;
            }
        });
    }
}

impl Desk {
    /// Sees to it that nothing is held longer than it should be, also when nothing comes any more.
    fn sweep(&self, state: &mut State) {
        if std::mem::replace(&mut state.sweeping, true) {
            return;
        }
        let shared = Arc::downgrade(&self.shared);
        tokio::spawn(async move {
            loop {
                let Some(desk) = shared.upgrade().map(|shared| Self { shared }) else {
                    return;
                };
                let next = {
                    let mut state = desk.state();
                    state.drop_expired();
                    let next = state.held.iter().map(|held| held.until).min();
                    state.sweeping = next.is_some();
                    next
                };
                drop(desk);
                match next {
                    Some(until) => sleep_until(until).await,
                    None => return,
                }
            }
        });
    }
}

impl State {
    fn drop_expired(&mut self) {
        let now = Instant::now();
        self.held.retain(|held| held.until > now);
        self.held_bytes = self.held.iter().map(|held| held.bytes).sum();
    }

    /// Makes room: what nobody has signed goes first, so that strangers cannot push out what the account has sent.
    fn drop_one(&mut self) {
        let signed = |held: &Held| held.delivery.signature == Signature::Signed;
        let place = self.held.iter().position(|held| !signed(held)).unwrap_or(0);
        if let Some(held) = self.held.remove(place) {
            self.held_bytes -= held.bytes;
        }
    }

    /// Of two deliveries with one id the signed one counts, else the first.
    fn prefer(&mut self, place: usize, delivery: Delivery) {
        let weaker = |held: &&mut Held| {
            held.delivery.signature != Signature::Signed && delivery.signature == Signature::Signed
        };
        if let Some(held) = self.held.get_mut(place).filter(weaker) {
            self.held_bytes -= held.bytes;
            held.bytes = delivery.api_id.len() + weight_of(&delivery.answer);
            self.held_bytes += held.bytes;
            held.delivery = delivery;
        }
    }

    fn holds(&self, api_id: &str) -> Option<usize> {
        self.held
            .iter()
            .position(|held| held.delivery.api_id == api_id)
    }

    fn claim(&mut self, api_id: &str) -> Option<Delivery> {
        let held = self.held.remove(self.holds(api_id)?)?;
        self.held_bytes -= held.bytes;
        self.answered.insert(api_id);
        Some(held.delivery)
    }

    fn hold(&mut self, delivery: Delivery) {
        let bytes = delivery.api_id.len() + weight_of(&delivery.answer);
        self.held_bytes += bytes;
        self.held.push_back(Held {
            until: Instant::now() + HELD_FOR,
            bytes,
            delivery,
        });
        while self.held.len() > MOST_HELD || self.held_bytes > MOST_HELD_BYTES {
            self.drop_one();
        }
    }
}

impl Waiting<'_> {
    /// Waits no more; what came before that is given back.
    fn give_up(mut self) -> Option<Delivery> {
        self.leave();
        self.receiver.try_recv().ok()
    }

    fn leave(&self) {
        let mut state = self.desk.state();
        let mine = |awaited: &Awaited| awaited.ticket == self.ticket;
        if state.awaited.get(self.api_id).is_some_and(mine) {
            state.awaited.remove(self.api_id);
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// About how many bytes of memory an object takes: a short text of many small values takes many times its length.
fn weight_of(members: &Map<String, Value>) -> usize {
    // Besides name and value an entry has its hash and its place in the index.
    const ENTRY: usize = size_of::<(String, Value)>() + 24;
    members
        .iter()
        .map(|(name, value)| ENTRY + name.len() + contents_of(value))
        .sum()
}

fn contents_of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 0,
        // Numbers keep all their digits.
        Value::Number(number) => number.as_str().len(),
        Value::String(text) => text.len(),
        Value::Array(values) => values
            .iter()
            .map(|value| size_of::<Value>() + contents_of(value))
            .sum(),
        Value::Object(members) => weight_of(members),
    }
}

#[cfg(test)]
mod tests;
