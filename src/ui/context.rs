//! What every drawing needs besides its own state.

use crate::app::mask::Mask;
use crate::app::zone::Zone;
use crate::app::{Now, Theme};
use crate::store::Moment;

/// How and when something is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub theme: Theme,
    pub zone: &'a Zone,
    pub mask: &'a Mask,
    pub now: Now,
    /// Moments kept of what is loaded, by position.
    pub moments: &'a [Moment],
}
