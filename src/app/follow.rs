//! A link to a moment that is pasted into the command line: its recording is looked up, if need be, and plays from there.

use std::sync::Arc;
use std::time::Duration;

use super::history::Goal;
use super::link::Link;
use super::moment::Moment;
use super::player::Length;
use super::{App, Awaited, Effect, Now, RequestId};
use crate::plivo::{self, Recording};

/// A recording that was asked for because a link named it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sought {
    request: RequestId,
    link: Link,
}

impl App {
    /// Plays what the link names: at once when its row is loaded, else when the API has told of it.
    pub(super) fn follow_link(&mut self, link: Link, now: Now) -> Vec<Effect> {
        let rows = self.rows();
        let row = rows.position_of(&link.id);
        if let Some((row, recording)) = row.and_then(|row| Some((row, rows.ready(row)?))) {
            let recording = Arc::clone(recording);
            self.go_to(row);
            return self.play_moment(&recording, link.moment, now);
        }
        let mut effects = self.give_up_seeking();
        let (request, recording) = (self.ids.request(), link.id.clone());
        self.sought = Some(Sought { request, link });
        self.notices.info(
            "this recording is not among the rows loaded: asking for it",
            now.mono,
        );
        effects.push(Effect::FetchRecording { request, recording });
        effects
    }

    /// Nobody waits for the link's recording any more.
    pub(super) fn give_up_seeking(&mut self) -> Vec<Effect> {
        let sought = self.sought.take();
        sought
            .map(|sought| Effect::Cancel(sought.request))
            .into_iter()
            .collect()
    }

    /// Takes the answer if it is the link's; gives it back if not.
    pub(super) fn found(
        &mut self,
        request: RequestId,
        result: Result<Arc<Recording>, plivo::Error>,
        now: Now,
    ) -> Result<Vec<Effect>, Result<Arc<Recording>, plivo::Error>> {
        let Some(Sought { link, .. }) = self.sought.take_if(|sought| sought.request == request)
        else {
            return Err(result);
        };
        let recording = match result {
            Ok(recording) => recording,
            Err(error) => {
                let words = match &error {
                    // The API's words would say the same once more, and name the id that was typed.
                    plivo::Error::NotFound { .. } => {
                        "no such recording: it may have been deleted".to_owned()
                    }
                    error => format!("{error}: {}", error.advice()),
                };
                self.notices.trouble(words, now.mono);
                return Ok(Vec::new());
            }
        };
        let mut effects = self.play_moment(&recording, link.moment, now);
        effects.extend(self.go_to_recording(&recording, now));
        Ok(effects)
    }

    /// The cursor goes where the recording stands in the list, if its dates belong there.
    fn go_to_recording(&mut self, recording: &Recording, now: Now) -> Vec<Effect> {
        if let Some(row) = self.rows().position_of(&recording.id) {
            self.go_to(row);
            return Vec::new();
        }
        let near = self.table.cursor;
        let listed = self.history.as_mut().filter(|_| self.sorting.is_none());
        let added = recording.added;
        let place = listed.zip(added).filter(|(history, added)| {
            // What else the filter asks for the API alone knows.
            history.plan().range.contains(*added)
        });
        let Some((history, added)) = place else {
            self.notices.info(
                "it plays, and is not in this list: other dates, or another order",
                now.mono,
            );
            return Vec::new();
        };
        let goal = Goal::Recording {
            id: recording.id.clone(),
            added,
            near,
        };
        let (row, effects) = history.aim(goal, &mut self.ids, now);
        match row {
            Some(row) => self.go_to(row),
            None => self.awaited = Some(Awaited::Asked),
        }
        effects
    }

    fn play_moment(&mut self, recording: &Arc<Recording>, moment: Moment, now: Now) -> Vec<Effect> {
        let length = recording.duration.map(|length| Length {
            length,
            exact: false,
        });
        match moment.place(Duration::ZERO, length) {
            Ok(at) => self.player.play(recording, at, &mut self.ids, now),
            Err(mistake) => {
                self.notices.trouble(mistake.to_string(), now.mono);
                Vec::new()
            }
        }
    }
}
