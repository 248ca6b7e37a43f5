//! The player thread, started when something is first played: who only reads never touches a sound device.
mod mail;

use tokio::sync::mpsc;

use crate::app::Message;
use crate::audio::{Command, Sink};

use super::log::Log;

pub struct Sound {
    sink: Sink,
    tell: mpsc::Sender<Message>,
    log: Log,
}

impl Sound {
    pub fn new(sink: Sink, tell: mpsc::Sender<Message>, log: Log) -> Self {
        Self { sink, tell, log }
    }

    pub fn send(&mut self, _command: Command) {
        let _ = (&self.sink, &self.tell, &self.log);
    }

    pub fn end(self) {}
}
