//! Every server there is, behind one proxy on loopback: whatever name a tunnel is asked for, what answers in it has a
//! certificate of that name, and notes what it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

pub const ID: &str = "MAGWNTM3ZTK1M2YZMDUU";
pub const TOKEN: &str = "hunter22hunter22";
/// printf MAGWNTM3ZTK1M2YZMDUU:hunter22hunter22 | base64
pub const BASIC: &str = "TUFHV05UTTNaVEsxTTJZWk1EVVU6aHVudGVyMjJodW50ZXIyMg==";

/// What a server answers.
pub enum Answer {
    Json(String),
    Sound(Vec<u8>),
    Redirect(&'static str),
}

/// A request as its server got it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The name and the port that the tunnel was asked for.
    pub server: String,
    pub path: String,
    pub head: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (named, value) = line.split_once(':')?;
            named.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// What came to the proxy and to the servers behind it.
#[derive(Default)]
struct Seen {
    /// Heads of what the proxy itself was asked, tunnels and whatever else.
    proxy: Vec<String>,
    asked: Vec<Asked>,
}

type Answers = dyn Fn(&str, &str) -> Answer + Send + Sync;

struct Servers {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// Whose name stands in the certificate that a server shows.
    name: fn(&str) -> &str,
    answers: Box<Answers>,
    seen: Mutex<Seen>,
}

pub struct Internet {
    proxy: String,
    /// With the certificate of the authority that signs all others.
    trusted: tempfile::NamedTempFile,
    servers: Arc<Servers>,
}

impl Internet {
    /// `answers` by the name of the server and the path.
    pub fn start(answers: impl Fn(&str, &str) -> Answer + Send + Sync + 'static) -> Self {
        Self::with_certificates(|server| server, answers)
    }

    /// The same, with certificates of other names than the servers'.
    pub fn with_certificates(
        name: fn(&str) -> &str,
        answers: impl Fn(&str, &str) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let trusted = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(trusted.path(), issuer.pem()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        let servers = Arc::new(Servers {
            issuer,
            name,
            answers: Box::new(answers),
            seen: Mutex::default(),
        });
        let theirs = Arc::clone(&servers);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let servers = Arc::clone(&theirs);
                // Whoever asked may be gone at any moment, or not trust what it sees.
                thread::spawn(move || servers.tunnel(&stream.unwrap()));
            }
        });
        Self {
            proxy,
            trusted,
            servers,
        }
    }

    /// The program in a home of its own, with everything that it asks going through here. Plain http would come here too.
    pub fn callreel(&self, home: &std::path::Path, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_callreel"));
        program
            .args(arguments)
            .env_clear()
            .env("HOME", home)
            .env("HTTPS_PROXY", &self.proxy)
            .env("HTTP_PROXY", &self.proxy)
            .env("http_proxy", &self.proxy)
            .env("SSL_CERT_FILE", self.trusted.path())
            .env("PLIVO_AUTH_ID", ID)
            .env("PLIVO_AUTH_TOKEN", TOKEN)
            .stdin(Stdio::null());
        program
    }

    /// Every request that came to a server until now.
    pub fn asked(&self) -> Vec<Asked> {
        self.servers.seen.lock().unwrap().asked.clone()
    }

    /// How many tunnels to a server were asked for until now.
    pub fn tunnels(&self, server: &str) -> usize {
        let start = format!("CONNECT {server} ");
        let seen = self.servers.seen.lock().unwrap();
        let tunnels = seen.proxy.iter().filter(|head| head.starts_with(&start));
        tunnels.count()
    }

    /// The head of everything that the proxy was asked until now.
    pub fn proxied(&self) -> Vec<String> {
        self.servers.seen.lock().unwrap().proxy.clone()
    }
}

impl Servers {
    /// What one connection to the proxy brings. `None` where it ends.
    fn tunnel(&self, mut stream: &TcpStream) -> Option<()> {
        let head = head(&mut BufReader::new(stream))?;
        self.seen.lock().unwrap().proxy.push(head.clone());
        let Some(server) = head
            .strip_prefix("CONNECT ")
            .and_then(|rest| rest.split(' ').next())
        else {
            return refuse(stream).ok();
        };
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
        let (name, _) = server.rsplit_once(':')?;
        let connection = ServerConnection::new(self.identity((self.name)(name))).unwrap();
        let mut stream = BufReader::new(StreamOwned::new(connection, stream));
        loop {
            let head = self::head(&mut stream)?;
            let path = head.split(' ').nth(1)?.to_owned();
            let answer = (self.answers)(name, &path);
            self.seen.lock().unwrap().asked.push(Asked {
                server: server.to_owned(),
                path,
                head,
            });
            let (first, body) = match answer {
                Answer::Json(json) => (
                    "200 OK\r\nContent-Type: application/json",
                    json.into_bytes(),
                ),
                Answer::Sound(bytes) => ("200 OK\r\nContent-Type: audio/wav", bytes),
                Answer::Redirect(to) => (&*format!("302 Found\r\nLocation: {to}"), Vec::new()),
            };
            let length = body.len();
            let head = format!("HTTP/1.1 {first}\r\nContent-Length: {length}\r\n\r\n");
            let stream = stream.get_mut();
            stream.write_all(&[head.as_bytes(), &body].concat()).ok()?;
            stream.flush().ok()?;
        }
    }

    fn identity(&self, name: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key);
        Arc::new(config.unwrap())
    }
}

fn refuse(mut stream: &TcpStream) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

/// A request's line and headers. `None` where the connection ends before.
fn head(stream: &mut impl BufRead) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        // Nobody's head is longer.
        let read = stream.by_ref().take(64 << 10).read_line(&mut head).ok()?;
        if read == 0 {
            return None;
        }
    }
    Some(head)
}
