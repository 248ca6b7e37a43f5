//! What every drawing needs besides its own state.

use crate::app::keymap::Keymap;
use crate::app::mask::Mask;
use crate::app::theme::Colours;
use crate::app::zone::Zone;
use crate::app::{Now, Theme};
use crate::store::Moment;

/// How and when something is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub theme: Theme,
    pub colours: Colours,
    pub zone: &'a Zone,
    pub mask: &'a Mask,
    pub keymap: &'a Keymap,
    pub now: Now,
    /// Moments kept of what is loaded, by position.
    pub moments: &'a [Moment],
    /// What is loaded was deleted in this run: its sound is here, and nowhere else.
    pub deleted: bool,
}
