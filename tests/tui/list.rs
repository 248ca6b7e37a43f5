//! The list, its details, and how they follow each other.

use std::sync::Arc;
use std::time::Duration;

use callreel::app::{Api, Criteria, Effect, Message};
use callreel::plivo::Error;
use chrono::TimeDelta;

use crate::account::{Account, recording};
use crate::sitting::{Sitting, setup};

/// Every recording of 90, over 28 days.
fn sitting() -> Sitting {
    Sitting::new(80, 24)
}

/// Over a year and more: many windows.
fn long() -> Sitting {
    let mut setup = setup(80, 24);
    setup.criteria = Criteria::all_time();
    Sitting::start(setup, Account::with(1204))
}

fn selected(sitting: &Sitting) -> usize {
    let rows = sitting.app.rows();
    let id = rows.ready(sitting.app.cursor()).unwrap().id.to_string();
    id.rsplit('-').next().unwrap().parse().unwrap()
}

#[test]
fn ends_and_screens_are_a_key_away() {
    let mut sitting = sitting();
    sitting.keys("G");
    assert_eq!(sitting.app.cursor(), 89);
    sitting.keys("g<PgDn>");
    let screen = sitting.map().rows.len();
    assert_eq!(sitting.app.cursor(), screen);
    sitting.keys("<C-b><C-d>");
    assert_eq!(sitting.app.cursor(), screen / 2);
    sitting.keys("<End><Home>");
    assert_eq!(sitting.app.cursor(), 0);
    sitting.keys("kkk");
    assert_eq!(sitting.app.cursor(), 0);
}

#[test]
fn the_list_goes_on_through_all_pages_by_itself() {
    let mut sitting = sitting();
    for row in 0..90 {
        assert_eq!((sitting.app.cursor(), selected(&sitting)), (row, row));
        sitting.keys("j");
    }
}

#[test]
fn the_last_row_of_many_windows_is_reached() {
    let mut sitting = long();
    sitting.keys("G");
    assert_eq!((sitting.app.cursor(), selected(&sitting)), (1203, 1203));
    assert!(sitting.text().contains("page 61 of 61"));
    assert!(sitting.text().contains("1,204 of 1,204"));
}

#[test]
fn rows_and_pages_are_reached_by_number() {
    let mut sitting = long();
    sitting.keys(":120<Enter>");
    assert_eq!(selected(&sitting), 119);
    sitting.keys(":p7<Enter>");
    assert_eq!(selected(&sitting), 120);
    assert!(sitting.text().contains("page 7 of 61"));
    sitting.keys(":99999<Enter>");
    assert_eq!(selected(&sitting), 1203);
}

#[test]
fn a_move_while_a_far_row_is_looked_for_stays_where_the_user_went() {
    let mut setup = setup(80, 24);
    setup.criteria = Criteria::all_time();
    let mut sitting = Sitting::start_holding(setup, Account::with(1204), true);
    sitting.answer_one();
    sitting.keys("G");
    assert_eq!(sitting.app.cursor(), 0, "nothing is counted yet");
    sitting.keys("j");
    sitting.answer();
    assert_eq!(sitting.app.cursor(), 1);
}

#[test]
fn refreshing_keeps_the_selected_recording_while_others_arrive() {
    let mut sitting = sitting();
    sitting.keys(":43<Enter>");
    assert_eq!(selected(&sitting), 42);
    sitting.pass(Duration::from_secs(3600));
    for number in [900, 901, 902] {
        let mut new = recording(number);
        new.added = Some(crate::account::noon() + chrono::TimeDelta::seconds(number as i64));
        sitting.account.recordings.insert(0, Arc::new(new));
    }
    sitting.keys("r");
    assert_eq!((sitting.app.cursor(), selected(&sitting)), (45, 42));
}

#[test]
fn rows_stay_while_the_new_ones_are_on_their_way() {
    let mut sitting = sitting();
    sitting.hold = true;
    let before = sitting.text();
    sitting.keys("r");
    assert_eq!(sitting.text().lines().nth(4), before.lines().nth(4));
    let (buffer, _) = sitting.draw();
    assert!(
        buffer[(10, 5)]
            .modifier
            .contains(ratatui::style::Modifier::DIM)
    );
    sitting.answer();
    let (buffer, _) = sitting.draw();
    assert!(
        !buffer[(10, 5)]
            .modifier
            .contains(ratatui::style::Modifier::DIM)
    );
}

#[test]
fn after_an_error_r_tries_again() {
    let mut account = Account::with(90);
    account.fault = Some(Error::Malformed {
        detail: "this is HTML".into(),
    });
    let mut sitting = Sitting::start(setup(80, 24), account);
    assert!(sitting.text().contains("this is HTML"));
    sitting.account.fault = None;
    sitting.keys("r");
    assert!(!sitting.text().contains("HTML"));
    assert_eq!(selected(&sitting), 0);
}

#[test]
fn a_filter_starts_at_its_first_row_and_can_be_cleared() {
    let mut sitting = sitting();
    sitting.keys("jjjjj");
    sitting.keys("f<Tab><Tab><Tab><Tab>+14155550013<Enter>");
    let text = sitting.text();
    assert!(
        text.contains("+14155550013") && text.contains(" of 2"),
        "{text}"
    );
    assert_eq!(sitting.app.cursor(), 0);
    sitting.keys("F");
    assert!(sitting.text().contains(" of 90"));
}

#[test]
fn details_are_asked_for_once_the_cursor_rests() {
    let mut sitting = Sitting::new(140, 40);
    sitting.hold = true;
    sitting.keys("jjjj");
    let asks = |sitting: &Sitting| {
        let asked = |effect: &&Effect| matches!(effect, Effect::FetchRecording { .. });
        sitting.held.iter().filter(asked).count()
    };
    sitting.pass(Duration::from_millis(149));
    assert_eq!(asks(&sitting), 0);
    sitting.pass(Duration::from_millis(1));
    assert_eq!(asks(&sitting), 1);
    sitting.keys("j");
    assert_eq!(asks(&sitting), 0, "what nobody looks at is cancelled");
}

#[test]
fn going_back_to_a_recording_asks_for_nothing() {
    let mut sitting = Sitting::new(140, 40);
    sitting.pass(Duration::from_secs(1));
    sitting.keys("j");
    sitting.pass(Duration::from_secs(1));
    sitting.hold = true;
    sitting.keys("k");
    sitting.pass(Duration::from_secs(1));
    assert!(sitting.held.is_empty());
}

#[test]
fn hidden_details_are_not_asked_for() {
    let mut sitting = sitting();
    sitting.hold = true;
    sitting.keys("j");
    sitting.pass(Duration::from_secs(1));
    assert!(
        !sitting
            .held
            .iter()
            .any(|effect| matches!(effect, Effect::FetchRecording { .. }))
    );
}

#[test]
fn a_detail_that_cannot_be_had_says_so_and_keeps_what_the_list_knows() {
    let mut sitting = Sitting::new(140, 40);
    sitting.account.fault = Some(Error::TimedOut {
        host: "api.plivo.com".into(),
        after: Duration::from_secs(30),
    });
    sitting.pass(Duration::from_secs(1));
    let text = sitting.text();
    assert!(
        text.contains("! no answer from api.plivo.com") && text.contains("84c638ab"),
        "{text}"
    );
    sitting.account.fault = None;
    sitting.keys("r");
    assert!(!sitting.text().contains("no answer"));
}

#[test]
fn every_field_is_shown_the_unknown_ones_too() {
    let mut sitting = Sitting::new(140, 40);
    sitting.pass(Duration::from_secs(1));
    let text = sitting.text();
    for part in [
        "2026-11-23 11:30:00.079231 UTC",
        "0:03 (3.400 s)",
        "transcription_state",
        "0.0004",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[test]
fn search_goes_round_the_loaded_rows_and_says_so() {
    let mut sitting = sitting();
    sitting.keys("/555-none<Enter>");
    assert!(sitting.text().contains("no match in the"));
    sitting.keys("/+14155550013<Enter>");
    assert_eq!(selected(&sitting), 1);
    sitting.keys("n");
    assert!(sitting.text().contains("match "), "{}", sitting.text());
    sitting.keys("N");
    assert_eq!(selected(&sitting), 1);
}

#[test]
fn sorting_keeps_the_selection_and_names_what_it_sorted() {
    let mut sitting = sitting();
    sitting.keys("jjo");
    let text = sitting.text();
    assert!(
        text.contains("Loaded recordings by length, longest first"),
        "{text}"
    );
    assert!(text.contains("rows loaded"));
    assert_eq!(selected(&sitting), 2);
    sitting.keys("g");
    let rows = sitting.app.rows();
    let lengths: Vec<_> = (0..rows.len())
        .map(|row| rows.ready(row).unwrap().duration)
        .collect();
    assert!(lengths.is_sorted_by(|a, b| a >= b));
    sitting.keys("O");
    let rows = sitting.app.rows();
    let lengths: Vec<_> = (0..rows.len())
        .map(|row| rows.ready(row).unwrap().duration)
        .collect();
    assert!(lengths.is_sorted());
    sitting.keys("ooooo");
    assert!(sitting.text().contains("╭ Recordings"));
}

#[test]
fn a_recording_deleted_by_others_leaves_the_cursor_on_a_row() {
    let mut sitting = sitting();
    sitting.keys(":90<Enter>");
    sitting.account.recordings.truncate(50);
    sitting.keys("r");
    assert!(sitting.app.cursor() < 50);
    assert!(sitting.app.rows().ready(sitting.app.cursor()).is_some());
}

#[test]
fn a_recording_deleted_with_its_whole_neighbourhood_ends_the_looking_for_it() {
    let mut setup = setup(80, 24);
    setup.criteria = Criteria::all_time();
    for (first, last) in [(40, 60), (0, 45), (43, 400), (43, 1204)] {
        let mut sitting = Sitting::start_holding(setup.clone(), Account::with(1204), true);
        sitting.answer();
        sitting.keys(":44<Enter>");
        sitting.answer();
        assert_eq!(selected(&sitting), 43);
        sitting.account.recordings.drain(first..last);
        sitting.keys("r");
        let asked = (0..1000).take_while(|_| sitting.answer_one()).count();
        // Sixteen years are 194 windows, each of which is counted once.
        assert!(
            asked < 194 + 20,
            "{asked} requests after {first}..{last} went"
        );
        assert!(sitting.app.rows().ready(sitting.app.cursor()).is_some());
    }
}

/// An account whose clock shows so many hours more, by which its newest recordings were added.
fn ahead(hours: i64) -> Account {
    let mut account = Account::with(90);
    for row in &mut account.recordings {
        let row = Arc::make_mut(row);
        row.added = row.added.map(|added| added + TimeDelta::hours(hours));
    }
    account
}

fn clock(hours: i64) -> Message {
    let ahead = TimeDelta::hours(hours);
    Message::Api(Api::Clock { ahead })
}

#[test]
fn a_clock_that_is_behind_hides_no_recording() {
    let mut sitting = Sitting::start(setup(140, 40), ahead(1));
    assert_eq!(selected(&sitting), 1);
    sitting.send(clock(1));
    sitting.keys("g");
    assert_eq!(selected(&sitting), 0);
    let text = sitting.text();
    assert!(
        text.contains("this machine's clock is 1 h 00 behind the API's"),
        "{text}"
    );
    assert!(
        text.contains("90 recordings") && text.contains("29\u{a0}min\u{a0}ago"),
        "{text}"
    );
    // What is loaded anew ends by the API's clock too; put right, this machine's counts again.
    sitting.keys("r");
    assert_eq!(selected(&sitting), 0);
    sitting.send(clock(0));
    sitting.keys("g");
    assert_eq!(selected(&sitting), 1);
}

#[test]
fn what_comes_above_the_beginning_of_the_list_is_seen_and_the_cursor_stays_on_its_recording() {
    let mut sitting = Sitting::start(setup(80, 24), ahead(40));
    assert_eq!(selected(&sitting), 6);
    sitting.send(clock(40));
    assert_eq!(selected(&sitting), 6);
    let newest = sitting.account.recordings[0].added.unwrap();
    let newest = newest.format("%Y-%m-%d %H:%M:%S").to_string();
    assert!(sitting.text().contains(&newest), "{}", sitting.text());
}

#[test]
fn a_row_that_was_asked_for_is_gone_to_in_the_list_that_is_loaded_anew() {
    for anew in [clock(1), clock(-1)] {
        let mut setup = setup(80, 24);
        setup.criteria.from.text = "-300d".into();
        let mut sitting = Sitting::start_holding(setup, Account::with(600), true);
        sitting.answer_one();
        sitting.keys(":p25<Enter>");
        assert_ne!(sitting.app.cursor(), 480, "all is counted already");
        sitting.send(anew);
        sitting.answer();
        assert_eq!(sitting.app.cursor(), 480);
        // All is counted now, and the cursor stands where no row has come yet.
        sitting.keys(":p15<Enter>");
        sitting.send(clock(0));
        sitting.answer();
        assert_eq!(sitting.app.cursor(), 280);
    }
}

#[test]
fn a_range_that_ends_before_now_is_not_asked_for_again_for_a_clock() {
    let mut setup = setup(80, 24);
    setup.criteria.to.text = "2026-11-20".into();
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.hold = true;
    sitting.send(clock(6));
    assert!(sitting.held.is_empty(), "{:?}", sitting.held);
}
