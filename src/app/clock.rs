//! Whose clock counts. Ranges end now, and with a clock of this machine that is behind the API's, the newest recordings
//! would lie beyond that end, where nobody would ever see them.

use chrono::TimeDelta;

use super::{App, Effect, Now, words};

impl App {
    /// The same moment as the API's clock shows it.
    pub fn by_api(&self, now: Now) -> Now {
        Now {
            wall: now
                .wall
                .checked_add_signed(self.clock_ahead)
                .unwrap_or(now.wall),
            ..now
        }
    }

    /// The API's clock shows so much more: it counts from now on. A list that ends now is asked for again, to its true end.
    pub(super) fn go_by(&mut self, ahead: TimeDelta, now: Now) -> Vec<Effect> {
        let change = ahead - self.clock_ahead;
        self.clock_ahead = ahead;
        let now = Now {
            wall: now.wall.checked_add_signed(change).unwrap_or(now.wall),
            ..now
        };
        if let Ok(size @ 1..) = u64::try_from(ahead.num_seconds().abs()) {
            let size = words::span(std::time::Duration::from_secs(size));
            let side = if ahead > TimeDelta::zero() {
                "behind"
            } else {
                "ahead of"
            };
            let text =
                format!("this machine's clock is {size} {side} the API's, which counts here");
            self.notices.trouble(text, now.mono);
        }
        let live = self
            .history
            .as_ref()
            .is_some_and(|history| history.plan().live);
        match self.plan(now).filter(|_| live && self.sorting.is_none()) {
            Some(plan) => self.replan(plan, now),
            None => Vec::new(),
        }
    }
}
