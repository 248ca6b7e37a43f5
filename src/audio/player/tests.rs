#![allow(clippy::panic)]

mod ahead;
mod far;
mod repeat;

use std::cell::Cell;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::Thread;
use std::time::Instant;

use super::*;
use crate::audio::buffer::Feed;
use crate::audio::event::Anchor;
use crate::audio::output::{Answer, Open};
use crate::audio::ring::{Fault, Frame, Renderer, ring};
use crate::audio::speech::{Side, Sides, Skip, Speech, Speed};

const STEREO: &[u8] = include_bytes!("../../../assets/calls/support-stereo-cbr32.mp3");
const WAV: &[u8] = include_bytes!("../../../assets/calls/reminder-mono-ulaw.wav");

/// Long enough for any machine, and only waited for when something is broken.
const PATIENCE: Duration = Duration::from_secs(10);

/// Frames rendered at once: 10 ms.
const STEP: usize = 480;

struct ScriptedFetch(Sender<Feed>);

impl Fetch for ScriptedFetch {
    fn begin(&mut self, _request: Request, _most: Option<u64>, _retrying: Retrying) -> Buffer {
        let (buffer, feed) = Buffer::open();
        let _ = self.0.send(feed);
        buffer
    }
}

/// Opens as often as it is told to succeed or fail; then fails.
struct ScriptedOutput {
    outcomes: Vec<Result<(), &'static str>>,
    opened: Sender<(Renderer, Fault)>,
    /// Rung by what is ordered, where it takes frames back.
    bells: Option<Sender<()>>,
}

impl Output for ScriptedOutput {
    fn open(&mut self, filler: Thread, answer: Answer) {
        let outcome = match self.outcomes.is_empty() {
            true => Err("no more"),
            false => self.outcomes.remove(0),
        };
        answer(match outcome {
            Ok(()) => {
                let (writer, renderer, fault) = ring(48_000, filler);
                let _ = self.opened.send((renderer, fault));
                let writer = match self.bells.clone() {
                    Some(bells) => writer.with_bell(move || {
                        let _ = bells.send(());
                    }),
                    None => writer,
                };
                Ok(Open {
                    writer,
                    hold: Box::new(()),
                })
            }
            Err(reason) => Err(reason.to_owned()),
        });
    }
}

struct Rig {
    player: Player,
    events: Receiver<(PlayId, Event)>,
    feeds: Receiver<Feed>,
    outputs: Receiver<(Renderer, Fault)>,
}

impl Rig {
    fn new(outcomes: Vec<Result<(), &'static str>>) -> Self {
        Self::with(outcomes, None)
    }

    fn with(outcomes: Vec<Result<(), &'static str>>, bells: Option<Sender<()>>) -> Self {
        let (fetched, feeds) = channel();
        let (opened, outputs) = channel();
        let (told, events) = channel();
        let tell = move |play, event| {
            let _ = told.send((play, event));
        };
        let player = Player::with(
            Box::new(ScriptedFetch(fetched)),
            Box::new(ScriptedOutput {
                outcomes,
                opened,
                bells,
            }),
            Events::new(tell),
        );
        Self {
            player,
            events,
            feeds,
            outputs,
        }
    }

    /// A recording that is loaded as a whole and plays from `at`, with the output that it plays to.
    fn playing(file: &[u8], at: Duration) -> (Self, Renderer) {
        let rig = Self::new(vec![Ok(())]);
        rig.play(1, at);
        rig.load(file);
        let (mut renderer, _) = rig.output();
        let anchor = keep_taking(&mut renderer, || rig.until(playing));
        assert!(from(anchor.position, at));
        (rig, renderer)
    }

    fn play(&self, id: u64, at: Duration) {
        self.player.send(Command::Play {
            play: PlayId(id),
            request: Request {
                url: "http://127.0.0.1/".to_owned(),
                authorization: None,
                own_origin: None,
            },
            at,
            expected: None,
        });
    }

    fn feed(&self) -> Feed {
        self.feeds.recv_timeout(PATIENCE).unwrap()
    }

    fn load(&self, file: &[u8]) -> Feed {
        let feed = self.feed();
        feed.set_len(file.len() as u64);
        feed.write(0, file).unwrap();
        feed
    }

    fn output(&self) -> (Renderer, Fault) {
        self.outputs.recv_timeout(PATIENCE).unwrap()
    }

    /// Takes events until `pick` finds what it looks for.
    fn until<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> T {
        let mut seen = Vec::new();
        loop {
            match self.events.recv_timeout(PATIENCE) {
                Ok((_, event)) => match pick(&event) {
                    Some(found) => return found,
                    None if matches!(event, Event::Waveform(_)) => {}
                    None => seen.push(event),
                },
                Err(RecvTimeoutError::Timeout) => panic!("it did not come after {seen:#?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("the player is gone: {seen:#?}"),
            }
        }
    }
}

fn playing(event: &Event) -> Option<Anchor> {
    match event {
        Event::Playing(anchor) => Some(*anchor),
        _ => None,
    }
}

fn paused(event: &Event) -> Option<Anchor> {
    match event {
        Event::Paused(anchor) => Some(*anchor),
        _ => None,
    }
}

fn buffering(event: &Event) -> Option<Anchor> {
    match event {
        Event::Buffering(anchor) => Some(*anchor),
        _ => None,
    }
}

fn ended(event: &Event) -> Option<Anchor> {
    match event {
        Event::Ended(anchor) => Some(*anchor),
        _ => None,
    }
}

fn device(event: &Event) -> Option<Option<String>> {
    match event {
        Event::Device(reason) => Some(reason.clone()),
        _ => None,
    }
}

fn failed(event: &Event) -> Option<Error> {
    match event {
        Event::Failed(error) => Some(error.clone()),
        _ => None,
    }
}

/// Renders `steps` times 10 ms, each when the player has had time to fill the ring and let it run.
fn hear(renderer: &mut Renderer, steps: usize) -> Vec<Frame> {
    let mut out = Vec::new();
    for _ in 0..steps {
        let begun = Instant::now();
        while renderer.waiting() < 4 && begun.elapsed() < PATIENCE {
            std::thread::yield_now();
        }
        out.extend(take(renderer));
    }
    out
}

const STEP_TIME: Duration = Duration::from_millis(10);

/// One step of 10 ms of whatever is there.
fn take(renderer: &mut Renderer) -> Vec<Frame> {
    let mut out = vec![[9.0; 2]; STEP];
    renderer.render(&mut out, Instant::now());
    out
}

/// Runs `wait` while a device takes 10 ms every 8 ms from `renderer`.
fn keep_taking<T>(renderer: &mut Renderer, wait: impl FnOnce() -> T) -> T {
    take_every(Duration::from_millis(8), renderer, wait)
}

fn take_every<T>(period: Duration, renderer: &mut Renderer, wait: impl FnOnce() -> T) -> T {
    let (done, over) = channel::<()>();
    std::thread::scope(|scope| {
        let device = scope.spawn(move || {
            let mut steps = 0;
            while over.recv_timeout(period) == Err(RecvTimeoutError::Timeout) {
                take(renderer);
                steps += 1;
            }
            steps
        });
        let found = wait();
        drop(done);
        TAKEN.set(Duration::from_millis(10) * device.join().unwrap());
        found
    })
}

/// Takes 10 ms every 8 ms, as a device does, until a step is what is waited for; all steps, this one the last.
fn take_until(renderer: &mut Renderer, enough: impl Fn(&[Frame]) -> bool) -> Vec<Vec<Frame>> {
    let (_open, clock) = channel::<()>();
    let begun = Instant::now();
    let mut steps = Vec::new();
    while begun.elapsed() < PATIENCE {
        let _ = clock.recv_timeout(Duration::from_millis(8));
        let step = take(renderer);
        let found = enough(&step);
        steps.push(step);
        if found {
            return steps;
        }
    }
    panic!("it never changed");
}

thread_local! {
    /// What the device took while the test last waited.
    static TAKEN: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Is this where the sound started at `start` can be? A player that is told late, on a busy machine, is further by no more
/// than the device took meanwhile.
fn from(position: Duration, start: Duration) -> bool {
    let slack = Duration::from_millis(25);
    position + slack >= start && position <= start + TAKEN.get() + slack
}

fn loud(frames: &[Frame]) -> bool {
    frames.iter().flatten().any(|sample| sample.abs() > 1e-3)
}

/// One side, in both ears.
fn is_alone(frames: &[Frame]) -> bool {
    loud(frames) && frames.iter().all(|[left, right]| left == right)
}

fn silent(frames: &[Frame]) -> bool {
    frames.iter().flatten().all(|sample| *sample == 0.0)
}

#[test]
fn it_sounds_with_the_first_bytes_and_tells_what_it_is() {
    let rig = Rig::new(vec![Ok(())]);
    rig.play(7, Duration::ZERO);
    let feed = rig.feed();
    assert_eq!(
        rig.events.recv_timeout(PATIENCE).unwrap(),
        (PlayId(7), Event::Opening)
    );
    feed.set_len(STEREO.len() as u64);
    feed.write(0, &STEREO[..3_000]).unwrap();
    let media = rig.until(|event| match event {
        Event::Opened(media) => Some(media.clone()),
        _ => None,
    });
    assert_eq!(
        (media.format, media.sample_rate, media.channels),
        ("mp3", 8_000, 2)
    );
    let (length, exact) = rig.until(|event| match event {
        Event::Length { length, exact } => Some((*length, *exact)),
        _ => None,
    });
    assert_eq!(
        (length, exact),
        (Duration::from_nanos(79_611_125_000), true)
    );
    let (mut renderer, _) = rig.output();
    let anchor = keep_taking(&mut renderer, || rig.until(playing));
    assert!(from(anchor.position, Duration::ZERO));
    assert_eq!(anchor.speed, 1.0);
}

#[test]
fn a_pause_stops_at_what_was_heard_and_resuming_goes_on_from_there() {
    let (rig, mut renderer) = Rig::playing(STEREO, Duration::from_secs(2));
    hear(&mut renderer, 20);
    rig.player.send(Command::Pause);
    let anchor = keep_taking(&mut renderer, || rig.until(paused));
    assert_eq!(anchor.speed, 0.0);
    let since = anchor.position - Duration::from_secs(2);
    assert!(since >= Duration::from_millis(200), "after {since:?}");
    assert!(silent(&take(&mut renderer)));
    rig.player.send(Command::Resume { at: None });
    let resumed = keep_taking(&mut renderer, || rig.until(playing));
    assert!(from(resumed.position, anchor.position));
}

#[test]
fn a_jump_while_paused_moves_and_stays_silent() {
    let (rig, mut renderer) = Rig::playing(STEREO, Duration::from_secs(2));
    rig.player.send(Command::Pause);
    keep_taking(&mut renderer, || rig.until(paused));
    let to = Duration::from_secs(50);
    rig.player.send(Command::Seek(to));
    assert_eq!(rig.until(paused).position, to);
    assert!(silent(&hear(&mut renderer, 3)));
    rig.player.send(Command::Resume { at: None });
    let anchor = keep_taking(&mut renderer, || rig.until(playing));
    assert!(from(anchor.position, to));
}

#[test]
fn a_jump_to_what_is_missing_asks_there_says_so_and_sounds_when_it_comes() {
    let rig = Rig::new(vec![Ok(())]);
    rig.play(1, Duration::ZERO);
    let feed = rig.feed();
    feed.set_len(STEREO.len() as u64);
    feed.write(0, &STEREO[..8_000]).unwrap();
    let (mut renderer, _) = rig.output();
    keep_taking(&mut renderer, || rig.until(playing));
    let to = Duration::from_secs(56);
    rig.player.send(Command::Seek(to));
    assert_eq!(
        keep_taking(&mut renderer, || rig.until(buffering)).position,
        to
    );
    let at = feed.head() as usize;
    let share = at as f64 / STEREO.len() as f64;
    assert!((0.65..0.75).contains(&share), "asked at {share}");
    feed.write(at as u64, &STEREO[at..at + 8_000]).unwrap();
    let anchor = keep_taking(&mut renderer, || rig.until(playing));
    assert!(anchor.position.abs_diff(to) < Duration::from_millis(100) + TAKEN.get());
}

#[test]
fn running_out_of_bytes_stands_still_and_goes_on_by_itself() {
    let rig = Rig::new(vec![Ok(())]);
    rig.play(1, Duration::ZERO);
    let feed = rig.feed();
    feed.set_len(STEREO.len() as u64);
    // Ten frames of 72 ms, of which the first is the tag's.
    feed.write(0, &STEREO[..288 * 10]).unwrap();
    let (mut renderer, _) = rig.output();
    let stood = keep_taking(&mut renderer, || {
        rig.until(playing);
        rig.until(buffering)
    });
    assert_eq!(stood.speed, 0.0);
    assert!(
        (0.4..0.65).contains(&stood.position.as_secs_f64()),
        "{stood:?}"
    );
    feed.write(2_880, &STEREO[2_880..]).unwrap();
    let anchor = keep_taking(&mut renderer, || rig.until(playing));
    let gap = anchor.position.abs_diff(stood.position);
    assert!(
        gap < Duration::from_millis(40) + TAKEN.get(),
        "{gap:?} apart"
    );
}

#[test]
fn the_end_is_told_when_the_last_frame_was_heard_and_a_jump_back_plays_again() {
    let (rig, mut renderer) = Rig::playing(STEREO, Duration::from_secs(79));
    let mut frames = 0;
    let mut out = vec![[0.0; 2]; STEP];
    // A device whose sound is heard a fifth of a second after it takes it.
    let late = Duration::from_millis(200);
    let end = loop {
        renderer.render(&mut out, Instant::now() + late);
        frames += usize::from(loud(&out));
        match rig.events.recv_timeout(Duration::from_millis(9)) {
            Ok((_, Event::Ended(anchor))) => break anchor,
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(end.position, Duration::from_nanos(79_611_125_000));
    assert!(frames > 0);
    rig.player.send(Command::Seek(Duration::from_secs(3)));
    let anchor = keep_taking(&mut renderer, || rig.until(playing));
    assert!(from(anchor.position, Duration::from_secs(3)));
    rig.player.send(Command::Seek(Duration::from_secs(5_000)));
    let end = keep_taking(&mut renderer, || rig.until(ended));
    assert_eq!(end.position, Duration::from_nanos(79_611_125_000));
    rig.player.send(Command::Resume { at: None });
    let again = keep_taking(&mut renderer, || rig.until(playing));
    assert!(from(again.position, Duration::ZERO));
}

#[test]
fn the_last_sample_is_heard() {
    let (rig, mut renderer) = Rig::playing(WAV, Duration::from_millis(9_585));
    let (done, over) = channel::<()>();
    let frames = std::thread::scope(|scope| {
        let renderer = &mut renderer;
        let device = scope.spawn(move || {
            let mut frames = Vec::new();
            while over.recv_timeout(Duration::from_millis(8)) == Err(RecvTimeoutError::Timeout) {
                frames.extend(take(renderer));
            }
            frames
        });
        rig.until(ended);
        drop(done);
        device.join().unwrap()
    });
    // One second at 48 kHz, less the 10 ms that were taken before; the file ends in noise, not in zeros.
    let last = frames.iter().rposition(|frame| *frame != [0.0; 2]).unwrap();
    assert!((47_000..=48_200).contains(&last), "{last}");
}

#[test]
fn failures_are_told_once_and_end_the_playback() {
    for (bytes, error) in [
        (None, Error::NotFound),
        (
            Some(&b"<html><body>Sign in</body></html>"[..]),
            Error::NotAudio(String::new()),
        ),
        (Some(&WAV[..58]), Error::HeaderOnly),
        (Some(&b""[..]), Error::Empty),
    ] {
        let rig = Rig::new(vec![Ok(())]);
        rig.play(1, Duration::ZERO);
        match bytes {
            None => rig.feed().fail(Error::NotFound),
            Some(bytes) => drop(rig.load(bytes)),
        }
        let told = rig.until(failed);
        assert_eq!(
            std::mem::discriminant(&told),
            std::mem::discriminant(&error),
            "{told:?}"
        );
    }
}

#[test]
fn a_panic_while_decoding_ends_that_playback_and_nothing_else() {
    let rig = Rig::new(vec![Ok(())]);
    rig.play(1, Duration::ZERO);
    rig.load(b"panic! and some more bytes");
    let error = rig.until(failed);
    assert_eq!(
        error,
        Error::Decode("a frame that nobody expected".to_owned())
    );
    rig.play(2, Duration::ZERO);
    rig.load(WAV);
    let (mut renderer, _) = rig.output();
    keep_taking(&mut renderer, || rig.until(playing));
}

#[test]
fn a_lost_connection_is_told_after_what_had_come_was_heard() {
    let rig = Rig::new(vec![Ok(())]);
    rig.play(1, Duration::ZERO);
    let feed = rig.feed();
    feed.set_len(STEREO.len() as u64);
    feed.write(0, &STEREO[..288 * 10]).unwrap();
    let (mut renderer, _) = rig.output();
    let error = keep_taking(&mut renderer, || {
        rig.until(playing);
        feed.fail(Error::Unreachable("gone".to_owned()));
        rig.until(failed)
    });
    assert_eq!(error, Error::Unreachable("gone".to_owned()));
}

#[test]
fn without_a_device_it_is_paused_says_why_and_still_draws() {
    let rig = Rig::new(vec![Err("there is none"), Ok(())]);
    rig.play(1, Duration::from_secs(4));
    rig.load(STEREO);
    assert_eq!(rig.until(device).unwrap(), "there is none");
    assert_eq!(rig.until(paused).position, Duration::from_secs(4));
    rig.until(|event| match event {
        Event::Waveform(waveform)
            if waveform.bin * waveform.channels[0].len() as u32 > Duration::from_secs(79) =>
        {
            Some(())
        }
        _ => None,
    });
    rig.player.send(Command::Resume { at: None });
    assert_eq!(rig.until(device), None);
    let (mut renderer, _) = rig.output();
    let anchor = keep_taking(&mut renderer, || rig.until(playing));
    assert!(from(anchor.position, Duration::from_secs(4)));
}

#[test]
fn a_lost_device_pauses_where_it_was_and_is_opened_again() {
    let rig = Rig::new(vec![Ok(()), Err("still away"), Ok(())]);
    rig.play(1, Duration::from_secs(10));
    rig.load(STEREO);
    let (mut renderer, fault) = rig.output();
    keep_taking(&mut renderer, || rig.until(playing));
    hear(&mut renderer, 50);
    fault.raise();
    assert!(rig.until(device).unwrap().contains("went away"));
    let stood = rig.until(paused).position.as_secs_f64();
    assert!((10.4..10.6).contains(&stood), "at {stood}");
    assert_eq!(rig.until(device).unwrap(), "still away");
    assert_eq!(rig.until(device), None);
    let (mut renderer, _) = rig.output();
    assert!(silent(&hear(&mut renderer, 2)));
    rig.player.send(Command::Resume { at: None });
    let anchor = keep_taking(&mut renderer, || rig.until(playing));
    assert!((anchor.position.as_secs_f64() - stood).abs() < 0.03);
}

#[test]
fn a_device_that_races_is_stopped() {
    let (rig, mut renderer) = Rig::playing(STEREO, Duration::ZERO);
    let racing = Duration::from_micros(100);
    let reason = take_every(racing, &mut renderer, || rig.until(device)).unwrap();
    assert!(reason.contains("faster"), "{reason}");
    rig.until(paused);
}

#[test]
fn the_next_recording_silences_the_one_before() {
    let (rig, mut renderer) = Rig::playing(STEREO, Duration::from_secs(3));
    rig.play(2, Duration::ZERO);
    rig.load(WAV);
    let anchor = keep_taking(&mut renderer, || {
        loop {
            let (play, event) = rig.events.recv_timeout(PATIENCE).unwrap();
            if let (PlayId(2), Event::Playing(anchor)) = (play, event) {
                return anchor;
            }
        }
    });
    assert!(from(anchor.position, Duration::ZERO));
    rig.player.send(Command::Stop);
    rig.play(3, Duration::ZERO);
    rig.until(|event| (*event == Event::Opening).then_some(()));
    // Only the fade of what was cut off may still come.
    take(&mut renderer);
    assert!(silent(&take(&mut renderer)));
}

#[test]
fn a_held_arrow_key_ends_where_it_was_let_go() {
    let (rig, mut renderer) = Rig::playing(STEREO, Duration::ZERO);
    for second in 1..=60 {
        rig.player.send(Command::Seek(Duration::from_secs(second)));
    }
    let reached = keep_taking(&mut renderer, || {
        rig.until(|event| {
            playing(event).filter(|anchor| anchor.position >= Duration::from_secs(60))
        })
    });
    assert!(from(reached.position, Duration::from_secs(60)));
}

#[test]
fn muting_is_silent_and_the_volume_counts() {
    let (rig, mut renderer) = Rig::playing(STEREO, Duration::from_secs(1));
    rig.player.send(Command::Mute(true));
    let silenced = (0..200).any(|_| silent(&hear(&mut renderer, 1)));
    assert!(silenced, "it was never silent");
    rig.player.send(Command::Mute(false));
    rig.player.send(Command::Volume(9.0));
    let sounded = (0..200).any(|_| loud(&hear(&mut renderer, 1)));
    assert!(sounded, "it never sounded again");
}

#[test]
fn a_changed_choice_is_heard_from_the_same_place_and_holds_for_the_next_recording() {
    let (rig, mut renderer) = Rig::playing(STEREO, Duration::from_secs(60));
    let ahead = TAKEN.get();
    let before = hear(&mut renderer, 20);
    assert!(before.iter().any(|[left, right]| left != right));
    let sides = Sides {
        side: Side::Left,
        ..Sides::default()
    };
    rig.player.send(Command::Speech(Speech {
        sides,
        ..Speech::default()
    }));
    let since = take_until(&mut renderer, is_alone);
    let sounded = |steps: &[Vec<Frame>]| steps.iter().filter(|step| loud(step)).count() as u32;
    let before: Vec<_> = before.chunks(STEP).map(<[Frame]>::to_vec).collect();
    let heard = STEP_TIME * (sounded(&before) + sounded(&since));
    rig.player.send(Command::Pause);
    let stood = keep_taking(&mut renderer, || rig.until(paused)).position;
    let taken = ahead + STEP_TIME * (before.len() + since.len()) as u32 + TAKEN.get();
    // Where the ring runs dry on a busy machine the device takes silence, which moves nothing, and steps that sound in part only.
    let least = Duration::from_secs(60) + heard.saturating_sub(STEP_TIME * 12);
    let most = Duration::from_secs(60) + taken + STEP_TIME;
    assert!(heard > STEP_TIME * 15, "{heard:?}");
    assert!(
        (least..most).contains(&stood),
        "{stood:?}, not in {least:?}..{most:?}"
    );
    rig.play(2, Duration::from_secs(2));
    rig.load(STEREO);
    keep_taking(&mut renderer, || rig.until(playing));
    assert!(is_alone(&hear(&mut renderer, 20)));
}

#[test]
fn a_changed_speed_goes_on_from_what_was_heard_and_the_anchor_carries_it() {
    let (rig, mut renderer) = Rig::playing(STEREO, Duration::from_secs(60));
    rig.player.send(Command::Pause);
    let stood = keep_taking(&mut renderer, || rig.until(paused)).position;
    rig.player.send(Command::Resume { at: None });
    let before = keep_taking(&mut renderer, || rig.until(playing));
    assert!(from(before.position, stood));
    let speed = Speed::from_tenths(20);
    rig.player.send(Command::Speech(Speech {
        speed,
        ..Speech::default()
    }));
    let anchor = keep_taking(&mut renderer, || {
        rig.until(|event| playing(event).filter(|anchor| anchor.speed == 2.0))
    });
    // What was taken since is more than the first taking alone tells, by the time that the change took.
    let most = before.position + 2 * TAKEN.get() + Duration::from_millis(125);
    assert!(
        (before.position..most).contains(&anchor.position),
        "{before:?} {anchor:?}"
    );
    rig.player.send(Command::Pause);
    hear(&mut renderer, 50);
    rig.until(paused);
}

#[test]
fn silence_that_was_left_out_is_told_with_the_place_behind_it() {
    let rig = Rig::new(vec![Ok(())]);
    rig.player.send(Command::Speech(Speech {
        skip: Skip::Strong,
        ..Speech::default()
    }));
    // The hold begins at 28 s and lasts for 9 s.
    rig.play(1, Duration::from_secs(24));
    rig.load(STEREO);
    let (mut renderer, _) = rig.output();
    let anchor = keep_taking(&mut renderer, || {
        rig.until(|event| match event {
            Event::Skipped(skipped) if *skipped > Duration::from_secs(8) => Some(()),
            _ => None,
        });
        rig.until(playing)
    });
    let behind = anchor.position.as_secs_f64();
    assert!((35.5..37.5).contains(&behind), "at {behind} s");
}

#[test]
fn a_choice_made_while_paused_moves_nothing_and_is_heard_on_resuming() {
    let (rig, mut renderer) = Rig::playing(STEREO, Duration::from_secs(2));
    rig.player.send(Command::Pause);
    let stood = keep_taking(&mut renderer, || rig.until(paused)).position;
    let sides = Sides {
        side: Side::Right,
        ..Sides::default()
    };
    rig.player.send(Command::Speech(Speech {
        sides,
        ..Speech::default()
    }));
    assert!(silent(&hear(&mut renderer, 3)));
    rig.player.send(Command::Resume { at: None });
    let anchor = keep_taking(&mut renderer, || rig.until(playing));
    assert!(from(anchor.position, stood));
    assert!(is_alone(&hear(&mut renderer, 100)));
}

#[test]
fn the_null_output_takes_as_long_as_the_sound() {
    let (fetched, feeds) = channel();
    let (told, events) = channel();
    let tell = move |_, event| {
        let _ = told.send((Instant::now(), event));
    };
    let player = Player::with(
        Box::new(ScriptedFetch(fetched)),
        output::output(&Sink::Null),
        Events::new(tell),
    );
    player.send(Command::Play {
        play: PlayId(1),
        request: Request {
            url: String::new(),
            authorization: None,
            own_origin: None,
        },
        at: Duration::from_millis(9_585),
        expected: None,
    });
    let feed = feeds.recv_timeout(PATIENCE).unwrap();
    feed.set_len(WAV.len() as u64);
    feed.write(0, WAV).unwrap();
    let mut began = None;
    let took = loop {
        match events.recv_timeout(PATIENCE).unwrap() {
            (at, Event::Playing(_)) => began = began.or(Some(at)),
            (at, Event::Ended(_)) => break at - began.unwrap(),
            _ => {}
        }
    };
    assert!(
        (0.95..1.3).contains(&took.as_secs_f64()),
        "{took:?} for one second"
    );
    let asked = Instant::now();
    player.shutdown();
    assert!(asked.elapsed() < Duration::from_secs(1));
}
