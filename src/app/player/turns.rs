//! From one turn of talk to the next or the one before: `)` and `(`.

use std::time::Duration;

use super::{Done, Player};
use crate::app::{Now, words};

/// A jump lands so much before the turn: words begin softer than what is found of them.
const LEAD: Duration = Duration::from_millis(50);

/// A turn that begins so soon is the one that was jumped to, whatever frame the jump landed on.
const HERE: Duration = Duration::from_millis(250);

/// Who has heard less than this of a turn wants the one before it, not its start again.
const JUST_BEGUN: Duration = Duration::from_secs(1);

impl Player {
    pub(super) fn next_turn(&mut self, now: Now) -> Done {
        let here = self.position(now.mono);
        let next = self
            .statistics()
            .and_then(|statistics| statistics.turn_after(here.saturating_add(HERE)));
        self.go_to_turn(next, "no later turn of talk", now)
    }

    pub(super) fn previous_turn(&mut self, now: Now) -> Done {
        let here = self.position(now.mono);
        let previous = self.statistics().and_then(|statistics| {
            let before = statistics.turn_before(here.saturating_sub(JUST_BEGUN));
            before.or_else(|| statistics.turn_before(here.saturating_sub(HERE)))
        });
        self.go_to_turn(previous, "no earlier turn of talk", now)
    }

    fn go_to_turn(&mut self, start: Option<Duration>, none: &str, now: Now) -> Done {
        match (start, self.statistics()) {
            (Some(start), _) => self.seek_to(start.saturating_sub(LEAD), now).into(),
            (None, _) if self.subject().is_none() => Done::told_with_keys(words::NOTHING_LOADED),
            (None, Some(statistics)) if statistics.complete => Done::told(none),
            (None, _) => Done::told(format!("{none} in what has come so far")),
        }
    }
}
