//! The configuration file changed while the app runs.

use super::{App, Effect, Now, Overlay, Preferences};

impl App {
    /// What is preferred by now.
    pub fn preferences(&self) -> Preferences {
        Preferences {
            theme: self.theme,
            colours: self.colours,
            columns: self.configured.clone(),
            keymap: self.keymap.clone(),
            rewind: self.player.rewind(),
            sides: self.player.side_names().clone(),
            thresholds: self.player.thresholds(),
            clipped_places: self.player.clipped_places(),
            views: self.views.clone(),
            downloads: self.jobs.usual().clone(),
        }
    }

    /// Takes what is preferred from now on, or tells the mistake and stays as it was.
    pub(super) fn prefer(
        &mut self,
        preferences: Result<Box<Preferences>, String>,
        now: Now,
    ) -> Vec<Effect> {
        let preferences = match preferences {
            Ok(preferences) => preferences,
            Err(mistake) => {
                self.notices.trouble(mistake, now.mono);
                return Vec::new();
            }
        };
        // A view that was saved from here is known already.
        if *preferences == self.preferences() {
            return Vec::new();
        }
        let effects = self.player.prefer(&preferences);
        self.theme = preferences.theme;
        self.colours = preferences.colours;
        // What was chosen here stays until something else is written there.
        if self.configured != preferences.columns {
            self.columns = preferences.columns.clone();
            self.configured = preferences.columns;
            if matches!(self.overlay, Some(Overlay::Columns(_))) {
                self.overlay = None;
            }
        }
        self.keymap = preferences.keymap;
        self.views = preferences.views;
        self.choose_view(0);
        self.jobs.prefer(preferences.downloads);
        // The first of two keys may lead nowhere any more.
        self.lead = None;
        self.notices
            .info("the configuration was read anew", now.mono);
        effects
    }
}
