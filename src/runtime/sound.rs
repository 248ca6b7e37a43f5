//! The player, started with the first recording that is played: who only reads never touches a sound device.

mod mail;

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::app::Message;
use crate::audio::fetch::Http;
use crate::audio::output::{Output, output};
use crate::audio::player::Player;
use crate::audio::{Command, Event, PlayId, Sink, Speech, Thresholds};

use mail::Mail;

/// The way to the player and back.
pub struct Sound {
    /// Until the player has it. It is made at the start, since listeners may come to it before anything plays.
    output: Option<Box<dyn Output>>,
    mail: Arc<Mail>,
    carrier: AbortHandle,
    player: Option<Player>,
    /// What was set before there was a player to set it.
    settings: Settings,
}

#[derive(Debug, Default)]
struct Settings {
    volume: Option<f32>,
    mute: Option<bool>,
    speech: Option<Speech>,
}

impl Sound {
    /// A player that plays into `sink` and whose events go to `tell`. Must be called inside a tokio runtime.
    pub fn new(sink: Sink, tell: mpsc::Sender<Message>) -> Self {
        let mail = Arc::new(Mail::default());
        Self {
            output: Some(output(&sink)),
            carrier: carry(Arc::clone(&mail), tell),
            mail,
            player: None,
            settings: Settings::default(),
        }
    }

    /// Nothing plays any more, everything is as it comes, and events go to `tell` from now on.
    pub fn start_over(&mut self, tell: mpsc::Sender<Message>) {
        self.carrier.abort();
        self.carrier = carry(Arc::clone(&self.mail), tell);
        for command in [
            Command::Stop,
            Command::Volume(1.0),
            Command::Mute(false),
            Command::Speech(Speech::default()),
            Command::Thresholds(Thresholds::default()),
        ] {
            self.send(command);
        }
    }

    /// Hands a command to the player. Never waits.
    pub fn send(&mut self, command: Command) {
        match (&self.player, &command) {
            (None, Command::Play { play, .. }) => {
                let play = *play;
                if self.start(play) {
                    self.pass(command);
                }
            }
            (None, Command::Volume(volume)) => self.settings.volume = Some(*volume),
            (None, Command::Mute(mute)) => self.settings.mute = Some(*mute),
            (None, Command::Speech(speech)) => self.settings.speech = Some(*speech),
            // Nothing plays yet: nothing to pause, move or stop.
            (None, _) => {}
            (Some(_), _) => self.pass(command),
        }
    }

    fn pass(&self, command: Command) {
        if let Some(player) = &self.player {
            player.send(command);
        }
    }

    /// Starts the player. False: it cannot be, and `play` was told why.
    fn start(&mut self, play: PlayId) -> bool {
        let http = match Http::new() {
            Ok(http) => http,
            Err(error) => {
                self.mail.leave(play, Event::Failed(error));
                return false;
            }
        };
        let Some(output) = self.output.take() else {
            return self.player.is_some();
        };
        let mail = Arc::clone(&self.mail);
        let events = move |play, event| mail.leave(play, event);
        self.player = Some(Player::spawn_into(Handle::current(), http, output, events));
        let Settings {
            volume,
            mute,
            speech,
        } = std::mem::take(&mut self.settings);
        let commands = [
            volume.map(Command::Volume),
            mute.map(Command::Mute),
            speech.map(Command::Speech),
        ];
        for command in commands.into_iter().flatten() {
            self.pass(command);
        }
        true
    }

    /// Ends the sound.
    pub fn end(self) {
        self.carrier.abort();
        if let Some(player) = self.player {
            player.shutdown();
        }
    }
}

/// Brings letters to the loop, until it is aborted.
fn carry(letters: Arc<Mail>, tell: mpsc::Sender<Message>) -> AbortHandle {
    let carrier = tokio::spawn(async move {
        loop {
            let (play, event) = letters.take().await;
            // The loop has ended when nobody listens.
            if tell.send(Message::Player(play, event)).await.is_err() {
                break;
            }
        }
    });
    carrier.abort_handle()
}
