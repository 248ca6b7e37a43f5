//! The faults that hit the screen: the list, the details, what plays.

use callreel::emulator::Special;

use super::case::{Case, Course, most_memory};
use super::world::World;
use crate::pty::{Program, Shown, Start};
use crate::suite::account::{Row, foot_says, id, line_of, on_row, open_at, selected, shows, stamp};
use crate::suite::browsing::times;
use crate::suite::lists::kept;
use crate::suite::panel::{panel, panel_says, play};

/// What plays: 80 s of sound, of which a slow host sends a small part before the fault.
const SOUND: Special = Special::Whole("support-stereo-cbr32");
/// In bytes a second: five times as fast as it plays.
const BANDWIDTH: u64 = 20_000;

fn open(world: &World, size: (u16, u16), arguments: &[&str]) -> Program {
    let emulator = world.emulator();
    open_at(
        world.url(),
        emulator.auth_id(),
        emulator.auth_token(),
        arguments,
    )
    .size(size.0, size.1)
    .patience(world.patience())
    .spawn()
}

/// The fault lasts as long as it should, and is over.
fn passes(world: &mut World, program: &Program) {
    program.wait_until("the fault is met", || world.is_met());
    if let Some(time) = world.lasts() {
        program.bytes_within(time);
    }
    world.is_put_right();
}

fn leave(mut program: Program) -> u64 {
    let memory = most_memory(&program);
    program.keys("q");
    assert_eq!(program.end().exit_code(), 0);
    memory
}

/// On the way to a page that is not loaded; the rows that are there stay, and none is lost or doubled.
pub fn list(case: &Case) -> u64 {
    let mut world = World::new(case.cause, case.place.side(), None);
    let rows = world.emulator().recordings(0, 2_000);
    let arguments = ["--from", "-500d", "--rate", "60"];
    if world.is_nowhere() {
        return unreachable(world, case.course);
    }
    let mut program = open(&world, (80, 24), &arguments);
    if let Course::Tells(words) = case.course {
        screen_says(&program, words);
    }
    shows(&program, &rows[0]);
    program.wait_for("1,204 recordings");
    let before = kept(&program, &rows[..8]);
    world.goes_wrong();
    program.keys(":p40\r");
    // Before anything else is looked at: what is not asked for yet would not be asked for any more.
    program.wait_until("the fault is met", || world.is_met());
    match case.course {
        Course::Outlived | Course::Tells(_) => {}
        Course::Meanwhile(words) => {
            screen_says(&program, words);
            passes(&mut world, &program);
        }
        Course::Says(words) => {
            foot_says(&program, words);
            stays_usable(&mut program, &rows, &before);
            passes(&mut world, &program);
            foot_says(&program, words);
            program.keys("r");
            foot_says(&program, &["keys"]);
            program.keys(":p40\r");
        }
        Course::Asks(words) => {
            foot_says(&program, words);
            agrees_with_itself(&program, &rows);
            stays_usable(&mut program, &rows, &before);
            foot_says(&program, words);
            passes(&mut world, &program);
            program.keys("r:p40\r");
        }
        Course::Elsewhere => return 0,
    }
    on_row(&program, &rows[780]);
    assert!(world.is_met(), "the fault was never met");
    let wanted: Vec<_> = rows.iter().map(stamp).collect();
    drop(program.wait("every row once, in order", |shown| {
        let screen = times(shown);
        let from = wanted.iter().position(|time| Some(time) == screen.first());
        from.is_some_and(|from| wanted[from..].starts_with(&screen)) && screen.len() > 8
    }));
    foot_says(&program, &["keys"]);
    leave(program)
}

/// What does not come as it should is no nonsense: a screenful of the account's rows, each once, in their order, the cursor among them,
/// one count of them above and below, and as many less than there were as the foot says.
fn agrees_with_itself(program: &Program, rows: &[Row]) {
    let all: Vec<_> = rows.iter().map(stamp).collect();
    drop(
        program.wait("rows in their order, and the count of them", |shown| {
            let screen = times(shown);
            let places = screen
                .iter()
                .map(|time| all.iter().position(|row| row == time));
            let places: Option<Vec<_>> = places.collect();
            let text = shown.text();
            let number = |before: &str, after: &str| number_between(&text, before, after);
            let (count, missing) = (
                number("· ", " recordings"),
                number("counts ", " recordings more"),
            );
            screen.len() == 19
                && places.is_some_and(|places| places.windows(2).all(|two| two[0] < two[1]))
                && screen.iter().any(|time| selected(shown).contains(time))
                && count.is_some_and(|count| {
                    number(" of ", " ╯") == Some(count)
                        && missing
                            .is_some_and(|missing| missing > 0 && missing + count == rows.len())
                })
        }),
    );
}

/// The number, with or without its commas, that stands between these.
fn number_between(text: &str, before: &str, after: &str) -> Option<usize> {
    let (left, _) = text.split_once(after)?;
    let (_, number) = left.rsplit_once(before)?;
    number.replace(',', "").parse().ok()
}

/// The rows that were there are there, and the cursor goes where it is told.
fn stays_usable(program: &mut Program, rows: &[Row], before: &[String]) {
    program.keys("g");
    on_row(program, &rows[0]);
    assert_eq!(kept(program, &rows[..8]), before);
    program.keys("j");
    on_row(program, &rows[1]);
    program.keys("k");
    on_row(program, &rows[0]);
}

/// No name server can be mended here: a second try says the same, and the program goes on with an account that has a host.
fn unreachable(mut world: World, course: Course) -> u64 {
    let Course::Says(words) = course else {
        panic!("{course:?} where there is no host");
    };
    let profile = |name: &str, world: &World| {
        let emulator = world.emulator();
        format!(
            "[profiles.{name}]\nauth_id = \"{}\"\napi_url = \"{}\"\ntoken_command = [\"echo\", \"{}\"]\n",
            emulator.auth_id(),
            world.url(),
            emulator.auth_token()
        )
    };
    let lost = profile("a-lost-one", &world);
    let patience = world.patience();
    world.is_put_right();
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    std::fs::write(&config, lost + &profile("found", &world)).unwrap();
    let mut program = Start::callreel(&["--sink", "null", "--profile", "a-lost-one"])
        .env("CALLREEL_CONFIG", config.to_str().unwrap())
        .patience(patience)
        .spawn();
    foot_says(&program, words);
    program.keys("r");
    foot_says(&program, words);
    assert_eq!(world.asked(), 0);
    program.keys("P");
    program.wait_for("in use");
    program.keys("j\r");
    shows(&program, &world.emulator().recordings(0, 1)[0]);
    foot_says(&program, &["keys"]);
    assert!(world.is_met(), "it was never asked");
    leave(program)
}

fn screen_says(program: &Program, words: &[&str]) {
    drop(program.wait(&format!("{words:?}"), |shown| says(shown, words)));
}

fn says(shown: &Shown, words: &[&str]) -> bool {
    let text = shown.text();
    words.iter().all(|word| text.contains(word))
}

/// While the next recording's details come: what the list knows of it stands there all the same.
pub fn detail(case: &Case) -> u64 {
    let mut world = World::new(case.cause, case.place.side(), None);
    let rows = world.emulator().recordings(0, 3);
    let mut program = open(&world, (140, 40), &[]);
    if let Course::Tells(words) = case.course {
        screen_says(&program, words);
    }
    shows(&program, &rows[0]);
    // Where the account's clock is ahead, the first list may have ended before this row, and the cursor stays where it was.
    program.keys("g");
    on_row(&program, &rows[0]);
    drop(program.wait("the first one's details", |shown| {
        says(shown, &["api_id", id(&rows[0])])
    }));
    world.goes_wrong();
    program.keys("j");
    on_row(&program, &rows[1]);
    program.wait_for(id(&rows[1]));
    match case.course {
        Course::Outlived | Course::Tells(_) | Course::Elsewhere => {}
        Course::Meanwhile(words) => {
            screen_says(&program, words);
            passes(&mut world, &program);
        }
        Course::Says(words) | Course::Asks(words) => {
            screen_says(&program, words);
            program.wait_for(id(&rows[1]));
            assert!(line_of(&program.shown(), &rows[0]).is_some());
            passes(&mut world, &program);
            program.keys("r");
        }
    }
    drop(program.wait("the details", |shown| {
        says(shown, &["api_id", id(&rows[1])]) && !shown.text().contains('!')
    }));
    assert!(world.is_met(), "the fault was never met");
    leave(program)
}

/// While it plays, on the way to a part that is not loaded.
pub fn playing(case: &Case) -> u64 {
    let mut world = World::new(case.cause, case.place.side(), Some(BANDWIDTH));
    let mut program = open(&world, (80, 24), &[]);
    if let Course::Tells(words) = case.course {
        screen_says(&program, words);
    }
    shows(&program, &world.emulator().recordings(0, 1)[0]);
    play(&mut program, world.emulator(), SOUND);
    drop(program.wait("a second of sound", |shown| {
        panel(shown).contains(" 0:01 ") || panel(shown).contains(" 0:02 ")
    }));
    world.goes_wrong();
    program.keys("9");
    match case.course {
        Course::Outlived | Course::Tells(_) | Course::Elsewhere => {}
        Course::Meanwhile(words) => {
            panel_says(&program, words);
            passes(&mut world, &program);
        }
        Course::Says(words) => {
            panel_says(&program, words);
            panel_says(&program, &["failed"]);
            passes(&mut world, &program);
            program.keys(" ");
        }
        Course::Asks(words) => {
            panel_says(&program, words);
            assert!(!panel(&program.shown()).contains("failed"));
            passes(&mut world, &program);
            program.keys("z\r9");
        }
    }
    drop(program.wait("the last tenth playing", |shown| {
        let panel = panel(shown);
        ["1:14", "1:15", "1:16", "1:17", "1:18", "1:19"]
            .iter()
            .any(|time| panel.contains(&format!(" {time} ")))
            && !panel.contains("failed")
    }));
    assert!(world.is_met(), "the fault was never met");
    leave(program)
}
