//! The list of saved views, and going to one.

use super::View;
use crate::app::keymap::Context;
use crate::app::sort::{self, Sorting};
use crate::app::{Action, App, Effect, Now, Overlay, words};

/// The open list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choosing {
    pub chosen: usize,
}

impl App {
    pub(in crate::app) fn open_views(&mut self) {
        self.overlay = Some(Overlay::Views(Choosing::default()));
    }

    /// The views there are, by name.
    pub fn views(&self) -> &[View] {
        &self.views
    }

    /// How the first one is made.
    pub fn none_saved(&self) -> String {
        let focus = Context::Choosing;
        let key = self.keymap.chords(focus, Action::SaveView).next();
        let key = key.map_or(":save-view".to_owned(), |key| key.to_string());
        format!("{key} saves what is listed now.")
    }

    /// Up and down in the list.
    pub(in crate::app) fn choose_view(&mut self, by: isize) {
        let last = self.views.len().saturating_sub(1);
        if let Some(Overlay::Views(choosing)) = &mut self.overlay {
            choosing.chosen = choosing.chosen.saturating_add_signed(by).min(last);
        }
    }

    /// Enter in the list.
    pub(in crate::app) fn go_to_view(&mut self, choosing: Choosing, now: Now) -> Vec<Effect> {
        match self.views.get(choosing.chosen).cloned() {
            Some(view) => self.apply_view(view, now),
            None => Vec::new(),
        }
    }

    fn apply_view(&mut self, view: View, now: Now) -> Vec<Effect> {
        self.criteria = view.criteria;
        if let Some(columns) = view.columns {
            self.columns = columns;
        }
        let effects = self.list_anew(now);
        self.order_wanted = view.order;
        self.notices.info(format!("view {}", view.name), now.mono);
        effects
    }

    /// The order of a view is taken up once its first rows are here: until then there is nothing to sort.
    pub(in crate::app) fn take_order(&mut self, now: Now) {
        let ready = self.history.as_ref().is_some_and(|history| {
            !history.stale()
                && history.waiting_since().is_none()
                && history.loaded().next().is_some()
        });
        if !ready || self.shown_queue().is_some() {
            return;
        }
        if let Some(order) = self.order_wanted.take() {
            self.order_by(Some(order), now);
        }
    }
}

impl View {
    /// Its order and columns in words; empty where it has neither of its own.
    pub fn looks(&self) -> String {
        let order = |(column, reversed): (sort::Column, bool)| {
            format!("by {}", Sorting::words_of(column, reversed))
        };
        let columns = self.columns.as_ref().map(|columns| {
            let all = columns.shown().count();
            words::counted(all as u64, "column", "columns")
        });
        let parts = [self.order.map(order), columns];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        parts.join(" · ")
    }
}
