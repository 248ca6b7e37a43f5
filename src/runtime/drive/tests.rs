#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use ratatui::Frame;
use ratatui::text::Line;

use super::super::frames::INTERVAL;
use super::super::stage::tests::piped;
use super::super::sys;
use super::*;
use crate::app::{Api, Mouse, RequestId, TimerId};

const MS: Duration = Duration::from_millis(1);

/// A program that writes down what happened when, and answers as it was told to.
#[derive(Default)]
struct Script {
    start: Option<Instant>,
    /// Messages and drawings with the milliseconds since the start.
    seen: Vec<(u128, String)>,
    text: String,
    redraw_every: Option<Duration>,
    answers: Vec<(Message, Vec<Effect>)>,
}

impl Script {
    fn at(&self) -> u128 {
        (mono() - self.start.unwrap()).as_millis()
    }

    fn drawings(&self) -> Vec<u128> {
        let drawn = self.seen.iter().filter(|(_, what)| what == "draw");
        drawn.map(|(at, _)| *at).collect()
    }
}

impl Program for Script {
    fn update(&mut self, message: Message, _now: Now) -> Vec<Effect> {
        self.seen.push((self.at(), format!("{message:?}")));
        if let Message::Input(Input::Key(key)) = &message {
            self.text = format!("{key:?}");
        }
        let answer = self.answers.iter().find(|(asked, _)| *asked == message);
        match answer {
            Some((_, effects)) => effects.clone(),
            None if message == key('q') => vec![Effect::Quit],
            None => Vec::new(),
        }
    }

    fn draw(&mut self, now: Now, frame: &mut Frame<'_>) -> Option<Instant> {
        self.seen.push((self.at(), "draw".into()));
        frame.render_widget(Line::from(self.text.as_str()), frame.area());
        self.redraw_every.map(|every| now.mono + every)
    }
}

#[derive(Default)]
struct Done(Vec<Effect>);

impl Hands for Done {
    fn carry_out(&mut self, effect: Effect) {
        self.0.push(effect);
    }
}

struct Told1(mpsc::Receiver<Told>);

impl Signalled for Told1 {
    async fn next(&mut self) -> Told {
        match self.0.recv().await {
            Some(told) => told,
            None => std::future::pending().await,
        }
    }
}

struct NoReader;

impl Aside for NoReader {
    fn aside(&self) {}
    fn back(&self) {}
}

fn key(c: char) -> Message {
    Message::Input(Input::Key(Key::char(c)))
}

fn wheel() -> Typed {
    Typed::Input(Input::Mouse(Mouse {
        kind: MouseKind::WheelDown,
        column: 0,
        row: 0,
    }))
}

/// Everything outside the loop, at the other ends of its channels.
struct World {
    typed: mpsc::Sender<Typed>,
    queue: mpsc::Sender<Message>,
    signals: mpsc::Sender<Told>,
    written: OwnedFd,
}

impl World {
    async fn press(&self, c: char) {
        self.typed
            .send(Typed::Input(Input::Key(Key::char(c))))
            .await
            .unwrap();
    }

    async fn something(&self) {
        let message = Message::Api(Api::Throttled { until: None });
        self.queue.send(message).await.unwrap();
    }

    fn read(&self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut part = [0; 4096];
        while let Ok(read @ 1..) = sys::read(self.written.as_fd(), &mut part) {
            all.extend_from_slice(&part[..read]);
        }
        all
    }
}

fn drive() -> (Drive<Told1, NoReader>, World) {
    let (stage, written) = piped();
    let (typed_in, typed) = mpsc::channel(64);
    let (signal, signals) = mpsc::channel(8);
    let (tell, queue) = mpsc::channel(2048);
    let drive = Drive::new(
        stage,
        Told1(signals),
        NoReader,
        typed,
        (tell.clone(), queue),
        Way::Terminal,
        Log::default(),
        None,
    );
    let world = World {
        typed: typed_in,
        queue: tell,
        signals: signal,
        written,
    };
    (drive, world)
}

/// Runs a script beside `life`, what goes on outside; gives the script and the reason it ended.
async fn run(
    mut script: Script,
    first: Vec<Effect>,
    life: impl AsyncFnOnce(&World),
) -> (Script, Vec<Effect>, Exit, World) {
    let (mut drive, world) = drive();
    let mut done = Done::default();
    script.start = Some(mono());
    let (exit, ()) = tokio::join!(drive.run(&mut script, &mut done, first), life(&world));
    (script, done.0, exit, world)
}

#[tokio::test(start_paused = true)]
async fn idle_nothing_is_drawn_and_nothing_wakes() {
    let (script, _, exit, world) = run(Script::default(), Vec::new(), async |world| {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        world.press('q').await;
    })
    .await;
    assert_eq!(exit, Exit::Quit);
    assert_eq!(script.drawings(), [0]);
    assert_eq!(script.seen.len(), 2);
    // An empty screen differs from a cleared one by the hidden cursor only.
    assert!(world.read().len() < 32);
}

#[tokio::test(start_paused = true)]
async fn a_key_is_drawn_at_once_though_a_frame_was_just_drawn() {
    let (script, ..) = run(Script::default(), Vec::new(), async |world| {
        tokio::time::sleep(100 * MS).await;
        world.something().await;
        tokio::time::sleep(2 * MS).await;
        world.press('j').await;
        tokio::time::sleep(MS).await;
        world.press('k').await;
        tokio::time::sleep(100 * MS).await;
        world.press('q').await;
    })
    .await;
    assert_eq!(script.drawings(), [0, 100, 102, 103]);
}

#[tokio::test(start_paused = true)]
async fn what_moves_by_itself_is_drawn_sixty_times_a_second_at_most() {
    let (script, ..) = run(Script::default(), Vec::new(), async |world| {
        for _ in 0..1000 {
            world.something().await;
            tokio::time::sleep(MS).await;
        }
        for _ in 0..1000 {
            world.typed.send(wheel()).await.unwrap();
            tokio::time::sleep(MS).await;
        }
        world.press('q').await;
    })
    .await;
    let drawings = script.drawings();
    assert!((100..=121).contains(&drawings.len()), "{}", drawings.len());
    assert!(
        drawings
            .windows(2)
            .all(|two| two[1] - two[0] >= INTERVAL.as_millis())
    );
}

#[tokio::test(start_paused = true)]
async fn a_wish_of_the_drawing_is_kept_and_the_same_picture_costs_no_bytes() {
    let script = Script {
        redraw_every: Some(250 * MS),
        text: "hello".into(),
        ..Script::default()
    };
    let (script, _, _, world) = run(script, Vec::new(), async |world| {
        tokio::time::sleep(10 * MS).await;
        assert!(world.read().ends_with(b"\x1b[?2026l"));
        tokio::time::sleep(990 * MS).await;
        assert_eq!(world.read(), b"");
        tokio::time::sleep(10 * MS).await;
        world.press('q').await;
    })
    .await;
    assert_eq!(script.drawings(), [0, 250, 500, 750, 1000]);
    drop(world);
}

#[tokio::test(start_paused = true)]
async fn all_that_is_ready_is_told_before_one_drawing() {
    let (script, ..) = run(Script::default(), Vec::new(), async |world| {
        tokio::time::sleep(50 * MS).await;
        for c in "jjjkkk".chars() {
            world.press(c).await;
        }
        world.something().await;
        tokio::time::sleep(50 * MS).await;
        world.press('q').await;
    })
    .await;
    assert_eq!(script.drawings(), [0, 50]);
    assert_eq!(script.seen.len(), 2 + 7 + 1);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_messages_does_not_keep_the_screen_from_being_drawn() {
    let (script, ..) = run(Script::default(), Vec::new(), async |world| {
        tokio::time::sleep(50 * MS).await;
        for _ in 0..1500 {
            world.queue.try_send(Message::Timer(TimerId(1))).unwrap();
        }
        tokio::time::sleep(50 * MS).await;
        world.press('q').await;
    })
    .await;
    let first_draw = script
        .seen
        .iter()
        .skip(1)
        .position(|(_, what)| what == "draw");
    assert!(first_draw.unwrap() <= MOST_AT_ONCE + 1);
}

#[tokio::test(start_paused = true)]
async fn timers_ring_at_their_instant_unless_cancelled() {
    let start = mono();
    let first = vec![
        Effect::Timer {
            timer: TimerId(1),
            at: start + 40 * MS,
        },
        Effect::Timer {
            timer: TimerId(2),
            at: start + 20 * MS,
        },
        Effect::Timer {
            timer: TimerId(3),
            at: start + 30 * MS,
        },
        Effect::CancelTimer(TimerId(3)),
    ];
    let (script, ..) = run(Script::default(), first, async |world| {
        tokio::time::sleep(500 * MS).await;
        world.press('q').await;
    })
    .await;
    let rang: Vec<_> = script
        .seen
        .iter()
        .filter(|(_, what)| what.starts_with("Timer"))
        .collect();
    assert_eq!(
        rang,
        [
            &(20, "Timer(TimerId(2))".into()),
            &(40, "Timer(TimerId(1))".into())
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn effects_of_others_go_to_the_hands_in_order() {
    let effects = vec![Effect::Pause, Effect::Cancel(RequestId(7)), Effect::Stop];
    let script = Script {
        answers: vec![(key('x'), effects.clone())],
        ..Script::default()
    };
    let (_, done, ..) = run(script, Vec::new(), async |world| {
        world.press('x').await;
        world.press('q').await;
    })
    .await;
    assert_eq!(done, effects);
}

#[tokio::test(start_paused = true)]
async fn copying_goes_out_as_one_sequence_and_the_log_comes_back() {
    let script = Script {
        answers: vec![
            (key('y'), vec![Effect::Copy("8d5cd396".into())]),
            (key('l'), vec![Effect::ReadLog]),
            (
                key('Y'),
                vec![Effect::Copy("x".repeat(clipboard::LONGEST + 1))],
            ),
        ],
        ..Script::default()
    };
    let (script, _, _, world) = run(script, Vec::new(), async |world| {
        for c in "ylY".chars() {
            world.press(c).await;
            tokio::time::sleep(MS).await;
        }
        world.press('q').await;
    })
    .await;
    let written = String::from_utf8(world.read()).unwrap();
    assert!(
        written.contains("\x1b]52;c;OGQ1Y2QzOTY=\x1b\\"),
        "{written:?}"
    );
    assert!(script.seen.iter().any(|(_, what)| what == "Log([])"));
    assert!(
        script
            .seen
            .iter()
            .any(|(_, what)| what.starts_with("Trouble(\"not copied: 65537 bytes"))
    );
}

#[tokio::test(start_paused = true)]
async fn signals_and_the_end_of_the_terminal_end_the_loop() {
    let script = || Script {
        answers: vec![(
            Message::Signal(Signal::Terminate),
            vec![Effect::Stop, Effect::Quit],
        )],
        ..Script::default()
    };
    let (_, done, exit, _) = run(script(), Vec::new(), async |world| {
        world
            .signals
            .send(Told::End(Ending::Terminate))
            .await
            .unwrap();
    })
    .await;
    assert_eq!(exit, Exit::Signalled(Ending::Terminate));
    assert_eq!(done, [Effect::Stop]);
    let (_, done, exit, _) = run(script(), Vec::new(), async |world| {
        world.typed.send(Typed::HungUp).await.unwrap();
    })
    .await;
    assert_eq!(done, [Effect::Stop]);
    assert_eq!(exit, Exit::HungUp);
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_takes_nothing_gets_no_further_frames_but_keys_still_count() {
    let (mut drive, world) = drive();
    drive.stage.words(&vec![b'.'; 200_000]).unwrap();
    assert!(!drive.stage.is_clear());
    let mut script = Script {
        start: Some(mono()),
        ..Script::default()
    };
    let mut done = Done::default();
    let (exit, ()) = tokio::join!(drive.run(&mut script, &mut done, Vec::new()), async {
        world.press('j').await;
        world.press('k').await;
        tokio::time::sleep(1000 * MS).await;
        world.press('q').await;
    });
    assert_eq!(exit, Exit::Quit);
    assert_eq!(script.drawings(), [] as [u128; 0]);
    assert_eq!(script.text, format!("{:?}", Key::plain(KeyCode::Char('q'))));
}
