//! Saved views: listed, opened, saved.

use callreel::app::columns::Columns;
use callreel::app::sort::Column;
use callreel::app::views::View;
use callreel::app::{Criteria, Effect, Message, Setup};

use crate::account::Account;
use crate::sitting::{Sitting, setup};

fn views() -> Vec<View> {
    let mut long = View {
        name: "long-calls".parse().unwrap(),
        criteria: Criteria::last_days(7),
        order: Some((Column::Length, false)),
        columns: Columns::new(["length", "to", "id"]),
    };
    long.criteria.filter.from_number = Some("+14155550013".into());
    let week = View {
        name: "week".parse().unwrap(),
        criteria: Criteria::last_days(7),
        order: None,
        columns: None,
    };
    vec![long, week]
}

fn with_views(width: u16, height: u16) -> Setup {
    let mut setup = setup(width, height);
    setup.preferences.views = views();
    setup
}

fn start(width: u16, height: u16) -> Sitting {
    Sitting::start(with_views(width, height), Account::with(90))
}

fn last_line(sitting: &mut Sitting) -> String {
    sitting.text().lines().last().unwrap().to_owned()
}

fn saved(sitting: &Sitting) -> Vec<View> {
    let saved = sitting.effects.iter().filter_map(|effect| match effect {
        Effect::SaveView(view) => Some((**view).clone()),
        _ => None,
    });
    saved.collect()
}

#[test]
fn the_views_at_80x24() {
    insta::assert_snapshot!(start(80, 24).keys("Vj").screen());
}

#[test]
fn the_views_at_140x40() {
    insta::assert_snapshot!(start(140, 40).keys("V").screen());
}

#[test]
fn without_views_it_says_how_one_is_made() {
    let mut sitting = Sitting::new(80, 24);
    let text = sitting.keys("V").text();
    assert!(text.contains("There are no views yet."), "{text}");
    assert!(text.contains("s saves what is listed now."), "{text}");
    sitting.keys("<Enter>");
    assert!(sitting.text().contains("90 recordings"));
}

#[test]
fn a_view_lists_sorts_and_shows_what_it_says() {
    let mut sitting = start(80, 24);
    sitting.keys("V<Enter>");
    let text = sitting.text();
    assert!(
        text.contains("Loaded recordings by length, longest first"),
        "{text}"
    );
    assert!(text.contains("2026-11-16 → 2026-11-23 UTC"), "{text}");
    let heading = text.lines().nth(2).unwrap();
    assert!(
        heading.contains("Length↓") && !heading.contains("Added"),
        "{heading}"
    );
    sitting.keys("Vj<Enter>");
    let text = sitting.text();
    assert!(text.contains("╭ Recordings ─"), "{text}");
    assert!(text.contains("all calls"), "{text}");
}

#[test]
fn its_order_waits_for_its_rows() {
    let mut setup = with_views(80, 24);
    setup.view = setup.preferences.views.first().cloned();
    setup.criteria = setup.view.clone().unwrap().criteria;
    let mut sitting = Sitting::start_holding(setup, Account::with(90), true);
    assert!(sitting.text().contains("╭ Recordings"));
    sitting.hold = false;
    sitting.answer();
    let text = sitting.text();
    assert!(text.contains("Loaded recordings by length"), "{text}");
    assert!(text.lines().nth(2).unwrap().contains("Id"), "{text}");
}

#[test]
fn another_order_or_list_takes_the_place_of_the_one_that_waits() {
    let mut sitting = start(80, 24);
    sitting.hold = true;
    sitting.keys("V<Enter>Vj<Enter>");
    sitting.hold = false;
    sitting.answer();
    let text = sitting.text();
    assert!(text.contains("╭ Recordings ─"), "{text}");
}

#[test]
fn what_is_listed_is_saved_after_a_name_and_a_yes() {
    let mut sitting = start(80, 24);
    sitting.keys("oVs");
    sitting.keys("long calls");
    assert!(last_line(&mut sitting).contains("! there is a view of this name"));
    sitting.keys("<Enter>");
    assert!(last_line(&mut sitting).contains("there is a view of this name"));
    sitting.keys(" 2");
    assert!(last_line(&mut sitting).contains("[views.long-calls-2]"));
    sitting.keys("<Enter>");
    insta::assert_snapshot!(sitting.screen());
    assert_eq!(saved(&sitting), []);
    sitting.keys("y");
    let view = saved(&sitting).remove(0);
    assert_eq!(view.name.as_str(), "long-calls-2");
    assert_eq!(view.order, Some((Column::Length, false)));
    assert_eq!((&*view.criteria.from.text, &view.columns), ("-30d", &None));
    sitting.send(Message::ViewSaved(Ok(Box::new(view))));
    assert!(last_line(&mut sitting).contains("is saved in ~/.config/callreel/config.toml"));
    assert!(sitting.keys("V").text().contains("long-calls-2"));
}

#[test]
fn what_could_not_be_written_is_told_and_is_no_view() {
    let mut sitting = start(80, 24);
    sitting.keys("Vsnew<Enter>y");
    let words = "nothing was written: config.toml:3: there is no setting x";
    sitting.send(Message::ViewSaved(Err(words.into())));
    assert!(last_line(&mut sitting).contains(words));
    assert_eq!(sitting.app.views().len(), 2);
}

#[test]
fn a_view_can_be_copied_and_left() {
    let mut sitting = start(80, 24);
    sitting.keys("Vsnew<Enter>c");
    let section = "[views.new]\nfrom = \"-30d\"\nto = \"now\"\n";
    assert_eq!(sitting.effects.last(), Some(&Effect::Copy(section.into())));
    sitting.keys("Vsnew<Enter><Esc>Vsnew<Enter>n");
    assert_eq!(saved(&sitting), []);
    assert!(!sitting.text().contains("Save this view?"));
}

#[test]
fn the_chosen_view_can_be_copied() {
    let mut sitting = start(80, 24);
    sitting.keys("Vjy");
    let section = "[views.week]\nfrom = \"-7d\"\nto = \"now\"\n";
    assert_eq!(sitting.effects.last(), Some(&Effect::Copy(section.into())));
}

#[test]
fn the_file_that_was_written_is_no_news() {
    let mut sitting = start(80, 24);
    sitting.keys("Vsnew<Enter>y");
    let view = saved(&sitting).remove(0);
    sitting.send(Message::ViewSaved(Ok(Box::new(view))));
    let preferences = sitting.app.preferences();
    sitting.send(Message::Preferences(Ok(Box::new(preferences))));
    assert!(last_line(&mut sitting).contains("view new is saved"));
}

#[test]
fn the_demo_writes_no_file() {
    let setup = Setup {
        demo: true,
        ..with_views(80, 24)
    };
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.keys("Vsnew<Enter>");
    let text = sitting.text();
    assert!(
        text.contains("c  copy it: nothing is written from here"),
        "{text}"
    );
    sitting.keys("y");
    assert_eq!(saved(&sitting), []);
}

#[test]
fn a_masked_screen_hides_the_numbers_of_views() {
    let mut sitting = start(80, 24);
    sitting.keys("MV");
    let text = sitting.text();
    assert!(!text.contains("14155550013"), "{text}");
    sitting.keys("<Enter>Vsnew<Enter>");
    let text = sitting.text();
    assert!(text.contains("from_number = (hidden)"), "{text}");
    assert!(!text.contains("14155550013"), "{text}");
}
