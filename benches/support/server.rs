//! `callreel emulator` as a process of its own, and what its log says.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use serde_json::Value;

use crate::pty::Start;

/// A running emulator. Dropping it ends it.
pub struct Server {
    process: Child,
    folder: tempfile::TempDir,
    pub url: String,
    auth_id: String,
    auth_token: String,
}

/// One request for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Of the first byte asked for.
    pub from: u64,
    pub bytes: u64,
}

impl Server {
    /// Starts one on a free port.
    pub fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_callreel"))
            .args(["emulator", "--port", "0", "--output", "json", "--log"])
            .arg(folder.path().join("requests.ndjson"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let field = |name: &str| said[name].as_str().unwrap().to_owned();
        Self {
            process,
            folder,
            url: field("api_url"),
            auth_id: field("auth_id"),
            auth_token: field("auth_token"),
        }
    }

    /// Tells callreel where it is.
    pub fn browsed_by(&self, callreel: Start) -> Start {
        callreel
            .env("CALLREEL_API_URL", &self.url)
            .env("PLIVO_AUTH_ID", &self.auth_id)
            .env("PLIVO_AUTH_TOKEN", &self.auth_token)
    }

    /// Tells a program without a terminal where it is.
    pub fn asked_by(&self, command: &mut Command) {
        command
            .env("CALLREEL_API_URL", &self.url)
            .env("PLIVO_AUTH_ID", &self.auth_id)
            .env("PLIVO_AUTH_TOKEN", &self.auth_token);
    }

    /// The account's id and token.
    pub fn credentials(&self) -> (&str, &str) {
        (&self.auth_id, &self.auth_token)
    }

    /// The link of the recording in a row of the newest, from 0.
    pub fn link(&self, row: usize) -> String {
        let host = self.url.strip_prefix("http://").unwrap();
        let mut line = TcpStream::connect(host).unwrap();
        let token = format!("{}:{}", self.auth_id, self.auth_token);
        let token = base64::engine::general_purpose::STANDARD.encode(token);
        write!(
            line,
            "GET /v1/Account/{}/Recording/?limit=20 HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
             Authorization: Basic {token}\r\n\r\n",
            self.auth_id
        )
        .unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let list: Value = serde_json::from_str(body).unwrap();
        list["objects"][row]["recording_url"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The requests for files that have come to an end so far.
    pub fn downloads(&self) -> Vec<Download> {
        self.lines().iter().filter_map(download).collect()
    }

    /// How many requests to the API have come to an end so far.
    pub fn calls(&self) -> usize {
        self.call_times().len()
    }

    /// When they came in, in microseconds, earliest first.
    pub fn call_times(&self) -> Vec<i64> {
        let time = |line: &Value| {
            let time = line["path"]
                .as_str()?
                .starts_with("/v1/")
                .then(|| line["time"].as_str())??;
            Some(
                time.parse::<chrono::DateTime<chrono::Utc>>()
                    .ok()?
                    .timestamp_micros(),
            )
        };
        let mut times: Vec<_> = self.lines().iter().filter_map(time).collect();
        times.sort_unstable();
        times
    }

    /// Waits until so many requests for files have come to an end.
    pub fn downloads_at_least(&self, count: usize) -> Vec<Download> {
        let begun = Instant::now();
        loop {
            let downloads = self.downloads();
            if downloads.len() >= count || begun.elapsed() > Duration::from_secs(5) {
                return downloads;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn lines(&self) -> Vec<Value> {
        let path: PathBuf = self.folder.path().join("requests.ndjson");
        let text = fs::read_to_string(path).unwrap_or_default();
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn download(line: &Value) -> Option<Download> {
    let path = line["path"].as_str()?;
    if path.starts_with("/v1/") {
        return None;
    }
    let range = line["range"].as_str().unwrap_or("bytes=0-");
    let from = range.strip_prefix("bytes=")?.split('-').next()?;
    Some(Download {
        from: from.parse().ok()?,
        bytes: line["bytes"].as_u64()?,
    })
}
