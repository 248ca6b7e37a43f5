//! The player in a process of its own, since the environment must be set before anything looks for a sound server.
//!
//! The test program starts itself again to run one ignored test, which takes commands line by line and tells events.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use callreel::audio::speech::{Side, Speech, Speed};
use callreel::audio::{self, Anchor, Event, PlayId, Player, Request, Sink};

/// The ignored test that is the child.
pub const NAME: &str = "player_child";

/// In the child's environment: the device that is asked for by name.
pub const DEVICE: &str = "CALLREEL_TEST_DEVICE";

const PATIENCE: Duration = Duration::from_secs(20);

/// What the child told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The number of the order that began this playback.
    pub play: usize,
    pub name: String,
    /// Of an anchor.
    pub position: Duration,
    /// When the sound stood there.
    pub at: SystemTime,
    pub words: String,
}

/// A child process with a player in it.
pub struct Remote {
    child: Child,
    orders: Option<ChildStdin>,
    given: usize,
    play: usize,
    told: Receiver<Told>,
}

impl Remote {
    pub fn start(environment: &[(&'static str, String)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", NAME, "--nocapture"])
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, told) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(event) = parse(&line) {
                    let _ = tell.send(event);
                }
            }
        });
        Self {
            orders: child.stdin.take(),
            child,
            given: 0,
            play: 0,
            told,
        }
    }

    /// Sends one order and returns when that was.
    pub fn order(&mut self, order: &str) -> SystemTime {
        let orders = self.orders.as_mut().unwrap();
        let now = SystemTime::now();
        writeln!(orders, "{order}").unwrap();
        orders.flush().unwrap();
        if order.starts_with("play ") {
            self.play = self.given;
        }
        self.given += 1;
        now
    }

    /// The next event of that name of the newest playback; what comes before it is passed over.
    pub fn until(&self, name: &str) -> Told {
        let mut before = VecDeque::new();
        loop {
            match self.told.recv_timeout(PATIENCE) {
                Ok(told) if told.name == name && told.play == self.play => return told,
                Ok(told) => before.push_back(told),
                Err(error) => panic!("no {name} ({error}) after {before:#?}"),
            }
        }
    }

    /// What the newest playback has told since, without waiting.
    pub fn since(&self) -> Vec<Told> {
        let newest = |told: &Told| told.play == self.play;
        self.told.try_iter().filter(newest).collect()
    }

    /// Ends the child. What it wrote to stderr.
    pub fn finish(mut self) -> String {
        drop(self.orders.take());
        let mut stderr = self.child.stderr.take().unwrap();
        let mut words = String::new();
        std::io::Read::read_to_string(&mut stderr, &mut words).unwrap();
        assert!(self.child.wait().unwrap().success(), "{words}");
        words
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn parse(line: &str) -> Option<Told> {
    // The test harness writes its own beginning of the first line.
    let (_, event) = line.split_once('@')?;
    let mut parts = event.splitn(5, ' ');
    let play = parts.next()?.parse().ok()?;
    let name = parts.next()?.to_owned();
    let position = Duration::from_nanos(parts.next()?.parse().ok()?);
    let at = UNIX_EPOCH + Duration::from_nanos(parts.next()?.parse().ok()?);
    Some(Told {
        play,
        name,
        position,
        at,
        words: parts.next().unwrap_or_default().to_owned(),
    })
}

/// The child's whole life: orders from stdin until it ends.
pub fn live() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let http = audio::fetch::Http::new().unwrap();
    let player = Player::spawn(
        runtime.handle().clone(),
        http,
        match std::env::var(DEVICE) {
            Ok(name) => Sink::Named(name),
            Err(_) => Sink::Device,
        },
        |play, event| {
            tell(play, &event);
        },
    );
    let orders = std::io::stdin().lock().lines();
    for (number, order) in orders.map_while(Result::ok).enumerate() {
        let words: Vec<&str> = order.split(' ').collect();
        let millis = |word: &str| Duration::from_millis(word.parse().unwrap());
        player.send(match words.as_slice() {
            ["play", url, at] => audio::Command::Play {
                play: PlayId(number as u64),
                request: Request {
                    url: (*url).to_owned(),
                    authorization: None,
                    own_origin: None,
                },
                at: millis(at),
                expected: None,
            },
            ["pause"] => audio::Command::Pause,
            ["resume"] => audio::Command::Resume { at: None },
            ["seek", to] => audio::Command::Seek(millis(to)),
            ["left-at", tenths] => {
                let mut speech = Speech::default();
                speech.sides.side = Side::Left;
                speech.speed = Speed::from_tenths(tenths.parse().unwrap());
                audio::Command::Speech(speech)
            }
            ["as-recorded"] => audio::Command::Speech(Speech::default()),
            other => panic!("what is {other:?}?"),
        });
    }
    player.shutdown();
}

fn tell(play: PlayId, event: &Event) {
    let (name, anchor, words) = match event {
        Event::Playing(anchor) => ("playing", Some(anchor), String::new()),
        Event::Paused(anchor) => ("paused", Some(anchor), String::new()),
        Event::Buffering(anchor) => ("buffering", Some(anchor), String::new()),
        Event::Ended(anchor) => ("ended", Some(anchor), String::new()),
        Event::Device(Some(reason)) => ("no-device", None, reason.clone()),
        Event::Device(None) => ("device", None, String::new()),
        Event::Failed(error) => ("failed", None, error.to_string()),
        Event::Waveform(_) => ("waveform", None, String::new()),
        _ => return,
    };
    let position = anchor.map_or(0, |anchor| anchor.position.as_nanos());
    let at = anchor.map_or(SystemTime::now(), when);
    let at = at.duration_since(UNIX_EPOCH).unwrap().as_nanos();
    println!("@{} {name} {position} {at} {words}", play.0);
}

/// The anchor's moment by the clock that both processes share.
fn when(anchor: &Anchor) -> SystemTime {
    let (now, clock) = (Instant::now(), SystemTime::now());
    match anchor.at.checked_duration_since(now) {
        Some(ahead) => clock + ahead,
        None => clock - now.duration_since(anchor.at),
    }
}
