//! The rules of playing one recording without a screen: what keys do, what the line says, when it is over.

use std::time::{Duration, Instant};

use super::line;
use crate::app::input::TextLine;
use crate::app::keymap::{Context, Found, Keymap};
use crate::app::player::{Done, Player, State};
use crate::app::text::{safe, width};
use crate::app::{Action, Effect, Ids, Key, KeyCode, Now, moment, words};
use crate::audio::{self, Event, PlayId};

/// How long what was said stands in the place of the line.
const SAID: Duration = Duration::from_secs(3);
/// The keys, which take longer to read.
const KEYS: Duration = Duration::from_secs(10);

/// Between two keys.
const GAP: &str = "  ";

/// The actions that `?` names, in this order.
const NAMED: [Action; 13] = [
    Action::TogglePause,
    Action::Seek(-5),
    Action::Seek(5),
    Action::Slower,
    Action::Faster,
    Action::NormalSpeed,
    Action::GoToTime,
    Action::UndoJump,
    Action::Louder,
    Action::Mute,
    Action::Channel,
    Action::SkipSilence,
    Action::Quit,
];

/// What follows from something that happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Next {
    Go(Vec<Effect>),
    Over(End),
}

/// Why it is over.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum End {
    /// The last frame was heard.
    Heard,
    /// It begins later than the recording ends, which is here.
    Beyond(Duration),
    Quit,
    Failed(audio::Error),
}

/// What stands in the place of the line for a while.
#[derive(Debug, Clone, PartialEq)]
enum Said {
    Words(String),
    /// The keys, as many as fit: which of such parts.
    Keys(usize),
}

/// One recording that is listened to.
#[derive(Debug)]
pub(super) struct Listening {
    player: Player,
    ids: Ids,
    keymap: Keymap,
    /// The first of two keys was pressed.
    lead: Option<Key>,
    /// The time that is being typed.
    typing: Option<TextLine>,
    said: Option<(Said, Instant)>,
    /// Something was heard.
    heard: bool,
    /// Nobody sits before it to put things right: the line is not shown.
    alone: bool,
}

impl Listening {
    /// `player` has begun to play.
    pub(super) fn new(player: Player, ids: Ids, keymap: Keymap, alone: bool) -> Self {
        Self {
            player,
            ids,
            keymap,
            lead: None,
            typing: None,
            said: None,
            heard: false,
            alone,
        }
    }

    /// What the sound thread told.
    pub(super) fn told(&mut self, play: PlayId, event: Event, now: Now) -> Next {
        if !self.player.event(play, event.clone(), now) {
            return Next::Go(Vec::new());
        }
        match event {
            Event::Playing(_) => self.heard = true,
            // It comes back for those who wait and press a key; a script would wait for ever.
            Event::Device(Some(reason)) if self.alone || !self.heard => {
                return Next::Over(End::Failed(audio::Error::NoDevice(reason)));
            }
            Event::Ended(anchor) => {
                return Next::Over(match self.heard || anchor.position.is_zero() {
                    true => End::Heard,
                    false => End::Beyond(anchor.position),
                });
            }
            Event::Failed(error) => return Next::Over(End::Failed(error)),
            _ => {}
        }
        Next::Go(Vec::new())
    }

    pub(super) fn key(&mut self, key: Key, now: Now) -> Next {
        if let Some(line) = self.typing.take() {
            return Next::Go(self.typed(line, key, now));
        }
        let said = self.said.take();
        let lead = self.lead.take();
        let action = match self.keymap.find(Context::List, lead, key) {
            Found::Action(action) => action,
            Found::Lead => {
                self.lead = Some(key);
                return Next::Go(Vec::new());
            }
            Found::Nothing => return Next::Go(Vec::new()),
        };
        match action {
            Action::Quit | Action::Stop => Next::Over(End::Quit),
            Action::GoToTime => {
                self.typing = Some(TextLine::default());
                Next::Go(Vec::new())
            }
            Action::Help => {
                let part = match said {
                    Some((Said::Keys(part), until)) if now.mono < until => part + 1,
                    _ => 0,
                };
                self.said = Some((Said::Keys(part), now.mono + KEYS));
                Next::Go(Vec::new())
            }
            action => {
                let Done { effects, told } = self
                    .player
                    .perform(action, &mut self.ids, now)
                    .unwrap_or_default();
                if let Some(told) = told {
                    let told = told.spelled(&self.keymap);
                    self.say(&told, now);
                }
                Next::Go(effects)
            }
        }
    }

    /// Pauses for the time that the program is stopped; true when there was anything to pause.
    pub(super) fn suspend(&mut self, now: Now) -> (bool, Vec<Effect>) {
        let was_heard = self.player.is_playing();
        (was_heard, self.player.suspend(now))
    }

    /// Goes on after that.
    pub(super) fn go_on(&mut self, now: Now) -> Vec<Effect> {
        match self.player.state() {
            State::Paused => self.player.toggle(&mut self.ids, now),
            _ => Vec::new(),
        }
    }

    fn typed(&mut self, mut line: TextLine, key: Key, now: Now) -> Vec<Effect> {
        match key.code {
            KeyCode::Esc => return Vec::new(),
            KeyCode::Backspace if line.is_empty() => return Vec::new(),
            KeyCode::Enter => match self.place(line.text(), now) {
                Some(Ok(place)) => return self.player.seek_to(place, now),
                None => return Vec::new(),
                Some(Err(_)) => {}
            },
            _ => {
                line.key(key);
            }
        }
        self.typing = Some(line);
        Vec::new()
    }

    fn place(&self, text: &str, now: Now) -> Option<Result<Duration, moment::Mistake>> {
        if text.trim().is_empty() {
            return None;
        }
        let (here, length) = (self.player.position(now.mono), self.player.length());
        Some(moment::read(text).and_then(|moment| moment.place(here, length)))
    }

    fn say(&mut self, words: &str, now: Now) {
        self.said = Some((Said::Words(words.to_owned()), now.mono + SAID));
    }

    /// One part of the keys: those that fit into so many columns, and the key that leads to the next part.
    fn keys(&self, part: usize, columns: usize) -> String {
        let named = |action: &Action| {
            let key = self.keymap.chords(Context::List, *action).next()?;
            // A configuration may give an action any character for a key.
            Some(safe(&format!("{key} {}", action.description()?.short)).into_owned())
        };
        let more = self.keymap.spell("{help} more");
        let room = columns.saturating_sub(width(&more) + GAP.len());
        let mut parts = vec![String::new()];
        for keys in NAMED.iter().filter_map(named) {
            match parts.last_mut() {
                Some(last) if last.is_empty() => *last = keys,
                Some(last) if width(last) + GAP.len() + width(&keys) <= room => {
                    *last = [last, GAP, &keys].concat();
                }
                _ => parts.push(keys),
            }
        }
        let several = parts.len() > 1;
        let mut shown = parts.swap_remove(part % parts.len());
        if several {
            shown.push_str(GAP);
            shown.push_str(&more);
        }
        shown
    }

    /// The line as it is at `now` in so many columns, and when it will be another by itself.
    pub(super) fn line(&self, now: Now, columns: usize) -> (String, Option<Instant>) {
        if let Some(typing) = &self.typing {
            let told = match self.place(typing.text(), now) {
                Some(Err(mistake)) => format!("  {mistake}"),
                Some(Ok(place)) => format!("  ⏎ {}", words::clock(place)),
                None => "  1:23, -30, 50%".to_owned(),
            };
            return (format!("go to {}▏{told}", typing.text()), None);
        }
        let (line, cells) = line::line(&self.player, now.mono, columns);
        let moves = u16::try_from(cells).unwrap_or(0);
        let redraw = self.player.needs_redraw_at(now.mono, moves);
        if let Some((said, until)) = self.said.as_ref().filter(|(_, until)| now.mono < *until) {
            let words = match said {
                Said::Words(words) => safe(words).into_owned(),
                Said::Keys(part) => self.keys(*part, columns),
            };
            return (words, Some(*until));
        }
        match self.player.trouble() {
            Some(trouble) if !trouble.fatal => (safe(&format!("! {}", trouble.what)).into(), None),
            _ => (line, redraw),
        }
    }
}

#[cfg(test)]
mod tests;
