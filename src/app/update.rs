//! One message in, effects out.

use super::history::{Look, Outcome, Row};
use super::keymap::{Context, Found};
use super::{
    Action, Api, App, Awaited, Effect, Focus, Input, Key, KeyCode, Message, Now, Overlay, Signal,
    filter,
};

impl App {
    /// One thing that happened; what is to be done about it comes back, in order.
    pub fn update(&mut self, message: Message, now: Now) -> Vec<Effect> {
        let now = self.by_api(now);
        let heard = self.heard(now);
        // Only what somebody does is a choice of theirs.
        let chosen = matches!(message, Message::Input(_)).then(|| self.player.choices());
        let mut effects = match message {
            Message::Input(Input::Key(key)) => self.key(key, now),
            Message::Input(Input::Mouse(mouse)) => self.pointer(mouse, now),
            Message::Input(Input::Paste(text)) => self.paste(&text),
            Message::Input(Input::Resize(size)) => {
                self.size = size;
                Vec::new()
            }
            Message::Api(answer) => self.answer(answer, now),
            Message::Player(play, event) => self.player_told(play, event, now),
            Message::Marks(told) => self.marks_are_told(told, now),
            Message::Job(job, told) => self.job_told(job, told, now),
            Message::Timer(timer) => self.detail.rested(timer, &mut self.ids, now),
            Message::Signal(Signal::Continued) => Vec::new(),
            Message::Signal(Signal::Terminate) => self.end_by_signal(),
            Message::Log(lines) => {
                self.log_came(lines);
                Vec::new()
            }
            Message::Preferences(preferences) => self.prefer(preferences, now),
            Message::Unlogged(trouble) => {
                self.unlogged = trouble;
                Vec::new()
            }
            Message::Profiles { request, profiles } => {
                self.profiles_came(request, profiles, now);
                Vec::new()
            }
            Message::ProfileOpened { request, opened } => self.profile_opened(request, opened, now),
            Message::ViewSaved(saved) => {
                self.view_saved(saved, now);
                Vec::new()
            }
            Message::Trouble(text) => {
                self.notices.trouble(text, now.mono);
                Vec::new()
            }
        };
        effects.extend(self.settle(now));
        // Before the rest: nothing is carried out after the program's end.
        let mut kept = self.note_position(heard, &effects, now);
        kept.extend(chosen.map_or(Vec::new(), |chosen| self.note_choices(chosen)));
        effects.splice(0..0, kept);
        self.deliveries.follow(&effects, now);
        effects
    }

    fn answer(&mut self, answer: Api, now: Now) -> Vec<Effect> {
        match answer {
            Api::Page { request, result } => {
                self.deliveries.over(request, result.as_ref().err(), now);
                let Some(history) = self
                    .history
                    .as_mut()
                    .filter(|history| history.awaits(request))
                else {
                    return Vec::new();
                };
                let (outcome, mut effects) = history.answered(request, result, &mut self.ids, now);
                self.list_changed(outcome);
                self.take_order(now);
                effects.extend(self.sample_on(now));
                effects.extend(self.reach_on(now));
                effects
            }
            Api::Recording { request, result } => {
                self.deliveries.over(request, result.as_ref().err(), now);
                if let Some(effects) = self.queue_answered(request, &result, now) {
                    return effects;
                }
                match self.found(request, result, now) {
                    Ok(effects) => effects,
                    Err(result) => {
                        self.detail.answered(request, result);
                        Vec::new()
                    }
                }
            }
            Api::Callback { request, step } => {
                self.deliveries.step(request, step);
                Vec::new()
            }
            Api::Received(counts) => {
                if let Some(refused) = self.deliveries.received(counts) {
                    self.notices.trouble(refused, now.mono);
                }
                Vec::new()
            }
            Api::Throttled { until } => {
                self.throttled = until;
                Vec::new()
            }
            Api::Clock { ahead } => self.go_by(ahead, now),
        }
    }

    /// Finds the reader's place again in a list that changed.
    fn list_changed(&mut self, outcome: Outcome) {
        self.looked = None;
        if self.shown_queue().is_some() {
            return;
        }
        if let Some(sorting) = &self.sorting {
            self.sort_by(sorting.column, sorting.reversed);
        }
        let (len, height) = (self.rows().len(), self.height());
        if let (Some(row), Some(awaited), None) = (outcome.reached, self.awaited, &self.sorting) {
            match awaited {
                Awaited::Asked => self.table.go(row, len, height),
                Awaited::Return => self.table.follow(row, len, height),
            }
            self.awaited = None;
            self.fresh = false;
        }
        if self.history.as_ref().is_some_and(|history| history.stale()) {
            return;
        }
        if std::mem::take(&mut self.fresh) {
            self.table = Default::default();
        }
        if self
            .history
            .as_ref()
            .is_none_or(|history| history.goal().is_none())
        {
            self.awaited = None;
        }
        let rows = self.rows();
        let found = self
            .table
            .selected
            .as_ref()
            .and_then(|id| rows.position_of(id));
        let settled = self.awaited.is_none()
            && self
                .history
                .as_ref()
                .is_none_or(|history| history.waiting_since().is_none());
        match found {
            Some(row) if row != self.table.cursor => {
                let len = rows.len();
                self.table.follow(row, len, height);
            }
            Some(_) => {}
            // It is gone, or out of reach: the row that took its place is selected.
            None if settled && rows.ready(self.table.cursor).is_some() => {
                self.table.selected = None
            }
            None => {}
        }
    }

    /// What follows from every change: the cursor on a row, requests for what is seen, details for what is selected.
    pub(super) fn settle(&mut self, now: Now) -> Vec<Effect> {
        let (len, height) = (self.rows().len(), self.height());
        self.table.fit(len, height);
        if let Some(history) = self.history.as_ref().filter(|history| !history.stale()) {
            self.picks.counted(history.plan(), history.total());
        }
        let mut effects = self.look(now);
        effects.extend(self.need_no_range(now));
        effects.extend(self.give_up_unasked());
        self.leave_no_question();
        let stale = self.history.as_ref().is_some_and(|history| history.stale())
            && self.shown_queue().is_none();
        if self.table.selected.is_none() && !stale {
            let ready = self
                .rows()
                .ready(self.table.cursor)
                .map(|recording| recording.id.clone());
            self.table.selected = ready;
        }
        if let Some(row) = self.play_when_loaded
            && self.rows().ready(row).is_some()
        {
            self.play_when_loaded = None;
            effects.extend(self.play_row(row, now));
        }
        effects.extend(self.follow_with_detail(now));
        effects
    }

    fn look(&mut self, now: Now) -> Vec<Effect> {
        let look = Look {
            top: self.table.top,
            height: self.height(),
            cursor: self.table.cursor,
        };
        if let Some(queue) = &mut self.queue {
            let seen = match queue.is_shown() {
                true => look,
                false => Look::default(),
            };
            let effects = queue.fetch(seen, &mut self.ids);
            if queue.is_shown() {
                return effects;
            }
        }
        // In another order nothing more is loaded: what is shown is what was.
        if self.sorting.is_some() || self.looked == Some(look) {
            return Vec::new();
        }
        self.looked = Some(look);
        self.history
            .as_mut()
            .map(|history| history.look(look, &mut self.ids, now))
            .unwrap_or_default()
    }

    fn follow_with_detail(&mut self, now: Now) -> Vec<Effect> {
        let visible = self.layout().is_some_and(|layout| layout.detail.is_some());
        if !visible {
            self.focus = Focus::List;
            return self.detail.follow(None, &mut self.ids, now);
        }
        let wanted = match self.rows().get(self.table.cursor) {
            Some(Row::Ready(recording)) => Some(recording.id.clone()),
            // The row comes back in a moment; its details need not go.
            Some(Row::Loading) if self.table.selected.is_some() => return Vec::new(),
            _ => None,
        };
        self.detail.follow(wanted.as_ref(), &mut self.ids, now)
    }

    /// Rows of the list that are seen.
    pub(super) fn height(&self) -> usize {
        self.layout().map_or(1, |layout| layout.rows())
    }

    fn key(&mut self, key: Key, now: Now) -> Vec<Effect> {
        self.play_when_loaded = None;
        let context = self.context();
        if self.layout().is_none() {
            return self.unseen_key(context, key, now);
        }
        if let Some(Overlay::Filter(form)) = &mut self.overlay {
            return match self.keymap.find(context, None, key) {
                Found::Action(
                    action @ (Action::Quit
                    | Action::Suspend
                    | Action::Seek(_)
                    | Action::TogglePause),
                ) => self.perform(action, now),
                _ => {
                    let outcome = form.key(key, &self.zone, now.wall);
                    self.form_did(outcome, now)
                }
            };
        }
        let lead = self.lead.take();
        match self.keymap.find(context, lead, key) {
            Found::Action(action) => self.perform(action, now),
            Found::Lead => {
                self.lead = Some(key);
                Vec::new()
            }
            Found::Nothing if context == Context::Typing => {
                self.typed(key);
                Vec::new()
            }
            Found::Nothing => Vec::new(),
        }
    }

    /// What the keys mean now.
    fn context(&self) -> Context {
        match &self.overlay {
            Some(
                Overlay::Filter(_)
                | Overlay::Palette(_)
                | Overlay::Search(_)
                | Overlay::GoTo(_)
                | Overlay::Note(_)
                | Overlay::ViewName(_)
                | Overlay::Into(_)
                | Overlay::Delete(_),
            ) => Context::Typing,
            Some(Overlay::Moments(_)) => Context::Moments,
            Some(Overlay::Columns(_) | Overlay::Views(_) | Overlay::Profiles(_)) => {
                Context::Choosing
            }
            Some(Overlay::KeepMarks | Overlay::SaveView(_) | Overlay::ChangeProfile(_)) => {
                Context::Asking
            }
            Some(Overlay::Leave { .. }) => Context::Leaving,
            Some(_) => Context::Reading,
            None if self.missing.is_some() => Context::FirstRun,
            None => self.focus.context(),
        }
    }

    /// A key in a terminal too small to show what it does: it can end the program, and what is heard.
    fn unseen_key(&mut self, context: Context, key: Key, now: Now) -> Vec<Effect> {
        self.lead = None;
        let Found::Action(action) = self.keymap.find(context, None, key) else {
            return Vec::new();
        };
        let ends = matches!(action, Action::Quit | Action::Suspend | Action::TogglePause);
        // The question before the end is told there, so it can be answered.
        match ends || context == Context::Leaving {
            true => self.perform(action, now),
            false => Vec::new(),
        }
    }

    fn typed(&mut self, key: Key) {
        if let Some(Overlay::Delete(dialog)) = &self.overlay
            && self.has_no_room_for(dialog)
        {
            return;
        }
        let line = match &mut self.overlay {
            Some(Overlay::Palette(palette)) => {
                palette.chosen = 0;
                &mut palette.line
            }
            Some(Overlay::Search(line) | Overlay::GoTo(line) | Overlay::ViewName(line)) => line,
            // A note is left by Esc alone: its moment must not be lost by one stroke too many.
            Some(Overlay::Note(note)) => {
                note.line.key(key);
                return;
            }
            // What was chosen must not be lost by one stroke too many either.
            Some(Overlay::Into(into)) => {
                into.line.key(key);
                return;
            }
            Some(Overlay::Delete(dialog)) => {
                dialog.wrong = false;
                dialog.line.key(key);
                return;
            }
            _ => return,
        };
        if line.is_empty() && key.code == KeyCode::Backspace {
            self.overlay = None;
        } else {
            line.key(key);
        }
    }

    fn paste(&mut self, text: &str) -> Vec<Effect> {
        match &mut self.overlay {
            Some(Overlay::Filter(form)) => form.paste(text),
            Some(Overlay::Search(line) | Overlay::GoTo(line) | Overlay::ViewName(line)) => {
                line.insert(text);
            }
            Some(Overlay::Note(note)) => note.line.insert(text),
            Some(Overlay::Into(into)) => into.line.insert(text),
            Some(Overlay::Palette(palette)) => {
                palette.chosen = 0;
                palette.line.insert(text);
            }
            _ => {}
        }
        Vec::new()
    }

    fn form_did(&mut self, outcome: filter::Outcome, now: Now) -> Vec<Effect> {
        match outcome {
            filter::Outcome::Stay => Vec::new(),
            filter::Outcome::Leave => {
                self.overlay = None;
                Vec::new()
            }
            filter::Outcome::Apply(criteria) => {
                self.overlay = None;
                self.criteria = criteria;
                self.list_anew(now)
            }
        }
    }
}
