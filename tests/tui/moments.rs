//! Links to a moment: copied, put into a ticket, pasted into the command line.

use std::time::Duration;

use callreel::app::zone::Zone;
use callreel::app::{Effect, Setup};

use crate::account::{Account, recording};
use crate::sitting::{Sitting, playing, setup};

fn copied(sitting: &Sitting) -> &str {
    match sitting.effects.last() {
        Some(Effect::Copy(text)) => text,
        other => panic!("{other:?}"),
    }
}

/// The last that was asked to play, by its link, and from where.
fn begun(sitting: &Sitting) -> Option<(String, Duration)> {
    let play = |effect: &Effect| match effect {
        Effect::Play { url, at, .. } => Some((url.clone(), *at)),
        _ => None,
    };
    sitting.effects.iter().rev().find_map(play)
}

fn last_line(sitting: &mut Sitting) -> String {
    sitting.text().lines().last().unwrap().to_owned()
}

fn url(number: usize) -> String {
    recording(number).url.unwrap()
}

#[test]
fn the_moment_heard_is_copied_wherever_the_cursor_stands() {
    let mut sitting = playing(setup(100, 30));
    sitting.pass(Duration::from_millis(3_400));
    sitting.keys("yt");
    let id = recording(2).id;
    assert_eq!(copied(&sitting), format!("callreel play {id}@0:15.4"));
    assert_eq!(
        last_line(&mut sitting),
        " link to this moment: sent to the terminal"
    );
}

#[test]
fn with_nothing_playing_it_is_the_cursors_row_from_its_start() {
    let mut sitting = Sitting::new(100, 30);
    sitting.keys("jyt");
    let id = recording(1).id;
    assert_eq!(copied(&sitting), format!("callreel play {id}@0:00"));
    let demo = Setup {
        demo: true,
        ..setup(100, 30)
    };
    let mut sitting = Sitting::start(demo, Account::with(3));
    sitting.keys("yt");
    let id = recording(0).id;
    assert_eq!(copied(&sitting), format!("callreel play --demo {id}@0:00"));
}

#[test]
fn a_ticket_reads_well_in_utc() {
    let mut sitting = playing(setup(100, 30));
    sitting.pass(Duration::from_millis(3_400));
    sitting.keys("ys");
    insta::assert_snapshot!(copied(&sitting));
}

#[test]
fn a_ticket_names_the_zone_that_is_shown() {
    let berlin = Setup {
        zone: Zone::named(chrono_tz::Europe::Berlin),
        ..setup(100, 30)
    };
    let mut sitting = playing(berlin);
    sitting.keys("ys");
    insta::assert_snapshot!(copied(&sitting));
}

#[test]
fn a_ticket_hides_what_the_screen_hides() {
    let masked = Setup {
        masked: true,
        ..setup(100, 30)
    };
    let mut sitting = Sitting::start(masked, Account::with(90));
    // The fifth row is a conference.
    sitting.keys("jjjjys");
    insta::assert_snapshot!(copied(&sitting));
    for secret in sitting.account.secrets() {
        assert!(!copied(&sitting).contains(&secret), "{secret}");
    }
}

#[test]
fn a_link_to_a_loaded_row_goes_there_and_plays_from_the_moment() {
    for typed in ["callreel play ID@0:23.5", "ID@0:23.5"] {
        let mut sitting = Sitting::new(100, 30);
        let id = recording(7).id.to_string();
        sitting.keys(&format!(":{}<Enter>", typed.replace("ID", &id)));
        assert_eq!(sitting.app.cursor(), 7, "{typed}");
        assert_eq!(
            begun(&sitting),
            Some((url(7), Duration::from_millis(23_500)))
        );
    }
}

#[test]
fn a_link_to_a_far_row_is_looked_up_and_the_cursor_follows() {
    let mut sitting = Sitting::new(100, 30);
    sitting.hold = true;
    let id = recording(71).id;
    sitting.keys(&format!(":{id}@0:05<Enter>"));
    assert_eq!(begun(&sitting), None);
    assert!(last_line(&mut sitting).contains("asking for it"));
    sitting.hold = false;
    sitting.answer();
    assert_eq!(begun(&sitting), Some((url(71), Duration::from_secs(5))));
    assert_eq!(sitting.app.cursor(), 71);
}

#[test]
fn a_link_to_what_the_list_leaves_out_plays_all_the_same() {
    // The last of them are older than the 30 days that are listed.
    let mut sitting = Sitting::start(setup(100, 30), Account::with(120));
    let id = recording(118).id;
    sitting.keys(&format!("jj:{id}@0:05<Enter>"));
    assert_eq!(begun(&sitting), Some((url(118), Duration::from_secs(5))));
    assert_eq!(sitting.app.cursor(), 2);
    assert!(last_line(&mut sitting).contains("not in this list"));
    // What plays is not among the rows, and can be told of.
    sitting.keys("ys");
    assert!(copied(&sitting).contains(id.as_str()));
}

#[test]
fn what_leads_nowhere_is_said() {
    let mut sitting = Sitting::new(100, 30);
    sitting.keys(":callreel play nobody@0:05<Enter>");
    let told = last_line(&mut sitting);
    assert!(told.contains("no such recording: it may have been deleted"));
    let id = recording(1).id;
    sitting.keys(&format!(":callreel play {id}@1:75<Enter>"));
    assert!(last_line(&mut sitting).contains("59 at most after a colon"));
    assert_eq!(begun(&sitting), None);
}

#[test]
fn who_plays_something_else_meanwhile_is_not_interrupted() {
    let mut sitting = Sitting::new(100, 30);
    sitting.hold = true;
    let id = recording(71).id;
    sitting.keys(&format!(":{id}@0:05<Enter><Enter>"));
    assert_eq!(begun(&sitting), Some((url(0), Duration::ZERO)));
    sitting.hold = false;
    sitting.answer();
    assert_eq!(begun(&sitting), Some((url(0), Duration::ZERO)));
    assert_eq!(sitting.app.cursor(), 0);
}
