//! An output that a thread of its own feeds, through however many openings: what pipes and the socket have in common.
//!
//! The thread begins with the first opening, or before, sleeps between them, and dies when nothing takes sound any more. Then
//! the next opening begins another.

use std::any::Any;
use std::sync::mpsc::{Receiver, SendError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use super::wait::{Alarm, Waker, alarm};
use super::{Answer, Open, Output};
use crate::audio::ring::{Fault, Renderer, ring};

/// How long the thread's end is waited for: within the time that the player has for its own.
const END: Duration = Duration::from_millis(950);

/// An output with a thread.
pub(super) struct Fed {
    name: &'static str,
    /// Frames a second.
    rate: u32,
    work: Arc<Work>,
    feeder: Option<Feeder>,
}

/// The thread's life: ends well when it is told to.
type Work = dyn Fn(&Orders) -> Result<(), Death> + Send + Sync;

/// Nothing takes sound any more.
pub(super) struct Death {
    /// For people.
    pub reason: String,
    /// Of what played.
    pub playing: Option<Fault>,
    /// What is left may take its time to go: the death is told before.
    pub remains: Box<dyn Any>,
}

/// What is to sound.
pub(super) struct Live {
    pub renderer: Renderer,
    pub fault: Fault,
}

/// What the thread is told.
pub(super) struct Orders {
    taken: Receiver<Order>,
    /// Rings when there is something new.
    pub alarm: Alarm,
}

enum Order {
    Play(Live, Started),
    Pause,
    End,
}

/// Told how the opening came out.
type Started = Box<dyn FnOnce(Result<(), String>) + Send>;

struct Feeder {
    orders: Sender<Order>,
    waker: Arc<Waker>,
    life: Arc<Mutex<Life>>,
    /// Disconnected once the thread has ended.
    over: Receiver<()>,
}

enum Life {
    Alive,
    /// Why, as long as nobody was told.
    Dead(Option<String>),
}

impl Fed {
    pub(super) fn new(
        name: &'static str,
        rate: u32,
        work: impl Fn(&Orders) -> Result<(), Death> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            rate,
            work: Arc::new(work),
            feeder: None,
        }
    }

    /// Begins before anything is to sound. What fails is told with the first opening.
    pub(super) fn begun(mut self) -> Self {
        self.feeder = Feeder::start(&self.work).ok();
        self
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
                let feeder = Feeder::start(&self.work);
                let feeder =
                    feeder.map_err(|error| format!("{} cannot be fed: {error}", self.name))?;
                Ok(none.insert(feeder))
            }
        }
    }
}

impl Output for Fed {
    fn open(&mut self, filler: Thread, answer: Answer) {
        let (name, rate) = (self.name, self.rate);
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
        let order = Order::Play(Live { renderer, fault }, started);
        if let Err(SendError(Order::Play(_, started))) = feeder.orders.send(order) {
            started(Err(format!("{name} has just ended")));
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

impl Drop for Fed {
    fn drop(&mut self) {
        if let Some(feeder) = &self.feeder {
            let _ = feeder.orders.send(Order::End);
            feeder.waker.wake();
            let _ = feeder.over.recv_timeout(END);
        }
    }
}

/// Dropping it ends what it was given for.
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
    fn start(work: &Arc<Work>) -> std::io::Result<Self> {
        let (orders, taken) = channel();
        let (waker, alarm) = alarm()?;
        let life = Arc::new(Mutex::new(Life::Alive));
        let (ended, over) = channel::<()>();
        let (work, theirs) = (Arc::clone(work), Arc::clone(&life));
        std::thread::Builder::new()
            .name("callreel-sink".to_owned())
            .spawn(move || {
                let orders = Orders { taken, alarm };
                if let Err(death) = work(&orders) {
                    let remains = die(death, &orders, &theirs);
                    // Whoever orders now hears at once that nobody is here.
                    drop(orders);
                    drop(remains);
                }
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

/// Tells whoever plays, whoever just wants to, or else the next to come. What is left.
fn die(death: Death, orders: &Orders, life: &Mutex<Life>) -> Box<dyn Any> {
    // Dead before the words are out, so that whoever hears them and opens again gets a new one.
    *lock(life) = Life::Dead(None);
    let mut untold = true;
    if let Some(fault) = death.playing {
        fault.raise_because(death.reason.clone());
        untold = false;
    }
    for order in orders.taken.try_iter() {
        if let Order::Play(_, started) = order {
            started(Err(death.reason.clone()));
            untold = false;
        }
    }
    if untold {
        *lock(life) = Life::Dead(Some(death.reason));
    }
    death.remains
}

fn lock(life: &Mutex<Life>) -> MutexGuard<'_, Life> {
    // One assignment at a time: whole whatever panicked.
    life.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Orders {
    /// Brings `playing` up to date. `None`: the thread is to end.
    pub(super) fn obey(&self, playing: &mut Option<Live>) -> Option<()> {
        // First, so that what comes after the last look rings again.
        self.alarm.quiet();
        loop {
            match self.taken.try_recv() {
                Ok(Order::Play(live, started)) => {
                    *playing = Some(live);
                    started(Ok(()));
                }
                Ok(Order::Pause) => *playing = None,
                Err(TryRecvError::Empty) => return Some(()),
                Ok(Order::End) | Err(TryRecvError::Disconnected) => return None,
            }
        }
    }
}
