//! The list, its details, and how they follow each other.

use std::sync::Arc;
use std::time::Duration;

use callreel::app::{Criteria, Effect};
use callreel::plivo::Error;

use crate::account::{Account, recording};
use crate::session::{Session, setup};

/// Every recording of 90, over 28 days.
fn session() -> Session {
    Session::new(80, 24)
}

/// Over a year and more: many windows.
fn long() -> Session {
    let mut setup = setup(80, 24);
    setup.criteria = Criteria::all_time();
    Session::start(setup, Account::with(1204))
}

fn selected(session: &Session) -> usize {
    let rows = session.app.rows();
    let id = rows.ready(session.app.cursor()).unwrap().id.to_string();
    id.rsplit('-').next().unwrap().parse().unwrap()
}

#[test]
fn ends_and_screens_are_a_key_away() {
    let mut session = session();
    session.keys("G");
    assert_eq!(session.app.cursor(), 89);
    session.keys("g<PgDn>");
    let screen = session.map().rows.len();
    assert_eq!(session.app.cursor(), screen);
    session.keys("<C-b><C-d>");
    assert_eq!(session.app.cursor(), screen / 2);
    session.keys("<End><Home>");
    assert_eq!(session.app.cursor(), 0);
    session.keys("kkk");
    assert_eq!(session.app.cursor(), 0);
}

#[test]
fn the_list_goes_on_through_all_pages_by_itself() {
    let mut session = session();
    for row in 0..90 {
        assert_eq!((session.app.cursor(), selected(&session)), (row, row));
        session.keys("j");
    }
}

#[test]
fn the_last_row_of_many_windows_is_reached() {
    let mut session = long();
    session.keys("G");
    assert_eq!((session.app.cursor(), selected(&session)), (1203, 1203));
    assert!(session.text().contains("page 61 of 61"));
    assert!(session.text().contains("1,204 of 1,204"));
}

#[test]
fn rows_and_pages_are_reached_by_number() {
    let mut session = long();
    session.keys(":120<Enter>");
    assert_eq!(selected(&session), 119);
    session.keys(":p7<Enter>");
    assert_eq!(selected(&session), 120);
    assert!(session.text().contains("page 7 of 61"));
    session.keys(":99999<Enter>");
    assert_eq!(selected(&session), 1203);
}

#[test]
fn a_move_while_a_far_row_is_looked_for_stays_where_the_user_went() {
    let mut setup = setup(80, 24);
    setup.criteria = Criteria::all_time();
    let mut session = Session::start_holding(setup, Account::with(1204), true);
    session.answer_one();
    session.keys("G");
    assert_eq!(session.app.cursor(), 0, "nothing is counted yet");
    session.keys("j");
    session.answer();
    assert_eq!(session.app.cursor(), 1);
}

#[test]
fn refreshing_keeps_the_selected_recording_while_others_arrive() {
    let mut session = session();
    session.keys(":43<Enter>");
    assert_eq!(selected(&session), 42);
    session.pass(Duration::from_secs(3600));
    for number in [900, 901, 902] {
        let mut new = recording(number);
        new.added = Some(crate::account::noon() + chrono::TimeDelta::seconds(number as i64));
        session.account.recordings.insert(0, Arc::new(new));
    }
    session.keys("r");
    assert_eq!((session.app.cursor(), selected(&session)), (45, 42));
}

#[test]
fn rows_stay_while_the_new_ones_are_on_their_way() {
    let mut session = session();
    session.hold = true;
    let before = session.text();
    session.keys("r");
    assert_eq!(session.text().lines().nth(4), before.lines().nth(4));
    let (buffer, _) = session.draw();
    assert!(
        buffer[(10, 5)]
            .modifier
            .contains(ratatui::style::Modifier::DIM)
    );
    session.answer();
    let (buffer, _) = session.draw();
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
    let mut session = Session::start(setup(80, 24), account);
    assert!(session.text().contains("this is HTML"));
    session.account.fault = None;
    session.keys("r");
    assert!(!session.text().contains("HTML"));
    assert_eq!(selected(&session), 0);
}

#[test]
fn a_filter_starts_at_its_first_row_and_can_be_cleared() {
    let mut session = session();
    session.keys("jjjjj");
    session.keys("f<Tab><Tab><Tab><Tab>+14155550013<Enter>");
    let text = session.text();
    assert!(
        text.contains("+14155550013") && text.contains(" of 2"),
        "{text}"
    );
    assert_eq!(session.app.cursor(), 0);
    session.keys("F");
    assert!(session.text().contains(" of 90"));
}

#[test]
fn details_are_asked_for_once_the_cursor_rests() {
    let mut session = Session::new(140, 40);
    session.hold = true;
    session.keys("jjjj");
    let asks = |session: &Session| {
        let asked = |effect: &&Effect| matches!(effect, Effect::FetchRecording { .. });
        session.held.iter().filter(asked).count()
    };
    session.pass(Duration::from_millis(149));
    assert_eq!(asks(&session), 0);
    session.pass(Duration::from_millis(1));
    assert_eq!(asks(&session), 1);
    session.keys("j");
    assert_eq!(asks(&session), 0, "what nobody looks at is cancelled");
}

#[test]
fn going_back_to_a_recording_asks_for_nothing() {
    let mut session = Session::new(140, 40);
    session.pass(Duration::from_secs(1));
    session.keys("j");
    session.pass(Duration::from_secs(1));
    session.hold = true;
    session.keys("k");
    session.pass(Duration::from_secs(1));
    assert!(session.held.is_empty());
}

#[test]
fn hidden_details_are_not_asked_for() {
    let mut session = session();
    session.hold = true;
    session.keys("j");
    session.pass(Duration::from_secs(1));
    assert!(
        !session
            .held
            .iter()
            .any(|effect| matches!(effect, Effect::FetchRecording { .. }))
    );
}

#[test]
fn a_detail_that_cannot_be_had_says_so_and_keeps_what_the_list_knows() {
    let mut session = Session::new(140, 40);
    session.account.fault = Some(Error::TimedOut {
        host: "api.plivo.com".into(),
        after: Duration::from_secs(30),
    });
    session.pass(Duration::from_secs(1));
    let text = session.text();
    assert!(
        text.contains("! no answer from api.plivo.com") && text.contains("84c638ab"),
        "{text}"
    );
    session.account.fault = None;
    session.keys("r");
    assert!(!session.text().contains("no answer"));
}

#[test]
fn every_field_is_shown_the_unknown_ones_too() {
    let mut session = Session::new(140, 40);
    session.pass(Duration::from_secs(1));
    let text = session.text();
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
    let mut session = session();
    session.keys("/555-none<Enter>");
    assert!(session.text().contains("no match in the"));
    session.keys("/+14155550013<Enter>");
    assert_eq!(selected(&session), 1);
    session.keys("n");
    assert!(session.text().contains("match "), "{}", session.text());
    session.keys("N");
    assert_eq!(selected(&session), 1);
}

#[test]
fn sorting_keeps_the_selection_and_names_what_it_sorted() {
    let mut session = session();
    session.keys("jjo");
    let text = session.text();
    assert!(
        text.contains("Loaded recordings by length, longest first"),
        "{text}"
    );
    assert!(text.contains("rows loaded"));
    assert_eq!(selected(&session), 2);
    session.keys("g");
    let rows = session.app.rows();
    let lengths: Vec<_> = (0..rows.len())
        .map(|row| rows.ready(row).unwrap().duration)
        .collect();
    assert!(lengths.is_sorted_by(|a, b| a >= b));
    session.keys("O");
    let rows = session.app.rows();
    let lengths: Vec<_> = (0..rows.len())
        .map(|row| rows.ready(row).unwrap().duration)
        .collect();
    assert!(lengths.is_sorted());
    session.keys("ooooo");
    assert!(session.text().contains("╭ Recordings"));
}

#[test]
fn a_recording_deleted_by_others_leaves_the_cursor_on_a_row() {
    let mut session = session();
    session.keys(":90<Enter>");
    session.account.recordings.truncate(50);
    session.keys("r");
    assert!(session.app.cursor() < 50);
    assert!(session.app.rows().ready(session.app.cursor()).is_some());
}

#[test]
fn a_recording_deleted_with_its_whole_neighbourhood_ends_the_looking_for_it() {
    let mut setup = setup(80, 24);
    setup.criteria = Criteria::all_time();
    for (first, last) in [(40, 60), (0, 45), (43, 400), (43, 1204)] {
        let mut session = Session::start_holding(setup.clone(), Account::with(1204), true);
        session.answer();
        session.keys(":44<Enter>");
        session.answer();
        assert_eq!(selected(&session), 43);
        session.account.recordings.drain(first..last);
        session.keys("r");
        let asked = (0..1000).take_while(|_| session.answer_one()).count();
        // Sixteen years are 194 windows, each of which is counted once.
        assert!(
            asked < 194 + 20,
            "{asked} requests after {first}..{last} went"
        );
        assert!(session.app.rows().ready(session.app.cursor()).is_some());
    }
}
