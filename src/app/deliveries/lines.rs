//! The overlay's text: the way, what was received, and each request.

use crate::app::mask::Mask;
use crate::app::words;
use crate::app::zone::Zone;

use super::{Deliveries, State};

/// One line of the overlay. Not safe to print yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// What a value is, and the value.
    Fact(&'static str, String),
    Blank,
    Request {
        time: String,
        what: &'static str,
        words: String,
        api_id: String,
        trouble: bool,
    },
    Note(&'static str),
}

impl Deliveries {
    /// All there is to tell, newest request first.
    pub fn lines(&self, zone: &Zone, mask: &Mask) -> Vec<Line> {
        let Some(route) = &self.route else {
            return vec![Line::Note(
                "Every answer comes at once. Started with --callback-url, callreel has them sent to a URL instead.",
            )];
        };
        let mode = match self.on {
            true => format!("on, by {}", route.method),
            false => "off: every answer comes at once".to_owned(),
        };
        let mut lines = vec![
            Line::Fact("Callbacks", mode),
            Line::Fact("Sent to", mask.text(&route.shown)),
            Line::Fact("Received at", route.listens.clone()),
            Line::Fact("So far", self.so_far()),
        ];
        if let Some(refused) = self.refused() {
            lines.push(Line::Fact("Refused", refused));
        }
        lines.push(Line::Blank);
        if self.requests.is_empty() {
            lines.push(Line::Note("Nothing has been asked for by callback yet."));
        }
        lines.extend(self.requests.iter().rev().map(|one| Line::Request {
            time: zone.clock_at(one.at).format("%H:%M:%S").to_string(),
            what: one.what.words(),
            words: one.words(),
            api_id: one.api_id.clone().unwrap_or_default(),
            trouble: matches!(one.state, State::TimedOut | State::Failed),
        }));
        lines
    }

    fn so_far(&self) -> String {
        let got = &self.received;
        let mut parts = vec![format!("{} taken", words::count(got.taken))];
        for (many, what) in [
            (got.early, "before the call's own answer"),
            (got.duplicate, "twice"),
            (got.unknown, "not awaited"),
        ] {
            if many > 0 {
                parts.push(format!("{} {what}", words::count(many)));
            }
        }
        parts.join(" · ")
    }

    fn refused(&self) -> Option<String> {
        let refusals = self.received.refusals();
        let parts: Vec<_> = refusals
            .map(|(many, reason)| format!("{} {}", words::count(many), reason.words()))
            .collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }
}
