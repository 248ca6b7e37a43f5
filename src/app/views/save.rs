//! What is shown becomes a view: its name is typed, and the user is asked before anything is written to their file.

use super::{View, ViewName};
use crate::app::input::TextLine;
use crate::app::{App, Effect, Now, Overlay};

/// A view that is to be saved, and the question how.
#[derive(Debug, Clone, PartialEq)]
pub struct Saving {
    pub view: View,
}

impl App {
    pub(in crate::app) fn open_view_name(&mut self, now: Now) {
        match self.history.is_some() {
            true => self.overlay = Some(Overlay::ViewName(TextLine::default())),
            false => self.notices.info("nothing is listed", now.mono),
        }
    }

    /// What a name that is being typed comes to; `None`: nothing is typed yet.
    pub fn typed_view(&self, text: &str) -> Option<Result<ViewName, &'static str>> {
        if text.trim().is_empty() {
            return None;
        }
        let name = ViewName::typed(text).ok_or("letters a-z, digits and - only");
        Some(name.and_then(|name| {
            let taken = self.views.iter().any(|view| view.name == name);
            match taken {
                true => Err("there is a view of this name"),
                false => Ok(name),
            }
        }))
    }

    /// Enter in the name.
    pub(in crate::app) fn name_view(&mut self, line: TextLine) {
        match self.typed_view(line.text()) {
            Some(Ok(name)) => {
                let view = self.view_shown(name);
                self.overlay = Some(Overlay::SaveView(Saving { view }));
            }
            Some(Err(_)) => self.overlay = Some(Overlay::ViewName(line)),
            None => {}
        }
    }

    /// What is on the screen, under a name.
    fn view_shown(&self, name: ViewName) -> View {
        let shown = self.sorting.as_ref();
        View {
            name,
            criteria: self.criteria.clone(),
            order: shown.map(|sorting| (sorting.column, sorting.reversed)),
            columns: (self.columns != self.configured).then(|| self.columns.clone()),
        }
    }

    /// The answer.
    pub(in crate::app) fn answer_save(&mut self, yes: bool, now: Now) -> Vec<Effect> {
        match self.overlay.take() {
            Some(Overlay::SaveView(_)) if !yes => Vec::new(),
            Some(Overlay::SaveView(saving)) if self.views_file.is_none() => {
                self.overlay = Some(Overlay::SaveView(saving));
                self.notices
                    .info("there is no file for it here: c copies it", now.mono);
                Vec::new()
            }
            Some(Overlay::SaveView(saving)) => vec![Effect::SaveView(Box::new(saving.view))],
            other => {
                self.overlay = other;
                Vec::new()
            }
        }
    }

    /// The section of the new view, or of the chosen one, for the user to put where they like.
    pub(in crate::app) fn copy_view(&mut self, now: Now) -> Vec<Effect> {
        let section = match &self.overlay {
            Some(Overlay::SaveView(saving)) => Some(saving.view.section()),
            Some(Overlay::Views(choosing)) => self.views.get(choosing.chosen).map(View::section),
            _ => None,
        };
        let Some(section) = section else {
            return Vec::new();
        };
        if matches!(self.overlay, Some(Overlay::SaveView(_))) {
            self.overlay = None;
        }
        let words = "the section for the configuration: sent to the terminal";
        self.notices.info(words, now.mono);
        vec![Effect::Copy(section)]
    }

    /// What came of writing it.
    pub(in crate::app) fn view_saved(&mut self, saved: Result<Box<View>, String>, now: Now) {
        match saved {
            Ok(view) => {
                let file = self.views_file.as_deref().unwrap_or_default();
                let words = format!("view {} is saved in {file}", view.name);
                self.notices.info(words, now.mono);
                // The file may have been read again in the meantime.
                if !self.views.iter().any(|other| other.name == view.name) {
                    let place = self.views.partition_point(|other| other.name < view.name);
                    self.views.insert(place, *view);
                }
            }
            Err(words) => self.notices.trouble(words, now.mono),
        }
    }
}
