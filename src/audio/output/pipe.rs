//! Real time into a pipe, which may make it wait: what [`super::stdout`] and [`super::command`] have in common.
//!
//! One thread feeds the pipe for as long as its other end takes bytes, through however many openings; between them it sleeps, and
//! hears all the same when the other end goes away. It never blocks in a write: pipes that are ready take [`PORTION`] at once.

use std::io::ErrorKind;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::mpsc::{Receiver, SendError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::pace::Pace;
use super::wait::{Alarm, Waker, Want, alarm, ready};
use super::{Answer, Open, Output};
use crate::audio::ring::{Fault, Frame, Renderer, ring};
use crate::audio::sink::Format;

/// What a pipe takes without blocking when it says that it is ready: PIPE_BUF of Linux; the least that POSIX grants is less,
/// and there a write may wait for a moment.
const PORTION: usize = 4096;

/// How long the last bytes may take at the end.
const LAST: Duration = Duration::from_millis(100);

/// How long an output's end is waited for: within the time that the player has for it.
const END: Duration = Duration::from_millis(950);

/// What takes the bytes. Dropping it closes it, and may take a while.
pub(super) trait Mouth: Send {
    fn fd(&self) -> BorrowedFd<'_>;

    /// Why it takes no more, after a write has failed with `error`.
    fn epitaph(&mut self, error: std::io::Error) -> String;
}

/// How the mouth is made, on the feeding thread.
type Begin = Arc<dyn Fn() -> Result<Box<dyn Mouth>, String> + Send + Sync>;

/// An output that feeds a pipe.
pub(super) struct Pipe {
    name: &'static str,
    format: Format,
    begin: Begin,
    feeder: Option<Feeder>,
}

/// The way to the feeding thread.
struct Feeder {
    orders: Sender<Order>,
    waker: Arc<Waker>,
    life: Arc<Mutex<Life>>,
    /// Disconnected once the thread has ended.
    over: Receiver<()>,
}

enum Life {
    Alive,
    /// The pipe takes nothing more; why, as long as nobody was told.
    Dead(Option<String>),
}

enum Order {
    Play(Renderer, Fault, Started),
    Pause,
    End,
}

/// Told how the opening came out.
type Started = Box<dyn FnOnce(Result<(), String>) + Send>;

impl Pipe {
    pub(super) fn new(
        name: &'static str,
        format: Format,
        begin: impl Fn() -> Result<Box<dyn Mouth>, String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            format,
            begin: Arc::new(begin),
            feeder: None,
        }
    }

    /// The feeder that lives, or a new one.
    ///
    /// # Errors
    /// Why the last one died, if that was not told before; or that there can be no thread.
    fn feeder(&mut self) -> Result<&Feeder, String> {
        let dead = self.feeder.take_if(|feeder| !feeder.is_alive());
        if let Some(reason) = dead.and_then(|dead| dead.untold()) {
            return Err(reason);
        }
        match &mut self.feeder {
            Some(feeder) => Ok(feeder),
            none => {
                let feeder = Feeder::start(Arc::clone(&self.begin), self.format);
                let feeder =
                    feeder.map_err(|error| format!("{} cannot be fed: {error}", self.name))?;
                Ok(none.insert(feeder))
            }
        }
    }
}

impl Output for Pipe {
    fn open(&mut self, filler: Thread, answer: Answer) {
        let rate = self.format.rate;
        let feeder = match self.feeder() {
            Ok(feeder) => feeder,
            Err(reason) => return answer(Err(reason)),
        };
        let (writer, renderer, fault) = ring(rate, filler);
        let hold = Hold {
            orders: feeder.orders.clone(),
            waker: Arc::clone(&feeder.waker),
        };
        let started = Box::new(move |outcome: Result<(), String>| {
            answer(outcome.map(|()| Open {
                writer,
                hold: Box::new(hold),
            }));
        });
        let order = Order::Play(renderer, fault, started);
        if let Err(SendError(Order::Play(_, _, started))) = feeder.orders.send(order) {
            started(Err(format!("{} has just ended", self.name)));
            return;
        }
        feeder.waker.wake();
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn may_return(&self) -> bool {
        false
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        if let Some(feeder) = &self.feeder {
            let _ = feeder.orders.send(Order::End);
            feeder.waker.wake();
            let _ = feeder.over.recv_timeout(END);
        }
    }
}

/// Dropping it silences the pipe.
struct Hold {
    orders: Sender<Order>,
    waker: Arc<Waker>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Pause);
        self.waker.wake();
    }
}

impl Feeder {
    fn start(begin: Begin, format: Format) -> std::io::Result<Self> {
        let (orders, taken) = channel();
        let (waker, alarm) = alarm()?;
        let life = Arc::new(Mutex::new(Life::Alive));
        let (ended, over) = channel::<()>();
        let theirs = Arc::clone(&life);
        std::thread::Builder::new()
            .name("callreel-pipe".to_owned())
            .spawn(move || {
                feed(&begin, format, taken, &alarm, &theirs);
                drop(ended);
            })?;
        Ok(Self {
            orders,
            waker: Arc::new(waker),
            life,
            over,
        })
    }

    fn is_alive(&self) -> bool {
        matches!(*lock(&self.life), Life::Alive)
    }

    /// Why it died, if nobody was told.
    fn untold(&self) -> Option<String> {
        match &mut *lock(&self.life) {
            Life::Alive => None,
            Life::Dead(reason) => reason.take(),
        }
    }
}

/// The feeding thread's life.
fn feed(begin: &Begin, format: Format, orders: Receiver<Order>, alarm: &Alarm, life: &Mutex<Life>) {
    let mut mouth = match begin() {
        Ok(mouth) => mouth,
        Err(reason) => return die(reason, None, &orders, life),
    };
    let mut flow = Flow {
        format,
        bytes: format.header(),
        playing: None,
    };
    if let Err(error) = flow.run(&*mouth, &orders, alarm) {
        let reason = mouth.epitaph(error);
        die(
            reason,
            flow.playing.map(|playing| playing.fault),
            &orders,
            life,
        );
    }
    // Before the mouth, which may close slowly: whoever orders now hears at once that nobody is here.
    drop(orders);
}

/// Tells whoever plays, whoever just wants to, or else the next to come.
fn die(reason: String, playing: Option<Fault>, orders: &Receiver<Order>, life: &Mutex<Life>) {
    // Dead before the words are out, so that whoever hears them and opens again gets a new one.
    *lock(life) = Life::Dead(None);
    let mut untold = true;
    if let Some(fault) = playing {
        fault.raise_because(reason.clone());
        untold = false;
    }
    for order in orders.try_iter() {
        if let Order::Play(_, _, started) = order {
            started(Err(reason.clone()));
            untold = false;
        }
    }
    if untold {
        *lock(life) = Life::Dead(Some(reason));
    }
}

fn lock(life: &Mutex<Life>) -> MutexGuard<'_, Life> {
    // One assignment at a time: whole whatever panicked.
    life.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is on its way into the pipe.
struct Flow {
    format: Format,
    /// Not yet written.
    bytes: Vec<u8>,
    playing: Option<Playing>,
}

struct Playing {
    renderer: Renderer,
    fault: Fault,
    pace: Pace,
    frames: Vec<Frame>,
}

impl Flow {
    /// Ends when nobody orders anything any more, or with the write that failed.
    fn run(
        &mut self,
        mouth: &dyn Mouth,
        orders: &Receiver<Order>,
        alarm: &Alarm,
    ) -> std::io::Result<()> {
        loop {
            let ordered = self.obey(orders);
            if !ordered {
                return self.write_last(mouth);
            }
            self.render();
            let want = match self.bytes.is_empty() {
                true => Want::Nothing,
                false => Want::Write,
            };
            let due = self.playing.as_ref().map(|playing| playing.pace.due());
            let until = due.filter(|_| self.bytes.is_empty());
            let [woken, open] = ready([(alarm.as_fd(), Want::Read), (mouth.fd(), want)], until)?;
            if woken {
                alarm.quiet();
            }
            match (open, want) {
                (false, _) => {}
                // Nothing was asked of it: it only says that its other end is gone.
                (true, Want::Nothing) => return Err(ErrorKind::BrokenPipe.into()),
                (true, _) => self.write(mouth)?,
            }
        }
    }

    /// False when nobody can order any more.
    fn obey(&mut self, orders: &Receiver<Order>) -> bool {
        loop {
            match orders.try_recv() {
                Ok(Order::Play(renderer, fault, started)) => {
                    let pace = Pace::new(self.format.rate, Instant::now());
                    self.playing = Some(Playing {
                        frames: vec![[0.0; 2]; pace.frames()],
                        renderer,
                        fault,
                        pace,
                    });
                    started(Ok(()));
                }
                Ok(Order::Pause) => self.playing = None,
                Err(TryRecvError::Empty) => return true,
                Ok(Order::End) | Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// Takes a period once it is due and what came before has gone.
    fn render(&mut self) {
        let Some(playing) = &mut self.playing else {
            return;
        };
        let now = Instant::now();
        if !self.bytes.is_empty() || now < playing.pace.due() {
            return;
        }
        let due = playing.pace.due();
        let gathered = playing.renderer.gather(&mut playing.frames, due);
        let frames = playing.frames.get(..gathered).unwrap_or_default();
        self.format.encode(frames, &mut self.bytes);
        playing.pace.taken(now);
    }

    /// Writes what the pipe takes now.
    fn write(&mut self, mouth: &dyn Mouth) -> std::io::Result<()> {
        let portion = self.bytes.len().min(PORTION);
        let portion = self.bytes.get(..portion).unwrap_or_default();
        match rustix::io::write(mouth.fd(), portion) {
            Ok(written) => {
                self.bytes.drain(..written);
                Ok(())
            }
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// What was taken out of the ring is written, if the pipe takes it soon.
    fn write_last(&mut self, mouth: &dyn Mouth) -> std::io::Result<()> {
        let until = Instant::now() + LAST;
        while !self.bytes.is_empty() && Instant::now() < until {
            if let [true] = ready([(mouth.fd(), Want::Write)], Some(until))? {
                self.write(mouth)?;
            }
        }
        Ok(())
    }
}
