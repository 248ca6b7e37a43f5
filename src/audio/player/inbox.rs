//! What others leave for the player thread: never more than the sum of it.
//!
//! Every command says what is to be, not what is to change. So commands that come faster than they are obeyed fold into one set
//! of orders (the last jump counts, a new recording wipes what was ordered for the old one), and nothing has to be bounded,
//! dropped or waited for.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use crate::audio::event::{Command, PlayId, Request};
use crate::audio::output::Open;
use crate::audio::speech::Speech;
use crate::audio::statistics::Thresholds;

/// What is to be loaded.
#[derive(Debug, PartialEq)]
pub(super) enum Load {
    Play {
        play: PlayId,
        request: Request,
        at: Duration,
        expected: Option<Duration>,
    },
    Nothing,
}

/// Commands folded together, to be obeyed in the order of the fields.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Orders {
    pub volume: Option<f32>,
    pub mute: Option<bool>,
    pub speech: Option<Speech>,
    pub thresholds: Option<Thresholds>,
    pub load: Option<Load>,
    pub repeat: Option<Option<Range<Duration>>>,
    pub seek: Option<Duration>,
    pub paused: Option<bool>,
    pub ahead: Option<Request>,
}

impl Orders {
    fn fold(&mut self, command: Command) {
        match command {
            Command::Play {
                play,
                request,
                at,
                expected,
            } => self.load(Load::Play {
                play,
                request,
                at,
                expected,
            }),
            Command::Stop => self.load(Load::Nothing),
            Command::Pause => self.paused = Some(true),
            Command::Resume { at } => {
                self.paused = Some(false);
                self.seek = at.or(self.seek);
            }
            Command::Seek(to) => self.seek = Some(to),
            Command::FetchAhead(request) => self.ahead = Some(request),
            Command::Loop(part) => self.repeat = Some(part),
            Command::Volume(volume) => self.volume = Some(volume),
            Command::Mute(mute) => self.mute = Some(mute),
            Command::Speech(speech) => self.speech = Some(speech),
            Command::Thresholds(thresholds) => self.thresholds = Some(thresholds),
        }
    }

    fn load(&mut self, load: Load) {
        self.load = Some(load);
        self.repeat = None;
        self.seek = None;
        self.paused = None;
        self.ahead = None;
    }
}

/// Everything that came since the last look.
#[derive(Default)]
pub(super) struct Mail {
    pub orders: Orders,
    /// How the opening with this number came out.
    pub opened: Option<(u64, Result<Open, String>)>,
    pub shut_down: bool,
}

/// Shared by all who talk to the player thread.
#[derive(Default)]
pub(super) struct Inbox {
    mail: Mutex<Mail>,
    reader: OnceLock<Thread>,
}

impl Inbox {
    /// Says whose inbox it is.
    pub(super) fn read_by(&self, thread: Thread) {
        // There is one player thread, which says so once.
        let _ = self.reader.set(thread);
    }

    pub(super) fn command(&self, command: Command) {
        self.put(|mail| mail.orders.fold(command));
    }

    pub(super) fn opened(&self, attempt: u64, outcome: Result<Open, String>) {
        self.put(|mail| {
            let newest = mail.opened.as_ref().is_none_or(|(held, _)| *held < attempt);
            if newest {
                mail.opened = Some((attempt, outcome));
            }
        });
    }

    pub(super) fn shut_down(&self) {
        self.put(|mail| mail.shut_down = true);
    }

    pub(super) fn take(&self) -> Mail {
        std::mem::take(&mut self.lock())
    }

    fn put(&self, change: impl FnOnce(&mut Mail)) {
        change(&mut self.lock());
        if let Some(reader) = self.reader.get() {
            reader.unpark();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Mail> {
        // Plain data: whole after every statement that could have panicked.
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(id: u64) -> Command {
        Command::Play {
            play: PlayId(id),
            request: Request {
                url: String::new(),
                authorization: None,
                own_origin: None,
            },
            at: Duration::ZERO,
            expected: None,
        }
    }

    fn folded(commands: impl IntoIterator<Item = Command>) -> Orders {
        let inbox = Inbox::default();
        for command in commands {
            inbox.command(command);
        }
        inbox.take().orders
    }

    #[test]
    fn a_held_key_is_one_jump_to_where_it_was_let_go() {
        let jumps = (1..=1000).map(|n| Command::Seek(Duration::from_secs(n)));
        let orders = folded(jumps);
        assert_eq!(orders.seek, Some(Duration::from_secs(1000)));
    }

    #[test]
    fn a_new_recording_wipes_what_was_meant_for_the_old_one() {
        let orders = folded([
            play(1),
            Command::Seek(Duration::from_secs(5)),
            Command::Pause,
            Command::Volume(0.5),
            Command::Loop(Some(Duration::ZERO..Duration::from_secs(1))),
            play(2),
        ]);
        assert!(matches!(
            orders.load,
            Some(Load::Play {
                play: PlayId(2),
                ..
            })
        ));
        assert_eq!((orders.seek, orders.paused), (None, None));
        assert_eq!(orders.repeat, None);
        assert_eq!(orders.volume, Some(0.5));
    }

    #[test]
    fn resuming_keeps_a_jump_made_before_it_unless_it_says_where() {
        let jump = Command::Seek(Duration::from_secs(5));
        let orders = folded([jump.clone(), Command::Resume { at: None }]);
        assert_eq!(orders.seek, Some(Duration::from_secs(5)));
        let at = Some(Duration::from_secs(3));
        let orders = folded([jump, Command::Pause, Command::Resume { at }]);
        assert_eq!((orders.seek, orders.paused), (at, Some(false)));
    }

    #[test]
    fn the_newest_answer_of_the_device_stays() {
        let inbox = Inbox::default();
        inbox.opened(2, Err("new".to_owned()));
        inbox.opened(1, Err("old".to_owned()));
        assert!(matches!(inbox.take().opened, Some((2, _))));
    }
}
