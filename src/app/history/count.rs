//! Counting: how many rows the windows have, and how many recordings were added since the range was pinned.

use std::time::Duration;

use crate::app::Now;
use crate::app::effect::{Effect, Priority};
use crate::app::ids::Ids;
use crate::plivo::{Bound, Limit, Start, TimeRange, Window};

use super::shelf::{Totals, Way};
use super::wants::{Pending, Want};
use super::{Goal, History, Part};

/// Counting new arrivals rides on page fetches, at most this often.
pub(super) const ARRIVALS_EVERY: Duration = Duration::from_secs(60);
/// Counts on their way at once.
const COUNTS: usize = 8;

impl History {
    /// Windows that are still uncounted, newest first: first those that a jump needs.
    pub(super) fn counts(&self) -> Vec<Pending> {
        let first_answered = self
            .parts
            .first()
            .is_some_and(|part| part.count().is_some());
        if self.modes.totals == Totals::Absent
            || self.plan.either.is_some()
            || (!first_answered && self.goal.is_none())
        {
            return Vec::new();
        }
        let needed = match &self.goal {
            None => 0,
            Some(Goal::End | Goal::Row(_)) => self.parts.len(),
            Some(Goal::Recording { added, .. }) => self
                .parts
                .iter()
                .position(|part| part.window().range().contains(*added))
                .map_or(0, |part| part + 1),
        };
        let on_their_way = self
            .pending
            .values()
            .filter(|pending| pending.want == Want::Count)
            .count();
        let uncounted = self
            .parts
            .iter()
            .enumerate()
            .filter_map(|(part, shelf)| match shelf {
                Part::Paged(shelf) if shelf.count().is_none() => Some((part, shelf)),
                _ => None,
            });
        uncounted
            .filter(|(part, shelf)| {
                !self.pending.values().any(|pending| {
                    pending.part == *part
                        && (pending.want == Want::Count || pending.way.window == shelf.window())
                })
            })
            .take(COUNTS.saturating_sub(on_their_way))
            .map(|(part, shelf)| Pending {
                part,
                want: Want::Count,
                way: Way {
                    window: shelf.window(),
                    start: Start::FIRST,
                },
                serves: 0..0,
                priority: if part < needed {
                    Priority::Visible
                } else {
                    Priority::Count
                },
            })
            .collect()
    }

    pub(super) fn count_arrivals(&mut self, ids: &mut Ids, now: Now) -> Option<Effect> {
        let pinned = self.plan.range.to();
        let from = Bound {
            at: pinned.at,
            inclusive: !pinned.inclusive,
        };
        let window = TimeRange::new(
            from,
            Bound {
                at: now.wall,
                inclusive: true,
            },
        )
        .and_then(Window::new)?;
        self.arrivals_asked = Some(now.mono);
        let way = Way {
            window,
            start: Start::FIRST,
        };
        let pending = Pending {
            part: usize::MAX,
            want: Want::Arrivals,
            way,
            serves: 0..0,
            priority: Priority::Count,
        };
        Some(self.send(pending, Limit::MOST, ids))
    }
}
