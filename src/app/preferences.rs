//! The configuration file changed while the app runs.

use super::{App, Effect, Now, Preferences};

impl App {
    /// What is preferred by now.
    pub fn preferences(&self) -> Preferences {
        Preferences {
            theme: self.theme,
            colours: self.colours,
            columns: self.columns.clone(),
            keymap: self.keymap.clone(),
            rewind: self.player.rewind(),
            sides: self.player.side_names().clone(),
            thresholds: self.player.thresholds(),
            clipped_places: self.player.clipped_places(),
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
        let effects = self.player.prefer(&preferences);
        self.theme = preferences.theme;
        self.colours = preferences.colours;
        self.columns = preferences.columns;
        self.keymap = preferences.keymap;
        self.jobs.prefer(preferences.downloads);
        // The first of two keys may lead nowhere any more.
        self.lead = None;
        self.notices
            .info("the configuration was read anew", now.mono);
        effects
    }
}
