#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use proptest::prelude::*;

use super::*;

fn key(code: KeyCode) -> Input {
    Input::Key(Key::plain(code))
}

fn char(c: char) -> Input {
    Input::Key(Key::char(c))
}

fn mouse(kind: MouseKind, column: u16, row: u16) -> Input {
    Input::Mouse(Mouse { kind, column, row })
}

/// Everything the pieces give, with the time standing still, and then what is left when it has passed.
fn read(pieces: &[&[u8]]) -> Vec<Input> {
    let now = Instant::now();
    let mut parser = Parser::default();
    let mut inputs: Vec<_> = pieces
        .iter()
        .flat_map(|piece| parser.feed(piece, now))
        .collect();
    inputs.extend(parser.expire(now + PASTE_HOLD));
    assert_eq!(parser.deadline(), None);
    inputs
}

fn sequences() -> Vec<(&'static [u8], Vec<Input>)> {
    vec![
        (b"\x1b[A", vec![key(KeyCode::Up)]),
        (b"\x1bOB", vec![key(KeyCode::Down)]),
        (
            b"\x1b[D\x1b[C",
            vec![key(KeyCode::Left), key(KeyCode::Right)],
        ),
        (b"\x1b[1;2D", vec![Input::Key(Key::shift(KeyCode::Left))]),
        (b"\x1b[Z", vec![key(KeyCode::BackTab)]),
        (b"\x1b[5~", vec![key(KeyCode::PageUp)]),
        (b"\x1b[3~", vec![key(KeyCode::Delete)]),
        (b"\x1b[18~", vec![key(KeyCode::F(7))]),
        (b"\x1bOP", vec![key(KeyCode::F(1))]),
        (b"\x1b[[A", vec![key(KeyCode::F(1))]),
        (
            b"\x1b[H\x1b[4~",
            vec![key(KeyCode::Home), key(KeyCode::End)],
        ),
        (b"jG?", vec![char('j'), char('G'), char('?')]),
        ("ñ字😀".as_bytes(), vec![char('ñ'), char('字'), char('😀')]),
        (b"\r\t\x7f\x08", {
            vec![
                key(KeyCode::Enter),
                key(KeyCode::Tab),
                key(KeyCode::Backspace),
                key(KeyCode::Backspace),
            ]
        }),
        (
            b"\x03\x1a\x06",
            vec![
                Input::Key(Key::ctrl('c')),
                Input::Key(Key::ctrl('z')),
                Input::Key(Key::ctrl('f')),
            ],
        ),
        (
            b"\x1bx",
            vec![Input::Key(Key {
                alt: true,
                ..Key::char('x')
            })],
        ),
        (
            "\x1bé".as_bytes(),
            vec![Input::Key(Key {
                alt: true,
                ..Key::char('é')
            })],
        ),
        (b"\x1b[<0;12;3M", vec![mouse(MouseKind::Press, 11, 2)]),
        (b"\x1b[<32;500;3M", vec![mouse(MouseKind::Drag, 499, 2)]),
        (b"\x1b[<64;1;1M", vec![mouse(MouseKind::WheelUp, 0, 0)]),
        (b"\x1b[<81;1;1M", vec![mouse(MouseKind::WheelDown, 0, 0)]),
        (b"\x1b[<0;12;3m", vec![]),
        (
            b"\x1b[200~a\x1b[Ab\x1b[201~j",
            vec![Input::Paste("a\x1b[Ab".into()), char('j')],
        ),
        (
            b"\x1b[200~\x1b\x1b[201\x1b[201~",
            vec![Input::Paste("\x1b\x1b[201".into())],
        ),
        // Answers nobody asked for, and things that are no keys.
        (b"\x1b]11;rgb:0/0/0\x07j", vec![char('j')]),
        (b"\x1b]11;rgb:0/0/0\x1b\\j", vec![char('j')]),
        (b"\x1bP1+r\x1b\\j", vec![char('j')]),
        (b"\x1b]\x07j", vec![char('j')]),
        (b"\x1b[?62;1cj", vec![char('j')]),
        (b"\x1b[Mabcj", vec![char('j')]),
        (b"\x1b[32;0;0Mj", vec![char('j')]),
        (b"\x1b[<0;0;0Mj", vec![char('j')]),
        (b"\x1b[<99999999;1;1Mj", vec![char('j')]),
        (b"\x1b[1;9Aj", vec![char('j')]),
        (b"\xff\xc3j", vec![char('j')]),
        (b"\x1b[12\x1b[A", vec![key(KeyCode::Up)]),
        (b"\x1b\x1b[A", vec![key(KeyCode::Esc), key(KeyCode::Up)]),
        (b"\x1b", vec![key(KeyCode::Esc)]),
        (b"\x1b\x1b", vec![key(KeyCode::Esc), key(KeyCode::Esc)]),
    ]
}

#[test]
fn every_sequence_means_the_same_however_it_is_split() {
    for (bytes, expected) in sequences() {
        assert_eq!(
            read(&[bytes]),
            expected,
            "{:?}",
            bytes.escape_ascii().to_string()
        );
        let one_by_one: Vec<_> = bytes.chunks(1).collect();
        assert_eq!(
            read(&one_by_one),
            expected,
            "{:?} byte by byte",
            bytes.escape_ascii().to_string()
        );
        for at in 1..bytes.len() {
            let (a, b) = bytes.split_at(at);
            assert_eq!(
                read(&[a, b]),
                expected,
                "{:?} split at {at}",
                bytes.escape_ascii().to_string()
            );
        }
    }
}

#[test]
fn a_lone_escape_is_a_key_after_thirty_milliseconds_and_not_before() {
    let now = Instant::now();
    let mut parser = Parser::default();
    assert_eq!(parser.feed(b"\x1b", now), []);
    assert_eq!(parser.deadline(), Some(now + ESC_HOLD));
    assert_eq!(parser.expire(now + ESC_HOLD - Duration::from_millis(1)), []);
    assert_eq!(
        parser.feed(b"[A", now + Duration::from_millis(29)),
        [key(KeyCode::Up)]
    );
    assert_eq!(parser.deadline(), None);
    assert_eq!(parser.feed(b"\x1b", now), []);
    assert_eq!(parser.expire(now + ESC_HOLD), [key(KeyCode::Esc)]);
    assert_eq!(parser.feed(b"A", now + ESC_HOLD), [char('A')]);
}

#[test]
fn a_sequence_that_began_has_longer_and_is_dropped_without_a_key() {
    let now = Instant::now();
    let mut parser = Parser::default();
    assert_eq!(parser.feed(b"\x1b[1;", now), []);
    assert_eq!(parser.deadline(), Some(now + SEQUENCE_HOLD));
    assert_eq!(parser.expire(now + ESC_HOLD), []);
    assert_eq!(parser.feed(b"5", now + 3 * ESC_HOLD), []);
    assert_eq!(parser.expire(now + 3 * ESC_HOLD + SEQUENCE_HOLD), []);
    assert_eq!(parser.feed(b"j", now + 4 * SEQUENCE_HOLD), [char('j')]);
}

#[test]
fn alt_with_a_letter_that_begins_sequences_is_a_key_in_the_end() {
    let alt = |c| {
        Input::Key(Key {
            alt: true,
            ..Key::char(c)
        })
    };
    assert_eq!(read(&[b"\x1b["]), [alt('[')]);
    assert_eq!(read(&[b"\x1bO"]), [alt('O')]);
}

#[test]
fn a_paste_is_bounded_and_one_without_an_end_is_not_waited_for_for_ever() {
    let mut endless = PASTE_BEGINS.to_vec();
    endless.resize(LONGEST_PASTE * 4, b'x');
    let now = Instant::now();
    let mut parser = Parser::default();
    assert_eq!(parser.feed(&endless, now), []);
    assert!(parser.held.capacity() < 2 * LONGEST_PASTE + 64);
    let inputs = parser.expire(now + PASTE_HOLD);
    assert_eq!(inputs, [Input::Paste("x".repeat(LONGEST_PASTE))]);
    assert_eq!(parser.feed(b"j", now + PASTE_HOLD), [char('j')]);
}

#[test]
fn a_long_sequence_is_dropped_to_its_end() {
    let mut long = b"\x1b[".to_vec();
    long.resize(10_000, b'1');
    long.extend(b"Aj");
    assert_eq!(read(&[&long]), [char('j')]);
}

proptest! {
    #[test]
    fn whatever_comes_nothing_panics_and_little_is_held(pieces in proptest::collection::vec(
        proptest::collection::vec(prop_oneof![
            any::<u8>(),
            prop_oneof![Just(0x1b), Just(b'['), Just(b'<'), Just(b';'), Just(b'M'), Just(b'~'), Just(b'0'), Just(b'2'), Just(b'1'), Just(b'u')],
        ], 0..20), 0..20)) {
        let now = Instant::now();
        let mut parser = Parser::default();
        for piece in &pieces {
            parser.feed(piece, now);
            prop_assert!(parser.held.len() <= 400);
        }
        parser.expire(now + PASTE_HOLD);
        prop_assert!(parser.held.is_empty());
        prop_assert_eq!(parser.feed(b"j", now), vec![char('j')]);
    }
}
