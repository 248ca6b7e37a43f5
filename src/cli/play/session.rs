//! The loop of playing without a screen: waits for keys, signals, the sound and the clock.

use std::io;
use std::time::Instant;

use chrono::Utc;
use tokio::sync::mpsc;

use super::listening::{End, Listening, Next};
use crate::app::{Effect, Input, Message, Now};
use crate::audio::Sink;
use crate::runtime::account::Account;
use crate::runtime::debug::DebugPanic;
use crate::runtime::drive::is_f12;
use crate::runtime::effects::Effects;
use crate::runtime::input::Typed;
use crate::runtime::line::Line;
use crate::runtime::log::Log;
use crate::runtime::panic;
use crate::runtime::program::Hands;
use crate::runtime::signals::{Ending, Signals, Told};
use crate::runtime::sound::Sound;
use crate::runtime::sys;

/// Messages that the loop has not taken yet.
const QUEUE: usize = 256;

/// How it ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    Over(End),
    Signalled(Ending),
    /// Something panicked, and its words were printed.
    Panicked,
}

/// The line, and what is typed.
pub(super) type Terminal = Option<(Line, mpsc::Receiver<Typed>)>;

/// What happened.
enum Happened {
    Told(Told),
    Typed(Option<Typed>),
    Message(Option<Message>),
    /// The line would look different.
    Time,
    Panicked,
}

/// One recording that is listened to, and who listens.
pub(super) struct Session {
    listening: Listening,
    terminal: Terminal,
    debug_panic: Option<DebugPanic>,
}

/// Plays until it is over. `first` is what begins it. Gives too, in words, what of it is not in the audit log.
///
/// # Errors
/// When the system refuses what suspending takes.
pub(super) async fn run(
    mut session: Session,
    account: Account,
    sink: Sink,
    first: Vec<Effect>,
    signals: &mut Signals,
) -> io::Result<(Outcome, Option<String>)> {
    let (tell, mut queue) = mpsc::channel(QUEUE);
    let mut sound = Sound::new(sink, tell.clone());
    let mut hands = Effects::new(tell, Log::default(), |command| sound.send(command));
    hands.serve(account);
    carry_out(&mut hands, first);
    let outcome = session.drive(&mut hands, &mut queue, signals).await;
    session.draw();
    // The terminal first: what ends slowly must not keep it.
    drop(session);
    let unlogged = hands.leave().end().await;
    sound.end();
    Ok((outcome?, unlogged))
}

fn carry_out(hands: &mut impl Hands, effects: Vec<Effect>) {
    for effect in effects {
        hands.carry_out(effect);
    }
}

impl Session {
    /// `terminal` shows it and brings the keys; without it there are none.
    pub(super) fn new(
        listening: Listening,
        terminal: Terminal,
        debug_panic: Option<DebugPanic>,
    ) -> Self {
        Self {
            listening,
            terminal,
            debug_panic,
        }
    }

    async fn drive(
        &mut self,
        hands: &mut impl Hands,
        queue: &mut mpsc::Receiver<Message>,
        signals: &mut Signals,
    ) -> io::Result<Outcome> {
        loop {
            if panic::happened() {
                panic::told().await;
                return Ok(Outcome::Panicked);
            }
            let redraw = self.draw();
            let next = match self.wait(queue, signals, redraw).await {
                Happened::Panicked => return Ok(Outcome::Panicked),
                Happened::Told(Told::End(ending)) => return Ok(Outcome::Signalled(ending)),
                Happened::Told(Told::Stop) => self.suspend(hands)?,
                Happened::Told(Told::Continued) => self.take_terminal()?,
                Happened::Typed(None | Some(Typed::HungUp)) => {
                    return Ok(Outcome::Signalled(Ending::HangUp));
                }
                Happened::Typed(Some(Typed::Input(input))) => self.typed(&input),
                Happened::Message(Some(message)) => {
                    hands.told(&message);
                    match message {
                        Message::Player(play, event) => self.listening.told(play, event, now()),
                        _ => Next::Go(Vec::new()),
                    }
                }
                Happened::Message(None) => return Ok(Outcome::Over(End::Quit)),
                Happened::Told(Told::Resized) | Happened::Time => Next::Go(Vec::new()),
            };
            match next {
                Next::Go(effects) => carry_out(hands, effects),
                Next::Over(end) => return Ok(Outcome::Over(end)),
            }
        }
    }

    fn typed(&mut self, input: &Input) -> Next {
        if let Some(debug) = self.debug_panic.filter(|_| is_f12(input)) {
            debug.panic();
        }
        match input {
            Input::Key(key) => self.listening.key(*key, now()),
            _ => Next::Go(Vec::new()),
        }
    }

    async fn wait(
        &mut self,
        queue: &mut mpsc::Receiver<Message>,
        signals: &mut Signals,
        redraw: Option<Instant>,
    ) -> Happened {
        let due = async {
            match redraw {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        let typed = async {
            match &mut self.terminal {
                Some((_, typed)) => typed.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = panic::told() => Happened::Panicked,
            told = signals.next() => Happened::Told(told),
            typed = typed => Happened::Typed(typed),
            message = queue.recv() => Happened::Message(message),
            () = due => Happened::Time,
        }
    }

    /// Draws the line, if there is one; gives when it looks different by itself.
    fn draw(&mut self) -> Option<Instant> {
        let (line, _) = self.terminal.as_mut()?;
        let (text, redraw) = self.listening.line(now(), line.columns());
        line.draw(&text);
        redraw
    }

    /// Ctrl-z: the sound pauses, the shell has the terminal. Put into the background afterwards, it plays on without a line.
    fn suspend(&mut self, hands: &mut impl Hands) -> io::Result<Next> {
        let (was_heard, effects) = self.listening.suspend(now());
        carry_out(hands, effects);
        match &mut self.terminal {
            Some((line, _)) => line.suspend()?,
            None => sys::stop_group()?,
        }
        Ok(Next::Go(match was_heard {
            true => self.listening.go_on(now()),
            false => Vec::new(),
        }))
    }

    /// Somebody else may have had the terminal.
    fn take_terminal(&mut self) -> io::Result<Next> {
        if let Some((line, _)) = &mut self.terminal {
            line.resume()?;
        }
        Ok(Next::Go(Vec::new()))
    }
}

fn now() -> Now {
    Now {
        mono: Instant::now(),
        wall: Utc::now(),
    }
}
