use std::sync::{Arc, LazyLock};

use chrono::DateTime;
use proptest::prelude::*;

use crate::app::keymap::Keymap;
use crate::app::mask::Mask;
use crate::app::zone::Zone;
use crate::app::{Effect, Ids, Now, Theme};
use crate::audio::speech::{Side, Skip};
use crate::audio::{self, Anchor, Column, Event, PlayId, Waveform};
use crate::plivo::{Recording, RecordingId};
use crate::ui::picture::picture;

use super::*;

static KEYMAP: LazyLock<Keymap> = LazyLock::new(Keymap::standard);

const SECOND: Duration = Duration::from_secs(1);

struct Stage {
    player: Player,
    play: PlayId,
    now: Now,
    theme: Theme,
    mask: Mask,
}

impl Stage {
    /// Opening a recording of 42 s.
    fn opening() -> Self {
        let recording = Recording {
            id: RecordingId::new("8d5cd396-4f88-11e1-829f-5b9cbd2c7acd"),
            added: "2026-11-20T14:02:11Z".parse().ok(),
            url: Some("https://x.example/a.mp3".into()),
            duration: Some(42 * SECOND),
            ..blank()
        };
        let now = Now {
            mono: Instant::now(),
            wall: DateTime::UNIX_EPOCH,
        };
        let mut player = Player::default();
        let effects = player.play(
            &Arc::new(recording),
            Duration::ZERO,
            &mut Ids::default(),
            now,
        );
        let [Effect::Play { play, .. }] = effects[..] else {
            panic!("{effects:?}");
        };
        Self {
            player,
            play,
            now,
            theme: Theme::Terminal,
            mask: Mask::new(false, 1),
        }
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

    /// Playing at 12 s, with 71 % here and a waveform of so many channels for it.
    fn playing(channels: usize) -> Self {
        let mut stage = Self::opening();
        stage.tell(Event::Opened(Media {
            format: "mp3",
            sample_rate: 16_000,
            channels: u16::try_from(channels).unwrap(),
            bit_rate: Some(32_000),
            variable: false,
            bytes: Some(168_000),
        }));
        stage.tell(Event::Length {
            length: 42 * SECOND,
            exact: true,
        });
        stage.tell(Event::Buffered(Arc::from([0.0..0.71])));
        stage.tell(Event::Waveform(Arc::new(waveform(channels))));
        stage.tell(Event::Playing(stage.anchor(12 * SECOND, 1.0)));
        stage
    }

    fn picture(&self, width: u16, height: u16) -> (String, PlayerMap) {
        let context = Context {
            theme: self.theme,
            colours: Default::default(),
            keymap: &KEYMAP,
            zone: &Zone::Utc,
            mask: &self.mask,
            now: self.now,
            moments: &[],
            deleted: false,
        };
        picture(width, height, |frame, area| {
            draw(frame, area, &self.player, &context)
        })
    }
}

fn blank() -> Recording {
    Recording {
        id: RecordingId::new(""),
        call_uuid: None,
        conference_name: None,
        conference_uuid: None,
        mpc_name: None,
        mpc_uuid: None,
        from_number: None,
        to_number: None,
        kind: None,
        format: None,
        url: None,
        resource_uri: None,
        added: None,
        duration: None,
        started: None,
        ended: None,
        raw: serde_json::Map::new(),
    }
}

/// Talk in turns of three seconds, known for the first 60 %.
fn waveform(channels: usize) -> Waveform {
    let bin = Duration::from_millis(100);
    let channel = |channel: usize| {
        let column = |bin: usize| {
            let talks = (bin / 30) % 2 == channel % 2;
            let peak = if talks {
                60 + u8::try_from(bin * 37 % 190).unwrap()
            } else {
                0
            };
            (bin < 252).then_some(Column {
                peak,
                rms: peak / 2,
            })
        };
        (0..420).map(column).collect()
    };
    Waveform {
        bin,
        channels: (0..channels).map(channel).collect(),
        ..Waveform::default()
    }
}

#[test]
fn while_it_plays() {
    insta::assert_snapshot!("stereo_100x5", Stage::playing(2).picture(100, 5).0);
    insta::assert_snapshot!("stereo_80x4", Stage::playing(2).picture(80, 4).0);
    insta::assert_snapshot!("mono_80x4", Stage::playing(1).picture(80, 4).0);
    insta::assert_snapshot!("stereo_60x3", Stage::playing(2).picture(60, 3).0);
    insta::assert_snapshot!("one_line_60", Stage::playing(1).picture(60, 1).0);
    let mut mono = Stage::playing(2);
    mono.theme = Theme::Mono;
    insta::assert_snapshot!("mono_theme_80x4", mono.picture(80, 4).0);
}

#[test]
fn what_the_listener_chose_stands_first() {
    let mut stage = Stage::playing(2);
    let speech = stage.player.speech_mut();
    speech.speed = Speed::from_tenths(16);
    speech.skip = Skip::Mild;
    speech.level = true;
    speech.sides.side = Side::Left;
    stage.tell(Event::Skipped(72 * SECOND));
    insta::assert_snapshot!("chosen_100x5", stage.picture(100, 5).0);
    insta::assert_snapshot!("chosen_80x4", stage.picture(80, 4).0);
}

#[test]
fn the_states_are_words() {
    let mut stage = Stage::opening();
    insta::assert_snapshot!("opening_80x4", stage.picture(80, 4).0);
    stage = Stage::playing(2);
    stage.tell(Event::Buffering(stage.anchor(12 * SECOND, 0.0)));
    insta::assert_snapshot!("waiting_80x3", stage.picture(80, 3).0);
    stage.player.suspend(stage.now);
    stage.player.mute();
    assert!(stage.picture(80, 4).0.contains("paused"));
    insta::assert_snapshot!("paused_muted_80x5", stage.picture(80, 5).0);
    stage.tell(Event::Ended(stage.anchor(42 * SECOND, 0.0)));
    insta::assert_snapshot!("ended_80x4", stage.picture(80, 4).0);
}

#[test]
fn trouble_says_the_way_out() {
    let mut stage = Stage::playing(2);
    stage.tell(Event::Device(Some("the device was unplugged".into())));
    insta::assert_snapshot!("no_device_80x4", stage.picture(80, 4).0);
    insta::assert_snapshot!("no_device_140x5", stage.picture(140, 5).0);
    stage.tell(Event::Failed(audio::Error::Unauthorized));
    insta::assert_snapshot!("unauthorized_80x4", stage.picture(80, 4).0);
    insta::assert_snapshot!("unauthorized_40x1", stage.picture(40, 1).0);
}

#[test]
fn trouble_is_masked_and_harmless() {
    let mut stage = Stage::playing(1);
    stage.mask = Mask::new(true, 1);
    stage.tell(Event::Failed(audio::Error::NotAudio(
        "\u{1b}[2J call of +14155550100".into(),
    )));
    let (picture, _) = stage.picture(100, 5);
    assert!(
        !picture.contains("4155550100") && !picture.contains('\u{1b}'),
        "{picture}"
    );
}

#[test]
fn an_estimate_is_marked_and_replaced() {
    let mut stage = Stage::opening();
    assert!(stage.picture(80, 4).0.contains("~0:42"));
    stage.tell(Event::Length {
        length: 43 * SECOND,
        exact: true,
    });
    let (picture, _) = stage.picture(80, 4);
    assert!(
        picture.contains(" 0:43") && !picture.contains('~'),
        "{picture}"
    );
}

#[test]
fn the_bar_can_be_clicked_and_asks_to_be_drawn() {
    let stage = Stage::playing(2);
    let (_, map) = stage.picture(80, 4);
    let bar = map.bar.unwrap();
    assert!((60..76).contains(&bar.width) && bar.height == 2, "{bar}");
    let wait = map.redraw_at.unwrap() - stage.now.mono;
    assert!(wait <= SECOND + Duration::from_millis(1), "{wait:?}");
    let mut paused = Stage::playing(2);
    paused.player.suspend(paused.now);
    assert_eq!(paused.picture(80, 4).1.redraw_at, None);
}

/// Cells that differ from one drawing to the next are what goes to the terminal.
#[test]
fn a_second_of_playing_changes_few_cells() {
    let mut stage = Stage::playing(2);
    let mut changed = 0;
    let mut drawings = 0;
    let mut before = cells(&stage);
    let end = stage.now.mono + 10 * SECOND;
    while let Some(at) = stage.picture(80, 4).1.redraw_at.filter(|at| *at < end) {
        stage.now.mono = at;
        let after = cells(&stage);
        let differ = before
            .iter()
            .zip(&after)
            .filter(|(one, other)| one != other)
            .count();
        assert!(
            differ > 0,
            "woken for nothing at {:?}",
            stage.player.position(at)
        );
        changed += differ;
        drawings += 1;
        before = after;
    }
    // Ten seconds, and ten of 42 parts of the bar.
    assert!((20..=30).contains(&drawings), "{drawings} drawings");
    assert!(changed <= 10 * 2 + 20 * 4, "{changed} cells");
}

fn cells(stage: &Stage) -> Vec<ratatui::buffer::Cell> {
    let context = Context {
        theme: stage.theme,
        colours: Default::default(),
        keymap: &KEYMAP,
        zone: &Zone::Utc,
        mask: &stage.mask,
        now: stage.now,
        moments: &[],
        deleted: false,
    };
    let backend = ratatui::backend::TestBackend::new(80, 4);
    let mut terminal = ratatui::Terminal::new(backend).unwrap();
    terminal
        .draw(|frame| {
            draw(frame, frame.area(), &stage.player, &context);
        })
        .unwrap();
    terminal.backend().buffer().content.clone()
}

#[test]
fn every_size_is_drawn() {
    let mut stages = vec![Stage::opening(), Stage::playing(1), Stage::playing(2)];
    let mut failed = Stage::playing(2);
    failed.tell(Event::Failed(audio::Error::Forbidden));
    let mut no_device = Stage::playing(1);
    no_device.tell(Event::Device(Some("none".into())));
    stages.extend([failed, no_device]);
    for stage in &stages {
        for width in (1..60).chain([79, 80, 200]) {
            for height in 1..9 {
                let (_, map) = stage.picture(width, height);
                if let Some(bar) = map.bar {
                    assert!(bar.right() <= width && bar.bottom() <= height && bar.width > 0);
                }
            }
        }
    }
}

#[test]
fn nothing_is_drawn_while_nothing_is_loaded() {
    let mut stage = Stage::playing(1);
    stage.player.stop();
    let (picture, map) = stage.picture(40, 4);
    assert_eq!(map, PlayerMap::default());
    assert!(picture.chars().all(|c| matches!(c, '│' | ' ' | '\n')));
}

proptest! {
    #[test]
    fn odd_waveforms_and_lengths_are_drawn(
        millis in prop_oneof![Just(0_u64), Just(1), 1_u64..10_000_000, Just(u64::MAX)],
        at in any::<u32>(),
        bins in 0_usize..50,
        channels in 0_usize..5,
        bin in prop_oneof![Just(Duration::ZERO), Just(Duration::MAX), Just(SECOND)],
        start in any::<f32>(),
        width in 1_u16..120,
    ) {
        let mut stage = Stage::opening();
        stage.tell(Event::Length { length: Duration::from_millis(millis), exact: at % 2 == 0 });
        stage.tell(Event::Buffered(Arc::from([start..1.0])));
        let columns = vec![Some(Column { peak: 255, rms: 0 }); bins];
        stage.tell(Event::Waveform(Arc::new(Waveform { bin, channels: vec![columns; channels], ..Waveform::default() })));
        stage.tell(Event::Playing(stage.anchor(Duration::from_millis(at.into()), 1.0)));
        for height in 1..6 {
            let (_, map) = stage.picture(width, height);
            prop_assert!(map.redraw_at.is_none_or(|at| at > stage.now.mono));
        }
    }
}
