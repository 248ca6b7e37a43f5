//! Telling the three paging modes apart by what comes back: the API announces none of them (api.md, rule 3).

use super::page::{Page, PageRequest, Start};
use super::recording::RecordingId;

/// How a server pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Paging {
    /// `meta.next` holds offsets, and offsets that are sent count.
    Offset,
    /// `meta.next` holds cursors, and an offset that is sent is ignored: a place is reached by walking or by time.
    Cursor,
    /// `meta.next` holds cursors, and offsets that are sent still count.
    Hybrid,
}

/// What the pages seen so far prove about the server's paging.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    next_is_cursor: Option<bool>,
    offsets_count: Option<bool>,
}

impl Evidence {
    /// Takes in one more page; `first_page_ids` are those of the same query's page at offset 0, where known.
    pub fn observe(
        &mut self,
        request: &PageRequest,
        page: &Page,
        first_page_ids: Option<&[RecordingId]>,
    ) {
        if let Some(next) = &page.meta.next {
            self.next_is_cursor = Some(matches!(next, Start::Cursor(_)));
        }
        if let Some(first) = first_page_ids {
            self.offsets_count = offset_honoured(request, page, first).or(self.offsets_count);
        }
    }

    /// The mode, once the evidence suffices: a cursor in `meta.next` alone does not tell `Cursor` from `Hybrid`.
    pub fn paging(&self) -> Option<Paging> {
        match (self.next_is_cursor, self.offsets_count) {
            (Some(false), _) => Some(Paging::Offset),
            (_, Some(false)) => Some(Paging::Cursor),
            (Some(true), Some(true)) => Some(Paging::Hybrid),
            _ => None,
        }
    }

    /// Whether a jump by offset is worth a try: only `false` once one was seen to fail.
    pub fn may_jump(&self) -> bool {
        self.offsets_count != Some(false)
    }
}

/// Whether `page` starts at the offset that `request` asked for. `None` when the request had none to honour, or the page
/// does not tell. `first_page_ids` are those of the same query's page at offset 0, in order.
///
/// `meta.offset` is believed only where it contradicts: a server that ignores an offset may still echo it, so that the
/// rows are the better witness.
pub fn offset_honoured(
    request: &PageRequest,
    page: &Page,
    first_page_ids: &[RecordingId],
) -> Option<bool> {
    let Start::Offset(asked @ 1..) = request.start else {
        return None;
    };
    if page.meta.offset.is_some_and(|used| used != asked) {
        return Some(false);
    }
    let skipped = usize::try_from(asked).unwrap_or(usize::MAX);
    for (row, id) in page.ids().enumerate() {
        if let Some(place) = first_page_ids.iter().position(|first| first == id) {
            return Some(place == skipped.saturating_add(row));
        }
    }
    if page.recordings.is_empty() {
        // Beyond the end is where an empty page belongs; elsewhere it says nothing.
        return (page.meta.total? <= asked).then_some(true);
    }
    // All rows are new ones. That is right beyond the first page; within it, rows should have been met again.
    (!first_page_ids.is_empty() && skipped >= first_page_ids.len()).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plivo::page::{Cursor, Meta};
    use crate::plivo::query::{DayBounds, Filter, RecordingQuery, Span};
    use crate::plivo::recording::Recording;
    use serde_json::json;
    use std::sync::Arc;

    fn ids(rows: std::ops::Range<u32>) -> Vec<RecordingId> {
        rows.map(|row| RecordingId::new(row.to_string())).collect()
    }

    fn page(rows: std::ops::Range<u32>, meta: Meta) -> Page {
        let rows = rows.map(|row| Arc::new(Recording::from_row(json!({"recording_id": row}))));
        Page {
            meta,
            recordings: rows.collect(),
            api_id: None,
        }
    }

    fn at(start: Start) -> PageRequest {
        let span = Span::Stored(DayBounds::Exactly(1));
        PageRequest {
            start,
            ..PageRequest::first(RecordingQuery {
                filter: Filter::default(),
                span,
            })
        }
    }

    fn said(offset: Option<u64>) -> Meta {
        Meta {
            offset,
            ..Meta::default()
        }
    }

    #[test]
    fn rows_tell_whether_an_offset_counted() {
        let first = ids(0..20);
        let honoured = |start, rows, meta| offset_honoured(&at(start), &page(rows, meta), &first);
        for echo in [None, Some(40)] {
            assert_eq!(honoured(Start::Offset(40), 40..60, said(echo)), Some(true));
            assert_eq!(honoured(Start::Offset(40), 0..20, said(echo)), Some(false));
        }
        assert_eq!(
            honoured(Start::Offset(40), 40..60, said(Some(0))),
            Some(false)
        );
        assert_eq!(honoured(Start::Offset(15), 15..35, said(None)), Some(true));
        assert_eq!(honoured(Start::Offset(15), 14..34, said(None)), Some(false));
        assert_eq!(honoured(Start::Offset(15), 60..80, said(None)), None);
        assert_eq!(honoured(Start::FIRST, 0..20, said(Some(0))), None);
        assert_eq!(
            honoured(Start::Cursor(Cursor::new("c")), 20..40, said(None)),
            None
        );
    }

    #[test]
    fn an_empty_page_tells_only_beyond_the_end() {
        let first = ids(0..20);
        let total = |total| Meta {
            total,
            ..Meta::default()
        };
        let honoured = |meta| offset_honoured(&at(Start::Offset(40)), &page(0..0, meta), &first);
        assert_eq!(honoured(total(Some(40))), Some(true));
        assert_eq!(honoured(total(Some(41))), None);
        assert_eq!(honoured(total(None)), None);
    }

    #[test]
    fn an_offset_beyond_the_machine_does_not_overflow() {
        let request = at(Start::Offset(u64::MAX));
        assert_eq!(
            offset_honoured(&request, &page(5..6, said(None)), &ids(0..20)),
            Some(false)
        );
    }

    #[test]
    fn modes_are_told_apart_by_what_came() {
        let first = ids(0..20);
        let cursor = |rows| {
            let next = Some(Start::Cursor(Cursor::new("c")));
            page(
                rows,
                Meta {
                    next,
                    ..Meta::default()
                },
            )
        };
        let offset = |rows| {
            let next = Some(Start::Offset(20));
            page(
                rows,
                Meta {
                    next,
                    ..Meta::default()
                },
            )
        };
        let mut evidence = Evidence::default();
        assert_eq!(evidence.paging(), None);
        evidence.observe(&at(Start::FIRST), &offset(0..20), None);
        assert_eq!(evidence.paging(), Some(Paging::Offset));

        for (came, paging, may_jump) in [
            (cursor(40..60), Paging::Hybrid, true),
            (cursor(0..20), Paging::Cursor, false),
        ] {
            let mut evidence = Evidence::default();
            evidence.observe(&at(Start::FIRST), &cursor(0..20), None);
            assert_eq!((evidence.paging(), evidence.may_jump()), (None, true));
            evidence.observe(&at(Start::Offset(40)), &came, Some(&first));
            assert_eq!(
                (evidence.paging(), evidence.may_jump()),
                (Some(paging), may_jump)
            );
        }
    }
}
