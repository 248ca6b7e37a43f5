//! What is heard, on its way to the audit log: written when a playback ends, stops, fails or is replaced, and at the end of the program.

use std::time::Instant;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use crate::app::Message;
use crate::audio::{Event, PlayId};
use crate::audit::heard::Heard;
use crate::audit::scribe::{Scribe, Trouble};
use crate::audit::{Audit, Deed, Entry};
use crate::plivo::RecordingId;

/// Follows what plays. Without a log it follows nothing.
#[derive(Debug)]
pub struct Hearing {
    scribe: Option<Scribe>,
    playing: Option<Playing>,
    muted: bool,
    volume: f32,
    /// What earlier accounts' logs did not take, in words.
    lost: Trouble,
    tell: mpsc::Sender<Message>,
}

#[derive(Debug)]
struct Playing {
    play: PlayId,
    recording: RecordingId,
    added: Option<DateTime<Utc>>,
    heard: Heard,
}

impl Hearing {
    pub fn new(tell: mpsc::Sender<Message>) -> Self {
        Self {
            scribe: None,
            playing: None,
            muted: false,
            volume: 1.0,
            lost: None,
            tell,
        }
    }

    /// Where it is logged from now on. Waits for the last lines of the log before.
    pub fn serve(&mut self, audit: Option<Audit>) {
        let logged = self.scribe.is_some();
        self.lost = self.end();
        let Some(audit) = audit else {
            if logged {
                self.tell(None);
            }
            return;
        };
        let tell = self.tell.clone();
        let spawned = Scribe::spawn(audit, move |trouble| {
            // The loop has ended when nobody listens.
            let _ = tell.blocking_send(Message::Unlogged(trouble));
        });
        match spawned {
            Ok(scribe) => self.scribe = Some(scribe),
            Err(error) => self.tell(Some(format!("nothing is logged: {error}"))),
        }
    }

    /// A playback of this recording is asked for.
    pub fn begin(&mut self, play: PlayId, recording: RecordingId, added: Option<DateTime<Utc>>) {
        self.stop("replaced");
        let Some(scribe) = &self.scribe else { return };
        // Who listens is to know before anything is heard that it cannot be logged.
        scribe.check();
        self.playing = Some(Playing {
            play,
            recording,
            added,
            heard: Heard::new(self.is_audible()),
        });
    }

    pub fn stop(&mut self, over: &'static str) {
        if let Some(mut playing) = self.playing.take() {
            let deed = playing.heard.end(Instant::now(), over);
            self.write(&playing, deed);
        }
    }

    pub fn mute(&mut self, muted: bool) {
        self.muted = muted;
        self.may_be_heard();
    }

    pub fn volume(&mut self, volume: f32) {
        self.volume = volume;
        self.may_be_heard();
    }

    /// What the player told. That a playback has ended does not end its listening: it can be gone back in.
    pub fn told(&mut self, play: PlayId, event: &Event) {
        let Some(mut playing) = self.playing.take_if(|playing| playing.play == play) else {
            return;
        };
        let deed = playing.heard.event(event, Utc::now());
        self.write(&playing, deed);
        self.playing = Some(playing);
    }

    /// The program ends. Gives, in words, what is not in the log.
    pub fn end(&mut self) -> Trouble {
        self.stop("quit");
        let left = self.scribe.take().and_then(Scribe::end);
        left.or(self.lost.take())
    }

    fn is_audible(&self) -> bool {
        !self.muted && self.volume > 0.0
    }

    fn may_be_heard(&mut self) {
        let audible = self.is_audible();
        if let Some(playing) = &mut self.playing {
            playing.heard.audible(audible, Instant::now(), Utc::now());
        }
    }

    fn write(&self, playing: &Playing, deed: Option<Deed>) {
        let (Some(scribe), Some(deed)) = (&self.scribe, deed) else {
            return;
        };
        let entry = Entry {
            recording: playing.recording.clone(),
            added: playing.added,
            deed,
        };
        if !scribe.write(entry) {
            self.tell(Some("the audit log does not answer".to_owned()));
        }
    }

    fn tell(&self, trouble: Trouble) {
        let tell = self.tell.clone();
        tokio::spawn(async move {
            let _ = tell.send(Message::Unlogged(trouble)).await;
        });
    }
}
