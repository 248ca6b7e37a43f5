//! What each action does.

use super::copy::What;
use super::history::Plan;
use super::keymap::Context;
use super::layout::Wish;
use super::link::Link;
use super::overlay::readable;
use super::palette::{Command, Palette};
use super::{Action, App, Awaited, Effect, Focus, Now, Overlay, filter};

impl App {
    pub(super) fn perform(&mut self, action: Action, now: Now) -> Vec<Effect> {
        match action {
            Action::RowDown => self.step(1, now),
            Action::RowUp => self.step(-1, now),
            Action::ScreenDown => self.leap(1, 1, now),
            Action::ScreenUp => self.leap(-1, 1, now),
            Action::HalfDown => self.leap(1, 2, now),
            Action::HalfUp => self.leap(-1, 2, now),
            Action::First => return self.first(now),
            Action::Last => return self.last(now),

            Action::Play => return self.play_row(self.table.cursor, now),
            Action::PlayRowBelow => return self.play_beside(1, now),
            Action::PlayRowAbove => return self.play_beside(-1, now),
            Action::PlayNext => return self.play_after(1, now),
            Action::PlayPrevious => return self.play_after(-1, now),
            Action::TogglePause if self.player.subject().is_none() => {
                return self.play_row(self.table.cursor, now);
            }
            Action::TogglePause
            | Action::Stop
            | Action::Seek(_)
            | Action::Tenth(_)
            | Action::UndoJump
            | Action::Loop
            | Action::PreviousTurn
            | Action::NextTurn
            | Action::Louder
            | Action::Quieter
            | Action::Mute
            | Action::Channel
            | Action::SwapSides
            | Action::LeftLouder
            | Action::RightLouder
            | Action::Slower
            | Action::Faster
            | Action::NormalSpeed
            | Action::SkipSilence
            | Action::LevelVoices => return self.tell_player(action, now),
            Action::GoToTime => self.open_go_to(now),
            Action::Autoplay => self.toggle_autoplay(now),
            Action::Zoom if !self.player.zoom() => {
                let words = "the waveform shows all of it as closely as it can";
                self.notices.info(words, now.mono);
            }
            Action::Zoom => {}
            Action::Review => return self.review(now),
            Action::NotReviewed => return self.take_review_back(now),
            Action::Bookmark => return self.bookmark(now),
            Action::Note => self.open_note(now),
            Action::Moments => self.open_moments(now),
            Action::EditNote => self.edit_note(),
            Action::RemoveMoment => return self.remove_moment(now),
            Action::RestoreMoment => return self.restore_moment(now),
            Action::KeepMarks => self.offer_to_keep(now),
            Action::Yes => return self.answer_question(true, now),
            Action::No => return self.answer_question(false, now),

            Action::MarkRow => self.pick_row(now),
            Action::MarkRange => return self.pick_range(now),
            Action::MarkAll => self.pick_all(now),

            Action::Export => self.open_export(now),
            Action::Download => self.open_download(now),
            Action::Delete => return self.open_delete(now),
            Action::StopJob => return self.stop_job(now),

            Action::Filter => self.open_filter(now),
            Action::ClearFilters => return self.clear_filters(now),
            Action::Search => self.overlay = Some(Overlay::Search(Default::default())),
            Action::SearchNext => self.next_match(now),
            Action::SearchPrevious => self.previous_match(now),
            Action::Sort => self.sort_next(now),
            Action::SortReverse => self.sort_reverse(now),
            Action::Queue => self.toggle_queue(now),

            Action::Columns => self.open_columns(),
            Action::ShowColumn => self.toggle_column(now),
            Action::ColumnDown => self.shift_column(1),
            Action::ColumnUp => self.shift_column(-1),
            Action::ConfigLines => {
                return match self.overlay {
                    Some(Overlay::SaveView(_) | Overlay::Views(_)) => self.copy_view(now),
                    Some(Overlay::Profiles(_)) => Vec::new(),
                    _ => self.copy_columns(now),
                };
            }
            Action::Views => self.open_views(),
            // What else is chosen from is no view.
            Action::SaveView
                if matches!(
                    self.overlay,
                    Some(Overlay::Columns(_) | Overlay::Profiles(_))
                ) => {}
            Action::SaveView => self.open_view_name(now),
            Action::Profiles => return self.open_profiles(now),

            Action::Detail => self.toggle_detail(),
            Action::RawJson => self.toggle_raw(),
            Action::CopyId => return self.copy(What::Id, now),
            Action::CopyUrl => return self.copy(What::Url, now),
            Action::CopyCall => return self.copy(What::Call, now),
            Action::CopyMoment => return self.copy(What::Moment, now),
            Action::CopyTicket => return self.copy(What::Ticket, now),
            Action::Zone => self.next_zone(now),
            Action::Mask => self.set_mask(!self.mask.on, now),
            Action::Unmask => self.set_mask(false, now),

            Action::CommandLine => self.overlay = Some(Overlay::Palette(Palette::default())),
            Action::Accept => return self.accept(now),
            Action::Refresh => return self.refresh(now),
            Action::NextPane | Action::PreviousPane => self.other_pane(),
            Action::Back => return self.back(),
            Action::Help => self.overlay = Some(Overlay::Help { scroll: 0 }),
            Action::Log => {
                self.overlay = Some(Overlay::Log {
                    lines: None,
                    scroll: 0,
                });
                return vec![Effect::ReadLog];
            }
            Action::Statistics => self.overlay = Some(Overlay::Statistics { scroll: 0 }),
            Action::Deliveries => self.overlay = Some(Overlay::Deliveries { scroll: 0 }),
            Action::Callbacks => return self.toggle_callbacks(now),
            Action::Suspend => {
                let mut effects = self.player.suspend(now);
                effects.push(Effect::Suspend);
                return effects;
            }
            Action::Quit => return self.quit(),
            Action::OpenDemo => return vec![Effect::OpenDemo],
        }
        Vec::new()
    }

    /// Yes or no, to the question that is asked.
    fn answer_question(&mut self, yes: bool, now: Now) -> Vec<Effect> {
        match self.overlay {
            Some(Overlay::SaveView(_)) => self.answer_save(yes, now),
            Some(Overlay::ChangeProfile(_)) => self.answer_change(yes),
            _ => self.answer_keep(yes, now),
        }
    }

    /// Where `j` and its like go now.
    fn mover(&self) -> Mover {
        match &self.overlay {
            Some(overlay) if overlay.is_read() => Mover::Reading,
            Some(Overlay::Palette(_)) => Mover::Offers,
            Some(Overlay::Moments(_)) => Mover::Moments,
            Some(Overlay::Columns(_)) => Mover::Columns,
            Some(Overlay::Views(_)) => Mover::Views,
            Some(Overlay::Profiles(_)) => Mover::Profiles,
            Some(_) => Mover::Nothing,
            None if self.focus.context() == Context::Detail => Mover::Detail,
            None => Mover::List,
        }
    }

    fn step(&mut self, by: isize, now: Now) {
        match self.mover() {
            Mover::List => self.move_rows(by, false),
            Mover::Detail => self.scroll_detail(by, now),
            Mover::Reading => self.scroll_reading(by),
            Mover::Offers => {
                if let Some(Overlay::Palette(palette)) = &mut self.overlay {
                    if by > 0 {
                        palette.choose_next()
                    } else {
                        palette.choose_previous()
                    }
                }
            }
            Mover::Moments => self.choose_moment(by),
            Mover::Columns => self.choose_column(by),
            Mover::Views => self.choose_view(by),
            Mover::Profiles => self.choose_profile(by),
            Mover::Nothing => {}
        }
    }

    /// By a screenful, or a part of one.
    fn leap(&mut self, direction: isize, part: usize, now: Now) {
        let layout = self.layout();
        let room = match self.mover() {
            Mover::List => self.height(),
            Mover::Detail => layout.and_then(|layout| layout.detail).map_or(1, readable),
            _ => layout.map_or(1, |layout| readable(layout.body)),
        };
        let rows = isize::try_from((room / part).max(1)).unwrap_or(1) * direction;
        match self.mover() {
            Mover::List => self.move_rows(rows, true),
            _ => self.step(rows, now),
        }
    }

    fn first(&mut self, now: Now) -> Vec<Effect> {
        match self.mover() {
            Mover::List => self.go_to(0),
            _ => self.step(isize::MIN / 2, now),
        }
        Vec::new()
    }

    fn last(&mut self, now: Now) -> Vec<Effect> {
        match self.mover() {
            Mover::List => return self.go_to_end(now),
            _ => self.step(isize::MAX / 2, now),
        }
        Vec::new()
    }

    pub(super) fn open_filter(&mut self, now: Now) {
        let form = filter::Form::open(&self.criteria, &self.zone, now.wall);
        self.overlay = Some(Overlay::Filter(Box::new(form)));
    }

    fn clear_filters(&mut self, now: Now) -> Vec<Effect> {
        if self.criteria.filter == Default::default() && self.criteria.either.is_none() {
            self.notices
                .info("no filters are set: all calls are listed", now.mono);
            return Vec::new();
        }
        self.criteria.filter = Default::default();
        self.criteria.either = None;
        self.list_anew(now)
    }

    /// Lists the criteria from the start, its range pinned at this moment.
    pub(super) fn list_anew(&mut self, now: Now) -> Vec<Effect> {
        let Some(plan) = self.plan(now) else {
            return Vec::new();
        };
        self.leave_queue();
        if self.picks.another_list() {
            let words = "another list: what was marked as all of the one before is not any more";
            self.notices.info(words, now.mono);
        }
        self.sorting = None;
        self.order_wanted = None;
        self.fresh = true;
        self.replan(plan, now)
    }

    pub(super) fn plan(&mut self, now: Now) -> Option<Plan> {
        match self.criteria.plan(&self.zone, now.wall) {
            Ok(plan) => Some(plan),
            Err(mistakes) => {
                let words: Vec<_> = mistakes.iter().map(|mistake| mistake.to_string()).collect();
                self.notices.trouble(words.join(" · "), now.mono);
                None
            }
        }
    }

    pub(super) fn replan(&mut self, plan: Plan, now: Now) -> Vec<Effect> {
        self.planned = now.wall;
        self.draw_anew();
        self.looked = None;
        // The list looks for the recording under the cursor, or for the row that was asked for; the cursor goes where it is found.
        self.awaited.get_or_insert(Awaited::Return);
        let mut effects = self.detail.forget();
        match &mut self.history {
            Some(history) => effects.extend(history.replan(plan, &mut self.ids, now)),
            None => self.history = Some(super::History::new(plan)),
        }
        effects
    }

    /// After a failure: try again. Else: load anew, and come back to the same recording.
    fn refresh(&mut self, now: Now) -> Vec<Effect> {
        if let Some(Overlay::Log { .. }) = self.overlay {
            return vec![Effect::ReadLog];
        }
        self.notices.clear();
        if let Some(queue) = &mut self.queue {
            queue.retry();
        }
        let failed = self
            .history
            .as_ref()
            .is_some_and(|history| history.error().is_some());
        if failed || self.detail.error().is_some() {
            let mut effects = self.detail.retry(&mut self.ids, now);
            if let Some(history) = self.history.as_mut().filter(|_| failed) {
                effects.extend(history.retry(&mut self.ids, now));
            }
            self.looked = None;
            return effects;
        }
        let mut effects = self.read_marks_again();
        if self.shown_queue().is_some() {
            let words = "a queue stays as it was drawn: :queue goes to the whole list";
            self.notices.info(words, now.mono);
            return effects;
        }
        if let Some(plan) = self.plan(now) {
            effects.extend(self.replan(plan, now));
        }
        effects
    }

    fn toggle_detail(&mut self) {
        let shown = self.layout().is_some_and(|layout| layout.detail.is_some());
        self.detail.wish = if shown { Wish::Hidden } else { Wish::Shown };
        self.focus = Focus::List;
    }

    fn toggle_raw(&mut self) {
        let shown = self.layout().is_some_and(|layout| layout.detail.is_some());
        self.detail.raw = !(shown && self.detail.raw);
        self.detail.scroll = 0;
        if !shown {
            self.detail.wish = Wish::Shown;
        }
    }

    fn other_pane(&mut self) {
        let shown = self.layout().is_some_and(|layout| layout.detail.is_some());
        self.focus = match self.focus {
            Focus::List if shown => Focus::Detail,
            _ => Focus::List,
        };
    }

    /// One thing is left at a time; the program never.
    fn back(&mut self) -> Vec<Effect> {
        self.stay();
        match self.overlay.take() {
            Some(Overlay::Columns(arranging)) => {
                self.leave_columns(arranging);
                return Vec::new();
            }
            Some(left) => {
                self.overlay = left.behind();
                return Vec::new();
            }
            None => {}
        }
        let given_up = self.give_up_opening();
        if !given_up.is_empty() {
            return given_up;
        }
        let hides_the_list = self.layout().is_some_and(|layout| layout.table.is_none());
        if hides_the_list {
            self.detail.wish = Wish::Roomy;
        } else if self.focus == Focus::Detail {
            self.focus = Focus::List;
        } else if self.detail.raw {
            self.detail.raw = false;
            self.detail.scroll = 0;
        } else if self.needle.is_some() {
            self.needle = None;
        } else if !self.give_up_range() && !self.put_job_away() {
            self.notices.clear();
        }
        Vec::new()
    }

    fn next_zone(&mut self, now: Now) {
        let at = self
            .zones
            .iter()
            .position(|zone| *zone == self.zone)
            .unwrap_or(0);
        let next = self.zones.get(at + 1).or(self.zones.first());
        if let Some(zone) = next.filter(|zone| **zone != self.zone) {
            self.zone = *zone;
            self.notices
                .info(format!("times in {}", self.zone.label()), now.mono);
        } else {
            self.notices
                .info("this machine's clock is set to UTC too", now.mono);
        }
    }

    fn set_mask(&mut self, on: bool, now: Now) {
        self.mask.on = on;
        let words = if on {
            "numbers and names are hidden"
        } else {
            "numbers and names are shown"
        };
        self.notices.info(words, now.mono);
    }

    /// Enter in the command line, the search or the time to go to.
    fn accept(&mut self, now: Now) -> Vec<Effect> {
        match self.overlay.take() {
            Some(Overlay::Search(line)) => {
                self.search_for(line.text(), now);
                Vec::new()
            }
            Some(Overlay::GoTo(line)) => self.go_to_moment(line, now),
            Some(Overlay::Note(note)) => self.keep_note(note, now),
            Some(Overlay::Into(into)) => self.take_into(into, now),
            Some(Overlay::Delete(dialog)) => self.take_delete(dialog),
            Some(Overlay::Moments(list)) => self.go_to_kept(list, now),
            Some(Overlay::Columns(arranging)) => {
                self.keep_columns(&arranging, now);
                Vec::new()
            }
            Some(Overlay::Views(choosing)) => self.go_to_view(choosing, now),
            Some(Overlay::Profiles(choosing)) => self.go_to_profile(choosing, now),
            Some(Overlay::ViewName(line)) => {
                self.name_view(line);
                Vec::new()
            }
            Some(Overlay::Palette(palette)) => match palette.choice() {
                Some(Command::Row(row)) => self.go_far(row - 1, now),
                Some(Command::Page(page)) => {
                    self.go_far((page - 1).saturating_mul(super::palette::PAGE), now)
                }
                Some(Command::Moment(link)) => self.follow_link(link, now),
                Some(Command::Do(about)) => self.perform(about.action, now),
                None if palette.line.is_empty() => Vec::new(),
                None => {
                    let typed = palette.line.text();
                    let text = match Link::pasted(typed) {
                        Some(Err(mistake)) => mistake.to_string(),
                        _ => format!("no action is called “{typed}”: ? lists them"),
                    };
                    self.notices.trouble(text, now.mono);
                    Vec::new()
                }
            },
            other => {
                self.overlay = other;
                Vec::new()
            }
        }
    }
}

/// What moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mover {
    List,
    Detail,
    Reading,
    Offers,
    Moments,
    Columns,
    Views,
    Profiles,
    Nothing,
}
