//! Marking rows: one, a range, all; what outlives what.

use callreel::app::picks::Chosen;
use callreel::app::{Criteria, Theme};

use crate::account::{Account, recording};
use crate::sitting::{Sitting, setup};

fn last_line(sitting: &mut Sitting) -> String {
    sitting.text().lines().last().unwrap().to_owned()
}

/// The account's numbers of the rows on the screen that have the sign of a mark.
fn marked(sitting: &mut Sitting) -> Vec<usize> {
    let seen = sitting.map().rows;
    let (buffer, _) = sitting.draw();
    let mut numbers = Vec::new();
    for (area, row) in seen {
        // Behind the border and a blank: cursor, playing, marked.
        if buffer[(area.x + 4, area.y)].symbol() == "x" {
            let id = sitting.app.rows().ready(row).unwrap().id.to_string();
            numbers.push(id.rsplit('-').next().unwrap().parse().unwrap());
        }
    }
    numbers
}

fn words(sitting: &mut Sitting) -> String {
    let text = sitting.text();
    let line = text.lines().find(|line| line.contains(" marked"));
    line.unwrap_or_default().to_owned()
}

#[test]
fn x_marks_and_goes_down_and_a_second_x_takes_the_mark_back() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("xxjx");
    assert_eq!(marked(&mut sitting), [0, 1, 3]);
    assert_eq!(sitting.app.cursor(), 4);
    assert!(words(&mut sitting).contains("╰ 3 marked ─"));
    sitting.keys("kx");
    assert_eq!(marked(&mut sitting), [0, 1]);
    assert!(words(&mut sitting).contains("2 marked"));
}

#[test]
fn a_range_is_what_the_row_before_it_became() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("jxjjjX");
    assert_eq!(marked(&mut sitting), [1, 2, 3, 4, 5]);
    assert!(last_line(&mut sitting).contains("5 rows marked"));
    // Upwards, and taken back.
    sitting.keys("xkkkX");
    assert_eq!(marked(&mut sitting), [1, 2]);
    sitting.keys("gxjjjX");
    assert_eq!(marked(&mut sitting), [0, 1, 2, 3, 4]);
}

/// Far from the row that is marked; nothing between is loaded.
fn far_away(recordings: usize, row: usize) -> Sitting {
    let mut setup = setup(80, 24);
    setup.criteria = Criteria::all_time();
    let mut sitting = Sitting::start(setup, Account::with(recordings));
    sitting.keys("x");
    sitting.hold = true;
    sitting.keys(&format!(":{row}<Enter>"));
    let here = |sitting: &Sitting| {
        let cursor = sitting.app.cursor();
        cursor + 1 == row && sitting.app.rows().ready(cursor).is_some()
    };
    while !here(&sitting) {
        assert!(sitting.answer_one(), "the row never came");
    }
    sitting
}

#[test]
fn rows_of_a_range_that_are_not_loaded_are_asked_for_first() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("X");
    assert!(last_line(&mut sitting).contains("x marks the first row, then X all up to the cursor"));
    let mut sitting = far_away(500, 400);
    sitting.keys("X");
    let line = last_line(&mut sitting);
    assert!(
        line.contains("marking 400 rows:") && line.contains("Esc gives it up"),
        "{line}"
    );
    assert!(
        words(&mut sitting).contains("1 marked"),
        "none before all are here"
    );
    let mut asked = 0;
    while sitting.answer_one() {
        asked += 1;
    }
    assert!(
        words(&mut sitting).contains("400 marked"),
        "{}",
        sitting.text()
    );
    assert!(last_line(&mut sitting).contains("400 rows marked"));
    assert!(asked < 40, "a request for each page: {asked}");
}

#[test]
fn a_range_is_given_up_by_escape_and_refused_where_it_is_too_long() {
    let mut sitting = far_away(500, 400);
    sitting.keys("X<Esc>");
    sitting.answer();
    assert!(words(&mut sitting).contains("1 marked"));
    assert!(!last_line(&mut sitting).contains("marking"));
    let mut sitting = far_away(5_000, 4_500);
    sitting.keys("X");
    let line = last_line(&mut sitting);
    assert!(
        line.contains("rows are not loaded, so that none was marked: A"),
        "{line}"
    );
    assert!(words(&mut sitting).contains("1 marked"));
}

#[test]
fn a_marks_all_that_the_filter_lists_with_the_count_and_then_none() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("A");
    assert!(last_line(&mut sitting).contains("all 90 marked: everything the filter lists"));
    assert_eq!(marked(&mut sitting).len(), 19);
    sitting.keys("x");
    assert!(words(&mut sitting).contains("╰ 89 marked"));
    sitting.keys("GG");
    assert!(marked(&mut sitting).contains(&89));
    sitting.keys("A");
    assert!(last_line(&mut sitting).contains("nothing is marked any more"));
    assert_eq!(marked(&mut sitting), [0; 0]);
}

#[test]
fn marks_outlive_scrolling_sorting_a_refresh_and_eviction() {
    let mut sitting = Sitting::start(setup(80, 24), Account::with(90));
    sitting.keys("jxx");
    sitting.keys("GGoOrg");
    sitting.account.recordings.remove(0);
    sitting.keys("ooooooor");
    sitting.answer();
    sitting.keys("g");
    assert_eq!(marked(&mut sitting), [1, 2]);
    sitting
        .account
        .recordings
        .insert(0, std::sync::Arc::new(recording(0)));
    sitting.keys("Ar");
    sitting.answer();
    assert!(words(&mut sitting).contains("all 90 marked"));
}

#[test]
fn another_filter_keeps_single_marks_says_so_and_drops_all() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("xx");
    sitting.keys("f<Tab><Tab><Tab><Tab><Tab><Tab><Tab>+14155550013<Enter>");
    assert!(
        words(&mut sitting).contains("2 marked, 2 of them under another filter"),
        "{}",
        sitting.text()
    );
    sitting.keys("A");
    let line = last_line(&mut sitting);
    assert!(
        line.contains("everything the filter lists; not the 2 of another filter"),
        "{line}"
    );
    sitting.keys("F");
    let line = last_line(&mut sitting);
    assert!(line.contains("another list"), "{line}");
    assert_eq!(marked(&mut sitting), [0; 0]);
}

#[test]
fn what_is_given_to_a_job_is_the_query_or_the_rows_never_both() {
    let mut sitting = Sitting::new(80, 24);
    assert_eq!(sitting.app.picked(), None);
    sitting.keys("jjxgx");
    let Some(Chosen::Rows(rows)) = sitting.app.picked() else {
        panic!("rows");
    };
    let ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
    assert_eq!(ids, [recording(0).id, recording(2).id]);
    sitting.keys("Agx");
    let Some(Chosen::All { but, counted, .. }) = sitting.app.picked() else {
        panic!("the query");
    };
    assert_eq!((but, counted), ([recording(0).id].into(), Some(89)));
}

#[test]
fn a_queue_is_marked_by_its_own_rows() {
    let mut setup = setup(80, 24);
    setup.sample = Some(callreel::app::queue::Sample { size: 7, seed: 7 });
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.keys("A");
    assert!(last_line(&mut sitting).contains("all 7 of the queue marked"));
    assert_eq!(marked(&mut sitting).len(), 7);
    sitting.keys("A");
    assert_eq!(marked(&mut sitting), [0; 0]);
    sitting.keys("xx:queue<Enter>");
    assert!(words(&mut sitting).contains("2 marked"));
}

#[test]
fn marked_rows_at_80x24_and_140x40() {
    for (width, height) in [(80, 24), (140, 40), (40, 10)] {
        let mut setup = setup(width, height);
        setup.preferences.theme = Theme::Mono;
        let mut sitting = Sitting::start(setup, Account::with(90));
        sitting.keys("xxjxv");
        sitting.pass(std::time::Duration::from_secs(11));
        insta::assert_snapshot!(format!("marked_{width}x{height}"), sitting.text());
    }
}
