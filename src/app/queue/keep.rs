//! A queue goes on at the next start: asked for with the same filter, size and seed, it is the same one, whatever was added or deleted
//! meanwhile.

use super::draw::Draw;
use super::{Item, Queue, Sample};
use crate::app::criteria::{Criteria, Edge};
use crate::app::words::count;
use crate::app::{App, Effect, Now};
use crate::plivo::RecordingId;
use crate::store::{self, Change, QueueKey, QueueRow, Told};

impl Queue {
    fn key(&self) -> QueueKey {
        key(self.sample, &self.criteria)
    }

    fn kept(&self) -> store::Queue {
        let row = |item: &Item| QueueRow {
            recording: item.id.clone(),
            done: item.heard,
        };
        store::Queue {
            key: self.key(),
            created: self.drawn,
            rows: self.items.iter().map(row).collect(),
        }
    }

    /// The queue as it was kept; its recordings are still to come.
    fn from_kept(sample: Sample, criteria: Criteria, kept: &store::Queue) -> Self {
        let item = |row: &QueueRow| Item {
            id: row.recording.clone(),
            recording: None,
            heard: row.done,
        };
        Self {
            items: kept.rows.iter().take(Sample::MOST).map(item).collect(),
            ..Self::new(sample, criteria, kept.created, Vec::new())
        }
    }
}

/// A queue is the same if it is asked for in the same words: `last 30 days` are others tomorrow.
fn key(sample: Sample, criteria: &Criteria) -> QueueKey {
    let edge = |name: &str, edge: &Edge| {
        let sign = if edge.inclusive { "=" } else { "" };
        (format!("{name}{sign}"), edge.text.trim().to_owned())
    };
    let mut words = vec![edge("from", &criteria.from), edge("to", &criteria.to)];
    let filters = criteria.filter.pairs().into_iter();
    words.extend(filters.map(|(name, value)| (name.to_owned(), value)));
    let either = criteria.either.clone();
    words.extend(either.map(|number| ("either_number".to_owned(), number)));
    QueueKey {
        seed: sample.seed,
        size: u32::try_from(sample.size).unwrap_or(u32::MAX),
        // JSON, so that no value can look like the next word.
        filter: serde_json::json!(words).to_string(),
    }
}

impl App {
    /// Begins what `--sample` asks for, once it is known what was kept: goes on with a queue, or draws one.
    pub(in crate::app) fn sample_on(&mut self, now: Now) -> Vec<Effect> {
        let Some(sample) = self.draw.as_ref().map(Draw::sample) else {
            return Vec::new();
        };
        if self.marks.is_opening() {
            return Vec::new();
        }
        let key = key(sample, &self.criteria);
        let kept = self.marks.queues().iter().find(|queue| queue.key == key);
        let Some(kept) = kept.filter(|kept| !kept.rows.is_empty()) else {
            return self.draw_on(now);
        };
        let queue = Queue::from_kept(sample, self.criteria.clone(), kept);
        self.draw = None;
        self.take_queue(queue);
        if let Some(progress) = self.progress(now) {
            let words = format!(
                "going on with the queue of {}: {} of {} are done",
                self.zone.date_at(self.listed().1),
                count(progress.done as u64),
                count(progress.of as u64)
            );
            self.notices.info(words, now.mono);
        }
        Vec::new()
    }

    /// The file has opened, or cannot be: what waited for it goes on.
    pub(in crate::app) fn marks_are_told(&mut self, told: Told, now: Now) -> Vec<Effect> {
        let opened = self.marks.is_opening() && matches!(told, Told::Opened(_));
        self.marks_told(told, now);
        let mut effects = match opened {
            true => self.take_choices(),
            false => Vec::new(),
        };
        effects.extend(self.sample_on(now));
        effects
    }

    /// Keeps the queue as it is.
    pub(super) fn keep_queue(&mut self) -> Vec<Effect> {
        let Some(kept) = self.queue.as_ref().map(Queue::kept) else {
            return Vec::new();
        };
        self.remember(Change::Queue(kept))
    }

    /// A recording was heard to its end.
    pub(in crate::app) fn heard_out(&mut self, id: &RecordingId) -> Vec<Effect> {
        let Some(queue) = &mut self.queue else {
            return Vec::new();
        };
        if !queue.hear(id) {
            return Vec::new();
        }
        let change = Change::QueueRow {
            queue: queue.key(),
            row: QueueRow {
                recording: id.clone(),
                done: true,
            },
        };
        self.remember(change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(criteria: &Criteria) -> String {
        key(Sample { size: 50, seed: 7 }, criteria).filter
    }

    #[test]
    fn the_same_words_are_the_same_queue_and_others_another() {
        let month = Criteria::last_30_days();
        assert_eq!(filter(&month), filter(&month.clone()));
        let mut others = vec![Criteria::all_time()];
        let changes: [fn(&mut Criteria); 5] = [
            |criteria| criteria.filter.call_uuid = Some("a".into()),
            |criteria| criteria.filter.from_number = Some("+14155550100".into()),
            |criteria| criteria.either = Some("+14155550100".into()),
            |criteria| criteria.from.inclusive ^= true,
            |criteria| criteria.to.text = "yesterday".into(),
        ];
        for change in changes {
            let mut other = month.clone();
            change(&mut other);
            others.push(other);
        }
        let mut keys: Vec<_> = others.iter().map(filter).collect();
        keys.push(filter(&month));
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 7);
    }

    #[test]
    fn no_value_can_look_like_another_filter() {
        let mut one = Criteria::last_30_days();
        one.filter.call_uuid = Some("a\",\"conference_name\",\"b".into());
        let mut two = Criteria::last_30_days();
        two.filter.call_uuid = Some("a".into());
        two.filter.conference_name = Some("b".into());
        assert_ne!(filter(&one), filter(&two));
    }
}
