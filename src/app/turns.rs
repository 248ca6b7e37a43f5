//! From one turn of talk to the next or the one before: `)` and `(`.

use std::time::Duration;

use super::{App, Effect, Now};

/// A jump lands so much before the turn: words begin softer than what is found of them.
const LEAD: Duration = Duration::from_millis(50);

/// A turn that begins so soon is the one that was jumped to, whatever frame the jump landed on.
const HERE: Duration = Duration::from_millis(250);

/// Who has heard less than this of a turn wants the one before it, not its start again.
const JUST_BEGUN: Duration = Duration::from_secs(1);

impl App {
    pub(super) fn next_turn(&mut self, now: Now) -> Vec<Effect> {
        let here = self.player.position(now.mono);
        let next = self
            .player
            .statistics()
            .and_then(|statistics| statistics.turn_after(here.saturating_add(HERE)));
        self.go_to_turn(next, "no later turn of talk", now)
    }

    pub(super) fn previous_turn(&mut self, now: Now) -> Vec<Effect> {
        let here = self.player.position(now.mono);
        let previous = self.player.statistics().and_then(|statistics| {
            let before = statistics.turn_before(here.saturating_sub(JUST_BEGUN));
            before.or_else(|| statistics.turn_before(here.saturating_sub(HERE)))
        });
        self.go_to_turn(previous, "no earlier turn of talk", now)
    }

    fn go_to_turn(&mut self, start: Option<Duration>, none: &str, now: Now) -> Vec<Effect> {
        let words = match (start, self.player.statistics()) {
            (Some(start), _) => return self.player.seek_to(start.saturating_sub(LEAD), now),
            (None, _) if self.player.subject().is_none() => {
                "nothing is loaded: ⏎ plays the selected row".to_owned()
            }
            (None, Some(statistics)) if statistics.complete => none.to_owned(),
            (None, _) => format!("{none} in what has come so far"),
        };
        self.notices.info(words, now.mono);
        Vec::new()
    }
}
