//! A masked screen tells nobody who called: every byte that is written is looked at.

use callreel::emulator::{Emulator, Options};

use super::account::{Row, foot, id, lines, open, selected, shows, start};
use crate::pty::{Program, Shown};

/// What none may see: the parts of numbers and names by which somebody would be known.
fn secrets(emulator: &Emulator, rows: &[Row]) -> Vec<String> {
    let mut secrets = vec![
        emulator.auth_id().to_owned(),
        emulator.auth_token().to_owned(),
    ];
    secrets.extend(emulator.subaccounts().iter().cloned());
    for row in rows {
        for field in ["from_number", "to_number"] {
            let Some(party) = row.get(field).and_then(|party| party.as_str()) else {
                continue;
            };
            match party
                .strip_prefix("sip:")
                .and_then(|sip| sip.split('@').next())
            {
                // Control codes are never written as they are; what stands between them would be.
                Some(name) => secrets.extend(words(name)),
                // The end of a number, where numbers differ.
                None => secrets.push(party[party.len() - 7..].to_owned()),
            }
        }
        for field in ["conference_name", "mpc_name"] {
            let name = row.get(field).and_then(|name| name.as_str());
            secrets.extend(
                name.filter(|name| *name != "noname")
                    .iter()
                    .flat_map(|name| words(name)),
            );
        }
    }
    secrets.sort();
    secrets.dedup();
    assert!(secrets.len() > 50, "{secrets:?}");
    secrets
}

/// The stretches of a name that a terminal would show as they are, if they are long enough to tell anything.
fn words(name: &str) -> Vec<String> {
    name.split(|c: char| !(c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.')))
        .map(|part| part.trim().chars().take(24).collect::<String>())
        .filter(|part| part.chars().count() > 5)
        .collect()
}

/// Where a frame ends: between these a screen is never seen.
const END_OF_FRAME: &[u8] = b"\x1b[?2026l";

/// Looks at every frame that was shown since the byte `from`, and at all texts as they were written.
fn is_masked(program: &Program, from: usize, secrets: &[String]) {
    let shown = program.shown();
    let (height, width) = shown.screen().size();
    let mut terminal = vt100::Parser::new(height, width, 0);
    let mut frames = 0;
    let mut at = 0;
    while let Some(length) = shown.bytes[at..]
        .windows(END_OF_FRAME.len())
        .position(|window| window == END_OF_FRAME)
    {
        let end = at + length + END_OF_FRAME.len();
        terminal.process(&shown.bytes[at..end]);
        at = end;
        if at <= from {
            continue;
        }
        frames += 1;
        let screen = terminal.screen().contents();
        for secret in secrets {
            assert!(!screen.contains(secret), "{secret:?} was shown\n{screen}");
        }
    }
    assert!(frames > 0);
    let written = String::from_utf8_lossy(&shown.bytes[from..]);
    for secret in secrets {
        assert!(!written.contains(secret), "{secret:?} was written");
    }
}

/// `89 of 90` at the list's foot.
fn place(shown: &Shown) -> (usize, usize) {
    let text = shown.text();
    let number = |text: &str| -> Option<usize> {
        text.split(|c: char| !c.is_ascii_digit())
            .find(|digits| !digits.is_empty())?
            .parse()
            .ok()
    };
    text.lines()
        .filter(|line| line.contains('╰'))
        .find_map(|line| {
            let (here, last) = line.split_once(" of ")?;
            Some((number(here)?, number(last)?))
        })
        .unwrap_or_default()
}

/// Scrolls through everything, opens and plays what there is to open and play.
fn look_everywhere(program: &mut Program, rows: &[Row]) {
    program.wait_for("caller-");
    // Screen by screen, waiting for each one's rows, to the last.
    loop {
        let (here, last) = place(&program.shown());
        if here == last {
            break;
        }
        program.keys("\x06");
        drop(program.wait("further down", |shown| {
            place(shown).0 > here && !selected(shown).contains("  ·")
        }));
    }
    // A conference, a multi-party call, texts with control codes, SIP on both sides.
    for place in [6, 17, 9, 15] {
        program.keys(&format!(":{place}\r"));
        program.wait_for(&format!("{place} of "));
        program.wait_for(id(&rows[place - 1]));
        program.keys("I");
        program.wait_for("as JSON");
        program.keys("\t\x06\x06\x06");
        program.keys("G");
        drop(program.wait("the end of the JSON", |shown| {
            lines(shown)
                .iter()
                .any(|line| line.replace('│', " ").trim_end().ends_with(" }"))
        }));
        program.keys("\tI");
        drop(program.wait("the details", |shown| !shown.text().contains("as JSON")));
    }
    // A filter by a number: in the form while it is typed, in the header once it is applied.
    let number = rows[3]["from_number"].as_str().unwrap();
    program.keys("f");
    program.wait_for("Presets");
    program.keys("\t\t\t\t");
    program.keys(number);
    program.keys("\t");
    program.wait_for("from_number=caller-");
    program.keys("\r");
    drop(program.wait("the filter in the header", |shown| {
        lines(shown)[0].contains("caller-")
    }));
    // Playing, searching for a whole number, copying, the log.
    program.keys("\r");
    program.wait_for("▶");
    program.keys("p");
    program.wait_for("paused");
    program.keys(&format!("/{number}"));
    drop(program.wait("the search", |shown| foot(shown).starts_with("/caller-")));
    program.keys("\r");
    program.wait_for("match 1 of");
    program.keys("yu");
    program.wait_for("sent to the terminal");
    program.keys(":log\r");
    program.wait_for("╭ Log");
    program.keys("qF");
    program.wait_for("all calls");
}

#[test]
fn a_masked_screen_tells_no_number_and_no_name() {
    let emulator = start(Options::default());
    let rows = emulator.recordings(0, 89);
    let secrets = secrets(&emulator, &rows);
    for size in [(140, 40), (80, 24)] {
        let mut program = open(&emulator, &["--mask"]).size(size.0, size.1).spawn();
        shows(&program, &rows[0]);
        // Where the details have no place of their own they are asked for.
        if size.0 < 110 {
            program.keys("i");
        }
        look_everywhere(&mut program, &rows);
        super::account::set(&emulator, "404");
        program.keys("r");
        program.wait_for("r tries again");
        super::account::set(&emulator, "");
        is_masked(&program, 0, &secrets);
        program.keys("q");
        assert_eq!(program.end().exit_code(), 0);
    }
}

#[test]
fn a_key_masks_and_a_word_unmasks() {
    let emulator = start(Options::default());
    let rows = emulator.recordings(0, 89);
    let secrets = secrets(&emulator, &rows);
    let mut program = open(&emulator, &[]).spawn();
    let number = rows[0]["from_number"].as_str().unwrap();
    program.wait_for(number);
    program.wait_for_rest();
    let before = program.shown().bytes.len();
    program.keys("M");
    program.wait_for("caller-");
    program.keys("G");
    program.wait_for(" of ");
    is_masked(&program, before, &secrets);
    program.keys("g:unmask\r");
    program.wait_for(number);
    drop(program.wait("no alias", |shown| !shown.text().contains("caller-")));
}
