//! A server that hands every request to the test and sends what the test says.

use std::net::SocketAddr;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;

pub struct Server {
    address: SocketAddr,
    accepting: JoinHandle<()>,
    requests: mpsc::UnboundedReceiver<Exchange>,
    send: mpsc::UnboundedSender<Exchange>,
    taken: usize,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (send, requests) = mpsc::unbounded_channel();
        Self {
            address: listener.local_addr().unwrap(),
            accepting: tokio::spawn(accept(listener, send.clone())),
            requests,
            send,
            taken: 0,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The next request, on whatever connection it comes.
    pub async fn next(&mut self) -> Exchange {
        self.taken += 1;
        self.requests.recv().await.unwrap()
    }

    /// Requests that came in all.
    pub fn count(&self) -> usize {
        self.taken + self.requests.len()
    }

    /// Refuses connections from now on.
    pub async fn go_away(&mut self) {
        self.accepting.abort();
        let _ = (&mut self.accepting).await;
    }

    /// Takes connections again, at the same address.
    pub async fn come_back(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.accepting = tokio::spawn(accept(listener, self.send.clone()));
    }
}

async fn accept(listener: TcpListener, send: mpsc::UnboundedSender<Exchange>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, send.clone()));
    }
}

async fn serve(stream: TcpStream, send: mpsc::UnboundedSender<Exchange>) {
    let (mut from, to) = stream.into_split();
    let to = Arc::new(Mutex::new(to));
    let (over, closed) = watch::channel(false);
    let mut bytes = Vec::new();
    while matches!(from.read_buf(&mut bytes).await, Ok(1..)) {
        while let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes.drain(..end + 4).collect()).unwrap();
            let _ = send.send(Exchange {
                head,
                to: Arc::clone(&to),
                closed: closed.clone(),
            });
        }
    }
    let _ = over.send(true);
}

/// One request, and the way to answer it.
pub struct Exchange {
    head: String,
    to: Arc<Mutex<OwnedWriteHalf>>,
    closed: watch::Receiver<bool>,
}

impl Exchange {
    /// The first line of the request.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    /// All of it up to its body.
    pub fn head(&self) -> &str {
        &self.head
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// Sends `bytes` as they are. That the other side went away is no failure of the test.
    pub async fn send(&mut self, bytes: &[u8]) {
        let mut to = self.to.lock().await;
        let _ = to.write_all(bytes).await;
        let _ = to.flush().await;
    }

    /// Sends the head of an answer with `range` of `file`, whose length it tells, and the `extra` header lines.
    pub async fn part_head(&mut self, file: &[u8], range: impl RangeBounds<usize>, extra: &str) {
        let (start, end) = ends(file, &range);
        let (last, total) = (end - 1, file.len());
        let len = end - start;
        let head = format!(
            "HTTP/1.1 206 Partial Content\r\nContent-Type: audio/mpeg\r\nContent-Length: {len}\r\n\
             Content-Range: bytes {start}-{last}/{total}\r\n{extra}\r\n"
        );
        self.send(head.as_bytes()).await;
    }

    /// Sends a whole answer with `range` of `file`.
    pub async fn part(&mut self, file: &[u8], range: impl RangeBounds<usize>, extra: &str) {
        let (start, end) = ends(file, &range);
        self.part_head(file, range, extra).await;
        self.send(&file[start..end]).await;
    }

    /// Sends one chunk of a chunked body; an empty one ends it.
    pub async fn chunk(&mut self, bytes: &[u8]) {
        self.send(format!("{:x}\r\n", bytes.len()).as_bytes()).await;
        self.send(bytes).await;
        self.send(b"\r\n").await;
    }

    pub async fn redirect(&mut self, location: &str) {
        let head =
            format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        self.send(head.as_bytes()).await;
    }

    /// Ends the connection from this side.
    pub async fn cut(&mut self) {
        let _ = self.to.lock().await.shutdown().await;
    }

    /// Waits until the other side has ended the connection.
    pub async fn closed(&self) {
        let mut closed = self.closed.clone();
        let _ = closed.wait_for(|closed| *closed).await;
    }
}

fn ends(file: &[u8], range: &impl RangeBounds<usize>) -> (usize, usize) {
    let start = match range.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(start) => start + 1,
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(end) => end + 1,
        Bound::Excluded(end) => *end,
        Bound::Unbounded => file.len(),
    };
    (start, end)
}
