//! Which recordings a page holds, and the links to its neighbours, in each of the three paging modes (api.md).

use url::form_urlencoded;

use super::account::View;
use super::filter::{Refusal, Selection};
use super::ident::{Ids, Kind};

/// Rows a page, unless asked for less; also the most there are.
const MOST: u64 = 20;

/// How the list call pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Paging {
    /// By counting; a cursor means nothing.
    Offset,
    /// By cursors; an offset that is sent is ignored.
    Cursor,
    /// By cursors; an offset that is sent counts, and wins over a cursor beside it.
    Hybrid,
}

/// Where a page starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Offset(u64),
    /// Rows older than this ordinal.
    Below(u64),
    /// The rows just newer than this ordinal.
    Above(u64),
}

/// The part of a request that is about paging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) limit: u64,
    place: Place,
    /// What `meta.offset` says.
    pub(super) offset: u64,
}

impl Turn {
    /// Reads `limit`, `offset` and `cursor` as the mode has them.
    ///
    /// # Errors
    /// Numbers out of range, and cursors that this account never gave out.
    pub(super) fn read(
        paging: Paging,
        pairs: &[(String, String)],
        ids: Ids,
    ) -> Result<Self, Refusal> {
        let given = |wanted| {
            pairs
                .iter()
                .rev()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.as_str())
        };
        let limit = match given("limit") {
            None => MOST,
            Some(text) => text
                .parse()
                .ok()
                .filter(|limit| (1..=MOST).contains(limit))
                .ok_or_else(|| Refusal(format!("limit must be 1 to {MOST}, not {text:?}")))?,
        };
        let offset = given("offset")
            .map(|text| {
                text.parse::<u64>().map_err(|_| {
                    Refusal(format!(
                        "offset must be a whole number of 0 or more, not {text:?}"
                    ))
                })
            })
            .transpose()?;
        let cursor = given("cursor").filter(|text| !text.is_empty());
        let place = match (paging, offset, cursor) {
            (Paging::Offset, offset, _) | (Paging::Hybrid, offset, None) => {
                Place::Offset(offset.unwrap_or(0))
            }
            (Paging::Hybrid, Some(offset), _) => Place::Offset(offset),
            (Paging::Cursor, _, None) => Place::Offset(0),
            (Paging::Cursor, _, Some(cursor)) | (Paging::Hybrid, None, Some(cursor)) => {
                read_cursor(ids, cursor)
                    .ok_or_else(|| Refusal("cursor is not one of this list".to_owned()))?
            }
        };
        let offset = match place {
            Place::Offset(offset) => offset,
            Place::Below(_) | Place::Above(_) => 0,
        };
        Ok(Self {
            limit,
            place,
            offset,
        })
    }

    /// The same turn for the first page: what a server does that ignores the place it was asked for.
    pub(super) fn at_the_start(self) -> Self {
        Self {
            place: Place::Offset(0),
            ..self
        }
    }
}

/// A cursor hides an ordinal and a direction.
fn cursor(ids: Ids, place: Place) -> Option<String> {
    let n = match place {
        Place::Offset(_) => return None,
        Place::Below(ordinal) => ordinal << 1,
        Place::Above(ordinal) => (ordinal << 1) | 1,
    };
    Some(ids.uuid(Kind::Cursor, n).replace('-', ""))
}

fn read_cursor(ids: Ids, text: &str) -> Option<Place> {
    let part = |range: std::ops::Range<usize>| text.get(range);
    let uuid = [
        part(0..8)?,
        part(8..12)?,
        part(12..16)?,
        part(16..20)?,
        text.get(20..)?,
    ]
    .join("-");
    let n = ids.read_uuid(Kind::Cursor, &uuid)?;
    Some(if n & 1 == 0 {
        Place::Below(n >> 1)
    } else {
        Place::Above(n >> 1)
    })
}

/// One page of ordinals, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) ordinals: Vec<u64>,
    /// Matches of the whole query.
    pub(super) total: u64,
    newer: bool,
    older: bool,
}

impl Page {
    /// Finds the page. A selection that is a plain range costs the same wherever the page lies.
    pub(super) fn find(view: &View<'_>, selection: &Selection, turn: Turn) -> Self {
        if selection.is_range() {
            Self::in_range(view, selection, turn)
        } else {
            Self::by_looking(view, selection, turn)
        }
    }

    fn in_range(view: &View<'_>, selection: &Selection, turn: Turn) -> Self {
        let (low, high) = (selection.low, selection.high.max(selection.low));
        let total = view.count(low, high);
        let top = match turn.place {
            Place::Offset(offset) => view.skip_down(low, high, offset.min(total)),
            Place::Below(ordinal) => ordinal.clamp(low, high),
            Place::Above(ordinal) => {
                let newer = view.count(ordinal.saturating_add(1).clamp(low, high), high);
                view.skip_down(low, high, newer.saturating_sub(turn.limit))
            }
        };
        let ordinals: Vec<u64> = (low..top)
            .rev()
            .filter(|&ordinal| view.exists(ordinal))
            .take(turn.limit as usize)
            .collect();
        let newer = view.count(top, high);
        Self {
            newer: newer > 0,
            older: newer + (ordinals.len() as u64) < total,
            ordinals,
            total,
        }
    }

    fn by_looking(view: &View<'_>, selection: &Selection, turn: Turn) -> Self {
        let catalogue = view.catalogue();
        let mut page = Self {
            ordinals: Vec::new(),
            total: 0,
            newer: false,
            older: false,
        };
        let limit = turn.limit as usize;
        for ordinal in (selection.low..selection.high).rev() {
            if !selection.lets(catalogue, ordinal) || !view.exists(ordinal) {
                continue;
            }
            let before = match turn.place {
                Place::Offset(offset) => page.total < offset,
                Place::Below(bound) => ordinal >= bound,
                Place::Above(_) => false,
            };
            page.total += 1;
            match turn.place {
                _ if before => page.newer = true,
                // Of all that are newer than the bound, the page wants the last ones.
                Place::Above(bound) if ordinal > bound => {
                    if page.ordinals.len() == limit {
                        page.ordinals.remove(0);
                        page.newer = true;
                    }
                    page.ordinals.push(ordinal);
                }
                Place::Above(_) => page.older = true,
                _ if page.ordinals.len() < limit => page.ordinals.push(ordinal),
                _ => page.older = true,
            }
        }
        page
    }

    /// The relative links to the next and to the previous page: path, filters, then the place.
    pub(super) fn links(
        &self,
        paging: Paging,
        turn: Turn,
        path: &str,
        pairs: &[(String, String)],
        ids: Ids,
    ) -> (Option<String>, Option<String>) {
        let link = |name: &str, place: String| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(
                pairs
                    .iter()
                    .filter(|(name, _)| !matches!(name.as_str(), "limit" | "offset" | "cursor")),
            );
            query.append_pair("limit", &turn.limit.to_string());
            query.append_pair(name, &place);
            format!("{path}?{}", query.finish())
        };
        if paging == Paging::Offset {
            let next = self
                .older
                .then(|| link("offset", (turn.offset + turn.limit).to_string()));
            let back = turn.offset.saturating_sub(turn.limit).to_string();
            return (next, (turn.offset > 0).then(|| link("offset", back)));
        }
        let to = |wanted: bool, place: Option<Place>| {
            place
                .filter(|_| wanted)
                .and_then(|place| cursor(ids, place))
                .map(|text| link("cursor", text))
        };
        (
            to(self.older, self.ordinals.last().copied().map(Place::Below)),
            to(self.newer, self.ordinals.first().copied().map(Place::Above)),
        )
    }
}
