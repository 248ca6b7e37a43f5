//! Moments of a recording: kept with a key, with a note, listed, gone to, taken away.

use std::time::Duration;

use crate::app::input::TextLine;
use crate::app::{App, Effect, Now, Overlay, words};
use crate::plivo::RecordingId;
use crate::store::{Change, Moment};

/// A note that is being typed.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteLine {
    /// The moment it is for: the one that was heard when the key was pressed.
    moment: Moment,
    pub line: TextLine,
    /// The list in which it was begun, and which comes back.
    list: Option<List>,
}

impl NoteLine {
    /// The moment's position.
    pub fn at(&self) -> Duration {
        self.moment.at
    }

    /// What comes back when it is left.
    pub(in crate::app) fn behind(self) -> Option<Overlay> {
        self.list.map(Overlay::Moments)
    }
}

/// The moments of one recording, to choose from.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    pub recording: RecordingId,
    pub chosen: usize,
    /// Taken away since the list was opened, the last one at the end.
    gone: Vec<Moment>,
}

impl App {
    /// The moment that is heard is kept.
    pub(in crate::app) fn bookmark(&mut self, now: Now) -> Vec<Effect> {
        let Some(moment) = self.heard_moment(now) else {
            return Vec::new();
        };
        let at = words::clock(moment.at);
        if self.kept_at(&moment.recording, moment.at).is_some() {
            self.notices
                .info(format!("the moment {at} is kept already"), now.mono);
            return Vec::new();
        }
        self.notices
            .info(format!("moment {at} kept · ' lists them"), now.mono);
        let effects = self.remember(Change::Moment(moment));
        self.ask_to_keep();
        effects
    }

    /// The moment that is heard is kept, with a note that is typed now.
    pub(in crate::app) fn open_note(&mut self, now: Now) {
        let Some(moment) = self.heard_moment(now) else {
            return;
        };
        let moment = match self.kept_at(&moment.recording, moment.at) {
            Some(kept) => kept.clone(),
            None => moment,
        };
        self.overlay = Some(Overlay::Note(NoteLine {
            line: TextLine::with(&moment.note),
            moment,
            list: None,
        }));
    }

    /// Enter in a note.
    pub(in crate::app) fn keep_note(&mut self, note: NoteLine, now: Now) -> Vec<Effect> {
        let moment = Moment {
            note: note.line.text().trim().to_owned(),
            ..note.moment.clone()
        };
        self.notices
            .info(format!("moment {} kept", words::clock(moment.at)), now.mono);
        self.overlay = note.behind();
        let effects = self.remember(Change::Moment(moment));
        if self.overlay.is_none() {
            self.ask_to_keep();
        }
        effects
    }

    /// The moments of what plays, else of the selected row.
    pub(in crate::app) fn open_moments(&mut self, now: Now) {
        let plays = self.player.subject().map(|subject| subject.id.clone());
        let Some(recording) = plays.or_else(|| self.selected_id()) else {
            self.notices.info("no recording is selected", now.mono);
            return;
        };
        let moments = self.marks.moments(&recording);
        if moments.is_empty() {
            let words = "no moments of this recording: b keeps the one that is heard";
            self.notices.info(words, now.mono);
            return;
        }
        // The one that was heard last is the likeliest to be wanted.
        let here = match self.player.subject() {
            Some(_) => self.player.position(now.mono),
            None => Duration::ZERO,
        };
        let before = moments.partition_point(|moment| moment.at <= here);
        self.overlay = Some(Overlay::Moments(List {
            recording,
            chosen: before.saturating_sub(1),
            gone: Vec::new(),
        }));
    }

    /// Up and down in the list.
    pub(in crate::app) fn choose_moment(&mut self, by: isize) {
        if let Some(Overlay::Moments(list)) = &mut self.overlay {
            let last = self.marks.moments(&list.recording).len().saturating_sub(1);
            list.chosen = list.chosen.saturating_add_signed(by).min(last);
        }
    }

    /// Enter in the list: there.
    pub(in crate::app) fn go_to_kept(&mut self, list: List, now: Now) -> Vec<Effect> {
        let Some(at) = self.chosen(&list).map(|moment| moment.at) else {
            return Vec::new();
        };
        let subject = self.player.subject();
        if subject.is_some_and(|subject| subject.id == list.recording) {
            return self.player.seek_to(at, now);
        }
        let rows = self.rows();
        let found = rows
            .position_of(&list.recording)
            .and_then(|row| rows.ready(row));
        match found.cloned() {
            Some(recording) => self.player.play_from(&recording, at, &mut self.ids, now),
            None => {
                let words = "this recording is not among the rows loaded";
                self.notices.info(words, now.mono);
                Vec::new()
            }
        }
    }

    /// The note of the chosen moment is typed anew.
    pub(in crate::app) fn edit_note(&mut self) {
        if let Some(Overlay::Moments(list)) = &self.overlay
            && let Some(moment) = self.chosen(list)
        {
            self.overlay = Some(Overlay::Note(NoteLine {
                moment: moment.clone(),
                line: TextLine::with(&moment.note),
                list: Some(list.clone()),
            }));
        }
    }

    /// The chosen moment is taken away; one key brings it back.
    pub(in crate::app) fn remove_moment(&mut self, now: Now) -> Vec<Effect> {
        let Some(Overlay::Moments(list)) = &self.overlay else {
            return Vec::new();
        };
        let Some(moment) = self.chosen(list).cloned() else {
            return Vec::new();
        };
        let at = words::clock(moment.at);
        self.notices.info(
            format!("moment {at} taken away · u brings it back"),
            now.mono,
        );
        let effects = self.remember(Change::NoMoment {
            recording: moment.recording.clone(),
            at: moment.at,
        });
        if let Some(Overlay::Moments(list)) = &mut self.overlay {
            list.gone.push(moment);
        }
        self.choose_moment(0);
        effects
    }

    /// The moment that was taken away last comes back.
    pub(in crate::app) fn restore_moment(&mut self, now: Now) -> Vec<Effect> {
        let Some(Overlay::Moments(list)) = &mut self.overlay else {
            return Vec::new();
        };
        let Some(moment) = list.gone.pop() else {
            let words = "nothing was taken away since the list was opened";
            self.notices.info(words, now.mono);
            return Vec::new();
        };
        let (recording, at) = (moment.recording.clone(), moment.at);
        let effects = self.remember(Change::Moment(moment));
        let moments = self.marks.moments(&recording);
        let place = moments.partition_point(|other| other.at < at);
        if let Some(Overlay::Moments(list)) = &mut self.overlay {
            list.chosen = place;
        }
        effects
    }

    fn chosen(&self, list: &List) -> Option<&Moment> {
        self.marks.moments(&list.recording).get(list.chosen)
    }

    fn kept_at(&self, recording: &RecordingId, at: Duration) -> Option<&Moment> {
        let mut moments = self.marks.moments(recording).iter();
        moments.find(|moment| moment.at == at)
    }

    /// The moment that is heard, without a note; where there is none, that is said.
    fn heard_moment(&mut self, now: Now) -> Option<Moment> {
        let Some(subject) = self.player.subject() else {
            let told = self.keymap.spell(words::NOTHING_LOADED);
            self.notices.info(told, now.mono);
            return None;
        };
        let recording = subject.id.clone();
        if !self.can_be_marked(&recording, now) {
            return None;
        }
        let millis = self.player.position(now.mono).as_millis();
        Some(Moment {
            recording,
            at: Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)),
            note: String::new(),
            created: now.wall,
        })
    }
}
