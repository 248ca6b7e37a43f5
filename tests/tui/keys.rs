//! What keys do.

use std::time::Duration;

use callreel::app::{Effect, Input, Message, Mouse, MouseKind, Signal};

use crate::account::{Account, recording};
use crate::session::{Session, played, playing, setup};

fn last_line(session: &mut Session) -> String {
    session.text().lines().last().unwrap().to_owned()
}

#[test]
fn escape_leaves_one_thing_at_a_time_and_never_quits() {
    let mut session = Session::new(80, 24);
    for _ in 0..5 {
        session.keys("?<Esc>:<Esc>/x<Esc>f<Esc><Esc>");
    }
    assert!(!session.effects.contains(&Effect::Quit));
    assert!(session.text().contains("╭ Recordings"));
}

#[test]
fn q_quits_from_the_list_and_closes_what_is_read() {
    let mut session = Session::new(80, 24);
    session.keys("?q");
    assert_eq!(session.effects, []);
    session.keys("q");
    assert_eq!(session.effects, [Effect::Quit]);
}

#[test]
fn control_c_quits_from_a_text_field_and_from_the_form() {
    for typed in [":abc<C-c>", "/abc<C-c>", "f<C-c>", "?<C-c>", "<C-c>"] {
        let mut session = Session::new(80, 24);
        session.keys(typed);
        assert_eq!(session.effects, [Effect::Quit], "{typed}");
    }
}

#[test]
fn suspending_comes_after_the_player_was_told() {
    let mut session = Session::new(80, 24);
    session.keys("<C-z>");
    assert_eq!(session.effects.last(), Some(&Effect::Suspend));
    session.send(Message::Signal(Signal::Continued));
    assert!(session.text().contains("Recordings"));
}

#[test]
fn terminate_quits() {
    let mut session = Session::new(80, 24);
    session.send(Message::Signal(Signal::Terminate));
    assert_eq!(session.effects, [Effect::Quit]);
}

#[test]
fn copying_goes_to_the_terminal_and_says_no_more_than_that() {
    let mut session = Session::new(80, 24);
    session.keys("jy");
    assert_eq!(
        last_line(&mut session),
        " y …  i copy id   u copy link   c copy call"
    );
    session.keys("i");
    assert_eq!(session.effects, [Effect::Copy(recording(1).id.to_string())]);
    assert_eq!(last_line(&mut session), " id: sent to the terminal");
    session.keys("yuyc");
    assert_eq!(session.effects[1], Effect::Copy(recording(1).url.unwrap()));
    assert_eq!(
        session.effects[2],
        Effect::Copy(recording(1).call_uuid.unwrap())
    );
}

#[test]
fn a_second_key_that_means_nothing_ends_the_pair() {
    let mut session = Session::new(80, 24);
    session.keys("yx");
    assert_eq!(session.effects, []);
    session.keys("j");
    assert_eq!(session.app.cursor(), 1);
}

#[test]
fn a_notice_goes_by_itself() {
    let mut session = Session::new(80, 24);
    session.keys("yi");
    let map = session.map();
    let until = session.now().mono + Duration::from_secs(4);
    assert_eq!(map.redraw_at, Some(until));
    session.pass(Duration::from_secs(4));
    assert!(last_line(&mut session).contains("⏎ play"));
}

#[test]
fn the_first_run_opens_the_demo_by_d_and_asks_for_nothing() {
    let mut setup = setup(80, 24);
    setup.missing = Some("PLIVO_AUTH_TOKEN is not set".into());
    let mut session = Session::start(setup, Account::with(90));
    session.keys("jG<Enter>/fx?<Esc>d");
    assert_eq!(session.effects, [Effect::OpenDemo]);
    assert!(session.text().contains("PLIVO_AUTH_TOKEN is not set"));
}

#[test]
fn times_are_shown_in_the_zone_that_is_named() {
    let mut session = Session::new(80, 24);
    assert!(
        session.text().contains("Added (UTC)") && session.text().contains("2026-11-23 11:30:00")
    );
    session.keys("T");
    assert!(
        session.text().contains("Added (local)") && session.text().contains("2026-11-23 12:30:00")
    );
    session.keys("T");
    assert!(session.text().contains("2026-11-23 11:30:00"));
}

#[test]
fn the_log_is_asked_for_when_it_is_opened_and_again_by_r() {
    let mut session = Session::new(80, 24);
    session.keys(":log<Enter>");
    assert_eq!(session.effects, [Effect::ReadLog]);
    session.send(Message::Log(
        (0..100).map(|line| format!("line {line}")).collect(),
    ));
    assert!(
        session.text().contains("line 99"),
        "the newest lines are seen first"
    );
    session.keys("gr");
    assert!(session.text().contains("line 0"));
    assert_eq!(session.effects, [Effect::ReadLog, Effect::ReadLog]);
}

#[test]
fn what_the_runtime_could_not_do_is_told() {
    let mut session = Session::new(80, 24);
    session.send(Message::Trouble("nothing could be copied".into()));
    assert_eq!(last_line(&mut session), " ! nothing could be copied");
}

#[test]
fn an_unknown_command_is_told_and_nothing_else_happens() {
    let mut session = Session::new(80, 24);
    session.keys(":xyzzy<Enter>");
    assert!(last_line(&mut session).starts_with(" ! no action is called “xyzzy”"));
    assert_eq!(session.effects, []);
}

#[test]
fn help_scrolls_to_its_end_and_no_further() {
    let mut session = Session::new(80, 24);
    session.keys("?G");
    let end = session.text();
    assert!(end.contains("The mouse"));
    session.keys("jjjj");
    assert_eq!(session.text(), end);
    session.keys("k");
    assert_ne!(session.text(), end);
}

#[test]
fn a_click_selects_a_row_and_the_wheel_scrolls() {
    let mut session = Session::new(80, 24);
    let (area, row) = session.map().rows[5];
    let at = |kind, column, row| Message::Input(Input::Mouse(Mouse { kind, column, row }));
    session.send(at(MouseKind::Press, area.x + 10, area.y));
    assert_eq!((session.app.cursor(), row), (5, 5));
    session.send(at(MouseKind::WheelDown, 10, 10));
    assert_eq!(session.app.cursor(), 8);
    session.send(at(MouseKind::WheelUp, 10, 10));
    assert_eq!(session.app.cursor(), 5);
}

#[test]
fn a_click_under_a_box_reaches_nothing() {
    let mut session = Session::new(80, 24);
    let (area, _) = session.map().rows[5];
    session.keys("?");
    session.draw();
    let press = Mouse {
        kind: MouseKind::Press,
        column: area.x + 10,
        row: area.y,
    };
    session.send(Message::Input(Input::Mouse(press)));
    assert_eq!(session.app.cursor(), 0);
}

fn link(number: usize) -> String {
    recording(number).url.unwrap()
}

#[test]
fn enter_plays_the_selected_recording_and_its_row_says_so() {
    let mut session = Session::new(80, 24);
    session.keys("jj<Enter>");
    assert_eq!(played(&session).last().unwrap().1, link(2));
    session.keys("k");
    let text = session.text();
    let row = text.lines().find(|line| line.contains('♪')).unwrap();
    assert!(row.contains("2026-11-22 20:30:00"), "{row}");
}

#[test]
fn rows_below_and_above_are_played_by_one_key() {
    let mut session = Session::new(80, 24);
    session.keys("JJK");
    let links: Vec<_> = played(&session).into_iter().map(|(_, url)| url).collect();
    assert_eq!(links, [link(1), link(2), link(1)]);
    assert_eq!(session.app.cursor(), 1);
    session.keys("KK");
    assert_eq!(last_line(&mut session), " this is the first row");
}

#[test]
fn next_and_previous_follow_what_plays_and_leave_the_cursor() {
    let mut session = Session::new(80, 24);
    session.keys("jj<Enter>jjjj>");
    assert_eq!(played(&session).last().unwrap().1, link(3));
    assert_eq!(session.app.cursor(), 6);
    session.keys("<Lt><Lt>");
    assert_eq!(played(&session).last().unwrap().1, link(1));
    assert_eq!(session.app.cursor(), 6);
}

#[test]
fn a_row_that_is_on_its_way_plays_when_it_comes_unless_another_key_comes_first() {
    for (typed, plays) in [("<Enter>", true), ("<Enter>j", false)] {
        let mut session = Session::new(80, 24);
        session.hold = true;
        session.keys("<PgDn><PgDn><PgDn>").keys(typed);
        assert_eq!(played(&session), []);
        session.answer();
        assert_eq!(!played(&session).is_empty(), plays, "{typed}");
    }
}

#[test]
fn digits_and_arrows_move_in_time_from_every_pane() {
    let mut session = playing(setup(140, 40));
    session.effects.clear();
    session.keys("5<Tab><Right>");
    let seconds = |at: u64| Effect::Seek(Duration::from_secs(at));
    assert_eq!(session.effects, [seconds(20), seconds(25)]);
}

#[test]
fn the_details_tell_what_the_file_turned_out_to_be() {
    let mut session = playing(setup(140, 40));
    session.keys("kk");
    assert!(session.text().contains("mp3 · stereo · 16 kHz · 32 kbit/s"));
}

#[test]
fn in_a_text_field_the_players_keys_are_text() {
    let mut session = playing(setup(80, 24));
    session.effects.clear();
    session.keys("/5 pz<Left>0");
    assert_eq!(session.effects, []);
    assert!(session.text().contains("/5 p0z"));
}

#[test]
fn the_bar_is_clicked_and_dragged_to_jump() {
    let mut session = playing(setup(80, 24));
    session.effects.clear();
    let bar = session.map().bar.unwrap();
    let at = |kind, column| {
        Message::Input(Input::Mouse(Mouse {
            kind,
            column,
            row: bar.y,
        }))
    };
    session.send(at(MouseKind::Press, bar.x + bar.width / 2));
    session.send(at(MouseKind::Drag, bar.right() + 5));
    let to: Vec<_> = session
        .effects
        .iter()
        .map(|effect| match effect {
            Effect::Seek(at) => at.as_secs(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(to, [20, 39]);
    session.effects.clear();
    session.send(at(MouseKind::Press, 0));
    session.send(at(MouseKind::Drag, bar.x));
    assert_eq!(session.effects, [], "a drag that began elsewhere is none");
}

#[test]
fn a_click_in_the_form_reaches_its_parts() {
    let mut session = Session::new(80, 24);
    session.keys("f");
    let map = session.map();
    assert!(!map.fields.is_empty());
    let (area, _) = map.fields[3];
    let press = Mouse {
        kind: MouseKind::Press,
        column: area.x,
        row: area.y,
    };
    let before = session.screen();
    session.send(Message::Input(Input::Mouse(press)));
    assert_ne!(session.screen(), before);
}
