//! The loop: waits for what happens, tells the app, carries out what it answers, draws when something changed.

use std::io;
use std::time::Instant;

use chrono::Utc;
use tokio::sync::mpsc;

use crate::app::{Effect, Input, Key, KeyCode, Message, MouseKind, Now, RequestId, Signal};

use super::clipboard::{self, Way};
use super::debug::DebugPanic;
use super::frames::Frames;
use super::input::Typed;
use super::log::Log;
use super::panic;
use super::program::{Aside, Hands, Program, Signalled};
use super::signals::{Ending, Told};
use super::stage::Stage;
use super::timers::Timers;

/// The most messages taken between two drawings: whoever floods the queue does not freeze the screen.
const MOST_AT_ONCE: usize = 512;

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Quit,
    /// The app asks for the embedded account; the loop can be run again with another program.
    OpenDemo,
    /// The app asks for the account that this request opened; the same.
    ChangeAccount(RequestId),
    Signalled(Ending),
    /// The terminal is gone.
    HungUp,
    /// Something panicked where nobody catches it; its words are printed already.
    Panicked,
}

/// The loop's parts. All that waits is here; all that decides is in the program.
pub struct Drive<S, R> {
    pub stage: Stage,
    pub signals: S,
    pub reader: R,
    pub typed: mpsc::Receiver<Typed>,
    pub queue: mpsc::Receiver<Message>,
    /// The queue's other end, for what the loop itself has to tell later.
    pub tell: mpsc::Sender<Message>,
    pub copying: Way,
    pub log: Log,
    /// A hidden flag: what F12 makes panic.
    pub debug_panic: Option<DebugPanic>,
    frames: Frames,
    timers: Timers,
}

/// What one turn of the loop waited for.
enum Happened {
    Told(Told),
    Typed(Option<Typed>),
    Message(Option<Message>),
    /// The terminal took bytes again.
    Drained(io::Result<()>),
    /// A timer or a drawing is due.
    Time,
    Panicked,
}

impl<S: Signalled, R: Aside> Drive<S, R> {
    #[expect(
        clippy::too_many_arguments,
        reason = "each part comes from somewhere else"
    )]
    pub fn new(
        stage: Stage,
        signals: S,
        reader: R,
        typed: mpsc::Receiver<Typed>,
        (tell, queue): (mpsc::Sender<Message>, mpsc::Receiver<Message>),
        copying: Way,
        log: Log,
        debug_panic: Option<DebugPanic>,
    ) -> Self {
        Self {
            stage,
            signals,
            reader,
            typed,
            queue,
            tell,
            copying,
            log,
            debug_panic,
            frames: Frames::default(),
            timers: Timers::default(),
        }
    }

    /// Another program is run next: what the one before waited for must not reach it. Its queue goes with all that is in it, and
    /// with whoever still sends into it.
    pub fn start_over(&mut self, (tell, queue): (mpsc::Sender<Message>, mpsc::Receiver<Message>)) {
        self.timers = Timers::default();
        (self.tell, self.queue) = (tell, queue);
    }

    /// Runs until something ends it. `effects` are the program's first ones.
    pub async fn run(
        &mut self,
        program: &mut impl Program,
        hands: &mut impl Hands,
        effects: Vec<Effect>,
    ) -> Exit {
        let exit = self.turn(program, hands, effects).await;
        if matches!(exit, Exit::Signalled(_) | Exit::HungUp) {
            farewell(program, hands);
        }
        exit
    }

    async fn turn(
        &mut self,
        program: &mut impl Program,
        hands: &mut impl Hands,
        effects: Vec<Effect>,
    ) -> Exit {
        self.frames.input();
        let mut exit = self.carry_out(program, hands, effects);
        loop {
            if let Some(exit) = exit {
                return exit;
            }
            if panic::happened() {
                panic::told().await;
                return Exit::Panicked;
            }
            if let Err(error) = self.draw(program) {
                self.log.line(&format!("the terminal is gone: {error}"));
                return Exit::HungUp;
            }
            exit = match self.wait().await {
                Happened::Told(told) => self.told(program, hands, told),
                Happened::Typed(None) => Some(Exit::HungUp),
                Happened::Typed(Some(typed)) => self.typed(program, hands, typed),
                Happened::Message(message) => {
                    message.and_then(|message| self.message(program, hands, message))
                }
                Happened::Drained(Ok(())) | Happened::Time => None,
                Happened::Drained(Err(_)) => Some(Exit::HungUp),
                Happened::Panicked => Some(Exit::Panicked),
            };
            exit = exit.or_else(|| self.take_ready(program, hands));
        }
    }

    /// Sleeps until something happens. With nothing to wait for, for ever.
    async fn wait(&mut self) -> Happened {
        let now = mono();
        let clear = self.stage.is_clear();
        let frame = self.frames.next(now).filter(|_| clear);
        let at = [frame, self.timers.next()].into_iter().flatten().min();
        let due = async {
            match at {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = panic::told() => Happened::Panicked,
            told = self.signals.next() => Happened::Told(told),
            typed = self.typed.recv() => Happened::Typed(typed),
            message = self.queue.recv() => Happened::Message(message),
            result = self.stage.drain(), if !clear => Happened::Drained(result),
            () = due => Happened::Time,
        }
    }

    /// Takes what is ready besides: keys, answers, timers.
    fn take_ready(&mut self, program: &mut impl Program, hands: &mut impl Hands) -> Option<Exit> {
        for _ in 0..MOST_AT_ONCE {
            let exit = if let Ok(typed) = self.typed.try_recv() {
                self.typed(program, hands, typed)
            } else if let Some(timer) = self.timers.take_due(mono()) {
                self.message(program, hands, Message::Timer(timer))
            } else if let Ok(message) = self.queue.try_recv() {
                self.message(program, hands, message)
            } else {
                break;
            };
            if exit.is_some() {
                return exit;
            }
        }
        None
    }

    fn typed(
        &mut self,
        program: &mut impl Program,
        hands: &mut impl Hands,
        typed: Typed,
    ) -> Option<Exit> {
        match typed {
            Typed::HungUp => Some(Exit::HungUp),
            Typed::Input(input) => {
                if let Some(debug) = self.debug_panic
                    && is_f12(&input)
                {
                    debug.panic();
                    return None;
                }
                if answers_at_once(&input) {
                    self.frames.input();
                }
                self.message(program, hands, Message::Input(input))
            }
        }
    }

    fn told(
        &mut self,
        program: &mut impl Program,
        hands: &mut impl Hands,
        told: Told,
    ) -> Option<Exit> {
        match told {
            Told::End(ending) => Some(Exit::Signalled(ending)),
            Told::Stop => self.suspend(program, hands),
            Told::Continued => match self.stage.reassert() {
                Ok(()) => self.measure(program, hands),
                Err(_) => Some(Exit::HungUp),
            },
            Told::Resized => self.measure(program, hands),
        }
    }

    /// The terminal may have another size, and must be drawn.
    fn measure(&mut self, program: &mut impl Program, hands: &mut impl Hands) -> Option<Exit> {
        self.frames.input();
        let size = self.stage.measure()?;
        self.message(program, hands, Message::Input(Input::Resize(size)))
    }

    fn message(
        &mut self,
        program: &mut impl Program,
        hands: &mut impl Hands,
        message: Message,
    ) -> Option<Exit> {
        hands.told(&message);
        let now = now();
        self.frames.want(now.mono);
        let effects = program.update(message, now);
        self.carry_out(program, hands, effects)
    }

    fn carry_out(
        &mut self,
        program: &mut impl Program,
        hands: &mut impl Hands,
        effects: Vec<Effect>,
    ) -> Option<Exit> {
        let mut exit = None;
        for effect in effects {
            let ends = match effect {
                Effect::Timer { timer, at } => {
                    self.timers.set(timer, at);
                    None
                }
                Effect::CancelTimer(timer) => {
                    self.timers.cancel(timer);
                    None
                }
                Effect::Copy(text) => self.copy(&text),
                Effect::ReadLog => self.message(program, hands, Message::Log(self.log.lines())),
                Effect::Suspend => self.suspend(program, hands),
                Effect::OpenDemo => Some(Exit::OpenDemo),
                Effect::ChangeAccount(request) => Some(Exit::ChangeAccount(request)),
                Effect::Quit => Some(Exit::Quit),
                effect => {
                    hands.carry_out(effect);
                    None
                }
            };
            exit = exit.or(ends);
        }
        exit
    }

    fn copy(&mut self, text: &str) -> Option<Exit> {
        let failed = match self.copying {
            Way::Terminal => match clipboard::osc52(text) {
                Ok(bytes) => match self.stage.words(&bytes) {
                    Ok(()) => return None,
                    Err(_) => return Some(Exit::HungUp),
                },
                Err(error) => error,
            },
            Way::Tmux => {
                let (text, tell) = (text.to_owned(), self.tell.clone());
                tokio::spawn(async move {
                    if let Err(error) = clipboard::to_tmux(&text).await {
                        // The loop has ended when nobody listens.
                        let _ = tell.send(Message::Trouble(error.to_string())).await;
                    }
                });
                return None;
            }
        };
        let tell = self.tell.clone();
        tokio::spawn(async move {
            let _ = tell.send(Message::Trouble(failed.to_string())).await;
        });
        None
    }

    fn suspend(&mut self, program: &mut impl Program, hands: &mut impl Hands) -> Option<Exit> {
        self.reader.aside();
        let suspended = self.stage.suspend();
        self.reader.back();
        if suspended.is_err() {
            return Some(Exit::HungUp);
        }
        self.measure(program, hands)
            .or_else(|| self.message(program, hands, Message::Signal(Signal::Continued)))
    }

    /// Draws if it is time to, and the terminal took the frame before.
    fn draw(&mut self, program: &mut impl Program) -> io::Result<()> {
        let now = now();
        if !self.frames.due(now.mono) || !self.stage.is_clear() {
            return Ok(());
        }
        let redraw_at = self.stage.draw(|frame| program.draw(now, frame))?;
        self.frames.drawn(now.mono, redraw_at);
        Ok(())
    }
}

/// The app may have something to put away; that it ends is not its choice.
fn farewell(program: &mut impl Program, hands: &mut impl Hands) {
    let effects = program.update(Message::Signal(Signal::Terminate), now());
    for effect in effects.into_iter().filter(|effect| *effect != Effect::Quit) {
        hands.carry_out(effect);
    }
}

/// A drag or a turning wheel is a flood; everything else that a person does is shown at once.
fn answers_at_once(input: &Input) -> bool {
    !matches!(input, Input::Mouse(mouse) if mouse.kind != MouseKind::Press)
}

/// The key of the hidden flag.
pub fn is_f12(input: &Input) -> bool {
    *input == Input::Key(Key::plain(KeyCode::F(12)))
}

/// The clock that tests can hold still.
fn mono() -> Instant {
    tokio::time::Instant::now().into_std()
}

fn now() -> Now {
    Now {
        mono: mono(),
        wall: Utc::now(),
    }
}

#[cfg(test)]
mod tests;
