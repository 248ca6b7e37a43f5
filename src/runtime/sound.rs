//! The player, started with the first recording that is played: who only reads never touches a sound device.

mod mail;

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::app::Message;
use crate::audio::fetch::Http;
use crate::audio::output::{Output, output};
use crate::audio::player::Player;
use crate::audio::{Command, Event, PlayId, Sink, Speech, Thresholds};

use super::sys;

use mail::Mail;

/// So soon after a playback was let go of its threads have ended.
const LET_GO: Duration = Duration::from_secs(1);

/// The way to the player and back.
pub struct Sound {
    /// Until the player has it. It is made at the start, since listeners may come to it before anything plays.
    output: Option<Box<dyn Output>>,
    mail: Arc<Mail>,
    carrier: AbortHandle,
    player: Option<Player>,
    giving_back: Option<AbortHandle>,
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
            giving_back: None,
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
            (Some(_), Command::Play { .. } | Command::Stop) => {
                self.pass(command);
                self.give_back_later();
            }
            (Some(_), _) => self.pass(command),
        }
    }

    /// Has what the last playback took given back to the system: megabytes, where a reviewer goes from call to call.
    fn give_back_later(&mut self) {
        let later = tokio::spawn(async {
            tokio::time::sleep(LET_GO).await;
            // Not on a thread that others wait for. It cannot fail.
            let _ = tokio::task::spawn_blocking(sys::give_back_freed).await;
        });
        if let Some(earlier) = self.giving_back.replace(later.abort_handle()) {
            earlier.abort();
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
        if let Some(giving_back) = self.giving_back {
            giving_back.abort();
        }
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
