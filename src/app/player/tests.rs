#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod repeat;
mod zoom;

use proptest::prelude::*;

use crate::audio::Event;

use super::*;

fn recording(url: Option<&str>) -> Recording {
    Recording {
        id: RecordingId::new("8d5cd396"),
        call_uuid: None,
        conference_name: None,
        conference_uuid: None,
        mpc_name: None,
        mpc_uuid: None,
        from_number: None,
        to_number: None,
        kind: None,
        format: None,
        url: url.map(str::to_owned),
        resource_uri: None,
        added: None,
        duration: Some(secs(42)),
        started: None,
        ended: None,
        raw: serde_json::Map::new(),
    }
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A player with its clock.
struct Bench {
    player: Player,
    ids: Ids,
    now: Now,
    play: PlayId,
}

impl Bench {
    fn new() -> Self {
        let now = Now {
            mono: Instant::now(),
            wall: DateTime::UNIX_EPOCH,
        };
        Self {
            player: Player::default(),
            ids: Ids::default(),
            now,
            play: PlayId(0),
        }
    }

    /// Opened, with an exact length of 42 s, playing from the start.
    fn playing() -> Self {
        let mut bench = Self::new();
        bench.play_it();
        bench.tell(Event::Length {
            length: secs(42),
            exact: true,
        });
        bench.tell_playing(Duration::ZERO);
        bench
    }

    fn play_it(&mut self) {
        let effects = self.player.play(
            &Arc::new(recording(Some("https://x/a.mp3"))),
            Duration::ZERO,
            &mut self.ids,
            self.now,
        );
        let [Effect::Play { play, .. }] = effects[..] else {
            panic!("{effects:?}");
        };
        self.play = play;
    }

    fn wait(&mut self, time: Duration) {
        self.now.mono += time;
    }

    fn tell(&mut self, event: Event) {
        assert!(self.player.event(self.play, event, self.now));
    }

    fn anchor(&self, position: Duration, speed: f64) -> Anchor {
        Anchor {
            position,
            at: self.now.mono,
            speed,
        }
    }

    fn tell_playing(&mut self, position: Duration) {
        self.tell(Event::Playing(self.anchor(position, 1.0)));
    }

    fn toggle(&mut self) -> Vec<Effect> {
        self.player.toggle(&mut self.ids, self.now)
    }

    fn position(&self) -> Duration {
        self.player.position(self.now.mono)
    }
}

#[test]
fn a_playback_goes_from_opening_to_its_end() {
    let mut bench = Bench::new();
    assert_eq!(bench.player.state(), State::Stopped);
    bench.play_it();
    assert_eq!(bench.player.state(), State::Opening);
    assert_eq!(
        bench.player.length(),
        Some(Length {
            length: secs(42),
            exact: false
        })
    );
    bench.tell_playing(Duration::ZERO);
    bench.wait(secs(5));
    assert_eq!(
        (bench.player.state(), bench.position()),
        (State::Playing, secs(5))
    );
    bench.tell(Event::Buffering(bench.anchor(secs(5), 0.0)));
    bench.wait(secs(5));
    assert_eq!(
        (bench.player.state(), bench.position()),
        (State::Buffering, secs(5))
    );
    bench.tell(Event::Ended(bench.anchor(secs(42), 0.0)));
    assert_eq!(bench.player.state(), State::Ended);
    assert_eq!(
        bench.toggle(),
        [Effect::Seek(Duration::ZERO), Effect::Resume { at: None }]
    );
    assert_eq!(
        (bench.player.state(), bench.position()),
        (State::Playing, Duration::ZERO)
    );
    assert_eq!(bench.player.stop(), [Effect::Stop]);
    assert_eq!(bench.player.stop(), []);
}

#[test]
fn after_the_end_back_plays_and_forward_does_nothing() {
    let mut bench = Bench::playing();
    bench.tell(Event::Ended(bench.anchor(secs(42), 0.0)));
    assert_eq!(bench.player.seek_by(5, bench.now), []);
    assert_eq!(bench.player.state(), State::Ended);
    let effects = bench.player.seek_by(-5, bench.now);
    assert_eq!(
        effects,
        [Effect::Seek(secs(37)), Effect::Resume { at: None }]
    );
    assert_eq!(
        (bench.player.state(), bench.position()),
        (State::Playing, secs(37))
    );
}

#[test]
fn what_an_earlier_playback_tells_changes_nothing() {
    let mut bench = Bench::playing();
    let stale = bench.play;
    bench.play_it();
    let before = bench.player.clone();
    assert!(
        !bench
            .player
            .event(stale, Event::Failed(audio::Error::NotFound), bench.now)
    );
    assert_eq!(bench.player, before);
    bench.player.stop();
    assert!(!bench.player.event(bench.play, Event::Opening, bench.now));
}

#[test]
fn without_a_link_it_fails_in_words() {
    for url in [None, Some(""), Some("  ")] {
        let mut bench = Bench::new();
        let effects = bench.player.play(
            &Arc::new(recording(url)),
            Duration::ZERO,
            &mut bench.ids,
            bench.now,
        );
        assert_eq!(effects, [Effect::Stop], "what played before stops");
        assert_eq!(bench.player.state(), State::Failed);
        assert!(bench.player.trouble().unwrap().what.contains("no link"));
    }
}

#[test]
fn resuming_goes_back_the_further_the_longer_it_was_paused() {
    for (away, back) in [
        (2, 0),
        (3, 2),
        (59, 2),
        (60, 5),
        (3_599, 5),
        (3_600, 10),
        (90_000, 10),
    ] {
        let mut bench = Bench::playing();
        bench.wait(secs(20));
        assert_eq!(bench.toggle(), [Effect::Pause]);
        bench.tell(Event::Paused(bench.anchor(secs(20), 0.0)));
        bench.wait(secs(away));
        let at = (back > 0).then(|| secs(20 - back));
        assert_eq!(bench.toggle(), [Effect::Resume { at }], "away {away} s");
        assert_eq!(bench.position(), secs(20 - back));
    }
    let mut bench = Bench::playing();
    bench.wait(secs(1));
    bench.toggle();
    bench.wait(secs(4_000));
    assert_eq!(
        bench.toggle(),
        [Effect::Resume {
            at: Some(Duration::ZERO)
        }]
    );
}

#[test]
fn a_night_in_which_the_machine_slept_counts_as_long_as_it_was() {
    let mut bench = Bench::playing();
    bench.wait(secs(20));
    bench.toggle();
    // The monotonic clock stood still.
    bench.now.wall += chrono::TimeDelta::hours(9);
    let at = Some(secs(10));
    assert_eq!(bench.toggle(), [Effect::Resume { at }]);
}

#[test]
fn how_far_resuming_steps_back_can_be_chosen() {
    let mut bench = Bench::playing();
    bench.player.rewind = "off".parse().unwrap();
    bench.wait(secs(20));
    bench.toggle();
    bench.wait(secs(4_000));
    assert_eq!(bench.toggle(), [Effect::Resume { at: None }]);
}

#[test]
fn a_pause_by_a_lost_device_steps_back_too() {
    let mut bench = Bench::playing();
    bench.wait(secs(20));
    bench.tell(Event::Device(Some("unplugged".into())));
    bench.tell(Event::Paused(bench.anchor(secs(20), 0.0)));
    bench.wait(secs(30));
    let at = Some(secs(18));
    assert_eq!(bench.toggle(), [Effect::Resume { at }]);
}

#[test]
fn jumps_are_undone_one_by_one_and_what_was_undone_is_no_jump() {
    let mut bench = Bench::playing();
    bench.wait(secs(10));
    bench.player.seek_by(5, bench.now);
    bench.wait(secs(1));
    bench.player.seek_fraction(0.75, bench.now);
    bench.wait(secs(1));
    bench.player.seek_to(secs(3), bench.now);
    bench.wait(secs(2));
    let mut undo = || bench.player.undo_jump(bench.now);
    let mut places = Vec::new();
    while let Some(effects) = undo() {
        let [Effect::Seek(to)] = effects[..] else {
            panic!("{effects:?}");
        };
        places.push(to.as_secs_f64());
    }
    assert_eq!(places, [31.5, 15.0, 10.0]);
    bench.play_it();
    assert_eq!(bench.player.undo_jump(bench.now), None);
}

#[test]
fn a_held_key_and_a_drag_are_one_jump() {
    let mut bench = Bench::playing();
    bench.wait(secs(10));
    for _ in 0..20 {
        bench.player.seek_by(1, bench.now);
        bench.wait(Duration::from_millis(30));
    }
    bench.wait(secs(1));
    bench.player.seek_fraction(0.0, bench.now);
    for cell in 1..9 {
        bench.wait(Duration::from_millis(200));
        bench.player.drag_to(f64::from(cell) / 10.0, bench.now);
    }
    bench.wait(secs(1));
    let mut undo = || bench.player.undo_jump(bench.now);
    let before_drag = undo().unwrap();
    assert!(
        matches!(before_drag[..], [Effect::Seek(to)] if to >= secs(30)),
        "{before_drag:?}"
    );
    assert_eq!(undo(), Some(vec![Effect::Seek(secs(10))]));
    assert_eq!(undo(), None);
}

#[test]
fn undoing_from_the_end_plays_again_and_the_stack_is_bounded() {
    let mut bench = Bench::playing();
    for _ in 0..1_000 {
        bench.wait(secs(1));
        bench.player.seek_to(secs(5), bench.now);
    }
    bench.player.seek_fraction(1.0, bench.now);
    bench.tell(Event::Ended(bench.anchor(secs(42), 0.0)));
    assert_eq!(
        bench.player.undo_jump(bench.now),
        Some(vec![Effect::Seek(secs(5)), Effect::Resume { at: None }])
    );
    let mut undone = 0;
    while bench.player.undo_jump(bench.now).is_some() {
        undone += 1;
    }
    assert!((50..=100).contains(&undone), "{undone}");
}

#[test]
fn a_jump_while_paused_stays_paused_and_is_where_it_resumes() {
    let mut bench = Bench::playing();
    bench.wait(secs(20));
    bench.toggle();
    assert_eq!(bench.player.seek_by(5, bench.now), [Effect::Seek(secs(25))]);
    assert_eq!(
        (bench.player.state(), bench.position()),
        (State::Paused, secs(25))
    );
    bench.tell(Event::Buffering(bench.anchor(secs(25), 0.0)));
    assert_eq!(bench.player.state(), State::Paused);
    bench.wait(secs(600));
    assert_eq!(bench.toggle(), [Effect::Resume { at: None }]);
    assert_eq!(bench.position(), secs(25));
}

#[test]
fn jumps_stay_within_the_recording() {
    let mut bench = Bench::playing();
    assert_eq!(
        bench.player.seek_by(-5, bench.now),
        [Effect::Seek(Duration::ZERO)]
    );
    assert_eq!(
        bench.player.seek_by(30, bench.now),
        [Effect::Seek(secs(30))]
    );
    assert_eq!(
        bench.player.seek_by(30, bench.now),
        [Effect::Seek(secs(42))]
    );
    assert_eq!(
        bench.player.seek_by(i64::MIN, bench.now),
        [Effect::Seek(Duration::ZERO)]
    );
    assert_eq!(
        bench.player.seek_by(i64::MAX, bench.now),
        [Effect::Seek(secs(42))]
    );
    assert_eq!(
        bench.player.seek_fraction(0.5, bench.now),
        [Effect::Seek(secs(21))]
    );
    assert_eq!(
        bench.player.seek_fraction(f64::NAN, bench.now),
        [Effect::Seek(Duration::ZERO)]
    );
    assert_eq!(
        bench.player.seek_fraction(7.0, bench.now),
        [Effect::Seek(secs(42))]
    );
    assert_eq!(Bench::new().player.seek_by(5, bench.now), []);
}

#[test]
fn pressing_again_starts_from_the_last_target_not_from_what_was_told_in_between() {
    let mut bench = Bench::playing();
    bench.wait(secs(10));
    bench.player.seek_by(5, bench.now);
    bench.player.seek_by(5, bench.now);
    bench.wait(Duration::from_millis(20));
    // The answer to the first press comes after the second.
    bench.tell_playing(secs(15));
    assert_eq!(bench.position(), secs(20));
    assert_eq!(bench.player.seek_by(5, bench.now), [Effect::Seek(secs(25))]);
    bench.tell_playing(Duration::from_millis(25_010));
    bench.wait(secs(1));
    assert_eq!(bench.position(), Duration::from_millis(26_010));
    // A jump that lands elsewhere is believed in the end.
    bench.player.seek_by(5, bench.now);
    bench.wait(AIM_LASTS);
    bench.tell_playing(secs(2));
    assert_eq!(bench.position(), secs(2));
}

#[test]
fn a_failure_keeps_the_place_and_space_tries_again_from_there() {
    let mut bench = Bench::playing();
    bench.wait(secs(7));
    bench.tell(Event::Failed(audio::Error::Unreachable("reset".into())));
    assert_eq!(
        (bench.player.state(), bench.position()),
        (State::Failed, secs(7))
    );
    assert!(bench.player.trouble().unwrap().fatal);
    assert_eq!(bench.player.seek_by(5, bench.now), []);
    let effects = bench.toggle();
    assert!(
        matches!(&effects[..], [Effect::Play { play, at, .. }] if *at == secs(7) && *play != bench.play),
        "{effects:?}"
    );
    assert_eq!(bench.player.trouble(), None);
}

#[test]
fn only_the_gravest_trouble_is_told() {
    let mut bench = Bench::playing();
    bench.tell(Event::Retrying {
        detail: "cut".into(),
        attempt: 2,
    });
    assert!(bench.player.trouble().unwrap().what.contains("(2): cut"));
    bench.tell(Event::Device(Some("unplugged".into())));
    assert!(bench.player.trouble().unwrap().what.contains("unplugged"));
    assert!(bench.player.trouble().unwrap().help.contains("--sink null"));
    bench.tell(Event::Device(None));
    bench.tell(Event::Buffered(Arc::from([0.0..0.5])));
    assert_eq!(bench.player.trouble(), None, "bytes came");
    bench.tell(Event::Failed(audio::Error::Forbidden));
    assert!(bench.player.trouble().unwrap().help.contains("credentials"));
}

#[test]
fn every_failure_says_what_to_do() {
    let errors = [
        audio::Error::Unauthorized,
        audio::Error::Forbidden,
        audio::Error::NotFound,
        audio::Error::Status(418),
        audio::Error::Status(503),
        audio::Error::NotAudio("HTML".into()),
        audio::Error::Empty,
        audio::Error::HeaderOnly,
        audio::Error::Refused("ftp".into()),
        audio::Error::Unreachable("no route".into()),
        audio::Error::Decode("bad frame".into()),
        audio::Error::Changed,
        audio::Error::NoUrl,
        audio::Error::NoDevice("none".into()),
    ];
    for error in errors {
        let trouble = Trouble::of(&error);
        assert!(
            !trouble.what.is_empty() && trouble.help.len() > 10,
            "{error:?}"
        );
    }
}

#[test]
fn volume_has_ends_and_ends_a_mute() {
    let mut player = Player::default();
    assert_eq!(player.volume_by(5), [Effect::Volume(1.05)]);
    assert_eq!(player.volume_by(i16::MAX), [Effect::Volume(2.0)]);
    assert_eq!(player.mute(), [Effect::Mute(true)]);
    assert_eq!(
        player.volume_by(-5),
        [Effect::Volume(1.95), Effect::Mute(false)]
    );
    assert_eq!(player.volume_by(i16::MIN), [Effect::Volume(0.0)]);
    assert_eq!((player.volume(), player.muted()), (0, false));
}

#[test]
fn ctrl_z_pauses_what_plays_and_nothing_else() {
    let mut bench = Bench::playing();
    assert_eq!(bench.player.suspend(bench.now), [Effect::Pause]);
    assert_eq!(bench.player.suspend(bench.now), []);
    assert_eq!(Bench::new().player.suspend(bench.now), []);
}

#[test]
fn it_wants_to_be_drawn_at_the_next_second_or_cell_only() {
    let mut bench = Bench::playing();
    let wait = |bench: &Bench, cells| {
        let at = bench.player.needs_redraw_at(bench.now.mono, cells)?;
        Some(at - bench.now.mono)
    };
    let about = |seconds: f64| Some(Duration::from_secs_f64(seconds) + Duration::from_millis(1));
    assert_eq!(wait(&bench, 10), about(1.0));
    assert_eq!(wait(&bench, 84), about(0.5));
    bench.wait(Duration::from_millis(700));
    assert_eq!(wait(&bench, 10).map(|wait| wait.as_millis()), Some(301));
    bench.tell(Event::Playing(bench.anchor(Duration::ZERO, 2.0)));
    assert_eq!(wait(&bench, 10), about(0.5));
    bench.toggle();
    assert_eq!(wait(&bench, 10), None);
    bench.tell_playing(secs(42));
    assert_eq!(wait(&bench, 10), None, "nothing moves past the end");
    bench.tell(Event::Ended(bench.anchor(secs(42), 0.0)));
    assert_eq!(wait(&bench, 10), None);
}

fn any_event() -> impl Strategy<Value = Event> {
    let anchor = (
        0_u64..100_000,
        prop_oneof![Just(0.0), Just(1.0), Just(4.0), Just(-1.0)],
    )
        .prop_map(|(millis, speed)| Anchor {
            position: Duration::from_millis(millis),
            at: Instant::now(),
            speed,
        });
    let length = prop_oneof![
        Just(Duration::ZERO),
        Just(Duration::MAX),
        (0_u64..100).prop_map(secs)
    ];
    prop_oneof![
        Just(Event::Opening),
        anchor.clone().prop_map(Event::Playing),
        anchor.clone().prop_map(Event::Buffering),
        anchor.clone().prop_map(Event::Paused),
        anchor.prop_map(Event::Ended),
        (length, any::<bool>()).prop_map(|(length, exact)| Event::Length { length, exact }),
        Just(Event::Failed(audio::Error::Empty)),
        Just(Event::Device(Some("gone".into()))),
        Just(Event::Buffered(Arc::from([0.0..f32::NAN]))),
    ]
}

proptest! {
    #[test]
    fn any_order_of_keys_and_events_keeps_its_word(
        steps in prop::collection::vec((0_u8..11, any_event(), 0_u64..5_000), 0..40),
        cells in any::<u16>(),
    ) {
        let mut bench = Bench::new();
        for (step, event, millis) in steps {
            bench.wait(Duration::from_millis(millis));
            match step {
                0 => bench.play_it(),
                1 => { bench.toggle(); }
                2 => { bench.player.stop(); }
                3 => { bench.player.seek_by(-30, bench.now); }
                4 => { bench.player.seek_fraction(0.9, bench.now); }
                5 => { bench.player.mark_repeat(bench.now); }
                6 => { bench.player.zoom(); }
                _ => { bench.player.event(bench.play, event, bench.now); }
            }
            let (player, now) = (&bench.player, bench.now.mono);
            prop_assert_eq!(player.subject().is_none(), player.state() == State::Stopped);
            if let Some(Length { length, exact: true }) = player.length() {
                prop_assert!(player.position(now) <= length);
            }
            prop_assert!(player.fraction(now).is_none_or(|fraction| (0.0..=1.0).contains(&fraction)));
            if let Some(at) = player.needs_redraw_at(now, cells) {
                prop_assert!(at > now && player.state() == State::Playing);
            }
        }
    }
}
