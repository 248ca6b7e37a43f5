#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use chrono::{DateTime, Utc};

use super::*;
use crate::audio::{Anchor, Media};
use crate::plivo::RecordingId;

const PLAY: PlayId = PlayId(1);

struct Bench {
    listening: Listening,
    now: Now,
}

/// Ten seconds into 40 s of stereo, half of it loaded.
fn bench() -> Bench {
    let mut bench = silent();
    let media = Media {
        format: "mp3",
        sample_rate: 8_000,
        channels: 2,
        bit_rate: Some(32_000),
        variable: false,
        bytes: None,
    };
    let length = Duration::from_secs(40);
    bench.told(Event::Opened(media));
    bench.told(Event::Length {
        length,
        exact: true,
    });
    bench.told(Event::Buffered([0.0..0.5].into()));
    let playing = Event::Playing(bench.anchor(10));
    bench.told(playing);
    bench
}

/// Nothing has come yet.
fn silent() -> Bench {
    let now = Now {
        mono: Instant::now(),
        wall: DateTime::<Utc>::UNIX_EPOCH,
    };
    let (mut player, mut ids) = (Player::default(), Ids::default());
    let url = "https://media.plivo.com/r.mp3".to_owned();
    let begun = player.play_url(RecordingId::new("8d5cd396-4f88"), url, &mut ids, now);
    let [Effect::Play { play, .. }] = begun.as_slice() else {
        panic!("{begun:?}");
    };
    assert_eq!(*play, PLAY);
    Bench {
        listening: Listening::new(player, ids, Keymap::standard(), false),
        now,
    }
}

impl Bench {
    fn anchor(&self, seconds: u64) -> Anchor {
        Anchor {
            position: Duration::from_secs(seconds),
            at: self.now.mono,
            speed: 1.0,
        }
    }

    fn told(&mut self, event: Event) -> Next {
        self.listening.told(PLAY, event, self.now)
    }

    fn keys(&mut self, typed: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        for c in typed.chars() {
            let key = match c {
                '\r' => Key::plain(KeyCode::Enter),
                '\u{1b}' => Key::plain(KeyCode::Esc),
                c => Key::char(c),
            };
            match self.listening.key(key, self.now) {
                Next::Go(more) => effects.extend(more),
                Next::Over(end) => panic!("{end:?}"),
            }
        }
        effects
    }

    fn line(&self) -> String {
        self.listening.line(self.now, 79).0
    }
}

#[test]
fn the_line_says_where_it_is_and_what_was_set() {
    let mut bench = bench();
    assert_eq!(
        bench.line(),
        "▶ 8d5cd396  0:10 ━━━━━━━━━━━━━━───────────────┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ 0:40"
    );
    bench.keys("]cm ");
    bench.now.mono += SAID;
    assert_eq!(
        bench.line(),
        "‖ 8d5cd396  0:10 ━━━━━━━━─────────┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ 0:40  1.1×  left only  muted"
    );
}

#[test]
fn it_fits_every_width() {
    let mut bench = bench();
    bench.keys("]cm");
    for columns in 30..140 {
        let (line, _) = line::line(&bench.listening.player, bench.now.mono, columns);
        assert!(width(&line) <= columns, "{columns}: {line}");
    }
    for columns in 0..30 {
        line::line(&bench.listening.player, bench.now.mono, columns);
    }
}

#[test]
fn it_is_drawn_again_when_the_second_or_a_cell_changes_and_not_while_paused() {
    let mut bench = bench();
    let (_, redraw) = bench.listening.line(bench.now, 79);
    assert!(redraw.unwrap() - bench.now.mono <= Duration::from_secs(1));
    bench.keys(" ");
    assert_eq!(bench.listening.line(bench.now, 79).1, None);
}

#[test]
fn the_players_keys_are_those_of_the_screen() {
    let mut bench = bench();
    assert_eq!(bench.keys(" "), [Effect::Pause]);
    assert_eq!(bench.keys("5"), [Effect::Seek(Duration::from_secs(20))]);
    assert_eq!(bench.keys("-"), [Effect::Volume(0.95)]);
    // Rows and panes there are none.
    assert_eq!(bench.keys("jGfiS:/xyi"), []);
    for quit in ["q", "z"] {
        let key = Key::char(quit.chars().next().unwrap());
        assert_eq!(
            bench.listening.key(key, bench.now),
            Next::Over(End::Quit),
            "{quit}"
        );
    }
}

#[test]
fn a_time_is_typed_mended_and_left() {
    let mut bench = bench();
    assert_eq!(bench.keys("t0:99\r"), []);
    assert!(bench.line().contains("59 at most"), "{}", bench.line());
    assert_eq!(bench.keys("\u{1b}"), []);
    assert!(bench.line().starts_with('▶'));
    assert_eq!(
        bench.keys("t0:20,5\r"),
        [Effect::Seek(Duration::from_millis(20_500))]
    );
}

#[test]
fn what_was_said_gives_way_to_the_line_again() {
    let mut bench = bench();
    bench.keys("u");
    assert_eq!(bench.line(), "no jump to undo");
    bench.now.mono += SAID;
    assert!(bench.line().starts_with('▶'));
}

#[test]
fn every_key_is_named_in_parts_that_fit() {
    let mut bench = bench();
    let mut named = String::new();
    for _ in 0..4 {
        bench.keys("?");
        let line = bench.line();
        assert!(width(&line) <= 80 && line.ends_with("  ? more"), "{line}");
        named.push_str(&line);
    }
    for key in ["␣ pause", "t go to", "q quit"] {
        assert!(named.contains(key), "{key}: {named}");
    }
    let (wide, _) = bench.listening.line(bench.now, 400);
    assert!(wide.contains("q quit") && !wide.contains("more"), "{wide}");
    bench.now.mono += KEYS;
    assert!(bench.line().starts_with('▶'));
}

#[test]
fn it_is_over_with_the_sound() {
    let mut heard = bench();
    let end = heard.anchor(40);
    assert_eq!(heard.told(Event::Ended(end)), Next::Over(End::Heard));
    let mut beyond = silent();
    assert_eq!(
        beyond.told(Event::Ended(end)),
        Next::Over(End::Beyond(end.position))
    );
    let error = audio::Error::NotFound;
    assert_eq!(
        silent().told(Event::Failed(error.clone())),
        Next::Over(End::Failed(error))
    );
}

#[test]
fn a_device_that_never_was_ends_it_and_one_that_is_lost_is_waited_for() {
    let lost = || Event::Device(Some("gone".to_owned()));
    let none = End::Failed(audio::Error::NoDevice("gone".to_owned()));
    assert_eq!(silent().told(lost()), Next::Over(none.clone()));
    let mut bench = bench();
    assert_eq!(bench.told(lost()), Next::Go(Vec::new()));
    assert!(bench.line().contains("! no sound: gone"));
    bench.listening.alone = true;
    assert_eq!(bench.told(lost()), Next::Over(none));
}
