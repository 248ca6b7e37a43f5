//! The player thread, started when something is first played: who only reads never touches a sound device.

mod mail;

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::app::Message;
use crate::audio::fetch::Http;
use crate::audio::player::Player;
use crate::audio::{Command, Event, Sink};

use super::log::Log;
use mail::Mail;

/// The player, and the way of its events to the loop.
pub struct Sound {
    sink: Sink,
    log: Log,
    mail: Arc<Mail>,
    post: JoinHandle<()>,
    player: Option<Player>,
    /// Volume and mute as they were set before there was a player.
    settings: Vec<Command>,
}

impl Sound {
    /// Must be called inside the runtime that downloads shall run on.
    pub fn new(sink: Sink, tell: mpsc::Sender<Message>, log: Log) -> Self {
        let mail = Arc::new(Mail::default());
        let box_of_mail = Arc::clone(&mail);
        let post = tokio::spawn(async move {
            loop {
                let (play, event) = box_of_mail.take().await;
                if tell.send(Message::Player(play, event)).await.is_err() {
                    return;
                }
            }
        });
        Self {
            sink,
            log,
            mail,
            post,
            player: None,
            settings: Vec::new(),
        }
    }

    /// Never waits. Before anything was played there is only a volume to remember.
    pub fn send(&mut self, command: Command) {
        if self.player.is_none() {
            let Command::Play { play, .. } = &command else {
                if matches!(command, Command::Volume(_) | Command::Mute(_)) {
                    let kind = std::mem::discriminant(&command);
                    self.settings
                        .retain(|kept| std::mem::discriminant(kept) != kind);
                    self.settings.push(command);
                }
                return;
            };
            match Http::new() {
                Ok(http) => {
                    let mail = Arc::clone(&self.mail);
                    let events = move |play, event| mail.leave(play, event);
                    let player = Player::spawn(Handle::current(), http, self.sink.clone(), events);
                    self.settings
                        .drain(..)
                        .for_each(|setting| player.send(setting));
                    self.player = Some(player);
                }
                Err(error) => {
                    self.log.line(&format!("no player: {error}"));
                    self.mail.leave(*play, Event::Failed(error));
                    return;
                }
            }
        }
        if let Some(player) = &self.player {
            player.send(command);
        }
    }

    /// Ends the player and its threads.
    pub fn end(self) {
        self.post.abort();
        if let Some(player) = self.player {
            player.shutdown();
        }
    }
}
