//! Servers on loopback that answer with exact bytes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use callreel::plivo::{
    ApiBase, Bound, Client, Credentials, Filter, Options, PageRequest, RecordingQuery, RetryPolicy,
    Span, TimeRange, Window, time,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

pub const ID: &str = "MAGWNTM3ZTK1M2YZMDUU";
pub const TOKEN: &str = "hunter22hunter22";

/// What a connection gets once its request is there.
#[derive(Debug, Clone)]
pub enum Reply {
    /// These bytes; then the connection is closed.
    Bytes(Vec<u8>),
    /// These bytes, and then nothing, with the connection open.
    Hang(Vec<u8>),
    /// These bytes, and then a blank every few milliseconds, without end.
    Drip(Vec<u8>),
    /// These bytes, and then so many bytes of JSON.
    Flood(Vec<u8>, usize),
}

impl Reply {
    /// A whole answer with its length.
    pub fn of(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Bytes(
            format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
                .into_bytes(),
        )
    }

    pub fn json(body: &str) -> Self {
        Self::of("200 OK", "Content-Type: application/json\r\n", body)
    }

    pub fn raw(text: &str) -> Self {
        Self::Bytes(text.as_bytes().to_vec())
    }
}

/// A server that gives its replies in order, one a connection, the last one for ever.
pub struct Server {
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub async fn start(replies: impl Into<Vec<Reply>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, replies) = (Arc::clone(&requests), replies.into());
        tokio::spawn(async move {
            for number in 0.. {
                let (mut stream, _) = listener.accept().await.unwrap();
                let reply = replies.get(number).or(replies.last()).unwrap().clone();
                let log = Arc::clone(&log);
                tokio::spawn(async move {
                    let Some(head) = head(&mut stream).await else {
                        return;
                    };
                    log.lock().unwrap().push(head);
                    // The client may well leave first.
                    let _ = answer(&mut stream, reply).await;
                });
            }
        });
        Self { url, requests }
    }

    /// The heads of the requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub fn client(&self) -> Client {
        self.client_with(quick())
    }

    pub fn client_with(&self, options: Options) -> Client {
        client(&self.url, options)
    }
}

/// Reads up to the blank line; none when the connection ends before.
pub async fn head(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(bytes).unwrap())
}

async fn answer(
    stream: &mut (impl AsyncWrite + AsyncRead + Unpin),
    reply: Reply,
) -> std::io::Result<()> {
    match reply {
        Reply::Bytes(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Reply::Hang(bytes) => {
            stream.write_all(&bytes).await?;
            // Ends when the client leaves.
            stream.read_u8().await.map(drop)
        }
        Reply::Drip(bytes) => {
            stream.write_all(&bytes).await?;
            loop {
                stream.write_all(b" ").await?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Reply::Flood(bytes, length) => {
            stream.write_all(&bytes).await?;
            let chunk = [b'1'; 65_536];
            for _ in 0..length / chunk.len() {
                stream.write_all(&chunk).await?;
            }
            stream.shutdown().await
        }
    }
}

/// As by default, but for waits that tests need not wait for.
pub fn quick() -> Options {
    Options {
        retry: RetryPolicy {
            first: Duration::from_millis(1),
            ..RetryPolicy::default()
        },
        ..Options::default()
    }
}

pub fn client(url: &str, options: Options) -> Client {
    let credentials = Credentials::new(ID, TOKEN).unwrap();
    Client::new(credentials, ApiBase::parse(url).unwrap(), options).unwrap()
}

/// The first page of two days in 2012, with a filter that needs encoding.
pub fn request() -> PageRequest {
    let from = Bound::including(time::parse("2012-02-16 00:00").unwrap());
    let to = Bound::excluding(time::parse("2012-02-18 00:00:00.5").unwrap());
    PageRequest::first(RecordingQuery {
        filter: Filter {
            from_number: Some("+14155550100".into()),
            to_number: Some("sip:a&b@example.com".into()),
            ..Filter::default()
        },
        span: Span::Added(Window::new(TimeRange::new(from, to).unwrap()).unwrap()),
    })
}
