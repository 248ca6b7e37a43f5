//! What to ask for next, and what nobody waits for any more.
//!
//! The order is the reader's: the rows on the screen, the goal of a jump, then counts, then the pages around.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, Utc};

use crate::app::Now;
use crate::app::effect::{Effect, Priority};
use crate::app::ids::{Ids, RequestId};
use crate::plivo::{Filter, Limit, PageRequest, RecordingQuery, Span, Start};

use super::count::ARRIVALS_EVERY;
use super::merged::Side;
use super::shelf::{Offsets, PAGE, Step, Totals, Way};
use super::{Goal, History, Part};

/// Pages kept, in all windows together.
const MOST_PAGES: usize = 256;
/// Without totals, windows whose first page is asked for ahead of need: most of them may be empty.
pub(super) const AHEAD: usize = 4;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// The page whose first row stands at `place`.
    Page {
        place: usize,
    },
    /// The row at `place`, found by time.
    Guess {
        at: DateTime<Utc>,
        place: usize,
    },
    Count,
    Side(Side),
    Arrivals,
}

/// A request on its way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pending {
    pub part: usize,
    pub want: Want,
    pub way: Way,
    /// The places of the window that it serves.
    pub serves: Range<usize>,
    pub priority: Priority,
}

/// A wish: rows of one window, and how urgent they are.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub part: usize,
    pub places: Range<usize>,
    pub priority: Priority,
}

impl History {
    /// Bring the requests on their way in line with what is wanted now.
    pub(super) fn want(&mut self, ids: &mut Ids, now: Now) -> Vec<Effect> {
        self.tick += 1;
        let asked = *self.arrivals_asked.get_or_insert(now.mono);
        if self.failure.is_some() {
            self.waiting_since = None;
            return Vec::new();
        }
        let wishes = self.wishes();
        let mut effects = self.cancel(|pending| match pending.want {
            Want::Page { .. } | Want::Guess { .. } => !wishes.iter().any(|wish| {
                wish.part == pending.part
                    && wish.places.start < pending.serves.end
                    && pending.serves.start < wish.places.end
            }),
            Want::Count | Want::Side(_) | Want::Arrivals => false,
        });
        effects.extend(self.overtake(&wishes));
        let mut fetched = false;
        for wish in &wishes {
            for (pending, limit) in self.missing(wish) {
                fetched = true;
                effects.push(self.send(pending, limit, ids));
            }
        }
        for pending in self.counts() {
            effects.push(self.send(pending, Limit::ONE, ids));
        }
        if fetched && self.plan.live && now.mono.saturating_duration_since(asked) >= ARRIVALS_EVERY
        {
            effects.extend(self.count_arrivals(ids, now));
        }
        let awaited = self
            .pending
            .values()
            .any(|pending| pending.priority == Priority::Visible);
        self.waiting_since = awaited.then(|| self.waiting_since.unwrap_or(now.mono));
        effects
    }

    /// Drop the pages looked at longest ago.
    pub(super) fn evict(&mut self) {
        let mut pages: usize = self
            .parts
            .iter()
            .map(|part| {
                if let Part::Paged(shelf) = part {
                    shelf.pages()
                } else {
                    0
                }
            })
            .sum();
        while pages > MOST_PAGES {
            let oldest = self.parts.iter_mut().filter_map(|part| match part {
                Part::Paged(shelf) => shelf.oldest_use().map(|(used, place)| (used, place, shelf)),
                Part::Merged(_) => None,
            });
            let Some((_, place, shelf)) =
                oldest.min_by_key(|(used, place, _)| (*used, std::cmp::Reverse(*place)))
            else {
                return;
            };
            shelf.evict(place);
            pages -= 1;
        }
    }

    /// Forget the requests that `unwanted` names, and say so to whoever carries them out.
    pub(super) fn cancel(&mut self, unwanted: impl Fn(&Pending) -> bool) -> Vec<Effect> {
        let gone: BTreeMap<RequestId, Pending> = self
            .pending
            .extract_if(.., |_, pending| unwanted(pending))
            .collect();
        gone.into_keys().map(Effect::Cancel).collect()
    }

    /// A page that was asked for ahead of need, and is needed now, must not wait behind counts: it is asked for anew.
    fn overtake(&mut self, wishes: &[Wish]) -> Vec<Effect> {
        if !self
            .pending
            .values()
            .any(|pending| pending.priority == Priority::Count)
        {
            return Vec::new();
        }
        self.cancel(|pending| {
            pending.priority == Priority::Prefetch
                && wishes.iter().any(|wish| {
                    wish.priority == Priority::Visible
                        && wish.part == pending.part
                        && wish.places.start < pending.serves.end
                        && pending.serves.start < wish.places.end
                })
        })
    }

    fn wishes(&mut self) -> Vec<Wish> {
        let mut wishes = Vec::new();
        // While former rows are shown, the reader's place says nothing of the new list: its first screen is what matters.
        let top = if self.former.is_some() {
            0
        } else {
            self.look.top
        };
        let height = self.look.height.max(1);
        let ahead = height.max(PAGE);
        self.rows(top..top + height, Priority::Visible, &mut wishes);
        self.goal_wishes(&mut wishes);
        if self.own_len() < top + height + ahead {
            let near = self.own_len() <= top + height;
            self.onward(
                if near {
                    Priority::Visible
                } else {
                    Priority::Prefetch
                },
                &mut wishes,
            );
        }
        self.rows(
            top + height..top + height + ahead,
            Priority::Prefetch,
            &mut wishes,
        );
        self.rows(
            top.saturating_sub(ahead)..top,
            Priority::Prefetch,
            &mut wishes,
        );
        self.need_wishes(&mut wishes);
        let tick = self.tick;
        for wish in &wishes {
            if let Some(Part::Paged(shelf)) = self.parts.get_mut(wish.part) {
                shelf.touch(wish.places.clone(), tick);
            }
        }
        wishes
    }

    /// [`History::len`] of this plan, whatever is shown.
    pub(super) fn own_len(&self) -> usize {
        let mut rows = 0;
        for part in &self.parts {
            rows += part.reach();
            if part.count().is_none() {
                break;
            }
        }
        rows
    }

    /// Rows by number become places in windows.
    pub(super) fn rows(&self, rows: Range<usize>, priority: Priority, wishes: &mut Vec<Wish>) {
        let mut base = 0;
        for (part, shelf) in self.parts.iter().enumerate() {
            let end = base + shelf.reach();
            let (from, to) = (rows.start.max(base), rows.end.min(end));
            if from < to {
                wishes.push(Wish {
                    part,
                    places: from - base..to - base,
                    priority,
                });
            }
            let Some(count) = shelf.count() else { break };
            base += count;
        }
    }

    /// The reader comes near the end of what is known: the first window that is not counted goes on.
    pub(super) fn onward(&self, priority: Priority, wishes: &mut Vec<Wish>) {
        let uncounted = self
            .parts
            .iter()
            .enumerate()
            .filter(|(_, part)| part.count().is_none());
        for (at, (part, shelf)) in uncounted.take(AHEAD).enumerate() {
            let reach = shelf.reach();
            if at > 0 && (reach > 0 || self.modes.totals != Totals::Absent) {
                break;
            }
            let priority = if at == 0 {
                priority
            } else {
                Priority::Prefetch
            };
            wishes.push(Wish {
                part,
                places: reach..reach + 1,
                priority,
            });
            if reach > 0 {
                break;
            }
        }
    }

    /// The requests that a wish still lacks.
    fn missing(&self, wish: &Wish) -> Vec<(Pending, Limit)> {
        let under_way = |part: usize| {
            self.pending
                .values()
                .filter(move |pending| pending.part == part)
        };
        let shelf = match self.parts.get(wish.part) {
            Some(Part::Paged(shelf)) => shelf,
            Some(Part::Merged(merged)) => {
                if wish.places.end <= merged.rows().len() || merged.count().is_some() {
                    return Vec::new();
                }
                let steps = merged.steps().into_iter().map(|(side, way)| {
                    let serves = wish.places.clone();
                    (
                        Pending {
                            part: wish.part,
                            want: Want::Side(side),
                            way,
                            serves,
                            priority: wish.priority,
                        },
                        Limit::MOST,
                    )
                });
                return steps
                    .filter(|(new, _)| {
                        !under_way(wish.part).any(|pending| pending.want == new.want)
                    })
                    .collect();
            }
            None => return Vec::new(),
        };
        if let Some(Goal::Recording { added, .. }) = &self.goal
            && self.modes.totals == Totals::Given
            && shelf.window().range().contains(*added)
            && wish.priority == Priority::Visible
            && wish.places == (0..shelf.reach())
        {
            let asked = under_way(wish.part)
                .any(|pending| matches!(pending.want, Want::Guess { at, .. } if at == *added));
            let Some(window) = shelf.window().until(*added, true).filter(|_| !asked) else {
                return Vec::new();
            };
            let way = Way {
                window,
                start: Start::FIRST,
            };
            let want = Want::Guess {
                at: *added,
                place: 0,
            };
            return vec![(
                Pending {
                    part: wish.part,
                    want,
                    way,
                    serves: wish.places.clone(),
                    priority: wish.priority,
                },
                Limit::MOST,
            )];
        }
        let mut new: Vec<(Pending, Limit)> = Vec::new();
        let mut place = wish.places.start;
        while place < wish.places.end {
            let served = |pending: &Pending| {
                !matches!(pending.want, Want::Count) && pending.serves.contains(&place)
            };
            if shelf.row(place).is_some()
                || under_way(wish.part).any(served)
                || new.iter().any(|(pending, _)| served(pending))
            {
                place += 1;
                continue;
            }
            let (want, way, serves) = match shelf.step(place, self.modes) {
                Step::Page { way, place: first } => {
                    let serves = first..(first + PAGE).max(place + 1);
                    (Want::Page { place: first }, way, serves)
                }
                Step::Guess { way, at } => {
                    let serves = place.saturating_sub(PAGE)..place + PAGE;
                    (Want::Guess { at, place }, way, serves)
                }
            };
            // Offsets are tried once before many jumps are made by them: where they are ignored, each would be wasted.
            let trying = self.modes.offsets == Offsets::Untried
                && matches!(way.start, Start::Offset(offset) if offset > 0);
            let tried = trying
                && self
                    .pending
                    .values()
                    .chain(new.iter().map(|(pending, _)| pending))
                    .any(
                        |pending| matches!(pending.way.start, Start::Offset(offset) if offset > 0),
                    );
            // One guess at a time: where it lands, or where a walk is leading already, the neighbours are near.
            let rival = |pending: &Pending| match pending.want {
                Want::Guess { .. } => pending.priority <= wish.priority,
                Want::Page { .. } => {
                    place >= pending.serves.end && place - pending.serves.end <= 3 * PAGE
                }
                Want::Count | Want::Side(_) | Want::Arrivals => false,
            };
            let guessing = matches!(want, Want::Guess { .. })
                && (under_way(wish.part).any(rival)
                    || new.iter().any(|(pending, _)| rival(pending)));
            let asked = |pending: &Pending| pending.way == way && pending.want != Want::Count;
            let asked =
                under_way(wish.part).any(asked) || new.iter().any(|(pending, _)| asked(pending));
            if !tried && !guessing && !asked {
                new.push((
                    Pending {
                        part: wish.part,
                        want,
                        way,
                        serves: serves.clone(),
                        priority: wish.priority,
                    },
                    Limit::MOST,
                ));
            }
            place = serves.end.max(place + 1);
        }
        new
    }

    pub(super) fn send(&mut self, pending: Pending, limit: Limit, ids: &mut Ids) -> Effect {
        let request = ids.request();
        let filter = match (&self.plan.either, pending.want) {
            (Some(number), Want::Side(Side::From)) => Filter {
                from_number: Some(number.clone()),
                ..self.plan.filter.clone()
            },
            (Some(number), Want::Side(Side::To)) => Filter {
                to_number: Some(number.clone()),
                ..self.plan.filter.clone()
            },
            _ => self.plan.filter.clone(),
        };
        let page = PageRequest {
            query: RecordingQuery {
                filter,
                span: Span::Added(pending.way.window),
            },
            start: pending.way.start.clone(),
            limit,
        };
        let priority = pending.priority;
        self.pending.insert(request, pending);
        Effect::FetchPage {
            request,
            page,
            priority,
        }
    }
}
