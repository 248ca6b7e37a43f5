//! What the app is started with: everything it may know of the world outside, as plain data.

use super::Size;
use super::choices::Settled;
use super::columns::Columns;
use super::criteria::Criteria;
use super::deliveries::Route;
use super::ids::Ids;
use super::jobs::Folder;
use super::keymap::Keymap;
use super::marks::Keeping;
use super::player::{Rewind, Start};
use super::queue::Sample;
use super::sides::SideNames;
use super::statistics::CLIPPED_PLACES;
use super::theme::{Colours, Theme};
use super::views::View;
use super::zone::Zone;
use crate::audio::Thresholds;

/// What the user prefers and may change while the app runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Preferences {
    pub theme: Theme,
    pub colours: Colours,
    pub columns: Columns,
    pub keymap: Keymap,
    /// How far back going on after a pause steps.
    pub rewind: Rewind,
    pub sides: SideNames,
    pub thresholds: Thresholds,
    /// A side with so many places at full scale is called clipped.
    pub clipped_places: u32,
    /// The saved views, by name.
    pub views: Vec<View>,
    /// Where downloads go at first.
    pub downloads: Folder,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            colours: Colours::default(),
            columns: Columns::default(),
            keymap: Keymap::standard(),
            rewind: Rewind::default(),
            sides: SideNames::default(),
            thresholds: Thresholds::default(),
            clipped_places: CLIPPED_PLACES,
            views: Vec::new(),
            downloads: Folder::default(),
        }
    }
}

/// Everything [`super::App::new`] needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    /// The account's name on the screen (`acme`, `demo`). Masked like any other name.
    pub account: String,
    /// The auth id as far as it may be shown: `MA…QUU`.
    pub auth_id: String,
    /// The profile whose account it is, if it is one's.
    pub profile: Option<String>,
    /// Where ids go on: after another account they are not used again.
    pub ids: Ids,
    /// The embedded account: nothing real is shown, nothing is left behind.
    pub demo: bool,
    /// Why there is nothing to browse (`PLIVO_AUTH_ID is not set`): the first-run screen shows it. `None`: go ahead.
    pub missing: Option<String>,
    pub criteria: Criteria,
    /// The view it begins with; what it lists is in the criteria already.
    pub view: Option<View>,
    /// The file that views are saved in, as it is shown; `None`: they can only be copied.
    pub views_file: Option<String>,
    /// A sample to draw of what the criteria list, or to go on with.
    pub sample: Option<Sample>,
    /// The zone shown first.
    pub zone: Zone,
    /// The machine's own zone.
    pub local: Zone,
    pub masked: bool,
    /// Decides the aliases, so that they tell nothing from one run to the next.
    pub mask_salt: u64,
    /// False for `--no-mouse`: help and first screen do not speak of it.
    pub mouse: bool,
    /// The way of answers that come by callback; `None`: every answer comes at once.
    pub callbacks: Option<Route>,
    /// Where marks, notes and positions live. In the embedded account always in memory.
    pub marks: Keeping,
    /// How it is listened to at first.
    pub start: Start,
    pub preferences: Preferences,
    /// What flags, the environment and the configuration say of how it is heard: it goes before what was chosen in an earlier run.
    pub settled: Settled,
    pub size: Size,
}
