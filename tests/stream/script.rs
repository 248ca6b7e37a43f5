//! The other side of a script: the fetch that is tested, and time.

use std::io::Read;
use std::sync::mpsc;
use std::time::Duration;

use callreel::audio::buffer::{Buffer, Cancel};
use callreel::audio::event::{Error, Request};
use callreel::audio::fetch::{self, FetchEvent, Http};
use tokio::sync::mpsc::UnboundedReceiver;

use super::server::Server;

/// Runs one scripted test on a runtime of its own, and fails it when it hangs.
pub fn script<F: Future<Output = ()>>(test: impl FnOnce() -> F + Send + 'static) {
    let (done, waiting) = mpsc::channel();
    let running = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(test());
        let _ = done.send(());
    });
    let limit = Duration::from_secs(30);
    let hangs = waiting.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout);
    assert!(!hangs, "the script hangs");
    if let Err(panic) = running.join() {
        std::panic::resume_unwind(panic);
    }
}

/// Lets `time` pass for the fetch in an instant.
pub async fn skip(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// A fetch and what it tells.
pub struct Fetch {
    pub buffer: Buffer,
    pub events: UnboundedReceiver<FetchEvent>,
}

impl Fetch {
    pub fn start(request: Request) -> Self {
        Self::of_most(request, None)
    }

    /// Only the first `most` bytes are wanted until the buffer is released.
    pub fn of_most(request: Request, most: Option<u64>) -> Self {
        let (send, events) = tokio::sync::mpsc::unbounded_channel();
        let handle = tokio::runtime::Handle::current();
        let buffer = fetch::start(&handle, Http::new().unwrap(), request, most, move |event| {
            let _ = send.send(event);
        });
        Self { buffer, events }
    }

    pub fn of(server: &Server) -> Self {
        Self::start(request(&server.url("/a.mp3")))
    }

    /// The next event that is no progress.
    pub async fn event(&mut self) -> FetchEvent {
        loop {
            match self.events.recv().await.expect("the fetch tells its end") {
                FetchEvent::Progress { .. } => {}
                event => return event,
            }
        }
    }

    /// Waits for a failed try, and lets its pause pass.
    pub async fn retry(&mut self) -> String {
        match self.event().await {
            FetchEvent::Retrying { detail, .. } => {
                skip(Duration::from_secs(8)).await;
                detail
            }
            event => panic!("{event:?}"),
        }
    }

    /// Waits for the failure, which the buffer must show too.
    pub async fn error(&mut self) -> Error {
        loop {
            match self.event().await {
                FetchEvent::Failed(error) => {
                    assert_eq!(self.buffer.failed().as_ref(), Some(&error));
                    return error;
                }
                FetchEvent::Opened { .. } => {}
                event => panic!("{event:?}"),
            }
        }
    }

    /// Waits until `bytes` bytes are here from `at` on.
    pub async fn loaded(&self, at: u64, bytes: u64) {
        let buffer = self.buffer.clone();
        let wait = move || {
            let mut seen = buffer.version();
            while buffer.contiguous_from(at) < bytes {
                let now = buffer.changed(seen, Some(Duration::from_secs(20)), &Cancel::never());
                assert_ne!(now, seen, "the bytes do not come: {buffer:?}");
                seen = now;
            }
        };
        tokio::task::spawn_blocking(wait).await.unwrap();
    }

    /// Waits for the end, after which every byte must be as in `file`.
    pub async fn complete(&mut self, file: &[u8]) {
        loop {
            match self.event().await {
                FetchEvent::Complete => break,
                FetchEvent::Opened { .. } => {}
                event => panic!("{event:?}"),
            }
        }
        let mut bytes = Vec::new();
        let mut reader = self.buffer.follower(Cancel::never());
        reader.read_to_end(&mut bytes).unwrap();
        assert!(bytes == file, "other bytes than the file's");
    }
}

pub fn request(url: &str) -> Request {
    Request {
        url: url.to_owned(),
        authorization: None,
        own_origin: None,
    }
}

/// `len` bytes that look like an mp3 to somebody who looks at the start, and differ everywhere.
pub fn file(len: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut bytes: Vec<u8> = (0..len)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    bytes.splice(..4, [0xFF, 0xFB, 0x90, 0x44]);
    bytes
}

/// What is told first of a server that sends parts of `file`.
pub fn opened(file: &[u8]) -> FetchEvent {
    FetchEvent::Opened {
        len: Some(file.len() as u64),
        ranges: true,
    }
}
