//! Moving through an account, on a wide screen and on the smallest usual one.

use base64::Engine;
use callreel::emulator::{Emulator, Options};
use chrono::{TimeDelta, Utc};

use super::account::{Row, id, lines, on_row, open, selected, shows, stamp, start};
use crate::pty::{Program, Shown};

const SIZES: [(u16, u16); 2] = [(140, 40), (80, 24)];

fn all(emulator: &Emulator) -> Vec<Row> {
    emulator.recordings(0, 2_000)
}

fn within(rows: &[Row], days: i64) -> usize {
    let from = Utc::now() - TimeDelta::days(days);
    rows.iter()
        .filter(|row| super::account::added(row) >= from)
        .count()
}

/// A program that shows these recordings, and its first row.
fn shown(emulator: &Emulator, size: (u16, u16), arguments: &[&str], first: &Row) -> Program {
    let program = open(emulator, arguments).size(size.0, size.1).spawn();
    shows(&program, first);
    program
}

/// The times of the rows on the screen, from the top.
pub fn times(shown: &Shown) -> Vec<String> {
    lines(shown)
        .iter()
        .filter_map(|line| {
            let line: String = line.chars().filter(|c| *c != '│').collect();
            let line = line.trim_start_matches([' ', '>', '♪']);
            let time: String = line.chars().take(19).collect();
            (time.len() == 19 && time.starts_with("20") && time.as_bytes()[13] == b':')
                .then_some(time)
        })
        .collect()
}

#[test]
fn the_last_30_days_are_there_at_the_start() {
    let emulator = start(Options::default());
    let rows = all(&emulator);
    let expected = within(&rows, 30);
    assert!((80..100).contains(&expected), "{expected}");
    for size in SIZES {
        let program = shown(&emulator, size, &[], &rows[0]);
        program.wait_for(&format!("{expected} recordings"));
        let wanted: Vec<_> = rows.iter().map(stamp).collect();
        drop(program.wait("the newest, in order", |shown| {
            let screen = times(shown);
            screen.len() >= usize::from(size.1) - 8 && wanted.starts_with(&screen)
        }));
        // The range that is in effect, and its zone.
        let from = (Utc::now() - TimeDelta::days(30))
            .format("%Y-%m-%d")
            .to_string();
        program.wait_for(&format!("{from} → "));
        program.wait_for(" UTC ");
    }
}

#[test]
fn all_time_goes_to_the_last_of_all_recordings_and_back() {
    let emulator = start(Options::default());
    let rows = all(&emulator);
    assert_eq!(rows.len(), 1_204);
    for size in SIZES {
        let mut program = shown(
            &emulator,
            size,
            &["--from", "2011-01-01", "--rate", "60"],
            &rows[0],
        );
        program.keys("G");
        on_row(&program, &rows[1_203]);
        program.wait_for("1,204 of 1,204");
        program.wait_for("1,204 recordings");
        let wanted: Vec<_> = rows.iter().map(stamp).collect();
        drop(program.wait("the oldest, in order", |shown| {
            let screen = times(shown);
            screen.len() > 5 && wanted.ends_with(&screen)
        }));

        program.keys("g");
        on_row(&program, &rows[0]);
        program.keys(":p7\r");
        on_row(&program, &rows[120]);
        program.wait_for("page 7 of 61");
        program.keys(":120\r");
        on_row(&program, &rows[119]);
        program.wait_for("120 of 1,204");
        // Places that do not exist are the nearest that do, and said to be.
        program.keys(":99999\r");
        on_row(&program, &rows[1_203]);
        program.keys("\x1b[H");
        on_row(&program, &rows[0]);
        program.keys("\x1b[6~");
        drop(program.wait("a screenful on", |shown| {
            !selected(shown).contains(&stamp(&rows[0])) && times(shown)[0] != stamp(&rows[0])
        }));
    }
}

#[test]
fn copying_gives_the_terminal_the_id() {
    let emulator = start(Options::default());
    let rows = all(&emulator);
    for size in SIZES {
        let mut program = shown(&emulator, size, &[], &rows[0]);
        program.keys("j");
        on_row(&program, &rows[1]);
        program.keys("y");
        // What may follow is told.
        drop(program.wait("what y may be", |shown| {
            let foot = super::account::foot(shown);
            ["i ", "u ", "c "].iter().all(|key| foot.contains(key))
        }));
        program.keys("i");
        let encoded = base64::engine::general_purpose::STANDARD.encode(id(&rows[1]));
        let sequence = format!("\x1b]52;c;{encoded}\x1b\\");
        drop(program.wait("OSC 52 with the id", |shown| {
            String::from_utf8_lossy(&shown.bytes).contains(&sequence)
        }));
        program.wait_for("sent to the terminal");
    }
}

#[test]
fn searching_goes_from_match_to_match() {
    let emulator = start(Options::default());
    let rows = all(&emulator);
    for size in SIZES {
        let mut program = shown(&emulator, size, &[], &rows[0]);
        // Ids are looked through too, though the table does not show them.
        let needle = &id(&rows[12])[..13];
        program.keys("/");
        program.keys(needle);
        program.wait_for("1 match in the");
        program.keys("\r");
        on_row(&program, &rows[12]);
        program.keys("/nowhere to be found");
        program.wait_for("0 matches in the");
        program.keys("\r");
        on_row(&program, &rows[12]);
        // Two that share a number: n and N go round.
        let number = rows[3]["from_number"].as_str().unwrap();
        let places: Vec<_> = (0..18)
            .filter(|at| {
                [&rows[*at]["from_number"], &rows[*at]["to_number"]]
                    .contains(&&rows[3]["from_number"])
            })
            .collect();
        program.keys("g/");
        program.keys(number);
        program.keys("\r");
        on_row(&program, &rows[places[0]]);
        if let Some(second) = places.get(1) {
            program.keys("n");
            on_row(&program, &rows[*second]);
            program.keys("N");
            on_row(&program, &rows[places[0]]);
        }
    }
}

#[test]
fn sorting_orders_what_is_loaded_and_says_so() {
    let emulator = start(Options::default());
    let rows = all(&emulator);
    for size in SIZES {
        let mut program = shown(&emulator, size, &[], &rows[0]);
        program.wait_for_rest();
        program.keys("o");
        program.wait_for("Loaded recordings by length");
        program.keys("g");
        drop(program.wait("the hours first", |shown| {
            lines(shown)
                .get(3)
                .is_some_and(|line| line.contains("1:00:00"))
        }));
        program.wait_for("rows loaded");
        program.keys("O");
        program.wait_for("Length↑");
        program.keys("g");
        drop(program.wait("the hours last", |shown| {
            lines(shown)
                .get(3)
                .is_some_and(|line| !line.contains("1:00:00"))
        }));
        // Round through the other columns to the account's own order.
        for name in ["from", "to", "started", "type"] {
            program.keys("o");
            program.wait_for(&format!("by {name}"));
        }
        program.keys("og");
        drop(program.wait("newest first", |shown| {
            !shown.text().contains("Loaded")
                && times(shown).starts_with(&[stamp(&rows[0]), stamp(&rows[1])])
        }));
    }
}

#[test]
fn zones_change_what_is_shown_and_say_which() {
    let emulator = start(Options::default());
    let rows = all(&emulator);
    for size in SIZES {
        let program = open(&emulator, &["--tz", "Asia/Kolkata"])
            .size(size.0, size.1)
            .spawn();
        let mut program = program;
        let there = super::account::added(&rows[0]) + TimeDelta::minutes(330);
        program.wait_for(&there.format("%Y-%m-%d %H:%M:%S").to_string());
        program.wait_for("Added (Kolkata)");
        program.wait_for("Asia/Kolkata");
        for heading in ["Added (local)", "Added (UTC)", "Added (Kolkata)"] {
            program.keys("T");
            program.wait_for(heading);
            if heading != "Added (Kolkata)" {
                shows(&program, &rows[0]);
            }
        }
    }
}

#[test]
fn an_empty_range_says_so_and_how_to_look_further_back() {
    let emulator = start(Options::default());
    let rows = all(&emulator);
    for size in SIZES {
        let mut program = open(&emulator, &["--from", "2015-01-01", "--to", "2015-01-02"])
            .size(size.0, size.1)
            .spawn();
        program.wait_for("No recordings in this range");
        program.wait_for("2015-01-01");
        program.wait_for("f  looks further back");
        // Keys for rows do nothing where there are none.
        program.keys("jGgyi\rnI");
        program.wait_for("No recordings in this range");
        program.keys("f");
        program.wait_for("Presets");
        program.keys("\x1b[Z4\r");
        shows(&program, &rows[0]);
    }
}

#[test]
fn every_size_shows_something_and_none_ends_it() {
    let emulator = start(Options::default());
    let rows = all(&emulator);
    let mut program = shown(&emulator, (80, 24), &[], &rows[0]);
    program.keys("\r");
    program.wait_for("▶");
    for (width, height) in [
        (40, 10),
        (39, 10),
        (40, 9),
        (1, 1),
        (300, 80),
        (10, 60),
        (200, 6),
        (60, 15),
    ] {
        program.resize(width, height);
        let fits = width >= 40 && height >= 10;
        drop(program.wait(&format!("{width}x{height}"), |shown| {
            let text = shown.text();
            match fits {
                true => text.contains("recordings") || text.contains(" of "),
                false if width >= 12 => text.contains("needed"),
                false => !text.is_empty(),
            }
        }));
    }
    program.keys("q");
    assert_eq!(program.end().exit_code(), 0);
}
