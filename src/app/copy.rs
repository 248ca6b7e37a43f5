//! What can be copied. It goes through the terminal, which never says whether it took it.

use std::sync::Arc;
use std::time::Duration;

use super::link::Link;
use super::text::safe;
use super::ticket::Ticket;
use super::{App, Effect, Now};
use crate::plivo::Recording;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Id,
    Url,
    Call,
    /// A link to the moment heard.
    Moment,
    /// Lines about that moment.
    Ticket,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Url => "link",
            Self::Call => "call UUID",
            Self::Moment => "link to this moment",
            Self::Ticket => "snippet for a ticket",
        }
    }

    /// What is heard counts, wherever the cursor stands.
    fn is_of_what_plays(self) -> bool {
        matches!(self, Self::Moment | Self::Ticket)
    }
}

impl App {
    /// Copies a part of the selected recording, or a moment of the one that plays. Ids and links are the true ones, also while
    /// the screen is masked; a snippet is for others and hides what the screen hides.
    pub(super) fn copy(&mut self, what: What, now: Now) -> Vec<Effect> {
        let at_hand = match what.is_of_what_plays() {
            true => self.moment_heard(now).or_else(|| self.selected()),
            false => self.selected(),
        };
        let Some((recording, at)) = at_hand else {
            self.notices.info("no recording is selected", now.mono);
            return Vec::new();
        };
        let id = Some(&recording.id).filter(|id| !id.is_stand_in());
        let text = match what {
            What::Id => id.map(|id| safe(id.as_str()).into_owned()),
            What::Url => recording.url.as_deref().map(|url| safe(url).into_owned()),
            What::Call => recording
                .call_uuid
                .as_deref()
                .map(|call| safe(call).into_owned()),
            What::Moment => id.map(|id| Link::new(id.clone(), at).command(self.demo)),
            What::Ticket => Some(self.ticket(&recording, at)),
        };
        match text {
            Some(text) => {
                self.notices
                    .info(format!("{}: sent to the terminal", what.name()), now.mono);
                vec![Effect::Copy(text)]
            }
            None => {
                self.notices
                    .info(format!("this recording has no {}", what.name()), now.mono);
                Vec::new()
            }
        }
    }

    fn selected(&self) -> Option<(Arc<Recording>, Duration)> {
        let recording = self.rows().ready(self.table.cursor)?;
        Some((Arc::clone(recording), Duration::ZERO))
    }

    fn moment_heard(&self, now: Now) -> Option<(Arc<Recording>, Duration)> {
        let recording = self.player.recording()?;
        Some((Arc::clone(recording), self.player.position(now.mono)))
    }

    fn ticket(&self, recording: &Recording, at: Duration) -> String {
        let plays = self
            .player
            .subject()
            .is_some_and(|subject| subject.id == recording.id);
        let length = self.player.length().filter(|length| plays && length.exact);
        Ticket {
            recording,
            at,
            length: length.map(|length| length.length),
            zone: &self.zone,
            mask: &self.mask,
            demo: self.demo,
        }
        .text()
    }
}
