//! Whatever strangers call themselves: the terminal gets a drawing and nothing else, and the drawing keeps its shape.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use callreel::app::columns::Column;
use callreel::app::layout::LEAST;
use callreel::app::{Effect, Input, Message, Size};
use callreel::runtime::clipboard::osc52;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use ratatui::layout::Rect;

use crate::everywhere::{LISTS, OTHERS, Screen, Shape};
use crate::glass::{Glass, Picture};
use crate::sitting::Sitting;
use crate::strangers::World;
use crate::wire::Wire;
use crate::words::{hostile, only_text};

/// Where every screen is drawn: the smallest, one less, and what people have.
const SIZES: [(u16, u16); 8] = [
    (1, 1),
    (39, 9),
    (40, 10),
    (60, 15),
    (80, 24),
    (80, 40),
    (140, 40),
    (200, 12),
];

fn config(cases: u32) -> Config {
    Config {
        cases,
        max_shrink_iters: 60,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "proptest-regressions/tui/hostile.txt",
        ))),
        ..Config::default()
    }
}

/// Texts from nothing to more than there is room for. Frames are told by their signs, so that these are none of them.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let text = prop::collection::vec(hostile(), 1..6).prop_map(|texts| {
        let text = texts.concat();
        text.replace(|c| ('─'..='╿').contains(&c), "x")
    });
    prop::collection::vec(text, 13)
}

/// What is seen, and where in it the rows of the list stand.
struct Seen {
    picture: Picture,
    rows: Vec<Rect>,
}

impl Seen {
    fn of(glass: &mut Glass, mut sitting: Sitting) -> Result<Self, String> {
        let picture = glass.show(&mut sitting)?;
        let rows = sitting.drawn().rows.iter();
        let rows = rows.map(|(place, _)| *place).collect();
        Ok(Self { picture, rows })
    }

    /// What is not where it stands when all texts are plain and fill their places.
    fn differs_from(&self, plain: &Self, shape: Shape) -> Option<String> {
        let (seen, expected) = (&self.picture, &plain.picture);
        if shape == Shape::Growing {
            let frames = (seen.frame_around_cursor(), expected.frame_around_cursor());
            return (frames.0 != frames.1).then(|| format!("framed by {frames:?}"));
        }
        let (borders, stand) = (seen.borders(), expected.borders());
        let moved = borders.iter().zip(&stand).find(|(is, stands)| is != stands);
        if moved.is_some() || borders.len() != stand.len() {
            return Some(format!("a frame is not whole: {moved:?}"));
        }
        if shape != Shape::List {
            return None;
        }
        if self.rows != plain.rows {
            return Some(format!("rows stand in {:?}", self.rows));
        }
        let mut cells = self.rows.iter().flat_map(|place| place.positions());
        let filled = cells.find(|at| expected.at(*at) == " " && seen.at(*at) != " ");
        filled.map(|at| format!("no gap between two columns at {at}"))
    }
}

/// The size in which keys bring up what is to be seen in this one: where it could not be seen, they do nothing.
fn opened_in(size: Size) -> Size {
    Size {
        width: size.width.max(LEAST.width),
        height: size.height.max(LEAST.height),
    }
}

/// Draws them one after the other, each over the last.
fn draw(world: &World, size: Size, screens: &[Screen]) -> Result<Vec<Seen>, String> {
    let mut glass = Glass::new(size);
    let draw = |(name, _, open): &Screen| {
        let mut sitting = open(world);
        if sitting.size() != size {
            sitting.resize(size.width, size.height);
        }
        let seen = Seen::of(&mut glass, sitting);
        seen.map_err(|what| format!("{name} at {size:?}: {what}"))
    };
    screens.iter().map(draw).collect()
}

/// Fails where a screen does not have the shape that it has with plain texts. Below the least size there is one line, which says so.
fn compare(screen: &str, shape: Shape, seen: &Seen, plain: &Seen) -> Result<(), TestCaseError> {
    let Some(what) = seen.differs_from(plain, shape) else {
        return Ok(());
    };
    let (seen, plain) = (seen.picture.text(), plain.picture.text());
    Err(TestCaseError::fail(format!(
        "{screen}: {what}\n{seen}\n{plain}"
    )))
}

/// All screens in one size, with these texts and with plain ones.
fn shown_with(texts: Vec<String>, size: Size, plain: &[Seen]) -> Result<(), TestCaseError> {
    let screens = [LISTS, OTHERS].concat();
    let world = World::new(texts, opened_in(size));
    let seen = draw(&world, size, &screens).map_err(TestCaseError::fail)?;
    for ((seen, plain), (name, shape, _)) in seen.iter().zip(plain).zip(&screens) {
        compare(&format!("{name} at {size:?}"), *shape, seen, plain)?;
    }
    Ok(())
}

fn plain(size: Size) -> Vec<Seen> {
    let world = World::plain(opened_in(size));
    draw(&world, size, &[LISTS, OTHERS].concat()).unwrap()
}

#[test]
fn every_screen_is_a_drawing_and_keeps_its_shape() {
    for (width, height) in SIZES {
        let size = Size { width, height };
        let plain = plain(size);
        let drawn =
            TestRunner::new(config(2)).run(&texts(), |texts| shown_with(texts, size, &plain));
        if let Err(error) = drawn {
            panic!("{error}");
        }
    }
}

/// What was drawn wrong once.
#[test]
fn signs_of_two_columns_are_not_cut_in_halves() {
    let signs = [
        ("wide, under a box's side", "漢"),
        ("with a skin tone", "👍🏽"),
        ("two letters read as one", "हि"),
        ("a number sign before its number", "\u{600}1"),
        ("a voiced mark of half width", "ｶﾞ"),
    ];
    let size = Size {
        width: 80,
        height: 24,
    };
    let plain = plain(size);
    for (what, sign) in signs {
        // One of the two has a sign's half wherever a box may begin.
        let texts = ["", "x"].map(|start| format!("{start}{}", sign.repeat(60)));
        if let Err(error) = shown_with(texts.to_vec(), size, &plain) {
            panic!("{what}: {error}");
        }
    }
}

#[test]
fn columns_stand_one_below_the_other_in_every_width() {
    let columns = prop::collection::vec(prop::sample::select(&Column::ALL[..]), 1..9);
    let drawn = TestRunner::new(config(2)).run(&(texts(), columns), |(texts, wanted)| {
        let mut columns: Vec<Column> = Vec::new();
        for column in wanted {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        for width in 40..=160 {
            let size = Size { width, height: 12 };
            let world = World::new(texts.clone(), size);
            let [seen, plain] = [world, World::plain(size)].map(|world| {
                let list = world.listing(columns.iter().copied());
                Seen::of(&mut Glass::new(size), list)
            });
            let seen = seen.map_err(TestCaseError::fail)?;
            let plain = plain.map_err(TestCaseError::fail)?;
            compare(
                &format!("{columns:?} in {width}"),
                Shape::List,
                &seen,
                &plain,
            )?;
        }
        Ok(())
    });
    if let Err(error) = drawn {
        panic!("{error}");
    }
}

#[test]
fn the_caret_stands_right_behind_what_was_typed() {
    let size = Size {
        width: 80,
        height: 24,
    };
    for keys in ["/", ":", "<Enter>B", "d<C-u>", "E<C-u>", "f<Tab><Tab><Tab>"] {
        for text in ["plain", "plainer", "漢字", "x漢字"] {
            let text = format!("{}.", text.repeat(30));
            let mut sitting = Sitting::new(size.width, size.height);
            sitting.keys(keys);
            sitting.send(Message::Input(Input::Paste(text)));
            let seen = Glass::new(size).show(&mut sitting).unwrap();
            let (x, y) = (usize::from(seen.cursor.0), usize::from(seen.cursor.1));
            let around = &seen.cells[y][x - 1..=x];
            assert_eq!(around, [".", " "], "{keys}: {}", seen.text());
        }
    }
}

#[test]
fn what_is_copied_is_handed_over_as_text() {
    let size = Size {
        width: 80,
        height: 24,
    };
    let drawn = TestRunner::new(config(8)).run(&texts(), |texts| {
        for keys in ["yi", "yu", "yc", "yt", "ys"] {
            let sitting = World::new(texts.clone(), size).list(keys);
            let Some(Effect::Copy(text)) = sitting.effects.last() else {
                // Of a link or a call's id nothing is left where all of it was hidden.
                assert!(["yu", "yc"].contains(&keys), "{keys} copies nothing");
                continue;
            };
            only_text(keys, text.as_bytes());
            let bytes = osc52(text).unwrap();
            let taken = Wire::default().take(&bytes);
            prop_assert_eq!(taken, Ok(()));
            let encoded = bytes.strip_prefix(b"\x1b]52;c;").unwrap();
            let encoded = encoded.strip_suffix(b"\x1b\\").unwrap();
            prop_assert_eq!(STANDARD.decode(encoded).unwrap(), text.as_bytes());
        }
        Ok(())
    });
    if let Err(error) = drawn {
        panic!("{error}");
    }
}
