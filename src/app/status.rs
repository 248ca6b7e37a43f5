//! The line at the foot of the screen while there is something to say.

use std::time::{Duration, Instant};

use super::deliveries::What;
use super::history::Goal;
use super::keymap::label;
use super::notice::Kind;
use super::queue::Queue;
use crate::plivo::Error;

use super::{App, Now, words};

/// Waiting is not worth a sign before this has passed.
pub const PATIENCE: Duration = Duration::from_millis(150);

/// One line. Both parts are masked; neither is safe to print yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub kind: Kind,
    pub text: String,
    /// Which key helps: kept when the text has to be cut.
    pub help: String,
    /// When the line says something else by itself.
    pub until: Option<Instant>,
}

impl App {
    /// What there is to say now, the most pressing first; `None` leaves the place to the hints.
    pub fn status(&self, now: Now) -> Option<Line> {
        self.lead_line()
            .or_else(|| self.notice_line(now))
            .or_else(|| self.unlogged_line())
            .or_else(|| self.opening_line())
            .or_else(|| self.error_line())
            .or_else(|| self.undelivered_line())
            .or_else(|| self.throttle_line(now))
            .or_else(|| self.goal_line(now))
            .or_else(|| self.callback_line(now))
            .or_else(|| self.draw_line())
            .or_else(|| self.reach_line())
            .or_else(|| self.unlisted_line())
    }

    /// It stays for as long as that is so: a list that lacks rows must not look like a whole one.
    fn unlisted_line(&self) -> Option<Line> {
        let missing = self.history.as_ref()?.unlisted();
        let text = match missing {
            0 => return None,
            1 => "the server counts a recording more than it lists".to_owned(),
            _ => {
                let missing = words::count(missing as u64);
                format!("the server counts {missing} recordings more than it lists")
            }
        };
        Some(line(
            Kind::Trouble,
            text,
            &self.keymap.spell("{refresh} asks again"),
        ))
    }

    /// How far a range is whose rows are coming.
    fn reach_line(&self) -> Option<Line> {
        let words = self.reach_words()?;
        Some(line(Kind::Info, words, "Esc gives it up"))
    }

    fn lead_line(&self) -> Option<Line> {
        let lead = self.lead?;
        let after: Vec<_> = self
            .keymap
            .after(self.focus.context(), lead)
            .filter_map(|(key, action)| {
                Some(format!("{} {}", label(key), action.description()?.short))
            })
            .collect();
        Some(line(
            Kind::Info,
            format!("{} …  {}", label(lead), after.join("   ")),
            "",
        ))
    }

    fn notice_line(&self, now: Now) -> Option<Line> {
        let notice = self.notices.current(now.mono)?;
        let text = self.mask.text(&notice.text);
        Some(Line {
            kind: notice.kind,
            text,
            help: String::new(),
            until: Some(notice.until),
        })
    }

    /// A token may come from a program that takes its time.
    fn opening_line(&self) -> Option<Line> {
        let name = self.mask.account(&self.opening.as_ref()?.name);
        let text = format!("waiting for the token of {name} …");
        Some(line(
            Kind::Info,
            text,
            &self.keymap.spell("{back} gives it up"),
        ))
    }

    /// Only while something waits for it: what has failed goes on by a key, and says so itself.
    fn throttle_line(&self, now: Now) -> Option<Line> {
        let left = self
            .throttled?
            .checked_duration_since(now.mono)
            .filter(|left| !left.is_zero())?;
        let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        let text = format!("rate limit used up: going on in {seconds} s");
        let next = left - Duration::from_secs(seconds - 1);
        let help = match self.rows().is_empty() {
            true => "",
            false => "the rows stay",
        };
        Some(Line {
            until: Some(now.mono + next),
            ..line(Kind::Trouble, text, help)
        })
    }

    /// It stays for as long as that is so: nobody is to listen unlogged without knowing.
    fn unlogged_line(&self) -> Option<Line> {
        let trouble = self.unlogged.as_ref()?;
        let text = format!("what you hear is not logged: {trouble}");
        Some(line(Kind::Trouble, self.mask.text(&text), ""))
    }

    fn error_line(&self) -> Option<Line> {
        let in_list = || self.history.as_ref()?.error();
        let error = self
            .queue
            .as_ref()
            .and_then(Queue::error)
            .or_else(in_list)?;
        let words::Failure { what, help } = words::failure(error);
        Some(line(
            Kind::Trouble,
            self.mask.text(&what),
            &self.keymap.spell(help),
        ))
    }

    /// The details have a line of their own for what failed; that answers do not come by callback concerns all that is asked.
    fn undelivered_line(&self) -> Option<Line> {
        let error = self.detail.error()?;
        matches!(error, Error::NotDelivered { .. } | Error::Reported { .. }).then(|| {
            let words::Failure { what, help } = words::failure(error);
            line(
                Kind::Trouble,
                self.mask.text(&what),
                &self.keymap.spell(help),
            )
        })
    }

    /// How far the page has come that the reader waits for.
    fn callback_line(&self, now: Now) -> Option<Line> {
        let since = self.history.as_ref()?.waiting_since()?;
        let words = self.deliveries.waiting(&What::Page)?;
        let seen = since + PATIENCE;
        Some(match now.mono < seen {
            true => Line {
                until: Some(seen),
                ..line(Kind::Info, String::new(), "")
            },
            false => line(Kind::Info, words, ""),
        })
    }

    fn draw_line(&self) -> Option<Line> {
        let words = self.draw.as_ref()?.words(self.history.as_ref()?);
        Some(line(Kind::Info, words, ""))
    }

    fn goal_line(&self, now: Now) -> Option<Line> {
        let history = self.history.as_ref()?;
        let goal = history.goal().filter(|_| self.awaited.is_some())?;
        let since = history.waiting_since()?;
        let seen = since + PATIENCE;
        if now.mono < seen {
            return Some(Line {
                until: Some(seen),
                ..line(Kind::Info, String::new(), "")
            });
        }
        let text = match goal {
            Goal::End => {
                let (counted, all) = history.counted();
                format!("on the way to the oldest row: {counted} of {all} windows counted …")
            }
            Goal::Row(row) => format!("on the way to row {} …", words::count(*row as u64 + 1)),
            Goal::Recording { .. } => "looking for the same recording in the new list …".into(),
        };
        Some(line(Kind::Info, text, ""))
    }
}

fn line(kind: Kind, text: String, help: &str) -> Line {
    Line {
        kind,
        text,
        help: help.into(),
        until: None,
    }
}
