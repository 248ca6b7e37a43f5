//! Whole screens, with their styles.

use std::time::Duration;

use callreel::app::criteria::Flags;
use callreel::app::{Api, Criteria, Message, Theme};
use callreel::plivo::Error;

use crate::account::Account;
use crate::sitting::{Sitting, playing, setup};

/// Rested on a row: the details are here.
fn rested(width: u16, height: u16) -> Sitting {
    let mut sitting = Sitting::new(width, height);
    sitting.keys("jjj");
    sitting.pass(Duration::from_secs(5));
    sitting
}

#[test]
fn the_list_at_80x24() {
    insta::assert_snapshot!(rested(80, 24).screen());
}

#[test]
fn the_list_beside_its_details_at_140x40() {
    insta::assert_snapshot!(rested(140, 40).screen());
}

#[test]
fn the_list_at_60x15() {
    insta::assert_snapshot!(rested(60, 15).screen());
}

#[test]
fn the_smallest_list_at_40x10() {
    insta::assert_snapshot!(rested(40, 10).screen());
}

#[test]
fn everything_at_200x60() {
    insta::assert_snapshot!(rested(200, 60).screen());
}

#[test]
fn panes_are_stacked_where_it_is_narrow_and_tall() {
    insta::assert_snapshot!(rested(80, 40).screen());
}

#[test]
fn a_short_screen_shows_details_in_the_lists_place() {
    let mut sitting = rested(60, 15);
    sitting.keys("i");
    sitting.pass(Duration::from_secs(1));
    insta::assert_snapshot!(sitting.screen());
}

#[test]
fn raw_json_scrolled_to_its_end() {
    let mut sitting = rested(140, 24);
    sitting.keys("I<Tab>G");
    insta::assert_snapshot!(sitting.screen());
}

#[test]
fn hostile_text_is_seen_and_not_obeyed() {
    let mut sitting = Sitting::new(140, 40);
    sitting.keys("jjjjjj");
    sitting.pass(Duration::from_secs(1));
    let text = sitting.text();
    assert!(text.contains("us␛[31m�tsew␍␊home"), "{text}");
}

#[test]
fn too_small_says_what_is_needed() {
    let lines = |text: &str| {
        text.lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
    };
    let text = Sitting::new(39, 10).text();
    assert_eq!(
        lines(&text),
        ["callreel: 40×10 needed, this is 39×10", "q ends callreel"]
    );
    let text = Sitting::new(20, 3).text();
    assert_eq!(lines(&text), ["40×10 needed", "q ends callreel"]);
}

#[test]
fn nothing_is_done_where_it_cannot_be_seen() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("x");
    sitting.resize(30, 8);
    sitting.keys("xj<Enter>d");
    assert!(!sitting.text().contains("download"));
    sitting.keys("q");
    let text = sitting.text();
    assert!(
        text.contains("1 row is marked") && text.contains("q again"),
        "{text}"
    );
    sitting.keys("<Esc>");
    sitting.resize(80, 24);
    let text = sitting.text();
    assert!(text.contains("1 marked"), "{text}");
    assert!(!text.contains("download to"), "{text}");
}

#[test]
fn help_at_80x24() {
    insta::assert_snapshot!(rested(80, 24).keys("?").screen());
}

#[test]
fn help_at_140x40() {
    insta::assert_snapshot!(rested(140, 40).keys("?").screen());
}

#[test]
fn the_command_line_finds_actions() {
    insta::assert_snapshot!(rested(80, 24).keys(":cop<Down>").screen());
}

#[test]
fn the_search_counts_while_it_is_typed() {
    insta::assert_snapshot!(rested(80, 24).keys("/0013").screen());
}

#[test]
fn found_text_is_marked() {
    insta::assert_snapshot!(rested(80, 24).keys("/0013<Enter>").screen());
}

#[test]
fn sorted_by_length_it_says_what_was_sorted() {
    let mut sitting = rested(80, 24);
    sitting.keys("ggo");
    insta::assert_snapshot!(sitting.screen());
}

#[test]
fn an_empty_range_says_which_key_looks_further_back() {
    let mut sitting = Sitting::start(setup(80, 24), Account::default());
    insta::assert_snapshot!(sitting.screen());
}

#[test]
fn the_first_run_says_what_to_set() {
    let mut setup = setup(80, 24);
    setup.missing = Some("PLIVO_AUTH_ID is not set".into());
    insta::assert_snapshot!(Sitting::start(setup, Account::default()).screen());
}

#[test]
fn the_first_run_fits_the_smallest_screen() {
    let mut setup = setup(40, 10);
    setup.missing = Some("PLIVO_AUTH_ID is not set".into());
    insta::assert_snapshot!(Sitting::start(setup, Account::default()).screen());
}

fn failing(width: u16, theme: Theme) -> Sitting {
    let mut setup = setup(width, 24);
    setup.preferences.theme = theme;
    let mut sitting = Sitting::start(setup, Account::with(90));
    let host = "api.plivo.com".into();
    sitting.account.fault = Some(Error::Unreachable {
        host,
        detail: "connection refused".into(),
    });
    sitting.keys("r");
    sitting
}

#[test]
fn an_error_keeps_the_rows_and_names_the_key() {
    insta::assert_snapshot!(failing(80, Theme::Terminal).screen());
}

#[test]
fn an_error_without_colours() {
    insta::assert_snapshot!(failing(80, Theme::Mono).screen());
}

#[test]
fn an_error_before_anything_came() {
    let mut account = Account::with(90);
    account.fault = Some(Error::Unauthorized {
        message: "no".into(),
        api_id: None,
    });
    insta::assert_snapshot!(Sitting::start(setup(80, 24), account).screen());
}

#[test]
fn on_the_smallest_screen_an_error_still_says_what_failed_and_which_key_helps() {
    let mut account = Account::with(90);
    account.fault = Some(Error::Unauthorized {
        message: "no".into(),
        api_id: None,
    });
    let mut sitting = Sitting::start(setup(40, 10), account);
    let last = sitting.text().lines().last().unwrap().to_owned();
    assert!(
        last.starts_with(" ! wrong id or token · r tries again"),
        "{last}"
    );
}

#[test]
fn filters_that_the_header_has_no_room_for_are_counted() {
    let mut setup = setup(80, 24);
    let flags = Flags {
        from_number: Some("+14155550100".into()),
        conference: Some("a conference with a name that is long".into()),
        ..Flags::default()
    };
    setup.criteria = Criteria::from_flags(&flags).unwrap();
    let text = Sitting::start(setup, Account::default()).text();
    let header = text.lines().next().unwrap();
    assert!(
        header.contains(" UTC · 2 filters · 0 recordings"),
        "{header}"
    );
}

#[test]
fn a_used_up_limit_counts_down() {
    let mut sitting = rested(80, 24);
    let until = sitting.now().mono + Duration::from_secs(30);
    sitting.send(Message::Api(Api::Throttled { until: Some(until) }));
    sitting.pass(Duration::from_millis(1500));
    let last = sitting.text().lines().last().unwrap().to_owned();
    assert_eq!(
        last,
        " ! rate limit used up: going on in 29 s · the rows stay"
    );
}

#[test]
fn the_log_shows_what_the_runtime_hands_over() {
    let mut sitting = rested(80, 24);
    sitting.keys(":log<Enter>");
    sitting.send(Message::Log(vec![
        "ALSA lib: no such device\u{1b}[2J".into(),
        "second".into(),
    ]));
    insta::assert_snapshot!(sitting.screen());
}

#[test]
fn what_was_logged_is_read_to_its_end() {
    let mut sitting = rested(80, 24);
    sitting.keys(":log<Enter>");
    let long = "it cannot be fetched: the media server refused access (403): ".repeat(3);
    let lines = (0..30).map(|i| format!("line {i}: {long}and that is line {i}'s end"));
    sitting.send(Message::Log(lines.collect()));
    let text = sitting.text();
    assert!(text.contains("line 29's end"), "{text}");
    sitting.keys("g");
    let text = sitting.text();
    assert!(
        text.contains("line 0:") && text.contains("line 0's end"),
        "{text}"
    );
    assert!(!text.contains('…'), "{text}");
    // No further than to the last line.
    sitting.keys("G<PgDn>");
    let text = sitting.text();
    assert!(text.contains("line 29's end"), "{text}");
}

#[test]
fn without_colours_the_cursor_stands_out() {
    let mut setup = setup(80, 24);
    setup.preferences.theme = Theme::Mono;
    insta::assert_snapshot!(Sitting::start(setup, Account::with(90)).screen());
}

#[test]
fn a_masked_screen_shows_aliases() {
    let mut setup = setup(140, 40);
    setup.masked = true;
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.keys("jjj");
    sitting.pass(Duration::from_secs(5));
    insta::assert_snapshot!(sitting.screen());
}

#[test]
fn playing_at_80x24() {
    insta::assert_snapshot!(playing(setup(80, 24)).screen());
}

#[test]
fn playing_at_140x40() {
    insta::assert_snapshot!(playing(setup(140, 40)).screen());
}

#[test]
fn playing_at_60x15() {
    insta::assert_snapshot!(playing(setup(60, 15)).screen());
}

#[test]
fn playing_at_40x10() {
    insta::assert_snapshot!(playing(setup(40, 10)).screen());
}

#[test]
fn playing_at_200x60() {
    insta::assert_snapshot!(playing(setup(200, 60)).screen());
}

#[test]
fn close_up_without_colours_a_loop_is_marked() {
    let mut setup = setup(80, 24);
    setup.preferences.theme = Theme::Mono;
    let mut sitting = playing(setup);
    sitting.keys("a");
    sitting.pass(Duration::from_secs(3));
    sitting.keys("aw");
    insta::assert_snapshot!(sitting.screen());
}

#[test]
fn playing_without_colours() {
    let mut setup = setup(80, 24);
    setup.preferences.theme = Theme::Mono;
    insta::assert_snapshot!(playing(setup).screen());
}

#[test]
fn the_filter_at_80x24() {
    insta::assert_snapshot!(rested(80, 24).keys("f").screen());
}

#[test]
fn what_is_typed_is_seen_at_40x10() {
    let mut sitting = rested(40, 10);
    sitting.keys("xjxd");
    let text = sitting.text();
    let last = text.lines().last().unwrap();
    assert!(last.contains("download 2 to ~/calls"), "{last}");
    let mut sitting = playing(setup(40, 10));
    sitting.keys("Bhello");
    let text = sitting.text();
    let last = text.lines().last().unwrap();
    assert!(last.contains("note 0:12 hello"), "{last}");
}

#[test]
fn the_filter_at_140x40() {
    insta::assert_snapshot!(rested(140, 40).keys("f").screen());
}

#[test]
fn the_filter_at_40x10() {
    insta::assert_snapshot!(rested(40, 10).keys("f").screen());
}
