//! Brings the bytes of a recording into a [`Buffer`]: one task a recording, one request at a time.
//!
//! The request that runs is always the one the play head needs: a jump to a part that is not here drops it and starts
//! another at that byte, without what lies between; gaps are filled afterwards, the next after the play head first. Cuts,
//! stalls and outages are answered by trying again from the byte that is missing. What the server says is checked, so that
//! wrong bytes are an error and never sound.

mod answer;
mod ask;
mod backoff;
mod body;
mod http;
mod link;
mod names;
mod piecemeal;
mod proxies;
mod sniff;
mod task;

use super::buffer::Buffer;
use super::event::{Error, Request};

pub use self::answer::Validator;
pub use self::http::Http;
pub use self::piecemeal::{Body, Failure, Known, Opened, Piecemeal};

/// What the fetch of one recording tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchEvent {
    /// The server answered, and what comes may be sound. `ranges` is false where it sends the file only from its start, so
    /// that a jump has to wait.
    Opened { len: Option<u64>, ranges: bool },
    /// More bytes are here: `loaded` in all. At most ten a second.
    Progress { loaded: u64 },
    /// The request failed and is going to be tried again; the `attempt`-th time since bytes came.
    Retrying { detail: String, attempt: u32 },
    /// Nothing more will come. The buffer has the same error.
    Failed(Error),
    /// Every byte is here.
    Complete,
}

/// Starts to fetch `request` on `handle`, and returns where its bytes will be. `on_event` is called on the task and must not
/// block. The fetch ends with [`Buffer::cancel`], or when the last handle to the buffer is dropped.
///
/// With `most`, only so many bytes are fetched until [`Buffer::release`].
pub fn start(
    handle: &tokio::runtime::Handle,
    http: Http,
    request: Request,
    most: Option<u64>,
    on_event: impl Fn(FetchEvent) + Send + Sync + 'static,
) -> Buffer {
    let (buffer, feed) = Buffer::open();
    if let Some(most) = most {
        buffer.hold(most);
    }
    handle.spawn(task::run(http, request, feed, Box::new(on_event)));
    buffer
}
