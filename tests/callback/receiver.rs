//! Receivers as the tests want them.

use std::net::SocketAddr;
use std::time::Duration;

use callreel::plivo::callback::{Counts, Delivery, Desk, Limits, Options, Receiver, To};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::sender::PATIENCE;

pub fn options() -> Options {
    Options {
        addr: SocketAddr::from(([127, 0, 0, 1], 0)),
        token: None,
        require_signature: false,
        public_url: None,
    }
}

/// A time so short that a test can wait for it, and no ordinary sender needs it.
pub const SHORT: Duration = Duration::from_millis(500);

/// Times so long that no test sees them pass.
pub fn patient() -> Limits {
    Limits {
        head: PATIENCE * 10,
        body: PATIENCE * 10,
        ..Limits::default()
    }
}

pub async fn to_desk(options: Options, limits: Limits) -> (Receiver, Desk) {
    let desk = Desk::new();
    let receiver = Receiver::bind_within(options, To::Desk(desk.clone()), limits).await;
    (receiver.unwrap(), desk)
}

pub async fn to_reader(
    options: Options,
    limits: Limits,
    queue: usize,
) -> (Receiver, mpsc::Receiver<Delivery>) {
    let (sender, reader) = mpsc::channel(queue);
    let receiver = Receiver::bind_within(options, To::Tap(sender), limits).await;
    (receiver.unwrap(), reader)
}

/// Waits until the counts satisfy a condition.
pub async fn counts_until(receiver: &Receiver, enough: impl Fn(&Counts) -> bool) -> Counts {
    let mut counts = receiver.counts();
    let reached = timeout(PATIENCE, counts.wait_for(|counts| enough(counts))).await;
    match reached {
        Ok(reached) => *reached.unwrap(),
        Err(_) => panic!("it stays at {:?}", *receiver.counts().borrow()),
    }
}
