//! What can be copied. It goes through the terminal, which never says whether it took it.

use super::text::safe;
use super::{App, Effect, Now};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Id,
    Url,
    Call,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Url => "link",
            Self::Call => "call UUID",
        }
    }
}

impl App {
    /// Copies a part of the selected recording: the true one, also while the screen is masked.
    pub(super) fn copy(&mut self, what: What, now: Now) -> Vec<Effect> {
        let Some(recording) = self.rows().ready(self.table.cursor) else {
            self.notices.info("no recording is selected", now.mono);
            return Vec::new();
        };
        let text = match what {
            What::Id => Some(recording.id.as_str()).filter(|_| !recording.id.is_stand_in()),
            What::Url => recording.url.as_deref(),
            What::Call => recording.call_uuid.as_deref(),
        };
        match text.map(|text| safe(text).into_owned()) {
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
}
