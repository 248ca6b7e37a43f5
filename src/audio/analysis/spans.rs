//! Sets of stretches of time: ascending, apart from each other, none empty.

use std::ops::Range;

pub(super) type Span = Range<u64>;

/// All of them together.
pub(super) fn total(spans: &[Span]) -> u64 {
    spans.iter().map(|span| span.end - span.start).sum()
}

/// Where both are.
pub(super) fn both(a: &[Span], b: &[Span]) -> Vec<Span> {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut out = Vec::new();
    while let (Some(left), Some(right)) = (a.peek(), b.peek()) {
        let (start, end) = (left.start.max(right.start), left.end.min(right.end));
        if start < end {
            out.push(start..end);
        }
        if left.end <= right.end {
            a.next();
        } else {
            b.next();
        }
    }
    out
}

/// Where either is.
pub(super) fn either(a: &[Span], b: &[Span]) -> Vec<Span> {
    let mut all: Vec<Span> = a.iter().chain(b).cloned().collect();
    all.sort_by_key(|span| span.start);
    joined(&all, 0)
}

/// Ascending spans, those of them made one that are no more than `gap` apart.
pub(super) fn joined(spans: &[Span], gap: u64) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        match out.last_mut() {
            Some(last) if span.start <= last.end.saturating_add(gap) => {
                last.end = last.end.max(span.end);
            }
            _ => out.push(span.clone()),
        }
    }
    out
}

/// What is in `all` and not in `taken`.
pub(super) fn without(all: &[Span], taken: &[Span]) -> Vec<Span> {
    let mut out = Vec::new();
    let mut taken = taken.iter().peekable();
    for span in all {
        let mut start = span.start;
        while let Some(hole) = taken.peek().filter(|hole| hole.start < span.end) {
            if hole.start > start {
                out.push(start..hole.start);
            }
            start = start.max(hole.end);
            if hole.end > span.end {
                break;
            }
            taken.next();
        }
        if start < span.end {
            out.push(start..span.end);
        }
    }
    out
}

pub(super) fn longest(spans: &[Span]) -> Option<Span> {
    // Of equal ones the first.
    let all = spans.iter().rev();
    all.max_by_key(|span| span.end - span.start).cloned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spans() -> impl Strategy<Value = Vec<Span>> {
        prop::collection::vec((1_u64..9, 1_u64..9), 0..12).prop_map(|steps| {
            let mut at = 0;
            let span = |(gap, len): (u64, u64)| {
                let start = at + gap;
                at = start + len;
                start..at
            };
            steps.into_iter().map(span).collect()
        })
    }

    fn has(spans: &[Span], at: u64) -> bool {
        spans.iter().any(|span| span.contains(&at))
    }

    proptest! {
        #[test]
        fn every_moment_is_where_the_words_say(a in spans(), b in spans()) {
            let (both, either, without) = (both(&a, &b), either(&a, &b), without(&a, &b));
            for at in 0..220 {
                let (left, right) = (has(&a, at), has(&b, at));
                prop_assert_eq!(has(&both, at), left && right);
                prop_assert_eq!(has(&either, at), left || right);
                prop_assert_eq!(has(&without, at), left && !right, "{}", at);
            }
            prop_assert_eq!(total(&a), total(&both) + total(&without));
        }
    }

    #[test]
    fn near_ones_are_joined_and_the_longest_is_found() {
        let spans = [0..2, 4..5, 9..11];
        assert_eq!(joined(&spans, 2), [0..5, 9..11]);
        assert_eq!(longest(&spans), Some(0..2));
        assert_eq!(longest(&[]), None);
    }
}
