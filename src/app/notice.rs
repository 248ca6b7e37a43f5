//! Short messages that go by themselves.

use std::time::{Duration, Instant};

/// Long enough to be read, short enough not to be in the way.
const LIFE: Duration = Duration::from_secs(4);
const LIFE_OF_TROUBLE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Info,
    Trouble,
}

/// One message. Its text is as it came: whoever draws it masks it and makes it safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub kind: Kind,
    pub text: String,
    pub until: Instant,
}

/// The latest message; an earlier trouble comes back when a short one after it has gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notices {
    info: Option<Notice>,
    trouble: Option<Notice>,
}

impl Notices {
    pub fn info(&mut self, text: impl Into<String>, now: Instant) {
        let (kind, text) = (Kind::Info, text.into());
        self.info = Some(Notice {
            kind,
            text,
            until: now + LIFE,
        });
    }

    pub fn trouble(&mut self, text: impl Into<String>, now: Instant) {
        let (kind, text) = (Kind::Trouble, text.into());
        self.info = None;
        self.trouble = Some(Notice {
            kind,
            text,
            until: now + LIFE_OF_TROUBLE,
        });
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// What is to be read now.
    pub fn current(&self, now: Instant) -> Option<&Notice> {
        let both = [self.info.as_ref(), self.trouble.as_ref()];
        both.into_iter().flatten().find(|notice| notice.until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_goes_by_itself_and_trouble_outlives_it() {
        let start = Instant::now();
        let mut notices = Notices::default();
        notices.trouble("no copy", start);
        notices.info("moved", start);
        assert_eq!(notices.current(start).unwrap().text, "moved");
        assert_eq!(notices.current(start + LIFE).unwrap().text, "no copy");
        assert_eq!(notices.current(start + LIFE_OF_TROUBLE), None);
    }

    #[test]
    fn new_trouble_is_seen_at_once() {
        let start = Instant::now();
        let mut notices = Notices::default();
        notices.info("moved", start);
        notices.trouble("no copy", start);
        assert_eq!(notices.current(start).unwrap().kind, Kind::Trouble);
    }
}
