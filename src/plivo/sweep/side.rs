//! One query's slices, several of them under way, and their rows in order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::plan::{Found, Pending, SLICE_ROWS, Slice};
use super::slice::{Counting, Event, Number, Rows, Task};
use super::{Extent, oldest};
use crate::plivo::page::Limit;
use crate::plivo::query::Filter;
use crate::plivo::recording::Recording;
use crate::plivo::walk::{Pages, Walk, WalkError};

/// Pages of one slice that wait to be taken; then its task waits too.
const WAITING_PAGES: usize = 20;
/// Room for what tasks tell; they wait when it is full.
const WAITING_EVENTS: usize = 64;

/// How much may be under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Slices that are walked at a time.
    pub(super) lanes: usize,
    /// Rows that may be held or on their way.
    pub(super) held: u64,
}

#[derive(Debug)]
pub(super) struct Side<P> {
    pages: P,
    filter: Filter,
    limit: Limit,
    bounds: Bounds,
    /// Newest first.
    parts: VecDeque<Part>,
    tasks: JoinSet<()>,
    tell: mpsc::Sender<Event>,
    events: mpsc::Receiver<Event>,
    numbers: Number,
    /// Whether something changed that may let another slice begin.
    look: bool,
    /// Rows that may still be wanted.
    wanted: Option<u64>,
    /// Pages of slices that are done with.
    pages_done: u64,
    /// How dense the slice before those that are left was, for what is not known yet.
    before: Option<f64>,
    /// The most rows of any slice that is known.
    most: Option<u64>,
    /// Whether it was asked how far back there are recordings.
    asked_how_far: bool,
}

#[derive(Debug)]
enum Part {
    Pending(Pending),
    Running(Running),
}

#[derive(Debug)]
struct Running {
    number: Number,
    rows: mpsc::Receiver<Rows>,
    ready: VecDeque<Arc<Recording>>,
    expected: Option<u64>,
    /// Rows a second.
    density: Option<f64>,
    given: u64,
    pages: Arc<AtomicU64>,
    ended: bool,
}

impl<P: Pages + Clone + Send + Sync + 'static> Side<P> {
    pub(super) fn new(
        pages: P,
        filter: Filter,
        extent: Extent,
        limit: Limit,
        bounds: Bounds,
        wanted: Option<u64>,
    ) -> Self {
        let (tell, events) = mpsc::channel(WAITING_EVENTS);
        let mut side = Self {
            pages,
            filter,
            limit,
            bounds,
            parts: VecDeque::new(),
            tasks: JoinSet::new(),
            tell,
            events,
            numbers: 0,
            look: true,
            wanted,
            pages_done: 0,
            before: None,
            most: None,
            // Few rows are had before the answer is.
            asked_how_far: wanted.is_some(),
        };
        match extent {
            Extent::Added(range) => side.parts.push_back(Part::Pending(Pending::new(range))),
            Extent::Stored(days) => {
                let filter = side.filter.clone();
                let part = side.begin(None, |pages| Walk::stored(pages, filter, days));
                side.parts.push_back(Part::Running(part));
            }
        }
        side
    }

    /// The next row. After an error there is nothing more. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Option<Result<Arc<Recording>, WalkError>> {
        loop {
            while let Ok(event) = self.events.try_recv() {
                self.learn(event);
            }
            if std::mem::take(&mut self.look) {
                self.start_some();
            }
            let Some(Part::Running(head)) = self.parts.front_mut() else {
                return None;
            };
            if let Some(row) = head.ready.pop_front() {
                head.given += 1;
                self.wanted = self.wanted.map(|wanted| wanted.saturating_sub(1));
                // A row that left makes room; to look at each would be too often.
                self.look |= head.ready.is_empty();
                return Some(Ok(row));
            }
            tokio::select! {
                biased;
                rows = head.rows.recv() => match rows {
                    Some(Ok(rows)) => head.ready = rows.into(),
                    Some(Err(error)) => return Some(Err(self.give_up(error))),
                    None => if let Err(error) = self.retire() {
                        return Some(Err(self.give_up(error)));
                    },
                },
                Some(event) = self.events.recv() => self.learn(event),
            }
        }
    }

    fn give_up(&mut self, error: WalkError) -> WalkError {
        self.parts.clear();
        self.tasks.abort_all();
        error
    }

    /// The first slice has given all. What it told before it ended is taken in first: its rest stands behind it. An error where
    /// it never told that it ended, since its task panicked.
    fn retire(&mut self) -> Result<(), WalkError> {
        while let Ok(event) = self.events.try_recv() {
            self.learn(event);
        }
        if let Some(Part::Running(head)) = self.parts.pop_front() {
            if !head.ended {
                return Err(WalkError::Panicked);
            }
            self.pages_done += head.pages.load(Ordering::Relaxed);
            self.before = head.density.or(self.before);
        }
        self.look = true;
        Ok(())
    }

    fn learn(&mut self, event: Event) {
        self.look = true;
        match event {
            Event::Found(number, found) => {
                self.found(number, found);
                self.ask_how_far();
            }
            Event::NotBefore(at) => self.leave_out_before(at),
            Event::Ended(number) => {
                if let Some((_, slice)) = self.running(number) {
                    slice.ended = true;
                }
                while self.tasks.try_join_next().is_some() {}
            }
        }
    }

    fn found(&mut self, number: Number, found: Found) {
        let Some((at, slice)) = self.running(number) else {
            return;
        };
        slice.expected = Some(found.rows);
        slice.density = Some(found.density);
        self.most = self.most.max(Some(found.rows));
        match found.rest {
            Some(rest) => self.parts.insert(at + 1, Part::Pending(rest)),
            None => {
                if let Some(Part::Pending(next)) = self.parts.get_mut(at + 1) {
                    next.follow(found.density);
                }
            }
        }
    }

    /// Once the first page is there, which goes before.
    fn ask_how_far(&mut self) {
        let left = self.parts.iter().map(|part| match part {
            Part::Pending(pending) => pending.windows(),
            Part::Running(_) => 0,
        });
        if left.sum::<u64>() < oldest::WORTH_IT || std::mem::replace(&mut self.asked_how_far, true)
        {
            return;
        }
        let (pages, filter) = (self.pages.clone(), self.filter.clone());
        let tell = self.tell.clone();
        self.tasks.spawn(async move {
            if let Some(at) = oldest::not_before(pages, filter, Utc::now()).await {
                // Nobody may be listening any more.
                let _ = tell.send(Event::NotBefore(at)).await;
            }
        });
    }

    /// Slices that are under way come to their own ends.
    fn leave_out_before(&mut self, at: DateTime<Utc>) {
        self.parts = std::mem::take(&mut self.parts)
            .into_iter()
            .filter_map(|part| match part {
                Part::Pending(pending) => pending.not_before(at).map(Part::Pending),
                running => Some(running),
            })
            .collect();
    }

    fn running(&mut self, number: Number) -> Option<(usize, &mut Running)> {
        let mut parts = self.parts.iter_mut().enumerate();
        parts.find_map(|(at, part)| match part {
            Part::Running(slice) if slice.number == number => Some((at, slice)),
            _ => None,
        })
    }

    /// Begins slices, the newest first, as far as there is room.
    fn start_some(&mut self) {
        while self.has_room() {
            let first = self
                .parts
                .iter()
                .enumerate()
                .find_map(|(at, part)| match part {
                    Part::Pending(pending) => Some((at, *pending)),
                    Part::Running(_) => None,
                });
            let Some((at, pending)) = first else {
                return;
            };
            let Some((window, rest)) = pending.take() else {
                self.parts.remove(at);
                continue;
            };
            let filter = self.filter.clone();
            let slice = self.begin(Some(Slice::new(window)), |pages| {
                Walk::added(pages, filter, window.range())
            });
            if let Some(place) = self.parts.get_mut(at) {
                *place = Part::Running(slice);
            }
            if let Some(rest) = rest {
                self.parts.insert(at + 1, Part::Pending(rest));
            }
        }
    }

    fn has_room(&self) -> bool {
        let (mut lanes, mut held, mut coming) = (0, 0_u64, 0_u64);
        for part in &self.parts {
            let Part::Running(slice) = part else {
                continue;
            };
            lanes += usize::from(!slice.ended);
            let left = |unknown| {
                let expected = slice.expected.unwrap_or(unknown);
                expected.saturating_sub(slice.given)
            };
            // The server's own numbers.
            held = held.saturating_add(left(SLICE_ROWS));
            coming = coming.saturating_add(left(self.most.unwrap_or(SLICE_ROWS)));
        }
        let first = !matches!(self.parts.front(), Some(Part::Running(_)));
        first
            || (lanes < self.bounds.lanes
                && held.saturating_add(SLICE_ROWS) <= self.bounds.held
                && self.wanted.is_none_or(|wanted| coming < wanted))
    }

    fn begin(
        &mut self,
        slice: Option<Slice>,
        walk: impl FnOnce(Counting<P>) -> Walk<Counting<P>>,
    ) -> Running {
        self.numbers += 1;
        let (send, rows) = mpsc::channel(WAITING_PAGES);
        let done = Arc::new(AtomicU64::new(0));
        let counting = Counting {
            pages: self.pages.clone(),
            done: Arc::clone(&done),
        };
        let task = Task {
            number: self.numbers,
            walk: walk(counting).with_limit(self.limit),
            slice,
            most: self.wanted,
            rows: send,
            events: self.tell.clone(),
        };
        self.tasks.spawn(task.run());
        Running {
            number: self.numbers,
            rows,
            ready: VecDeque::new(),
            expected: None,
            density: None,
            given: 0,
            pages: done,
            ended: false,
        }
    }
}

impl<P> Side<P> {
    /// How far it has come.
    pub(super) fn far(&self) -> Far {
        let a_page = u64::from(self.limit.get());
        // What is not known is taken to be like what is next to it, on its newer side.
        let mut usual = self.before;
        let mut far = Far {
            pages: self.pages_done,
            more_pages: Some(0),
            more_rows: Some(0),
        };
        for part in &self.parts {
            let (pages, rows) = match part {
                Part::Running(slice) => {
                    let pages = slice.pages.load(Ordering::Relaxed);
                    far.pages += pages;
                    usual = slice.density.or(usual);
                    match slice.expected {
                        Some(rows) => {
                            let more = rows.div_ceil(a_page).saturating_sub(pages);
                            let more = if slice.ended { 0 } else { more };
                            (Some(more), Some(rows.saturating_sub(slice.given)))
                        }
                        None if slice.ended => (Some(0), Some(slice.ready.len() as u64)),
                        None => (usual.map(|_| 1), usual.map(|_| a_page)),
                    }
                }
                Part::Pending(pending) => {
                    let rows = pending.rows(usual);
                    let pages = rows.map(|rows| rows.div_ceil(a_page).max(pending.windows()));
                    (pages, rows)
                }
            };
            far.more_pages = added(far.more_pages, pages);
            far.more_rows = added(far.more_rows, rows);
        }
        far
    }
}

/// How far one query has come; what is still to come where enough is known to say.
pub(super) struct Far {
    pub(super) pages: u64,
    pub(super) more_pages: Option<u64>,
    /// Of those that were not given yet.
    pub(super) more_rows: Option<u64>,
}

/// The sum, where both are known.
pub(super) fn added(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    Some(one?.saturating_add(other?))
}
