//! Asynchronous mode, the receiver's side: where the API sends the answers to calls that named a callback URL.
//!
//! ```text
//! connection (serve, seat) ─▶ request (handle) ─▶ payload ─▶ signature ─▶ delivery ─┬▶ desk: to whom it was awaited
//!                                                                                    └▶ tap: to one reader of all
//! ```
//!
//! Whoever can reach the port can send: everything about a sender is bounded ([`Limits`]), what is refused is counted
//! ([`Counts`]), and nothing that comes disturbs what is awaited.

mod counts;
mod delivery;
mod desk;
mod handle;
mod limits;
mod payload;
mod public;
mod seat;
mod seen;
mod serve;
mod signature;
mod tap;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::CallbackMethod;

pub use counts::{Counts, Reason};
pub use delivery::{Delivery, Signature};
pub use desk::{Desk, NotDelivered};
#[doc(hidden)]
pub use limits::Limits;
pub use public::{NotPublic, PublicUrl};

use counts::Tally;
use payload::Payload;
use signature::Verifier;
use tap::Tap;

/// How a receiver listens and what it believes.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port 0 takes a free one.
    pub addr: SocketAddr,
    /// The auth token that deliveries are signed with. Without it signatures cannot be checked.
    pub token: Option<SecretString>,
    /// Refuse what is not signed. Wrong signatures are refused in any case.
    pub require_signature: bool,
    /// The URL that the API is given and signs, where a tunnel or a proxy leads from it to `addr`.
    pub public_url: Option<PublicUrl>,
}

/// To whom deliveries go.
#[derive(Debug)]
pub enum To {
    /// Each to the one who waits for it.
    Desk(Desk),
    /// All to one reader. While its queue is full, senders wait: what was answered with 200 is in the queue.
    Tap(mpsc::Sender<Delivery>),
}

/// Why a receiver cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error(
        "{addr} is taken: another program listens there; end it or choose another port (0 takes a free one)"
    )]
    Taken { addr: SocketAddr },
    #[error("listening on {addr} is not allowed: choose a port from 1024 on")]
    NotAllowed { addr: SocketAddr },
    #[error(
        "{} is not an address of this machine: choose 127.0.0.1, or 0.0.0.0 for all that it has", addr.ip()
    )]
    NotHere { addr: SocketAddr },
    #[error("listening on {addr} failed: {error}")]
    Failed { addr: SocketAddr, error: io::Error },
    #[error("signatures cannot be required without the auth token to check them with")]
    NoToken,
    #[error(transparent)]
    PublicUrl(#[from] NotPublic),
}

/// A running receiver. Dropping it closes the port and all connections at once.
#[derive(Debug)]
pub struct Receiver {
    addr: SocketAddr,
    url: String,
    shared: Arc<Shared>,
    closing: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    taker: Taker,
    verifier: Verifier,
    require_signature: bool,
    limits: Limits,
    large_bodies: Semaphore,
}

#[derive(Debug)]
enum Taker {
    Desk(Desk),
    Tap(Tap),
}

impl Taker {
    fn tally(&self) -> &Tally {
        match self {
            Self::Desk(desk) => desk.tally(),
            Self::Tap(tap) => &tap.tally,
        }
    }
}

impl Receiver {
    /// Listens from when this returns. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// The port cannot be had, or the options ask for what cannot be done.
    pub async fn bind(options: Options, to: To) -> Result<Self, BindError> {
        Self::bind_within(options, to, Limits::default()).await
    }

    /// [`Self::bind`] with other limits.
    #[doc(hidden)]
    pub async fn bind_within(options: Options, to: To, limits: Limits) -> Result<Self, BindError> {
        let Options {
            addr,
            token,
            require_signature,
            public_url,
        } = options;
        if require_signature && token.is_none() {
            return Err(BindError::NoToken);
        }
        let failed = |error| BindError::of(addr, error);
        let listener = TcpListener::bind(addr).await.map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let url = match &public_url {
            Some(url) => url.to_string(),
            None => format!("http://{}/", reachable(addr)),
        };
        let shared = Arc::new(Shared {
            taker: match to {
                To::Desk(desk) => Taker::Desk(desk),
                To::Tap(reader) => Taker::Tap(Tap::new(reader)),
            },
            verifier: Verifier::new(token.as_ref(), public_url),
            require_signature,
            limits,
            large_bodies: Semaphore::new(limits.large_bodies),
        });
        let (closing, told) = watch::channel(false);
        let serving = tokio::spawn(serve::serve(listener, Arc::clone(&shared), told));
        Ok(Self {
            addr,
            url,
            shared,
            closing,
            serving,
        })
    }

    /// Where it listens, with the port that it got.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The URL to give to the API. Any path below it does as well.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// What became of the deliveries so far.
    pub fn counts(&self) -> watch::Receiver<Counts> {
        self.shared.taker.tally().watch()
    }

    /// Closes the port, lets requests under way be answered for a moment (2 s), and closes the rest.
    pub async fn close(mut self) {
        self.closing.send_replace(true);
        // What has not ended in time is ended by the drop.
        let _ = timeout(self.shared.limits.closing, &mut self.serving).await;
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl BindError {
    fn of(addr: SocketAddr, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse => Self::Taken { addr },
            io::ErrorKind::PermissionDenied => Self::NotAllowed { addr },
            io::ErrorKind::AddrNotAvailable => Self::NotHere { addr },
            _ => Self::Failed { addr, error },
        }
    }
}

/// The `api_id` and the answer that a request carries, in its query (GET) or in its body (POST). The receiver reads every request
/// this way; here it can be tried without a connection.
///
/// # Errors
/// In words for the sender, when there is no answer in it or nobody could tell to what.
#[doc(hidden)]
pub fn read(
    method: CallbackMethod,
    content: &[u8],
) -> Result<(String, Map<String, Value>), String> {
    let payload = match method {
        CallbackMethod::Get => Payload::of_query(&String::from_utf8_lossy(content)),
        CallbackMethod::Post => Payload::of_body(content),
    };
    let answer = payload.and_then(Payload::into_answer);
    answer.map_err(|broken| broken.to_string())
}

/// Where an address that stands for all of this machine's is reached from this machine.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}
