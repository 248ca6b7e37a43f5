//! A sitting as a person has it: keys are typed, the account answers, the screen is looked at.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use callreel::app::choices::Settled;
use callreel::app::marks::Keeping;
use callreel::app::player::Start;
use callreel::app::zone::Zone;
use callreel::app::{
    Api, App, Criteria, Effect, FrameMap, Ids, Input, Key, KeyCode, Message, Now, Preferences,
    RequestId, Setup, Size, TimerId,
};
use callreel::audio::{Anchor, Column, Event, Media, PlayId, Waveform};
use callreel::ui;
use chrono::TimeDelta;
use ratatui::Terminal;
use ratatui::backend::{Backend, TestBackend};
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use crate::account::{Account, noon};

pub struct Sitting {
    pub app: App,
    pub account: Account,
    /// Requests nobody answers until [`Sitting::answer`].
    pub held: VecDeque<Effect>,
    pub hold: bool,
    timers: Vec<(TimerId, Instant)>,
    /// What the runtime would have been asked for, requests and timers aside.
    pub effects: Vec<Effect>,
    start: Instant,
    passed: Duration,
    map: FrameMap,
}

pub fn setup(width: u16, height: u16) -> Setup {
    Setup {
        account: "Acme".into(),
        auth_id: "MA…QUU".into(),
        profile: None,
        ids: Ids::default(),
        demo: false,
        missing: None,
        criteria: Criteria::last_30_days(),
        view: None,
        views_file: Some("~/.config/callreel/config.toml".into()),
        sample: None,
        settled: Settled::default(),
        zone: Zone::utc(),
        local: Zone::local(chrono_tz::Europe::Berlin),
        masked: false,
        mask_salt: 7,
        mouse: true,
        callbacks: None,
        marks: Keeping::Memory,
        start: Start::default(),
        preferences: Preferences::default(),
        size: Size { width, height },
    }
}

impl Sitting {
    pub fn new(width: u16, height: u16) -> Self {
        Self::start(setup(width, height), Account::with(90))
    }

    pub fn start(setup: Setup, account: Account) -> Self {
        Self::start_holding(setup, account, false)
    }

    pub fn start_holding(setup: Setup, account: Account, hold: bool) -> Self {
        let start = Instant::now();
        let (app, effects) = App::new(
            setup,
            Now {
                mono: start,
                wall: noon(),
            },
        );
        let mut sitting = Self {
            app,
            account,
            held: VecDeque::new(),
            hold,
            timers: Vec::new(),
            effects: Vec::new(),
            start,
            passed: Duration::ZERO,
            map: FrameMap::default(),
        };
        sitting.carry_out(effects);
        sitting
    }

    pub fn now(&self) -> Now {
        // No clock is read at the full second.
        let wall = noon() + TimeDelta::microseconds(1) + TimeDelta::from_std(self.passed).unwrap();
        Now {
            mono: self.start + self.passed,
            wall,
        }
    }

    pub fn send(&mut self, message: Message) {
        let effects = self.app.update(message, self.now());
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::FetchPage { .. } | Effect::FetchRecording { .. } => {
                    self.held.push_back(effect)
                }
                Effect::Cancel(gone) => self.held.retain(|effect| request_of(effect) != Some(gone)),
                Effect::Timer { timer, at } => self.timers.push((timer, at)),
                Effect::CancelTimer(gone) => self.timers.retain(|(timer, _)| *timer != gone),
                other => self.effects.push(other),
            }
        }
        if !self.hold {
            self.answer();
        }
    }

    /// The account answers everything that was asked, and what is asked upon that.
    pub fn answer(&mut self) {
        while self.answer_one() {}
    }

    pub fn answer_one(&mut self) -> bool {
        let Some(effect) = self.held.pop_front() else {
            return false;
        };
        let answer = match effect {
            Effect::FetchPage { request, page, .. } => Api::Page {
                request,
                result: self.account.page(&page),
            },
            Effect::FetchRecording { request, recording } => Api::Recording {
                request,
                result: self.account.recording(&recording),
            },
            other => panic!("{other:?} is no request"),
        };
        let effects = self.app.update(Message::Api(answer), self.now());
        // Not `carry_out`: it would answer again, as deep as the list is long.
        let hold = std::mem::replace(&mut self.hold, true);
        self.carry_out(effects);
        self.hold = hold;
        true
    }

    /// Time goes by, and the timers that are due ring.
    pub fn pass(&mut self, time: Duration) {
        self.passed += time;
        let now = self.now().mono;
        let (due, later) = self.timers.drain(..).partition(|(_, at)| *at <= now);
        self.timers = later;
        let due: Vec<(TimerId, Instant)> = due;
        for (timer, _) in due {
            self.send(Message::Timer(timer));
        }
    }

    /// Keys as they are typed: letters, and names in angle brackets (`<Enter>`, `<C-f>`, `<S-Left>`).
    pub fn keys(&mut self, typed: &str) -> &mut Self {
        for key in keys(typed) {
            self.send(Message::Input(Input::Key(key)));
        }
        self
    }

    /// The screen as text, its styles below it.
    pub fn screen(&mut self) -> String {
        let (buffer, cursor) = self.draw();
        describe(&buffer, cursor)
    }

    /// The screen's text alone.
    pub fn text(&mut self) -> String {
        rows(&self.draw().0).join("\n")
    }

    pub fn draw(&mut self) -> (Buffer, (u16, u16)) {
        let Size { width, height } = self.size();
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let buffer = self.draw_on(&mut terminal);
        let cursor = terminal.get_cursor_position().unwrap();
        (buffer, (cursor.x, cursor.y))
    }

    /// Draws on a terminal that shows something already; what its cells are to hold.
    pub fn draw_on(&mut self, terminal: &mut Terminal<impl Backend>) -> Buffer {
        let now = self.now();
        let mut map = FrameMap::default();
        let drawn = terminal
            .draw(|frame| map = ui::draw(&self.app, now, frame))
            .unwrap();
        self.app.set_map(map.clone());
        self.map = map;
        drawn.buffer.clone()
    }

    /// What a drawing tells now.
    pub fn map(&mut self) -> FrameMap {
        self.draw();
        self.map.clone()
    }

    /// What the last drawing told.
    pub fn drawn(&self) -> &FrameMap {
        &self.map
    }

    pub fn size(&self) -> Size {
        self.app.size()
    }

    pub fn resize(&mut self, width: u16, height: u16) {
        self.send(Message::Input(Input::Resize(Size { width, height })));
    }
}

/// The ids and links that were asked to play, oldest first.
pub fn played(sitting: &Sitting) -> Vec<(PlayId, String)> {
    let play = |effect: &Effect| match effect {
        Effect::Play { play, url, .. } => Some((*play, url.clone())),
        _ => None,
    };
    sitting.effects.iter().filter_map(play).collect()
}

/// Twelve seconds into the third row, 40 s long, of which 70 % are loaded.
pub fn playing(setup: Setup) -> Sitting {
    playing_of(setup, Account::with(90))
}

/// The same of another account.
pub fn playing_of(setup: Setup, account: Account) -> Sitting {
    let mut sitting = Sitting::start(setup, account);
    sitting.keys("jj<Enter>jj");
    sitting.pass(Duration::from_secs(1));
    let (play, _) = played(&sitting)[0];
    let media = Media {
        format: "mp3",
        sample_rate: 16_000,
        channels: 2,
        bit_rate: Some(32_000),
        variable: false,
        bytes: Some(160_000),
    };
    let length = Duration::from_secs(40);
    let wave = |channel: u32| {
        let column = move |at: u32| {
            let peak = (at * at * 7 + channel * 90 + at * 31) % 200;
            let loud = (at / (20 + channel * 7)) % 2 == channel;
            let peak = if loud { 55 + peak } else { peak / 20 } as u8;
            (at < 280).then_some(Column {
                peak,
                rms: peak / 2,
            })
        };
        (0..400).map(column).collect()
    };
    let waveform = Waveform {
        bin: Duration::from_millis(100),
        channels: vec![wave(0), wave(1)],
        ..Waveform::default()
    };
    let anchor = Anchor {
        position: Duration::from_secs(12),
        at: sitting.now().mono,
        speed: 1.0,
    };
    for event in [
        Event::Opened(media),
        Event::Length {
            length,
            exact: true,
        },
        Event::Buffered([0.0..0.7].into()),
        Event::Waveform(Arc::new(waveform)),
        Event::Playing(anchor),
    ] {
        sitting.send(Message::Player(play, event));
    }
    sitting
}

pub fn request_of(effect: &Effect) -> Option<RequestId> {
    match effect {
        Effect::FetchPage { request, .. } | Effect::FetchRecording { request, .. } => {
            Some(*request)
        }
        _ => None,
    }
}

pub fn keys(typed: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = typed;
    while let Some(first) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        if let Some((name, after)) = named.filter(|(name, _)| name.len() > 1) {
            keys.push(key_named(name));
            rest = after;
        } else {
            keys.push(Key::char(first));
            rest = &rest[first.len_utf8()..];
        }
    }
    keys
}

fn key_named(name: &str) -> Key {
    if let Some(letter) = name.strip_prefix("C-") {
        return Key::ctrl(letter.chars().next().unwrap());
    }
    let (shift, name) = name
        .strip_prefix("S-")
        .map_or((false, name), |name| (true, name));
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "BackTab" => KeyCode::BackTab,
        "Backspace" => KeyCode::Backspace,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "PgDn" => KeyCode::PageDown,
        "PgUp" => KeyCode::PageUp,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "Lt" => KeyCode::Char('<'),
        "Del" => KeyCode::Delete,
        "F7" => KeyCode::F(7),
        "F8" => KeyCode::F(8),
        "F9" => KeyCode::F(9),
        other => panic!("no key is called {other}"),
    };
    Key {
        shift,
        ..Key::plain(code)
    }
}

pub fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    let row = |y| {
        let mut text = String::new();
        let mut x = 0;
        while x < area.width {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            x += u16::try_from(callreel::app::text::width(symbol))
                .unwrap()
                .max(1);
        }
        text.trim_end().to_owned()
    };
    (0..area.height).map(row).collect()
}

/// The rows between bars, then for each row the runs of cells that are styled.
fn describe(buffer: &Buffer, cursor: (u16, u16)) -> String {
    let mut out = String::new();
    for row in rows(buffer) {
        writeln!(out, "{row}").unwrap();
    }
    writeln!(out, "cursor {},{}", cursor.0, cursor.1).unwrap();
    for y in 0..buffer.area.height {
        let mut runs: Vec<(u16, u16, String)> = Vec::new();
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let style = style_words(cell.fg, cell.bg, cell.modifier);
            match runs.last_mut() {
                Some((_, end, last)) if *last == style => *end = x,
                _ => runs.push((x, x, style)),
            }
        }
        runs.retain(|(.., style)| !style.is_empty());
        if !runs.is_empty() {
            let runs: Vec<_> = runs
                .iter()
                .map(|(from, to, style)| format!("{from}-{to} {style}"))
                .collect();
            writeln!(out, "{y}: {}", runs.join(", ")).unwrap();
        }
    }
    out
}

fn style_words(fg: Color, bg: Color, modifier: Modifier) -> String {
    let mut words = Vec::new();
    if fg != Color::Reset {
        words.push(format!("{fg:?}").to_lowercase());
    }
    if bg != Color::Reset {
        words.push(format!("on {bg:?}").to_lowercase());
    }
    words.extend(modifier.iter_names().map(|(name, _)| name.to_lowercase()));
    words.join("+")
}
