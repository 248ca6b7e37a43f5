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
    /// Openings so far.
    opened: u64,
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
    /// The number of its opening.
    opening: u64,
}

/// What the thread is told.
pub(super) struct Orders {
    taken: Receiver<Order>,
    /// Rings when there is something new.
    pub alarm: Alarm,
}

enum Order {
    Play(Live, Started),
    /// Ends that opening. One that came too late must not end the one after it.
    Pause(u64),
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
            opened: 0,
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
        self.opened += 1;
        let (name, rate, opening) = (self.name, self.rate, self.opened);
        let feeder = match self.feeder() {
            Ok(feeder) => feeder,
            Err(reason) => return answer(Err(reason)),
        };
        let (writer, renderer, fault) = ring(rate, filler);
        let hold = Hold {
            orders: feeder.orders.clone(),
            waker: Arc::clone(&feeder.waker),
            opening,
        };
        let started = Box::new(move |outcome: Result<(), String>| {
            answer(outcome.map(|()| Open {
                writer,
                hold: Box::new(hold),
            }));
        });
        let live = Live {
            renderer,
            fault,
            opening,
        };
        let order = Order::Play(live, started);
        // A death before is seen here, and one after finds the order: life is held meanwhile.
        let sent = match *lock(&feeder.life) {
            Life::Alive => feeder.orders.send(order),
            Life::Dead(_) => Err(SendError(order)),
        };
        let refused = match sent {
            Ok(()) => return feeder.waker.wake(),
            Err(SendError(refused)) => refused,
        };
        let reason = self.feeder.take().and_then(|dead| dead.untold());
        if let Order::Play(_, started) = refused {
            started(Err(
                reason.unwrap_or_else(|| format!("{name} has just ended"))
            ));
        }
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
    opening: u64,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Pause(self.opening));
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
                Ok(Order::Pause(opening)) => {
                    playing.take_if(|live| live.opening == opening);
                }
                Err(TryRecvError::Empty) => return Some(()),
                Ok(Order::End) | Err(TryRecvError::Disconnected) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn live(opening: u64) -> Order {
        let (_, renderer, fault) = ring(48_000, std::thread::current());
        let live = Live {
            renderer,
            fault,
            opening,
        };
        Order::Play(live, Box::new(|started| assert_eq!(started, Ok(()))))
    }

    #[test]
    fn an_opening_that_is_let_go_late_does_not_end_the_next() {
        let (orders, taken) = channel();
        let (_waker, alarm) = alarm().unwrap();
        let theirs = Orders { taken, alarm };
        let mut playing = None;
        for order in [live(1), live(2), Order::Pause(1)] {
            orders.send(order).unwrap();
        }
        assert!(theirs.obey(&mut playing).is_some());
        assert_eq!(playing.as_ref().map(|live| live.opening), Some(2));
        orders.send(Order::Pause(2)).unwrap();
        assert!(theirs.obey(&mut playing).is_some());
        assert!(playing.is_none());
        orders.send(Order::End).unwrap();
        assert!(theirs.obey(&mut playing).is_none());
    }

    fn open(fed: &mut Fed) -> Result<Open, String> {
        let (tell, told) = channel();
        let answer = Box::new(move |outcome| tell.send(outcome).unwrap());
        fed.open(std::thread::current(), answer);
        told.recv_timeout(PATIENCE).unwrap()
    }

    #[test]
    fn a_death_is_told_to_what_plays_and_the_next_opening_begins_anew() {
        let mut fed = Fed::new("the test", 48_000, |orders| {
            let mut playing = None;
            while playing.is_none() {
                orders.obey(&mut playing).unwrap();
                std::thread::yield_now();
            }
            Err(Death {
                reason: "enough".to_owned(),
                playing: playing.map(|live| live.fault),
                remains: Box::new(()),
            })
        });
        for _ in 0..3 {
            let open = open(&mut fed).unwrap();
            let begun = Instant::now();
            while !open.writer.is_faulty() {
                assert!(begun.elapsed() < PATIENCE);
                std::thread::yield_now();
            }
            assert_eq!(open.writer.fault(), Some("enough"));
        }
    }

    #[test]
    fn what_dies_before_it_is_needed_tells_the_first_who_does() {
        let fed = Fed::new("the test", 48_000, |_| {
            Err(Death {
                reason: "no room".to_owned(),
                playing: None,
                remains: Box::new(()),
            })
        });
        let mut fed = fed.begun();
        let over = &fed.feeder.as_ref().unwrap().over;
        assert!(over.recv_timeout(PATIENCE).is_err());
        assert_eq!(open(&mut fed).err().as_deref(), Some("no room"));
    }

    #[test]
    fn after_a_panic_the_next_opening_but_one_begins_anew() {
        let is_first = std::sync::atomic::AtomicBool::new(true);
        let fed = Fed::new("the test", 48_000, move |orders| {
            let first = is_first.swap(false, std::sync::atomic::Ordering::Relaxed);
            assert!(!first, "the first panics");
            let mut playing = None;
            while orders.obey(&mut playing).is_some() {
                std::thread::yield_now();
            }
            Ok(())
        });
        let mut fed = fed.begun();
        let over = &fed.feeder.as_ref().unwrap().over;
        assert!(over.recv_timeout(PATIENCE).is_err());
        let told = open(&mut fed).err();
        assert_eq!(told.as_deref(), Some("the test has just ended"));
        assert!(open(&mut fed).is_ok());
    }
}
