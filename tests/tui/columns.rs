//! Columns shown, hidden and moved.

use callreel::app::columns::Columns;
use callreel::app::{Effect, Message, Preferences};

use crate::account::Account;
use crate::sitting::{Sitting, setup};

/// The line of column names.
fn heading(sitting: &mut Sitting) -> String {
    let text = sitting.text();
    let line = text.lines().nth(2).unwrap();
    let inside: String = line.split('│').nth(1).unwrap().to_owned();
    inside.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A list that stands alone, so that all of its heading is seen.
fn alone(width: u16) -> Sitting {
    let mut sitting = Sitting::new(width, 30);
    sitting.keys("i");
    if sitting.text().contains("╭ Recording ") {
        sitting.keys("i");
    }
    sitting
}

#[test]
fn the_box_at_80x24() {
    insta::assert_snapshot!(Sitting::new(80, 24).keys("Cjj J").screen());
}

#[test]
fn the_box_at_140x40() {
    insta::assert_snapshot!(Sitting::new(140, 40).keys("CG ").screen());
}

#[test]
fn the_box_in_the_smallest_terminal_keeps_the_chosen_column_in_sight() {
    let mut sitting = Sitting::new(40, 10);
    sitting.keys("CG");
    let text = sitting.text();
    assert!(text.contains("> [ ] monthly"), "{text}");
}

#[test]
fn what_is_done_in_the_box_counts_at_once_and_enter_keeps_it() {
    let mut sitting = alone(140);
    let before = heading(&mut sitting);
    assert_eq!(before, "Added (UTC) Started Length From To Type Format");
    sitting.keys("Cj K<S-Down><S-Down>");
    // Started is hidden, and Added stands after Length.
    sitting.keys("<Enter>");
    assert_eq!(
        heading(&mut sitting),
        "Added (UTC) Length From To Type Format"
    );
    sitting.keys("CJ<Enter>");
    assert_eq!(
        heading(&mut sitting),
        "Length Added (UTC) From To Type Format"
    );
    let last = sitting.text().lines().last().unwrap().to_owned();
    assert!(last.contains("stay so until callreel ends"), "{last}");
}

#[test]
fn esc_leaves_the_columns_as_they_were() {
    let mut sitting = alone(140);
    let before = heading(&mut sitting);
    sitting.keys("C  jJ jj ");
    sitting.keys("<Esc>");
    assert_eq!(heading(&mut sitting), before);
}

#[test]
fn every_field_can_have_a_column() {
    let mut sitting = alone(200);
    let all = "conference, id, call, billed, stored, rate, monthly";
    sitting.app = {
        let mut setup = setup(200, 30);
        setup.preferences.columns = Columns::new(all.split(", ")).unwrap();
        let mut other = Sitting::start(setup, Account::with(90));
        other.keys("i");
        other.app
    };
    assert_eq!(
        heading(&mut sitting),
        "Conference Id Call Billed Stored Rate Monthly"
    );
    let text = sitting.text();
    let row = text.lines().nth(3).unwrap();
    for cell in [
        "8d5cd396-4f88-11e1-829f-000000000000",
        "4 s",
        "3 d",
        "0.0004",
        "–",
    ] {
        assert!(row.contains(cell), "{cell} in {row}");
    }
}

#[test]
fn names_in_columns_are_hidden_with_the_others() {
    let mut setup = setup(200, 30);
    setup.preferences.columns = Columns::new(["added", "conference"]).unwrap();
    let mut sitting = Sitting::start(setup, Account::with(90));
    assert!(sitting.text().contains("Weekly standup"));
    sitting.keys("M");
    assert!(!sitting.text().contains("Weekly standup"));
}

#[test]
fn the_line_for_the_configuration_is_copied() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("C y");
    let line = r#"columns = ["started", "length", "from", "to", "type", "format"]"#;
    assert_eq!(sitting.effects.last(), Some(&Effect::Copy(line.into())));
}

fn configured(columns: &[&str], zoomed: bool) -> Message {
    let preferences = Preferences {
        columns: Columns::new(columns.iter().copied()).unwrap(),
        clipped_places: 5 + u32::from(zoomed),
        ..Preferences::default()
    };
    Message::Preferences(Ok(Box::new(preferences)))
}

#[test]
fn what_was_chosen_stays_until_the_configuration_says_other_columns() {
    let mut setup = setup(140, 30);
    setup.preferences.columns = Columns::new(["length", "to"]).unwrap();
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.keys("i");
    sitting.keys("CJ<Enter>");
    assert_eq!(heading(&mut sitting), "To Length");
    sitting.send(configured(&["length", "to"], true));
    assert_eq!(heading(&mut sitting), "To Length");
    sitting.send(configured(&["from"], true));
    assert_eq!(heading(&mut sitting), "From");
}
