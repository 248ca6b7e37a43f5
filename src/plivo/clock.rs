//! By how much the API's clock differs from this machine's.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

/// A difference smaller than this may be the way of the answer and the fraction that `Date` leaves out.
const LEAST: TimeDelta = TimeDelta::seconds(10);
/// A clock further off than this is no clock: the range that is asked for would be nonsense.
const MOST: TimeDelta = TimeDelta::days(366);

/// What the `Date` of the answers tells.
#[derive(Debug)]
pub(super) struct Clock {
    ahead: watch::Sender<TimeDelta>,
}

impl Clock {
    /// Nothing is known yet: both are taken to show the same.
    pub(super) fn new() -> Self {
        Self {
            ahead: watch::Sender::new(TimeDelta::zero()),
        }
    }

    /// An answer came at `now` by this machine's clock, with this `Date`.
    pub(super) fn heard(&self, date: Option<&str>, now: DateTime<Utc>) {
        let Some(there) = date.and_then(|date| DateTime::parse_from_rfc2822(date.trim()).ok())
        else {
            return;
        };
        let ahead = there.to_utc().signed_duration_since(now);
        let ahead = match ahead.abs() {
            size if size > MOST => return,
            size if size < LEAST => TimeDelta::zero(),
            _ => ahead,
        };
        self.ahead.send_if_modified(|known| {
            let other = (ahead - *known).abs() >= LEAST;
            if other {
                *known = ahead;
            }
            other
        });
    }

    /// What the API's clock shows more than this machine's; negative where it shows less.
    pub(super) fn ahead(&self) -> watch::Receiver<TimeDelta> {
        self.ahead.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(dates: &[&str]) -> i64 {
        let now = "2026-11-25T12:00:00Z".parse().unwrap();
        let clock = Clock::new();
        for date in dates {
            clock.heard(Some(date), now);
        }
        clock.ahead().borrow().num_seconds()
    }

    #[test]
    fn a_clock_that_differs_is_known_by_the_date_of_an_answer() {
        assert_eq!(told(&["Wed, 25 Nov 2026 18:00:00 GMT"]), 6 * 3600);
        assert_eq!(told(&["Wed, 25 Nov 2026 11:58:00 GMT"]), -120);
        // The latest counts, and small steps are not worth a word.
        let dates = [
            "Wed, 25 Nov 2026 18:00:00 GMT",
            "Wed, 25 Nov 2026 18:00:09 GMT",
        ];
        assert_eq!(told(&dates), 6 * 3600);
        let put_right = [
            "Wed, 25 Nov 2026 18:00:00 GMT",
            "Wed, 25 Nov 2026 12:00:00 GMT",
        ];
        assert_eq!(told(&put_right), 0);
    }

    #[test]
    fn what_is_no_clock_tells_nothing() {
        for date in [
            "",
            "soon",
            "Wed, 25 Nov 2026 12:00:09 GMT",
            "Fri, 01 Jan 2100 00:00:00 GMT",
            "Thu, 01 Jan 1970 00:00:00 GMT",
        ] {
            assert_eq!(told(&[date]), 0, "{date:?}");
        }
    }
}
