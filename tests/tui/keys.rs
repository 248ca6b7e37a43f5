//! What keys do.

use std::time::Duration;

use callreel::app::{Effect, Input, Message, Mouse, MouseKind, Signal};

use callreel::audio::{Anchor, Event};

use crate::account::{Account, recording};
use crate::sitting::{Sitting, played, playing, setup};

fn last_line(sitting: &mut Sitting) -> String {
    sitting.text().lines().last().unwrap().to_owned()
}

#[test]
fn escape_leaves_one_thing_at_a_time_and_never_quits() {
    let mut sitting = Sitting::new(80, 24);
    for _ in 0..5 {
        sitting.keys("?<Esc>:<Esc>/x<Esc>f<Esc><Esc>");
    }
    assert!(!sitting.effects.contains(&Effect::Quit));
    assert!(sitting.text().contains("╭ Recordings"));
}

#[test]
fn q_quits_from_the_list_and_closes_what_is_read() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("?q");
    assert_eq!(sitting.effects, []);
    sitting.keys("q");
    assert_eq!(sitting.effects, [Effect::Quit]);
}

#[test]
fn control_c_quits_from_a_text_field_and_from_the_form() {
    for typed in [":abc<C-c>", "/abc<C-c>", "f<C-c>", "?<C-c>", "<C-c>"] {
        let mut sitting = Sitting::new(80, 24);
        sitting.keys(typed);
        assert_eq!(sitting.effects, [Effect::Quit], "{typed}");
    }
}

#[test]
fn suspending_comes_after_the_player_was_told() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("<C-z>");
    assert_eq!(sitting.effects.last(), Some(&Effect::Suspend));
    sitting.send(Message::Signal(Signal::Continued));
    assert!(sitting.text().contains("Recordings"));
}

#[test]
fn terminate_quits() {
    let mut sitting = Sitting::new(80, 24);
    sitting.send(Message::Signal(Signal::Terminate));
    assert_eq!(sitting.effects, [Effect::Quit]);
}

#[test]
fn copying_goes_to_the_terminal_and_says_no_more_than_that() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("jy");
    assert_eq!(
        last_line(&mut sitting),
        " y …  i copy id   u copy link   c copy call   t copy moment   s copy ticket"
    );
    sitting.keys("i");
    assert_eq!(sitting.effects, [Effect::Copy(recording(1).id.to_string())]);
    assert_eq!(last_line(&mut sitting), " id: sent to the terminal");
    sitting.keys("yuyc");
    assert_eq!(sitting.effects[1], Effect::Copy(recording(1).url.unwrap()));
    assert_eq!(
        sitting.effects[2],
        Effect::Copy(recording(1).call_uuid.unwrap())
    );
}

#[test]
fn a_second_key_that_means_nothing_ends_the_pair() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("yx");
    assert_eq!(sitting.effects, []);
    sitting.keys("j");
    assert_eq!(sitting.app.cursor(), 1);
}

#[test]
fn a_notice_goes_by_itself() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("yi");
    let map = sitting.map();
    let until = sitting.now().mono + Duration::from_secs(4);
    assert_eq!(map.redraw_at, Some(until));
    sitting.pass(Duration::from_secs(4));
    assert!(last_line(&mut sitting).contains("⏎ play"));
}

#[test]
fn the_first_run_opens_the_demo_by_d_and_asks_for_nothing() {
    let mut setup = setup(80, 24);
    setup.missing = Some("PLIVO_AUTH_TOKEN is not set".into());
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.keys("jG<Enter>/fx?<Esc>d");
    assert_eq!(sitting.effects, [Effect::OpenDemo]);
    assert!(sitting.text().contains("PLIVO_AUTH_TOKEN is not set"));
}

#[test]
fn times_are_shown_in_the_zone_that_is_named() {
    let mut sitting = Sitting::new(80, 24);
    assert!(
        sitting.text().contains("Added (UTC)") && sitting.text().contains("2026-11-23 11:30:00")
    );
    sitting.keys("T");
    assert!(
        sitting.text().contains("Added (local)") && sitting.text().contains("2026-11-23 12:30:00")
    );
    sitting.keys("T");
    assert!(sitting.text().contains("2026-11-23 11:30:00"));
}

#[test]
fn the_log_is_asked_for_when_it_is_opened_and_again_by_r() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys(":log<Enter>");
    assert_eq!(sitting.effects, [Effect::ReadLog]);
    sitting.send(Message::Log(
        (0..100).map(|line| format!("line {line}")).collect(),
    ));
    assert!(
        sitting.text().contains("line 99"),
        "the newest lines are seen first"
    );
    sitting.keys("gr");
    assert!(sitting.text().contains("line 0"));
    assert_eq!(sitting.effects, [Effect::ReadLog, Effect::ReadLog]);
}

#[test]
fn what_the_runtime_could_not_do_is_told() {
    let mut sitting = Sitting::new(80, 24);
    sitting.send(Message::Trouble("nothing could be copied".into()));
    assert_eq!(last_line(&mut sitting), " ! nothing could be copied");
}

#[test]
fn an_unknown_command_is_told_and_nothing_else_happens() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys(":xyzzy<Enter>");
    assert!(last_line(&mut sitting).starts_with(" ! no action is called “xyzzy”"));
    assert_eq!(sitting.effects, []);
}

#[test]
fn help_scrolls_to_its_end_and_no_further() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("?G");
    let end = sitting.text();
    assert!(end.contains("The mouse"));
    sitting.keys("jjjj");
    assert_eq!(sitting.text(), end);
    sitting.keys("k");
    assert_ne!(sitting.text(), end);
}

#[test]
fn a_click_selects_a_row_and_the_wheel_scrolls() {
    let mut sitting = Sitting::new(80, 24);
    let (area, row) = sitting.map().rows[5];
    let at = |kind, column, row| Message::Input(Input::Mouse(Mouse { kind, column, row }));
    sitting.send(at(MouseKind::Press, area.x + 10, area.y));
    assert_eq!((sitting.app.cursor(), row), (5, 5));
    sitting.send(at(MouseKind::WheelDown, 10, 10));
    assert_eq!(sitting.app.cursor(), 8);
    sitting.send(at(MouseKind::WheelUp, 10, 10));
    assert_eq!(sitting.app.cursor(), 5);
}

#[test]
fn a_click_under_a_box_reaches_nothing() {
    let mut sitting = Sitting::new(80, 24);
    let (area, _) = sitting.map().rows[5];
    sitting.keys("?");
    sitting.draw();
    let press = Mouse {
        kind: MouseKind::Press,
        column: area.x + 10,
        row: area.y,
    };
    sitting.send(Message::Input(Input::Mouse(press)));
    assert_eq!(sitting.app.cursor(), 0);
}

fn link(number: usize) -> String {
    recording(number).url.unwrap()
}

#[test]
fn enter_plays_the_selected_recording_and_its_row_says_so() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("jj<Enter>");
    assert_eq!(played(&sitting).last().unwrap().1, link(2));
    sitting.keys("k");
    let text = sitting.text();
    let row = text.lines().find(|line| line.contains('♪')).unwrap();
    assert!(row.contains("2026-11-22 20:30:00"), "{row}");
}

#[test]
fn rows_below_and_above_are_played_by_one_key() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("JJK");
    let links: Vec<_> = played(&sitting).into_iter().map(|(_, url)| url).collect();
    assert_eq!(links, [link(1), link(2), link(1)]);
    assert_eq!(sitting.app.cursor(), 1);
    sitting.keys("KK");
    assert_eq!(last_line(&mut sitting), " this is the first row");
}

#[test]
fn next_and_previous_follow_what_plays_and_leave_the_cursor() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("jj<Enter>jjjj>");
    assert_eq!(played(&sitting).last().unwrap().1, link(3));
    assert_eq!(sitting.app.cursor(), 6);
    sitting.keys("<Lt><Lt>");
    assert_eq!(played(&sitting).last().unwrap().1, link(1));
    assert_eq!(sitting.app.cursor(), 6);
}

#[test]
fn a_row_that_is_on_its_way_plays_when_it_comes_unless_another_key_comes_first() {
    for (typed, plays) in [("<Enter>", true), ("<Enter>j", false)] {
        let mut sitting = Sitting::new(80, 24);
        sitting.hold = true;
        sitting.keys("<PgDn><PgDn><PgDn>").keys(typed);
        assert_eq!(played(&sitting), []);
        sitting.answer();
        assert_eq!(!played(&sitting).is_empty(), plays, "{typed}");
    }
}

#[test]
fn digits_and_arrows_move_in_time_from_every_pane() {
    let mut sitting = playing(setup(140, 40));
    sitting.effects.clear();
    sitting.keys("5<Tab><Right>");
    let seconds = |at: u64| Effect::Seek(Duration::from_secs(at));
    assert_eq!(sitting.effects, [seconds(20), seconds(25)]);
}

#[test]
fn a_typed_time_is_gone_to_and_u_comes_back() {
    let mut sitting = playing(setup(80, 24));
    sitting.effects.clear();
    let seconds = |at: u64| Effect::Seek(Duration::from_secs(at));
    sitting.keys("t0:31");
    let line = last_line(&mut sitting);
    assert!(
        line.starts_with(" t 0:31") && line.ends_with("goes to 0:31"),
        "{line}"
    );
    sitting.keys("<Enter>");
    sitting.pass(Duration::from_secs(1));
    sitting.keys("t-30<Enter>");
    sitting.pass(Duration::from_secs(1));
    sitting.keys("t50%<Enter>u");
    assert_eq!(
        sitting.effects,
        [seconds(31), seconds(1), seconds(20), seconds(1)]
    );
    sitting.keys("uuu");
    assert_eq!(last_line(&mut sitting), " no jump to undo");
}

#[test]
fn a_typed_time_that_leads_nowhere_is_explained_and_stays() {
    let mut sitting = playing(setup(80, 24));
    sitting.effects.clear();
    sitting.keys("t1:75<Enter>");
    assert!(last_line(&mut sitting).contains("! 59 at most after a colon: 1:02:03"));
    sitting.keys("<Backspace><Backspace>10<Enter>");
    assert!(last_line(&mut sitting).contains("! the recording ends at 0:40"));
    sitting.keys("<Esc>");
    assert_eq!(sitting.effects, []);
    let mut idle = Sitting::new(80, 24);
    idle.keys("t");
    assert_eq!(
        last_line(&mut idle),
        " nothing is loaded: ⏎ plays the selected row"
    );
}

#[test]
fn a_loop_stands_on_the_waveform_and_in_words() {
    let mut sitting = playing(setup(80, 24));
    sitting.effects.clear();
    sitting.keys("2a");
    sitting.pass(Duration::from_secs(1));
    sitting.keys("5a");
    let secs = Duration::from_secs;
    assert_eq!(
        sitting.effects[2..],
        [Effect::Loop(Some(secs(8)..secs(20))), Effect::Seek(secs(8))]
    );
    let text = sitting.text();
    assert!(text.contains("loop 0:08–0:20"), "{text}");
    let lane = text.lines().find(|line| line.contains(" L ")).unwrap();
    let columns: Vec<char> = lane.chars().collect();
    let find = |sign| columns.iter().position(|c| *c == sign).unwrap();
    let (start, end) = (find('['), find(']'));
    // 12 of 40 seconds, of about 60 columns.
    assert!((15..22).contains(&(end - start)), "{lane}");
    sitting.keys("a");
    assert_eq!(sitting.effects.last(), Some(&Effect::Loop(None)));
    assert!(!sitting.text().contains("0:08–"));
}

#[test]
fn the_waveform_is_shown_close_up_and_clicked_there() {
    let mut sitting = playing(setup(140, 40));
    sitting.effects.clear();
    sitting.keys("w");
    let text = sitting.text();
    // The minute is skipped: the recording is shorter. It stands at 12 s.
    assert!(text.contains("zoom 0:07–0:17"), "{text}");
    let bar = sitting.map().bar.unwrap();
    let at = |kind, column| {
        Message::Input(Input::Mouse(Mouse {
            kind,
            column,
            row: bar.y,
        }))
    };
    sitting.send(at(MouseKind::Press, bar.x + bar.width * 3 / 4));
    // What was pressed upon stays in hand, though another part is shown now.
    sitting.draw();
    sitting.send(at(MouseKind::Drag, bar.right() + 9));
    let to: Vec<_> = sitting
        .effects
        .iter()
        .map(|effect| match effect {
            Effect::Seek(at) => at.as_secs_f64(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(
        (to[0] - 15.0).abs() < 0.1 && (to[1] - 17.5).abs() < 0.1,
        "{to:?}"
    );
    sitting.keys("w");
    assert!(!sitting.text().contains("zoom"));
}

/// What plays has come to its end.
fn end(sitting: &mut Sitting) {
    let (play, _) = played(sitting).pop().unwrap();
    let anchor = Anchor {
        position: Duration::from_secs(40),
        at: sitting.now().mono,
        speed: 0.0,
    };
    sitting.send(Message::Player(play, Event::Ended(anchor)));
}

#[test]
fn at_the_end_the_next_row_plays_when_that_was_asked_for() {
    let mut sitting = playing(setup(80, 24));
    end(&mut sitting);
    assert_eq!(played(&sitting).len(), 1, "autoplay is off at first");
    sitting.keys("R");
    assert!(sitting.text().contains("autoplay   volume"));
    assert!(last_line(&mut sitting).contains("the next row plays"));
    sitting.keys("<Enter>");
    end(&mut sitting);
    end(&mut sitting);
    let links: Vec<_> = played(&sitting).into_iter().map(|(_, url)| url).collect();
    assert_eq!(links[1..], [link(4), link(5), link(6)]);
    // The cursor was on what played, and comes along.
    assert_eq!(sitting.app.cursor(), 6);
    // Who has paused and jumps to the end wants no other recording.
    sitting.keys(" ");
    end(&mut sitting);
    assert_eq!(played(&sitting).len(), 4);
    sitting.keys("R G<Enter>");
    sitting.keys("R");
    end(&mut sitting);
    assert!(last_line(&mut sitting).contains("that was the last row"));
}

#[test]
fn the_beginning_of_the_next_row_is_fetched_once_what_plays_has_enough() {
    let mut sitting = playing(setup(80, 24));
    let ahead = |sitting: &Sitting| -> Vec<String> {
        let link = |effect: &Effect| match effect {
            Effect::FetchAhead(url) => Some(url.clone()),
            _ => None,
        };
        sitting.effects.iter().filter_map(link).collect()
    };
    let (play, _) = played(&sitting)[0];
    let none: &[String] = &[];
    assert_eq!(ahead(&sitting), none, "16 s lie before the ear");
    for _ in 0..3 {
        sitting.send(Message::Player(play, Event::Buffered([0.0..1.0].into())));
    }
    assert_eq!(ahead(&sitting), [link(3)]);
    sitting.keys("kkJ");
    assert_eq!(played(&sitting).pop().unwrap().1, link(3));
}

#[test]
fn the_details_tell_what_the_file_turned_out_to_be() {
    let mut sitting = playing(setup(140, 40));
    sitting.keys("kk");
    assert!(sitting.text().contains("mp3 · stereo · 16 kHz · 32 kbit/s"));
}

#[test]
fn in_a_text_field_the_players_keys_are_text() {
    let mut sitting = playing(setup(80, 24));
    sitting.effects.clear();
    sitting.keys("/5 pz<Left>0");
    assert_eq!(sitting.effects, []);
    assert!(sitting.text().contains("/5 p0z"));
}

#[test]
fn the_bar_is_clicked_and_dragged_to_jump() {
    let mut sitting = playing(setup(80, 24));
    sitting.effects.clear();
    let bar = sitting.map().bar.unwrap();
    let at = |kind, column| {
        Message::Input(Input::Mouse(Mouse {
            kind,
            column,
            row: bar.y,
        }))
    };
    sitting.send(at(MouseKind::Press, bar.x + bar.width / 2));
    sitting.send(at(MouseKind::Drag, bar.right() + 5));
    let to: Vec<_> = sitting
        .effects
        .iter()
        .map(|effect| match effect {
            Effect::Seek(at) => at.as_secs(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(to, [20, 39]);
    sitting.effects.clear();
    sitting.send(at(MouseKind::Press, 0));
    sitting.send(at(MouseKind::Drag, bar.x));
    assert_eq!(sitting.effects, [], "a drag that began elsewhere is none");
}

#[test]
fn a_click_in_the_form_reaches_its_parts() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("f");
    let map = sitting.map();
    assert!(!map.fields.is_empty());
    let (area, _) = map.fields[3];
    let press = Mouse {
        kind: MouseKind::Press,
        column: area.x,
        row: area.y,
    };
    let before = sitting.screen();
    sitting.send(Message::Input(Input::Mouse(press)));
    assert_ne!(sitting.screen(), before);
}
