//! Rules that hold for every size and for any sequence of messages.

use std::sync::Arc;
use std::time::Duration;

use callreel::app::jobs;
use callreel::app::marks::Keeping;
use callreel::app::text::is_safe;
use callreel::app::zone::Zone;
use callreel::app::{
    Api, Criteria, Effect, Input, JobId, Key, KeyCode, Message, Mouse, MouseKind, RequestId,
    Signal, Size, Theme, TimerId,
};
use callreel::audio::{Anchor, Event, PlayId};
use callreel::plivo::{Error, Meta, Page};
use callreel::store::{Kept, Moment, Position, Reviewed, Told};
use proptest::prelude::*;

use crate::account::{Account, recording};
use crate::sitting::{Sitting, keys, rows, setup};

/// Sittings in many states, by the keys that lead there.
const STATES: &[&str] = &[
    "",
    "jjj",
    "G",
    "i",
    "I",
    "iI<Tab>G",
    "?",
    "?G",
    ":",
    ":copy",
    ":120",
    "/00",
    "/00<Enter>",
    "f",
    "f<Tab>x",
    "o",
    "oO",
    "T",
    "M",
    "y",
    "<Enter>",
    "<Enter>i",
    "<Enter>?",
    ":log<Enter>",
    ":deliveries<Enter>G",
    "<C-r>",
    "<Enter>f",
    "<Enter>t1:99",
    "S",
    "<Enter>SG",
    "<Enter>a9a",
    "<Enter>ww2a3a",
    "R<Enter>",
    "r",
    ":x@1:00",
    ":x@1:00<Enter>",
    "v",
    "<Enter>b",
    "<Enter>bBcalm +14155550013<Enter>'",
    "<Enter>B+1415555001",
    "<Enter>B14155550013<Enter>'e",
    "xxjjX",
    "Axx",
    "E",
    "xxd",
    "d<Enter>",
    "#",
    "d<Enter>q",
];

#[test]
fn no_size_panics_or_draws_what_is_not_text() {
    for (number, state) in STATES.iter().enumerate() {
        let mut sitting = Sitting::new(80, 24);
        sitting.keys(state);
        for width in 1..=120_u16 {
            for height in 1..=50_u16 {
                // Every size once, and the smallest ones, where it is tight, in every third state.
                let turn = usize::from(width) * 50 + usize::from(height);
                let tight = width < 60 && height < 16 && turn % 3 == number % 3;
                if turn % STATES.len() != number && !tight {
                    continue;
                }
                sitting.resize(width, height);
                let (buffer, cursor) = sitting.draw();
                assert!(
                    cursor.0 < width && cursor.1 < height,
                    "{state} at {width}x{height}"
                );
                assert!(buffer.content.iter().all(|cell| is_safe(cell.symbol())));
            }
        }
    }
}

#[test]
fn drawing_in_another_size_than_was_told_does_not_panic() {
    let mut sitting = Sitting::new(140, 40);
    sitting.keys("<Enter>?");
    for (width, height) in [(1, 1), (40, 10), (80, 24), (200, 60)] {
        let backend = ratatui::backend::TestBackend::new(width, height);
        let mut terminal = ratatui::Terminal::new(backend).unwrap();
        let now = sitting.now();
        terminal
            .draw(|frame| {
                callreel::ui::draw(&sitting.app, now, frame);
            })
            .unwrap();
    }
}

#[test]
fn masked_screens_hold_none_of_the_accounts_numbers_or_names() {
    let account = Account::with(90);
    let secrets = account.secrets();
    for theme in [Theme::Terminal, Theme::Mono] {
        let mut setup = setup(200, 60);
        setup.masked = true;
        setup.preferences.theme = theme;
        let mut criteria = Criteria::last_30_days();
        criteria.filter.from_number = Some("+14155550013".into());
        for criteria in [Criteria::last_30_days(), criteria] {
            setup.criteria = criteria;
            for state in STATES.iter().chain(&[
                "jjjj",
                "jjjjI",
                ":+14155550013",
                "/+14155550013",
                "/+14155550013<Enter>",
            ]) {
                let mut sitting = Sitting::start(setup.clone(), account.clone());
                sitting.keys(state);
                sitting.pass(Duration::from_secs(1));
                let (buffer, _) = sitting.draw();
                // `M` in a state shows them again, which is what it is for.
                if state.contains('M') {
                    continue;
                }
                let text = rows(&buffer).join("\n");
                for secret in &secrets {
                    assert!(
                        !text.contains(secret.as_str()),
                        "{secret} is seen after {state:?}:\n{text}"
                    );
                    let bare = secret.trim_start_matches('+');
                    assert!(
                        !text.contains(bare),
                        "{bare} is seen after {state:?}:\n{text}"
                    );
                }
            }
        }
    }
}

#[test]
fn unmask_shows_numbers_again() {
    let mut setup = setup(80, 24);
    setup.masked = true;
    let mut sitting = Sitting::start(setup, Account::with(90));
    assert!(!sitting.text().contains("+14155550013"));
    sitting.keys(":unmask<Enter>");
    assert!(sitting.text().contains("+14155550013"));
}

#[test]
fn idle_asks_for_no_drawing() {
    let mut sitting = Sitting::new(140, 40);
    sitting.keys("jjj");
    sitting.pass(Duration::from_secs(30));
    assert_eq!(sitting.map().redraw_at, None);
}

#[test]
fn the_waiting_sign_comes_after_150_ms_and_goes_with_the_answer() {
    let mut sitting = Sitting::start_holding(setup(80, 24), Account::with(90), true);
    let start = sitting.now().mono;
    assert_eq!(
        sitting.map().redraw_at,
        Some(start + Duration::from_millis(150))
    );
    assert!(!sitting.text().contains('⠋'));
    sitting.pass(Duration::from_millis(150));
    assert!(sitting.text().contains('⠋'));
    sitting.answer();
    assert!(!sitting.text().contains('⠋'));
    sitting.pass(Duration::from_secs(5));
    sitting.answer();
    assert_eq!(sitting.map().redraw_at, None);
}

#[test]
fn nothing_paints_a_background() {
    for state in STATES {
        let mut sitting = Sitting::new(140, 40);
        sitting.keys(state);
        let (buffer, _) = sitting.draw();
        assert!(
            buffer
                .content
                .iter()
                .all(|cell| cell.bg == ratatui::style::Color::Reset),
            "{state}"
        );
    }
}

#[test]
fn mono_uses_no_colour_at_all() {
    for state in STATES {
        let mut setup = setup(140, 40);
        setup.preferences.theme = Theme::Mono;
        let mut sitting = Sitting::start(setup, Account::with(90));
        sitting.keys(state);
        let (buffer, _) = sitting.draw();
        assert!(
            buffer
                .content
                .iter()
                .all(|cell| cell.fg == ratatui::style::Color::Reset),
            "{state}"
        );
    }
}

#[derive(Debug, Clone)]
enum Step {
    Send(Message),
    /// Told of the job begun last.
    Job(jobs::Told),
    Keys(&'static str),
    Answer,
    AnswerAll,
    Fault(bool),
    Pass(u64),
    Delete(usize),
    Add,
}

fn step() -> impl Strategy<Value = Step> {
    let code = prop_oneof![
        4 => proptest::char::range(' ', '~').prop_map(KeyCode::Char),
        1 => any::<char>().prop_map(KeyCode::Char),
        1 => prop::sample::select(vec![
            KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::BackTab, KeyCode::Backspace, KeyCode::Delete,
            KeyCode::Home, KeyCode::End, KeyCode::PageUp, KeyCode::PageDown, KeyCode::Up, KeyCode::Down,
            KeyCode::Left, KeyCode::Right, KeyCode::F(8), KeyCode::Insert,
        ]),
    ];
    let key = (
        code,
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.05),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(code, ctrl, alt, shift)| {
            Message::Input(Input::Key(Key {
                code,
                ctrl,
                alt,
                shift,
            }))
        });
    let kinds = vec![
        MouseKind::Press,
        MouseKind::Drag,
        MouseKind::WheelUp,
        MouseKind::WheelDown,
    ];
    let mouse = (prop::sample::select(kinds), 0u16..150, 0u16..60)
        .prop_map(|(kind, column, row)| Message::Input(Input::Mouse(Mouse { kind, column, row })));
    let resize = (0u16..150, 0u16..60).prop_map(|(width, height)| {
        Message::Input(Input::Resize(Size {
            width: width.max(1),
            height: height.max(1),
        }))
    });
    let paste = any::<String>().prop_map(|text| Message::Input(Input::Paste(text)));
    let stray = (0u64..60).prop_map(|id| {
        let page = Page {
            meta: Meta {
                total: Some(3),
                ..Meta::default()
            },
            recordings: vec![Arc::new(recording(id as usize))],
            api_id: None,
        };
        Message::Api(Api::Page {
            request: RequestId(id),
            result: Ok(page),
        })
    });
    let stray_detail = (0u64..60, any::<bool>()).prop_map(|(id, fine)| {
        let result = match fine {
            true => Ok(Arc::new(recording(id as usize))),
            false => Err(Error::Malformed {
                detail: "html".into(),
            }),
        };
        Message::Api(Api::Recording {
            request: RequestId(id),
            result,
        })
    });
    let timer = (0u64..60).prop_map(|id| Message::Timer(TimerId(id)));
    let player = (0u64..60, 0u64..4000).prop_map(|(id, seconds)| {
        let anchor = Anchor {
            position: Duration::from_secs(seconds),
            at: std::time::Instant::now(),
            speed: 1.0,
        };
        Message::Player(PlayId(id), Event::Playing(anchor))
    });
    let others = prop::sample::select(vec![
        Message::Signal(Signal::Continued),
        Message::Log(vec!["one".into(); 100]),
        Message::Marks(Told::Failed("locked \u{1b}".into())),
        Message::Marks(Told::Opened(Box::default())),
        Message::Marks(Told::Opened(Box::new(kept()))),
        Message::Trouble("no clipboard \u{1b}".into()),
        Message::Api(Api::Throttled { until: None }),
        Message::Api(Api::Throttled {
            until: Some(std::time::Instant::now() + Duration::from_secs(9)),
        }),
    ]);
    let job = (0u64..60, prop::sample::select(told_of_jobs()))
        .prop_map(|(id, told)| Message::Job(JobId(id), told));
    let habits = vec![
        "G",
        "g",
        "jjjjjjjj",
        "<C-d>",
        ":500<Enter>",
        ":p3<Enter>",
        "o",
        "O",
        "/00<Enter>",
        "n",
        "N",
        "r",
        "F",
        "i",
        "I",
        "<Tab>",
        "<Esc>",
        "J",
        "K",
        ">",
        "<Lt>",
        "f",
        "M",
        "T",
        "yi",
        "?",
        "<Enter>",
        "v",
        "b",
        "Bx<Enter>",
        "'",
        "'<Enter>",
        "y",
        "n",
        ":keep-marks<Enter>",
        "x",
        "X",
        "A",
        "d<Enter>",
        "E<Enter>",
        "#",
        "delete 3 from MA...QUU<Enter>",
        "<C-x>",
        "q",
    ];
    prop_oneof![
        6 => prop::sample::select(habits).prop_map(Step::Keys),
        5 => key.prop_map(Step::Send),
        2 => mouse.prop_map(Step::Send),
        1 => resize.prop_map(Step::Send),
        1 => paste.prop_map(Step::Send),
        1 => stray.prop_map(Step::Send),
        1 => stray_detail.prop_map(Step::Send),
        1 => timer.prop_map(Step::Send),
        1 => player.prop_map(Step::Send),
        1 => others.prop_map(Step::Send),
        2 => job.prop_map(Step::Send),
        2 => prop::sample::select(told_of_jobs()).prop_map(Step::Job),
        4 => Just(Step::Answer),
        3 => Just(Step::AnswerAll),
        1 => any::<bool>().prop_map(Step::Fault),
        2 => (0u64..3000).prop_map(Step::Pass),
        1 => (0usize..90).prop_map(Step::Delete),
        1 => Just(Step::Add),
    ]
}

/// What may be told of a job, in any order.
fn told_of_jobs() -> Vec<jobs::Told> {
    let end = |how| {
        let came = jobs::Came::Deleted {
            deleted: 3,
            gone: 0,
            kept: 1,
            settled: 1,
        };
        jobs::Told::Ended(jobs::End {
            came,
            place: "~/x \u{1b}".into(),
            how,
        })
    };
    let far = jobs::Far {
        done: 9,
        of: Some((3, true)),
        bytes: u64::MAX,
        failed: 1,
        trouble: Some((recording(1).id, "\u{1b}[2J".into())),
    };
    let planned = jobs::Planned {
        count: 3,
        seen: 1,
        length: Duration::from_secs(u64::MAX),
        unknown: 1,
        oldest: Some(crate::account::noon()),
        newest: None,
        done: 2,
        unsettled: 1,
        unnamed: 1,
        takes: Duration::MAX,
        receipts: "~/x".repeat(90),
    };
    let gone = |rows: std::ops::Range<usize>| {
        jobs::Told::Gone(
            rows.map(|row| (recording(row).id, recording(row).added))
                .collect(),
        )
    };
    vec![
        jobs::Told::Far(far),
        jobs::Told::Planned(Box::new(planned)),
        gone(0..1),
        gone(3..30),
        jobs::Told::Gone(vec![(recording(2).id, None)]),
        jobs::Told::Exists,
        end(jobs::How::Complete),
        end(jobs::How::Stopped),
        end(jobs::How::Failed("no network \u{1b}".into())),
    ]
}

/// A file of somebody who has reviewed a little.
fn kept() -> Kept {
    let left = crate::account::noon();
    let moment = |row, ms, note: &str| Moment {
        recording: recording(row).id,
        at: Duration::from_millis(ms),
        note: note.into(),
        created: left,
    };
    Kept {
        reviewed: vec![Reviewed {
            recording: recording(1).id,
            at: left,
        }],
        moments: vec![moment(0, 1, "\u{1b}[2J"), moment(0, u64::MAX, "")],
        positions: vec![Position {
            recording: recording(0).id,
            at: Duration::from_secs(u64::MAX),
            left,
        }],
        ..Kept::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]
    #[test]
    fn any_sequence_of_messages_keeps_the_rules(
        steps in prop::collection::vec(step(), 1..60),
        size in prop::sample::select(vec![(80, 24), (140, 40), (40, 10), (60, 15), (20, 5)]),
        all_time in any::<bool>(),
        marks in prop::sample::select(vec![
            Keeping::Memory, Keeping::Opening, Keeping::Ask { path: "~/x".into() },
        ]),
        local in any::<bool>(),
    ) {
        let mut setup = setup(size.0, size.1);
        setup.marks = marks;
        if all_time {
            setup.criteria = Criteria::all_time();
        }
        if local {
            setup.zone = Zone::local(chrono_tz::Europe::Berlin);
        }
        let mut sitting = Sitting::start_holding(setup, Account::with(90), true);
        for step in steps {
            match step {
                Step::Send(message) => sitting.send(message),
                Step::Job(told) => {
                    let begun = sitting.effects.iter().rev().find_map(|effect| match effect {
                        Effect::Begin { job, .. } => Some(*job),
                        _ => None,
                    });
                    if let Some(job) = begun {
                        sitting.send(Message::Job(job, told));
                    }
                }
                Step::Keys(typed) => {
                    for key in keys(typed) {
                        sitting.send(Message::Input(Input::Key(key)));
                    }
                }
                Step::Answer => {
                    sitting.answer_one();
                }
                Step::AnswerAll => {
                    // A list that asks for ever would never let this end.
                    for _ in 0..2000 {
                        if !sitting.answer_one() {
                            break;
                        }
                    }
                    prop_assert!(sitting.held.is_empty());
                }
                Step::Fault(on) => {
                    sitting.account.fault = on.then(|| Error::Malformed { detail: "html".into() });
                }
                Step::Pass(ms) => sitting.pass(Duration::from_millis(ms)),
                Step::Delete(at) if at < sitting.account.recordings.len() => {
                    sitting.account.recordings.remove(at);
                }
                Step::Delete(_) => {}
                Step::Add => sitting.account.recordings.insert(0, Arc::new(recording(1000))),
            }
            check(&mut sitting)?;
        }
    }
}

fn check(sitting: &mut Sitting) -> Result<(), TestCaseError> {
    let rows = sitting.app.rows().len();
    prop_assert!(
        sitting.app.cursor() < rows.max(1),
        "the cursor stands on no row"
    );
    let map = sitting.map();
    let now = sitting.now().mono;
    prop_assert!(
        map.redraw_at.is_none_or(|at| at > now),
        "asks to be drawn in the past"
    );
    for (_, row) in &map.rows {
        prop_assert!(*row < rows);
    }
    // A deletion is confirmed at most once, and only one that was begun.
    let begun = |job: &JobId| {
        let begins = |effect: &Effect| matches!(effect, Effect::Begin { job: other, work: jobs::Work::Delete { .. } } if other == job);
        sitting.effects.iter().any(begins)
    };
    let confirmed: Vec<_> = sitting
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Confirm(job) => Some(*job),
            _ => None,
        })
        .collect();
    let once: std::collections::HashSet<_> = confirmed.iter().collect();
    prop_assert_eq!(once.len(), confirmed.len());
    prop_assert!(confirmed.iter().all(begun));
    Ok(())
}
