//! A moment of a recording as text that leads back to it: `callreel play ID@1:23.4`, for tickets and chats.
//!
//! It is pasted into shells, and ids are text from outside: [`Link::command`] quotes what a shell would take for more than text.

use std::time::Duration;

use super::moment::{self, Mistake, Moment};
use super::text::safe;
use super::{shell, words};
use crate::plivo::RecordingId;

/// A recording, and where to begin in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub id: RecordingId,
    pub moment: Moment,
}

/// Why text is no link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoLink {
    #[error("a recording's id is needed, like 8d5cd396-4f88-11e1-829f-5b9cbd2c7acd@1:23")]
    NoId,
    #[error("after the @: {0}")]
    Moment(#[from] Mistake),
}

/// The words before the link in what is copied.
const COMMAND: [&str; 2] = ["callreel", "play"];

impl Link {
    /// The moment `at` of the recording `id`.
    pub fn new(id: RecordingId, at: Duration) -> Self {
        let moment = Moment::At(at);
        Self { id, moment }
    }

    /// Reads `ID` or `ID@TIME`, also behind `callreel play`, as it was copied. Times are those of [`moment::read`].
    ///
    /// # Errors
    /// When there is no id, or no time behind the last `@`.
    pub fn read(text: &str) -> Result<Self, NoLink> {
        let (word, _) = Self::unwrapped(text);
        let (id, moment) = match word.rsplit_once('@') {
            Some((id, time)) => (id, moment::read(time)?),
            None => (word.as_str(), Moment::At(Duration::ZERO)),
        };
        match id.is_empty() {
            true => Err(NoLink::NoId),
            false => Ok(Self {
                id: RecordingId::new(id),
                moment,
            }),
        }
    }

    /// The same, of text that may be something else altogether: `None` unless it names a moment or begins as what is copied.
    pub fn pasted(text: &str) -> Option<Result<Self, NoLink>> {
        let (word, copied) = Self::unwrapped(text);
        if copied {
            return Some(Self::read(text));
        }
        let plain = word.contains('@') && !word.contains(char::is_whitespace);
        Self::read(&word).ok().filter(|_| plain).map(Ok)
    }

    /// What stands behind `callreel play` and its flags, out of its quotes; and whether that stood before it.
    fn unwrapped(text: &str) -> (String, bool) {
        let mut rest = text.trim();
        for word in COMMAND {
            match rest.strip_prefix(word) {
                Some(after) if after.starts_with(char::is_whitespace) => rest = after.trim_start(),
                _ => return (shell::unquoted(text.trim()), false),
            }
        }
        while let Some((flag, after)) = rest.split_once(char::is_whitespace)
            && flag.starts_with("--")
        {
            rest = after.trim_start();
        }
        (shell::unquoted(rest), true)
    }

    /// The command that plays from here, to be pasted into a shell; `demo` for the made-up account. A moment that is no
    /// time from the start is left out.
    pub fn command(&self, demo: bool) -> String {
        let mut word = safe(self.id.as_str()).into_owned();
        if let Moment::At(at) = self.moment {
            word.push('@');
            word.push_str(&words::clock(at));
        }
        let [program, command] = COMMAND;
        let demo = if demo { " --demo" } else { "" };
        // What begins with a dash would be a flag.
        let ends = if word.starts_with('-') { " --" } else { "" };
        format!("{program} {command}{demo}{ends} {}", shell::word(&word))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "8d5cd396-4f88-11e1-829f-5b9cbd2c7acd";

    fn link(id: &str, millis: u64) -> Link {
        Link::new(RecordingId::new(id), Duration::from_millis(millis))
    }

    #[test]
    fn a_moment_is_told_to_the_tenth_and_read_again() {
        let copied = link(ID, 83_360).command(false);
        assert_eq!(copied, format!("callreel play {ID}@1:23.4"));
        assert_eq!(Link::read(&copied), Ok(link(ID, 83_400)));
        assert_eq!(Link::pasted(&copied), Some(Ok(link(ID, 83_400))));
        assert_eq!(
            link(ID, 0).command(true),
            format!("callreel play --demo {ID}@0:00")
        );
        assert_eq!(
            Link::read(&link(ID, 0).command(true)),
            Ok(link(ID, 0)),
            "the flag is none of its text"
        );
    }

    #[test]
    fn an_id_alone_begins_at_the_start() {
        assert_eq!(Link::read(ID), Ok(link(ID, 0)));
        assert_eq!(Link::read(" x@1:00 "), Ok(link("x", 60_000)));
        let half = Link::read("x@50%").map(|link| link.moment);
        assert_eq!(half, Ok(Moment::Fraction(0.5)));
        assert_eq!(Link::read("").unwrap_err(), NoLink::NoId);
        assert_eq!(Link::read("@1:00").unwrap_err(), NoLink::NoId);
        assert_eq!(
            Link::read("x@1:75").unwrap_err().to_string(),
            "after the @: 59 at most after a colon: 1:02:03"
        );
    }

    #[test]
    fn other_text_is_no_pasted_link() {
        for text in [
            "",
            "play",
            "mute",
            "120",
            "p7",
            ID,
            "a b@1:00",
            "me@example",
        ] {
            assert_eq!(Link::pasted(text), None, "{text}");
        }
        assert_eq!(Link::pasted("x@0:05"), Some(Ok(link("x", 5_000))));
        assert!(Link::pasted("callreel play x@soon").is_some_and(|read| read.is_err()));
    }

    #[test]
    fn a_shell_takes_a_hostile_id_for_text() {
        for (id, copied) in [
            ("x; rm -rf ~", "callreel play 'x; rm -rf ~@0:05'"),
            ("$(id)", "callreel play '$(id)@0:05'"),
            ("it's", r"callreel play 'it'\''s@0:05'"),
            (
                "--sink=command:id",
                "callreel play -- '--sink=command:id@0:05'",
            ),
            ("-x y", "callreel play -- '-x y@0:05'"),
        ] {
            assert_eq!(link(id, 5_000).command(false), copied);
            assert_eq!(Link::read(copied), Ok(link(id, 5_000)), "{id}");
        }
        let broken = link("a\n\u{1b}b", 0).command(false);
        assert!(crate::app::text::is_safe(&broken), "{broken:?}");
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_what_was_copied_is_read(id in "[ -~]{1,20}", tenths in 0_u64..1_000_000, other in ".{0,30}") {
            let _ = (Link::read(&other), Link::pasted(&other));
            let link = Link::new(RecordingId::new(id.trim()), Duration::from_millis(tenths * 100));
            if !id.trim().is_empty() {
                prop_assert_eq!(Link::read(&link.command(false)), Ok(link));
            }
        }
    }
}
