//! Which ids were answered lately.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// More than this are not remembered: the oldest is forgotten, and its delivery would count as new.
const MOST: usize = 8_192;

/// Ids that were answered, the last ones of them.
#[derive(Debug, Default)]
pub(super) struct Seen {
    ids: HashSet<Arc<str>>,
    order: VecDeque<Arc<str>>,
}

impl Seen {
    pub(super) fn contains(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// True when the id is new.
    pub(super) fn insert(&mut self, id: &str) -> bool {
        if self.contains(id) {
            return false;
        }
        let id: Arc<str> = id.into();
        self.ids.insert(Arc::clone(&id));
        self.order.push_back(id);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_and_only_that() {
        let mut seen = Seen::default();
        for n in 0..=MOST {
            assert!(seen.insert(&n.to_string()));
            assert!(!seen.insert(&n.to_string()));
        }
        assert!(!seen.contains("0") && seen.contains("1"));
        assert_eq!((seen.ids.len(), seen.order.len()), (MOST, MOST));
    }
}
