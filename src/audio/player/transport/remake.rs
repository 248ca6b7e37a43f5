//! A changed choice is heard at once: what was made ahead is made again.

use std::time::Instant;

use super::Transport;
use crate::audio::event::Event;
use crate::audio::player::playback::Phase;
use crate::audio::speech::Speech;

impl Transport {
    /// How it is heard from here on.
    pub(super) fn set_speech(&mut self, speech: Speech) {
        let before = std::mem::replace(&mut self.speech, speech);
        let decoder = self
            .playback
            .as_ref()
            .and_then(|play| play.decoder.as_ref());
        if let Some(channels) = decoder.map(|decoder| decoder.channels())
            && before.heard_in(channels) != speech.heard_in(channels)
        {
            self.remake();
        }
    }

    /// What was made and not yet heard is made again, as it is to be heard now, from the frame that is heard.
    fn remake(&mut self) {
        let made = self.playback.as_ref().and_then(|play| play.stream.as_ref());
        let Some((old, speed)) = made.map(|made| (made.epoch(), made.speed())) else {
            return;
        };
        // First the order, then the look: whatever the output took in between counts as heard.
        self.silence();
        let now = Instant::now();
        let writer = self.line.writer();
        let heard = writer.map(|writer| writer.heard_until(now, speed));
        let Some(play) = &mut self.playback else {
            return;
        };
        let sounded = matches!(play.phase, Phase::Playing | Phase::Pausing { .. });
        let current = heard.filter(|heard| sounded && [old, self.epoch].contains(&heard.epoch));
        if let Some(heard) = current {
            play.position = play.within_stream(heard.position);
        }
        play.stream = None;
        play.failing = None;
        play.told_waiting = false;
        match play.phase {
            Phase::Playing => play.phase = Phase::Buffering,
            Phase::Pausing { .. } => {
                play.phase = Phase::Paused;
                play.tell_still(play.position, Event::Paused);
            }
            Phase::Opening | Phase::Buffering | Phase::Paused | Phase::Ended { .. } => {}
        }
    }
}
