//! The player: takes commands at once, and tells what is heard.
//!
//! One thread owns all of its state. It fetches, decodes and plays without ever waiting for the network, the device or the
//! caller; [`super::event`] has what goes in and comes out. [`super::ring`] tells what is *heard*, so that a position is never what
//! was merely decoded.

mod ahead;
mod inbox;
mod line;
mod playback;
mod stream;
#[cfg(test)]
mod tests;
mod transport;
mod watch;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::buffer::Buffer;
use super::event::{Command, Error, Event, PlayId, Request};
use super::fetch::{self, FetchEvent, Http};
use super::output::{self, Output};
use super::sink::Sink;

use inbox::Inbox;
use line::Line;
use transport::Transport;

/// How long [`Player::shutdown`] waits for the thread.
const SHUTDOWN: Duration = Duration::from_secs(1);

/// Told of an outage that is being tried again: what happened, how many times so far.
type Retrying = Box<dyn Fn(String, u32) + Send + Sync>;

/// Brings the bytes of recordings.
trait Fetch: Send {
    /// Begins and returns at once. With `most`, so many bytes are enough until [`Buffer::release`]. Ends with
    /// [`Buffer::cancel`].
    fn begin(&mut self, request: Request, most: Option<u64>, retrying: Retrying) -> Buffer;
}

struct Network {
    handle: tokio::runtime::Handle,
    http: Http,
}

impl Fetch for Network {
    fn begin(&mut self, request: Request, most: Option<u64>, retrying: Retrying) -> Buffer {
        fetch::start(
            &self.handle,
            self.http.clone(),
            request,
            most,
            move |event| {
                if let FetchEvent::Retrying { detail, attempt } = event {
                    retrying(detail, attempt);
                }
            },
        )
    }
}

/// Where events go.
#[derive(Clone)]
pub(super) struct Events(Arc<dyn Fn(PlayId, Event) + Send + Sync>);

impl Events {
    pub(super) fn new(tell: impl Fn(PlayId, Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(super) fn tell(&self, play: PlayId, event: Event) {
        (self.0)(play, event);
    }
}

/// A handle to the player thread. Dropping it ends the thread and the sound.
pub struct Player {
    inbox: Arc<Inbox>,
    events: Events,
    thread: Option<(JoinHandle<()>, Receiver<()>)>,
}

impl Player {
    /// Starts a player whose downloads run on `handle` through `http`, and whose sound goes to `sink`, which is opened with the
    /// first recording. `events` is called on the player's threads and must not block.
    pub fn spawn(
        handle: tokio::runtime::Handle,
        http: Http,
        sink: Sink,
        events: impl Fn(PlayId, Event) + Send + Sync + 'static,
    ) -> Self {
        Self::spawn_into(handle, http, output::output(&sink), events)
    }

    /// As [`Self::spawn`], with an output that is there already.
    pub fn spawn_into(
        handle: tokio::runtime::Handle,
        http: Http,
        output: Box<dyn Output>,
        events: impl Fn(PlayId, Event) + Send + Sync + 'static,
    ) -> Self {
        let network = Network { handle, http };
        Self::with(Box::new(network), output, Events::new(events))
    }

    fn with(fetch: Box<dyn Fetch>, output: Box<dyn Output>, events: Events) -> Self {
        let inbox = Arc::new(Inbox::default());
        let line = Line::new(output, Arc::clone(&inbox));
        let transport = Transport::new(Arc::clone(&inbox), events.clone(), fetch, line);
        let (ended, over) = channel();
        let theirs = Arc::clone(&inbox);
        let spawned = std::thread::Builder::new()
            .name("callreel-player".to_owned())
            .spawn(move || {
                theirs.read_by(std::thread::current());
                transport.run();
                drop(ended);
            });
        Self {
            inbox,
            events,
            thread: spawned.ok().map(|thread| (thread, over)),
        }
    }

    /// Hands over a command and returns at once. Commands that come faster than they can be obeyed fold together: of jumps the
    /// last counts, and a new recording ends what was asked of the one before.
    pub fn send(&self, command: Command) {
        if self.thread.is_none()
            && let Command::Play { play, .. } = command
        {
            let reason = "the system has no thread left for the player".to_owned();
            self.events.tell(play, Event::Failed(Error::Decode(reason)));
            return;
        }
        self.inbox.command(command);
    }

    /// Ends the sound and the thread, and waits for that a second at most.
    pub fn shutdown(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.inbox.shut_down();
        if let Some((thread, over)) = self.thread.take()
            && over.recv_timeout(SHUTDOWN) == Err(std::sync::mpsc::RecvTimeoutError::Disconnected)
        {
            // It has left its last line; a panic in it was told by the hook.
            let _ = thread.join();
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.end();
    }
}
