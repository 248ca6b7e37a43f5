//! The connections: loopback only, with a count of what each answer really sent, and a way to break one off.

use std::io;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use super::log::{Entry, Log};

/// One connection, as the handlers see it.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) number: u64,
    log: Arc<Log>,
    reset: AtomicBool,
    running: Mutex<Running>,
}

/// The answer that is on its way.
#[derive(Debug, Default)]
struct Running {
    entry: Option<Arc<Entry>>,
    /// How much of the empty line after the head has gone by; 4 is all of it.
    blank: usize,
}

impl Wire {
    /// A new request has come in over this connection: the one before it is over.
    pub(super) fn begin(&self, entry: Arc<Entry>) {
        let before = std::mem::replace(
            &mut *self.lock(),
            Running {
                entry: Some(Arc::clone(&entry)),
                blank: 0,
            },
        );
        if let Some(before) = before.entry {
            self.log.finish(&before);
        }
        self.log.begin(entry);
    }

    /// Breaks the connection off: the next write sends a TCP reset.
    pub(super) fn reset(&self) {
        self.reset.store(true, Ordering::Release);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wrote(&self, bytes: &[u8]) {
        let mut running = self.lock();
        let mut body = bytes;
        let in_head = running.blank < 4;
        while running.blank < 4
            && let [byte, rest @ ..] = body
        {
            running.blank = match (running.blank, byte) {
                (0 | 2, b'\r') | (1 | 3, b'\n') => running.blank + 1,
                (_, b'\r') => 1,
                _ => 0,
            };
            body = rest;
        }
        let head_left = in_head && running.blank == 4;
        if let Some(entry) = &running.entry {
            entry.wrote(body.len() as u64);
            if head_left {
                entry.head_left();
            }
        }
        drop(running);
        self.log.touch();
    }

    /// Everything the server had to write is with the operating system.
    fn flushed(&self) {
        let mut running = self.lock();
        if running.blank == 4 && running.entry.as_ref().is_some_and(|e| e.is_complete()) {
            let done = running.entry.take();
            drop(running);
            if let Some(entry) = done {
                self.log.finish(&entry);
            }
        }
    }
}

/// Accepts connections on loopback.
#[derive(Debug)]
pub(super) struct Door {
    tcp: TcpListener,
    log: Arc<Log>,
    opened: u64,
}

impl Door {
    pub(super) fn new(tcp: std::net::TcpListener, log: Arc<Log>) -> io::Result<Self> {
        tcp.set_nonblocking(true)?;
        Ok(Self {
            tcp: TcpListener::from_std(tcp)?,
            log,
            opened: 0,
        })
    }

    /// Takes a port of 127.0.0.1, the only address this emulator ever binds; port 0 picks a free one.
    ///
    /// # Errors
    /// If the port is taken or not allowed.
    pub(super) fn bind(port: u16) -> io::Result<std::net::TcpListener> {
        std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))
    }
}

/// What the handlers are given of a connection.
#[derive(Debug, Clone)]
pub(super) struct WireInfo(pub(super) Arc<Wire>);

impl Connected<IncomingStream<'_, Door>> for WireInfo {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Self(Arc::clone(&stream.io().wire))
    }
}

impl Listener for Door {
    type Io = CountedStream;
    type Addr = ();

    async fn accept(&mut self) -> (CountedStream, ()) {
        loop {
            match self.tcp.accept().await {
                Ok((tcp, _)) => {
                    // Small pieces of a throttled answer must leave at once.
                    let _ = tcp.set_nodelay(true);
                    let wire = Wire {
                        number: self.opened,
                        log: Arc::clone(&self.log),
                        reset: AtomicBool::new(false),
                        running: Mutex::default(),
                    };
                    self.opened += 1;
                    let wire = Arc::new(wire);
                    return (CountedStream { tcp, wire }, ());
                }
                // Out of descriptors, or a connection that died in the queue: go on a little later.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A TCP stream that counts what leaves it.
#[derive(Debug)]
pub(super) struct CountedStream {
    tcp: TcpStream,
    wire: Arc<Wire>,
}

impl CountedStream {
    fn broken(&self) -> Option<io::Error> {
        if !self.wire.reset.load(Ordering::Acquire) {
            return None;
        }
        // Closing with no linger time makes the kernel send RST instead of FIN.
        let _ = self.tcp.set_zero_linger();
        Some(io::ErrorKind::ConnectionReset.into())
    }
}

impl AsyncRead for CountedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for CountedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Some(error) = self.broken() {
            return Poll::Ready(Err(error));
        }
        let written = std::task::ready!(Pin::new(&mut self.tcp).poll_write(cx, buf))?;
        self.wire.wrote(buf.get(..written).unwrap_or(buf));
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(error) = self.broken() {
            return Poll::Ready(Err(error));
        }
        std::task::ready!(Pin::new(&mut self.tcp).poll_flush(cx))?;
        self.wire.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.broken().is_some() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

impl Drop for CountedStream {
    fn drop(&mut self) {
        let _ = self.broken();
        if let Some(entry) = self.wire.lock().entry.take() {
            self.wire.log.finish(&entry);
        }
    }
}
