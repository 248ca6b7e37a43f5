//! Which part of which recording: `ID@1:10-1:40`.

use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

use crate::app::moment::{self, Mistake, Moment};
use crate::plivo::RecordingId;

/// A part of a recording that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) id: RecordingId,
    pub(super) range: Range<Duration>,
}

/// Why text names no part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoPart {
    #[error(
        "a recording and two times are needed, like 8d5cd396-4f88-11e1-829f-5b9cbd2c7acd@1:10-1:40"
    )]
    Incomplete,
    #[error("{0}: two times are needed, like @1:10-1:40")]
    Moment(#[from] Mistake),
    #[error("it ends before it begins: the earlier time comes first")]
    Empty,
}

impl FromStr for Part {
    type Err = NoPart;

    fn from_str(text: &str) -> Result<Self, NoPart> {
        let (id, times) = text.trim().rsplit_once('@').ok_or(NoPart::Incomplete)?;
        // Documents make a dash of the minus.
        let (from, to) = times.split_once(['-', '–']).ok_or(NoPart::Incomplete)?;
        if id.is_empty() || from.trim().is_empty() || to.trim().is_empty() {
            return Err(NoPart::Incomplete);
        }
        let range = at(from)?..at(to)?;
        match range.is_empty() {
            true => Err(NoPart::Empty),
            false => Ok(Self {
                id: RecordingId::new(id),
                range,
            }),
        }
    }
}

/// A time from the start.
fn at(text: &str) -> Result<Duration, Mistake> {
    match moment::read(text)? {
        Moment::At(at) => Ok(at),
        Moment::Back(_) | Moment::Forward(_) | Moment::Fraction(_) => Err(Mistake::NotATime),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_an_id_and_two_times() {
        let part: Part = "8d5c-4f88@1:10-1:40.5".parse().unwrap();
        assert_eq!(part.id.as_str(), "8d5c-4f88");
        assert_eq!(
            part.range,
            Duration::from_secs(70)..Duration::from_millis(100_500)
        );
        assert!("x@0–1:00:00".parse::<Part>().is_ok());
    }

    #[test]
    fn what_is_none_is_explained() {
        for text in ["", "x", "x@", "x@1:00", "@1-2", "x@-30", "x@1:00-"] {
            assert_eq!(text.parse::<Part>(), Err(NoPart::Incomplete), "{text}");
        }
        assert_eq!("x@2-1".parse::<Part>(), Err(NoPart::Empty));
        assert_eq!("x@1-1".parse::<Part>(), Err(NoPart::Empty));
        for text in ["x@0-50%", "x@a-b", "x@1:75-2:00"] {
            assert!(
                matches!(text.parse::<Part>(), Err(NoPart::Moment(_))),
                "{text}"
            );
        }
    }
}
