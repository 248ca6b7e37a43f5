//! mpv, asked for the same.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A running mpv without a window. Dropping it ends it.
pub struct Mpv {
    process: Child,
    folder: tempfile::TempDir,
    line: Option<BufReader<UnixStream>>,
}

impl Mpv {
    /// Starts it with these arguments, upon the sound server that `environment` names. The moment is that before the start.
    pub fn start(environment: &[(&'static str, String)], arguments: &[&str]) -> (Self, Instant) {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("mpv");
        command
            .envs(environment.iter().cloned())
            .args([
                "--no-config",
                "--no-terminal",
                "--no-video",
                "--ao=pulse",
                "--ytdl=no",
            ])
            .arg(format!(
                "--input-ipc-server={}",
                folder.path().join("mpv.sock").display()
            ))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let begun = Instant::now();
        let process = command.spawn().expect("mpv must be installed");
        let mpv = Self {
            process,
            folder,
            line: None,
        };
        (mpv, begun)
    }

    /// Waits until it takes commands.
    pub fn connect(&mut self) {
        let path = self.folder.path().join("mpv.sock");
        let begun = Instant::now();
        let stream = loop {
            match UnixStream::connect(&path) {
                Ok(stream) => break stream,
                Err(error) => assert!(begun.elapsed() < Duration::from_secs(10), "mpv: {error}"),
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        self.line = Some(BufReader::new(stream));
        // It answers once it has started up.
        self.ask(&json!(["get_property", "idle-active"]));
    }

    /// The id of its process.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.process.id()).unwrap()
    }

    /// Gives a command and does not wait for what becomes of it. The moment is that before.
    pub fn command(&mut self, words: &Value) -> Instant {
        let line = self.line.as_mut().unwrap();
        let mut text = json!({ "command": words }).to_string();
        text.push('\n');
        let begun = Instant::now();
        line.get_mut().write_all(text.as_bytes()).unwrap();
        begun
    }

    /// Gives a command and waits for its answer.
    fn ask(&mut self, words: &Value) -> Value {
        self.command(words);
        let line = self.line.as_mut().unwrap();
        loop {
            let mut text = String::new();
            line.read_line(&mut text).unwrap();
            let said: Value = serde_json::from_str(&text).unwrap();
            if said.get("error").is_some() {
                return said;
            }
        }
    }
}

impl Drop for Mpv {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
