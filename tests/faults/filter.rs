//! The filter form in use: what is typed is what is listed, and what is wrong is explained where it stands.

use callreel::emulator::{Emulator, Options};

use super::account::{Row, added, exact, lines, on_row, open, shows, stamp, start};
use crate::pty::Program;

const SIZES: [(u16, u16); 2] = [(140, 40), (80, 24)];
const TAB: &str = "\t";
const BACK_TAB: &str = "\x1b[Z";
const CLEAR: &str = "\x15";
const SWITCH: &str = "\x14";
const LEAVE: &str = "\x1b";

fn rows(emulator: &Emulator) -> Vec<Row> {
    emulator.recordings(0, 89)
}

fn opened(emulator: &Emulator, size: (u16, u16), first: &Row) -> Program {
    let mut program = open(emulator, &[]).size(size.0, size.1).spawn();
    shows(&program, first);
    program.keys("f");
    program.wait_for("Presets");
    program
}

/// Waits until so many are listed, and the first of them has the cursor's line.
fn lists(program: &Program, count: usize, first: Option<&Row>) {
    program.wait_for(&match count {
        1 => " 1 recording".to_owned(),
        count => format!(" {count} recordings"),
    });
    if let Some(first) = first {
        shows(program, first);
    }
}

#[test]
fn a_preset_is_chosen_by_its_digit() {
    let emulator = start(Options::default());
    let rows = rows(&emulator);
    for size in SIZES {
        let mut program = open(&emulator, &["--from", "2026-01-01", "--to", "2026-01-02"])
            .size(size.0, size.1)
            .spawn();
        program.wait_for("2026-01-01");
        program.keys("f");
        program.wait_for("Presets");
        program.keys(BACK_TAB);
        program.keys("4");
        program.wait_for("[4 last 30 days]");
        program.keys("\r");
        let since = chrono::Utc::now() - chrono::TimeDelta::days(30);
        let count = emulator
            .recordings(0, 200)
            .iter()
            .filter(|row| added(row) >= since)
            .count();
        lists(&program, count, Some(&rows[0]));
    }
}

#[test]
fn times_in_the_apis_form_bound_the_list_with_and_without_their_ends() {
    let emulator = start(Options::default());
    let rows = rows(&emulator);
    for size in SIZES {
        let mut program = opened(&emulator, size, &rows[0]);
        // Both ends are a recording's own time, to the microsecond: both are in.
        program.keys(&format!(
            "{CLEAR}{}{TAB}{CLEAR}{}",
            exact(&rows[5]),
            exact(&rows[3])
        ));
        program.wait_for(&format!(
            "add_time__gte={}",
            exact(&rows[5]).trim_end_matches('0').trim_end_matches('.')
        ));
        program.wait_for("≤ incl");
        program.keys("\r");
        lists(&program, 3, Some(&rows[3]));
        shows(&program, &rows[5]);
        // Without the ends, only what lies between.
        program.keys("f");
        program.wait_for("Presets");
        program.keys(&format!("{SWITCH}{TAB}{SWITCH}"));
        program.wait_for("add_time__gt=");
        program.wait_for("add_time__lt=");
        program.keys("\r");
        lists(&program, 1, Some(&rows[4]));
        on_row(&program, &rows[4]);
        // One end in, one out.
        program.keys("f");
        program.wait_for("Presets");
        program.keys(SWITCH);
        program.wait_for("add_time__gte=");
        program.keys("\r");
        lists(&program, 2, Some(&rows[5]));
        // Seconds, without parts of them.
        program.keys("f");
        program.wait_for("Presets");
        program.keys(&format!(
            "{CLEAR}{}{TAB}{CLEAR}now{SWITCH}",
            stamp(&rows[7])
        ));
        program.wait_for(&format!("add_time__gte={}", stamp(&rows[7])));
        program.keys("\r");
        lists(&program, 8, Some(&rows[0]));
    }
}

#[test]
fn a_call_is_found_by_its_uuid_and_the_filter_is_cleared_by_a_key() {
    let emulator = start(Options::default());
    let rows = rows(&emulator);
    let call = |row: &Row| row["call_uuid"].as_str().unwrap().to_owned();
    let alone = rows
        .iter()
        .skip(3)
        .find(|row| rows.iter().filter(|other| call(other) == call(row)).count() == 1)
        .unwrap();
    for size in SIZES {
        let mut program = opened(&emulator, size, &rows[0]);
        program.keys(&format!("{TAB}{TAB}{}", call(alone)));
        program.wait_for("call_uuid=");
        program.keys("\r");
        lists(&program, 1, Some(alone));
        on_row(&program, alone);
        program.keys("F");
        shows(&program, &rows[0]);
    }
}

#[test]
fn a_mistake_in_any_field_is_explained_there_and_holds_the_form_open() {
    let emulator = start(Options::default());
    let rows = rows(&emulator);
    // Each field's name, what is typed, and what is said about it.
    let fields = [
        ("From", "13:99 on tuesday", "for example"),
        ("To", "2026-13-45", "for example"),
        (
            "Call UUID",
            "not a uuid",
            "digits, the letters a to f and dashes",
        ),
        ("Subaccount", "MA12", "an account's id"),
        ("From number", "call me", "letters"),
        ("To number", "12", "for example"),
        ("Either number", "+", "for example"),
    ];
    for size in SIZES {
        let mut program = opened(&emulator, size, &rows[0]);
        for (at, (name, wrong, said)) in fields.iter().enumerate() {
            program.keys(CLEAR);
            program.keys(wrong);
            drop(program.wait(&format!("what is wrong in {name}"), |shown| {
                let lines = lines(shown);
                // Beside the field or in the lines right below it.
                let field = lines
                    .iter()
                    .position(|line| line.contains(&format!("❯ {name} ")));
                field.is_some_and(|field| {
                    let beside = lines[field..lines.len().min(field + 4)].join(" ");
                    let beside: Vec<_> = beside
                        .split(['│', ' '])
                        .filter(|word| !word.is_empty())
                        .collect();
                    let beside = beside.join(" ");
                    beside.contains("! ") && beside.contains(said)
                })
            }));
            program.wait_for("nothing is sent");
            // It cannot be applied.
            program.keys("\r");
            drop(program.wait("the form, still open", |shown| {
                shown.text().contains("Presets") && shown.text().contains("nothing is sent")
            }));
            // Corrected, so that the next mistake stands alone.
            program.keys(CLEAR);
            drop(program.wait("no mistake left", |shown| {
                !shown.text().contains("nothing is sent")
            }));
            program.keys(TAB);
            if let Some((next, ..)) = fields.get(at + 1) {
                program.wait_for(&format!("❯ {next}"));
            }
        }
        // Leaving changes nothing.
        program.keys(LEAVE);
        shows(&program, &rows[0]);
        drop(program.wait("the list", |shown| !shown.text().contains("Presets")));
    }
}

#[test]
fn what_is_pasted_and_what_people_write_is_understood() {
    let emulator = start(Options::default());
    let rows = rows(&emulator);
    let number = rows[3]["from_number"].as_str().unwrap();
    let written = format!("({}) {}-{}", &number[2..5], &number[5..8], &number[8..]);
    assert!(number.starts_with("+1"), "{number}");
    let expected = rows
        .iter()
        .filter(|row| {
            [&row["from_number"], &row["to_number"]]
                .iter()
                .any(|n| n.as_str() == Some(number))
        })
        .count();
    for size in SIZES {
        let mut program = opened(&emulator, size, &rows[0]);
        for _ in 0..6 {
            program.keys(TAB);
        }
        program.wait_for("❯ Either number");
        program.keys(&format!("\x1b[200~+1 {written}\n\x1b[201~"));
        program.wait_for(&number[1..]);
        program.keys("\r");
        lists(&program, expected, None);
        program.wait_for(number);
    }
}
