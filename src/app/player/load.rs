//! Loading a recording: what is known of it, and that it is to play.

use std::sync::Arc;
use std::time::Duration;

use super::{Jumps, Loaded, Phase, Player, Repeat, Subject};
use crate::app::Now;
use crate::app::effect::Effect;
use crate::app::ids::Ids;
use crate::audio;
use crate::plivo::{Recording, RecordingId};

impl Player {
    /// Play a recording from `at`. Without a link it fails at once, in words.
    pub fn play(
        &mut self,
        recording: &Arc<Recording>,
        at: Duration,
        ids: &mut Ids,
        now: Now,
    ) -> Vec<Effect> {
        let subject = Subject {
            id: recording.id.clone(),
            added: recording.added,
            recording: Some(Arc::clone(recording)),
        };
        self.load(
            subject,
            recording.url.clone(),
            recording.duration,
            at,
            ids,
            now,
        )
    }

    /// Play what a link leads to, of which nothing else is known but what it is called.
    pub fn play_url(
        &mut self,
        id: RecordingId,
        url: String,
        ids: &mut Ids,
        now: Now,
    ) -> Vec<Effect> {
        let subject = Subject {
            id,
            added: None,
            recording: None,
        };
        self.load(subject, Some(url), None, Duration::ZERO, ids, now)
    }

    /// The same from `at`, where the listener did not begin: undoing the jump leads to the start.
    pub fn play_from(
        &mut self,
        recording: &Arc<Recording>,
        at: Duration,
        ids: &mut Ids,
        now: Now,
    ) -> Vec<Effect> {
        let effects = self.play(recording, at, ids, now);
        if let Some(loaded) = &mut self.loaded {
            loaded.jumps.began(Duration::ZERO);
        }
        effects
    }

    pub(super) fn load(
        &mut self,
        subject: Subject,
        url: Option<String>,
        expected: Option<Duration>,
        at: Duration,
        ids: &mut Ids,
        _now: Now,
    ) -> Vec<Effect> {
        let play = ids.play();
        let link = url.clone().filter(|url| !url.trim().is_empty());
        let phase = match link {
            Some(_) => Phase::Opening { at },
            None => Phase::Failed {
                error: audio::Error::NoUrl,
                at,
            },
        };
        let (recording, added) = (subject.id.clone(), subject.added);
        self.loaded = Some(Loaded {
            play,
            subject,
            url,
            phase,
            expected: expected.filter(|length| !length.is_zero()),
            length: None,
            media: None,
            buffered: Arc::from([]),
            waveform: None,
            statistics: None,
            device: None,
            retrying: None,
            aim: None,
            jumps: Jumps::default(),
            repeat: Repeat::Off,
            skipped: Duration::ZERO,
        });
        match link {
            Some(url) => vec![Effect::Play {
                play,
                recording,
                added,
                url,
                at,
                expected,
            }],
            None => vec![Effect::Stop],
        }
    }
}
